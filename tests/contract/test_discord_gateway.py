"""What people do in Discord, told over the gateway to the unmodified client library: reactions, servers, outages."""

import asyncio
import logging
from datetime import timedelta
from pathlib import Path

import pytest

from bot.chat.discord import session
from bot.models import Bookmark
from bot.publish import Sent
from bot.store import bookmarks, channels, outbox, reactions
from tests.fakes.discord_bot import World, world
from tests.fakes.discord_server import Fault, Msg

EMOJI = "🔖"


async def kept(here: World) -> list[str]:
    """Who keeps some paper."""
    return sorted(one.person for one in await here.store.read(bookmarks.of))


async def becomes(here: World, people: list[int]) -> None:
    """Wait until just these people keep a paper."""
    wanted = sorted(f"discord:{person}" for person in people)
    async with asyncio.timeout(10):
        while True:
            if await kept(here) == wanted:
                return
            await asyncio.sleep(0.02)


async def quiet(here: World) -> None:
    """Wait until everything that was told so far is dealt with: a bookmark of somebody else comes after it."""
    late = here.guild.add_member("late")
    await here.server.react(late, papers(here)[-1].id, EMOJI)
    async with asyncio.timeout(10):
        while True:
            if f"discord:{late}" in await kept(here):
                break
            await asyncio.sleep(0.02)
    await here.server.unreact(late, papers(here)[-1].id, EMOJI)
    async with asyncio.timeout(10):
        while True:
            if f"discord:{late}" not in await kept(here):
                return
            await asyncio.sleep(0.02)


def papers(here: World) -> list[Msg]:
    """The papers of the first post, as people see them."""
    return here.place.threads[0].messages


async def reconciled(here: World, passes: int) -> None:
    """Wait until the messages were looked at so many times."""
    async with asyncio.timeout(20):
        while True:
            if here.bot.reconciled >= passes:
                return
            await asyncio.sleep(0.02)


async def test_reactions_are_bookmarks(tmp_path: Path) -> None:
    """Of everybody but bots, in whatever way; on papers only; with our emoji only; until taken back."""
    async with world(tmp_path, runs=True) as here:
        await here.posted(2)
        ada, eve, other = (here.guild.add_member(name) for name in ("ada", "eve", "other"))
        first, second = papers(here)
        await here.server.react(other, here.place.messages[0].id, EMOJI)
        await here.server.react(other, first.id, "👍")
        await here.server.react(ada, first.id, EMOJI)
        await here.server.react(eve, second.id, EMOJI, burst=True)
        await becomes(here, [ada, eve])
        (mine,) = await here.store.read(bookmarks.of, f"discord:{ada}")
        assert mine.source == "discord:reaction"
        await here.server.unreact(ada, first.id, EMOJI)
        await here.server.unreact(eve, second.id, EMOJI, burst=True)
        await becomes(here, [])


async def test_one_of_two_reactions_is_enough(tmp_path: Path) -> None:
    """Who reacted in both ways keeps the paper until both are taken back; looking finds nothing more to do."""
    async with world(tmp_path, runs=True) as here:
        await here.posted(2)
        ada, eve = here.guild.add_member("ada"), here.guild.add_member("eve")
        first, second = papers(here)
        await here.server.react(ada, first.id, EMOJI)
        await here.server.react(ada, first.id, EMOJI, burst=True)
        await here.server.react(eve, second.id, EMOJI)
        await becomes(here, [ada, eve])
        await here.server.unreact(ada, first.id, EMOJI)
        await here.server.unreact(eve, second.id, EMOJI)
        await becomes(here, [ada])
        await here.server.react(ada, first.id, EMOJI, dispatch=False)
        passes, before = here.bot.reconciled, len(here.server.requests)
        here.server.invalidate_sessions()
        await reconciled(here, passes + 1)
        here.server.invalidate_sessions()
        await reconciled(here, passes + 2)
        asked = [
            one for one in here.server.requests[before:] if "/reactions/" in one.path and one.method == "GET"
        ]
        assert len(asked) == 2
        await here.server.unreact(ada, first.id, EMOJI, burst=True)
        await quiet(here)
        assert await kept(here) == [f"discord:{ada}"]
        await here.server.unreact(ada, first.id, EMOJI)
        await becomes(here, [])


async def test_a_bookmark_dropped_by_button_stays_dropped(tmp_path: Path) -> None:
    """The reaction that is still there brings it back neither by looking nor by itself; reacting anew does."""
    async with world(tmp_path, runs=True) as here:
        await here.posted(2)
        ada, eve = here.guild.add_member("ada"), here.guild.add_member("eve")
        first = papers(here)[0]
        await here.server.react(ada, first.id, EMOJI)
        await becomes(here, [ada])
        await here.store.write(bookmarks.remove, f"discord:{ada}", 1)
        await here.server.react(eve, first.id, EMOJI, dispatch=False)
        passes = here.bot.reconciled
        here.server.invalidate_sessions()
        await reconciled(here, passes + 1)
        await becomes(here, [eve])
        await quiet(here)
        assert await kept(here) == [f"discord:{eve}"]
        await here.server.unreact(ada, first.id, EMOJI)
        await here.server.react(ada, first.id, EMOJI)
        await becomes(here, [ada, eve])


