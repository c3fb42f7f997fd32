"""Bookmarks: one for each person and paper."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.errors import StoreError
from bot.models import Bookmark
from bot.store import Connection, Store, bookmarks, papers
from tests.store import samples
from tests.store.samples import NOW, later

ADA, EVE = "web:ada", "web:eve"


def test_a_paper_is_kept_once(db: Connection) -> None:
    """The second time changes nothing, not even the note; dropping it twice is told."""
    samples.admit(db, 2)
    kept = Bookmark(ADA, 1, NOW, "first", "reaction")
    assert bookmarks.add(db, kept)
    assert not bookmarks.add(db, replace(kept, note="second", created=later(days=1)))
    assert bookmarks.of(db, ADA) == [kept]
    assert bookmarks.remove(db, ADA, 1)
    assert not bookmarks.remove(db, ADA, 1)
    assert bookmarks.of(db, ADA) == []


def test_bookmarks_are_listed_newest_first(db: Connection) -> None:
    """A person sees their own, and everyone's can be asked for."""
    samples.admit(db, 3)
    kept = [Bookmark(ADA, 3, NOW), Bookmark(EVE, 1, later(minutes=1)), Bookmark(ADA, 2, later(minutes=2))]
    for one in kept:
        bookmarks.add(db, one)
    assert bookmarks.of(db, ADA) == [kept[2], kept[0]]
    assert bookmarks.of(db) == kept[::-1]
    bookmarks.add(db, Bookmark(EVE, 2, NOW))
    assert bookmarks.counts(db, [1, 2]) == {1: 1, 2: 2}
    assert bookmarks.counts(db, [9]) == {}
    assert bookmarks.kept_by(db, EVE, [3, 2, 1]) == {1, 2}


def test_bookmarks_are_completed_by_words_of_their_titles(db: Connection) -> None:
    """Those of the person with all of the words come, newest bookmark first; no character is a wildcard."""
    samples.admit(db, 12)
    for minute, paper_id in enumerate((2, 12, 1)):
        bookmarks.add(db, Bookmark(ADA, paper_id, later(minutes=minute)))
    bookmarks.add(db, Bookmark(EVE, 3, NOW))
    titles = {number: samples.paper(number).title for number in (1, 2, 12)}
    assert bookmarks.complete(db, ADA, "", 25) == [(1, titles[1]), (12, titles[12]), (2, titles[2])]
    assert bookmarks.complete(db, ADA, "sparse 2:", 25) == [(12, titles[12]), (2, titles[2])]
    assert bookmarks.complete(db, ADA, "sparse 2:", 1) == [(12, titles[12])]
    assert bookmarks.complete(db, ADA, "sparse dense", 25) == []
    for stray in ("%", "_", "!", "\udfff %", "' OR 1"):
        assert bookmarks.complete(db, ADA, stray, 25) == []


def test_a_note_belongs_to_a_bookmark(db: Connection) -> None:
    """Only what a person keeps can be noted upon."""
    samples.admit(db, 1)
    assert not bookmarks.note(db, ADA, 1, "read again")
    bookmarks.add(db, Bookmark(ADA, 1, NOW))
    assert bookmarks.note(db, ADA, 1, "read again")
    assert bookmarks.of(db, ADA) == [Bookmark(ADA, 1, NOW, "read again")]


async def test_a_paper_that_is_not_there_is_not_kept(store: Store) -> None:
    """A fault is not taken for a bookmark that exists already."""
    with pytest.raises(StoreError, match="FOREIGN KEY"):
        await store.write(bookmarks.add, Bookmark(ADA, 99, NOW))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kept=st.lists(
        st.tuples(st.integers(0, 6), st.integers(1, 12), st.integers(0, 9)),
        unique_by=lambda one: one[:2],
        max_size=60,
    ),
    since=st.integers(0, 9),
    limit=st.integers(0, 5),
    offset=st.integers(0, 5),
    likely=st.sampled_from([1, 4, 500]),
)
@example(
    kept=[(0, 1, 0), (1, 1, 0), (2, 1, 0), (3, 1, 9), (0, 2, 9), (1, 2, 9)],
    since=5,
    limit=1,
    offset=0,
    likely=1,
)
def test_the_most_kept_since_a_time_are_counted_exactly(
    db: Connection, kept: list[tuple[int, int, int]], since: int, limit: int, offset: int, likely: int
) -> None:
    """Whether they are among those that were kept most ever or not; of equals the newest paper comes first."""
    db.execute("DELETE FROM bookmarks")
    if papers.count(db) == 0:
        samples.admit(db, 12)
    for person, paper_id, minute in kept:
        bookmarks.add(db, Bookmark(f"web:{person}", paper_id, later(minutes=minute)))
    for day, times in ((later(minutes=since), range(since, 10)), (None, range(10))):
        counts = Counter(paper_id for _, paper_id, minute in kept if minute in times)
        ordered = sorted(counts.items(), key=lambda one: (-one[1], -one[0]))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(bookmarks, "LIKELY", likely)
            assert bookmarks.top(db, day, limit, offset) == ordered[offset : offset + limit]
