"""JSON Lines: one object a line, with ``title`` and ``abstract``, and optionally ``id``, ``url``,
``authors``, ``categories`` and ``published``."""

import datetime as dt
import json
import re
from collections.abc import Mapping

from bot.models import Digest, Entry, Unreadable
from bot.sources import dates, ids
from bot.sources.text import ABSTRACT_CAP, EXCERPT, TITLE_CAP, clean

FORMAT = "jsonl"
_SUFFIXES = (".jsonl", ".ndjson")
_AND = re.compile(r"\s*(?:;|,|\band\b)\s*")
_LIST_CAP = 500
_LINE_CAP = 1_000_000


class _Unfit(ValueError):
    """A line that is not an entry; its text is the reason."""


def sniff(head: str, name: str) -> float:
    """JSON Lines if the first line that is not blank opens an object, and more so by its suffix."""
    first = clean(head.lstrip("\ufeff \t\n").partition("\n")[0])
    if name.lower().endswith(_SUFFIXES):
        return 0.9 if first.startswith("{") else 0.6
    return 0.5 if first.startswith("{") and len(first) > 1 else 0.0


def read(text: str, *, name: str, modified: dt.datetime) -> Digest:
    """Read each line by itself; one that is no entry is set aside with its number and the reason."""
    date = dates.resolve(None, name=name, modified=modified.date())
    entries: list[Entry] = []
    unreadable: list[Unreadable] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip("\ufeff \t"):
            continue
        try:
            entries.append(_entry(line, number, len(entries) + 1))
        except _Unfit as reason:
            unreadable.append(Unreadable(number, str(reason), clean(line[: 2 * EXCERPT])[:EXCERPT]))
    return Digest(FORMAT, date, tuple(entries), tuple(unreadable))


def _entry(line: str, number: int, position: int) -> Entry:
    record = _object(line)
    title, abstract = _text(record, "title"), _text(record, "abstract")
    if not title:
        raise _Unfit("no title")
    if len(title) > TITLE_CAP:
        raise _Unfit(f"title longer than {TITLE_CAP} characters")
    if len(abstract) > ABSTRACT_CAP:
        raise _Unfit(f"abstract longer than {ABSTRACT_CAP:,} characters")
    given, url = _optional(record, "id"), _optional(record, "url")
    return Entry(
        title=title,
        abstract=abstract,
        line=number,
        position=position,
        arxiv_id=ids.arxiv_id(given) or ids.arxiv_id(url),
        doi=ids.doi(given) or ids.doi(url),
        url=url or (given if given.startswith(("https://", "http://")) else None),
        authors=_list(record.get("authors"), _AND),
        categories=_list(record.get("categories"), re.compile(r"[\s,;]+")),
        published=_published(_optional(record, "published")),
    )


def _object(line: str) -> Mapping[str, object]:
    if len(line) > _LINE_CAP:
        raise _Unfit(f"line longer than {_LINE_CAP:,} characters")
    try:
        record: object = json.loads(line.strip("\ufeff \t"), parse_int=float)
    except json.JSONDecodeError as error:
        raise _Unfit(f"not JSON: {error.msg} at character {error.pos + 1}") from None
    except RecursionError:
        raise _Unfit("not an entry: nested too deeply") from None
    if not isinstance(record, dict):
        raise _Unfit("not a JSON object")
    return record


def _text(record: Mapping[str, object], key: str) -> str:
    value = record.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise _Unfit(f"{key} is not text")
    return clean(value)


def _optional(record: Mapping[str, object], key: str) -> str:
    value = record.get(key)
    return clean(value) if isinstance(value, str) else ""


def _list(value: object, separator: re.Pattern[str]) -> tuple[str, ...]:
    """Return names from a list of strings or of objects with a ``name``, or from one string."""
    parts: list[object] = separator.split(value) if isinstance(value, str) else []
    if isinstance(value, list):
        parts = [part.get("name") if isinstance(part, dict) else part for part in value[:_LIST_CAP]]
    names = (clean(part) for part in parts[:_LIST_CAP] if isinstance(part, str))
    return tuple(name for name in names if name)


def _published(value: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(value[:10])
    except ValueError:
        return None
