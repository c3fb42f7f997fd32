"""Posts and the outbox: a message is a row here before it is a message on a platform.

States: ``pending → sending → sent``, or ``rejected``, ``failed``, ``unknown``; see ``bot.publish``. What was
once ``unknown`` may be on the platform until it is found there, whatever a later try says:
``unsure`` remembers that, so that it never becomes ``failed`` or ``pending``, which are sent without looking.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import date, datetime
from functools import lru_cache
from sqlite3 import Connection, Row
from typing import Literal

from bot.errors import NotFound, StoreError
from bot.models import Channel, Header, Message, Pick, Placement, Post, State
from bot.store import channels
from bot.store.rows import get_pairs, get_time, must_time, put_ids, put_time

HEADERS = 4_000
"""Headers that are remembered once they are read: the papers of one search are from many posts."""


def insert_post(
    db: Connection,
    channel: Channel,
    local_date: date,
    header: Header,
    picks: Sequence[Pick],
    messages: Sequence[tuple[str, int | None, str]],
    *,
    last_paper_id: int,
    last_digest_id: int,
    now: datetime,
) -> Post | None:
    """Insert a post and all its messages, each a (kind, paper id, nonce) in the order of the parts.

    Gives None, and inserts nothing, when the channel has a post for that date already. Raises (StoreError
    where the verb was handed over) when a paper was placed in this channel before, or a message has a paper
    that is not among the picks.
    """
    cursor = db.execute(
        "INSERT INTO posts (channel, local_date, header, last_paper_id, last_digest_id, created) "
        "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (channel, local_date) DO NOTHING",
        (
            channel.key,
            local_date.isoformat(),
            _put_header(header),
            last_paper_id,
            last_digest_id,
            put_time(now),
        ),
    )
    if cursor.rowcount == 0:
        return None
    post_id = cursor.lastrowid
    db.executemany(
        "INSERT INTO post_papers (channel, paper_id, post_id, place, shown, score, muted) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            (
                channel.key,
                pick.paper_id,
                post_id,
                pick.place,
                int(pick.shown),
                json.dumps(pick.score),
                pick.muted,
            )
            for pick in picks
        ),
    )
    db.executemany(
        "INSERT INTO messages (post_id, part, kind, paper_id, nonce) VALUES (?, ?, ?, ?, ?)",
        ((post_id, part, *message) for part, message in enumerate(messages)),
    )
    return post_of_day(db, channel.key, local_date)


def post_of_day(db: Connection, channel: str, local_date: date) -> Post | None:
    """The channel's post for that local date."""
    row = db.execute(
        "SELECT * FROM posts WHERE channel = ? AND local_date = ?", (channel, local_date.isoformat())
    ).fetchone()
    return None if row is None else _post(row)


def post(db: Connection, post_id: int) -> Post | None:
    """One post by its id."""
    row = db.execute("SELECT * FROM posts WHERE id = ?", (post_id,)).fetchone()
    return None if row is None else _post(row)


def posts(db: Connection, channel: str, limit: int, *, before: date | None = None) -> list[Post]:
    """A channel's posts, newest first, those before a local date if one is given."""
    rows = db.execute(
        "SELECT * FROM posts WHERE channel = ? AND local_date < ? ORDER BY local_date DESC LIMIT ?",
        (channel, "9999" if before is None else before.isoformat(), limit),
    )
    return [_post(row) for row in rows]


def sent_posts(
    db: Connection, channel: str, limit: int, *, before: date | None = None
) -> list[tuple[Post, datetime, int]]:
    """A channel's posts whose header message was sent, newest first, with when, and how many papers were since.

    Those before a local date, if one is given.
    """
    rows = db.execute(
        "SELECT p.*, h.sent, (SELECT count(*) FROM messages m WHERE m.post_id = p.id AND m.kind = 'paper' "
        "AND m.state = 'sent') AS papers FROM posts p "
        "JOIN messages h ON h.post_id = p.id AND h.part = 0 AND h.state = 'sent' "
        "WHERE p.channel = ? AND p.local_date < ? ORDER BY p.local_date DESC LIMIT ?",
        (channel, "9999" if before is None else before.isoformat(), limit),
    )
    return [(_post(row), must_time(row["sent"]), row["papers"]) for row in rows]


