"""The wait between attempts, and a login that cannot be."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.chat.discord import Discord
from bot.chat.discord.session import BACKOFF_FIRST, BACKOFF_MOST, backoff
from bot.errors import PlatformRefused, PlatformUnreachable
from bot.settings import DiscordSettings
from bot.store import Store
from tests.fakes.discord_bot import world

NOW = datetime(2026, 3, 11, 9, tzinfo=UTC)


def test_the_wait_doubles_up_to_a_quarter_of_an_hour() -> None:
    """Without jitter from five seconds on; with it never less than half, so that bots do not come all at once."""
    waits = [backoff(failures, 0.0) for failures in range(1, 12)]
    assert waits[:3] == [BACKOFF_FIRST, 2 * BACKOFF_FIRST, 4 * BACKOFF_FIRST]
    assert waits == sorted(waits)
    assert backoff(10_000, 0.0) == BACKOFF_MOST
    assert backoff(1, 1.0) == BACKOFF_FIRST / 2


async def test_without_a_token_the_person_is_told_where_to_put_it(tmp_path: Path) -> None:
    """Nothing is asked of Discord."""
    store = Store.open(tmp_path / "broadsheet.db")
    bot = Discord(store, DiscordSettings(), lambda: NOW)
    with pytest.raises(PlatformRefused, match="BROADSHEET_DISCORD_TOKEN"):
        await bot.login()
    store.close()


async def test_a_wrong_token_is_refused_and_an_outage_is_not(tmp_path: Path) -> None:
    """Each says what to do; neither says the token."""
    async with world(tmp_path) as here:
        wrong = DiscordSettings.model_validate({"token": "no-such-token", "api_url": here.server.api_url})
        with pytest.raises(PlatformRefused, match="Reset Token") as refused:
            await Discord(here.store, wrong, lambda: NOW).login()
        assert "no-such-token" not in str(refused.value)
        nowhere = DiscordSettings.model_validate({"token": "t0ken", "api_url": "http://127.0.0.1:9/api/v10"})
        with pytest.raises(PlatformUnreachable) as unreachable:
            await Discord(here.store, nowhere, lambda: NOW).login()
        assert "t0ken" not in str(unreachable.value)
