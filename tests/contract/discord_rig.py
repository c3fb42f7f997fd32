"""An ordinary discord.py client, and a loopback Discord that it is pointed at."""

import asyncio
from dataclasses import dataclass, field

import aiohttp
import discord
import pytest
import yarl
from discord import app_commands

from tests.fakes.discord_server import (
    Chan,
    DiscordServer,
    Guild,
    Rates,
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

    async def on_raw_bulk_message_delete(self, payload: discord.RawBulkMessageDeleteEvent) -> None:
        """Messages are gone."""
        self.heard.append((f"delete {len(payload.message_ids)}", payload))

    async def on_raw_thread_update(self, payload: discord.RawThreadUpdateEvent) -> None:
        """A thread has changed."""
        self.heard.append(("thread", payload))

    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Invited."""
        self.heard.append(("guild joined", guild))

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


def card(title: str = "A paper") -> discord.Embed:
    """An embed like those of a daily post."""
    return discord.Embed(title=title, url="https://example.org/1", description="What it says.")
