"""Records become columns and come back the same."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.store import rows

AWARE = st.datetimes(
    min_value=datetime.fromisoformat("0002-01-01"),
    max_value=datetime.fromisoformat("9998-12-31"),
    timezones=st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes))),
)


@settings(deadline=None)
@given(AWARE, AWARE)
def test_times_come_back_and_sort_as_text(one: datetime, other: datetime) -> None:
    """A time is the same instant when read again, and text order is time order in every zone and year."""
    first, second = rows.put_time(one), rows.put_time(other)
    assert rows.must_time(first) == rows.get_time(first) == one
    assert rows.must_time(first).utcoffset() == timedelta(0)
    assert (first < second) == (one < other)


def test_a_time_without_a_zone_is_refused() -> None:
    """A naive time would be taken for local time and stored wrong without a word."""
    with pytest.raises(ValueError, match="no zone"):
        rows.put_time(datetime(2025, 3, 11, tzinfo=UTC).replace(tzinfo=None))


def test_nothing_stays_nothing() -> None:
    """A missing time or date is null, both ways."""
    assert (rows.get_time(None), rows.get_date(None), rows.put_date(None)) == (None, None, None)


@given(st.dates())
def test_dates_come_back(day: date) -> None:
    """A date is the same when read again."""
    assert rows.get_date(rows.put_date(day)) == day


@given(st.lists(st.text()))
def test_lists_come_back(values: list[str]) -> None:
    """Strings of any characters come back in their order."""
    assert rows.get_list(rows.put_list(values)) == tuple(values)