def arrived(db: Connection, channels: Iterable[str], since: datetime) -> list[Post]:
    """The posts whose header messages arrived in these channels after ``since``, the last to arrive first."""
    rows = db.execute(
        "SELECT p.* FROM json_each(?) key JOIN posts p ON p.channel = key.value "
        "JOIN messages m ON m.post_id = p.id AND m.part = 0 AND m.sent > ? ORDER BY m.sent DESC, p.id DESC",
        (json.dumps(list(channels)), put_time(since)),
    )
    return [_post(row) for row in rows]


def posted_dates(db: Connection, channel: str, limit: int = 3) -> tuple[date, ...]:
    """The local dates of the channel's latest posts, newest first; empty when it never had one."""
    rows = db.execute(
        "SELECT local_date FROM posts WHERE channel = ? ORDER BY local_date DESC LIMIT ?", (channel, limit)
    )
    return tuple(date.fromisoformat(row["local_date"]) for row in rows)


def picks(db: Connection, post_id: int, *, shown: bool | None = None) -> list[Pick]:
    """The papers of a post by place, without the muted ones: all, those shown, or those left out."""
    rows = db.execute(
        "SELECT * FROM post_papers WHERE post_id = ? AND muted IS NULL AND shown IN (?, ?) ORDER BY place",
        (post_id, 0 if shown is None else int(shown), 1 if shown is None else int(shown)),
    )
    return [_pick(row) for row in rows]


def last_shown(db: Connection, channel: str, limit: int) -> dict[int, datetime]:
    """The papers that the channel's latest posts showed, newest first, with the time of their post."""
    rows = db.execute(
        "SELECT pp.paper_id, p.created FROM posts p JOIN post_papers pp ON pp.post_id = p.id "
        "WHERE p.channel = ? AND pp.shown ORDER BY p.local_date DESC, pp.place LIMIT ?",
        (channel, limit),
    )
    return {row["paper_id"]: must_time(row["created"]) for row in rows}


def messages(db: Connection, post_id: int) -> list[Message]:
    """A post's messages in the order of their parts."""
    rows = db.execute(f"{_MESSAGES} WHERE m.post_id = ? ORDER BY m.part", (post_id,))
    return [_message(row) for row in rows]


def open_posts(db: Connection, channel: str) -> list[Post]:
    """The channel's posts that have messages yet to be delivered, oldest first."""
    rows = db.execute(
        "SELECT * FROM posts WHERE channel = ? AND id IN "
        "(SELECT post_id FROM messages WHERE state NOT IN ('sent', 'rejected')) ORDER BY local_date",
        (channel,),
    )
    return [_post(row) for row in rows]


def disown(db: Connection, channel: str) -> None:
    """Mark as ``unknown`` what this channel has in ``sending``: whoever claimed it is gone."""
    db.execute(
        "UPDATE messages SET state = 'unknown', unsure = 1, "
        "error = 'the bot stopped between sending and recording' "
        "WHERE state = 'sending' AND post_id IN (SELECT id FROM posts WHERE channel = ?)",
        (channel,),
    )


def claim(db: Connection, message_id: int, now: datetime) -> Message | None:
    """Take a message for sending; None when it is sent, rejected, being sent, or to be tried later only.

    ``claimed`` stays what it was for an unknown message: the first send whose outcome is not known.
    """
    cursor = db.execute(
        "UPDATE messages SET state = 'sending', attempts = attempts + 1, not_before = NULL, error = NULL, "
        "claimed = CASE state WHEN 'unknown' THEN claimed ELSE :now END "
        "WHERE id = :id AND state IN ('pending', 'failed', 'unknown') "
        "AND (not_before IS NULL OR not_before <= :now)",
        {"id": message_id, "now": put_time(now)},
    )
    return message(db, message_id) if cursor.rowcount else None


