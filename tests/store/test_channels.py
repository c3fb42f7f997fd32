"""Channels as last told."""

from dataclasses import replace
from datetime import time, timedelta

from bot.models import Interests
from bot.store import Connection, channels, people
from tests.store import samples
from tests.store.samples import CHANNEL, NOW, OTHER

LAB = replace(
    CHANNEL, key="discord:5", platform="discord", address="5", name="lab", server="77", owner="discord:9"
)


def test_channels_come_back_by_name(db: Connection) -> None:
    """Every setting of a channel is read as it was written."""
    channels.sync(db, [CHANNEL, OTHER])
    assert channels.active(db) == [OTHER, CHANNEL]
    assert channels.get(db, CHANNEL.key) == CHANNEL
    assert channels.get(db, "web:none") is None
    assert channels.named(db, ["web:none", CHANNEL.key]) == {CHANNEL.key: CHANNEL}


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


def test_a_server_has_its_own_channels(db: Connection) -> None:
    """Those of other servers and platforms are not among them, nor those that rest."""
    shelf = replace(LAB, key="discord:6", address="6", name="a shelf")
    elsewhere = replace(LAB, key="discord:7", address="7", server="88")
    channels.sync(db, [CHANNEL, LAB, shelf, elsewhere, replace(LAB, key="chat:8", platform="chat")])
    assert channels.of_server(db, "discord", "77") == [shelf, LAB]
    channels.sync(db, [CHANNEL, LAB])
    assert channels.of_server(db, "discord", "77") == [LAB]
    channels.leave(db, "discord", "77", NOW)
    assert channels.of_server(db, "discord", "77") == []


def test_what_was_set_up_in_the_platform_stays_beside_the_settings(db: Connection) -> None:
    """The settings neither change nor drop it, and it goes when a person takes it down."""
    channels.sync(db, [CHANNEL])
    assert channels.set_up(db, LAB)
    channels.sync(db, [OTHER])
    assert channels.active(db) == [LAB, OTHER]
    assert channels.from_setup(db) == [LAB]
    assert channels.set_up(db, replace(LAB, max_papers=3))
    assert channels.active(db)[0].max_papers == 3
    assert channels.take_down(db, LAB.key)
    assert not channels.take_down(db, LAB.key)
    assert channels.active(db) == [OTHER]


def test_a_channel_of_the_settings_is_changed_there_only(db: Connection) -> None:
    """Setting it up or taking it down in the platform does nothing, until the settings no longer name it."""
    channels.sync(db, [LAB])
    assert not channels.set_up(db, replace(LAB, max_papers=3))
    assert not channels.take_down(db, LAB.key)
    assert channels.active(db) == [LAB]
    channels.sync(db, [])
    assert channels.set_up(db, replace(LAB, max_papers=3))
    assert channels.active(db)[0].max_papers == 3


def test_a_broken_channel_rests_and_is_news_once(db: Connection) -> None:
    """Until its time it rests, and only the first word of it is news; mended, it can break anew."""
    channels.sync(db, [CHANNEL, OTHER])
    until = NOW + timedelta(hours=1)
    assert channels.break_(db, CHANNEL.key, "403", until)
    assert not channels.break_(db, CHANNEL.key, "404", until)
    assert channels.broken(db) == {CHANNEL.key: "404"}
    assert channels.resting(db, NOW) == {CHANNEL.key}
    assert channels.resting(db, until) == set()
    channels.mend(db, CHANNEL.key)
    assert channels.broken(db) == {}
    assert channels.break_(db, CHANNEL.key, "403", until)
    assert not channels.break_(db, "web:none", "403", until)


def test_a_left_server_rests_and_comes_back(db: Connection) -> None:
    """The channels of the server get no posts while the bot is not in it."""
    channels.sync(db, [CHANNEL, replace(LAB, server=None)])
    channels.place(db, LAB.key, "77")
    assert channels.leave(db, "discord", "77", NOW) == 1
    assert channels.leave(db, "discord", "77", NOW) == 0
    assert channels.active(db) == [CHANNEL]
    assert channels.come_back(db, "discord", "77") == 1
    assert {channel.key for channel in channels.active(db)} == {CHANNEL.key, LAB.key}


def test_a_server_left_long_ago_is_forgotten(db: Connection) -> None:
    """Its channels go with their posts; the papers stay."""
    samples.fill(db)
    channels.place(db, CHANNEL.key, "77")
    channels.leave(db, "web", "77", NOW)
    for server in ("77", "88"):
        people.catch_up(db, "web:ada", server, NOW)
    assert channels.forget_left(db, NOW) == []
    assert people.caught_up(db, "web:ada", "77") == NOW
    assert channels.forget_left(db, NOW + timedelta(seconds=1)) == [CHANNEL.key]
    assert channels.get(db, CHANNEL.key) is None
    for table, left in (("posts", 0), ("messages", 0), ("post_papers", 0), ("notices", 0), ("papers", 1)):
        count = db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        assert (count > 0) == bool(left), table
    assert people.caught_up(db, "web:ada", "77") is None
    assert people.caught_up(db, "web:ada", "88") == NOW
    assert db.execute("PRAGMA foreign_key_check").fetchall() == []
