"""The chat platforms that a run speaks to, and for how long."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager

from bot import app
from bot.errors import SettingsError
from bot.models import Channel
from bot.publish import ChatAdapter
from bot.settings import Settings
from bot.store import Store

WEB_PATIENCE, DISCORD_PATIENCE = 1.0, 7.0
"""Seconds that the sends in hand get to end when the bot is told to stop. On Discord the request that empties a
bucket, five messages in five seconds, waits for the next one before it returns (discord.py, http.py)."""


def patience(settings: Settings) -> float:
    """Seconds that the sends in hand get to end."""
    return WEB_PATIENCE if settings.discord.token is None else DISCORD_PATIENCE


def require_token(settings: Settings, channels: Iterable[Channel]) -> None:
    """Raises SettingsError when a channel is on Discord and there is no token to speak to it with."""
    if settings.discord.token is None:
        for channel in channels:
            if channel.platform == "discord":
                raise SettingsError(
                    f"channel {channel.name!r} is on Discord, and the bot has no token: set BROADSHEET_DISCORD_TOKEN, "
                    "or name the file that holds it with discord.token_file"
                )


@asynccontextmanager
async def running(
    settings: Settings, store: Store, stop: asyncio.Event
) -> AsyncIterator[Mapping[str, ChatAdapter]]:
    """The platforms of a bot that stays: connected until ``stop``, open for sends until the end."""
    from bot.chat.web import WebAdapter

    if settings.discord.token is None:
        yield {"web": WebAdapter()}
        return
    from bot.chat.discord import Discord

    discord = Discord(store, settings.discord, app.now)
    connection = asyncio.create_task(discord.run(stop), name="discord")
    try:
        yield {"web": WebAdapter(), "discord": discord.adapter}
    finally:
        stop.set()
        await asyncio.gather(connection, return_exceptions=True)
        await discord.close()


@asynccontextmanager
async def posting(
    settings: Settings, store: Store, channels: Iterable[Channel]
) -> AsyncIterator[Mapping[str, ChatAdapter]]:
    """The platforms of these channels, for a command that posts and ends. Raises what a platform says to a login."""
    from bot.chat.web import WebAdapter

    if all(channel.platform != "discord" for channel in channels):
        yield {"web": WebAdapter()}
        return
    from bot.chat.discord import Discord

    discord = Discord(store, settings.discord, app.now)
    await discord.login()
    try:
        yield {"web": WebAdapter(), "discord": discord.adapter}
    finally:
        await discord.close(DISCORD_PATIENCE)
