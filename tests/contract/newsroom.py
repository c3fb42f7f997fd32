"""A small history, posted to the loopback Discord, and a client that answers commands from it."""

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time

import discord
from discord import app_commands

from bot.chat.discord import render
from bot.chat.discord.commands import install
from bot.models import Brief, Channel, Header, Link, Message, Paper, Pick
from bot.settings import DiscordSettings
from bot.store import Connection, Store, channels, outbox, papers
from tests.fakes.discord_errors import Json
from tests.fakes.discord_server import Chan, DiscordServer, Guild, Msg, Reply

NOW = datetime(2026, 3, 11, 9, 30, tzinfo=UTC)
TODAY = date(2026, 3, 11)
TAGS = ("transformers", "efficient inference")


def brief(number: int, title: str = "Thrifty Transformers {}: Less Is Enough") -> Brief:
    """The brief of the paper of that number."""
    title = title.format(number)
    abstract = f"We drop layer {number} of a network. Nothing is lost, and inference is 2.5× faster."
    return Brief(
        Paper(title, abstract, title, abstract, arxiv_id=f"2603.{number:05}", published=TODAY),
        summary=f"Dropping layer {number} loses nothing.",
        tags=TAGS,
        figures=("2.5× faster",),
        links=(Link("paper", f"https://arxiv.org/abs/2603.{number:05}"),),
        areas=("cs.LG",),
    )


def admit(db: Connection, briefs: Sequence[Brief]) -> list[int]:
    """Admit papers and give their ids."""
    return [papers.admit(db, one, (f"t:{one.paper.title}",), NOW) for one in briefs]


def text_of(reply: Reply | Msg) -> str:
    """All that an answer says, as it was sent."""
    lines = [reply.content]
    for embed in reply.embeds:
        lines += [
            embed.get("title") or "",
            embed.get("description") or "",
            (embed.get("footer") or {}).get("text", ""),
        ]
    return "\n".join(line for line in lines if line)


def ids_of(reply: Reply | Msg) -> list[str]:
    """The ids of an answer's buttons."""
    buttons = (button for row in reply.components for button in row["components"])
    return [button["custom_id"] for button in buttons if "custom_id" in button]


