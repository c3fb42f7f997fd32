"""Setting up channels, following, and what is kept about people: through the loopback Discord."""

import json
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import time
from pathlib import Path

import discord
import pytest

from bot import library
from bot.chat.discord import limits
from bot.models import Channel, Follow, Interests
from bot.store import Store, channels, follows
from tests.contract.discord_rig import FAST, point_at
from tests.contract.newsroom import NOW, TAGS, Client, Newsroom, brief, ids_of, text_of
from tests.fakes.discord_errors import Json
from tests.fakes.discord_server import DiscordServer, NotOffered, Permission, Reply


@pytest.fixture
async def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Newsroom]:
    """A server with a channel, twelve papers, and somebody who may manage the server."""
    store = Store.open(tmp_path / "broadsheet.db")
    async with DiscordServer(rates=FAST) as server:
        point_at(server, monkeypatch)
        guild = server.add_guild()
        owner = guild.add_member("ada", permissions=Permission.MANAGE_GUILD | Permission.VIEW_CHANNEL)
        room = Newsroom(server, store, guild, guild.add_text("papers"), owner, Client(store))
        try:
            await room.open()
            await room.admit(*(brief(number) for number in range(1, 13)))
            yield room
        finally:
            await room.close()
            store.close()
        assert server.violations == []


async def set_up(room: Newsroom, **options: object) -> Reply:
    """The owner sets up the channel."""
    given: Json = {"channel": room.place.id, **options}
    return await room.ask("setup", given)


async def known(room: Newsroom) -> Channel | None:
    """The channel as the history has it."""
    return await room.store.read(channels.get, f"discord:{room.place.id}")


# Setting up


async def test_a_channel_is_set_up_and_seen(room: Newsroom) -> None:
    """All that was asked for is kept; the answer shows the next post and that nothing is missing."""
    reply = await set_up(room, time="08:30", zone="europe/berlin", tags="pruning, flow  matching", papers=5)
    assert reply.ephemeral
    channel = await known(room)
    assert channel is not None
    assert (channel.time, channel.zone, channel.max_papers) == (time(8, 30), "Europe/Berlin", 5)
    assert channel.interests.tags == ("pruning", "flow matching")
    assert (channel.server, channel.owner) == (str(room.guild.id), f"discord:{room.reader}")
    said = text_of(reply)
    assert "08:30 in Europe/Berlin" in said
    assert "I may do all that I need" in said
    assert "The next post has 12 papers so far" in said
    assert "Thrifty Transformers" in said
    assert room.place.messages == []


@pytest.mark.parametrize("kind", ["text", "announcement", "forum"])
async def test_each_kind_of_channel_can_be_set_up(room: Newsroom, kind: str) -> None:
    """Text, announcement, and forum."""
    place = getattr(room.guild, f"add_{kind}")("more")
    await room.server.until(lambda: room.client.get_channel(place.id))
    assert "every day at 09:00 in UTC" in text_of(await room.ask("setup", {"channel": place.id}))


async def test_what_is_not_told_stays(room: Newsroom) -> None:
    """A second time only what is named changes; a dash takes the tags away."""
    await set_up(room, time="08:30", zone="Asia/Tokyo", tags="pruning")
    await set_up(room, papers=3)
    channel = await known(room)
    assert channel is not None
    assert (channel.time, channel.zone, channel.max_papers) == (time(8, 30), "Asia/Tokyo", 3)
    assert channel.interests.tags == ("pruning",)
    await set_up(room, tags="-")
    changed = await known(room)
    assert changed is not None
    assert changed.interests.tags == ()


