"""Facts: small things that the bot remembers from one start to the next."""

from sqlite3 import Connection


def get(db: Connection, name: str) -> str | None:
    """What is remembered under a name."""
    row = db.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
    return None if row is None else str(row["value"])


def put(db: Connection, name: str, value: str) -> None:
    """Remember a value under a name, in place of what was there."""
    db.execute(
        "INSERT INTO facts (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (name, value),
    )
