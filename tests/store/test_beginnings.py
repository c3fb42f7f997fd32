"""Titles that begin with the words of a search stand before all else."""

from dataclasses import replace

from bot.store import Connection, papers, search
from tests.store import samples


def admit(db: Connection, *titles: str) -> None:
    """Admit papers with these titles and nothing to tell them apart by else."""
    for title in titles:
        one = samples.brief(1)
        paper = replace(one.paper, title=title, abstract="Far.", arxiv_id=None)
        papers.admit(db, replace(one, paper=paper), (), samples.NOW)


def ids(db: Connection, query: str) -> list[int]:
    """The papers found."""
    return [paper_id for paper_id, _ in search.search(db, query, 10).papers]


def test_the_shortest_title_that_begins_so_comes_first(db: Connection) -> None:
    """Before other papers with the words; of titles of one length the newest."""
    admit(db, "Kites fly over hills", "Kites fly", "How kites fly, kites fly", "Kites fly over lakes")
    assert ids(db, "kites fly") == [2, 4, 1, 3]


def test_a_word_that_only_begins_a_title_is_no_name(db: Connection) -> None:
    """One word comes first as a whole title or before a colon; else it is a word like others."""
    admit(db, "Kites fly over long distances", "On kites", "Kites: a long introduction to flying over hills")
    assert ids(db, "kites") == [3, 2, 1]
    assert ids(db, "kites fly over") == [1, 3, 2]


def test_conditions_and_exclusions_hold(db: Connection) -> None:
    """What a search leaves out is left out here as well."""
    admit(db, "Kites fly over hills", "Kites fly")
    assert ids(db, "kites fly -hills") == [2]
    assert ids(db, "kites fly before:2001") == []
    assert ids(db, "kites fly tag:pruning") == [2, 1]
    assert [paper_id for paper_id, _ in search.search(db, "kites fly", 10, last_id=1).papers] == [1]


def test_a_beginning_longer_than_the_index_keeps_is_read(db: Connection) -> None:
    """Titles that part late are told apart; accents, case and punctuation do not matter."""
    start = "On the schrittweise generalisation of quilts"
    admit(db, f"{start} and kites", f"{start}: the kites", f"Résumés {start}", "Résumés: kites")
    assert ids(db, f"{start} the kites")[0] == 2
    assert ids(db, f"{start} and")[0] == 1
    assert ids(db, "RESUMES - on the")[0] == 3
    assert ids(db, "resumés")[0] == 4
