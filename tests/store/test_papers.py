"""Papers, their sightings, and which could be the same."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.errors import NotFound
from bot.models import Candidate, Decision
from bot.store import Connection, Store, digests, papers, search
from bot.store.database import connect
from tests.store import samples
from tests.store.samples import NOW, brief, keys, paper, sighting, stored


def test_a_paper_comes_back_as_it_was_admitted(db: Connection) -> None:
    """Text, text as printed, people, links and tags are read as they were written, in the order asked for."""
    ids = samples.admit(db, 3)
    assert ids == [1, 2, 3]
    assert papers.briefs(db, [3, 99, 1, 10**30, 3]) == [stored(3, 3), stored(1, 1), stored(3, 3)]
    assert papers.paper(db, 2) == stored(2, 2).paper
    assert papers.paper(db, 99) is None
    assert papers.tags(db, 1) == ("pruning", "attention")
    assert (papers.count(db), papers.last_id(db)) == (3, 3)


def test_an_empty_history_holds_nothing(db: Connection) -> None:
    """Nothing is counted, and the last id is 0."""
    assert (papers.count(db), papers.last_id(db)) == (0, 0)
    assert papers.candidates(db, paper(1), ()) == []


def test_candidates_are_named_by_any_identifier_or_key(db: Connection) -> None:
    """A paper that shares the arXiv id, the DOI or one block key is a candidate, once, and no other is."""
    papers.admit(db, brief(1), ("k:a", "f:b"), NOW)
    papers.admit(db, replace(brief(2), paper=replace(paper(2), doi="10.1/x")), ("k:c", "f:b"), NOW)
    papers.admit(db, brief(3), ("k:d",), NOW)
    bare = replace(paper(9), arxiv_id=None)

    def found(*block_keys: str, arxiv_id: str | None = None, doi: str | None = None) -> list[int]:
        wanted = replace(bare, arxiv_id=arxiv_id, doi=doi)
        return sorted(one.id for one in papers.candidates(db, wanted, block_keys))

    assert found() == found("k:none") == []
    assert found("f:b") == [1, 2]
    assert found("k:a", "f:b", "k:d", doi="10.1/x") == [1, 2, 3]
    assert found(arxiv_id="2503.00003") == [3]
    assert found(doi="10.1/x") == [2]
    assert papers.candidates(db, bare, ("k:c",)) == [
        Candidate(2, paper(2).title, paper(2).arxiv_id, "10.1/x")
    ]
    assert papers.by_identifier(db, "10.1/x") == 2
    assert papers.by_identifier(db, "2503.00001") == 1
    assert papers.by_identifier(db, "no such") is None
    assert papers.by_title(db, "f:b") == [1, 2]


def test_a_common_key_brings_so_many_candidates_at_most(db: Connection) -> None:
    """A key that thousands share does not make every paper be compared with thousands."""
    samples.admit(db, papers.CANDIDATES + 5)
    found = papers.candidates(db, replace(paper(999), arxiv_id=None), (keys(1)[1],))
    assert sorted(one.id for one in found) == list(range(6, papers.CANDIDATES + 6))


def test_an_upgrade_keeps_id_history_and_old_keys(db: Connection) -> None:
    """A title-only paper that meets its arXiv id is the same row with the better text, found by old and new keys."""
    bare = replace(paper(1), arxiv_id=None, abstract="", abstract_as_printed="")
    papers.admit(db, replace(brief(1), paper=bare, tags=("other",)), ("k:old",), NOW)
    papers.upgrade(db, stored(7, 1), ("k:new",))
    assert papers.briefs(db, [1]) == [stored(7, 1)]
    assert papers.by_title(db, "k:old") == papers.by_title(db, "k:new") == [1]
    assert papers.fresh(db, "web:papers", NOW) == [1]
    assert papers.fresh(db, "web:papers", NOW + timedelta(seconds=1)) == []
    with pytest.raises(NotFound, match="99: there is no such paper"):
        papers.upgrade(db, stored(8, 99), ())


def test_an_identifier_stays_with_the_paper_that_has_it(db: Connection) -> None:
    """A wrong or shared DOI or arXiv id neither moves nor stops the file that brings it."""
    doi = "10.1/shared"
    papers.admit(db, replace(brief(1), paper=replace(paper(1), doi=doi)), (), NOW)
    papers.admit(db, replace(brief(2), paper=replace(paper(2), doi=doi)), (), NOW)
    papers.admit(db, replace(brief(3), paper=replace(paper(3), arxiv_id=paper(1).arxiv_id)), (), NOW)
    known = papers.briefs(db, [1, 2, 3])
    assert [one.paper.doi for one in known] == [doi, None, None]
    assert [one.paper.arxiv_id for one in known] == ["2503.00001", "2503.00002", None]
    papers.upgrade(db, replace(known[1], paper=replace(known[1].paper, doi=doi)), ())
    papers.upgrade(db, known[0], ())
    assert papers.briefs(db, [1, 2, 3]) == known


def test_sightings_are_kept_as_printed(db: Connection) -> None:
    """What a file printed is what it printed, whatever the paper is called later."""
    samples.read_digest(db, "a.txt", 1)
    plain = replace(sighting(1, "a.txt", 2), title_as_printed=paper(1).title_as_printed)
    papers.record_sighting(db, 1, plain)
    assert papers.sightings(db, 1) == [sighting(1, "a.txt"), plain]
    papers.upgrade(db, stored(7, 1), ())
    assert papers.sightings(db, 1) == [sighting(1, "a.txt"), plain]
    with pytest.raises(NotFound, match="99: there is no such paper"):
        papers.record_sighting(db, 1, sighting(99, "a.txt"))


def test_related_papers_are_linked_both_ways_once(db: Connection) -> None:
    """The first reason stays; each sees the other."""
    samples.admit(db, 3)
    first, second = (Decision("related", "near-title", reason) for reason in ("an extension", "again"))
    papers.relate(db, 1, 3, first)
    papers.relate(db, 3, 1, second)
    papers.relate(db, 1, 2, second)
    assert papers.related(db, 1) == [(2, second), (3, first)]
    assert papers.related(db, 3) == [(1, first)]
    assert papers.related(db, 99) == []


def test_a_summary_that_is_wanted_later_is_made_when_asked_for_and_then_kept(tmp_path: Path) -> None:
    """A paper admitted without one has it at once wherever it is shown; keeping makes each of them once."""
    made: list[str] = []

    def summarise(title: str, abstract: str) -> str:
        made.append(title)
        return abstract.upper()

    path = tmp_path / "history.db"
    Store.open(path).close()
    db = connect(path, summarise=summarise)
    wanted = [replace(sample, summary="") for sample in (brief(1), brief(2))]
    bare = replace(wanted[0], paper=replace(wanted[0].paper, abstract="", arxiv_id=None, doi=None))
    ids = [papers.admit(db, one, [], NOW) for one in (*wanted, bare)]
    abstracts = [one.paper.abstract.upper() for one in wanted]
    assert [one.summary for one in papers.briefs(db, ids)] == [*abstracts, ""]
    assert [one.summary for one in papers.briefs(db, ids, summaries=False)] == ["", "", ""]
    made.clear()
    assert [papers.keep_summaries(db, 1) for _ in range(4)] == [1, 1, 0, 0]
    assert sorted(made) == sorted(one.paper.title for one in wanted)
    assert [one.summary for one in papers.briefs(db, ids, summaries=False)] == [*abstracts, ""]
    db.close()


def test_an_abstract_without_a_summary_is_asked_of_once(tmp_path: Path) -> None:
    """What no sentence can be made of is not tried again and again."""
    path = tmp_path / "history.db"
    Store.open(path).close()
    db = connect(path, summarise=lambda title, abstract: "")
    number = papers.admit(db, replace(brief(1), summary=""), [], NOW)
    assert [papers.keep_summaries(db, 9), papers.keep_summaries(db, 9)] == [1, 0]
    assert papers.briefs(db, [number])[0].summary == ""
    db.close()


def test_titles_come_in_the_order_asked_for(db: Connection) -> None:
    """As (id, title), without those that are not there."""
    ids = [papers.admit(db, brief(number), [], NOW) for number in (1, 2)]
    expected = [(number, brief(at).paper.title) for at, number in ((2, ids[1]), (1, ids[0]))]
    assert papers.titles(db, [ids[1], 99, ids[0]]) == expected


def test_tags_are_counted_through_upgrades(db: Connection) -> None:
    """The count of a tag is how many papers have it now."""
    samples.admit(db, 2)
    papers.upgrade(db, replace(stored(2, 2), tags=("pruning", "kites")), keys(2))
    counted = {row["tag"]: row["papers"] for row in db.execute("SELECT * FROM tag_counts")}
    assert counted == {"pruning": 2, "attention": 1, "kites": 1}


def test_a_papers_day_is_when_it_was_published_or_else_named(db: Connection) -> None:
    """First the day it was seen, then that of the digest that named it first, then that of publication."""

    def day() -> str:
        return str(db.execute("SELECT day FROM paper_days").fetchone()["day"])

    one = replace(brief(1), paper=replace(paper(1), published=None))
    number = papers.admit(db, one, [], NOW)
    assert day() == "2025-03-11"
    for name, printed in (("b.txt", date(2025, 2, 2)), ("a.txt", date(2025, 1, 1)), ("c.txt", None)):
        digest_id = digests.record(db, name, name, NOW, day=printed)
        papers.record_sighting(db, digest_id, sighting(number, name))
    assert day() == "2025-01-01"
    papers.upgrade(db, stored(1, number), [])
    assert day() == "2025-03-10"


def taken_in(db: Connection, *, indexed: bool) -> list[tuple[object, ...]]:
    """All that is found or counted of four papers, one of them upgraded before the others are admitted."""

    def name_(number: int, digest_id: int) -> None:
        papers.record_sighting(db, digest_id, sighting(number, "a.txt"))

    library = digests.record(db, "l", "l.txt", NOW, origin="library")
    dated = digests.record(db, "d", "d.txt", NOW, day=date(2025, 1, 1))
    undated = replace(brief(2), paper=replace(paper(2), published=None))
    for one, digest_id in ((brief(1), library), (undated, dated), (brief(3), dated)):
        name_(papers.admit(db, one, keys(1), NOW, indexed=indexed), digest_id)
    papers.upgrade(db, replace(stored(7, 2), tags=("kites", "pruning")), keys(7))
    name_(2, dated)
    name_(papers.admit(db, undated, keys(4), NOW, indexed=indexed), library)
    if not indexed:
        papers.index(db)
    tables = ("paper_days", "tag_counts", "tag_months", "paper_tags", "block_keys", "sightings")
    found = [tuple(row) for table in tables for row in db.execute(f"SELECT * FROM {table}")]
    texts = ("Attention 1", "Attention 2", "Attention 3", "Attention 7", "author:Example", "tag:kites")
    return [*found, *((text, *found_by(db, text)) for text in texts)]


def found_by(db: Connection, text: str) -> list[int]:
    """The papers that a search finds for this very text."""
    return sorted(number for number, _ in search.search(db, text if ":" in text else f'"{text}"', 9)[0])


def test_papers_indexed_together_are_as_those_one_by_one(tmp_path: Path) -> None:
    """Days, counts and full text are the same, whether or not a paper changes before its turn comes."""
    taken = []
    for indexed in (True, False):
        path = tmp_path / f"{indexed}.db"
        Store.open(path).close()
        db = connect(path)
        taken.append(taken_in(db, indexed=indexed))
        for table in ("papers_fts", "papers_authors"):
            db.execute(f"INSERT INTO {table} ({table}) VALUES ('integrity-check')")
        db.close()
    assert taken[0] == taken[1]
    assert ("Attention 2", 4) in taken[0]
    assert ("Attention 7", 2) in taken[0]


def test_a_paper_is_not_found_before_it_is_indexed(db: Connection) -> None:
    """It is a candidate at once, and found once it is indexed, however often that is done."""
    papers.admit(db, brief(1), keys(1), NOW, indexed=False)
    assert [one.id for one in papers.candidates(db, paper(2), keys(1))] == [1]
    assert found_by(db, "Attention 1") == []
    papers.index(db)
    papers.index(db)
    assert found_by(db, "Attention 1") == [1]