class Client(discord.AutoShardedClient):
    """A client of the bot's kind with nothing but its commands."""

    def __init__(self, store: Store) -> None:
        super().__init__(
            intents=discord.Intents(guilds=True, guild_messages=True, guild_reactions=True),
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,
            chunk_guilds_at_startup=False,
            member_cache_flags=discord.MemberCacheFlags.none(),
            guild_ready_timeout=0.02,
        )
        self.store = store
        self.now = NOW
        self.settings = DiscordSettings()
        self.tree = app_commands.CommandTree(
            self,
            allowed_contexts=app_commands.AppCommandContext(guild=True),
            allowed_installs=app_commands.AppInstallationType(guild=True),
        )
        install(self)

    def clock(self) -> datetime:
        """The time."""
        return self.now

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Identify at once, where discord.py would wait five seconds."""


@dataclass
class Newsroom:
    """A server with a channel that gets posts, somebody who reads there, and the bot, connected."""

    server: DiscordServer
    store: Store
    guild: Guild
    place: Chan
    reader: int
    client: Client
    life: "asyncio.Task[None] | None" = field(default=None, init=False)

    async def open(self) -> None:
        """Log in, register the commands, connect."""
        await self.client.login(self.server.token)
        await self.client.tree.sync()
        self.life = life = asyncio.create_task(self.client.connect())
        await self.server.until(lambda: self.client.is_ready() or life.done())

    async def close(self) -> None:
        """Disconnect."""
        await self.client.close()
        if self.life is not None:
            with contextlib.suppress(discord.DiscordException):
                await self.life

    async def restart(self) -> None:
        """Another process takes the bot's place: nothing is remembered but the history."""
        await self.close()
        self.client = Client(self.store)
        await self.open()

    def guild_beside(self) -> Chan:
        """The channel ``elsewhere`` of another server, whose member the reader is, too."""
        other = self.server.add_guild("Other")
        other.add_member(user_id=self.reader)
        return other.add_text("elsewhere")

    def hides(self, place: Chan) -> bool:
        """Whether the bot knows by now that the channel is hidden from the reader."""
        channel = self.client.get_channel(place.id)
        assert isinstance(channel, discord.TextChannel)
        return channel.overwrites_for(discord.Object(self.reader)).view_channel is False

    async def ask(self, name: str, options: Json | None = None, sub: str | None = None) -> Reply:
        """The reader calls a command, and has the answer."""
        return await self.server.command(self.reader, self.place.id, name, options or {}, sub=sub)

    async def press(self, on: Reply | int, custom_id: str) -> Reply:
        """The reader presses a button."""
        return await self.server.press(self.reader, on, custom_id)

    async def offers(
        self, name: str, option: str, typed: str, sub: str | None = None
    ) -> list[tuple[str, str]]:
        """What an option offers the reader, as (name, value)."""
        choices = await self.server.autocomplete(self.reader, self.place.id, name, option, typed, sub=sub)
        return [(choice["name"], choice["value"]) for choice in choices]

    async def admit(self, *briefs: Brief) -> list[int]:
        """Add papers to the history."""
        return await self.store.write(admit, briefs)

    def channel(self, place: Chan | None = None, *, zone: str = "UTC") -> Channel:
        """A Discord channel as the history has it."""
        at = place or self.place
        assert at.guild is not None
        key, address = f"discord:{at.id}", str(at.id)
        return Channel(key, "discord", address, at.name, zone, time(9), server=str(at.guild.id))

    async def post(
        self, ids: Sequence[int], *, place: Chan | None = None, day: date = TODAY, at: datetime | None = None
    ) -> list[int]:
        """Post these papers as the bot does, record that, and give the ids of the messages, the header's first."""
        channel = self.channel(place)
        await self.store.write(channels.set_up, channel)
        header = Header(day, len(ids), len(ids), 0, len(ids), 0, ((TAGS[0], len(ids)),), ("a.txt",))
        picks = [Pick(paper_id, number, True) for number, paper_id in enumerate(ids)]
        parts = [("header", None), *(("paper", paper_id) for paper_id in ids)]
        nonces = [
            (kind, paper_id, f"{channel.address[-9:]}{day:%m%d}x{part}")
            for part, (kind, paper_id) in enumerate(parts)
        ]
        made = await self.store.write(
            outbox.insert_post,
            channel,
            day,
            header,
            picks,
            nonces,
            last_paper_id=max(ids, default=0),
            last_digest_id=0,
            now=at or NOW,
        )
        assert made is not None
        target = self.client.get_partial_messageable(int(channel.address), guild_id=int(channel.server or 0))
        sent: list[int] = []
        for message in await self.store.read(outbox.messages, made.id):
            content = (
                header
                if message.paper_id is None
                else (await self.store.read(papers.briefs, [message.paper_id]))[0]
            )
            shown = render.message(made, message, content, total=len(ids))
            view = render.view_of(shown)
            delivered = (
                await target.send(shown.content, embeds=shown.embeds)
                if view is None
                else await target.send(shown.content, embeds=shown.embeds, view=view)
            )
            sent.append(delivered.id)
            await self._record(message, delivered.id, at or NOW)
            if message.paper_id is None:
                guild = discord.Object(int(channel.server or 0))
                thread = await self.client.http.start_thread_with_message(
                    int(channel.address), delivered.id, name="Today", auto_archive_duration=4320
                )
                await self.store.write(outbox.record_thread, made.id, str(thread["id"]))
                target = self.client.get_partial_messageable(int(thread["id"]), guild_id=guild.id)
        return sent

    async def _record(self, message: Message, platform_id: int, at: datetime) -> None:
        await self.store.write(outbox.claim, message.id, at)
        await self.store.write(outbox.record_sent, message.id, str(platform_id), at)
