"""What is like a paper, and what a person is typing, is found; what must hold of a search is in ``test_init``."""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot import library
from bot.errors import NotFound
from bot.library import finding
from bot.models import Brief, Decision, Paper
from bot.reading.identity import block_keys
from bot.store import Connection, Store, papers

NOW = datetime(2026, 3, 11, 9, tzinfo=UTC)
TEXTS = (
    ("Kites on Strings", "We fly kites on strings over windy hills.", ("kites",)),
    ("Ducks in a Row", "We order ducks by weight, and see.", ("birds",)),
    ("Windy Hills", "We measure how windy hills are, with kites.", ("weather",)),
    ("Étude of Ducks", "We paint them.", ("birds", "art")),
    ("A Long Way to Kites", "Nothing flies.", ("kites",)),
)


def fill(db: Connection) -> None:
    """Those papers, of which the fourth is linked to the first."""
    for number, (title, abstract, tags) in enumerate(TEXTS, 1):
        paper = Paper(title, abstract, title, abstract, arxiv_id=f"2603.{number:05}")
        papers.admit(db, Brief(paper, abstract, tags, (), ()), block_keys(title), NOW)
    papers.relate(db, 1, 4, Decision("related", "near-title", "an extension"))


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    """A history with those papers."""
    opened = Store.open(tmp_path / "broadsheet.db")
    await opened.write(fill)
    yield opened
    opened.close()


async def test_similar_papers_share_telling_words_and_tags(store: Store) -> None:
    """Those that are related come first, then the most alike; the paper itself never; why is marked."""
    hits = await library.similar(store, 1, 10)
    assert [hit.brief.paper.id for hit in hits] == [4, 3, 5]
    assert "‹windy› ‹hills›" in hits[1].snippet
    assert await library.similar(store, 1, 2) == hits[:2]
    with pytest.raises(NotFound, match="there is no such paper"):
        await library.similar(store, 99, 10)


async def test_similar_papers_stay_in_place_while_papers_arrive(store: Store) -> None:
    """What was admitted after ``last_id`` is passed over."""
    hits = await library.similar(store, 1, 10, last_id=3)
    assert [hit.brief.paper.id for hit in hits] == [3]


@pytest.mark.parametrize(
    ("typed", "ids"),
    [
        ("kites", [1, 5]),
        ("ki", [1, 5]),
        ("windy hi", [3]),
        ("hills windy", [3]),
        ("etude", [4]),
        ("DUCKS", [2, 4]),
        ("ducks in a", [2]),
        ("2603.0000", [5, 4, 3, 2, 1]),
        ("arXiv:2603.00002", [2]),
        ("zeppelin", []),
        ("", [5, 4, 3, 2, 1]),
        ("?!", [5, 4, 3, 2, 1]),
        ('"', [5, 4, 3, 2, 1]),
        ("kites \ud800", [1, 5]),
    ],
)
async def test_a_title_or_id_is_completed(store: Store, typed: str, ids: list[int]) -> None:
    """Titles that begin with what was typed come first, then those with all of the words, newest first."""
    found = await library.complete(store, typed)
    assert [paper_id for paper_id, _ in found] == ids
    assert all(title == TEXTS[paper_id - 1][0] for paper_id, title in found)
    assert await library.complete(store, typed, 1) == found[:1]


async def test_a_person_s_own_bookmarks_are_completed(store: Store) -> None:
    """Only what the person keeps is offered, the last kept first."""
    for minute, paper_id in enumerate((4, 2)):
        await library.bookmark(store, "discord:1", paper_id, NOW + timedelta(minutes=minute), "")
    await library.bookmark(store, "discord:2", 1, NOW, "")
    assert await library.complete_kept(store, "discord:1", "") == [(2, TEXTS[1][0]), (4, TEXTS[3][0])]
    assert await library.complete_kept(store, "discord:1", "row duck") == [(2, TEXTS[1][0])]
    assert await library.complete_kept(store, "discord:1", "", 1) == [(2, TEXTS[1][0])]


async def test_a_tag_is_completed_with_the_most_used_first(store: Store) -> None:
    """Tags that begin so come before those of which a later word does."""
    assert await library.complete_tags(store, "") == ["birds", "kites", "art", "weather"]
    assert await library.complete_tags(store, "B") == ["birds"]
    assert await library.complete_tags(store, "%") == []


@pytest.mark.parametrize(
    ("text", "paper_id"), [("3", 3), ("2603.00002", 2), ("windy hills", 3), ("art etude", 4)]
)
async def test_a_paper_is_named_by_number_id_or_title(store: Store, text: str, paper_id: int) -> None:
    """What names a paper gives its number."""
    assert await library.resolve(store, text) == paper_id


async def test_a_page_of_hits_takes_as_many_statements_as_one_hit(store: Store) -> None:
    """What is shown of each paper is read for all at once, in the order found."""

    def said(db: Connection, paper_ids: Sequence[int]) -> int:
        statements: list[str] = []
        db.set_trace_callback(statements.append)
        found = finding.hits(db, [(paper_id, "") for paper_id in paper_ids], {2: 3})
        db.set_trace_callback(None)
        assert [(one.brief.paper.id, one.bookmarks) for one in found] == [
            (paper_id, 3 if paper_id == 2 else 0) for paper_id in paper_ids
        ]
        return len(statements)

    assert await store.read(said, [5, 2, 4, 1, 3]) == await store.read(said, [2])
