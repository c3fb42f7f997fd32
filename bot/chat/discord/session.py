"""Discord for the rest of the bot: logged in for posting, and connected for what people do, whatever breaks."""

import asyncio
import random
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import cast

import aiohttp
import discord
import structlog

from bot.chat.discord.adapter import DiscordAdapter
from bot.chat.discord.client import Client, hush, point_at
from bot.chat.discord.outcomes import ERRORS
from bot.chat.discord.rates import Rates
from bot.chat.discord.reactions import Inbox
from bot.chat.discord.reconcile import Reconciler
from bot.chat.discord.seeds import Seeds
from bot.chat.discord.sync import sync_commands
from bot.errors import BroadsheetError, PlatformRefused, PlatformUnreachable
from bot.publish import ChatAdapter
from bot.settings import DiscordSettings
from bot.store import Store

log = structlog.get_logger()

BACKOFF_FIRST, BACKOFF_MOST = 5.0, 900.0
"""Seconds between two attempts to connect, at first and at most: 1,000 sessions a day may be begun."""

CONNECT_PATIENCE = 60.0
"""Seconds for the first session to begin, in which discord.py itself tries every five."""

STEADY = 300.0
"""Seconds that a connection must have lasted for its loss to be news, so that the next attempt comes soon."""

CLOSING = 3.0
"""Seconds for a close that Discord is to answer."""

CANCELLING = 0.2
"""Seconds before a task that goes on is cancelled once more."""

SPARE_SESSIONS = 5
"""Sessions of the daily limit that are left alone, for whoever has to restart the bot."""

FATAL = {
    4004: "Discord does not accept the bot's token",
    4010: "Discord refuses the shard",
    4011: "Discord requires more shards",
    4012: "Discord no longer knows the gateway's version; update Broadsheet",
    4013: "Discord refuses the intents",
    4014: "Discord does not allow the bot its intents",
}
"""Close codes after which no attempt can succeed: Discord docs, Gateway Close Event Codes."""

REFUSED = (
    "Discord does not accept the bot's token; copy it anew (Developer Portal, your application, Bot, Reset Token) "
    "and set BROADSHEET_DISCORD_TOKEN or the file that discord.token_file names"
)
UNNAMED = (
    "the bot has no token for Discord; "
    "set BROADSHEET_DISCORD_TOKEN, or discord.token_file to a file that holds it"
)


def backoff(failures: int, jitter: float) -> float:
    """Seconds to wait after so many failures in a row: doubling, shortened by up to a half (``jitter`` in 0..1)."""
    return min(BACKOFF_FIRST * 2.0 ** min(failures - 1, 20), BACKOFF_MOST) * (1 - jitter / 2)


