"""What people follow, what of it a post has, and the direct messages that tell them of it.

A notice goes the way of a message, ``pending → sending → sent``, with one difference: what may have arrived and can no
longer be sent again under its nonce is given up. A person who is told twice is bothered; who is not told has the post.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from sqlite3 import Connection, Row

from bot.models import Follow, Followed, Match, Notice, State
from bot.store import papers
from bot.store.rows import get_time, must_time, put_time


def add(db: Connection, follow: Follow) -> bool:
    """Follow a tag or phrase; False when the person does so already (then only ``direct`` is changed)."""
    known = db.execute(
        "SELECT 1 FROM follows WHERE (person, server, kind, value) = (?, ?, ?, ?)",
        (follow.person, follow.server, follow.kind, follow.value),
    ).fetchone()
    db.execute(
        "INSERT INTO follows (person, server, kind, value, direct, created) VALUES (?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (person, server, kind, value) DO UPDATE SET direct = excluded.direct",
        (
            follow.person,
            follow.server,
            follow.kind,
            follow.value,
            int(follow.direct),
            put_time(follow.created),
        ),
    )
    return known is None


def remove(db: Connection, person: str, server: str, value: str) -> bool:
    """No longer follow that tag or phrase; False when the person did not."""
    return (
        db.execute(
            "DELETE FROM follows WHERE (person, server, value) = (?, ?, ?)", (person, server, value)
        ).rowcount
        > 0
    )


def of(db: Connection, person: str, server: str | None = None) -> list[Follow]:
    """What a person follows, in one server or in all, by value."""
    rows = db.execute(
        "SELECT * FROM follows WHERE person = ? AND ? IN (server, '') ORDER BY value, kind, server",
        (person, server or ""),
    )
    return [_follow(row) for row in rows]


def of_server(db: Connection, server: str) -> list[Follow]:
    """What is followed in a server, by whomever."""
    rows = db.execute("SELECT * FROM follows WHERE server = ? ORDER BY value, kind, person", (server,))
    return [_follow(row) for row in rows]


def record(
    db: Connection, post_id: int, matches: Sequence[Match], notices: Iterable[tuple[str, str]]
) -> None:
    """Note what of a post is followed, and the (person, nonce) of those who are to be told."""
    db.executemany(
        "INSERT INTO followed (post_id, kind, value, paper_id) VALUES (?, ?, ?, ?)",
        ((post_id, one.kind, one.value, paper_id) for one in matches for paper_id, _ in one.papers),
    )
    db.executemany(
        "INSERT INTO notices (post_id, person, nonce) VALUES (?, ?, ?)",
        ((post_id, person, nonce) for person, nonce in notices),
    )


def followed(db: Connection, post_id: int, person: str | None = None) -> Followed:
    """What of a post is followed by anybody, or is to be told to this person as things stand now; papers by place."""
    rows = db.execute(
        "SELECT f.kind, f.value, f.paper_id FROM followed f "
        "JOIN post_papers pp ON pp.post_id = f.post_id AND pp.paper_id = f.paper_id "
        "WHERE f.post_id = :post AND (:person IS NULL OR (f.kind, f.value) IN "
        "(SELECT kind, value FROM follows WHERE person = :person AND direct)) ORDER BY f.value, f.kind, pp.place",
        {"post": post_id, "person": person},
    ).fetchall()
    titles = dict(papers.titles(db, {row["paper_id"] for row in rows}))
    found: dict[tuple[str, str], list[tuple[int, str]]] = {}
    for row in rows:
        found.setdefault((row["kind"], row["value"]), []).append((row["paper_id"], titles[row["paper_id"]]))
    return Followed(
        tuple(
            Match("tag" if kind == "tag" else "phrase", value, tuple(named))
            for (kind, value), named in found.items()
        )
    )


def open_notices(db: Connection, channel: str, now: datetime) -> list[Notice]:
    """The notices of a channel's posts that are to be sent now, oldest post first."""
    rows = db.execute(
        "SELECT n.* FROM notices n JOIN posts p ON p.id = n.post_id WHERE p.channel = ? "
        "AND n.state NOT IN ('sent', 'rejected') AND (n.not_before IS NULL OR n.not_before <= ?) "
        "ORDER BY n.post_id, n.person",
        (channel, put_time(now)),
    )
    return [_notice(row) for row in rows]


def claim_notice(db: Connection, notice: Notice, now: datetime) -> Notice | None:
    """Take a notice for sending; None when it is gone, or the person is no longer to be told."""
    if not followed(db, notice.post_id, notice.person).matches:
        db.execute("DELETE FROM notices WHERE nonce = ?", (notice.nonce,))
        return None
    db.execute(
        "UPDATE notices SET attempts = attempts + 1, not_before = NULL, error = NULL, state = 'sending', "
        "claimed = CASE WHEN state IN ('sending', 'unknown') THEN claimed ELSE ? END WHERE nonce = ?",
        (put_time(now), notice.nonce),
    )
    row = db.execute("SELECT * FROM notices WHERE nonce = ?", (notice.nonce,)).fetchone()
    return None if row is None else _notice(row)


def record_notice(
    db: Connection, notice: Notice, state: State, error: str = "", not_before: datetime | None = None
) -> None:
    """What became of a notice; a failed try of one that may have arrived leaves it ``unknown``."""
    db.execute(
        "UPDATE notices SET error = ?, not_before = ?, state = ? WHERE nonce = ? AND state <> 'sent'",
        (error, None if not_before is None else put_time(not_before), state, notice.nonce),
    )


def _follow(row: Row) -> Follow:
    return Follow(
        person=row["person"],
        server=row["server"],
        kind=row["kind"],
        value=row["value"],
        direct=bool(row["direct"]),
        created=must_time(row["created"]),
    )


def _notice(row: Row) -> Notice:
    return Notice(
        post_id=row["post_id"],
        person=row["person"],
        nonce=row["nonce"],
        state=State(row["state"]),
        attempts=row["attempts"],
        claimed=get_time(row["claimed"]),
    )