def record_sent(db: Connection, message_id: int, platform_id: str, now: datetime) -> None:
    """The platform has the message, under this id of its own, whether it was just sent or found there.

    Told twice, the first time counts. Raises StoreError when it is sent under another id, or ``pending``;
    NotFound.
    """
    cursor = db.execute(
        "UPDATE messages SET state = 'sent', unsure = 0, platform_id = ?, sent = ?, not_before = NULL, error = NULL "
        "WHERE id = ? AND state NOT IN ('pending', 'sent')",
        (platform_id, put_time(now), message_id),
    )
    if cursor.rowcount == 0:
        was = _known(db, message_id)
        if was.platform_id != platform_id:
            raise StoreError(
                f"message {message_id} is {was.state} under {was.platform_id}: not recorded as sent under {platform_id}"
            )


def record_unsent(
    db: Connection, message_id: int, state: State, error: str, not_before: datetime | None = None
) -> None:
    """The message was ``rejected``, ``failed`` (with the time of the next try) or has become ``unknown``.

    A failed try of a message that was ``unknown`` before leaves it so: the earlier try may have arrived.
    Raises StoreError when it is sent or rejected already, which is final; NotFound.
    """
    cursor = db.execute(
        "UPDATE messages SET error = :error, not_before = :not_before, "
        "state = CASE WHEN unsure AND :state = 'failed' THEN 'unknown' ELSE :state END, "
        "unsure = unsure OR :state = 'unknown' "
        "WHERE id = :id AND state NOT IN ('sent', 'rejected') AND :state IN ('rejected', 'failed', 'unknown')",
        {
            "id": message_id,
            "state": state,
            "error": error,
            "not_before": None if not_before is None else put_time(not_before),
        },
    )
    if cursor.rowcount == 0:
        raise StoreError(f"message {message_id} is {_known(db, message_id).state}: not recorded as {state}")


def give_up(db: Connection, post_id: int, reason: str) -> int:
    """Reject every message of the post that is yet to be sent; gives how many."""
    return db.execute(
        "UPDATE messages SET state = 'rejected', error = ?, not_before = NULL "
        "WHERE post_id = ? AND state NOT IN ('sent', 'rejected')",
        (reason, post_id),
    ).rowcount


def record_thread(db: Connection, post_id: int, thread_id: str) -> None:
    """The post's thread is open, under this id of the platform's."""
    db.execute("UPDATE posts SET thread_id = ? WHERE id = ?", (thread_id, post_id))


def retry(db: Connection, post_id: int) -> int:
    """Let a post's rejected and failed messages be sent at once; gives how many.

    They become ``pending``, or ``unknown`` again where an earlier try may have arrived.
    """
    return db.execute(
        "UPDATE messages SET state = iif(unsure, 'unknown', 'pending'), not_before = NULL "
        "WHERE post_id = ? AND state IN ('rejected', 'failed')",
        (post_id,),
    ).rowcount


def message(db: Connection, message_id: int) -> Message | None:
    """One message by its id."""
    row = db.execute(f"{_MESSAGES} WHERE m.id = ?", (message_id,)).fetchone()
    return None if row is None else _message(row)


def message_of_platform(db: Connection, platform: str, platform_id: str) -> Message | None:
    """The message that this platform knows under this id."""
    row = db.execute(
        f"{_MESSAGES} JOIN channels c ON c.key = p.channel WHERE m.platform_id = ? AND c.platform = ?",
        (platform_id, platform),
    ).fetchone()
    return None if row is None else _message(row)


