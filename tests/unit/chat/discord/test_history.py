"""Looking for our own messages: far enough back, and no further than can be searched."""

from pathlib import Path

import pytest

from bot.chat.discord import history
from bot.errors import HistoryUnavailable
from bot.publish import Sent
from tests.fakes.discord_bot import world


async def test_other_messages_do_not_hide_ours(tmp_path: Path) -> None:
    """People talk, and may even copy our marker: only our own message is found."""
    async with world(tmp_path) as here:
        ada = here.guild.add_member("ada")
        post = await here.post()
        header = await here.message(post, 0)
        for number in range(3):
            await here.server.say(ada, here.place.id, f"{number} of 3 · {header.nonce}")
        assert await here.adapter.find(here.channel, post, header) is None
        sent = await here.send(post, 0)
        await here.server.say(ada, here.place.id, "nice")
        assert isinstance(sent, Sent)
        assert await here.adapter.find(here.channel, post, header) == sent.platform_id


async def test_a_history_too_long_to_search_says_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not found among the first so many is not the same as not there."""
    monkeypatch.setattr(history, "HISTORY", 3)
    async with world(tmp_path) as here:
        ada = here.guild.add_member("ada")
        post = await here.post()
        for number in range(3):
            await here.server.say(ada, here.place.id, str(number))
        with pytest.raises(HistoryUnavailable, match="more than 3"):
            await here.adapter.find(here.channel, post, await here.message(post, 0))


async def test_posts_of_other_people_in_a_forum_are_passed_over(tmp_path: Path) -> None:
    """Only the bot's own posts are opened to look for the marker."""
    async with world(tmp_path, kind="forum") as here:
        ada = here.server.users[here.guild.add_member("ada")]
        here.server.open_thread(here.place, {"name": "questions"}, ada)
        post = await here.post()
        assert await here.adapter.find(here.channel, post, await here.message(post, 0)) is None
        assert here.server.made("GET", "/channels/*/messages/*") == []
