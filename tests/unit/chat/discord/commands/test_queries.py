"""What the options of a search say becomes one query, and no text that is no time passes for one."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chat.discord.commands.queries import query
from bot.errors import NotFound
from bot.store.query import Filter, parse

TODAY = date(2026, 3, 11)


@pytest.mark.parametrize(
    ("words", "tag", "since", "asked"),
    [
        (" sparse  heads ", None, None, "sparse heads"),
        ("heads", "object detection", None, 'tag:"object detection" heads'),
        ("heads", 'a "b"', "2025-03", 'tag:"a b" since:2025-03 heads'),
        (None, None, "2025", "since:2025"),
        (None, None, "2025-3-1", "since:2025-3-1"),
        (None, None, "last week", "since:2026-03-04"),
        (None, None, " 30  Days ", "since:2026-02-09"),
        (None, None, "past 2 months", "since:2026-01-10"),
        (None, None, "day", "since:2026-03-10"),
        (None, None, "last year", "since:2025-03-11"),
    ],
)
def test_options_become_one_query(words: str | None, tag: str | None, since: str | None, asked: str) -> None:
    """Conditions first, then the words."""
    assert query(words, tag, since, TODAY) == asked


@pytest.mark.parametrize("since", ["lately", "2026-13", "03/2025", "1000 days", "-", "2025 tag:x", "٢٠٢٥"])
def test_what_is_no_time_is_told(since: str) -> None:
    """With what would be."""
    with pytest.raises(NotFound, match="since takes a year, a month or a day"):
        query("heads", None, since, TODAY)


@pytest.mark.parametrize("words", [None, "", " \n"])
def test_nothing_asked_for_is_told(words: str | None) -> None:
    """A search of blanks is none."""
    with pytest.raises(NotFound, match="Say what to look for"):
        query(words, " ", "", TODAY)


@given(
    words=st.text(),
    tag=st.text(alphabet=st.characters(exclude_characters='"', categories=["L", "N"]), min_size=1),
)
@settings(deadline=None, max_examples=50)
def test_no_words_undo_a_condition(words: str, tag: str) -> None:
    """Quotation marks left open in the words swallow neither the tag nor the time."""
    filters = parse(query(words, tag, "2025-03", TODAY)).filters
    assert [one.kind for one in filters[:2]] == ["tag", "since"]
    assert filters[1] == Filter("since", "2025-03-01")
