"""Posting to Discord over REST, through the unmodified client library: what arrives, and what each fault becomes."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from bot.chat.discord.render import thread_name
from bot.errors import HistoryUnavailable
from bot.models import State
from bot.publish import Broken, Failed, Rejected, Sent, Unknown
from bot.store import outbox
from tests.fakes.discord_bot import Kind, markers_of, world
from tests.fakes.discord_server import DiscordServer, Fault, Permission, Rates

MESSAGES = r"^/channels/\d+/messages$"


@pytest.mark.parametrize("kind", ["text", "announcement", "forum"])
async def test_a_post_is_a_header_and_a_thread_of_papers(tmp_path: Path, kind: Kind) -> None:
    """Named for the day, listed for three days, each paper once and in order, and nobody pinged."""
    async with world(tmp_path, kind=kind) as here:
        post = await here.posted(3)
        (thread,) = here.place.threads
        assert str(thread.id) == post.thread_id
        assert thread.name == thread_name(post.header)
        assert thread.auto_archive == 4320
        papers = [
            embed["title"] for message in thread.messages for embed in message.embeds if "title" in embed
        ]
        assert sorted(papers) == [f"Paper {n}: sparse heads for device {n}" for n in (1, 2, 3)]
        markers = [one for place in (here.place, thread) for one in markers_of(place)]
        assert markers == [message.nonce for message in await here.store.read(outbox.messages, post.id)]
        assert [message.state for message in await here.store.read(outbox.messages, post.id)] == [
            State.SENT
        ] * 4
        for request in here.server.made("POST", "/channels/*/messages"):
            assert isinstance(request.body, dict)
            assert request.body["allowed_mentions"]["parse"] == []
            assert request.body["enforce_nonce"] is True


async def test_a_known_channel_costs_no_look(tmp_path: Path) -> None:
    """With the gateway, a post takes a request a message and one for the thread, and no other."""
    async with world(tmp_path, runs=True, seed_reaction=False) as here:
        await here.server.until(lambda: here.bot.client is not None and here.bot.client.is_ready())
        before = len(here.server.requests)
        await here.posted(3)
        assert [request.method for request in here.server.requests[before:]] == ["POST"] * 5


@pytest.mark.parametrize(
    ("fault", "outcome", "shown"),
    [
        (Fault.HTTP_500, Sent, 1),
        (Fault.HTTP_500_AFTER, Sent, 1),
        (Fault.HTTP_503, Unknown, 0),
        (Fault.DROP_BEFORE, Unknown, 0),
        (Fault.DROP_AFTER, Unknown, 1),
        (Fault.RATE_LIMITED, Sent, 1),
        (Fault.CLOUDFLARE, Failed, 0),
        (Fault.UNAUTHORIZED, Failed, 0),
        (Fault.FORBIDDEN, Broken, 0),
        (Fault.NOT_FOUND, Broken, 0),
    ],
)
async def test_each_fault_has_its_outcome(tmp_path: Path, fault: Fault, outcome: type, shown: int) -> None:
    """What certainly did not arrive failed; what may have is unknown; and nothing is ever there twice."""
    async with world(tmp_path) as here:
        post = await here.post()
        here.server.fail(fault, method="POST", path=MESSAGES, retry_after=0.2)
        assert isinstance(await here.send(post, 0), outcome)
        assert len(here.place.messages) == shown


@pytest.mark.parametrize("fault", [Fault.HTTP_503, Fault.DROP_BEFORE, Fault.DROP_AFTER])
async def test_an_unknown_message_is_sent_again_under_its_nonce(tmp_path: Path, fault: Fault) -> None:
    """Discord gives the message that it has, or takes the new one: it is there once."""
    async with world(tmp_path) as here:
        post = await here.post()
        here.server.fail(fault, method="POST", path=MESSAGES)
        assert isinstance(await here.send(post, 0), Unknown)
        assert isinstance(await here.send(post, 0), Sent)
        assert len(here.place.messages) == 1


async def test_a_request_that_never_left_failed(tmp_path: Path) -> None:
    """Where no connection could be made, nothing can have arrived: it is sent again without looking."""
    async with world(tmp_path) as here:
        post = await here.post()
        await here.server.stop()
        assert isinstance(await here.send(post, 0), Failed)


async def test_an_unsure_try_outweighs_a_refusal_for_now(tmp_path: Path) -> None:
    """After an error that may hide an accepted message, a long 429 in the same send leaves it unknown."""
    async with world(tmp_path) as here:
        post = await here.post()
        here.server.fail(Fault.HTTP_500_AFTER, method="POST", path=MESSAGES)
        here.server.fail(Fault.RATE_LIMITED, method="POST", path=MESSAGES, retry_after=120, after=0)
        assert isinstance(await here.send(post, 0), Unknown)


async def test_a_long_rate_limit_is_given_back(tmp_path: Path) -> None:
    """A send does not sleep for minutes: it fails with Discord's own time."""
    async with world(tmp_path) as here:
        post = await here.post()
        here.server.fail(Fault.RATE_LIMITED, method="POST", path=MESSAGES, retry_after=120)
        outcome = await here.send(post, 0)
        assert isinstance(outcome, Failed)
        assert outcome.retry_after is not None
        assert outcome.retry_after.total_seconds() == 120