@pytest.mark.parametrize(
    ("bits", "named"),
    [
        (Permission.SEND_MESSAGES, "Send Messages"),
        (Permission.EMBED_LINKS, "Embed Links"),
        (Permission.CREATE_PUBLIC_THREADS, "Create Public Threads"),
        (Permission.SEND_MESSAGES_IN_THREADS, "Send Messages in Threads"),
        (Permission.READ_MESSAGE_HISTORY, "Read Message History"),
        (Permission.ADD_REACTIONS, "Add Reactions"),
    ],
)
async def test_a_missing_permission_is_named_with_what_breaks(
    room: Newsroom, bits: Permission, named: str
) -> None:
    """The channel is set up all the same, and the person knows what to allow."""
    room.guild.deny(room.place, bits)

    def told() -> bool:
        known = room.client.get_channel(room.place.id)
        assert isinstance(known, discord.TextChannel)
        return not known.permissions_for(known.guild.me).value & int(bits)

    await room.server.until(told)
    reply = await set_up(room)
    assert f"**{named}** is not allowed here" in text_of(reply)
    assert "I may do all" not in text_of(reply)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"time": "25:00"}, "no time of day"),
        ({"time": "9am!"}, "no time of day"),
        ({"zone": "Mars/Olympus"}, "no such zone"),
    ],
)
async def test_what_makes_no_sense_changes_nothing(room: Newsroom, options: Json, said: str) -> None:
    """A sentence says what is wrong, and the channel is not set up."""
    assert said in text_of(await set_up(room, **options))
    assert await known(room) is None


async def test_who_may_not_manage_the_server_is_refused(room: Newsroom) -> None:
    """By Discord, and by the bot itself where a server's own rules would let them."""
    reader = room.guild.add_member("eve")
    with pytest.raises(NotOffered):
        await room.server.command(reader, room.place.id, "setup", {"channel": room.place.id})
    for command in room.server.commands.registered[None]:
        if command["name"] == "setup":
            assert int(command["default_member_permissions"]) == int(Permission.MANAGE_GUILD)
            command["default_member_permissions"] = None
    reply = await room.server.command(reader, room.place.id, "setup", {"channel": room.place.id})
    assert "Manage" in text_of(reply)
    assert reply.ephemeral
    assert await known(room) is None


async def test_what_the_settings_fix_is_changed_there(room: Newsroom) -> None:
    """Neither set up nor stopped in the server."""
    fixed = replace(room.channel(), owner=None)
    await room.store.write(channels.sync, [fixed])
    assert "fixed in the bot's own settings" in text_of(await set_up(room, time="08:30"))
    assert "settings fix" in text_of(await set_up(room, stop=True))
    assert await known(room) == fixed


async def test_a_channel_can_be_stopped_and_begun_again(room: Newsroom) -> None:
    """Nothing is due there meanwhile."""
    await set_up(room)
    assert "Nothing is posted there any more" in text_of(await set_up(room, stop=True))
    assert await room.store.read(channels.active) == []
    await set_up(room)
    assert [channel.name for channel in await room.store.read(channels.active)] == ["papers"]


async def test_without_a_channel_it_tells_where_posts_go(room: Newsroom) -> None:
    """Each channel of this server, with its trouble; none of another."""
    assert "Nothing is posted in this server yet" in text_of(await room.ask("setup"))
    assert "Name the channel" in text_of(await room.ask("setup", {"time": "08:30"}))
    await set_up(room)
    other = replace(room.channel(), key="discord:1", address="1", server="1")
    await room.store.write(channels.set_up, other)
    await room.store.write(channels.break_, f"discord:{room.place.id}", "it is *gone*", NOW)
    said = text_of(await room.ask("setup"))
    assert f"<#{room.place.id}>" in said
    assert "<#1>" not in said
    assert r"it is \*gone\*" in said


async def test_many_channels_are_told_whole_or_counted(room: Newsroom) -> None:
    """What does not fit into a message is counted, never cut in the middle."""
    for number in range(12):
        channel = replace(room.channel(), key=f"discord:{number}", address=str(number), name=f"n{number:02}")
        channel = replace(channel, interests=Interests(tags=("*x*" * 90,)))
        await room.store.write(channels.set_up, channel)
    said = text_of(await room.ask("setup"))
    *listed, more = said.splitlines()
    assert more == f"… and {12 - len(listed) + 1} more"
    assert all(re.match(r"- <#\d+>: every day", line) for line in listed[1:])


