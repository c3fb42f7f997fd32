"""Bookmarks: one for each person and paper."""

from dataclasses import replace

import pytest

from bot.errors import StoreError
from bot.models import Bookmark
from bot.store import Connection, Store, bookmarks
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
