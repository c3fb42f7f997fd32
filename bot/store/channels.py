"""Channels: where posts go, as last told by the settings or in the platform itself.

A channel gets posts while it is active, its server has not been left, and it does not rest because it is broken.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime, time
from sqlite3 import Connection, Row

from bot.models import Channel, Interests
from bot.store.rows import put_list, put_time


def sync(db: Connection, channels: Iterable[Channel]) -> None:
    """Make these what the settings name: they are active, and what the settings once named and no longer do rests.

    Nothing is posted to a channel that rests, and nothing of its history is dropped. What was set up in a
    platform stays as it is, unless the settings now name it, too.
    """
    db.execute("UPDATE channels SET active = 0 WHERE source = 'settings'")
    for channel in channels:
        _put(db, channel, "settings")


def set_up(db: Connection, channel: Channel) -> bool:
    """Make this channel active as a person wants it in the platform; False when the settings fix it."""
    row = db.execute("SELECT source, active FROM channels WHERE key = ?", (channel.key,)).fetchone()
    if row is not None and row["source"] == "settings" and row["active"]:
        return False
    _put(db, channel, "setup")
    return True


def take_down(db: Connection, key: str) -> bool:
    """Let a channel that was set up in the platform rest for good; False when there is no such."""
    return (
        db.execute(
            "UPDATE channels SET active = 0 WHERE key = ? AND source = 'setup' AND active", (key,)
        ).rowcount
        == 1
    )


def active(db: Connection) -> list[Channel]:
    """The channels that get posts, by name, broken ones among them."""
    return _active(db, "1")


def of_server(db: Connection, platform: str, server: str) -> list[Channel]:
    """A server's channels that get posts, by name, broken ones among them."""
    return _active(db, "platform = ? AND server = ?", platform, server)


def from_setup(db: Connection) -> list[Channel]:
    """The channels that get posts because a person set them up in the platform, by name."""
    return _active(db, "source = 'setup'")


def get(db: Connection, key: str) -> Channel | None:
    """One channel, active or not."""
    return named(db, [key]).get(key)


def named(db: Connection, keys: Iterable[str]) -> dict[str, Channel]:
    """The channels with these keys, active or not."""
    rows = db.execute(
        "SELECT * FROM channels WHERE key IN (SELECT value FROM json_each(?))", (put_list(keys),)
    )
    return {row["key"]: _channel(row) for row in rows}


def resting(db: Connection, now: datetime) -> set[str]:
    """The keys of the channels that rest because they are broken, until later than ``now``."""
    return {
        row["key"] for row in db.execute("SELECT key FROM channels WHERE rests_until > ?", (put_time(now),))
    }


def broken(db: Connection) -> dict[str, str]:
    """What is wrong with each active channel that is broken, by key."""
    rows = db.execute(
        "SELECT key, broken FROM channels WHERE broken IS NOT NULL AND active AND left_at IS NULL ORDER BY key"
    )
    return {row["key"]: row["broken"] for row in rows}


def break_(db: Connection, key: str, reason: str, until: datetime) -> bool:
    """Let a broken channel rest until then; True when that is news, so that its owner is told once."""
    row = db.execute("SELECT broken FROM channels WHERE key = ?", (key,)).fetchone()
    db.execute(
        "UPDATE channels SET broken = ?, rests_until = ? WHERE key = ?", (reason, put_time(until), key)
    )
    return row is not None and row["broken"] is None


def mend(db: Connection, key: str) -> None:
    """The channel works again, or is to be tried at once."""
    db.execute("UPDATE channels SET broken = NULL, rests_until = NULL WHERE key = ?", (key,))


def place(db: Connection, key: str, server: str) -> None:
    """The channel belongs to this server of its platform."""
    db.execute("UPDATE channels SET server = ? WHERE key = ?", (server, key))


def leave(db: Connection, platform: str, server: str, now: datetime) -> int:
    """The bot was removed from a server: its channels rest from now on; gives how many."""
    return db.execute(
        "UPDATE channels SET left_at = ? WHERE platform = ? AND server = ? AND left_at IS NULL",
        (put_time(now), platform, server),
    ).rowcount


def come_back(db: Connection, platform: str, server: str) -> int:
    """The bot is in the server (again): its channels no longer rest; gives how many did."""
    return db.execute(
        "UPDATE channels SET left_at = NULL WHERE platform = ? AND server = ? AND left_at IS NOT NULL",
        (platform, server),
    ).rowcount


def forget_left(db: Connection, before: datetime) -> list[str]:
    """Drop the channels whose server was left before then, with posts and who caught up; gives their keys.

    Papers stay, as do people's bookmarks, which are theirs.
    """
    left = db.execute(
        "SELECT key, server FROM channels WHERE left_at < ? ORDER BY key", (put_time(before),)
    ).fetchall()
    for key, server in left:
        db.execute("DELETE FROM people WHERE server = ?", (server,))
        posts = "(SELECT id FROM posts WHERE channel = :key)"
        db.execute(
            f"DELETE FROM reactions WHERE message_id IN (SELECT id FROM messages WHERE post_id IN {posts})",
            {"key": key},
        )
        for table in ("messages", "followed", "notices", "post_papers"):
            db.execute(f"DELETE FROM {table} WHERE post_id IN {posts}", {"key": key})
        db.execute("DELETE FROM posts WHERE channel = :key", {"key": key})
        db.execute("DELETE FROM channels WHERE key = :key", {"key": key})
    return [key for key, _ in left]


def _put(db: Connection, channel: Channel, source: str) -> None:
    """Write a channel as it is told; its server is kept where it is not told."""
    db.execute(
        "INSERT INTO channels (key, platform, address, name, zone, time, max_papers, quiet_line, interests, server, "
        "owner, source) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (key) DO UPDATE SET name = excluded.name, zone = excluded.zone, time = excluded.time, "
        "max_papers = excluded.max_papers, quiet_line = excluded.quiet_line, interests = excluded.interests, "
        "server = coalesce(excluded.server, server), owner = excluded.owner, source = excluded.source, active = 1",
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
            channel.server,
            channel.owner,
            source,
        ),
    )


def _active(db: Connection, condition: str, *values: str) -> list[Channel]:
    rows = db.execute(
        f"SELECT * FROM channels WHERE active AND left_at IS NULL AND {condition} ORDER BY name, key", values
    )
    return [_channel(row) for row in rows]


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
        server=row["server"],
        owner=row["owner"],
    )
