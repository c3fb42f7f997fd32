"""BM25 by sets of papers gives the order that the full text gives."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.store import Connection, Store, papers, postings, ranking, scoring, search
from bot.store.database import connect
from bot.store.terms import any_of
from tests.store import samples

WORDS = ("abacus", "beacon", "cactus", "dahlia", "errand", "fiddle", "galaxy", "harbor")


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    """A history of five hundred papers, in which words are as long as each other, some rare, some in most papers."""
    path: Path = tmp_path_factory.mktemp("scoring") / "history.db"
    Store.open(path).close()
    db = connect(path)
    db.execute("BEGIN")
    rng = random.Random(5)
    for number in range(500):
        texts = [
            " ".join(rng.choices((*WORDS, f"w{number:05}"), (1, 2, 3, 4, 5, 6, 7, 8, 700), k=length))
            for length in (6, rng.randint(8, 60))
        ]
        papers.admit(db, samples.saying(*texts), (), samples.NOW)
    yield db
    db.close()


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch, filled: Connection) -> None:
    """As if a history of five hundred papers were long, with all that can be kept of it."""
    monkeypatch.setattr(ranking, "CHUNK", 128)
    monkeypatch.setattr(scoring, "CHUNK", 128)
    for name, value in (("CHUNK", 128), ("STEP", 64), ("COMMON", 16), ("BEHIND", 100)):
        monkeypatch.setattr(postings, name, value)
    monkeypatch.setattr(search, "WHOLE", 20)
    monkeypatch.setattr(search, "RANKED", 20)
    while (step := postings.next_step(filled)) is not None:
        postings.add(filled, step)


@pytest.mark.parametrize("words", [WORDS[:4], WORDS[2:7], (*WORDS[1:4], WORDS[1]), (*WORDS, "w00077")])
def test_the_best_are_those_of_the_full_text(filled: Connection, words: tuple[str, ...]) -> None:
    """What the ten best come to in BM25 is within a twentieth of that, repeated words counting as often as given."""
    score = "-bm25(papers_fts, 1.5, 1)"
    rows = filled.execute(
        f"SELECT rowid, {score} FROM papers_fts WHERE papers_fts MATCH ? ORDER BY 2 DESC", (any_of(words),)
    ).fetchall()
    scores = {row[0]: row[1] for row in rows}
    found = scoring.ranked(filled, words, 500, 10, title_weight=1.5)
    assert found is not None
    most = sum(list(scores.values())[:10])
    assert sum(scores[one] for one, _ in found) > 0.95 * most
    assert sum(list(scores.values())[-10:]) < 0.5 * most
    assert [score for _, score in found] == sorted((score for _, score in found), reverse=True)


def test_a_longer_list_begins_with_the_shorter_one(filled: Connection) -> None:
    """Pages are cut from one order; no paper comes twice, and none that is too new."""
    whole = scoring.ranked(filled, WORDS, 450, 250, title_weight=1.5)
    assert whole is not None
    ids = [one for one, _ in whole]
    assert len(set(ids)) == len(ids) == 250
    assert max(ids) <= 450
    for count in (1, 20, 64, 65, 200):
        assert scoring.ranked(filled, WORDS, 450, count, title_weight=1.5) == whole[:count]


def test_papers_with_all_words_may_come_first(filled: Connection) -> None:
    """However often the others have some of them."""
    words = WORDS[4:6]
    both = filled.execute(
        "SELECT count(*) FROM papers_fts WHERE papers_fts MATCH ?", (" AND ".join(words),)
    ).fetchone()[0]
    assert 5 < both < 100
    found = scoring.ranked(filled, words, 500, 500, title_weight=3, all_first=True)
    assert found is not None
    has_both = [
        all(word in f"{paper.title} {paper.abstract}" for word in words)
        for one, _ in found
        if (paper := papers.paper(filled, one)) is not None
    ]
    assert has_both == sorted(has_both, reverse=True)
    assert sum(has_both) == both


def test_what_is_no_single_word_is_left_to_the_full_text(filled: Connection) -> None:
    """So is a history that is too new, and a query of nothing."""
    assert scoring.ranked(filled, ["abacus", "O(N^2)"], 500, 10, title_weight=1.5) is None
    assert not scoring.ranked(filled, ["nowhere"], 500, 10, title_weight=1.5)


def test_a_search_of_many_papers_is_answered_by_it(filled: Connection) -> None:
    """The pages of a search are one order, and its best are the best of the full text."""
    query = " ".join(WORDS[:5])
    whole = [one for one, _ in search.search(filled, query, 200).papers]
    pages = [one for place in range(0, 200, 30) for one, _ in search.search(filled, query, 30, place).papers]
    assert pages[:200] == whole
    ranked = scoring.ranked(filled, WORDS[:5], 500, 10, title_weight=1.5)
    assert ranked is not None
    assert whole[:10] == [one for one, _ in ranked]
