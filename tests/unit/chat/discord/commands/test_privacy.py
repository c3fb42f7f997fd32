"""What is said about what is kept."""

from datetime import UTC, datetime
from pathlib import Path

from bot import library
from bot.chat.discord.commands.frame import Asker, Desk
from bot.chat.discord.commands.privacy import FORGET_ID, asked, forgotten, told
from bot.chat.discord.limits import faults
from bot.store import Store

NOW = datetime(2026, 3, 11, 9, tzinfo=UTC)


async def test_deleting_asks_first_and_counts(tmp_path: Path) -> None:
    """The button deletes, the question does not."""
    store = Store.open(tmp_path / "broadsheet.db")
    desk, asker = Desk(store, lambda: NOW), Asker("discord:1", "77")
    await library.follow(store, asker.person, "77", "kites", NOW, direct=True)
    question = (await asked(desk, asker)).rendered
    assert [button.custom_id for button in question.buttons] == [FORGET_ID.pattern]
    assert faults(question) == ()
    assert len(await library.following(store, asker.person, "77")) == 1
    assert "1 thing" in (await forgotten(desk, asker)).rendered.content
    assert await library.following(store, asker.person, "77") == []
    assert (await told(desk, asker)).file is not None
    store.close()
