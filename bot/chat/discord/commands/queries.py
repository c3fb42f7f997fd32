"""What the options of ``/search`` say → the query that a search reads. Pure."""

import re
from datetime import date, timedelta

from bot.errors import NotFound
from bot.store.query import parse

SPANS = ("last week", "last month", "last year")
"""What ``since`` offers while nothing is typed."""

_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}
_SPAN = re.compile(r"(?:last |past )?(?:(\d{1,3}) )?(day|week|month|year)s?", re.ASCII)


def query(words: str | None, tag: str | None, since: str | None, today: date) -> str:
    """One query of words and conditions, such as ``tag:"pruning" since:2025-03 sparse heads``.

    Conditions come first, so that a quotation mark left open in the words cannot swallow them. Raises NotFound when
    nothing is asked for, or ``since`` is no date and no span.
    """
    name = " ".join((tag or "").replace('"', " ").split())
    parts = (
        f'tag:"{name}"' if name else "",
        f"since:{_day(since, today)}" if since and since.strip() else "",
        " ".join((words or "").split()),
    )
    asked = " ".join(filter(None, parts))
    if not asked:
        raise NotFound("Say what to look for: words, a tag, or since when")
    return asked


def _day(text: str, today: date) -> str:
    """A year, month or day as typed, or the first day of a span that ends today."""
    typed = " ".join(text.casefold().split())
    span = _SPAN.fullmatch(typed)
    if span is not None:
        return str(today - timedelta(days=int(span[1] or 1) * _DAYS[span[2]]))
    if re.fullmatch(r"[\d-]+", typed) and parse(f"since:{typed}").filters:
        return typed
    raise NotFound(
        f"{typed[:40]}: since takes a year, a month or a day (2025, 2025-03, 2025-03-11) or a span (30 days, last week)"
    )
