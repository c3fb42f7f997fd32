"""What a group can look back on: papers, posts and bookmarks over time, tags by month, what is kept, days of posts.

Asked of the store in one snapshot; what is made of it is decided by pure functions. Nothing here draws.
"""

import calendar
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import takewhile
from typing import Literal

from bot.errors import NotFound
from bot.models import Brief
from bot.store import Connection, Store, channels, papers
from bot.store import history as counted

Step = Literal["day", "week", "month"]

LONGEST_IN_DAYS = 45
"""Days up to which each has a place of its own in a plot; beyond, weeks have, and beyond two years months."""

LONGEST_IN_WEEKS = 730

LONGEST = 10 * 365
"""Days looked back at most."""

SHORTEST = 14
"""Days looked back at least, so that a first day is not all that a plot shows."""

MONTHS = 12
"""Months for which tags are told."""

TAGS = 8
"""Tags told, the most frequent."""

UNTOLD = "other"
"""The tag of papers that have none."""


@dataclass(frozen=True, slots=True)
class Span:
    """A day, a week or a month from ``start`` on: new papers read, papers posted, bookmarks made."""

    start: date
    read: int
    posted: int
    kept: int


@dataclass(frozen=True, slots=True)
class TagRow:
    """How many new papers had a tag, in each of the months that stand beside it."""

    tag: str
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Keeping:
    """Of so many papers that posts showed, so many are kept by somebody."""

    tag: str
    shown: int
    kept: int


@dataclass(frozen=True, slots=True)
class History:
    """A history at a glance. ``months`` are first days of months, oldest first, as are ``spans``."""

    step: Step
    spans: tuple[Span, ...]
    months: tuple[date, ...]
    tags: tuple[TagRow, ...]
    keeping: tuple[Keeping, ...]


@dataclass(frozen=True, slots=True)
class Month:
    """A month of a calendar: weeks of seven days from Monday on, None outside of the month."""

    first: date
    weeks: tuple[tuple[date | None, ...], ...]


@dataclass(frozen=True, slots=True)
class Calendar:
    """A year of a channel: papers shown by day, the months that have any, newest first, the years around it."""

    year: int
    days: Mapping[date, int]
    months: tuple[Month, ...]
    earlier: int | None
    later: int | None


@dataclass(frozen=True, slots=True)
class Tagged:
    """A page of the papers with a tag, newest first, each with when it came in, of ``count`` in all.

    ``before`` begins the next page, whatever has come since.
    """

    tag: str
    count: int
    papers: tuple[tuple[Brief, datetime], ...]
    before: int | None


async def history(store: Store, today: date) -> History:
    """The whole history at a glance, the tags of its last ``MONTHS`` months, and what is kept of those."""
    return await store.read(_history, today)


async def year(store: Store, channel: str, wanted: int | None) -> Calendar:
    """A year of the channel's posts, else the latest that has any. Raises NotFound."""
    return await store.read(_year, channel, wanted)


async def tags(store: Store) -> list[tuple[str, int]]:
    """Every tag with the number of its papers, by name."""
    return await store.read(counted.tags)


async def tagged(store: Store, tag: str, limit: int, before: int | None = None) -> Tagged:
    """A page of the papers with this tag. Raises NotFound when no paper has it."""
    return await store.read(_tagged, tag, limit, before)


def step_of(first: date, last: date) -> Step:
    """How long a place in a plot over these days is."""
    length = (last - first).days + 1
    if length <= LONGEST_IN_DAYS:
        return "day"
    return "week" if length <= LONGEST_IN_WEEKS else "month"


def start_of(day: date, step: Step) -> date:
    """The first day of the day's own span; weeks begin on Monday."""
    match step:
        case "day":
            return day
        case "week":
            return date.fromordinal(max(1, day.toordinal() - day.weekday()))
        case "month":
            return day.replace(day=1)


def starts(first: date, last: date, step: Step) -> list[date]:
    """The first day of every span from that of ``first`` to that of ``last``."""
    found, day = [], start_of(first, step)
    while day <= last:
        found.append(day)
        day = day + timedelta(days=1 if step == "day" else 7) if step != "month" else _next_month(day)
    return found


