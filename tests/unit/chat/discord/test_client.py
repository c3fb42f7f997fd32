"""What the client is made of: few intents, no caches, nobody pinged, and no log of what was said."""

import logging
from collections import deque
from datetime import UTC, datetime
from pathlib import Path

import discord
import pytest
from discord.http import Route

from bot.chat.discord.client import HOUR, IDENTIFIES, Client, TooManySessions, hush, point_at
from bot.chat.discord.rates import Rates
from bot.chat.discord.reactions import Inbox
from bot.settings import DiscordSettings
from bot.store import Store

NOW = datetime(2026, 3, 11, 9, tzinfo=UTC)


def client(folder: Path, begun: deque[float]) -> Client:
    """A client that is not logged in."""
    store = Store.open(folder / "broadsheet.db")
    store.close()
    settings = DiscordSettings()
    inbox = Inbox(store, settings.emoji, lambda: NOW, lambda: None)
    rates = Rates(settings.api_url)
    return Client(store, settings, lambda: NOW, rates=rates, inbox=inbox, begun=begun, fresh=lambda: None)


async def test_the_client_asks_for_little(tmp_path: Path) -> None:
    """Servers, messages and reactions: none privileged, no content of other people's messages."""
    made = client(tmp_path, deque())
    assert made.intents.value == 1537
    assert made.allowed_mentions is not None
    mentions = made.allowed_mentions
    assert not any((mentions.everyone, mentions.users, mentions.roles, mentions.replied_user))
    assert not made.cached_messages


async def test_sessions_are_not_begun_without_end(tmp_path: Path) -> None:
    """A gateway that invalidates each session must not cost the bot its token; an hour later all is well."""
    begun: deque[float] = deque()
    made = client(tmp_path, begun)
    await made._async_setup_hook()
    for _ in range(IDENTIFIES + 1):
        await made.before_identify_hook(0, initial=True)
    with pytest.raises(TooManySessions):
        await made.before_identify_hook(0, initial=True)
    for place, time in enumerate(begun):
        begun[place] = time - HOUR - 1
    await made.before_identify_hook(0, initial=True)
    assert len(begun) == 1


def test_discord_py_never_logs_bodies(monkeypatch: pytest.MonkeyPatch) -> None:
    """However much of the rest is logged."""
    logger = logging.getLogger("discord")
    monkeypatch.setattr(logger, "level", logging.DEBUG)
    hush()
    assert not logging.getLogger("discord.http").isEnabledFor(logging.DEBUG)
    assert not discord.VoiceClient.warn_nacl


def test_the_address_is_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy can stand in for Discord."""
    monkeypatch.setattr(Route, "BASE", Route.BASE)
    point_at("http://127.0.0.1:1/api/v10/", None)
    assert Route("GET", "/users/@me").url == "http://127.0.0.1:1/api/v10/users/@me"


def test_an_outage_is_a_line_an_attempt(caplog: pytest.LogCaptureFixture) -> None:
    """discord.py's tracebacks go, with the reason kept; those of the unexpected stay."""
    hush()
    for error in (ConnectionResetError("gone\naway 100%"), AttributeError("a bug")):
        logging.getLogger("discord.shard").error("Failed for shard_id: %s. Retrying...", 3, exc_info=error)
    outage, bug = caplog.records
    assert outage.getMessage() == "Failed for shard_id: 3. Retrying... ConnectionResetError: gone away 100%"
    assert not outage.exc_info
    assert bug.exc_info
