"""Reactions: a set of message, person, emoji and kind, so that an event told twice changes nothing.

``burst`` is what Discord calls a super reaction: a person can have one beside an ordinary one of the same emoji.
"""

from dataclasses import dataclass
from datetime import datetime
from sqlite3 import Connection

from bot.store.rows import put_time


@dataclass(frozen=True, slots=True)
class Reacted:
    """A paper's message that people may have reacted to: ``people`` is how many reactions are known.

    ``platform_id`` and ``thread_id`` are the platform's; ``shown`` is how many papers its post shows.
    """

    message_id: int
    platform_id: str
    thread_id: str
    paper_id: int
    shown: int
    people: int


def add(db: Connection, message_id: int, person: str, emoji: str, *, burst: bool = False) -> bool:
    """A person has reacted; False when that was known. Raises (StoreError) when there is no such message."""
    cursor = db.execute(
        "INSERT INTO reactions (message_id, person, emoji, burst) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
        (message_id, person, emoji, int(burst)),
    )
    return cursor.rowcount == 1


def remove(db: Connection, message_id: int, person: str, emoji: str, *, burst: bool = False) -> bool:
    """A person has taken a reaction back; False when none was known."""
    cursor = db.execute(
        "DELETE FROM reactions WHERE message_id = ? AND person = ? AND emoji = ? AND burst = ?",
        (message_id, person, emoji, int(burst)),
    )
    return cursor.rowcount == 1


def clear(db: Connection, message_id: int) -> int:
    """A message has no reactions any more; gives how many it had."""
    return db.execute("DELETE FROM reactions WHERE message_id = ?", (message_id,)).rowcount


def people(db: Connection, message_id: int, emoji: str) -> set[tuple[str, bool]]:
    """Who has reacted to a message with this emoji, as (person, burst)."""
    rows = db.execute(
        "SELECT person, burst FROM reactions WHERE message_id = ? AND emoji = ?", (message_id, emoji)
    )
    return {(row["person"], bool(row["burst"])) for row in rows}


def holds(db: Connection, person: str, paper_id: int, platform: str) -> bool:
    """Whether a reaction of the person is on some message of this platform about the paper."""
    row = db.execute(
        "SELECT 1 FROM reactions r JOIN messages m ON m.id = r.message_id JOIN posts p ON p.id = m.post_id "
        "JOIN channels c ON c.key = p.channel "
        "WHERE r.person = ? AND m.paper_id = ? AND c.platform = ? LIMIT 1",
        (person, paper_id, platform),
    ).fetchone()
    return row is not None


def recent(db: Connection, platform: str, emoji: str, since: datetime, limit: int) -> list[Reacted]:
    """The platform's messages about papers sent since then, those of the latest post first."""
    rows = db.execute(
        "SELECT m.id, m.platform_id, m.paper_id, p.thread_id, json_extract(p.header, '$.shown') AS shown, "
        "(SELECT count(*) FROM reactions r WHERE r.message_id = m.id AND r.emoji = ?) AS people "
        "FROM posts p JOIN messages m ON m.post_id = p.id JOIN channels c ON c.key = p.channel "
        "WHERE c.platform = ? AND c.left_at IS NULL AND p.thread_id IS NOT NULL "
        "AND m.state = 'sent' AND m.kind = 'paper' AND m.sent >= ? ORDER BY p.id DESC, m.part LIMIT ?",
        (emoji, platform, put_time(since), limit),
    )
    return [
        Reacted(
            message_id=row["id"],
            platform_id=row["platform_id"],
            thread_id=row["thread_id"],
            paper_id=row["paper_id"],
            shown=row["shown"],
            people=row["people"],
        )
        for row in rows
    ]