def spans(
    read: Mapping[date, int], posted: Mapping[date, int], kept: Mapping[date, int], today: date
) -> tuple[Step, tuple[Span, ...]]:
    """Counts by day → counts by span, without a gap, ``SHORTEST`` to ``LONGEST`` days up to today."""
    earliest = today - timedelta(days=LONGEST)
    days = [day for counts in (read, posted, kept) for day in counts if earliest <= day <= today]
    first = min([*days, today - timedelta(days=SHORTEST - 1)])
    step = step_of(first, today)
    series = [_sums(counts, step, first, today) for counts in (read, posted, kept)]
    return step, tuple(Span(day, *(one[day] for one in series)) for day in starts(first, today, step))


def top_tags(
    counts: Iterable[tuple[date, str, int]], today: date
) -> tuple[tuple[date, ...], tuple[TagRow, ...]]:
    """The months up to today's, from the first that has papers, and the most frequent tags in them."""
    told = [one for one in counts if one[0] <= today and one[1] != UNTOLD]
    by_place = {(tag, month): papers for month, tag, papers in told}
    months = tuple(starts(min((month for month, _, _ in told), default=today), today, "month"))
    total: Counter[str] = Counter()
    for _, tag, number in told:
        total[tag] += number
    best = sorted(total, key=lambda tag: (-total[tag], tag))[:TAGS]
    return months, tuple(
        TagRow(tag, tuple(by_place.get((tag, month), 0) for month in months)) for tag in best
    )


def month_of(first: date) -> Month:
    """The calendar page of the month that begins on ``first``."""
    weeks = calendar.Calendar().monthdayscalendar(first.year, first.month)
    return Month(
        first, tuple(tuple(first.replace(day=day) if day else None for day in week) for week in weeks)
    )


def calendar_of(days: Mapping[date, int], wanted: int | None) -> Calendar | None:
    """A year of these days, else the latest; None when it has none."""
    years = sorted({day.year for day in days})
    chosen = wanted if wanted is not None or not years else years[-1]
    if chosen is None or chosen not in years:
        return None
    place = years.index(chosen)
    own = {day: count for day, count in days.items() if day.year == chosen}
    firsts = sorted({day.replace(day=1) for day in own}, reverse=True)
    return Calendar(
        chosen,
        own,
        tuple(map(month_of, firsts)),
        earlier=years[place - 1] if place else None,
        later=years[place + 1] if place + 1 < len(years) else None,
    )


def intensity(count: int, most: int) -> int:
    """How strongly a day with so many papers stands out, 0 to 4, beside the fullest day of its year."""
    return min(4, -(-4 * count // most)) if count > 0 and most > 0 else 0


def _history(db: Connection, today: date) -> History:
    step, told = spans(counted.read_by_day(db), counted.posted_by_day(db), counted.kept_by_day(db), today)
    since = months_before(today, MONTHS - 1)
    months, rows = top_tags(counted.tag_months(db, since), today)
    keeping = [one for one in counted.tag_keeping(db, since) if one[0] != UNTOLD]
    kept = takewhile(lambda one: one[2] > 0, keeping[:TAGS])
    return History(step, told, months, rows, tuple(Keeping(*one) for one in kept))


def _year(db: Connection, key: str, wanted: int | None) -> Calendar:
    channel = channels.get(db, key)
    if channel is None:
        raise NotFound(f"{key.partition(':')[2]}: there is no such channel")
    found = calendar_of(counted.posted_by_day(db, key), wanted)
    if found is None:
        raise NotFound(f"{channel.name}: no post {'yet' if wanted is None else f'in {wanted}'}")
    return found


def _tagged(db: Connection, tag: str, limit: int, before: int | None) -> Tagged:
    count = counted.tag_count(db, tag)
    if not count:
        raise NotFound(f"{tag[:80]}: no paper has this tag")
    found = counted.with_tag(db, tag, limit + 1, before=before)
    shown = found[:limit]
    briefs = papers.briefs(db, [paper_id for paper_id, _ in shown])
    return Tagged(
        tag,
        count,
        tuple(zip(briefs, (seen for _, seen in shown), strict=True)),
        shown[-1][0] if len(found) > limit else None,
    )


def months_before(day: date, months: int) -> date:
    """The first day of the month so many months before the day's own."""
    number = max(12, day.year * 12 + day.month - 1 - months)
    return date(number // 12, number % 12 + 1, 1)


def _next_month(first: date) -> date:
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)


def _sums(counts: Mapping[date, int], step: Step, first: date, last: date) -> Counter[date]:
    found: Counter[date] = Counter()
    for day, count in counts.items():
        if first <= day <= last:
            found[start_of(day, step)] += count
    return found
