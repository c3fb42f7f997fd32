"""When a post is due, which papers go into it, and what each of its messages says."""

import base64
import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from bot.models import (
    Brief,
    Channel,
    Closing,
    Content,
    Follow,
    Header,
    Match,
    Message,
    Pick,
    Post,
    Receipt,
)
from bot.publish.following import matches, to_be_told
from bot.reading.rank import NO_PROFILE, Example, Profile, features, learn, rank
from bot.store import Connection, bookmarks, digests, follows, outbox, papers

CATCH_UP = timedelta(hours=6)
"""How late a post may be once its local date is over; later than that, the papers wait for the next one."""

FIRST_POST_WINDOW = timedelta(days=7)
"""A channel's first post takes papers admitted this recently; from then on nothing is passed over."""

TASTE = 1000
"""Papers last shown in a channel of which its taste is learned."""

TOP_TAGS = 5
"""Tags that a header names."""


def due(channel: Channel, posted: Sequence[date], now: datetime) -> date | None:
    """The local date for which the channel is owed a post now, or None.

    ``posted`` are the dates of its latest posts, newest first. A channel that never had one is owed one at
    once. Local times are compared as the clock on the wall shows them, so a posting time that the clock jumps
    over is reached right after the jump, and one that comes twice is used up by the first.
    """
    local = now.astimezone(ZoneInfo(channel.zone))
    today = local.date()
    if not posted:
        return today
    if posted[0] >= today:
        return None
    if local.time() >= channel.time:
        return today
    yesterday = today - timedelta(days=1)
    missed = datetime.combine(yesterday, channel.time, local.tzinfo).astimezone(UTC)
    return yesterday if posted[0] < yesterday and now - missed <= CATCH_UP else None


@dataclass(frozen=True, slots=True)
class Plan:
    """A post before it is one: its header, the place of each paper, its messages (kind, paper id), and what of it
    people follow."""

    header: Header
    picks: tuple[Pick, ...]
    messages: tuple[tuple[Literal["header", "paper", "closing", "followed"], int | None], ...]
    followed: tuple[Match, ...] = ()


def plan(
    channel: Channel,
    local_date: date,
    briefs: Sequence[Brief],
    receipts: Sequence[Receipt],
    taste: Profile = NO_PROFILE,
    followed: Sequence[Follow] = (),
) -> Plan | None:
    """Put a post together from what is new, or None when there is nothing to say.

    The best ``max_papers`` get a message each, the rest are named in the closing message, muted ones are
    remembered as such. With nothing new there is a post only if the channel wants a quiet line.
    """
    ranked = rank(briefs, channel.interests, taste, local_date)
    open_ = [one for one in ranked if not one.muted]
    if not open_ and not channel.quiet_line:
        return None
    picks = [
        Pick(_id(one.brief), place, shown=place < channel.max_papers, score=one.parts)
        for place, one in enumerate(open_)
    ]
    picks += [
        Pick(_id(one.brief), place, shown=False, score=one.parts, muted=one.muted)
        for place, one in enumerate((one for one in ranked if one.muted), len(open_))
    ]
    shown = [pick.paper_id for pick in picks if pick.shown]
    tags = Counter(tag for one in open_ for tag in one.brief.tags if tag != "other")
    header = Header(
        local_date=local_date,
        entries=sum(receipt.entries for receipt in receipts),
        new=sum(receipt.new for receipt in receipts),
        seen=sum(receipt.seen for receipt in receipts),
        shown=len(shown),
        left_out=len(open_) - len(shown),
        top_tags=tuple(sorted(tags.items(), key=lambda item: (-item[1], item[0]))[:TOP_TAGS]),
        files=tuple(receipt.file for receipt in receipts),
    )
    messages: list[tuple[Literal["header", "paper", "closing", "followed"], int | None]] = [("header", None)]
    messages += [("paper", paper_id) for paper_id in shown]
    if header.left_out:
        messages.append(("closing", None))
    found = matches([one.brief for one in open_], followed)
    if found:
        messages.append(("followed", None))
    return Plan(header, tuple(picks), tuple(messages), found)


def nonce(channel: str, local_date: date, part: int | str) -> str:
    """The nonce and marker of one message: 24 characters, the same each time, different for every message.

    ``part`` is the number of the message in its post, or the person to whom a notice of the post goes.
    """
    digest = hashlib.sha256(f"{channel}\n{local_date}\n{part}".encode()).digest()
    return base64.b32encode(digest).decode("ascii")[:24].lower()


def preview(db: Connection, channel: Channel, now: datetime) -> Plan | None:
    """The channel's next post as it stands now, tomorrow's once today's is out; changes nothing."""
    today = now.astimezone(ZoneInfo(channel.zone)).date()
    posted = outbox.posted_dates(db, channel.key)
    local_date = today + timedelta(days=1) if posted and posted[0] >= today else today
    return _planned(db, channel, local_date, now)


def compose(db: Connection, channel: Channel, local_date: date, now: datetime) -> Post | None:
    """Put the post of that date into the outbox with all its messages; None when there is nothing to post,
    or a post exists."""
    planned = _planned(db, channel, local_date, now)
    if planned is None:
        return None
    post = outbox.insert_post(
        db,
        channel,
        local_date,
        planned.header,
        planned.picks,
        [
            (kind, paper_id, nonce(channel.key, local_date, part))
            for part, (kind, paper_id) in enumerate(planned.messages)
        ],
        last_paper_id=papers.last_id(db),
        last_digest_id=digests.last_id(db),
        now=now,
    )
    if post is not None and planned.followed:
        told = to_be_told(planned.followed, _follows(db, channel))
        notices = [(person, nonce(channel.key, local_date, person)) for person in told]
        follows.record(db, post.id, planned.followed, notices)
    return post


def learned_taste(db: Connection, channel: Channel, now: datetime) -> Profile:
    """What the channel's people like: the papers last shown there, against those of them that somebody keeps."""
    shown = outbox.last_shown(db, channel.key, TASTE)
    kept = bookmarks.counts(db, list(shown))
    if not kept:
        return NO_PROFILE
    return learn(
        Example(features(brief), _id(brief) in kept, (now - shown[_id(brief)]) / timedelta(days=1))
        for brief in papers.briefs(db, shown, summaries=False)
    )


def _planned(db: Connection, channel: Channel, local_date: date, now: datetime) -> Plan | None:
    since = now - FIRST_POST_WINDOW
    briefs = papers.briefs(db, papers.fresh(db, channel.key, since), summaries=False)
    receipts = [receipt for _, receipt in digests.since_post(db, channel.key, since)]
    taste = learned_taste(db, channel, now)
    return plan(channel, local_date, briefs, receipts, taste, _follows(db, channel))


def _follows(db: Connection, channel: Channel) -> list[Follow]:
    return [] if channel.server is None else follows.of_server(db, channel.server)


def content(db: Connection, post: Post, message: Message) -> Content:
    """What a message of this post says."""
    match message.kind:
        case "header":
            return post.header
        case "paper":
            assert message.paper_id is not None
            return papers.briefs(db, [message.paper_id])[0]
        case "closing":
            left_out = [pick.paper_id for pick in outbox.picks(db, post.id, shown=False)]
            briefs = papers.briefs(db, left_out, summaries=False)
            return Closing(
                tuple((_id(one), one.paper.title, one.links[0].url if one.links else None) for one in briefs)
            )
        case "followed":
            return follows.followed(db, post.id)


def _id(brief: Brief) -> int:
    assert brief.paper.id is not None
    return brief.paper.id
