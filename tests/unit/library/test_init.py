"""What people ask for comes from the history as records, and no text they type is an error."""

from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot import library
from bot.errors import NotFound
from bot.library import Found
from bot.models import Brief, Channel, Decision, Interests, Paper, Receipt, Sighting
from bot.publish import compose
from bot.reading.identity import block_keys
from bot.store import Connection, Store, channels, digests, papers

NOW = datetime(2026, 3, 11, 9, tzinfo=UTC)
TODAY = date(2026, 3, 11)
NEWS = Channel("web:news", "web", "news", "news", "UTC", time(9), max_papers=2)
QUIET = Channel("web:quiet", "web", "quiet", "quiet", "UTC", time(9), interests=Interests(muted=("kites",)))
IDLE = Channel("web:idle", "web", "idle", "idle", "UTC", time(9))

KITES = Paper("Kites on Strings", "We fly kites on 3 strings.", "", "", arxiv_id="2603.00001")
DUCKS = Paper("Ducks: Birds in a Row", "We order ducks by weight.", "", "", doi="10.1234/ducks.7")
BOATS = Paper("Ducks", "Boats, not birds, and no kites.", "", "")
OLD = Paper("Sheaves on Fields", "We count sheaves.", "", "", arxiv_id="math/0703002")


def fill(db: Connection) -> None:
    """Four papers of one digest, two channels that considered them, and one that has not."""
    channels.sync(db, [NEWS, QUIET, IDLE])
    digest_id = digests.record(db, "sha", "a.txt", NOW, format="hf_text", day=TODAY)
    for line, one in enumerate((KITES, DUCKS, BOATS, OLD), 1):
        paper_id = papers.admit(db, Brief(one, one.abstract, ("birds",), (), ()), block_keys(one.title), NOW)
        decision = Decision("different", "new", "no paper like it has been seen")
        papers.record_sighting(
            db, digest_id, Sighting(paper_id, "a.txt", TODAY, NOW, line, line, one.title, decision)
        )
    papers.relate(db, 2, 3, Decision("related", "title", "one word in common"))
    digests.finish(db, digest_id, Receipt("a.txt", 4, 4, 0, 0))
    for channel in (NEWS, QUIET):
        assert compose(db, channel, TODAY, NOW) is not None


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    """A history with those papers."""
    opened = Store.open(tmp_path / "broadsheet.db")
    await opened.write(fill)
    yield opened
    opened.close()


async def test_a_hit_says_why_it_was_found_and_where_it_was_posted(store: Store) -> None:
    """Best first, with the words found marked, who keeps it, and its place in each channel."""
    await library.bookmark(store, "web:ada", 1, NOW, "search")
    answer = await library.search(store, "kites", 10)
    hits = answer.hits
    assert (answer.total, answer.more, answer.cut_short) == (2, False, False)
    assert [hit.brief.paper.id for hit in hits] == [1, 3]
    assert "‹" in hits[0].snippet
    assert [hit.bookmarks for hit in hits] == [1, 0]
    assert [(one.channel.key, one.pick.shown, one.pick.muted) for one in hits[0].placements] == [
        (NEWS.key, True, None),
        (QUIET.key, False, "kites"),
    ]
    assert hits[0].placements[0].message is not None
    assert hits[0].placements[1].message is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2603.00001", [1]),
        (" arXiv:2603.00001v2 ", [1]),
        ("https://arxiv.org/pdf/2603.00001", [1]),
        ("math/0703002", [4]),
        ("https://doi.org/10.1234/Ducks.7", [2]),
        ("2603.99999", []),
        ("https://arxiv.org/abs/2603.99999", []),
    ],
)
async def test_an_identifier_leads_straight_to_its_paper(store: Store, text: str, found: list[int]) -> None:
    """An arXiv id, a DOI or their address finds that paper alone, shown by its summary; an unknown one, none."""
    answer = await library.search(store, text, 10)
    assert [hit.brief.paper.id for hit in answer.hits] == found
    assert answer.total == len(found)
    assert all(hit.snippet == hit.brief.summary for hit in answer.hits)
    assert await library.search(store, text, 10, 1) == Found([], answer.total)


async def test_my_bookmarks_are_those_of_who_asks(store: Store) -> None:
    """``bookmarked:me`` is about the person whom the surface names."""
    await library.bookmark(store, "web:ada", 3, NOW, "search")
    for person, found in (("web:ada", [3]), ("web:bob", []), (None, [])):
        hits = (await library.search(store, "bookmarked:me", 10, person=person)).hits
        assert [hit.brief.paper.id for hit in hits] == found
        assert all(hit.snippet for hit in hits)


