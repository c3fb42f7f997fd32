"""What tests of the Discord channel rely on: the loopback Discord behaves to discord.py as Discord documents."""

import asyncio
import contextlib
import io
import json
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import discord
import pytest
import yarl
from discord import app_commands

from tests.fakes.discord_errors import Json
from tests.fakes.discord_limits import CONTENT, EMBEDS_TOGETHER
from tests.fakes.discord_server import (
    Chan,
    DiscordServer,
    Fault,
    Guild,
    NotOffered,
    Permission,
    Rates,
    serving,
)

INTENTS = 1537
FAST = Rates(messages=(50, 0.1), reactions=(50, 0.1), everything=None)


class Bot(discord.AutoShardedClient):
    """An ordinary discord.py client that notes what it hears."""

    def __init__(self, intents: int = INTENTS) -> None:
        super().__init__(
            intents=discord.Intents._from_value(intents),
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,
            chunk_guilds_at_startup=False,
            member_cache_flags=discord.MemberCacheFlags.none(),
            guild_ready_timeout=0.02,
        )
        self.tree = app_commands.CommandTree(self)
        self.heard: list[tuple[str, object]] = []

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Identify at once, where discord.py would wait five seconds."""

    async def on_ready(self) -> None:
        """A new session."""
        self.heard.append(("ready", None))

    async def on_resumed(self) -> None:
        """The old session goes on."""
        self.heard.append(("resumed", None))

    async def on_raw_reaction_add(self, payload: discord.RawReactionActionEvent) -> None:
        """Somebody reacted."""
        self.heard.append((f"+{payload.emoji}", payload))

    async def on_raw_reaction_remove(self, payload: discord.RawReactionActionEvent) -> None:
        """Somebody took a reaction back."""
        self.heard.append((f"-{payload.emoji}", payload))

    async def on_raw_reaction_clear(self, payload: discord.RawReactionClearEvent) -> None:
        """All reactions are gone."""
        self.heard.append(("clear", payload))

    async def on_raw_reaction_clear_emoji(self, payload: discord.RawReactionClearEmojiEvent) -> None:
        """All of one emoji are gone."""
        self.heard.append((f"clear {payload.emoji}", payload))

    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        """A message is gone."""
        self.heard.append(("delete", payload))

    async def on_raw_thread_update(self, payload: discord.RawThreadUpdateEvent) -> None:
        """A thread has changed."""
        self.heard.append(("thread", payload))

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Thrown out."""
        self.heard.append(("guild removed", guild))

    async def on_guild_unavailable(self, guild: discord.Guild) -> None:
        """An outage."""
        self.heard.append(("guild unavailable", guild))

    @property
    def words(self) -> list[str]:
        """What was heard, without details."""
        return [word for word, _ in self.heard]


@dataclass
class Rig:
    """A server with a guild and a channel, and a bot that is connected to it."""

    server: DiscordServer
    guild: Guild
    channel: Chan
    bot: Bot
    reader: int
    running: "list[asyncio.Task[None]]" = field(default_factory=list)

    def place(self, channel: Chan | None = None) -> discord.PartialMessageable:
        """A channel by its id alone."""
        return self.bot.get_partial_messageable((channel or self.channel).id, guild_id=self.guild.id)

    async def connect(self) -> None:
        """Connect the bot to the gateway."""
        self.running.append(asyncio.create_task(self.bot.connect()))
        await self.server.until(lambda: self.bot.is_ready() or self.running[0].done())

    async def hears(self, *words: str) -> None:
        """Wait until the bot has heard exactly this, after the first "ready"."""
        await self.server.until(lambda: self.bot.words[1:] == list(words))

    async def raw(
        self, method: str, path: str, body: object = None, *, headers: dict[str, str] | None = None
    ) -> "Raw":
        """A request past discord.py."""
        sent = {"Authorization": f"Bot {self.server.token}"} | (headers or {})
        async with (
            aiohttp.ClientSession() as session,
            session.request(method, self.server.api_url + path, json=body, headers=sent) as answer,
        ):
            return Raw(answer.status, dict(answer.headers), await answer.text())


@dataclass
class Raw:
    """An answer as it came over the wire."""

    status: int
    headers: dict[str, str]
    text: str


