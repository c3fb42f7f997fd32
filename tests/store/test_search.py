"""Full text: what is found, in what order, and that every query is answered."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.models import Bookmark, Link
from bot.store import Connection, Store, bookmarks, deadline, digests, papers, search
from bot.store.database import connect
from tests.store import samples

TEXTS = (
    ("Sparse attention for phones", "Heads are pruned one by one."),
    ("Pruning without regret", "Sparse networks; attention is not needed. Sparse, sparse."),
    ("Étude of naïve Bayes", "A résumé of old results, with O(N^2) steps."),
    ("Dense flow matching", "We match flows, densely, for attention."),
)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    """A history of four papers."""
    path: Path = tmp_path_factory.mktemp("search") / "history.db"
    Store.open(path).close()
    db = connect(path)
    db.execute("BEGIN")
    for title, abstract in TEXTS:
        papers.admit(db, samples.saying(title, abstract), (), samples.NOW)
    yield db
    db.close()


def ids(db: Connection, query: str, limit: int = 10, offset: int = 0, person: str | None = None) -> list[int]:
    """The papers found."""
    return [paper_id for paper_id, _ in search.search(db, query, limit, offset, person=person)[0]]


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
    found, total, *_ = search.search(filled, "densely", 1)
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


def test_pages_fit_together_while_papers_arrive(db: Connection) -> None:
    """What arrives between two pages pushes nothing over their edge."""
    for number in range(6):
        papers.admit(db, samples.saying(f"Kites {number}", "kite " * number), (), samples.NOW)
    for query in ("kites", "since:2000", "kites and strings of the many kinds"):
        before = search.search(db, query, 3, last_id=6)
        papers.admit(db, samples.saying("Kites", "Kites, kites."), (), samples.NOW)
        after = search.search(db, query, 3, 3, last_id=6)
        assert {paper_id for paper_id, _ in before[0] + after[0]} == set(range(1, 7))
        assert before[1] == after[1] == 6
        assert search.search(db, query, 3)[1] > 6


def test_stop_words_count_when_there_are_no_others(filled: Connection) -> None:
    """Words without content are left out, and meant when they stand alone."""
    assert ids(filled, "what is the attention") == ids(filled, "attention")
    assert ids(filled, "without the regret") == [2]
    assert ids(filled, "is not") == [2]


SHELF = (
    replace(
        samples.saying("Mamba: Selective State Spaces", "Sequences in O(N) steps, not O(N^2)."),
        tags=("state space", "pruning"),
        links=(Link("code", "https://example.org/mamba"),),
    ),
    replace(
        samples.saying("Vision Mamba", "Mamba and images. Mamba, mamba, in O(N²)."),
        tags=("vision",),
        links=(),
    ),
    replace(
        samples.saying("Attention is what is needed", "State and space, in 10⁻³ seconds."),
        tags=("attention",),
        links=(),
    ),
    replace(
        samples.saying("Attention", "A space of states."),
        tags=("state space",),
        links=(Link("find", "https://code"),),
    ),
)
PEOPLE = (("Ada Lovelace", "Émile Noël"), ("Ada Example",), ("Noel Ada",), ())
DAYS = (date(2025, 3, 11), date(2025, 2, 28), date(2024, 12, 31), None)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    """Four papers with tags, links, authors and dates; the last has the date of its digest file."""
    path: Path = tmp_path_factory.mktemp("shelf") / "history.db"
    Store.open(path).close()
    db = connect(path)
    db.execute("BEGIN")
    for one, authors, day in zip(SHELF, PEOPLE, DAYS, strict=True):
        paper = replace(one.paper, authors=authors, published=day)
        papers.admit(db, replace(one, paper=paper), (), samples.NOW)
    digest = digests.record(db, "sha", "a.txt", samples.NOW, format="hf_text", day=date(2023, 5, 1))
    papers.record_sighting(db, digest, samples.sighting(4, "a.txt"))
    bookmarks.add(db, Bookmark("web:ada", 2, samples.NOW))
    bookmarks.add(db, Bookmark("web:bob", 3, samples.NOW))
    yield db
    db.close()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ('"state space"', [1]),
        ('"space state"', []),
        ("“selective state” mamba", [1]),
        ('space "state and"', [3]),
        ("mamba -images", [1]),
        ('mamba -"selective state"', [2]),
        ("-mamba", [4, 3]),
        ("tag:vision", [2]),
        ('tag:"state space"', [4, 1]),
        ("TAG:State-Space", [4, 1]),
        ("tag:state", []),
        ("tag:state-space tag:pruning", [1]),
        ("-tag:state-space", [3, 2]),
        ("author:ada", [3, 2, 1]),
        ("author:NOEL", [3, 1]),
        ('author:"ada lovelace"', [1]),
        ('author:"noel emile"', []),
        ("author:ad", []),
        ("since:2025-03", [1]),
        ("since:2025-03-11", [1]),
        ("since:2025-03-12", []),
        ("before:2025", [3, 4]),
        ("since:2024 before:2025-3-1", [3, 2]),
        ("before:2024", [4]),
        ("bookmarked:me", [2]),
        ("-bookmarked:me mamba", [1]),
        ("code:yes", [1]),
        ("attention -code:yes since:2024", [3]),
        ("O(N²)", [2, 1]),
        ("O(N^2)", [2, 1]),
        ("O(n^{2})", [2, 1]),
        ('"not O(N²)"', [1]),
        ("10^-3", [3]),
    ],
)
def test_what_is_asked_for_exactly_is_answered_exactly(
    shelf: Connection, query: str, found: list[int]
) -> None:
    """Phrases, words left out, tags, people, dates, bookmarks, code, exponents; without words newest first."""
    assert sorted(ids(shelf, query, person="web:ada")) == sorted(found)
    if not any(letter.isspace() or letter in '"^²' for letter in query):
        assert ids(shelf, query, person="web:ada") == found


def test_nobody_has_no_bookmarks(shelf: Connection) -> None:
    """Where it is not known who asks, nothing is theirs."""
    assert ids(shelf, "bookmarked:me") == []
    assert ids(shelf, "bookmarked:me", person="web:eve") == []


def test_a_title_that_begins_so_comes_first(shelf: Connection) -> None:
    """A name before a colon, a whole title, or its beginning stand before what only says the words more often."""
    assert ids(shelf, "mamba") == [1, 2]
    assert ids(shelf, "attention") == [4, 3]
    assert ids(shelf, "attention is what") == [3, 4]
    assert ids(shelf, "Mamba: Selective State")[0] == 1


def test_a_letter_is_forgiven_when_nothing_else_is_found(shelf: Connection) -> None:
    """One more, one less, another or two swapped, in a name or an inflected word; what is found is marked."""
    assert ids(shelf, "Mamaba") == ids(shelf, "mmaba") == ids(shelf, "Mámb") == ids(shelf, "manba") == [1, 2]
    assert ids(shelf, "sequnces") == [1]
    assert "‹Sequences›" in search.search(shelf, "sequnces", 1)[0][0][1]
    assert ids(shelf, "Mamaba images") == [2]
    assert ids(shelf, '"Mamaba"') == ids(shelf, "xyzzyx") == ids(shelf, "mab") == []


def test_digits_are_never_forgiven(db: Connection) -> None:
    """A model's number is not a slip of the finger."""
    papers.admit(db, samples.saying("YOLOv9", "Boxes."), (), samples.NOW)
    assert ids(db, "YOLOv9") == ids(db, "YOLLOv9") == [1]
    assert ids(db, "YOLOv8") == ids(db, "YOLOv") == ids(db, "YOLOv99") == []