async def test_nothing_is_asked_once_cloudflare_shut_the_bot_out(tmp_path: Path) -> None:
    """A 429 without Via opens the breaker: later sends fail without a request, with the time of the next."""
    async with world(tmp_path) as here:
        post = await here.post()
        here.server.fail(Fault.CLOUDFLARE, method="POST", path=MESSAGES)
        await here.send(post, 0)
        before = len(here.server.requests)
        outcome = await here.send(post, 0)
        assert isinstance(outcome, Failed)
        assert outcome.retry_after is not None
        assert outcome.retry_after.total_seconds() > 3000
        assert len(here.server.requests) == before


async def test_a_wrong_token_stops_everything(tmp_path: Path) -> None:
    """After a 401 not one request more goes out."""
    async with world(tmp_path) as here:
        post = await here.post()
        here.server.fail(Fault.UNAUTHORIZED)
        await here.send(post, 0)
        before = len(here.server.requests)
        assert isinstance(await here.send(post, 0), Failed)
        assert len(here.server.requests) == before


@pytest.mark.parametrize("runs", [True, False])
async def test_a_missing_permission_is_named(tmp_path: Path, runs: bool) -> None:
    """What is missing and what to do stands in the reason; with the gateway nothing is even tried."""
    async with world(tmp_path, runs=runs) as here:
        here.guild.deny(here.place, Permission.SEND_MESSAGES)
        if runs:
            await here.server.until(lambda: here.bot.client is not None and here.bot.client.is_ready())
        outcome = await here.send(await here.post(), 0)
        assert isinstance(outcome, Broken)
        assert "Send Messages" in outcome.reason
        assert len(here.server.made("POST", "/channels/*/messages")) == (0 if runs else 1)


async def test_a_permission_missing_in_the_thread_is_named(tmp_path: Path) -> None:
    """The thread asks for a permission of its own."""
    async with world(tmp_path) as here:
        post = await here.opened()
        here.guild.deny(here.place, Permission.SEND_MESSAGES_IN_THREADS)
        outcome = await here.send(post, 1)
        assert isinstance(outcome, Broken)
        assert "Send Messages in Threads" in outcome.reason


async def test_a_channel_of_another_kind_is_broken(tmp_path: Path) -> None:
    """A voice channel holds no daily post, and the reason says which do."""
    async with world(tmp_path, kind="voice") as here:
        outcome = await here.send(await here.post(), 0)
        assert isinstance(outcome, Broken)
        assert "forum" in outcome.reason


async def test_a_deleted_channel_is_broken_and_a_deleted_thread_is_not(tmp_path: Path) -> None:
    """The rest of a day whose thread is gone is given up; a channel that is gone waits for a person."""
    async with world(tmp_path) as here:
        post = await here.opened()
        here.place.threads[0].delete()
        assert isinstance(await here.send(post, 1), Rejected)
        here.place.delete()
        outcome = await here.adapter.open_thread(here.channel, post, await here.message(post, 0))
        assert isinstance(outcome, Broken)


async def test_a_message_that_somebody_deleted_is_not_posted_again(tmp_path: Path) -> None:
    """The nonce of a deleted message gives 10008: it was there, and a person did not want it."""
    async with world(tmp_path) as here:
        post = await here.post()
        here.server.fail(Fault.DROP_AFTER, method="POST", path=MESSAGES)
        await here.send(post, 0)
        await here.server.delete_message(here.place.messages[0].id)
        assert isinstance(await here.send(post, 0), Rejected)
        assert here.place.messages == []


async def test_a_header_that_somebody_deleted_gets_no_thread(tmp_path: Path) -> None:
    """A thread without its message is never made."""
    async with world(tmp_path) as here:
        post = await here.post()
        assert isinstance(await here.send(post, 0), Sent)
        await here.server.delete_message(here.place.messages[0].id)
        outcome = await here.adapter.open_thread(here.channel, post, await here.message(post, 0))
        assert isinstance(outcome, Rejected)
        assert here.place.threads == []


async def test_sending_brings_an_archived_thread_back_but_not_a_locked_one(tmp_path: Path) -> None:
    """An archived thread takes messages; a locked one is given up with the rest of its post."""
    async with world(tmp_path, seed_reaction=False) as here:
        post = await here.opened(3)
        thread = here.place.threads[0]
        await here.server.archive(thread.id)
        assert isinstance(await here.send(post, 1), Sent)
        assert not thread.archived
        await here.server.archive(thread.id, locked=True)
        outcome = await here.send(post, 2)
        assert isinstance(outcome, Rejected)
        assert outcome.whole_post
        assert "locked" in outcome.reason