async def test_an_emoji_with_a_variation_selector_is_the_same(tmp_path: Path) -> None:
    """Whichever way the setting and the client write it."""
    async with world(tmp_path, runs=True, emoji="❤️", seed_reaction=False) as here:
        await here.posted(1)
        ada = here.guild.add_member("ada")
        await here.server.react(ada, papers(here)[0].id, "❤")
        await becomes(here, [ada])


async def test_a_custom_emoji_is_known_by_its_number(tmp_path: Path) -> None:
    """Its name may change."""
    async with world(tmp_path, runs=True, emoji="other:77", seed_reaction=False) as here:
        here.guild.emojis["77"] = "renamed"
        await here.posted(1)
        ada = here.guild.add_member("ada")
        await here.server.react(ada, papers(here)[0].id, "renamed:77")
        await becomes(here, [ada])


async def test_moderators_drop_nobodys_bookmark(tmp_path: Path) -> None:
    """Reactions cleared, an emoji cleared, a message deleted: who kept the paper keeps it."""
    async with world(tmp_path, runs=True, seed_reaction=False) as here:
        await here.posted(4)
        people = [here.guild.add_member(f"reader {number}") for number in range(3)]
        for person, paper in zip(people, papers(here), strict=False):
            await here.server.react(person, paper.id, EMOJI)
        await becomes(here, people)
        first, second, third, _ = papers(here)
        await here.server.clear_reactions(first.id)
        await here.server.clear_emoji(second.id, EMOJI)
        await here.server.delete_message(third.id)
        await quiet(here)
        assert await kept(here) == sorted(f"discord:{person}" for person in people)
        found = await here.store.read(reactions.recent, "discord", EMOJI, here.clock() - timedelta(1), 9)
        assert [one.people for one in found] == [0, 0, 0, 0]


async def test_what_was_missed_is_made_good_after_a_restart(tmp_path: Path) -> None:
    """Reactions and unreactions while nobody listened, of hundreds of people, normal and super."""
    async with world(tmp_path, runs=True) as here:
        await reconciled(here, 1)
        await here.posted(3)
        first, second, _ = papers(here)
        await here.server.until(
            lambda: all(here.server.bot_id in paper.reactors(EMOJI) for paper in papers(here))
        )
        many = [here.guild.add_member(f"reader {number}") for number in range(230)]
        gone, cleared = here.guild.add_member("gone"), here.guild.add_member("cleared")
        await here.server.react(gone, first.id, EMOJI)
        await here.server.react(cleared, second.id, EMOJI)
        await becomes(here, [gone, cleared])
        await here.server.unreact(gone, first.id, EMOJI, dispatch=False)
        await here.server.clear_reactions(second.id, dispatch=False)
        for number, person in enumerate(many):
            await here.server.react(person, first.id, EMOJI, burst=number % 10 == 0, dispatch=False)
        passes = here.bot.reconciled
        before = len(here.server.requests)
        here.server.invalidate_sessions()
        await reconciled(here, passes + 1)
        await becomes(here, [*many, cleared])
        looked = [request.path for request in here.server.requests[before:] if request.method == "GET"]
        assert sum("/reactions/" in path for path in looked) == 4
        assert sum(path.endswith("/messages") for path in looked) == 1


async def test_a_resumed_session_is_not_looked_at(tmp_path: Path) -> None:
    """What happened meanwhile is told again by Discord itself."""
    async with world(tmp_path, runs=True) as here:
        await here.posted(1)
        await reconciled(here, 1)
        ada = here.guild.add_member("ada")
        passes = here.bot.reconciled
        here.server.drop_gateway()
        await here.server.react(ada, papers(here)[0].id, EMOJI)
        await becomes(here, [ada])
        assert here.server.resumes == 1
        assert here.bot.reconciled == passes


async def test_a_server_that_was_left_rests_until_the_bot_is_back(tmp_path: Path) -> None:
    """An outage of it is no leaving."""
    async with world(tmp_path, runs=True) as here:
        client = here.bot.client
        assert client is not None
        await here.server.until(client.is_ready)
        await here.posted(1)
        here.guild.unavailable()
        here.guild.available()
        assert await here.store.read(channels.active) != []
        here.guild.remove()
        async with asyncio.timeout(10):
            while True:
                if await here.store.read(channels.active) == []:
                    break
                await asyncio.sleep(0.02)
        here.server.guilds[here.guild.id] = here.guild
        here.server.send("GUILD_CREATE", here.guild.payload(), 1, here.guild)
        async with asyncio.timeout(10):
            while True:
                if await here.store.read(channels.active) != []:
                    break
                await asyncio.sleep(0.02)