async def test_a_broken_channel_that_can_be_posted_to_is_tried_at_once(room: Newsroom) -> None:
    """Set up again once its permissions are back, though one that is only useful is still missing."""
    await set_up(room)
    key = f"discord:{room.place.id}"
    await room.store.write(channels.break_, key, "no Send Messages", NOW)
    room.guild.deny(room.place, Permission.ADD_REACTIONS)
    place = room.client.get_channel(room.place.id)
    assert isinstance(place, discord.TextChannel)
    await room.server.until(lambda: not place.permissions_for(place.guild.me).add_reactions)
    assert "**Add Reactions** is not allowed here" in text_of(await set_up(room))
    assert await room.store.read(channels.broken) == {}
    await room.store.write(channels.break_, key, "no Send Messages", NOW)
    room.guild.deny(room.place, Permission.SEND_MESSAGES)
    await room.server.until(lambda: not place.permissions_for(place.guild.me).send_messages)
    await set_up(room)
    assert set(await room.store.read(channels.broken)) == {key}


async def test_zones_and_tags_are_offered(room: Newsroom) -> None:
    """Zones by any part of their name; tags after what stands before the last comma."""
    offered = [value for _, value in await room.offers("setup", "zone", "new york")]
    assert offered == ["America/New_York"]
    assert len(await room.offers("setup", "zone", "")) == limits.COMMAND_CHOICES
    values = [value for _, value in await room.offers("setup", "tags", "pruning, transf")]
    assert values == [f"pruning, {TAGS[0]}"]


# Following


async def test_following_is_told_listed_and_undone(room: Newsroom) -> None:
    """A tag or a phrase, with a direct message or without, in this server."""
    assert "You follow nothing here" in text_of(await room.ask("follow"))
    assert "the tag “transformers”" in text_of(await room.ask("follow", {"what": "Transformers"}))
    quiet = text_of(await room.ask("follow", {"what": "drop layer", "message": False}))
    assert "papers that say “drop layer”" in quiet
    assert "without a message" in quiet
    listed = text_of(await room.ask("follow"))
    assert "transformers" in listed
    assert "drop layer (no message)" in listed
    assert [value for _, value in await room.offers("unfollow", "what", "LAY")] == ["drop layer"]
    assert "no longer follow" in text_of(await room.ask("unfollow", {"what": "Drop Layer"}))
    assert "do not follow that" in text_of(await room.ask("unfollow", {"what": "drop layer"}))
    person = f"discord:{room.reader}"
    assert await room.store.read(follows.of, person) == [
        Follow(person, str(room.guild.id), "tag", "transformers", True, NOW)
    ]


async def test_nothing_cannot_be_followed(room: Newsroom) -> None:
    """A sentence, and nothing is kept."""
    assert "nothing to follow" in text_of(await room.ask("follow", {"what": "…"}))


# What is kept


async def test_what_is_kept_comes_as_a_file_and_goes_when_meant(room: Newsroom) -> None:
    """Deleting asks first, and works after a restart; other people's things stay."""
    other = room.guild.add_member("eve")
    for person in (room.reader, other):
        await library.bookmark(room.store, f"discord:{person}", 3, NOW, "test")
    reply = await room.ask("privacy", sub="export")
    (data,) = reply.files.values()
    assert [one["title"] for one in json.loads(data)["bookmarks"]] == [
        "Thrifty Transformers 3: Less Is Enough"
    ]
    asked = await room.ask("privacy", sub="delete")
    assert ids_of(asked) == ["forget"]
    assert await library.kept_count(room.store, f"discord:{room.reader}") == 1
    await room.restart()
    done = await room.press(asked, "forget")
    assert "Deleted: 1 thing." in text_of(done)
    assert await library.kept_count(room.store, f"discord:{room.reader}") == 0
    assert await library.kept_count(room.store, f"discord:{other}") == 1
    (data,) = (await room.ask("privacy", sub="export")).files.values()
    assert json.loads(data) == {}
