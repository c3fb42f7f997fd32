"""Titles are found by their words exactly as reading all of them would, and no others."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.store import Connection, Store, migrations, papers, titles
from bot.store.database import connect
from tests.store import samples

WORDS = st.sampled_from(
    ["a", "Sparse", "sparser", "SPARSÉ", "mode", "model", "Q\u0308", "N²", "ﬁne-tuning", "3d", "深い"]
)
TITLES = st.builds(
    lambda words, between: between.join(words),
    st.lists(WORDS, min_size=1, max_size=9),
    st.sampled_from([" ", ": ", "-", "_", " — "]),
)


def scanned(known: Sequence[str], sought: Sequence[str], *, cut: bool, anywhere: bool) -> list[int]:
    """What the two indexes are to find, by reading every title: the number of each, the newest first."""
    found = []
    for number, title in enumerate(known, 1):
        have = titles.words(title)
        whole, last = list(sought[:-1]), sought[-1]
        if anywhere:
            fits = set(whole) <= set(have) and any(
                word.startswith(last) if cut else word == last for word in have
            )
        else:
            rest = have[len(whole) :]
            fits = have[: len(whole)] == whole and bool(rest)
            fits = fits and (rest[0].startswith(last) if cut else rest[0] == last)
        if fits:
            found.append(number)
    return found[::-1]


def titled(db: Connection, title: str) -> None:
    """Let there be a paper of that title."""
    paper_id = papers.last_id(db) + 1
    db.execute(
        "INSERT INTO papers (id, title, abstract, summary, first_seen) VALUES (?, ?, '', '', '')",
        (paper_id, title),
    )
    titles.index(db, [(paper_id, title)])


def test_what_is_found_is_what_a_scan_finds(path: Path) -> None:
    """By the beginning, however long, and by words anywhere, with the last one cut off or not."""
    Store.open(path).close()
    db = connect(path)

    @settings(deadline=None, max_examples=100)
    @given(
        st.lists(TITLES, min_size=1, max_size=12),
        TITLES,
        st.booleans(),
        st.integers(0, 80),
        st.integers(1, 15),
    )
    def check(known: list[str], other: str, one_of_them: bool, length: int, limit: int) -> None:
        sought = titles.words((known[0] if one_of_them else other)[:length]) or ["a"]
        db.execute("BEGIN")
        try:
            for title in known:
                titled(db, title)
            for cut in (True, False):
                begun = titles.beginning(db, sought, limit, cut=cut)
                having = titles.having(db, sought, limit, cut=cut)
                assert [one for one, _ in begun] == scanned(known, sought, cut=cut, anywhere=False)[:limit]
                assert [one for one, _ in having] == scanned(known, sought, cut=cut, anywhere=True)[:limit]
                assert all(title == known[one - 1] for one, title in begun + having)
        finally:
            db.execute("ROLLBACK")

    check()
    db.close()


def test_words_are_folded() -> None:
    """Case, accents, and the many forms of a letter are one; whatever else stands between words is nothing."""
    assert titles.words("Étude—of NAI\u0308VE_Bayes, ﬁne (N²)") == [
        "etude",
        "of",
        "naive",
        "bayes",
        "fine",
        "n2",
    ]
    assert titles.words("\ud800 ?! ") == []


def test_the_newest_come_first_across_blocks(db: Connection) -> None:
    """Titles of several blocks of papers are found in one order, a block without any between them or not."""
    block = 1 << titles.BLOCK
    for first in (1, block - 1, 3 * block):
        db.execute(
            "INSERT INTO papers (id, title, abstract, summary, first_seen) VALUES (?, 'On kites', '', '', '')",
            (first,),
        )
        samples.admit(db, 2, first + 1)
    found = titles.beginning(db, ["on", "ki"], 9, cut=True)
    assert [paper_id for paper_id, _ in found] == [3 * block, block - 1, 1]
    assert len(titles.beginning(db, ["frugal"], 9, cut=False)) == 6
    assert [one for one, _ in titles.beginning(db, ["frugal"], 3, cut=False)] == [
        3 * block + 2,
        3 * block + 1,
        block + 1,
    ]


def test_a_long_beginning_is_told_apart(db: Connection) -> None:
    """Titles alike in all that the index keeps of them differ by what comes after, or by where a word ends."""
    kept = "quilted " * (titles.LONGEST // 8 - 1) + "quilting"
    for title in (kept, f"{kept}s", f"{kept} kites", f"{kept} kilts"):
        titled(db, title)
    for end, cut, found in (
        ("", False, [4, 3, 1]),
        ("", True, [4, 3, 2, 1]),
        (" ki", True, [4, 3]),
        (" kit", True, [3]),
    ):
        begun = titles.beginning(db, titles.words(kept + end), 9, cut=cut)
        assert [one for one, _ in begun] == found


def test_many_words_that_begin_alike_hide_none(db: Connection) -> None:
    """A word that begins like very many others is found behind more titles with those than are read."""
    titled(db, "On quiet quilts")
    for _ in range(titles.CHECKED + 5):
        titled(db, "On quiet questions")
        titled(db, "On quizzes")
    titled(db, "On quilting")
    assert [one for one, _ in titles.having(db, ["on", "quil"], 5, cut=True)] == [papers.last_id(db), 1]


def test_a_forgotten_title_leaves_nothing(db: Connection) -> None:
    """No beginning, no name and no word is left of it."""
    titled(db, "Kites: the résumé")
    titled(db, "Kites")
    before = content(db)
    titles.forget(db, 1, "Kites: the résumé")
    assert titles.having(db, ["resume"], 5, cut=False) == []
    assert (
        titles.having(db, ["ki"], 5, cut=True) == titles.beginning(db, ["ki"], 5, cut=True) == [(2, "Kites")]
    )
    titles.index(db, [(1, "Kites: the résumé")])
    assert content(db) == before


def test_an_older_history_is_indexed_as_a_new_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The step that brings the indexes gives them what they have of papers admitted since."""
    known = [
        "Étude: of naïve Bayes",
        "Kites",
        "Über die schrittweise Verallgemeinerung: N²",
        ":",
        "A\u0308-b_c: d",
        "深い学習",
        "Donaudampfschifffahrtsgesellschaft: Wege",
    ]
    old, new = tmp_path / "old.db", tmp_path / "new.db"
    place = [step.__name__ for step in migrations.MIGRATIONS].index("m011_titles")
    with monkeypatch.context() as earlier:
        earlier.setattr(migrations, "MIGRATIONS", migrations.MIGRATIONS[:place])
        Store.open(old).close()
    before = connect(old)
    for number, title in enumerate(known):
        before.execute(
            "INSERT INTO papers (id, title, abstract, summary, first_seen) VALUES (?, ?, '', '', '')",
            (number * 30_000 + 1, title),
        )
    before.close()
    Store.open(old).close()
    Store.open(new).close()
    migrated, fresh = connect(old), connect(new)
    for number, title in enumerate(known):
        titles.index(fresh, [(number * 30_000 + 1, title)])
    assert content(migrated) == content(fresh)
    migrated.close()
    fresh.close()


def content(db: Connection) -> list[tuple[object, ...]]:
    """All that the two indexes have."""
    db.execute("CREATE VIRTUAL TABLE temp.terms USING fts5vocab(main, title_words, instance)")
    found = db.execute("SELECT term, doc FROM temp.terms ORDER BY 1, 2").fetchall()
    db.execute("DROP TABLE temp.terms")
    found += db.execute("SELECT * FROM title_beginnings ORDER BY block, begins, paper_id").fetchall()
    return [tuple(row) for row in found]