def point_at(server: DiscordServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let discord.py take this server for Discord."""
    monkeypatch.setattr(discord.http.Route, "BASE", server.api_url)
    monkeypatch.setattr(discord.gateway.DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(server.gateway_url))


@pytest.fixture
async def rig(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Rig]:
    """A bot that is logged in; whoever wants the gateway connects it."""
    async with DiscordServer(rates=FAST) as server:
        point_at(server, monkeypatch)
        guild = server.add_guild()
        rig = Rig(server, guild, guild.add_text(), Bot(), guild.add_member("ada"))
        await rig.bot.login(server.token)
        yield rig
        await rig.bot.close()
        for task in rig.running:
            with contextlib.suppress(discord.DiscordException):
                await task


def card(title: str = "A paper") -> discord.Embed:
    """An embed like those of a daily post."""
    return discord.Embed(title=title, url="https://example.org/1", description="What it says.")


# Life on the gateway


async def test_a_bot_logs_in_and_identifies(rig: Rig) -> None:
    """discord.py as it is gets READY and the guild with its channels, by the intents that it asks for."""
    await rig.connect()
    guild = rig.bot.get_guild(rig.guild.id)
    assert guild is not None
    assert [channel.name for channel in guild.channels] == ["papers"]
    assert guild.me.guild_permissions.value == 309237730368
    (session,) = rig.server.gateway.connected
    assert session.intents == INTENTS
    assert (rig.server.identifies, rig.server.violations) == (1, [])


async def test_a_drop_is_resumed_and_what_was_missed_comes_in_order(rig: Rig) -> None:
    """Events while the connection is away are replayed in order, and the session is the old one."""
    await rig.connect()
    message = await rig.place().send(embed=card())
    rig.server.drop_gateway()
    await rig.server.until(lambda: rig.server.connected == 0)
    for emoji in "🔖👍🎉":
        await rig.server.react(rig.reader, message.id, emoji)
    await rig.server.until(lambda: len(rig.bot.words) == 5)
    assert sorted(rig.bot.words[1:]) == sorted(["+🔖", "+👍", "+🎉", "resumed"])
    assert (rig.server.identifies, rig.server.resumes) == (1, 1)


async def test_a_session_that_is_lost_begins_anew(rig: Rig) -> None:
    """After opcode 9, or when the session is forgotten, the bot identifies again and missed events stay missed."""
    await rig.connect()
    message = await rig.place().send(embed=card())
    rig.server.invalidate_sessions()
    await rig.hears("ready")
    await rig.server.react(rig.reader, message.id, "🔖", dispatch=False)
    rig.server.drop_gateway(4000, resumable=False)
    await rig.hears("ready", "ready")
    assert (rig.server.identifies, rig.server.resumes) == (3, 0)


async def test_asked_to_reconnect_it_resumes(rig: Rig) -> None:
    """Opcode 7 ends in a RESUME."""
    await rig.connect()
    rig.server.reconnect_gateway()
    await rig.hears("resumed")
    assert rig.server.identifies == 1


async def test_events_come_only_to_those_who_asked(rig: Rig) -> None:
    """Without GUILD_MESSAGES a deletion isn't told; a reaction, asked for, is."""
    rig.bot._connection._intents = discord.Intents._from_value(1025)
    await rig.connect()
    first, second = await rig.place().send("one"), await rig.place().send("two")
    await rig.server.delete_message(first.id)
    await rig.server.react(rig.reader, second.id, "🔖")
    await rig.hears("+🔖")


async def test_nothing_is_told_of_channels_that_the_bot_does_not_see(rig: Rig) -> None:
    """Events of a hidden channel go to nobody."""
    await rig.connect()
    hidden = rig.guild.add_text("hidden")
    secret, seen = await rig.place(hidden).send("one"), await rig.place().send("two")
    rig.guild.deny(hidden, Permission.VIEW_CHANNEL)
    await rig.server.react(rig.reader, secret.id, "👍")
    await rig.server.react(rig.reader, seen.id, "🔖")
    await rig.hears("+🔖")


async def test_a_wrong_token_and_unapproved_intents_are_turned_away(rig: Rig) -> None:
    """The gateway closes with 4004 and 4014, REST says 401."""
    async with Bot() as stranger:
        with pytest.raises(discord.LoginFailure):
            await stranger.login("wrong")
    rig.bot._connection._intents = discord.Intents._from_value(INTENTS | 1 << 15)
    with pytest.raises(discord.PrivilegedIntentsRequired):
        await rig.bot.connect()


async def test_a_wrong_token_closes_the_gateway(rig: Rig) -> None:
    """IDENTIFY with a token that was reset: 4004."""
    rig.bot.shard_count = 1
    rig.server.gateway.token = "another"
    with pytest.raises(discord.ConnectionClosed) as closed:
        await rig.bot.connect()
    assert closed.value.code == 4004


async def test_too_many_identifies_reset_the_token(rig: Rig) -> None:
    """One IDENTIFY over the day's limit ends every session and the token."""
    rig.server.gateway.identify_limit = 1
    old = rig.server.token
    await rig.connect()
    assert (await rig.bot.fetch_session_start_limits()).remaining == 0
    rig.server.invalidate_sessions()
    await rig.server.until(lambda: rig.running[0].done())
    with pytest.raises(discord.ConnectionClosed):
        await rig.running.pop()
    assert rig.server.token != old
    assert rig.server.connected == 0


async def test_a_refused_connection_is_an_http_error(rig: Rig) -> None:
    """The gateway can be made to answer 503."""
    rig.server.refuse_gateway(1)
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await rig.bot.http.ws_connect(rig.server.gateway_url)
    socket = await rig.bot.http.ws_connect(rig.server.gateway_url)
    assert (await socket.receive_json())["op"] == 10
    await socket.close()


async def test_guilds_come_and_go(rig: Rig) -> None:
    """A guild that is joined, one in an outage and one that removes the bot are told apart."""
    await rig.connect()
    other = rig.server.add_guild("Other")
    await rig.server.until(lambda: rig.bot.get_guild(other.id))
    other.unavailable()
    rig.guild.remove()
    await rig.hears("guild unavailable", "guild removed")
    with pytest.raises(discord.NotFound):
        await rig.place().send("nobody there")


# Messages


async def test_what_is_sent_is_seen_edited_and_deleted(rig: Rig) -> None:
    """A message lives in the channel and its history, and its nonce only in the answer to its sending."""
    sent = await rig.place().send("one", embed=card(), nonce="n-1")
    (seen,) = rig.server.messages(rig.channel.id)
    assert (seen.id, seen.nonce, seen.embeds[0]["title"]) == (sent.id, "n-1", "A paper")
    (old,) = [message async for message in rig.place().history()]
    assert (sent.nonce, old.nonce, old.embeds[0].title) == ("n-1", None, "A paper")
    await sent.edit(content="two")
    assert (seen.content, len(seen.edits)) == ("two", 1)
    await sent.delete()
    assert rig.server.messages(rig.channel.id) == []
    with pytest.raises(discord.NotFound) as gone:
        await rig.place().fetch_message(sent.id)
    assert gone.value.code == 10008


async def test_history_is_paged_by_id(rig: Rig) -> None:
    """before, after and limit give the pages that they name."""
    ids = [(await rig.server.say(rig.reader, rig.channel.id, str(number))).id for number in range(7)]
    newest = [message.id async for message in rig.place().history(limit=3)]
    assert newest == ids[:3:-1]
    older = [message.id async for message in rig.place().history(before=discord.Object(ids[2]))]
    assert older == [ids[1], ids[0]]
    later = [message.id async for message in rig.place().history(after=discord.Object(ids[4]))]
    assert later == ids[5:]
    assert (await rig.raw("GET", f"/channels/{rig.channel.id}/messages?limit=101")).status == 400


def wide(**embed: object) -> Json:
    """A message with one embed."""
    return {"embeds": [embed]}


def button(**more: object) -> Json:
    """A button that is right but for what is given."""
    return {"type": 2, "style": 1, "label": "Keep", "custom_id": "keep", **more}


def row(*items: Json) -> Json:
    """A message with one row of components."""
    return {"content": "x", "components": [{"type": 1, "components": list(items)}]}


def select(**more: object) -> Json:
    """A select that is right but for what is given."""
    return {"type": 3, "custom_id": "which", "options": [{"label": "a", "value": "a"}], **more}


TOO_MUCH: list[tuple[str, Json]] = [
    ("content", {"content": "x" * (CONTENT + 1)}),
    ("embeds.0.title", wide(title="x" * 257)),
    ("embeds.0.description", wide(description="x" * 4097)),
    ("embeds.0.fields", wide(fields=[{"name": "a", "value": "b"}] * 26)),
    ("embeds.0.fields.0.name", wide(fields=[{"name": "x" * 257, "value": "b"}])),
    ("embeds.0.fields.0.value", wide(fields=[{"name": "a", "value": "x" * 1025}])),
    ("embeds.0.fields.0.value", wide(fields=[{"name": "a"}])),
    ("embeds.0.footer.text", wide(footer={"text": "x" * 2049})),
    ("embeds.0.author.name", wide(author={"name": "x" * 257})),
    ("embeds.0.url", wide(title="a", url="javascript:alert(1)")),
    ("embeds.0.url", wide(title="a", url="https://exa mple.org")),
    ("embeds.0.image.url", wide(image={"url": "ftp://example.org/a.png"})),
    ("embeds", {"embeds": [{"title": "a"}] * 11}),
    ("embeds.1", {"embeds": [{"description": "x" * (EMBEDS_TOGETHER // 2)}, {"description": "x" * 3001}]}),
    ("nonce", {"content": "x", "nonce": "x" * 26}),
    ("allowed_mentions.users", {"content": "x", "allowed_mentions": {"users": ["1"] * 101}}),
    ("components.0.components.0.label", row(button(label="x" * 81))),
    ("components.0.components.0.custom_id", row(button(custom_id="x" * 101))),
    ("components.0.components.0.custom_id", row(button(custom_id=""))),
    ("components.0.components.1.custom_id", row(button(), button())),
    ("components.0.components", row(*[button(custom_id=str(number)) for number in range(6)])),
    (
        "components.0.components.0.url",
        row({"type": 2, "style": 5, "label": "a", "url": "https://a.org/" + "x" * 512}),
    ),
    ("components.0.components.0.url", row({"type": 2, "style": 5, "label": "a", "url": "nowhere"})),
    (
        "components.0.components.0.options",
        row(select(options=[{"label": "a", "value": str(n)} for n in range(26)])),
    ),
    ("components.0.components.0.options.0.label", row(select(options=[{"label": "x" * 101, "value": "a"}]))),
    ("components.0.components.0.placeholder", row(select(placeholder="x" * 151))),
    ("components.0.components", row(select(), button())),
    (
        "components",
        {"content": "x", "components": [row(button(custom_id=str(n)))["components"][0] for n in range(6)]},
    ),
]


@pytest.mark.parametrize(
    ("field", "body"), TOO_MUCH, ids=[f"{n}-{name}" for n, (name, _) in enumerate(TOO_MUCH)]
)
async def test_what_is_too_much_is_refused_with_its_place(rig: Rig, field: str, body: Json) -> None:
    """Each limit of a message gives 400, 50035 and where, as Discord does; nothing is posted."""
    with pytest.raises(discord.HTTPException) as refused:
        await rig.bot.http.request(
            discord.http.Route("POST", "/channels/{channel_id}/messages", channel_id=rig.channel.id),
            json=body,
        )
    assert (refused.value.status, refused.value.code) == (400, 50035)
    assert f"In {field}:" in str(refused.value)
    assert rig.server.messages(rig.channel.id) == []


async def test_what_just_fits_is_taken(rig: Rig) -> None:
    """Limits are inclusive, in code points, and white space around a text does not count."""
    await rig.place().send("😀" * CONTENT)
    await rig.place().send(f"  {'x' * CONTENT}  ")
    title, rest = "x" * 256, "x" * ((EMBEDS_TOGETHER - 512) // 2)
    await rig.place().send(embeds=[discord.Embed(title=title, description=rest)] * 2)
    assert len(rig.server.messages(rig.channel.id)) == 3


@pytest.mark.parametrize("body", [{}, {"content": "  "}, {"embeds": [{"url": "https://a.org"}]}])
async def test_an_empty_message_is_refused(rig: Rig, body: Json) -> None:
    """Nothing to see: 50006."""
    answer = await rig.raw("POST", f"/channels/{rig.channel.id}/messages", body)
    assert (answer.status, '"code": 50006' in answer.text) == (400, True)


async def test_the_same_nonce_gives_the_same_message(rig: Rig) -> None:
    """Within its window a nonce posts once, whatever is sent with it; a deleted original is 10008."""
    first = await rig.place().send("one", nonce="n")
    again = await rig.place().send("two", nonce="n")
    assert (again.id, again.content) == (first.id, "one")
    await first.delete()
    with pytest.raises(discord.NotFound) as gone:
        await rig.place().send("three", nonce="n")
    assert gone.value.code == 10008
    rig.server.nonce_seconds = -1
    assert (await rig.place().send("four", nonce="n")).id != first.id


async def test_nobody_is_pinged_who_is_not_allowed_to_be(rig: Rig) -> None:
    """Pings follow allowed_mentions, in contents alone; without it all mentions count."""
    text = f"@everyone <@{rig.reader}>"
    await rig.place().send(text, embed=discord.Embed(description=text))
    everyone = discord.AllowedMentions(everyone=True, users=True)
    await rig.place().send(text, allowed_mentions=everyone)
    await rig.raw("POST", f"/channels/{rig.channel.id}/messages", {"content": text})
    await rig.raw("POST", f"/channels/{rig.channel.id}/messages", wide(description=text))
    pinged = [message.pinged for message in rig.server.messages(rig.channel.id)]
    assert pinged == [set(), {str(rig.reader)}, {str(rig.reader)}, set()]
    rig.guild.allow(rig.channel, Permission.MENTION_EVERYONE)
    await rig.place().send(text, allowed_mentions=everyone)
    assert rig.server.messages(rig.channel.id)[-1].pinged == {"everyone", str(rig.reader)}
    sent = await rig.place().send("quiet")
    await rig.raw("PATCH", f"/channels/{rig.channel.id}/messages/{sent.id}", {"content": text})
    assert rig.server.messages(rig.channel.id)[-1].pinged == {"everyone", str(rig.reader)}


# Permissions


async def test_what_a_bot_may_not_do_is_refused(rig: Rig) -> None:
    """Each action names the permission that it misses: 50001 for seeing, 50013 for the rest."""
    await rig.connect()
    message = await rig.place().send("one")
    thread = await message.create_thread(name="talk")
    await rig.place(rig.server.channel(thread.id)).send("two")

    async def code(bits: int, act: Callable[[], Awaitable[object]]) -> int:
        rig.guild.deny(rig.channel, bits)
        with pytest.raises(discord.Forbidden) as refused:
            await act()
        return refused.value.code

    inside = rig.place(rig.server.channel(thread.id))
    assert await code(Permission.VIEW_CHANNEL, lambda: rig.place().send("x")) == 50001
    assert await code(Permission.VIEW_CHANNEL, lambda: inside.send("x")) == 50001
    assert await code(Permission.SEND_MESSAGES, lambda: rig.place().send("x")) == 50013
    assert await code(Permission.SEND_MESSAGES_IN_THREADS, lambda: inside.send("x")) == 50013
    assert await code(Permission.READ_MESSAGE_HISTORY, lambda: rig.place().fetch_message(message.id)) == 50013
    assert await code(Permission.ADD_REACTIONS, lambda: message.add_reaction("🔖")) == 50013
    assert await code(Permission.CREATE_PUBLIC_THREADS, lambda: message.create_thread(name="x")) == 50013
    file = discord.File(io.BytesIO(b"data"), "data.bib")
    assert await code(0, lambda: rig.place().send(file=file)) == 50013
    rig.guild.deny(rig.channel, Permission.SEND_MESSAGES)
    await inside.send("still")
    rig.guild.deny(rig.channel, Permission.EMBED_LINKS)
    await rig.place().send(embed=card())
    assert rig.server.messages(rig.channel.id)[-1].embeds == []
    rig.guild.deny(rig.channel, Permission.READ_MESSAGE_HISTORY)
    assert [message async for message in rig.place().history()] == []


async def test_joining_a_reaction_needs_no_permission_to_add(rig: Rig) -> None:
    """Only the first use of an emoji on a message needs ADD_REACTIONS."""
    message = await rig.place().send("one")
    await rig.server.react(rig.reader, message.id, "🔖")
    rig.guild.deny(rig.channel, Permission.ADD_REACTIONS)
    await message.add_reaction("🔖")
    assert rig.server.message(message.id).reactions["🔖"] == {rig.reader, rig.server.bot_id}


# Threads and forums


async def test_a_thread_has_its_message_s_id_and_there_is_one(rig: Rig) -> None:
    """A second thread on a message is 160004, and the first can be fetched by the message's id."""
    await rig.connect()
    message = await rig.place().send("one")
    thread = await message.create_thread(name="talk", auto_archive_duration=4320)
    assert thread.id == message.id
    with pytest.raises(discord.HTTPException) as second:
        await message.create_thread(name="talk")
    assert second.value.code == 160004
    fetched = await rig.place().fetch_message(message.id)
    assert fetched.flags.has_thread
    await rig.place(rig.server.channel(thread.id)).send("two")
    entries = [entry async for entry in rig.place(rig.server.channel(thread.id)).history()]
    assert [entry.type for entry in entries] == [
        discord.MessageType.default,
        discord.MessageType.thread_starter_message,
    ]


@pytest.mark.parametrize(
    "body", [{"name": "x" * 101}, {"name": " "}, {"name": "a", "auto_archive_duration": 90}, {}]
)
async def test_a_thread_s_name_and_archiving_have_limits(rig: Rig, body: Json) -> None:
    """Names are 1 to 100 long, and archiving knows four durations."""
    message = await rig.place().send("one")
    answer = await rig.raw("POST", f"/channels/{rig.channel.id}/messages/{message.id}/threads", body)
    assert (answer.status, '"code": 50035' in answer.text) == (400, True)


async def test_a_forum_takes_posts_and_no_messages(rig: Rig) -> None:
    """A post is a thread with a first message of its id; a message straight into a forum is 40058."""
    forum = rig.guild.add_forum(tags=("papers",), require_tag=True)
    await rig.connect()
    channel = rig.bot.get_channel(forum.id)
    assert isinstance(channel, discord.ForumChannel)
    thread, message = await channel.create_thread(
        name="Today", content="hello", applied_tags=channel.available_tags
    )
    assert thread.id == message.id
    (post,) = forum.threads
    assert ([seen.content for seen in post.messages], post.applied_tags) == (["hello"], list(forum.tags))
    with pytest.raises(discord.HTTPException) as untagged:
        await channel.create_thread(name="Today", content="hello")
    assert untagged.value.code == 40067
    with pytest.raises(discord.HTTPException) as straight:
        await rig.place(forum).send("hello")
    assert straight.value.code == 40058
    active = await (await rig.bot.fetch_guild(rig.guild.id)).active_threads()
    assert [(each.id, each.parent_id, each.owner_id) for each in active] == [
        (thread.id, forum.id, rig.server.bot_id)
    ]


async def test_an_archived_thread_takes_messages_but_no_edits_and_no_reactions(rig: Rig) -> None:
    """Edits and reactions there are 50083; a message brings the thread back, unless it is locked."""
    await rig.connect()
    message = await rig.place().send("one")
    thread = await message.create_thread(name="talk")
    inside = rig.place(rig.server.channel(thread.id))
    said = await inside.send("two")
    await rig.server.archive(thread.id)
    listed = [each.id async for each in thread.parent.archived_threads()] if thread.parent else []
    assert listed == [thread.id]
    for act in (said.edit(content="three"), said.add_reaction("🔖")):
        with pytest.raises(discord.HTTPException) as refused:
            await act
        assert refused.value.code == 50083
    await message.add_reaction("🔖")
    await inside.send("four")
    assert not rig.server.channel(thread.id).archived
    await rig.hears("thread", "+🔖", "thread")
    await rig.server.archive(thread.id, locked=True)
    with pytest.raises(discord.HTTPException) as locked:
        await inside.send("five")
    assert locked.value.code == 160005


async def test_kinds_of_channels_differ(rig: Rig) -> None:
    """Voice channels have no threads, an announcement's are of type 10, and it is published once."""
    await rig.connect()
    talk, news = rig.guild.add_voice(), rig.guild.add_announcement()
    said = await rig.place(talk).send("one")
    with pytest.raises(discord.HTTPException) as refused:
        await said.create_thread(name="x")
    assert refused.value.code == 50024
    told = await rig.place(news).send("two")
    assert (await told.create_thread(name="x")).type is discord.ChannelType.news_thread
    await told.publish()
    with pytest.raises(discord.HTTPException) as twice:
        await told.publish()
    assert twice.value.code == 40033


async def test_direct_messages_reach_those_who_take_them(rig: Rig) -> None:
    """Somebody's direct channel is always the same; who takes none is 50007."""
    user = await rig.bot.fetch_user(rig.reader)
    await user.send("hello")
    direct = rig.server.direct(rig.reader)
    assert [message.content for message in direct.messages] == ["hello"]
    rig.server.users[rig.reader].closed = True
    with pytest.raises(discord.Forbidden) as refused:
        await user.send("again")
    assert refused.value.code == 50007


# Reactions


async def test_reactions_are_a_set_that_is_told_and_paged(rig: Rig) -> None:
    """Adding twice is adding once; super reactions are told as such, counted, and listed for themselves."""
    await rig.connect()
    message = await rig.place().send("one")
    people = [rig.guild.add_member(f"r{number}") for number in range(3)]
    for person in (*people, people[0]):
        await rig.server.react(person, message.id, "🔖")
    await rig.server.react(people[1], message.id, "🔖", burst=True)
    await rig.server.unreact(people[2], message.id, "🔖")
    await rig.hears("+🔖", "+🔖", "+🔖", "+🔖", "-🔖")
    (reaction,) = (await rig.place().fetch_message(message.id)).reactions
    assert (reaction.count, reaction.normal_count, reaction.burst_count) == (3, 2, 1)
    assert [user.id async for user in reaction.users(limit=1, after=discord.Object(people[0]))] == [people[1]]
    assert [user.id async for user in reaction.users(type=discord.ReactionType.burst)] == [people[1]]
    await rig.server.clear_emoji(message.id, "🔖")
    await rig.server.clear_reactions(message.id)
    await rig.server.until(lambda: rig.bot.words[-2:] == ["clear 🔖", "clear"])


async def test_emoji_must_exist_and_there_are_twenty_at_most(rig: Rig) -> None:
    """Words and strangers are 10014, another guild's emoji needs a permission, the twenty-first emoji is 30010."""
    message = await rig.place().send("one")
    own, foreign = rig.guild.add_emoji("keep"), rig.server.add_guild("Other").add_emoji("theirs")
    await message.add_reaction(own)
    for emoji, code in (("bookmark", 10014), ("keep:1", 10014), (foreign, 50013)):
        with pytest.raises(discord.HTTPException) as refused:
            await message.add_reaction(emoji)
        assert refused.value.code == code
    for number in range(19):
        await message.add_reaction(chr(0x1F600 + number))
    with pytest.raises(discord.HTTPException) as full:
        await message.add_reaction("🔖")
    assert full.value.code == 30010
    await message.add_reaction(own)
    await message.remove_reaction(own, discord.Object(rig.server.bot_id))
    assert own not in rig.server.message(message.id).emojis()


# Rates


async def test_discord_py_keeps_to_the_buckets(rig: Rig) -> None:
    """A client that reads the headers never sees 429, and is as fast as its buckets allow."""
    rig.server.limiter.rates = Rates(messages=(2, 0.2))
    began = time.monotonic()
    await asyncio.gather(*[rig.place().send(str(number)) for number in range(5)])
    assert 0.4 <= time.monotonic() - began < 5
    assert rig.server.too_many == 0


async def test_who_is_too_fast_is_told_to_wait(rig: Rig) -> None:
    """A bucket that is empty gives 429 with Via, headers and JSON; other channels have buckets of their own."""
    rig.server.limiter.rates = Rates(messages=(1, 30.0))
    path, other = f"/channels/{rig.channel.id}/messages", f"/channels/{rig.guild.add_text('b').id}/messages"
    first = await rig.raw("POST", path, {"content": "one"})
    assert first.headers["X-RateLimit-Remaining"] == "0"
    second = await rig.raw("POST", path, {"content": "two"})
    told = json.loads(second.text)
    assert (second.status, second.headers["X-RateLimit-Scope"], told["global"]) == (429, "user", False)
    assert 29 < told["retry_after"] <= 30
    assert (second.headers["Via"], second.headers["Content-Type"]) == ("1.1 google", "application/json")
    assert second.headers["X-RateLimit-Bucket"] == first.headers["X-RateLimit-Bucket"]
    assert (await rig.raw("POST", other, {"content": "three"})).status == 200
    assert (rig.server.too_many, rig.server.invalid_requests) == (1, 1)


async def test_all_requests_together_have_a_limit(rig: Rig) -> None:
    """The global limit spans routes and channels; answers to interactions are outside it."""
    rig.server.limiter.rates = Rates(everything=2)
    rig.server.limiter.clock = lambda: 1000.0
    statuses = [
        (await rig.raw("GET", path)).status for path in ("/users/@me", "/users/@me/guilds", "/users/@me")
    ]
    assert statuses == [200, 200, 429]
    last = await rig.raw("GET", f"/channels/{rig.channel.id}")
    assert (last.headers["X-RateLimit-Global"], json.loads(last.text)["global"]) == ("true", True)
    assert (await rig.raw("POST", "/interactions/1/none/callback", {"type": 5})).status == 404


async def test_who_makes_many_invalid_requests_is_walled_off(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Past the limit of invalid requests the answer comes from before Discord: no Via, no JSON."""
    monkeypatch.setattr("tests.fakes.discord_api.INVALID_LIMIT", 2)
    for _ in range(2):
        assert (await rig.raw("GET", "/users/@me", headers={"Authorization": "Bot wrong"})).status == 401
    answer = await rig.raw("GET", "/users/@me")
    assert (answer.status, "Via" in answer.headers, answer.headers["Content-Type"][:9]) == (
        429,
        False,
        "text/html",
    )


async def test_edits_of_old_messages_have_a_limit_of_their_own(rig: Rig) -> None:
    """After an hour a message's edits are counted once more: 30046."""
    message = await rig.place().send("one")
    rig.server.message(message.id).at -= 3601
    path = f"/channels/{rig.channel.id}/messages/{message.id}"
    codes = [
        json.loads((await rig.raw("PATCH", path, {"content": str(n)})).text).get("code") for n in range(4)
    ]
    assert codes == [None, None, None, 30046]


# Faults

FAULTS: list[tuple[Fault, type[Exception], int]] = [
    (Fault.HTTP_503, discord.DiscordServerError, 0),
    (Fault.CLOUDFLARE, discord.HTTPException, 0),
    (Fault.UNAUTHORIZED, discord.HTTPException, 0),
    (Fault.FORBIDDEN, discord.Forbidden, 0),
    (Fault.NOT_FOUND, discord.NotFound, 0),
    (Fault.DROP_BEFORE, aiohttp.ServerDisconnectedError, 0),
    (Fault.DROP_AFTER, aiohttp.ServerDisconnectedError, 1),
    (Fault.RESET_BEFORE, aiohttp.ClientOSError, 0),
    (Fault.RESET_AFTER, aiohttp.ClientOSError, 1),
]


@pytest.mark.parametrize(("fault", "error", "shown"), FAULTS, ids=[fault.name for fault, _, _ in FAULTS])
async def test_a_fault_strikes_before_or_after_acceptance(
    rig: Rig, fault: Fault, error: type[Exception], shown: int
) -> None:
    """What discord.py raises, and whether the message is there nevertheless."""
    rig.server.fail(fault, method="POST", path="/messages$")
    with pytest.raises(error):
        await rig.place().send("one", nonce="n")
    assert len(rig.server.messages(rig.channel.id)) == shown
    await rig.place().send("one", nonce="n")
    assert len(rig.server.messages(rig.channel.id)) == 1


async def test_faults_can_be_aimed_and_slow(rig: Rig) -> None:
    """A fault waits for its turn and its path; a slow answer comes, and a planned 429 is obeyed."""
    rig.server.fail(Fault.NOT_FOUND, path=str(rig.channel.id), after=1, times=None)
    rig.server.fail(Fault.SLOW, method="GET", path="^/users", seconds=0.1)
    assert (await rig.raw("GET", f"/channels/{rig.channel.id}")).status == 200
    assert (await rig.raw("GET", f"/channels/{rig.channel.id}")).status == 404
    rig.server.heal()
    rig.server.fail(Fault.RATE_LIMITED, retry_after=0.05, scope="shared")
    await rig.place().send("one")
    assert [request.status for request in rig.server.made("POST", "/channels/*/messages")] == [429, 200]
    assert rig.server.invalid_requests == 0


async def test_an_answer_can_be_kept_back(rig: Rig) -> None:
    """A request that hangs is accepted, and seen to be, while nobody has an answer."""
    rig.server.fail(Fault.HANG_AFTER, method="POST")
    sending = asyncio.create_task(rig.place().send("one"))
    await rig.server.until(lambda: rig.server.messages(rig.channel.id))
    assert rig.server.requests[-1].status is None
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending


# Commands and interactions


class Counter(discord.ui.View):
    """A button, a select and a way to a form."""

    @discord.ui.button(label="More", custom_id="more")
    async def more(self, interaction: discord.Interaction[Bot], _: "discord.ui.Button[Counter]") -> None:
        """Change the message."""
        await interaction.response.edit_message(content="two")

    @discord.ui.select(custom_id="which", options=[discord.SelectOption(label="Day", value="day")])
    async def which(self, interaction: discord.Interaction[Bot], item: "discord.ui.Select[Counter]") -> None:
        """Answer the person alone."""
        await interaction.response.send_message(f"chose {item.values[0]}", ephemeral=True)

    @discord.ui.button(label="Note", custom_id="note")
    async def note(self, interaction: discord.Interaction[Bot], _: "discord.ui.Button[Counter]") -> None:
        """Ask for a text."""
        await interaction.response.send_modal(Note())

    @discord.ui.button(label="Never", custom_id="never", disabled=True)
    async def never(self, interaction: discord.Interaction[Bot], _: "discord.ui.Button[Counter]") -> None:
        """Nobody can press it."""


class Note(discord.ui.Modal, title="A note"):
    """A form with one field."""

    text: "discord.ui.TextInput[Note]" = discord.ui.TextInput(label="Note", custom_id="text")

    async def on_submit(self, interaction: discord.Interaction[discord.Client], /) -> None:
        """Say what was typed, later."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        await interaction.followup.send(f"noted {self.text.value}")


@pytest.fixture
async def talking(rig: Rig) -> Rig:
    """A bot with commands, registered and connected."""
    tree = rig.bot.tree

    @tree.command(description="Find papers")
    @app_commands.describe(query="what for", since="from which day")
    async def search(interaction: discord.Interaction[Bot], query: str, since: int | None = None) -> None:
        await interaction.response.defer(ephemeral=True)
        await interaction.edit_original_response(content=f"{query} {since}", embed=card())
        data = discord.File(io.BytesIO(b"@misc{}"), "papers.bib")
        await interaction.followup.send("as a file", file=data, ephemeral=True)

    @search.autocomplete("query")
    async def complete(interaction: discord.Interaction[Bot], typed: str) -> list[app_commands.Choice[str]]:
        return [app_commands.Choice(name=typed.upper(), value=typed)]

    @tree.command(description="Change it", name="setup")
    @app_commands.default_permissions(manage_guild=True)
    async def set_up(interaction: discord.Interaction[Bot], channel: discord.TextChannel) -> None:
        await interaction.response.send_message(f"posting to {channel.name}", view=Counter())

    @tree.command(description="Says nothing")
    async def silent(interaction: discord.Interaction[Bot]) -> None:
        """Answer never."""

    @tree.context_menu(name="Keep it")
    async def keep(interaction: discord.Interaction[Bot], message: discord.Message) -> None:
        await interaction.response.send_message(f"kept {message.embeds[0].title}", ephemeral=True)

    await tree.sync()
    await rig.connect()
    return rig


async def test_a_command_is_deferred_answered_and_followed_up(talking: Rig) -> None:
    """A person sees the deferred answer's edit and its follow-ups, with files, and nobody else does."""
    server, channel = talking.server, talking.channel.id
    reply = await server.command(talking.reader, channel, "search", {"query": "graphs", "since": 7})
    await server.until(lambda: reply.followups)
    assert (reply.deferred, reply.ephemeral, reply.edits) == (True, True, 1)
    assert (reply.content, reply.embeds[0]["title"]) == ("graphs 7", "A paper")
    assert reply.followups[0].files == {"papers.bib": b"@misc{}"}
    assert reply.acknowledged is not None
    assert reply.acknowledged < 3
    assert server.messages(channel) == []
    assert server.violations == []


async def test_a_client_offers_only_what_is_registered(talking: Rig) -> None:
    """Unknown commands and options, wrong types and missing permissions don't come as far as the bot."""
    server, channel = talking.server, talking.channel
    wrong: list[tuple[str, Json]] = [
        ("nothing", {}),
        ("search", {}),
        ("search", {"query": 1}),
        ("search", {"query": "a", "page": 2}),
        ("setup", {"channel": channel.id}),
    ]
    for name, options in wrong:
        with pytest.raises(NotOffered):
            await server.command(talking.reader, channel.id, name, options)
    manager = talking.guild.add_member(
        "manager", permissions=int(Permission.MANAGE_GUILD | Permission.VIEW_CHANNEL)
    )
    assert (
        await server.command(manager, channel.id, "setup", {"channel": channel.id})
    ).content == "posting to papers"
    assert [request.path for request in server.requests if request.status and request.status >= 400] == []


async def test_choices_come_while_one_types(talking: Rig) -> None:
    """An autocomplete's answer is a list of choices."""
    choices = await talking.server.autocomplete(talking.reader, talking.channel.id, "search", "query", "gra")
    assert choices == [{"name": "GRA", "value": "gra"}]


async def test_a_menu_brings_its_message(talking: Rig) -> None:
    """A context menu's answer is about the message it was opened on, though the bot may not read contents."""
    message = await talking.place().send(embed=card("A title"))
    reply = await talking.server.menu(talking.reader, message.id, "Keep it")
    assert (reply.content, reply.ephemeral) == ("kept A title", True)


async def test_buttons_selects_and_forms_are_answered(talking: Rig) -> None:
    """A button changes its message, a select answers, a form comes back filled in; a disabled button is none."""
    server = talking.server
    owner = server.command(server.owner_id, talking.channel.id, "setup", {"channel": talking.channel.id})
    shown = await owner
    (message,) = server.messages(talking.channel.id)
    assert (await server.press(talking.reader, shown, "more")).content == "two"
    assert message.content == "two"
    assert (await server.choose(talking.reader, message.id, "which", ["day"])).content == "chose day"
    form = await server.press(talking.reader, message, "note")
    said = await server.submit(form, {"text": "read this"})
    assert (said.content, said.ephemeral) == ("noted read this", True)
    for custom_id in ("never", "nowhere"):
        with pytest.raises(NotOffered):
            await server.press(talking.reader, message, custom_id)
    assert server.violations == []


async def test_an_answer_has_three_seconds_and_one_chance(talking: Rig) -> None:
    """Late answers are 10062, second ones 40060; a token dies after fifteen minutes."""
    server = talking.server
    now = [time.monotonic()]
    server.interactions.clock = lambda: now[0]
    heard: asyncio.Queue[discord.Interaction[Bot]] = asyncio.Queue()

    async def on_interaction(interaction: discord.Interaction[Bot]) -> None:
        heard.put_nowait(interaction)

    talking.bot.event(on_interaction)
    asking = asyncio.create_task(server.command(talking.reader, talking.channel.id, "silent"))
    late = await heard.get()
    now[0] += 3.1
    with pytest.raises(discord.NotFound) as gone:
        await late.response.send_message("late")
    assert gone.value.code == 10062
    again = asyncio.create_task(server.command(talking.reader, talking.channel.id, "silent"))
    asked = await heard.get()
    answer = {"type": 4, "data": {"content": "one"}}
    path = f"/interactions/{asked.id}/{asked.token}/callback"
    assert (await talking.raw("POST", path, answer)).status == 204
    assert '"code": 40060' in (await talking.raw("POST", path, answer)).text
    assert (await again).content == "one"
    now[0] += 15 * 60 + 1
    with pytest.raises(discord.HTTPException) as dead:
        await asked.edit_original_response(content="two")
    assert dead.value.code == 50027
    asking.cancel()


WRONG_COMMANDS: list[tuple[str, Json]] = [
    ("0.name", {"name": "Search", "description": "x"}),
    ("0.name", {"name": "x" * 33, "description": "x"}),
    ("0.description", {"name": "a", "description": "x" * 101}),
    ("0.description", {"name": "a"}),
    (
        "0.options",
        {
            "name": "a",
            "description": "x",
            "options": [{"type": 3, "name": f"o{n}", "description": "x"} for n in range(26)],
        },
    ),
    (
        "0.options.1",
        {
            "name": "a",
            "description": "x",
            "options": [
                {"type": 3, "name": "b", "description": "x"},
                {"type": 3, "name": "c", "description": "x", "required": True},
            ],
        },
    ),
    (
        "0.options.0.choices",
        {
            "name": "a",
            "description": "x",
            "options": [
                {
                    "type": 3,
                    "name": "b",
                    "description": "x",
                    "choices": [{"name": str(n), "value": str(n)} for n in range(26)],
                }
            ],
        },
    ),
    (
        "0",
        {
            "name": "a",
            "description": "x",
            "options": [
                {
                    "type": 3,
                    "name": f"o{n}",
                    "description": "x",
                    "choices": [{"name": "n" * 100, "value": f"{m}" + "v" * 98} for m in range(10)],
                }
                for n in range(5)
            ],
        },
    ),
]


@pytest.mark.parametrize(
    ("field", "body"), WRONG_COMMANDS, ids=[f"{n}-{f}" for n, (f, _) in enumerate(WRONG_COMMANDS)]
)
async def test_commands_have_limits(rig: Rig, field: str, body: Json) -> None:
    """Names, descriptions, options, choices and the whole of a command are held to their limits."""
    route = discord.http.Route(
        "PUT", "/applications/{application_id}/commands", application_id=rig.server.application_id
    )
    with pytest.raises(discord.HTTPException) as refused:
        await rig.bot.http.request(route, json=[body])
    assert refused.value.code == 50035
    assert f"In {field}:" in str(refused.value)


async def test_commands_keep_their_ids_and_creations_are_counted(rig: Rig) -> None:
    """What was there before keeps its id; 200 new commands a day are all there are."""
    path = f"/applications/{rig.server.application_id}/commands"
    body: list[Json] = [{"name": "a", "description": "x"}]
    first, second = [json.loads((await rig.raw("PUT", path, body)).text)[0]["id"] for _ in range(2)]
    assert first == second
    codes = []
    for round_ in range(3):
        many: list[Json] = [{"name": f"c{round_}-{n}", "description": "x"} for n in range(100)]
        told = json.loads((await rig.raw("PUT", path, many)).text)
        codes.append(told["code"] if isinstance(told, dict) else None)
    assert codes == [None, 30034, 30034]
    crowd = [{"name": f"c{n}", "description": "x"} for n in range(101)]
    assert '"code": 30032' in (await rig.raw("PUT", path, crowd)).text


# The server itself


async def test_requests_are_checked_against_discord_s_own_document(rig: Rig) -> None:
    """What Discord's OpenAPI document does not allow is noted, in words."""
    if rig.server.api.schema is None:
        pytest.skip("Discord's OpenAPI document is not at hand")
    await rig.raw("POST", f"/channels/{rig.channel.id}/messages", {"content": "x", "tts": "loud"})
    await rig.raw("POST", f"/channels/{rig.channel.id}/messages", {"content": "x", "flags": 0})
    (complaint,) = rig.server.violations
    assert "$.tts" in complaint


async def test_a_request_needs_a_token_and_a_user_agent(rig: Rig) -> None:
    """No or another token is 401, no User-Agent 403, and a body that is no JSON 400."""
    path = f"/channels/{rig.channel.id}"
    assert (await rig.raw("GET", path, headers={"Authorization": rig.server.token})).status == 401
    assert (await rig.raw("GET", path, headers={"User-Agent": ""})).status == 403
    async with aiohttp.ClientSession() as session:
        whole = f"{rig.server.api_url}{path}/messages"
        async with session.post(
            whole, data=b"{", headers={"Authorization": f"Bot {rig.server.token}"}
        ) as answer:
            assert (answer.status, (await answer.json())["code"]) == (400, 50109)


async def test_automod_and_large_files_are_refused(rig: Rig) -> None:
    """Blocked text is 200000, in a thread's name 200001; a file over ten mebibytes is 40005."""
    rig.server.blocked = re.compile("casino")
    rig.guild.allow(rig.channel, Permission.ATTACH_FILES)
    await rig.connect()
    message = await rig.place().send("one")
    large = discord.File(io.BytesIO(b"x" * (10 * 1024 * 1024 + 1)), "large")
    acts = [rig.place().send("casino"), message.create_thread(name="casino"), rig.place().send(file=large)]
    codes = []
    for act in acts:
        with pytest.raises(discord.HTTPException) as refused:
            await act
        codes.append(refused.value.code)
    assert codes == [200000, 200001, 40005]


def test_it_serves_a_process_of_its_own() -> None:
    """In a thread the server can be asked and told from outside, and is gone afterwards."""
    with serving(lambda: DiscordServer(rates=FAST)) as served:
        channel = served.call(lambda: served.server.add_guild().add_text())
        message = served.do(served.server.say(served.server.owner_id, channel.id, "hello"))
        header = {"Authorization": f"Bot {served.server.token}"}
        address = f"{served.server.api_url}/channels/{channel.id}/messages"
        request = urllib.request.Request(address, headers=header)
        with urllib.request.urlopen(request) as answer:
            assert json.loads(answer.read())[0]["id"] == str(message.id)
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(request)


def test_a_developer_can_start_one() -> None:
    """The module's own command prints where to point a bot."""
    command = [sys.executable, "-m", "tests.fakes.discord_server", "--token", "mine"]
    with subprocess.Popen(
        command, cwd=Path(__file__).parents[2], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        told = dict(process.stdout.readline().split() for _ in range(6))
        process.terminate()
    assert told.keys() == {"api_url", "gateway_url", "token", "guild", "text", "forum"}
    assert told["api_url"].startswith("http://127.0.0.1:")
