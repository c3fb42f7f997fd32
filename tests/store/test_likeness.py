"""Papers alike are found by words that tell, whatever the text is made of."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.store import Connection, Store, likeness, papers
from bot.store.database import connect
from tests.store import samples


@pytest.fixture
def db(path: Path) -> Iterator[Connection]:
    """An empty history, in a transaction."""
    Store.open(path).close()
    connection = connect(path)
    connection.execute("BEGIN")
    yield connection
    connection.close()


def admit(db: Connection, title: str, abstract: str, *tags: str) -> int:
    """A paper with this text and these tags."""
    return papers.admit(db, samples.saying(title, abstract, *tags), (), samples.NOW)


def test_a_rare_word_in_common_tells_more(db: Connection) -> None:
    """Sharing what few papers have makes papers more alike than sharing what many have."""
    first = admit(db, "Learning with zebras", "We learn stripes.")
    common = [admit(db, f"Learning number {number}", "We learn and learn.") for number in range(5)]
    rare = admit(db, "Zebras at noon", "They rest.")
    found = [paper_id for paper_id, _ in likeness.similar(db, first, 10)]
    assert found[0] == rare
    assert set(found[1:]) <= set(common)


def test_a_paper_without_words_has_its_tags(db: Connection) -> None:
    """Where no word is shared, a tag is; a rare one counts more."""
    first = admit(db, "αβ", "", "pruning", "attention")
    common = [admit(db, f"γ{number}", "", "attention") for number in range(3)]
    rare = admit(db, "δε", "", "pruning")
    assert [paper_id for paper_id, _ in likeness.similar(db, first, 10)] == [rare, *reversed(common)]


def test_an_odd_text_has_its_likes(db: Connection) -> None:
    """Quotation marks, numbers and nothing at all are no error."""
    for title in ('"', "2024", "x", "AND OR NOT NEAR(", "‹›"):
        assert likeness.similar(db, admit(db, title, ""), 5) == []
