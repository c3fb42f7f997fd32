"""Digest files that were read, each with its receipt, and what in them could not be read."""

from collections.abc import Iterable
from datetime import date, datetime
from sqlite3 import Connection, Row
from typing import Literal

from bot.models import Receipt, Unreadable
from bot.store.rows import get_date, put_date, put_time

Origin = Literal["digest", "library", "export"]
"""A ``digest`` was read here. A ``library`` names papers already seen, which are in no post to come. What another
history read is known from its ``export``."""


def receipt(db: Connection, sha256: str) -> Receipt | None:
    """The receipt of the file with this content, if it was read before."""
    row = db.execute("SELECT * FROM digests WHERE sha256 = ?", (sha256,)).fetchone()
    return None if row is None else _receipt(row)


def record(
    db: Connection,
    sha256: str,
    file: str,
    now: datetime,
    *,
    format: str | None = None,
    day: date | None = None,
    origin: Origin = "digest",
) -> int:
    """Begin the row of a digest file and give its id; its counts come with ``finish``."""
    cursor = db.execute(
        "INSERT INTO digests (sha256, file, format, date, read_at, entries, new, seen, unreadable, origin) "
        "VALUES (?, ?, ?, ?, ?, 0, 0, 0, 0, ?)",
        (sha256, file, format, put_date(day), put_time(now), origin),
    )
    assert cursor.lastrowid is not None
    return cursor.lastrowid


def finish(db: Connection, digest_id: int, counts: Receipt) -> None:
    """Write the counts, or the error, of a file that was read."""
    db.execute(
        "UPDATE digests SET entries = ?, new = ?, seen = ?, unreadable = ?, error = ? WHERE id = ?",
        (counts.entries, counts.new, counts.seen, counts.unreadable, counts.error, digest_id),
    )


def forget_failure(db: Connection, sha256: str) -> None:
    """Drop the row of a file that could not be read, so that it can be tried again."""
    db.execute(
        "DELETE FROM quarantine WHERE digest_id IN "
        "(SELECT id FROM digests WHERE sha256 = ? AND error IS NOT NULL)",
        (sha256,),
    )
    db.execute("DELETE FROM digests WHERE sha256 = ? AND error IS NOT NULL", (sha256,))


def make_library(db: Connection, sha256: str) -> None:
    """Let a file that was read as a digest count as a library."""
    db.execute("UPDATE digests SET origin = 'library' WHERE sha256 = ?", (sha256,))


def quarantine(db: Connection, digest_id: int, pieces: Iterable[Unreadable]) -> None:
    """Keep what could not be read, with its line and the reason."""
    db.executemany(
        "INSERT INTO quarantine (digest_id, line, reason, text) VALUES (?, ?, ?, ?)",
        ((digest_id, piece.line, piece.reason, piece.text) for piece in pieces),
    )


def quarantined(db: Connection, sha256: str) -> list[Unreadable]:
    """What could not be read of the file with this content, in its order."""
    rows = db.execute(
        "SELECT q.line, q.reason, q.text FROM quarantine q JOIN digests d ON d.id = q.digest_id "
        "WHERE d.sha256 = ? ORDER BY q.line, q.id",
        (sha256,),
    )
    return [Unreadable(row["line"], row["reason"], row["text"]) for row in rows]


def since_post(db: Connection, channel: str, since: datetime) -> list[tuple[int, Receipt]]:
    """The files read since the channel's last post (for its first, since ``since``), oldest first, with ids."""
    row = db.execute("SELECT max(last_digest_id) AS last FROM posts WHERE channel = ?", (channel,)).fetchone()
    last = row["last"]
    where, value = ("id > ?", last) if last is not None else ("read_at >= ?", put_time(since))
    rows = db.execute(
        f"SELECT * FROM digests WHERE error IS NULL AND origin = 'digest' AND {where} ORDER BY id", (value,)
    )
    return [(row["id"], _receipt(row)) for row in rows]


def last_id(db: Connection) -> int:
    """The id of the file read last, 0 when there is none."""
    return int(db.execute("SELECT coalesce(max(id), 0) AS id FROM digests").fetchone()["id"])


def latest(db: Connection, limit: int) -> list[Receipt]:
    """The files read last, newest first."""
    return [_receipt(row) for row in db.execute("SELECT * FROM digests ORDER BY id DESC LIMIT ?", (limit,))]


def _receipt(row: Row) -> Receipt:
    return Receipt(
        file=row["file"],
        entries=row["entries"],
        new=row["new"],
        seen=row["seen"],
        unreadable=row["unreadable"],
        digest_date=get_date(row["date"]),
        error=row["error"],
    )