def test_quotation_marks_in_a_sentence_demand_nothing(shelf: Connection) -> None:
    """Among prose a quotation is words like the rest; beside a few words it is an order."""
    assert ids(shelf, 'what do the papers say about "space state" of images')
    assert ids(shelf, '"space state" images') == []


def test_an_author_is_found_by_what_an_upgrade_says(db: Connection) -> None:
    """The index of people follows the paper, and stays whole."""
    papers.admit(db, samples.brief(1), (), samples.NOW)
    assert ids(db, "author:echantillon") == [1]
    new = samples.stored(1, 1)
    papers.upgrade(db, replace(new, paper=replace(new.paper, authors=("Bea Sample",))), ())
    assert (ids(db, "author:ada"), ids(db, "author:bea")) == ([], [1])
    db.execute("INSERT INTO papers_authors (papers_authors, rank) VALUES ('integrity-check', 1)")


def test_an_upgraded_paper_is_found_by_its_new_text_only(db: Connection) -> None:
    """The index follows the text, and stays whole."""
    papers.admit(db, samples.saying("An old title", "old words"), (), samples.NOW)
    new = samples.saying("A fresh title", "new words")
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
        '"' + "a b " * 3000 + '" ' + '-"c d" ' * 500,
        "tag:a " * 2000,
        "since:" * 2000,
        'tag:"' * 2000,
        'author:"\x00 * OR (" since:0000 before:9999-99 -"',
        "x^" + "2^" * 5000,
        " ".join("z^2" for _ in range(3000)),
    ],
    ids=range(26),
)
def test_strange_queries_are_answered(filled: Connection, query: str) -> None:
    """Operators, punctuation, half characters, and far too much of anything are queries like any other."""
    found, total, *_ = search.search(filled, query, 10)
    assert len(found) == min(total, 10)


