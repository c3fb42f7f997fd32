"""What contract tests may ask for."""

import contextlib
from collections.abc import AsyncIterator

import discord
import pytest

from tests.contract.discord_rig import FAST, Bot, Rig, point_at
from tests.fakes.discord_server import (
    DiscordServer,
)


@pytest.fixture
async def rig(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Rig]:
    """A bot that is logged in; whoever wants the gateway connects it."""
    async with DiscordServer(rates=FAST) as server:
        point_at(server, monkeypatch)
        guild = server.add_guild()
        rig = Rig(server, guild, guild.add_text(), Bot(), guild.add_member("ada"))
        try:
            await rig.bot.login(server.token)
            yield rig
        finally:
            await rig.bot.close()
            for task in rig.running:
                with contextlib.suppress(discord.DiscordException):
                    await task
