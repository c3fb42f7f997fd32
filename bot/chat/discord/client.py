"""The bot's session with Discord: what it listens to, and what it makes of it."""

import logging
from collections import deque
from collections.abc import Callable
from datetime import datetime
from typing import Literal

import discord
import structlog
import yarl
from discord import app_commands
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.chat.discord.commands import install
from bot.chat.discord.outcomes import ERRORS
from bot.chat.discord.rates import Rates
from bot.chat.discord.reactions import Event, Inbox, key_of
from bot.errors import BroadsheetError
from bot.settings import DiscordSettings
from bot.store import Connection, Store, channels

log = structlog.get_logger()

INTENTS = discord.Intents(guilds=True, guild_messages=True, guild_reactions=True)
"""Value 1537. None is privileged: messages of other people stay unread."""

LONGEST_WAIT = 60.0
"""Seconds that discord.py waits for a route's limit; what takes longer is given back to be tried later."""

HOUR = 3600.0
IDENTIFIES = 20
"""Sessions begun in an hour, beside one a shard: 1,000 a day cost the bot its token (Gateway, "Identifying")."""


class TooManySessions(BroadsheetError):
    """Sessions were begun too often; the next has to wait."""


class Client(discord.AutoShardedClient):
    """A client that never caches messages or members, pings nobody, and hands on what happens.

    A plain ``Client`` ends when its first connection fails (discord.py issue 10520), this one tries again.
    """

    def __init__(
        self,
        store: Store,
        settings: DiscordSettings,
        clock: Callable[[], datetime],
        *,
        rates: Rates,
        inbox: Inbox,
        begun: deque[float],
        fresh: Callable[[], None],
    ) -> None:
        super().__init__(
            intents=INTENTS,
            max_messages=None,
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            allowed_mentions=discord.AllowedMentions.none(),
            http_trace=rates.trace(),
            max_ratelimit_timeout=LONGEST_WAIT,
        )
        self.store = store
        self.settings = settings
        self.clock = clock
        self.tree = app_commands.CommandTree(
            self,
            allowed_contexts=app_commands.AppCommandContext(
                guild=True, dm_channel=False, private_channel=False
            ),
            allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
        )
        self.connected = False
        """Whether a session has begun."""
        self._inbox = inbox
        self._emoji = key_of(settings.emoji)
        self._begun = begun
        self._fresh = fresh

    async def setup_hook(self) -> None:
        """Register commands and buttons; that tells Discord nothing yet."""
        install(self)

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Begin no more sessions than are safe. Raises TooManySessions."""
        now = self.loop.time()
        while self._begun and self._begun[0] < now - HOUR:
            self._begun.popleft()
        if len(self._begun) >= IDENTIFIES + (self.shard_count or 1):
            raise TooManySessions(
                f"{len(self._begun)} sessions were begun within an hour; the next has to wait"
            )
        await super().before_identify_hook(shard_id, initial=initial)
        self._begun.append(self.loop.time())

    async def on_shard_connect(self, shard_id: int) -> None:
        """A session has begun."""
        self.connected = True

    async def on_shard_ready(self, shard_id: int) -> None:
        """A session is new, not resumed: what happened before it is not told, and servers may have come back."""
        here = {str(guild.id) for guild in self.guilds if guild.shard_id == shard_id}
        known = {channel.address: channel for channel in await self.store.read(channels.active)}
        places = {
            known[str(channel.id)].key: str(guild.id)
            for guild in self.guilds
            for channel in guild.channels
            if str(channel.id) in known and known[str(channel.id)].server is None
        }
        await self.store.write(_arrive, here, places)
        self._fresh()

    async def on_guild_join(self, guild: discord.Guild) -> None:
        """The bot is in a server, maybe again."""
        back = await self.store.write(channels.come_back, "discord", str(guild.id))
        log.info("in a server", server=guild.id, channels=back)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """The bot was removed from a server; an outage is not told in this way."""
        resting = await self.store.write(channels.leave, "discord", str(guild.id), self.clock())
        log.warning("removed from a server; its channels rest", server=guild.id, channels=resting)

    async def on_raw_reaction_add(self, payload: discord.RawReactionActionEvent) -> None:
        """Somebody has reacted, in whatever way; super reactions count the same."""
        bot = payload.member is not None and payload.member.bot
        author = payload.message_author_id
        if not bot and (author is None or author == self._connection.self_id):
            self._reacted("add", payload, own=author is not None)

    async def on_raw_reaction_remove(self, payload: discord.RawReactionActionEvent) -> None:
        """Somebody has taken a reaction back."""
        self._reacted("remove", payload, own=False)

    async def on_raw_reaction_clear(self, payload: discord.RawReactionClearEvent) -> None:
        """A moderator has cleared a message."""
        self._inbox.put(Event("clear", str(payload.message_id)))

    async def on_raw_reaction_clear_emoji(self, payload: discord.RawReactionClearEmojiEvent) -> None:
        """A moderator has cleared an emoji of a message."""
        if key_of(payload.emoji) == self._emoji:
            self._inbox.put(Event("clear", str(payload.message_id)))

    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        """Somebody has deleted a message."""
        self._inbox.put(Event("clear", str(payload.message_id)))

    async def on_raw_bulk_message_delete(self, payload: discord.RawBulkMessageDeleteEvent) -> None:
        """Somebody has deleted many messages."""
        for message_id in sorted(payload.message_ids):
            self._inbox.put(Event("clear", str(message_id)))

    async def on_error(self, event_method: str, /, *args: object, **kwargs: object) -> None:
        """An event could not be dealt with; the next may be."""
        log.exception("an event of Discord was lost", event=event_method)

    def _reacted(
        self, kind: Literal["add", "remove"], payload: discord.RawReactionActionEvent, *, own: bool
    ) -> None:
        if key_of(payload.emoji) == self._emoji and payload.user_id != self._connection.self_id:
            burst = payload.type is discord.ReactionType.burst
            self._inbox.put(Event(kind, str(payload.message_id), f"discord:{payload.user_id}", own, burst))


def point_at(api_url: str, gateway_url: str | None) -> None:
    """Let discord.py talk to these addresses: for the whole process, since it knows of one Discord only."""
    Route.BASE = api_url.rstrip("/")
    if gateway_url is not None:
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway_url)


def hush() -> None:
    """Keep discord.py from logging what must not be read (bodies, at debug level), or is of no concern (voice),
    and from logging a traceback every five seconds of an outage."""
    logger = logging.getLogger("discord")
    if logger.getEffectiveLevel() < logging.INFO:
        logger.setLevel(logging.INFO)
    for name in ("discord.client", "discord.gateway", "discord.shard"):
        logging.getLogger(name).addFilter(_in_one_line)
    discord.VoiceClient.warn_nacl = False
    discord.VoiceClient.warn_dave = False


def _in_one_line(record: logging.LogRecord) -> bool:
    """Let an expected error be said in the line that tells of it."""
    error = record.exc_info[1] if record.exc_info else None
    if isinstance(error, ERRORS):
        words = " ".join(f"{record.getMessage()} {type(error).__name__}: {error}".split())
        record.msg, record.args, record.exc_info = words, (), None
    return True


def _arrive(db: Connection, servers: set[str], places: dict[str, str]) -> None:
    for server in servers:
        channels.come_back(db, "discord", server)
    for key, server in places.items():
        channels.place(db, key, server)