@settings(deadline=None, max_examples=150)
@example("attention\x00")
@given(
    st.text(st.characters(exclude_categories=()), max_size=60)
    | st.text("\"'*^:(){}+-_ aORANDNEAR,.\x00", max_size=60)
    | st.lists(
        st.sampled_from(
            'tag: author: since: before:2025 bookmarked:me code:yes - " a ² ^ * ( ) é zzzz yolov9 \x00'.split(
                " "
            )
        ),
        max_size=12,
    ).map("".join)
)
def test_any_text_is_a_query(filled: Connection, query: str) -> None:
    """No text whatever is an error."""
    found, total, *_ = search.search(filled, query, 2)
    assert len(found) == min(total, 2)


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    """A history of 60 papers, every one of which is about learning and one in six about kites."""
    path: Path = tmp_path_factory.mktemp("long") / "history.db"
    Store.open(path).close()
    db = connect(path)
    db.execute("BEGIN")
    for number in range(1, 61):
        title = f"Learning {'of kites' if number % 6 == 0 else 'to walk'} {number}"
        papers.admit(db, samples.saying(title, "Deep learning, learned deeply."), (), samples.NOW)
    yield db
    db.close()


@pytest.fixture
def few_ranked(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if ranking twelve papers took as long as a person waits."""
    monkeypatch.setattr(search, "WHOLE", 12)
    monkeypatch.setattr(search, "RANKED", 12)
    monkeypatch.setattr(search, "WEIGHED", 30)
    monkeypatch.setattr(search, "SHORTEST", 12)
    monkeypatch.setattr(search, "LISTED", 40)


@pytest.mark.usefixtures("few_ranked")
def test_what_too_many_papers_match_is_narrowed(long: Connection) -> None:
    """Papers with the rare words come first, then the newest with the common ones; not all are counted."""
    answer = search.search(long, "deep learning about many kinds of kites", 20)
    found = [paper_id for paper_id, _ in answer.papers]
    assert sorted(found[:10]) == list(range(6, 61, 6))
    assert set(found[10:]) <= set(range(44, 61))
    assert (answer.total, answer.more, answer.cut_short) == (40, True, False)


@pytest.mark.usefixtures("few_ranked")
@pytest.mark.parametrize(
    "query", ["learning", "deep learning", "learning walk", "learning deep walk kites", '"deep learning"']
)
def test_pages_of_a_narrowed_answer_follow_one_another(long: Connection, query: str) -> None:
    """No paper comes twice, whatever the page."""
    whole = ids(long, query, 40)
    assert len(set(whole)) == len(whole) >= 12
    assert [one for place in range(0, 40, 7) for one in ids(long, query, 7, place)] == whole[:42]


@pytest.mark.usefixtures("few_ranked")
def test_what_few_papers_match_is_never_narrowed(long: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer is the same as if there were no limit."""
    narrowed = search.search(long, "kites", 20)
    monkeypatch.undo()
    assert search.search(long, "kites", 20) == narrowed
    assert (narrowed.total, narrowed.more) == (10, False)


def test_a_search_that_takes_too_long_is_cut_short(long: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    """Then what matches is given, the newest first, and the answer says so; the next search has its own time."""
    monkeypatch.setattr(deadline, "STEPS", 1)
    answer = search.search(long, "kites learning", 5, patience=0.0)
    assert [paper_id for paper_id, _ in answer.papers] == [60, 59, 58, 57, 56]
    assert (answer.more, answer.cut_short) == (True, True)
    assert not search.search(long, "kites learning", 5).cut_short


@pytest.mark.usefixtures("few_ranked")
def test_a_phrase_of_words_that_all_papers_have_is_looked_for_in_the_newest(
    long: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would take as long as reading everything, and the answer says that it is not whole."""
    monkeypatch.setattr(search, "PHRASED", 100)
    monkeypatch.setattr(search, "NEWEST", 10)
    answer = search.search(long, '"deep learning"', 20)
    assert [paper_id for paper_id, _ in answer.papers] == list(range(60, 50, -1))
    assert answer.cut_short


def test_of_papers_with_a_word_that_most_have_the_shortest_come_first(
    db: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those with it in the title, of the newest; ranking them would take counting all papers that have it."""
    for length in range(20):
        title = f"On {'long ' * (length * 7 % 20)}kites" if length % 2 else "Weather"
        papers.admit(db, samples.saying(title, "Kites fly in it."), (), samples.NOW)
    monkeypatch.setattr(search, "WHOLE", 6)
    monkeypatch.setattr(search, "RANKED", 6)
    monkeypatch.setattr(search, "WEIGHED", 10)
    monkeypatch.setattr(search, "SHORTEST", 5)
    titles = dict(papers.titles(db, range(1, 21)))
    found = ids(db, "kites", 4)
    assert (
        found == sorted((one for one in range(11, 21) if one % 2 == 0), key=lambda one: len(titles[one]))[:4]
    )


def test_papers_without_a_word_are_looked_for_in_the_newest(
    long: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All that have the word would have to be listed first; enough papers without it are the whole answer."""
    monkeypatch.setattr(search, "WITHOUT", 10)
    few = search.search(long, "-nothing", 20)
    assert [paper_id for paper_id, _ in few.papers] == list(range(60, 50, -1))
    assert few.cut_short
    monkeypatch.setattr(search, "WHOLE", 5)
    monkeypatch.setattr(search, "RANKED", 5)
    enough = search.search(long, "-nothing", 5)
    assert [paper_id for paper_id, _ in enough.papers] == [60, 59, 58, 57, 56]
    assert (enough.more, enough.cut_short) == (True, False)


@pytest.mark.usefixtures("few_ranked")
def test_common_words_of_long_ago_are_found(long: Connection) -> None:
    """What is narrowed to the newest is narrowed to the newest of the days asked for."""
    long.execute("UPDATE paper_days SET day = '2001-01-01' WHERE paper_id <= 20")
    found = ids(long, "learning before:2002", 20)
    assert sorted(found) == list(range(9, 21))
    long.execute("UPDATE paper_days SET day = '2025-03-11' WHERE paper_id <= 20")
