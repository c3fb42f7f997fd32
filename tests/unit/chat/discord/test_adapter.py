"""The adapter before it can do anything; what it does then is held by the contract of all adapters, and more."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.chat.discord import Discord
from bot.errors import HistoryUnavailable
from bot.models import State
from bot.publish import Broken, Failed, Rejected, compose, content
from bot.settings import DiscordSettings
from bot.store import Store, channels, outbox
from tests.fakes.discord_bot import admit
from tests.store.samples import on_discord

NOW = datetime(2026, 3, 11, 9, tzinfo=UTC)


async def test_before_the_login_everything_fails_for_now(tmp_path: Path) -> None:
    """Nothing is lost: a message is tried again soon, and an unsure one waits."""
    store = Store.open(tmp_path / "broadsheet.db")
    bot = Discord(store, DiscordSettings(), lambda: NOW)
    channel = on_discord(5)
    await store.write(channels.set_up, channel)
    await store.write(admit, 1, NOW)
    post = await store.write(compose, channel, NOW.date(), NOW)
    assert post is not None
    header = (await store.read(outbox.messages, post.id))[0]
    said = await store.read(content, post, header)
    assert header.state is State.PENDING
    assert isinstance(await bot.adapter.send(channel, post, header, said), Failed)
    assert isinstance(await bot.adapter.open_thread(channel, replace(post), header), Failed)
    with pytest.raises(HistoryUnavailable):
        await bot.adapter.find(channel, post, header)
    await bot.adapter.tell(channel, "nobody hears this")
    await bot.close()
    store.close()
    assert not issubclass(Failed, Broken | Rejected)
