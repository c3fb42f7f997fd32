"""What a person is typing is looked up in the words of titles."""

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.store import Store, completion
from bot.store.database import connect
from tests.store import samples


def test_any_text_is_completed(path: Path) -> None:
    """Whatever is typed, nothing raises, and at most as much is given as was asked for."""
    Store.open(path).close()
    db = connect(path)
    db.execute("BEGIN")
    samples.admit(db, 5)

    @settings(deadline=None, max_examples=100)
    @given(st.text(max_size=60), st.integers(-1, 3))
    def check(typed: str, limit: int) -> None:
        assert len(completion.papers(db, typed, limit)) <= max(limit, 0)
        assert len(completion.tags(db, typed, limit)) <= max(limit, 0)

    check()
    db.close()


def test_a_new_title_replaces_the_old_one(path: Path) -> None:
    """A paper that is upgraded is found by its new title, and no longer by the old."""
    from bot.store import papers

    Store.open(path).close()
    db = connect(path)
    db.execute("BEGIN")
    samples.admit(db, 1)
    papers.upgrade(db, samples.stored(7, 1), samples.keys(7))
    assert completion.papers(db, "frugal attention 7", 5) == [(1, samples.paper(7).title)]
    assert completion.papers(db, "frugal attention 1", 5) == []
    db.execute("INSERT INTO papers_titles (papers_titles, rank) VALUES ('integrity-check', 1)")
    db.close()
