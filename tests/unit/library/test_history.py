"""Looking back: spans, months, tags, calendars."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import library
from bot.errors import NotFound
from bot.library import history
from bot.library.history import LONGEST, MONTHS, TAGS, Calendar, Span
from bot.store import Store
from tests.unit.chat.web import world

TODAY = date(2026, 3, 11)
DAYS = st.dictionaries(st.dates(date(2005, 1, 1), date(2027, 12, 31)), st.integers(0, 500), max_size=20)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    """Two days of posts in a web channel."""
    await world.make_two_days(tmp_path / "history.db")
    opened = Store.open(tmp_path / "history.db")
    yield opened
    opened.close()


def ago(days: int) -> date:
    """So many days before today."""
    return TODAY - timedelta(days=days)


@settings(deadline=None, max_examples=60)
@given(DAYS, DAYS, DAYS)
def test_spans_lose_no_day_of_the_last_years(
    read: dict[date, int], posted: dict[date, int], kept: dict[date, int]
) -> None:
    """Spans follow each other up to today without a gap, and hold every count of the time looked back on."""
    step, spans = history.spans(read, posted, kept, TODAY)
    assert spans[-1].start <= TODAY
    assert [span.start for span in spans] == history.starts(spans[0].start, TODAY, step)
    for counts, got in ((read, "read"), (posted, "posted"), (kept, "kept")):
        known = sum(count for day, count in counts.items() if ago(LONGEST) <= day <= TODAY)
        assert sum(getattr(span, got) for span in spans) == known
    assert 7 <= len(spans) <= 125


def test_spans_grow_with_the_history() -> None:
    """A young history is shown by day, then by week from Monday on, then by month; a new one as two empty weeks."""
    step, spans = history.spans({}, {}, {}, TODAY)
    assert (step, len(spans), spans[-1]) == ("day", 14, Span(TODAY, 0, 0, 0))
    step, spans = history.spans({ago(100): 5, ago(99): 2}, {}, {ago(0): 1}, TODAY)
    assert step == "week"
    assert spans[0] == Span(date(2025, 12, 1), 7, 0, 0)
    assert spans[-1] == Span(date(2026, 3, 9), 0, 0, 1)
    step, spans = history.spans({ago(1000): 5}, {}, {}, TODAY)
    assert (step, spans[0].start) == ("month", date(2023, 6, 1))


def test_top_tags_are_those_of_the_whole_time() -> None:
    """The most frequent come first, ties by name; a month without papers has a nought; no tag is no tag."""
    january, march = date(2026, 1, 1), date(2026, 3, 1)
    counts = [
        (january, "b", 2),
        (january, "other", 9),
        (march, "a", 1),
        (march, "c", 3),
        (date(2026, 5, 1), "a", 9),
    ]
    months, rows = history.top_tags(counts, TODAY)
    assert months == (january, date(2026, 2, 1), march)
    assert [(row.tag, row.counts) for row in rows] == [("c", (0, 0, 3)), ("b", (2, 0, 0)), ("a", (0, 0, 1))]
    many = [(march, f"tag {number:02}", 1) for number in range(20)]
    assert len(history.top_tags(many, TODAY)[1]) == TAGS
    assert history.top_tags([], TODAY)[1] == ()


@pytest.mark.parametrize(
    ("day", "months", "first"),
    [
        (TODAY, 0, date(2026, 3, 1)),
        (TODAY, 3, date(2025, 12, 1)),
        (TODAY, MONTHS - 1, date(2025, 4, 1)),
        (date(1, 1, 9), 5, date(1, 1, 1)),
    ],
)
def test_months_are_counted_back(day: date, months: int, first: date) -> None:
    """Across the turn of a year, and no further than time goes."""
    assert history.months_before(day, months) == first


def test_a_calendar_page_is_whole_weeks() -> None:
    """A month's days stand below their weekdays, Monday first, with nothing of its neighbours."""
    page = history.month_of(date(2026, 3, 1))
    assert [len(week) for week in page.weeks] == [7] * 6
    assert page.weeks[0] == (None,) * 6 + (date(2026, 3, 1),)
    assert [day for week in page.weeks for day in week if day] == [date(2026, 3, day) for day in range(1, 32)]


def test_a_calendar_is_a_year_with_its_neighbours() -> None:
    """Only years and months with posts are offered, the newest month first."""
    days = {date(2023, 5, 2): 3, date(2026, 1, 5): 20, date(2026, 3, 11): 1}
    found = history.calendar_of(days, None)
    assert isinstance(found, Calendar)
    assert (found.year, found.earlier, found.later) == (2026, 2023, None)
    assert [month.first for month in found.months] == [date(2026, 3, 1), date(2026, 1, 1)]
    assert found.days == {date(2026, 1, 5): 20, date(2026, 3, 11): 1}
    earlier = history.calendar_of(days, 2023)
    assert earlier is not None
    assert earlier.later == 2026
    assert history.calendar_of(days, 2024) is history.calendar_of({}, None) is None


def test_intensity_has_four_steps() -> None:
    """A day without papers has none, the fullest the fourth, and one paper the first."""
    assert [history.intensity(count, 20) for count in (0, 1, 5, 6, 15, 16, 20, 99)] == [
        0,
        1,
        1,
        2,
        3,
        4,
        4,
        4,
    ]
    assert history.intensity(3, 0) == 0


async def test_a_history_is_asked_for_whole(store: Store) -> None:
    """What was read, posted and kept two days long, under its tags."""
    await library.bookmark(store, "web:me", 1, world.NOW, "web")
    found = await history.history(store, TODAY)
    assert found.spans[-1] == Span(TODAY, 7, 3, 1)
    assert found.spans[-2] == Span(ago(1), 0, 2, 0)
    assert [(row.tag, row.counts) for row in found.tags] == [
        ("efficient inference", (7,)),
        ("transformers", (7,)),
    ]
    assert [(one.tag, one.shown, one.kept) for one in found.keeping] == [
        ("efficient inference", 5, 1),
        ("transformers", 5, 1),
    ]


async def test_years_and_tags_are_asked_for_by_name(store: Store) -> None:
    """A channel's latest year, the tags with their counts, a tag's papers page by page; what is not there is said."""
    assert (await history.year(store, world.PAPERS.key, None)).days == {ago(1): 2, TODAY: 3}
    assert await history.tags(store) == [("efficient inference", 7), ("transformers", 7)]
    first = await history.tagged(store, "transformers", 5)
    assert (first.count, [brief.paper.id for brief, _ in first.papers], first.before) == (
        7,
        [7, 6, 5, 4, 3],
        3,
    )
    last = await history.tagged(store, "transformers", 5, first.before)
    assert ([brief.paper.id for brief, _ in last.papers], last.before) == ([2, 1], None)
    with pytest.raises(NotFound, match="nowhere: there is no such channel"):
        await history.year(store, "web:nowhere", None)
    with pytest.raises(NotFound, match="papers: no post in 1999"):
        await history.year(store, world.PAPERS.key, 1999)
    with pytest.raises(NotFound, match="no paper has this tag"):
        await history.tagged(store, "cookery", 5)
