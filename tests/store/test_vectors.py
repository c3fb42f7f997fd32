"""Vectors of papers: kept by encoder, replaced when it changes, gone when the text does."""

from dataclasses import replace

import pytest

from bot.store import Connection, papers, vectors
from tests.store import samples


def text(number: int) -> str:
    """What the vector of a sample is made of."""
    paper = samples.brief(number).paper
    return f"{paper.title} {paper.abstract}"


def fill(db: Connection, count: int = 3) -> None:
    """Papers without vectors."""
    for number in range(1, count + 1):
        papers.admit(db, samples.brief(number), samples.keys(number), samples.NOW)


def test_the_newest_papers_are_missing_first(db: Connection) -> None:
    """As many as asked for, with their texts; what has a vector of this encoder's is not among them."""
    fill(db)
    assert vectors.missing(db, "one", 2) == [(3, text(3)), (2, text(2))]
    vectors.put(db, "one", {3: (text(3), b"33"), 1: (text(1), b"11")})
    assert vectors.missing(db, "one", 9) == [(2, text(2))]
    assert vectors.of(db, "one", [1, 2, 3, 99]) == {1: b"11", 3: b"33"}
    assert vectors.of(db, "one", []) == {}


def test_all_that_are_missing_are_found(db: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    """However few and far between they are, going on from the last one found."""
    monkeypatch.setattr(vectors, "WINDOW", 3)
    fill(db, 11)
    have = {1, 2, 3, 5, 6, 7, 8, 10, 11}
    vectors.put(db, "one", {one: (text(one), b"1") for one in have})
    assert vectors.missing(db, "one", 1) == [(9, text(9))]
    assert vectors.missing(db, "one", 1, 9) == [(4, text(4))]
    assert vectors.missing(db, "one", 1, 4) == []


def test_another_encoder_takes_the_place_of_the_first(db: Connection) -> None:
    """Its vectors replace the others, paper by paper; vectors of two are never given together."""
    fill(db)
    vectors.put(db, "one", {one: (text(one), b"old") for one in (1, 2, 3)})
    assert [paper_id for paper_id, _ in vectors.missing(db, "other", 9)] == [3, 2, 1]
    vectors.put(db, "other", {2: (text(2), b"new")})
    assert vectors.of(db, "other", [1, 2, 3]) == {2: b"new"}
    assert vectors.of(db, "one", [1, 2, 3]) == {1: b"old", 3: b"old"}
    assert (vectors.count(db, "one"), vectors.count(db, "other")) == (2, 1)


def test_a_new_text_needs_a_new_vector(db: Connection) -> None:
    """What was made of the text before is dropped, and not taken if it comes too late."""
    fill(db)
    vectors.put(db, "one", {1: (text(1), b"11")})
    one = samples.stored(1, 1)
    papers.upgrade(db, replace(one, paper=replace(one.paper, abstract="Another abstract.")), samples.keys(1))
    assert vectors.of(db, "one", [1]) == {}
    vectors.put(db, "one", {1: (text(1), b"11"), 7: ("no such paper", b"77")})
    assert vectors.count(db, "one") == 0
