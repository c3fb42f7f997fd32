"""CSL-JSON, the citation data of citeproc, as Zotero and Pandoc write it: an array of objects."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime

from bot.models import Digest
from bot.sources import library
from bot.sources.library import Found

FORMAT = "csl-json"

_BLANKS = re.compile(r"[\ufeff\s,]+")


def sniff(head: str, name: str) -> float:
    """An array that begins with an object, and a title soon after."""
    begins = head.lstrip("\ufeff \t\n")
    opens = begins.startswith("[") and begins[1:].lstrip().startswith("{")
    return 0.8 if opens and '"title"' in head else 0.0


def read(text: str, *, name: str, modified: datetime) -> Digest:
    """Read object by object; where the JSON itself breaks, what follows is set aside."""
    return library.digest(FORMAT, _found(text))


def _found(text: str) -> Iterator[Found]:
    decoder = json.JSONDecoder(parse_int=str)
    place = text.index("[") + 1
    line, counted = 1, 0
    while True:
        blank = _BLANKS.match(text, place)
        place = blank.end() if blank else place
        if place >= len(text) or text[place] == "]":
            return
        line, counted = line + text.count("\n", counted, place), place
        try:
            item, end = decoder.raw_decode(text, place)
        except json.JSONDecodeError as error:
            yield Found(
                line, text[place : place + 400], reason=f"not JSON: {error.msg} in line {error.lineno}"
            )
            return
        except RecursionError:
            yield Found(line, text[place : place + 400], reason="nested too deeply")
            return
        yield _reference(line, item, text[place : min(end, place + 400)])
        place = end


def _reference(line: int, item: object, text: str) -> Found:
    if not isinstance(item, dict):
        return Found(line, text, reason="not a JSON object")
    fields = {str(name).lower(): value for name, value in item.items() if isinstance(value, str)}
    people = item.get("author")
    return Found(
        line,
        text,
        title=library.first(fields, "title"),
        abstract=library.first(fields, "abstract"),
        authors=tuple(map(_person, people if isinstance(people, list) else [])),
        ids=library.values(fields, "number", "doi", "archive_location"),
        urls=library.values(fields, "url"),
        date=_date(item.get("issued")),
    )


def _person(of: object) -> str:
    if not isinstance(of, Mapping):
        return ""
    parts = (of.get(name) for name in ("literal", "given", "family"))
    return " ".join(part for part in parts if isinstance(part, str))


def _date(issued: object) -> str:
    parts = issued.get("date-parts") if isinstance(issued, Mapping) else None
    if isinstance(parts, list) and parts and isinstance(parts[0], list):
        return "-".join(str(part)[:4] for part in parts[0][:3])
    return ""
