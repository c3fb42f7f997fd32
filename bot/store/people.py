"""People: up to when each has caught up with what a server was posted."""

from datetime import datetime
from sqlite3 import Connection

from bot.store.rows import must_time, put_time


def caught_up(db: Connection, person: str, server: str) -> datetime | None:
    """Up to when the person knows what was posted in that server; None before they asked."""
    row = db.execute(
        "SELECT caught_up FROM people WHERE (person, server) = (?, ?)", (person, server)
    ).fetchone()
    return None if row is None else must_time(row["caught_up"])


def catch_up(db: Connection, person: str, server: str, until: datetime) -> None:
    """The person knows what was posted in that server until then; an earlier time than is known changes nothing."""
    db.execute(
        "INSERT INTO people (person, server, caught_up) VALUES (?, ?, ?) "
        "ON CONFLICT (person, server) DO UPDATE SET caught_up = max(caught_up, excluded.caught_up)",
        (person, server, put_time(until)),
    )
