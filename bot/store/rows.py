"""How records become columns and come back: JSON for lists, ISO 8601 for times, which sort as text."""

import json
from collections.abc import Iterable
from datetime import UTC, date, datetime
from json.encoder import encode_basestring
from typing import Any

_DECODER = json.JSONDecoder()


def put_time(value: datetime) -> str:
    """An aware time as UTC text of fixed width, so that text order is time order. Raises ValueError for a naive one."""
    if value.tzinfo is None:
        raise ValueError(f"{value} says no zone")
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def get_time(value: str | None) -> datetime | None:
    """The time that ``put_time`` wrote, or None."""
    return None if value is None else datetime.fromisoformat(value)


def must_time(value: str) -> datetime:
    """The time of a column that is never null."""
    return datetime.fromisoformat(value)


def put_date(value: date | None) -> str | None:
    """A date as ISO 8601 text."""
    return None if value is None else value.isoformat()


def get_date(value: str | None) -> date | None:
    """The date that ``put_date`` wrote, or None."""
    return None if value is None else date.fromisoformat(value)


def put_list(values: Iterable[str]) -> str:
    """A list of strings as compact JSON."""
    return f"[{','.join(map(encode_basestring, values))}]"


def put_ids(ids: Iterable[int]) -> str:
    """Ids as JSON, to be read by ``json_each`` in the order given."""
    return f"[{','.join(map(str, ids))}]"


def get_list(value: str) -> tuple[str, ...]:
    """The strings that ``put_list`` wrote."""
    return () if value == "[]" else tuple(_decoded(value))


def get_pairs(value: str) -> tuple[tuple[str, float], ...]:
    """Names with numbers, out of a JSON list of lists."""
    return tuple((name, number) for name, number in _decoded(value))


def _decoded(value: str) -> list[Any]:
    # A page of papers has a hundred lists: ``json.loads`` would look for blanks around each for as long again.
    found: list[Any] = _DECODER.raw_decode(value)[0]
    return found
