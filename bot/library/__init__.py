"""What people ask for: search, bookmarks, a day's post, why a paper is where it is. Returns records.

Every function takes the store first. Nothing here knows how a platform shows what it gives.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.errors import NotFound
from bot.library.finding import (
    LONGEST_QUERY,
    Found,
    brief_of,
    complete,
    complete_kept,
    complete_tags,
    hits,
    resolve,
    resolved,
    search,
    similar,
)
from bot.library.people import follow, following, forget, kept_about, unfollow
from bot.models import Bookmark, Brief, Channel, Decision, Hit, Message, Placement, Post, Sighting
from bot.store import Connection, Store, bookmarks, channels, outbox, papers

__all__ = [
    "LONGEST_NOTE",
    "LONGEST_QUERY",
    "Day",
    "Found",
    "Kept",
    "Why",
    "bookmark",
    "complete",
    "complete_kept",
    "complete_tags",
    "day",
    "day_of",
    "days",
    "follow",
    "following",
    "forget",
    "kept",
    "kept_about",
    "kept_count",
    "marks",
    "note",
    "paper",
    "papers_of",
    "resolve",
    "search",
    "similar",
    "top",
    "unbookmark",
    "unfollow",
    "why",
]


LONGEST_NOTE = 500
"""Characters of a note on a bookmark."""


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
    """Active channels that have yet to consider it; none when a library has it already seen."""
    bookmarks: int


async def bookmark(store: Store, person: str, paper_id: int, now: datetime, source: str) -> bool:
    """Keep a paper for a person; False when it was kept already. Raises NotFound."""
    return await store.write(_bookmark, Bookmark(person, paper_id, now, source=source))


async def unbookmark(store: Store, person: str, paper_id: int) -> bool:
    """Drop a person's bookmark; False when there was none."""
    return await store.write(bookmarks.remove, person, paper_id)


async def note(store: Store, person: str, paper_id: int, text: str) -> bool:
    """Write a person's note on a paper they keep; False when they don't keep it."""
    return await store.write(bookmarks.note, person, paper_id, text.encode("utf-8", "replace").decode())


async def kept(
    store: Store, person: str | None = None, limit: int | None = None, offset: int = 0
) -> list[Kept]:
    """A person's bookmarks, or everyone's, newest first."""
    return await store.read(_kept, person, limit, offset)


async def kept_count(store: Store, person: str) -> int:
    """How many papers a person keeps."""
    return await store.read(bookmarks.count, person)


async def top(store: Store, since: datetime | None, limit: int, offset: int = 0) -> list[Hit]:
    """The papers that most people kept since then, or ever; ``bookmarks`` of each is how many did."""
    return await store.read(_top, since, limit, offset)


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
    return await store.read(brief_of, paper_id)


async def papers_of(store: Store, paper_ids: Sequence[int]) -> list[Brief]:
    """The briefs of these papers, in the order given."""
    return await store.read(papers.briefs, paper_ids)


async def why(store: Store, text: str) -> Why:
    """How the paper named by its number, arXiv id, DOI, their addresses, or title came to be where it is.

    Raises NotFound.
    """
    return await store.read(_why, text[:LONGEST_QUERY])


def _bookmark(db: Connection, wanted: Bookmark) -> bool:
    brief_of(db, wanted.paper_id)
    return bookmarks.add(db, wanted)


def _kept(db: Connection, person: str | None, limit: int | None, offset: int) -> list[Kept]:
    found = bookmarks.of(db, person, limit, offset)
    briefs = papers.briefs(db, [one.paper_id for one in found])
    return [Kept(*one) for one in zip(found, briefs, strict=True)]


def _top(db: Connection, since: datetime | None, limit: int, offset: int) -> list[Hit]:
    counts = dict(bookmarks.top(db, since, limit, offset))
    return hits(db, [(paper_id, "") for paper_id in counts], counts)


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
    return day_of(db, channel, post)


def day_of(db: Connection, channel: Channel, post: Post) -> Day:
    """A post of that channel with what its messages say."""
    picks = outbox.picks(db, post.id)
    return Day(
        channel,
        post,
        tuple(outbox.messages(db, post.id)),
        shown=tuple(papers.briefs(db, [pick.paper_id for pick in picks if pick.shown])),
        left_out=tuple(papers.titles(db, [pick.paper_id for pick in picks if not pick.shown])),
    )


def _why(db: Connection, text: str) -> Why:
    paper_id = resolved(db, text)
    (placements,) = outbox.placements(db, [paper_id])
    considered = {placement.channel.key for placement in placements}
    waiting = [] if papers.already_seen(db, paper_id) else channels.active(db)
    related = papers.related(db, paper_id)
    briefs = papers.briefs(db, [other for other, _ in related])
    return Why(
        brief=brief_of(db, paper_id),
        sightings=tuple(papers.sightings(db, paper_id)),
        related=tuple(zip(briefs, (decision for _, decision in related), strict=True)),
        placements=placements,
        waiting=tuple(channel for channel in waiting if channel.key not in considered),
        bookmarks=bookmarks.counts(db, [paper_id]).get(paper_id, 0),
    )
