"""All that is kept about a person, to be handed out or dropped."""

from sqlite3 import Connection

Facts = dict[str, str | int | None]

_KEPT = {
    "bookmarks": "SELECT p.title, p.arxiv_id, p.doi, p.url, b.created, b.note, b.source FROM bookmarks b "
    "JOIN papers p ON p.id = b.paper_id WHERE b.person = ? ORDER BY b.created, b.paper_id",
    "reactions": "SELECT p.channel, p.local_date, m.platform_id AS message, r.emoji FROM reactions r "
    "JOIN messages m ON m.id = r.message_id JOIN posts p ON p.id = m.post_id WHERE r.person = ? ORDER BY m.id, r.emoji",
    "follows": "SELECT server, kind, value, direct, created FROM follows WHERE person = ? ORDER BY created, value",
    "notices": "SELECT p.channel, p.local_date, n.state FROM notices n JOIN posts p ON p.id = n.post_id "
    "WHERE n.person = ? ORDER BY n.post_id",
    "people": "SELECT server, caught_up FROM people WHERE person = ? ORDER BY server",
    "channels": "SELECT key, name FROM channels WHERE owner = ? ORDER BY key",
}
"""What is told of each table that names people; the only place that must know a new one."""


def about(db: Connection, person: str) -> dict[str, list[Facts]]:
    """What every table has of the person, by its name; tables that have nothing are missing."""
    found = {name: [dict(row) for row in db.execute(query, (person,))] for name, query in _KEPT.items()}
    return {name: rows for name, rows in found.items() if rows}


def forget(db: Connection, person: str) -> int:
    """Drop all of it, and give how many rows there were. A channel that the person set up stays, without its owner."""
    count = 0
    for name in _KEPT:
        if name == "channels":
            count += db.execute("UPDATE channels SET owner = NULL WHERE owner = ?", (person,)).rowcount
        else:
            count += db.execute(f"DELETE FROM {name} WHERE person = ?", (person,)).rowcount
    return count