class Discord:
    """The bot's account on Discord. Changes discord.py's addresses for the whole process.

    Posting needs ``login`` only; ``run`` logs in by itself, and keeps reactions and commands working.
    """

    def __init__(
        self,
        store: Store,
        settings: DiscordSettings,
        clock: Callable[[], datetime],
        *,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        hush()
        point_at(settings.api_url, settings.gateway_url)
        self._store = store
        self._settings = settings
        self._clock = clock
        self._jitter = jitter
        self._client: Client | None = None
        self._rates = Rates(settings.api_url)
        self._begun: deque[float] = deque()
        self._seeds = Seeds(lambda: self._client, self._rates, settings.emoji)
        self._reconciler = Reconciler(store, settings, clock, lambda: self._client, self._rates)
        self._inbox = Inbox(store, settings.emoji, clock, self._reconciler.ask)
        self._adapter = DiscordAdapter(store, settings, lambda: self._client, self._seeds)

    @property
    def adapter(self) -> ChatAdapter:
        """Delivers posts; usable at once, though what is sent before the login fails for now."""
        return self._adapter

    @property
    def client(self) -> Client | None:
        """Who is logged in, if anybody is: it changes when a connection breaks for good."""
        return self._client

    @property
    def reconciled(self) -> int:
        """How often the messages were looked at for reactions that nobody told of."""
        return self._reconciler.passes

    async def login(self) -> None:
        """Log in for requests, without the gateway. Raises PlatformRefused, PlatformUnreachable."""
        if self._settings.token is None:
            raise PlatformRefused(UNNAMED)
        client = Client(
            self._store,
            self._settings,
            self._clock,
            rates=self._rates,
            inbox=self._inbox,
            begun=self._begun,
            fresh=self._reconciler.ask,
        )
        try:
            await client.login(self._settings.token.get_secret_value())
        except BaseException as error:
            await client.http.close()
            if isinstance(error, discord.LoginFailure):
                raise PlatformRefused(REFUSED) from error
            if isinstance(error, ERRORS):
                raise PlatformUnreachable(f"Discord does not let the bot log in for now: {error}") from error
            raise
        await self._part()
        self._client = client

    async def run(self, stop: asyncio.Event) -> None:
        """Stay connected until ``stop``, whatever breaks. Requests work on after that, until ``close``.

        Raises nothing for an outage. When Discord refuses the bot for good it says so once in the log, and waits.
        """
        workers = [
            asyncio.create_task(work, name=f"discord {name}")
            for name, work in (
                ("inbox", self._inbox.work()),
                ("reconcile", self._reconciler.work(self._inbox)),
            )
        ]
        supervising = asyncio.create_task(self._supervise(), name="discord gateway")
        stopping = asyncio.create_task(stop.wait())
        refused = asyncio.create_task(self._rates.refused.wait())
        try:
            await asyncio.wait({stopping, refused}, return_when=asyncio.FIRST_COMPLETED)
            if refused.done() and not stop.is_set():
                log.error("Discord refuses the bot; nothing more is tried", reason=REFUSED)
            await _cancelled(supervising)
            await self._leave_gateway()
            await stopping
        finally:
            await _cancelled(supervising, stopping, refused)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._inbox.settled(), CLOSING)
            await _cancelled(*workers)

    async def close(self, patience: float = 0.0) -> None:
        """End all that goes on; the bot's own reactions get ``patience`` seconds to be made."""
        await self._seeds.stop(patience)
        await self._part()

    async def _supervise(self) -> None:
        failures = 0
        while True:
            began = asyncio.get_running_loop().time()
            try:
                await self._connect()
                error: Exception = PlatformUnreachable("the gateway's connection ended")
            except PlatformRefused as refusal:
                if not self._rates.refused.is_set():
                    log.error("Discord refuses the bot; nothing more is tried", reason=str(refusal))
                await self._log_in_again()
                return
            except (*ERRORS, BroadsheetError) as failure:
                error = failure
            except Exception as failure:
                log.exception("the connection to Discord ended in an unexpected error")
                error = failure
            steady = asyncio.get_running_loop().time() - began > STEADY
            failures = 1 if steady else failures + 1
            wait = backoff(failures, self._jitter())
            log.warning("no connection to Discord's gateway", reason=str(error), again_in=round(wait, 1))
            await self._log_in_again()
            await asyncio.sleep(wait)

    async def _log_in_again(self) -> None:
        """Let posts go on over a new login, if the old one ended with the gateway."""
        if self._client is None or self._client.is_closed():
            with suppress(PlatformUnreachable, PlatformRefused):
                await self.login()

    async def _connect(self) -> None:
        """Log in if need be, and stay connected for as long as it lasts.

        Raises PlatformRefused when nothing can come of trying again, else whatever went wrong.
        """
        if self._client is None or self._client.is_closed():
            await self.login()
        client = cast(Client, self._client)
        await sync_commands(client, self._store)
        shards, gateway_url, limit = await client.http.get_bot_gateway()
        if limit["remaining"] < shards + SPARE_SESSIONS:
            wait = limit["reset_after"] / 1000
            log.error("hardly a session is left for today", left=limit["remaining"], again_in=round(wait))
            await asyncio.sleep(wait)
        point_at(self._settings.api_url, self._settings.gateway_url or gateway_url)
        client.shard_count = shards
        connecting = asyncio.create_task(client.connect(), name="discord connect")
        try:
            await asyncio.wait({connecting}, timeout=CONNECT_PATIENCE)
            if not connecting.done() and not client.connected:
                raise PlatformUnreachable(f"no session began within {CONNECT_PATIENCE:.0f} s")
            await connecting
        except discord.PrivilegedIntentsRequired as error:
            raise PlatformRefused(FATAL[4014]) from error
        except discord.ConnectionClosed as error:
            if error.code in FATAL:
                raise PlatformRefused(FATAL[error.code]) from error
            raise
        finally:
            await _cancelled(connecting)

    async def _leave_gateway(self) -> None:
        """Say goodbye to the gateway; requests work on."""
        if self._client is not None and self._client.shards:
            leaving = [asyncio.ensure_future(shard.disconnect()) for shard in self._client.shards.values()]
            _, late = await asyncio.wait(leaving, timeout=CLOSING)
            await _cancelled(*late)

    async def _part(self) -> None:
        """Give up the client, if there is one."""
        client, self._client = self._client, None
        if client is not None:
            with suppress(TimeoutError, aiohttp.ClientError):
                await asyncio.wait_for(client.close(), CLOSING)
            await client.http.close()


async def _cancelled(*tasks: asyncio.Task[None] | asyncio.Task[object]) -> None:
    """End tasks; discord.py swallows a cancellation while it reconnects, so that one is not enough."""
    pending: set[asyncio.Task[None] | asyncio.Task[object]] = set(tasks)
    while pending:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=CANCELLING)
    await asyncio.gather(*tasks, return_exceptions=True)
