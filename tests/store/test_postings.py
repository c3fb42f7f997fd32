"""What is kept of common words says the same as the full text, whatever was added and changed when."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from bot.store import Connection, Store, papers, postings, ranking
from bot.store.database import connect
from bot.store.ranking import members
from bot.store.terms import quoted, stems
from tests.store import samples

WORDS = ("learning", "learned", "kites", "naïve", "of", "zebras", "flows")
SHARES = (0.9, 0.4, 0.5, 0.3, 0.8, 0.01, 0.2)


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if a chunk had 64 papers."""
    for name, value in (
        ("CHUNK", 64),
        ("STEP", 16),
        ("MOST", 32),
        ("COMMON", 8),
        ("DENSE", 3),
        ("BEHIND", 40),
    ):
        monkeypatch.setattr(postings, name, value)
    monkeypatch.setattr(ranking, "CHUNK", 64)


@pytest.fixture
def db(path: Path) -> Iterator[Connection]:
    """A history of two hundred papers of few words, in a transaction."""
    Store.open(path).close()
    db = connect(path)
    db.execute("BEGIN")
    rng = random.Random(3)
    for _ in range(200):
        admit(db, said(rng), " ".join(said(rng) for _ in range(2)))
    yield db
    db.close()


def said(rng: random.Random) -> str:
    """Some of the words."""
    return " ".join(word for word, share in zip(WORDS, SHARES, strict=True) if rng.random() < share)


def admit(db: Connection, title: str, abstract: str) -> int:
    """A paper with this text."""
    return papers.admit(db, samples.saying(title, abstract), (), samples.NOW)


def add_all(db: Connection) -> None:
    """Keep whatever can be kept by now."""
    while (step := postings.next_step(db)) is not None:
        assert postings.add(db, step)


def read(db: Connection, words: Sequence[str], last_id: int) -> list[set[int]]:
    """The papers that have each word."""
    match = {stem: quoted(word) for word, [stem] in zip(words, stems(*words), strict=True)}
    found, telling = (postings.read(db, match, last_id, telling=one) for one in (False, True))
    assert found is not None
    assert telling is not None
    assert all(set(members(telling[stem])) <= set(members(found[stem])) for stem in match)
    return [set(members(found[stem])) for [stem] in stems(*words)]


def asked(db: Connection, words: Sequence[str], last_id: int) -> list[set[int]]:
    """The same, from the full text."""
    query = "SELECT rowid FROM papers_fts WHERE papers_fts MATCH ? AND rowid <= ?"
    return [{row[0] for row in db.execute(query, (quoted(word), last_id))} for word in words]


@pytest.mark.parametrize("last_id", [200, 190, 128, 64, 63, 20, 1])
def test_what_is_kept_says_what_the_full_text_says(db: Connection, last_id: int) -> None:
    """Words in most papers, in few and in none, up to any paper, in a chunk that is not full and after it."""
    add_all(db)
    assert 0 < postings.upto(db) < 200
    words = [*WORDS, "nothing"]
    assert read(db, words, last_id) == asked(db, words, last_id)


def test_only_words_that_many_papers_have_are_kept(db: Connection) -> None:
    """Any other word would take more room than asking for it takes time."""
    add_all(db)
    kept = {row["stem"] for row in db.execute("SELECT stem FROM postings")}
    assert {"learn", "kite"} <= kept
    assert "zebra" not in kept
    assert postings.counts(db, ["learn", "zebra"]) == {
        "learn": len([one for one in asked(db, ["learning"], 200)[0] if one < postings.upto(db)])
    }


def test_a_word_tells_of_a_paper_with_it_in_the_title_or_twice(db: Connection) -> None:
    """Once in the abstract is passing mention."""
    for _ in range(13):
        titled = admit(db, "Kites", "")
        twice = admit(db, "Winds", "Kites and kites.")
        once = admit(db, "Winds", "A kite.")
    while papers.last_id(db) % 16:
        admit(db, "", "")
    add_all(db)
    found = postings.read(db, {"kite": '"kites"'}, papers.last_id(db), telling=True)
    assert found is not None
    assert [one in members(found["kite"]) for one in (titled, twice, once)] == [True, True, False]


def test_a_changed_paper_is_found_by_its_new_words_alone(db: Connection) -> None:
    """Also while a step is under way, which then has to be made anew."""
    add_all(db)
    for _ in range(16):
        admit(db, "Kites", "Learning.")
    step = postings.next_step(db)
    assert step is not None
    one = samples.brief(1)
    changed = replace(one.paper, id=5, title="Flows of kites", abstract="Naïve.", arxiv_id=None)
    papers.upgrade(db, replace(one, paper=changed), ())
    assert not postings.add(db, step)
    add_all(db)
    last = papers.last_id(db)
    assert read(db, WORDS, last) == asked(db, WORDS, last)
    assert [5 in found for found in read(db, ["kites", "learning", "flows"], last)] == [True, False, True]


def test_with_too_many_new_papers_the_full_text_must_be_asked(db: Connection) -> None:
    """So it is with a history of which nothing is kept yet."""
    assert postings.read(db, {"learn": '"learning"'}, 200) is None
    add_all(db)
    assert postings.read(db, {"learn": '"learning"'}, 200) is not None
    for _ in range(40):
        admit(db, "Kites", "")
    assert postings.read(db, {"learn": '"learning"'}, papers.last_id(db)) is None