async def test_hits_come_in_pages(store: Store) -> None:
    """Pages follow one another without gap or overlap; past the end there is nothing."""
    whole = [hit.brief.paper.id for hit in (await library.search(store, "kites", 10)).hits]
    pages = [(await library.search(store, "kites", 1, offset)).hits for offset in range(3)]
    assert [[hit.brief.paper.id for hit in page] for page in pages] == [[whole[0]], [whole[1]], []]
    assert await library.search(store, "kites", 1, 10**30) == Found([], 2)


async def test_a_bookmark_is_kept_once_and_dropped_once(store: Store) -> None:
    """Keeping twice and dropping twice change nothing the second time."""
    assert await library.bookmark(store, "web:ada", 1, NOW, "reaction")
    assert not await library.bookmark(store, "web:ada", 1, NOW + timedelta(hours=1), "search")
    (kept,) = await library.kept(store, "web:ada")
    assert (kept.bookmark.created, kept.bookmark.source, kept.brief.paper.title) == (
        NOW,
        "reaction",
        KITES.title,
    )
    assert await library.unbookmark(store, "web:ada", 1)
    assert not await library.unbookmark(store, "web:ada", 1)
    assert await library.kept(store) == []


@pytest.mark.parametrize("paper_id", [0, -1, 5, 2**63, 10**30, -(10**30)])
async def test_an_unknown_paper_cannot_be_kept_or_shown(store: Store, paper_id: int) -> None:
    """A number that names no paper is told as such, however large."""
    with pytest.raises(NotFound, match="there is no such paper"):
        await library.bookmark(store, "web:ada", paper_id, NOW, "")
    with pytest.raises(NotFound, match="there is no such paper"):
        await library.paper(store, paper_id)
    assert await library.kept(store) == []


async def test_bookmarks_are_listed_for_one_or_for_all_newest_first(store: Store) -> None:
    """Each person has a list of their own; together they are one list."""
    for minute, (person, paper_id) in enumerate([("web:ada", 1), ("web:bob", 2), ("web:ada", 3)]):
        await library.bookmark(store, person, paper_id, NOW + timedelta(minutes=minute), "")
    assert [one.brief.paper.id for one in await library.kept(store, "web:ada")] == [3, 1]
    assert [one.bookmark.person for one in await library.kept(store)] == ["web:ada", "web:bob", "web:ada"]
    assert await library.kept(store, "web:eve") == []


async def test_a_note_is_written_on_what_is_kept(store: Store) -> None:
    """A note needs its bookmark, and the last one counts."""
    assert not await library.note(store, "web:ada", 1, "too early")
    await library.bookmark(store, "web:ada", 1, NOW, "")
    assert await library.note(store, "web:ada", 1, "first")
    assert await library.note(store, "web:ada", 1, "read § 3")
    assert [one.bookmark.note for one in await library.kept(store)] == ["read § 3"]


async def test_marks_count_everyone_and_name_ones_own(store: Store) -> None:
    """A reaction's count, and whether it is pressed."""
    for person, paper_id in [("web:ada", 1), ("web:bob", 1), ("web:bob", 2)]:
        await library.bookmark(store, person, paper_id, NOW, "")
    assert await library.marks(store, "web:ada", [1, 2, 3]) == ({1: 2, 2: 1}, {1})


async def test_a_day_is_its_post_with_what_was_shown_and_left_out(store: Store) -> None:
    """By date, or the latest; muted papers are in neither list."""
    found = await library.day(store, NEWS.key)
    assert found == await library.day(store, NEWS.key, TODAY)
    assert found.post.local_date == TODAY
    assert [brief.paper.id for brief in found.shown] == [1, 2]
    assert [number for number, _ in found.left_out] == [3, 4]
    assert [message.kind for message in found.messages] == ["header", "paper", "paper", "closing"]
    quiet = await library.day(store, QUIET.key)
    assert 1 not in [brief.paper.id for brief in quiet.shown]
    assert 1 not in [number for number, _ in quiet.left_out]
    assert [post.local_date for post in await library.days(store, NEWS.key, 5)] == [TODAY]
    assert await library.days(store, NEWS.key, 5, before=TODAY) == []


@pytest.mark.parametrize(
    ("channel", "on", "told"),
    [
        ("web:nowhere", None, "web:nowhere: there is no such channel"),
        (IDLE.key, None, "idle: no post yet"),
        (NEWS.key, date(2026, 3, 10), "news: no post on 2026-03-10"),
    ],
)
async def test_a_day_without_a_post_is_told(store: Store, channel: str, on: date | None, told: str) -> None:
    """Which channel and which day there is none of."""
    with pytest.raises(NotFound, match=told):
        await library.day(store, channel, on)


