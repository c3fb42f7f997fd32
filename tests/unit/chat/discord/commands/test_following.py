"""What is said about following."""

from datetime import UTC, datetime
from pathlib import Path

from bot.chat.discord.commands.following import followed, unfollowed
from bot.chat.discord.commands.frame import Asker, Desk
from bot.store import Store

NOW = datetime(2026, 3, 11, 9, tzinfo=UTC)


async def test_a_phrase_with_markup_is_said_as_it_is(tmp_path: Path) -> None:
    """What a person types comes back escaped, when it is followed, listed and let go."""
    store = Store.open(tmp_path / "broadsheet.db")
    desk, asker = Desk(store, lambda: NOW), Asker("discord:1", "77")
    for answer in (
        await followed(desk, asker, "*bold* @everyone", True),
        await followed(desk, asker, None, True),
        await unfollowed(desk, asker, "*bold* @everyone"),
    ):
        assert r"\*bold\*" in answer.rendered.content
        assert "@everyone" not in answer.rendered.content
    store.close()
