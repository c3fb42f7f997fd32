"""Channels as last told."""

from dataclasses import replace
from datetime import time

from bot.models import Interests
from bot.store import Connection, channels
from tests.store.samples import CHANNEL, OTHER


def test_channels_come_back_by_name(db: Connection) -> None:
    """Every setting of a channel is read as it was written."""
    channels.sync(db, [CHANNEL, OTHER])
    assert channels.active(db) == [OTHER, CHANNEL]
    assert channels.get(db, CHANNEL.key) == CHANNEL
    assert channels.get(db, "web:none") is None


def test_a_channel_that_is_not_named_rests(db: Connection) -> None:
    """It is no longer active, is still known, and comes back as it is told then."""
    channels.sync(db, [CHANNEL, OTHER])
    changed = replace(
        CHANNEL, zone="Asia/Tokyo", time=time(7), max_papers=3, interests=Interests(tags=("flow",))
    )
    channels.sync(db, [changed])
    assert channels.active(db) == [changed]
    assert channels.get(db, OTHER.key) == OTHER
    channels.sync(db, [OTHER])
    assert channels.active(db) == [OTHER]
