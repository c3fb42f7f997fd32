"""Our bot at the loopback Discord, with a channel to post to and papers to post."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Literal, cast

from discord import Embed
from discord.types.embed import Embed as EmbedData
from pydantic import SecretStr

from bot.chat.discord import Discord
from bot.chat.discord.render import marker_of
from bot.models import Brief, Channel, Message, Paper, Post
from bot.publish import ChatAdapter, Outcome, Publisher, Sent, compose, content
from bot.settings import DiscordSettings
from bot.store import Connection, Store, channels, outbox, papers
from tests.fakes.discord_server import Chan, DiscordServer, Guild, Rates

FAST = Rates(enforce=False, messages=None, reactions=None)
"""No limits, so that tests of other things do not wait for them."""

Kind = Literal["text", "announcement", "forum", "voice"]


@dataclass
class Clock:
    """The bot's clock, which a test may put forward."""

    ahead: timedelta = timedelta()

    def __call__(self) -> datetime:
        """The time."""
        return datetime.now(UTC) + self.ahead


@dataclass
class World:
    """A bot that is logged in, and what it has to do with."""

    server: DiscordServer
    store: Store
    bot: Discord
    guild: Guild
    place: Chan
    channel: Channel
    clock: Clock
    stop: asyncio.Event

    @property
    def adapter(self) -> ChatAdapter:
        """What the publisher is given."""
        return self.bot.adapter

    def publisher(self) -> Publisher:
        """One that delivers to this Discord."""
        return Publisher(self.store, {"discord": self.adapter}, self.clock)

    async def post(self, count: int = 2) -> Post:
        """A post of new papers, in the outbox."""
        now = self.clock()
        await self.store.write(admit, count, now)
        post = await self.store.write(compose, replace(self.channel, max_papers=200), now.date(), now)
        assert post is not None
        return post

    async def posted(self, count: int = 2) -> Post:
        """A post of new papers that was delivered, though its bookmark reactions may not be there yet."""
        post = await self.post(count)
        await self.publisher().post_now(self.channel)
        found = await self.store.read(outbox.post, post.id)
        assert found is not None
        return found

    async def message(self, post: Post, part: int) -> Message:
        """A message of a post, as it is now."""
        return (await self.store.read(outbox.messages, post.id))[part]

    async def send(self, post: Post, part: int) -> Outcome:
        """Send a message, and record it if it was sent."""
        message = await self.message(post, part)
        said = await self.store.read(content, post, message)
        await self.store.write(outbox.claim, message.id, self.clock())
        outcome = await self.adapter.send(self.channel, post, message, said)
        if isinstance(outcome, Sent):
            await self.store.write(outbox.record_sent, message.id, outcome.platform_id, self.clock())
        return outcome

    async def opened(self, count: int = 2) -> Post:
        """A post whose header is sent and whose thread is open."""
        post = await self.post(count)
        assert isinstance(await self.send(post, 0), Sent)
        thread = await self.adapter.open_thread(self.channel, post, await self.message(post, 0))
        assert isinstance(thread, Sent)
        await self.store.write(outbox.record_thread, post.id, thread.platform_id)
        return replace(post, thread_id=thread.platform_id)


@asynccontextmanager
async def world(
    folder: Path,
    *,
    kind: Kind = "text",
    rates: Rates = FAST,
    runs: bool = False,
    permissions: int = 309237730368,
    prepare: Callable[[DiscordServer], None] = lambda server: None,
    **settings: object,
) -> AsyncIterator[World]:
    """A bot at a Discord of its own; with ``runs`` it listens to the gateway, too.

    ``prepare`` is called before the bot starts. At the end nothing may have been sent that Discord does not allow.
    """
    clock, stop = Clock(), asyncio.Event()
    store = Store.open(folder / "broadsheet.db")
    async with DiscordServer(rates=rates) as server:
        guild = server.add_guild(permissions=permissions)
        made = {
            "text": guild.add_text,
            "announcement": guild.add_announcement,
            "forum": guild.add_forum,
            "voice": guild.add_voice,
        }[kind]()
        prepare(server)
        channel = Channel(f"discord:{made.id}", "discord", str(made.id), "papers", "UTC", time(9))
        await store.write(channels.sync, [channel])
        at = DiscordSettings.model_validate(
            {
                "token": SecretStr(server.token),
                "api_url": server.api_url,
                "gateway_url": server.gateway_url,
                **settings,
            }
        )
        bot = Discord(store, at, clock, jitter=lambda: 1.0)
        running = None
        if runs:
            running = asyncio.create_task(bot.run(stop))
            await server.until(lambda: server.connected)
        else:
            await bot.login()
        try:
            yield World(server, store, bot, guild, made, channel, clock, stop)
        finally:
            stop.set()
            if running is not None:
                await running
            await bot.close()
            store.close()
    # discord.py sends the recipient of a direct message as a number, which Discord takes though it does not say so.
    assert [one for one in server.violations if "recipient_id" not in one] == []


def markers_of(place: Chan) -> list[str]:
    """The markers that people could read in a channel or thread, in order."""
    embeds = (
        Embed.from_dict(cast(EmbedData, embed)) for message in place.messages for embed in message.embeds
    )
    return [nonce for embed in embeds if (nonce := marker_of(embed))]


def admit(db: Connection, count: int, now: datetime) -> None:
    """New papers, told apart by their numbers."""
    first = papers.last_id(db) + 1
    for number in range(first, first + count):
        title = f"Paper {number}: sparse heads for device {number}"
        paper = Paper(title, f"We prune {number} heads.", title, "", arxiv_id=f"2503.{number:05}")
        papers.admit(db, Brief(paper, f"Prunes {number} heads.", ("pruning",), (), ()), (), now)