@pytest.mark.parametrize(
    ("text", "paper_id"),
    [
        ("1", 1),
        (" 2 ", 2),
        ("2603.00001", 1),
        ("arXiv:2603.00001v3", 1),
        ("https://arxiv.org/abs/2603.00001", 1),
        ("http://arxiv.org/pdf/2603.00001v2.pdf", 1),
        ("https://huggingface.co/papers/2603.00001", 1),
        ("https://doi.org/10.48550/arXiv.2603.00001", 1),
        ("math/0703002", 4),
        ("10.1234/ducks.7", 2),
        ("doi: 10.1234/DUCKS.7", 2),
        ("https://doi.org/10.1234/Ducks.7", 2),
        ("Kites on Strings", 1),
        ("kites on STRINGS!", 1),
        ("Ducks: birds in a row", 2),
        ("Ducks", 3),
        ("strings kites", 1),
        ("sheaves", 4),
    ],
)
async def test_a_paper_is_named_in_many_ways(store: Store, text: str, paper_id: int) -> None:
    """Number, arXiv id, DOI, their addresses, the title, or words of it."""
    assert (await library.why(store, text)).brief.paper.id == paper_id


async def test_a_title_that_only_begins_so_is_found_where_no_title_is_just_that(store: Store) -> None:
    """What stands before a title's colon names the paper."""
    rowing = replace(BOATS, title="Rowing: Boats at Sea")
    await store.write(papers.admit, Brief(rowing, "", (), (), ()), block_keys(rowing.title), NOW)
    assert (await library.why(store, "rowing")).brief.paper.title == rowing.title


async def test_why_tells_all_that_is_known(store: Store) -> None:
    """Sightings, related papers with the reason, what became of it in each channel, and which have yet to look."""
    await library.bookmark(store, "web:ada", 2, NOW, "")
    found = await library.why(store, "2")
    assert [(one.file, one.line, one.decision.rule) for one in found.sightings] == [("a.txt", 2, "new")]
    assert [(brief.paper.id, decision.reason) for brief, decision in found.related] == [
        (3, "one word in common")
    ]
    assert [one.channel.key for one in found.placements] == [NEWS.key, QUIET.key]
    assert [channel.key for channel in found.waiting] == [IDLE.key]
    assert found.bookmarks == 1


@pytest.mark.parametrize(
    "text", ["", "zebra", "2603.99999", "99", "9" * 5000, "\x1b[31mzebra", "\ud800", "?" * 10**6]
)
async def test_no_such_paper_is_one_short_line(store: Store, text: str) -> None:
    """What was asked for, less what a terminal would obey, and what to do."""
    with pytest.raises(NotFound, match="no such paper; try 'broadsheet search'") as caught:
        await library.why(store, text)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 200


@given(st.text(st.characters() | st.sampled_from("\"'*():^-+~\\/.:%_ \x00\ud800\u202e"), max_size=60))
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_no_text_is_an_error(store: Store, text: str) -> None:
    """Whatever is typed finds papers or finds none."""
    for query in (text, f"kites {text}", f"{text} OR ducks NEAR(", f'"{text}'):
        found = await library.search(store, query, 2)
        assert len(found.hits) == min(found.total, 2)
        with suppress(NotFound):
            await library.why(store, query)
    await library.bookmark(store, "web:ada", 1, NOW, "")
    assert await library.note(store, "web:ada", 1, text)


async def test_an_endless_query_is_cut(store: Store) -> None:
    """A megabyte of words takes no longer than a page of them."""
    hits = (await library.search(store, "kites " + "word " * 200_000, 5)).hits
    assert hits[0].brief.paper.id in (1, 3)
    assert (await library.why(store, "kites " + "x y " * 300_000)).brief.paper.id in (1, 3)


async def test_the_papers_most_kept_come_first(store: Store) -> None:
    """By how many people kept them since then; of equals the newest; what was dropped no longer counts."""
    for day, person, paper_id in ((1, "web:ada", 1), (2, "web:bob", 1), (3, "web:ada", 3), (4, "web:ada", 4)):
        await library.bookmark(store, person, paper_id, NOW + timedelta(days=day), "")
    await library.bookmark(store, "web:ada", 2, NOW, "")
    await library.unbookmark(store, "web:ada", 2)
    ever = await library.top(store, None, 10)
    assert [(hit.brief.paper.id, hit.bookmarks) for hit in ever] == [(1, 2), (4, 1), (3, 1)]
    lately = await library.top(store, NOW + timedelta(days=2), 10)
    assert [(hit.brief.paper.id, hit.bookmarks) for hit in lately] == [(4, 1), (3, 1), (1, 1)]
    assert await library.top(store, None, 1, 1) == ever[1:2]
    assert all(hit.snippet == hit.brief.summary for hit in ever)


async def test_bookmarks_come_in_pages_and_are_counted(store: Store) -> None:
    """Pages cut the one order, newest first."""
    for day in (1, 2, 3):
        await library.bookmark(store, "web:ada", day, NOW + timedelta(days=day), "")
    whole = await library.kept(store, "web:ada")
    assert [one.bookmark.paper_id for one in whole] == [3, 2, 1]
    assert [await library.kept(store, "web:ada", 1, place) for place in range(3)] == [[one] for one in whole]
    assert await library.kept_count(store, "web:ada") == 3