async def test_an_unreadable_history_says_nothing(tmp_path: Path) -> None:
    """Without the permission Discord gives an empty history: nothing may be concluded from it."""
    async with world(tmp_path) as here:
        post = await here.post()
        assert isinstance(await here.send(post, 0), Sent)
        here.guild.deny(here.place, Permission.READ_MESSAGE_HISTORY)
        with pytest.raises(HistoryUnavailable, match="Read Message History"):
            await here.adapter.find(here.channel, post, await here.message(post, 0))


async def test_an_outage_of_the_history_says_nothing(tmp_path: Path) -> None:
    """Whatever keeps the history from being read is no answer."""
    async with world(tmp_path) as here:
        post = await here.post()
        here.server.fail(Fault.HTTP_503, method="GET", times=None)
        with pytest.raises(HistoryUnavailable):
            await here.adapter.find(here.channel, post, await here.message(post, 0))


@pytest.mark.parametrize("archived", [True, False])
async def test_a_forum_post_whose_answer_was_lost_is_found(tmp_path: Path, archived: bool) -> None:
    """A forum post has no nonce: it is looked for before one is made, among those archived, too."""
    async with world(tmp_path, kind="forum") as here:
        post = await here.post()
        here.server.fail(Fault.DROP_AFTER, method="POST", path=r"/threads$")
        assert isinstance(await here.send(post, 0), Unknown)
        (thread,) = here.place.threads
        await here.server.archive(thread.id, archived=archived)
        message = await here.message(post, 0)
        assert await here.adapter.find(here.channel, post, message) == str(thread.id)
        assert await here.send(post, 0) == Sent(str(thread.id))
        assert len(here.place.threads) == 1


@pytest.mark.parametrize("tags", [("papers", "talk"), ()])
async def test_a_forum_that_requires_a_tag_gets_one(tmp_path: Path, tags: tuple[str, ...]) -> None:
    """The first that all may set; where there is none a person has to make one."""

    def prepare(server: DiscordServer) -> None:
        (guild,) = server.guilds.values()
        (forum,) = guild.channels
        forum.tags = {str(server.snowflake()): tag for tag in tags}
        forum.require_tag = True

    async with world(tmp_path, kind="forum", prepare=prepare) as here:
        outcome = await here.send(await here.post(), 0)
        if tags:
            assert isinstance(outcome, Sent)
            assert here.place.threads[0].applied_tags == [next(iter(here.place.tags))]
        else:
            assert isinstance(outcome, Broken)
            assert "tag" in outcome.reason


async def test_the_owner_is_told(tmp_path: Path) -> None:
    """Who set the channel up, else the bot's owner; who takes no direct messages is not told, and nothing breaks."""
    async with world(tmp_path) as here:
        ada = here.guild.add_member("ada")
        await here.adapter.tell(here.channel, "it is *gone* @everyone")
        await here.adapter.tell(replace(here.channel, owner=f"discord:{ada}"), "hello")
        here.server.users[ada].closed = True
        await here.adapter.tell(replace(here.channel, owner=f"discord:{ada}"), "again")
        told = {user: here.server.direct(user).messages for user in (here.server.owner_id, ada)}
        assert [len(messages) for messages in told.values()] == [1, 1]
        assert not any(message.pinged for messages in told.values() for message in messages)


async def test_each_paper_gets_the_bots_reaction(tmp_path: Path) -> None:
    """Every paper of a small post can be tapped on; the header has none."""
    async with world(tmp_path) as here:
        await here.posted(3)
        papers = here.place.threads[0].messages
        await here.server.until(lambda: all(here.server.bot_id in paper.reactors("🔖") for paper in papers))
        assert here.place.messages[0].emojis() == []


async def test_a_large_post_or_a_setting_goes_without(tmp_path: Path) -> None:
    """More than 25 papers would cost too many requests."""
    async with world(tmp_path) as here:
        await here.posted(26)
        await here.bot.close(5.0)
        assert here.server.made("PUT", "/channels/*/messages/*/reactions/*/@me") == []


async def test_a_reaction_that_cannot_be_made_hurts_nothing(tmp_path: Path) -> None:
    """An emoji that is not there leaves the papers without one, and posted."""
    async with world(tmp_path, emoji="gone:123") as here:
        post = await here.posted(2)
        assert {one.state for one in await here.store.read(outbox.messages, post.id)} == {State.SENT}
        await here.bot.close(5.0)
        assert not any(message.emojis() for message in here.place.threads[0].messages)


async def test_no_limit_is_ever_hit(tmp_path: Path) -> None:
    """With Discord's limits in force, posts to several channels at once are answered without a single 429."""
    async with world(tmp_path, rates=Rates(), seed_reaction=False) as here:
        await asyncio.gather(*(here.bot.adapter.tell(here.channel, str(number)) for number in range(4)))
        await here.posted(6)
        assert here.server.too_many == 0
