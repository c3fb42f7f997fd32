"""Which platforms a run speaks to."""

import asyncio
from datetime import time
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.app import platforms
from bot.errors import PlatformRefused, SettingsError
from bot.models import Channel
from bot.settings import DiscordSettings, Settings
from bot.store import Store
from tests.fakes.discord_server import DiscordServer

LAB = Channel("discord:5", "discord", "5", "lab", "UTC", time(9))
NEWS = Channel("web:news", "web", "news", "news", "UTC", time(9))


def with_token(server: DiscordServer, token: str | None = None) -> Settings:
    """Settings of a bot that has an account at this Discord."""
    discord = DiscordSettings(
        token=SecretStr(token or server.token), api_url=server.api_url, gateway_url=server.gateway_url
    )
    return Settings(discord=discord)


def test_a_channel_on_discord_needs_a_token() -> None:
    """Who names such a channel is told what is missing; a web channel needs none."""
    platforms.require_token(Settings(), [NEWS])
    with pytest.raises(SettingsError, match=r"'lab' is on Discord.*BROADSHEET_DISCORD_TOKEN"):
        platforms.require_token(Settings(), [NEWS, LAB])
    platforms.require_token(Settings(discord=DiscordSettings(token=SecretStr("x"))), [LAB])


async def test_without_a_token_there_is_the_web_alone(tmp_path: Path) -> None:
    """Discord is not even thought of."""
    store = Store.open(tmp_path / "broadsheet.db")
    async with platforms.running(Settings(), store, asyncio.Event()) as adapters:
        assert list(adapters) == ["web"]
    async with platforms.posting(Settings(), store, [NEWS]) as adapters:
        assert list(adapters) == ["web"]
    store.close()


async def test_a_running_bot_is_connected_until_the_end(tmp_path: Path) -> None:
    """It listens while it runs, and leaves the gateway when it is told to stop."""
    async with DiscordServer() as server:
        store = Store.open(tmp_path / "broadsheet.db")
        stop = asyncio.Event()
        async with platforms.running(with_token(server), store, stop) as adapters:
            assert set(adapters) == {"web", "discord"}
            await server.until(lambda: server.connected, seconds=30)
        await server.until(lambda: not server.connected, seconds=30)
        assert stop.is_set()
        store.close()


async def test_a_command_that_posts_logs_in_only(tmp_path: Path) -> None:
    """It needs no gateway; a wrong token is its error."""
    async with DiscordServer() as server:
        store = Store.open(tmp_path / "broadsheet.db")
        async with platforms.posting(with_token(server), store, [LAB]) as adapters:
            assert set(adapters) == {"web", "discord"}
            assert server.identifies == 0
        with pytest.raises(PlatformRefused, match="does not accept the bot's token"):
            async with platforms.posting(with_token(server, "wrong"), store, [LAB]):
                pass
        store.close()
