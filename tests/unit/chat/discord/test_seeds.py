"""The bot's own reactions: in the background, and of no consequence."""

from pathlib import Path

from bot.chat.discord.rates import Rates
from bot.chat.discord.seeds import Seeds
from tests.fakes.discord_bot import world
from tests.fakes.discord_server import Fault


async def test_a_reaction_that_fails_leaves_those_after_it_out(tmp_path: Path) -> None:
    """An outage ends the reactions of this thread; the next thread has its own."""
    async with world(tmp_path, seed_reaction=False) as here:
        post = await here.posted(3)
        papers = here.place.threads[0].messages
        here.server.fail(Fault.FORBIDDEN, method="PUT")
        seeds = Seeds(lambda: here.bot.client, Rates(here.server.api_url), "🔖")
        for paper in papers[:2]:
            seeds.add(int(post.thread_id or 0), paper.id)
        await seeds.stop(5.0)
        assert [paper.emojis() for paper in papers] == [[], [], []]
        seeds.add(int(post.thread_id or 0), papers[2].id)
        await seeds.stop(5.0)
        assert papers[2].emojis() == ["🔖"]


async def test_stopping_waits_for_nothing_that_is_not_asked_for(tmp_path: Path) -> None:
    """A bot that is told to stop leaves the rest unseeded; so does one that is not logged in."""
    async with world(tmp_path, seed_reaction=False) as here:
        post = await here.posted(1)
        nobody = Seeds(lambda: None, Rates(here.server.api_url), "🔖")
        nobody.add(int(post.thread_id or 0), here.place.threads[0].messages[0].id)
        await nobody.stop(5.0)
        here.server.fail(Fault.HANG_BEFORE, method="PUT")
        stuck = Seeds(lambda: here.bot.client, Rates(here.server.api_url), "🔖")
        stuck.add(int(post.thread_id or 0), here.place.threads[0].messages[0].id)
        await here.server.until(lambda: here.server.made("PUT", "/channels/*/messages/*/reactions/*/@me"))
        await stuck.stop()
        assert here.place.threads[0].messages[0].emojis() == []
