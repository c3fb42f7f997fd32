"""What a person is typing is looked up in the words of titles."""

from dataclasses import replace
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.store import Connection, Store, completion, papers
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


def test_numbers_come_first_then_beginnings_then_words(db: Connection) -> None:
    """Of an arXiv id, then of a title, then of words in any order; each the newest first, and none twice."""
    for place, (title, number) in enumerate(
        (
            ("2503 kites over Malmö", "2401.00001"),
            ("Kites over hills", "2503.00001"),
            ("How far over malmo do kites fly?", "2503.00002"),
            ("KITES: over Malmö", "2402.00001"),
            ("Malm and kites", None),
        )
    ):
        one = samples.brief(place)
        paper = replace(one.paper, title=title, arxiv_id=number)
        papers.admit(db, replace(one, paper=paper), (), samples.NOW)

    def ids(typed: str, limit: int = 9) -> list[int]:
        return [paper_id for paper_id, _ in completion.papers(db, typed, limit)]

    assert ids("2503") == [3, 2, 1]
    assert ids("arXiv:2503.00001") == [2]
    assert ids("kites, OVER ma") == [4, 3, 1]
    assert ids("kites over malmö") == [4, 3, 1]
    assert ids("malm") == [5, 4, 3, 1]
    assert ids("  Malm ") == ids("malm")
    assert ids("kites", 3) == [4, 2, 5]
    assert ids("malm.") == [5]
    assert ids("o ki") == []
    assert ids("over ki") == [4, 3, 2, 1]
    assert ids("?!") == ids("") == [5, 4, 3, 2, 1]


def test_a_new_title_replaces_the_old_one(path: Path) -> None:
    """A paper that is upgraded is found by its new title, and no longer by the old."""
    Store.open(path).close()
    db = connect(path)
    db.execute("BEGIN")
    samples.admit(db, 1)
    papers.upgrade(db, samples.stored(7, 1), samples.keys(7))
    assert completion.papers(db, "frugal attention 7", 5) == [(1, samples.paper(7).title)]
    assert completion.papers(db, "frugal attention 1", 5) == []
    db.execute("INSERT INTO title_words (title_words) VALUES ('integrity-check')")
    db.close()
