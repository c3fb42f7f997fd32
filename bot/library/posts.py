"""What was posted in a server: the latest post of each of its channels, and what has arrived since a time."""

from collections.abc import Sequence
from datetime import datetime

from bot.library import Day, day_of
from bot.models import Channel
from bot.store import Connection, Store, channels, outbox


async def channels_of(store: Store, platform: str, server: str) -> list[Channel]:
    """The server's channels that get posts, by name."""
    return await store.read(channels.of_server, platform, server)


async def latest(store: Store, of: Sequence[Channel]) -> list[tuple[Channel, Day | None]]:
    """Each of these channels with its latest post, None where there is none yet."""
    return await store.read(_latest, of)


async def arrived(store: Store, of: Sequence[Channel], since: datetime, limit: int) -> tuple[list[Day], int]:
    """The posts that arrived in these channels after ``since``, and how many there are in all.

    The last to arrive comes first. A post has arrived when its header message has.
    """
    return await store.read(_arrived, of, since, limit)


def _latest(db: Connection, of: Sequence[Channel]) -> list[tuple[Channel, Day | None]]:
    found = [(channel, outbox.posts(db, channel.key, 1)) for channel in of]
    return [(channel, day_of(db, channel, posts[0]) if posts else None) for channel, posts in found]


def _arrived(db: Connection, of: Sequence[Channel], since: datetime, limit: int) -> tuple[list[Day], int]:
    by_key = {channel.key: channel for channel in of}
    posts = outbox.arrived(db, by_key, since)
    return [day_of(db, by_key[post.channel], post) for post in posts[:limit]], len(posts)
