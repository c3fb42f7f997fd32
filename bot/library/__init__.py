"""What people ask for: search, bookmarks, a day's post, why a paper is where it is. Returns records.

Every function takes the store first. Nothing here knows how a platform shows what it gives.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.errors import NotFound
from bot.models import Bookmark, Brief, Channel, Decision, Hit, Message, Placement, Post, Sighting
from bot.reading.identity import block_keys, title_key
from bot.sources.ids import arxiv_id, doi
from bot.store import Connection, Store, bookmarks, channels, outbox, papers
from bot.store import search as full_text

LONGEST_QUERY = 1000
"""Characters of a query that are looked at; the longest titles have some 300."""

_LARGEST = 2**63 - 1
"""SQLite's largest integer."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A bookmark with the brief of its paper."""

    bookmark: Bookmark
    brief: Brief


@dataclass(frozen=True, slots=True)
class Day:
    """A channel's post with what its messages say: the briefs shown, and the papers left out, by place."""

    channel: Channel
    post: Post
    messages: tuple[Message, ...]
    shown: tuple[Brief, ...]
    left_out: tuple[tuple[int, str], ...]
    """As (id, title)."""


@dataclass(frozen=True, slots=True)
class Why:
    """All that is known of how a paper came to be where it is."""

    brief: Brief
    sightings: tuple[Sighting, ...]
    related: tuple[tuple[Brief, Decision], ...]
    placements: tuple[Placement, ...]
    waiting: tuple[Channel, ...]
    """Active channels that have yet to consider it."""
    bookmarks: int


async def search(
    store: Store,
    query: str,
    limit: int,
    offset: int = 0,
    *,
    person: str | None = None,
    last_id: int | None = None,
) -> tuple[list[Hit], int]:
    """The papers that match, best first, with why, and how many match in all. Any text is a query.

    An arXiv id, a DOI or the address of one finds that paper alone. ``person`` is who asks, for ``bookmarked:me``;
    for the other operators see ``bot.store.query``. Papers that come after ``last_id`` are passed over.
    """
    return await store.read(
        _search, query[:LONGEST_QUERY], limit, min(offset, _LARGEST), person=person, last_id=last_id
    )


async def bookmark(store: Store, person: str, paper_id: int, now: datetime, source: str) -> bool:
    """Keep a paper for a person; False when it was kept already. Raises NotFound."""
    return await store.write(_bookmark, Bookmark(person, paper_id, now, source=source))


async def unbookmark(store: Store, person: str, paper_id: int) -> bool:
    """Drop a person's bookmark; False when there was none."""
    return await store.write(bookmarks.remove, person, paper_id)


async def note(store: Store, person: str, paper_id: int, text: str) -> bool:
    """Write a person's note on a paper they keep; False when they don't keep it."""
    return await store.write(bookmarks.note, person, paper_id, text.encode("utf-8", "replace").decode())


async def kept(store: Store, person: str | None = None) -> list[Kept]:
    """A person's bookmarks, or everyone's, newest first."""
    return await store.read(_kept, person)


async def marks(store: Store, person: str, paper_ids: Sequence[int]) -> tuple[dict[int, int], set[int]]:
    """How many people keep each of these papers, and which of them this person keeps."""
    return await store.read(_marks, person, paper_ids)


async def days(store: Store, channel: str, limit: int, *, before: date | None = None) -> list[Post]:
    """A channel's posts, newest first."""
    return await store.read(outbox.posts, channel, limit, before=before)


async def day(store: Store, channel: str, local_date: date | None = None) -> Day:
    """A channel's post of that local date, or its latest one. Raises NotFound."""
    return await store.read(_day, channel, local_date)


async def paper(store: Store, paper_id: int) -> Brief:
    """One paper's brief. Raises NotFound."""
    return await store.read(_brief, paper_id)


async def papers_of(store: Store, paper_ids: Sequence[int]) -> list[Brief]:
    """The briefs of these papers, in the order given."""
    return await store.read(papers.briefs, paper_ids)


async def why(store: Store, text: str) -> Why:
    """How the paper named by its number, arXiv id, DOI, their addresses, or title came to be where it is.

    Raises NotFound.
    """
    return await store.read(_why, text[:LONGEST_QUERY])


