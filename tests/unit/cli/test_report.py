"""The history in a terminal."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.cli import report
from bot.library.history import Keeping, TagRow
from tests.unit.test_plots import EMPTY, EXAMPLE


def test_a_report_fits_eighty_columns() -> None:
    """However large the counts and long the tags are, no line is longer, and none ends in blanks."""
    large = replace(
        EXAMPLE,
        spans=tuple(replace(span, read=10**6) for span in EXAMPLE.spans * 9),
        tags=(TagRow("t" * 90, (9999,) * 12),),
        keeping=(Keeping("k" * 90, 99999, 99999),),
    )
    for of in (EXAMPLE, EMPTY, large):
        lines = report.report(of).splitlines()
        assert max(map(len, lines)) <= report.WIDTH
        assert all(line == line.rstrip() for line in lines)


def test_a_report_tells_all_three() -> None:
    """Counts over time, tags by month, and what is kept."""
    text = report.report(EXAMPLE)
    assert text.startswith("By week, from 2025-12-29 to 2026-07-20")
    assert "papers posted         600" in text
    assert "object detection            1    2" in text
    assert "3 of 20, 15%" in text
    assert "nothing is bookmarked yet" in report.report(EMPTY)


@settings(deadline=None)
@given(st.lists(st.integers(0, 10**9), max_size=100))
def test_bars_show_whatever_is_not_nought(counts: list[int]) -> None:
    """One block a count, the latest if there are too many; blank for 0 alone, full for the most."""
    shown = counts[-56:]
    drawn = report.bars(counts, 56)
    assert [block == " " for block in drawn] == [count == 0 for count in shown]
    assert not any(shown) or drawn[shown.index(max(shown))] == "█"


def test_records_name_what_they_count() -> None:
    """A line for each span, tag and month, and tag that is kept."""
    lines = list(report.records(EXAMPLE))
    assert lines[0] == {"week": "2025-12-29", "new": 90, "posted": 20, "bookmarks": 0}
    assert {"tag": "object detection", "month": "2025-03", "new": 2} in lines
    assert lines[-2] == {"tag": "object detection", "shown": 20, "kept": 3}
