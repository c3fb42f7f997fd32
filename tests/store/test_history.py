"""The history counted: by day, by month, by tag."""

from dataclasses import replace
from datetime import date, timedelta

from bot.models import Bookmark, Receipt
from bot.store import Connection, bookmarks, channels, digests, history, outbox, papers
from tests.store import samples
from tests.store.samples import CHANNEL, NOW, OTHER, TODAY, later

MARCH = date(2025, 3, 1)


def library(db: Connection, ids: list[int], name: str = "library.bib") -> None:
    """Have a library name these papers."""
    digest_id = digests.record(db, f"sha-{name}", name, NOW, format="bibtex", origin="library")
    for paper_id in ids:
        papers.record_sighting(db, digest_id, samples.sighting(paper_id, name))
    digests.finish(db, digest_id, Receipt(name, len(ids), len(ids), 0, 0))


def publish(db: Connection, ids: list[int], day: date = TODAY, *, out: bool = True) -> None:
    """Put a post into the outbox, and have its header sent."""
    channels.sync(db, [CHANNEL])
    post = samples.insert(db, ids, local_date=day)
    assert post is not None
    header = outbox.messages(db, post.id)[0]
    if out:
        assert outbox.claim(db, header.id, NOW) is not None
        outbox.record_sent(db, header.id, f"m{header.id}", NOW)


def test_days_are_those_of_the_digests(db: Connection) -> None:
    """A digest that was read late counts on its own day; a library and a file that failed count nowhere."""
    samples.read_digest(db, "a.txt", 2)
    undated = digests.record(db, "sha-b", "b.txt", later(days=3))
    digests.finish(db, undated, Receipt("b.txt", 5, 4, 1, 0))
    digests.finish(db, digests.record(db, "sha-c", "c.txt", NOW), Receipt("c.txt", 0, 0, 0, 0, error="no"))
    library(db, samples.admit(db, 3, first=10))
    assert history.read_by_day(db) == {TODAY: 2, TODAY + timedelta(days=3): 4}


def test_posts_count_once_they_are_out(db: Connection) -> None:
    """A post whose header is not sent yet is on no calendar; another channel's post is on its own."""
    ids = samples.read_digest(db, "a.txt", 4)
    publish(db, ids[:2])
    publish(db, ids[2:], TODAY + timedelta(days=1), out=False)
    assert history.posted_by_day(db, CHANNEL.key) == history.posted_by_day(db) == {TODAY: 1}
    assert history.posted_by_day(db, OTHER.key) == {}


def test_bookmarks_count_by_day(db: Connection) -> None:
    """Each person's bookmark counts on the day it was made."""
    samples.admit(db, 2)
    for person, paper_id, days in (("web:a", 1, 0), ("web:b", 1, 0), ("web:a", 2, 2)):
        bookmarks.add(db, Bookmark(person, paper_id, later(days=days)))
    assert history.kept_by_day(db) == {TODAY: 2, TODAY + timedelta(days=2): 1}


def test_tags_of_a_month_follow_the_papers(db: Connection) -> None:
    """A paper counts in the month that first named it, once, under the tags that it has now."""
    ids = samples.read_digest(db, "a.txt", 3)
    again = digests.record(db, "sha-later", "later.txt", later(days=60), day=TODAY + timedelta(days=60))
    papers.record_sighting(db, again, samples.sighting(ids[0], "later.txt"))
    assert history.tag_months(db, MARCH) == [(MARCH, "attention", 3), (MARCH, "pruning", 3)]
    stored = samples.stored(1, ids[0])
    papers.upgrade(db, replace(stored, tags=("diffusion", "pruning")), samples.keys(1))
    assert history.tag_months(db, MARCH) == [
        (MARCH, "attention", 2),
        (MARCH, "diffusion", 1),
        (MARCH, "pruning", 3),
    ]
    assert history.tag_months(db, date(2025, 4, 1)) == []


def test_a_library_is_in_no_month(db: Connection) -> None:
    """What was read elsewhere says nothing of what came in here, even when a digest names it later."""
    ids = samples.admit(db, 2)
    library(db, ids)
    papers.record_sighting(db, digests.record(db, "s", "s.txt", NOW), samples.sighting(ids[0], "s.txt"))
    assert history.tag_months(db, MARCH) == []


def test_what_is_kept_of_each_tag(db: Connection) -> None:
    """Shown papers count once however many people keep them; what no post showed, and older posts, not at all."""
    ids = samples.read_digest(db, "a.txt", 4)
    publish(db, ids[:2])
    for person in ("web:a", "web:b"):
        bookmarks.add(db, Bookmark(person, ids[0], NOW))
    bookmarks.add(db, Bookmark("web:a", ids[3], NOW))
    assert history.tag_keeping(db, TODAY) == [("attention", 2, 1), ("pruning", 2, 1)]
    assert history.tag_keeping(db, TODAY + timedelta(days=1)) == []


def test_papers_with_a_tag_are_paged_by_number(db: Connection) -> None:
    """Newest first; the next page begins below the last paper seen, whatever has come since."""
    ids = samples.admit(db, 5)
    first = [paper_id for paper_id, _ in history.with_tag(db, "pruning", 2)]
    samples.admit(db, 1, first=6)
    rest = history.with_tag(db, "pruning", 9, before=first[-1])
    assert [*first, *(paper_id for paper_id, _ in rest)] == ids[::-1]
    assert {seen for _, seen in rest} == {NOW}
    assert history.tag_count(db, "pruning") == 6
    assert history.tags(db) == [("attention", 6), ("pruning", 6)]
    assert history.with_tag(db, "no such", 9) == []


def test_what_a_library_named_is_already_seen(db: Connection) -> None:
    """It is in no post to come, though it waited for one; all else is."""
    ids = samples.read_digest(db, "a.txt", 2)
    library(db, [ids[0], *samples.admit(db, 1, first=9)])
    assert papers.fresh(db, CHANNEL.key, NOW) == [ids[1]]
    assert [papers.already_seen(db, paper_id) for paper_id in (*ids, 99)] == [True, False, False]
    assert [receipt.file for _, receipt in digests.since_post(db, CHANNEL.key, NOW)] == ["a.txt"]
