"""Dates without a year, and dates in names."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sources.dates import in_name, is_date, resolve

LATE_2026 = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("line", "name", "modified", "day"),
    [
        ("Mar 11", "2025-03-12.txt", LATE_2026, date(2025, 3, 11)),
        ("Mar 11", "papers_20250311.txt", LATE_2026, date(2025, 3, 11)),
        ("Dec 31", "2025-01-01.txt", LATE_2026, date(2024, 12, 31)),
        ("Jan 1", "2024-12-31.txt", LATE_2026, date(2025, 1, 1)),
        ("Mar 11", "hf-2023.txt", LATE_2026, date(2023, 3, 11)),
        ("Mar 11", "page.txt", LATE_2026, date(2026, 3, 11)),
        ("Nov 20", "page.txt", LATE_2026, date(2026, 11, 20)),
        ("Nov 21", "page.txt", LATE_2026, date(2025, 11, 21)),
        ("Feb 29", "page.txt", LATE_2026, date(2024, 2, 29)),
        ("Feb 29", "page.txt", date(2024, 2, 28), date(2020, 2, 29)),
        ("Feb 29", "page.txt", date(1903, 1, 1), date(1896, 2, 29)),
        ("Feb 29", "2025-03-01.txt", LATE_2026, date(2024, 2, 29)),
        ("Mar 11, 2025", "2024-01-01.txt", LATE_2026, date(2025, 3, 11)),
        ("11 Mar", "page.txt", LATE_2026, date(2026, 3, 11)),
        ("11 March 2025", "page.txt", LATE_2026, date(2025, 3, 11)),
        ("Tue, Mar 11", "page.txt", LATE_2026, date(2026, 3, 11)),
        ("March 3rd", "page.txt", LATE_2026, date(2026, 3, 3)),
        ("2025-03-11", "page.txt", LATE_2026, date(2025, 3, 11)),
        (None, "2025-03-11.txt", LATE_2026, date(2025, 3, 11)),
        (None, "page.txt", LATE_2026, None),
        ("Feb 29, 2025", "page.txt", LATE_2026, None),
    ],
)
def test_the_year_is_found(line: str | None, name: str, modified: date, day: date | None) -> None:
    """The line's year, else the name's, else the latest year in which the day is not in the future."""
    assert resolve(line, name=name, modified=modified) == day


@pytest.mark.parametrize(
    "line", ["Mar", "11", "Mar 32", "Feb 30", "Mar 11 papers", "May I?", "2025-13-01", "Mar 0"]
)
def test_what_is_no_date(line: str) -> None:
    """A line that is a date and something else, or no day there is, is no date."""
    assert not is_date(line)


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("000_20250311.txt", date(2025, 3, 11)),
        ("hf_2025_03_11-b.txt", date(2025, 3, 11)),
        ("2025-0311.txt", None),
        ("120250311.txt", None),
        ("2025-02-30.txt", None),
        ("99999999 2025.03.11", date(2025, 3, 11)),
    ],
)
def test_dates_in_names(name: str, day: date | None) -> None:
    """A full date in a name is found, whatever is around it; longer numbers are not dates."""
    assert in_name(name) == day


@given(st.text(max_size=40), st.text(max_size=40), st.dates())
def test_no_line_and_no_name_fails(line: str, name: str, modified: date) -> None:
    """Whatever the texts, there is a date or none."""
    found = resolve(line, name=name, modified=modified)
    assert found is None or is_date(line) or found == in_name(name)


@given(st.dates(), st.sampled_from(["Feb 29", "Mar 11", "31 Dec", "Jan 1"]))
def test_a_date_without_year_is_never_in_the_future(modified: date, line: str) -> None:
    """Without a year anywhere, the date is not after the file's modification, nor long before."""
    found = resolve(line, name="page.txt", modified=modified)
    assert (found is None and modified.year < 9) or (found and 0 <= (modified - found).days <= 8 * 366)
