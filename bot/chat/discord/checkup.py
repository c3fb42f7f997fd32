"""What keeps the bot from its work on Discord, asked over REST alone, and the link that invites it."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Literal

import discord

from bot.chat.discord.client import hush, point_at
from bot.chat.discord.outcomes import ERRORS
from bot.chat.discord.permissions import in_words, invite, missing, stopping
from bot.chat.discord.places import WrongKind, look_closely
from bot.chat.discord.session import REFUSED, UNNAMED
from bot.errors import PlatformRefused, PlatformUnreachable
from bot.models import Channel
from bot.settings import DiscordSettings

Finding = tuple[str, Literal["good", "warn", "bad"], str]
"""The name of a check, how it went, and what it found, with what to do about it."""

FEW_SESSIONS = 50
"""Sessions of the 1,000 a day below which a person should know."""


async def invitation(settings: DiscordSettings) -> str:
    """The link with which somebody who manages a server lets the bot in.

    Raises PlatformRefused, PlatformUnreachable.
    """
    async with _logged_in(settings) as client:
        assert client.application_id is not None
        return invite(client.application_id)


async def examine(settings: DiscordSettings, channels: Sequence[Channel]) -> list[Finding]:
    """Check the token, the gateway, and of each channel its kind and the bot's permissions there. Raises nothing."""
    try:
        async with _logged_in(settings) as client:
            return [
                ("discord token", "good", f"the bot is {client.user}"),
                await _gateway(client),
                *[await _channel(client, channel) for channel in channels],
            ]
    except PlatformRefused as error:
        return [("discord token", "bad", str(error))]
    except (*ERRORS, PlatformUnreachable) as error:
        return [("discord", "warn", f"cannot be reached just now: {error}")]


@asynccontextmanager
async def _logged_in(settings: DiscordSettings) -> AsyncIterator[discord.Client]:
    if settings.token is None:
        raise PlatformRefused(UNNAMED)
    hush()
    point_at(settings.api_url, settings.gateway_url)
    client = discord.Client(intents=discord.Intents.none())
    try:
        await client.login(settings.token.get_secret_value())
        yield client
    except discord.LoginFailure as error:
        raise PlatformRefused(REFUSED) from error
    except ERRORS as error:
        raise PlatformUnreachable(f"Discord cannot be reached just now: {error}") from error
    finally:
        await client.close()


async def _gateway(client: discord.Client) -> Finding:
    _, _, limit = await client.http.get_bot_gateway()
    told = f"{limit['remaining']} of {limit['total']} sessions left today; none of the intents is privileged"
    if limit["remaining"] < FEW_SESSIONS:
        return (
            "discord gateway",
            "warn",
            f"{told}; something restarts the bot again and again: look into its log",
        )
    return "discord gateway", "good", told


async def _channel(client: discord.Client, channel: Channel) -> Finding:
    name = f"discord {channel.name}"
    try:
        place = await look_closely(client, int(channel.address))
    except WrongKind as error:
        return name, "bad", str(error)
    except (discord.NotFound, discord.Forbidden):
        return (
            name,
            "bad",
            f"the bot cannot see channel {channel.address}; invite it to that server, or allow View Channel",
        )
    assert place.permissions is not None
    lacking = missing(place.permissions, place.kind)
    if lacking:
        return name, "bad" if stopping(place.permissions, place.kind) else "warn", in_words(lacking)
    return name, "good", f"#{place.channel.name}, {place.kind} channel, every permission is there"