async def test_a_channel_learns_its_server_from_the_gateway(tmp_path: Path) -> None:
    """So that its server's leaving is understood before the first post."""
    async with world(tmp_path, runs=True) as here:
        await reconciled(here, 1)
        (channel,) = await here.store.read(channels.active)
        assert channel.server == str(here.guild.id)


async def test_posting_does_not_wait_for_the_gateway(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A gateway that cannot be reached is tried ever more seldom, and posts go out meanwhile."""
    monkeypatch.setattr(session, "CONNECT_PATIENCE", 0.2)
    monkeypatch.setattr(session, "BACKOFF_FIRST", 0.2)
    async with world(tmp_path) as here:
        here.server.refuse_gateway(10_000)
        running = asyncio.create_task(here.bot.run(here.stop))
        assert isinstance(await here.send(await here.post(), 0), Sent)
        await here.server.until(lambda: len(here.server.made("GET", "/gateway/bot")) >= 3)
        here.server.heal()
        await here.server.until(lambda: here.server.connected)
        here.stop.set()
        await running


@pytest.mark.parametrize("code", [4004, 4014])
async def test_a_refusal_for_good_is_said_once(
    tmp_path: Path, code: int, caplog: pytest.LogCaptureFixture
) -> None:
    """A wrong token or intent never becomes right: no further session is begun."""
    async with world(tmp_path, runs=True) as here:
        client = here.bot.client
        assert client is not None
        await here.server.until(client.is_ready)
        begun = here.server.identifies
        here.server.drop_gateway(code)
        await here.server.until(lambda: not here.server.connected)
        await asyncio.sleep(0.5)
        assert here.server.identifies == begun
        assert isinstance(await here.send(await here.post(), 0), Sent)


async def test_a_token_that_is_refused_stops_the_gateway(tmp_path: Path) -> None:
    """A 401 to any request ends the session, too, and nothing more is asked."""
    async with world(tmp_path, runs=True) as here:
        client = here.bot.client
        assert client is not None
        await here.server.until(client.is_ready)
        here.server.fail(Fault.UNAUTHORIZED)
        post = await here.post()
        await here.send(post, 0)
        await here.server.until(lambda: not here.server.connected)
        before = len(here.server.requests)
        await here.send(post, 0)
        assert len(here.server.requests) == before


async def test_an_invalidated_session_is_begun_anew(tmp_path: Path) -> None:
    """Opcode 9, opcode 7 and a lost connection each end in a listening bot."""
    async with world(tmp_path, runs=True) as here:
        client = here.bot.client
        assert client is not None
        await here.server.until(client.is_ready)
        for trouble in (
            here.server.reconnect_gateway,
            here.server.drop_gateway,
            here.server.invalidate_sessions,
        ):
            trouble()
            await here.server.until(lambda: not here.server.connected, seconds=5)
            await here.server.until(lambda: here.server.connected, seconds=20)


async def test_few_sessions_left_are_left_alone(tmp_path: Path) -> None:
    """Near the end of the day's sessions none is begun, and posts go out."""
    async with world(tmp_path) as here:
        here.server.gateway.identify_limit = 3
        running = asyncio.create_task(here.bot.run(here.stop))
        await here.server.until(lambda: here.server.made("GET", "/gateway/bot"))
        assert isinstance(await here.send(await here.post(), 0), Sent)
        assert here.server.identifies == 0
        here.stop.set()
        await asyncio.wait_for(running, 5)


async def test_stopping_is_quick_and_the_send_in_hand_goes_on(tmp_path: Path) -> None:
    """The gateway is left at once; requests work until the bot is closed."""
    async with world(tmp_path, runs=True) as here:
        client = here.bot.client
        assert client is not None
        await here.server.until(client.is_ready)
        post = await here.post()
        here.server.fail(Fault.SLOW_AFTER, method="POST", path=r"/messages$", seconds=1.0)
        sending = asyncio.create_task(here.send(post, 0))
        await here.server.until(lambda: here.server.made("POST", "/channels/*/messages"))
        here.stop.set()
        await here.server.until(lambda: not here.server.connected, seconds=5)
        assert isinstance(await sending, Sent)


async def test_the_token_is_in_no_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Not even when everything is logged; nor is what was posted."""
    caplog.set_level(logging.DEBUG)
    async with world(tmp_path, runs=True) as here:
        post = await here.posted(1)
        message = (await here.store.read(outbox.messages, post.id))[1]
        token = here.server.token
    assert token not in caplog.text
    assert message.nonce not in caplog.text


async def test_a_bookmark_by_reaction_is_like_any_other(tmp_path: Path) -> None:
    """It names its person as the platform does."""
    async with world(tmp_path, runs=True) as here:
        await here.posted(1)
        ada = here.guild.add_member("ada")
        await here.server.react(ada, papers(here)[0].id, EMOJI)
        await becomes(here, [ada])
        (mine,) = await here.store.read(bookmarks.of)
        assert mine == Bookmark(f"discord:{ada}", 1, mine.created, source="discord:reaction")
