"""Full text: what is found, in what order, and that every query is answered."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.models import Brief
from bot.store import Connection, Store, papers, search
from bot.store.database import connect
from tests.store import samples

TEXTS = (
    ("Sparse attention for phones", "Heads are pruned one by one."),
    ("Pruning without regret", "Sparse networks; attention is not needed. Sparse, sparse."),
    ("Étude of naïve Bayes", "A résumé of old results, with O(N^2) steps."),
    ("Dense flow matching", "We match flows, densely, for attention."),
)


def brief(title: str, abstract: str) -> Brief:
    """A brief with that text, and no identifier."""
    one = samples.brief(1)
    return replace(one, paper=replace(one.paper, title=title, abstract=abstract, arxiv_id=None))


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    """A history of four papers."""
    path: Path = tmp_path_factory.mktemp("search") / "history.db"
    Store.open(path).close()
    db = connect(path)
    db.execute("BEGIN")
    for title, abstract in TEXTS:
        papers.admit(db, brief(title, abstract), (), samples.NOW)
    yield db
    db.close()


def ids(db: Connection, query: str, limit: int = 10, offset: int = 0) -> list[int]:
    """The papers found."""
    return [paper_id for paper_id, _ in search.search(db, query, limit, offset)[0]]


def test_papers_with_all_words_come_before_those_with_some(filled: Connection) -> None:
    """A short query means all its words, and is filled up with papers that have any."""
    assert ids(filled, "sparse attention") == [1, 2, 4]
    assert ids(filled, "attention zebra") == ids(filled, "attention")


def test_a_title_counts_more(filled: Connection) -> None:
    """A word in the title says more than the same word in the abstract."""
    assert ids(filled, "pruning")[0] == 2


def test_accents_case_and_endings_are_forgiven(filled: Connection) -> None:
    """What differs in accent, composed or not, in case or in ending is the same word."""
    assert ids(filled, "NAIVE") == ids(filled, "nai\u0308ve") == ids(filled, "resume") == [3]
    assert ids(filled, "matched") == [4]


def test_words_found_are_marked(filled: Connection) -> None:
    """The snippet shows the words found, and the total counts every match."""
    found, total = search.search(filled, "densely", 1)
    assert total == len(found) == 1
    assert "‹densely›" in found[0][1] or "‹Dense›" in found[0][1]


def test_pages_follow_one_another(filled: Connection) -> None:
    """Pages cut the same order; a limit or place below zero is none and the first."""
    whole = ids(filled, "sparse attention flow pruned")
    assert [ids(filled, "sparse attention flow pruned", 1, place) for place in range(3)] == [
        [one] for one in whole[:3]
    ]
    assert search.search(filled, "attention", 1)[1] == 3
    assert ids(filled, "attention", -1) == []
    assert ids(filled, "attention", 10, -5) == ids(filled, "attention")


def test_stop_words_count_when_there_are_no_others(filled: Connection) -> None:
    """Words without content are left out, and meant when they stand alone."""
    assert ids(filled, "what is the attention") == ids(filled, "attention")
    assert ids(filled, "without the regret") == [2]
    assert ids(filled, "is not") == [2]


def test_an_upgraded_paper_is_found_by_its_new_text_only(db: Connection) -> None:
    """The index follows the text, and stays whole."""
    papers.admit(db, brief("An old title", "old words"), (), samples.NOW)
    new = brief("A fresh title", "new words")
    papers.upgrade(db, replace(new, paper=replace(new.paper, id=1)), ())
    assert (ids(db, "old"), ids(db, "fresh")) == ([], [1])
    papers.upgrade(db, replace(new, paper=replace(new.paper, id=1, upvotes=7)), ())
    assert ids(db, "fresh") == [1]
    db.execute("INSERT INTO papers_fts (papers_fts, rank) VALUES ('integrity-check', 1)")


@pytest.mark.parametrize(
    "query",
    [
        "",
        " ",
        '"',
        '"""" AND (',
        "NEAR(a b, 3) OR NOT title:x* ^y {z}",
        "title : - + * ^",
        "a\x00b",
        "\ud800",
        "attention \udfff",
        "._-!?",
        "_",
        "_ attention _",
        "x" * 1_000_000,
        "a_" * 1_000_000,
        "attention " * 10_000,
        " ".join(str(number) for number in range(10_000)),
        "e" + "\u0301" * 100_000,
        "漢字 العربية हिन्दी 🦜",
        "ﬁ ² ﷺ",
    ],
    ids=range(19),
)
def test_strange_queries_are_answered(filled: Connection, query: str) -> None:
    """Operators, punctuation, half characters, and far too much of anything are queries like any other."""
    found, total = search.search(filled, query, 10)
    assert len(found) == min(total, 10)


@settings(deadline=None, max_examples=150)
@example("attention\x00")
@given(
    st.text(st.characters(exclude_categories=()), max_size=60)
    | st.text("\"'*^:(){}+-_ aORANDNEAR,.\x00", max_size=60)
)
def test_any_text_is_a_query(filled: Connection, query: str) -> None:
    """No text whatever is an error."""
    found, total = search.search(filled, query, 2)
    assert len(found) == min(total, 2)
