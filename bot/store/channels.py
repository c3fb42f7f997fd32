"""Channels: where posts go, as last told by the settings or in the platform itself."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import time
from sqlite3 import Connection, Row

from bot.models import Channel, Interests


def sync(db: Connection, channels: Iterable[Channel]) -> None:
    """Make these the active channels. Others rest: nothing is posted there, and nothing of theirs is dropped."""
    db.execute("UPDATE channels SET active = 0")
    for channel in channels:
        db.execute(
            "INSERT INTO channels (key, platform, address, name, zone, time, max_papers, quiet_line, interests) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO UPDATE SET name = excluded.name, "
            "zone = excluded.zone, time = excluded.time, max_papers = excluded.max_papers, "
            "quiet_line = excluded.quiet_line, interests = excluded.interests, active = 1",
            (
                channel.key,
                channel.platform,
                channel.address,
                channel.name,
                channel.zone,
                channel.time.isoformat("minutes"),
                channel.max_papers,
                int(channel.quiet_line),
                json.dumps(asdict(channel.interests), ensure_ascii=False),
            ),
        )


def active(db: Connection) -> list[Channel]:
    """The channels that get posts, by name."""
    return [_channel(row) for row in db.execute("SELECT * FROM channels WHERE active ORDER BY name, key")]


def get(db: Connection, key: str) -> Channel | None:
    """One channel, active or not."""
    row = db.execute("SELECT * FROM channels WHERE key = ?", (key,)).fetchone()
    return None if row is None else _channel(row)


def _channel(row: Row) -> Channel:
    interests = json.loads(row["interests"])
    return Channel(
        key=row["key"],
        platform=row["platform"],
        address=row["address"],
        name=row["name"],
        zone=row["zone"],
        time=time.fromisoformat(row["time"]),
        max_papers=row["max_papers"],
        quiet_line=bool(row["quiet_line"]),
        interests=Interests(**{name: tuple(words) for name, words in interests.items()}),
    )
