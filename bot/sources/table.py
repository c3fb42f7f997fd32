"""CSV with a line of names above, as Zotero writes it, and as bookmarks are exported."""

import csv
import io
from collections.abc import Iterator
from datetime import datetime

from bot.models import Digest
from bot.sources import library
from bot.sources.library import Found

FORMAT = "csv"


def sniff(head: str, name: str) -> float:
    """CSV whose first line names a title and more."""
    names = _names(head.lstrip("\ufeff \t\n").partition("\n")[0])
    if "title" not in names or len(names) < 2:
        return 0.0
    return 0.9 if name.lower().endswith(".csv") else 0.6


def read(text: str, *, name: str, modified: datetime) -> Digest:
    """Read row by row, each by the names above."""
    return library.digest(FORMAT, _found(text))


def _names(line: str) -> list[str]:
    try:
        return [name.strip().casefold() for name in next(csv.reader([line]), [])]
    except csv.Error:
        return []


def _found(text: str) -> Iterator[Found]:
    rows = csv.reader(io.StringIO(text.lstrip("\ufeff"), newline=""))
    names: list[str] = []
    while True:
        line = rows.line_num + 1
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            yield Found(line, "", reason=f"no row of a table: {error}")
            continue
        if not names:
            names = [name.strip().casefold() for name in row]
        elif any(row):
            fields = dict(zip(names, row, strict=False))
            authors = library.first(fields, "author", "authors")
            yield Found(
                line,
                ", ".join(row)[:400],
                title=library.first(fields, "title"),
                abstract=library.first(fields, "abstract note", "abstract"),
                authors=tuple(authors.split(";")) if authors else (),
                ids=library.values(fields, "arxiv_id", "doi", "number", "archive location", "call number"),
                urls=library.values(fields, "url"),
                date=library.first(fields, "date", "published"),
            )