def _search(
    db: Connection, query: str, limit: int, offset: int, *, person: str | None, last_id: int | None
) -> tuple[list[Hit], int]:
    identifier = arxiv_id(query) or doi(query)
    named = papers.by_identifier(db, identifier) if identifier is not None else None
    if named is not None:
        found, total = [(named, "")][max(offset, 0) :][: max(limit, 0)], 1
    else:
        # An id that no paper has may stand in an abstract; an address in pieces is in many.
        words = query if identifier is None else f'"{identifier}"'
        found, total = full_text.search(db, words, limit, offset, person=person, last_id=last_id)
    counts = bookmarks.counts(db, [paper_id for paper_id, _ in found])
    return [_hit(db, paper_id, snippet, counts.get(paper_id, 0)) for paper_id, snippet in found], total


def _hit(db: Connection, paper_id: int, snippet: str, count: int) -> Hit:
    brief = _brief(db, paper_id)
    return Hit(brief, snippet or brief.summary, count, tuple(outbox.placements(db, paper_id)))


def _bookmark(db: Connection, wanted: Bookmark) -> bool:
    _brief(db, wanted.paper_id)
    return bookmarks.add(db, wanted)


def _kept(db: Connection, person: str | None) -> list[Kept]:
    return [Kept(one, _brief(db, one.paper_id)) for one in bookmarks.of(db, person)]


def _marks(db: Connection, person: str, paper_ids: Sequence[int]) -> tuple[dict[int, int], set[int]]:
    return bookmarks.counts(db, paper_ids), bookmarks.kept_by(db, person, paper_ids)


def _day(db: Connection, key: str, local_date: date | None) -> Day:
    channel = channels.get(db, key)
    if channel is None:
        raise NotFound(f"{key}: there is no such channel")
    if local_date is None:
        latest = outbox.posts(db, key, 1)
        post = latest[0] if latest else None
    else:
        post = outbox.post_of_day(db, key, local_date)
    if post is None:
        raise NotFound(f"{channel.name}: no post {'yet' if local_date is None else f'on {local_date}'}")
    picks = outbox.picks(db, post.id)
    return Day(
        channel,
        post,
        tuple(outbox.messages(db, post.id)),
        shown=tuple(papers.briefs(db, [pick.paper_id for pick in picks if pick.shown])),
        left_out=tuple(papers.titles(db, [pick.paper_id for pick in picks if not pick.shown])),
    )


def _brief(db: Connection, paper_id: int) -> Brief:
    found = papers.briefs(db, [paper_id]) if 0 < paper_id <= _LARGEST else []
    if not found:
        raise NotFound(f"{paper_id}: there is no such paper")
    return found[0]


def _why(db: Connection, text: str) -> Why:
    paper_id = _resolve(db, text.strip())
    placements = outbox.placements(db, paper_id)
    considered = {placement.channel.key for placement in placements}
    return Why(
        brief=_brief(db, paper_id),
        sightings=tuple(papers.sightings(db, paper_id)),
        related=tuple((_brief(db, other), decision) for other, decision in papers.related(db, paper_id)),
        placements=tuple(placements),
        waiting=tuple(channel for channel in channels.active(db) if channel.key not in considered),
        bookmarks=bookmarks.counts(db, [paper_id]).get(paper_id, 0),
    )


def _resolve(db: Connection, text: str) -> int:
    """The paper that a person means: by number, arXiv id, DOI, exact title, else the best search result."""
    if (
        text.isascii()
        and text.isdigit()
        and int(text) <= _LARGEST
        and papers.paper(db, int(text)) is not None
    ):
        return int(text)
    identifier = arxiv_id(text) or doi(text)
    by_identifier = papers.by_identifier(db, identifier) if identifier is not None else None
    if by_identifier is not None:
        return by_identifier
    keys = block_keys(text)
    titled = papers.briefs(db, papers.by_title(db, keys[0])) if keys else []
    if titled:
        # The key is also that of titles which only begin so, before a colon.
        whole = [brief for brief in titled if title_key(brief.paper.title) == title_key(text)]
        paper_id = (whole or titled)[0].paper.id
        assert paper_id is not None
        return paper_id
    found, _ = full_text.search(db, text, 1)
    if not found:
        named = "".join(character for character in text[:80] if character.isprintable())
        raise NotFound(f"{named}: no such paper; try 'broadsheet search' with a few words of its title")
    return found[0][0]