def states(db: Connection) -> dict[State, int]:
    """How many messages are in each state."""
    rows = db.execute("SELECT state, count(*) AS n FROM messages GROUP BY state ORDER BY state")
    return {State(row["state"]): row["n"] for row in rows}


def rejected(db: Connection) -> list[tuple[str, str]]:
    """The papers that a platform refused, as (title, reason), those of the latest post first."""
    rows = db.execute(
        "SELECT pa.title, m.error FROM messages m JOIN papers pa ON pa.id = m.paper_id "
        "WHERE m.state = 'rejected' ORDER BY m.post_id DESC, m.part"
    )
    return [(row["title"], row["error"] or "") for row in rows]


def placements(db: Connection, paper_ids: Sequence[int]) -> list[tuple[Placement, ...]]:
    """What became of each of these papers in every channel that has considered it, oldest post first."""
    rows = db.execute(
        "SELECT wanted.key AS nth, pp.*, p.local_date, p.header, p.thread_id, p.created, m.id, m.part, m.kind, "
        "m.nonce, m.state, m.platform_id, m.attempts, m.claimed, m.not_before, m.sent, m.error "
        # Papers are found by channel and id.
        "FROM json_each(?) wanted CROSS JOIN channels c "
        "CROSS JOIN post_papers pp ON pp.channel = c.key AND pp.paper_id = wanted.value "
        "JOIN posts p ON p.id = pp.post_id "
        "LEFT JOIN messages m ON m.post_id = pp.post_id AND m.paper_id = pp.paper_id ORDER BY nth, pp.post_id",
        (put_ids(paper_ids),),
    ).fetchall()
    known = channels.named(db, {row["channel"] for row in rows})
    of_id = {row["post_id"]: row for row in rows}
    shared = {post_id: _post(row, "post_id") for post_id, row in of_id.items()}
    found: list[list[Placement]] = [[] for _ in paper_ids]
    for row in rows:
        sent = None if row["id"] is None else _message(row)
        found[row["nth"]].append(Placement(known[row["channel"]], shared[row["post_id"]], _pick(row), sent))
    return [tuple(one) for one in found]


def _known(db: Connection, message_id: int) -> Message:
    found = message(db, message_id)
    if found is None:
        raise NotFound(f"{message_id}: there is no such message")
    return found


_MESSAGES = "SELECT m.*, p.channel FROM messages m JOIN posts p ON p.id = m.post_id"


def _put_header(header: Header) -> str:
    return json.dumps(asdict(header) | {"local_date": header.local_date.isoformat()}, ensure_ascii=False)


@lru_cache(HEADERS)
def _get_header(text: str) -> Header:
    facts = json.loads(text)
    return Header(
        **facts
        | {
            "local_date": date.fromisoformat(facts["local_date"]),
            "top_tags": tuple((tag, count) for tag, count in facts["top_tags"]),
            "files": tuple(facts["files"]),
        }
    )


def _post(row: Row, name: Literal["id", "post_id"] = "id") -> Post:
    return Post(
        id=row[name],
        channel=row["channel"],
        local_date=date.fromisoformat(row["local_date"]),
        header=_get_header(row["header"]),
        thread_id=row["thread_id"],
        created=must_time(row["created"]),
    )


def _pick(row: Row) -> Pick:
    return Pick(
        paper_id=row["paper_id"],
        place=row["place"],
        shown=bool(row["shown"]),
        score=get_pairs(row["score"]),
        muted=row["muted"],
    )


def _message(row: Row) -> Message:
    return Message(
        id=row["id"],
        post_id=row["post_id"],
        channel=row["channel"],
        part=row["part"],
        kind=row["kind"],
        paper_id=row["paper_id"],
        nonce=row["nonce"],
        state=State(row["state"]),
        platform_id=row["platform_id"],
        attempts=row["attempts"],
        claimed=get_time(row["claimed"]),
        not_before=get_time(row["not_before"]),
        sent=get_time(row["sent"]),
        error=row["error"],
    )
