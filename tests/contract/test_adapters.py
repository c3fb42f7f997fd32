"""What the publisher may rely on, of every chat adapter and of the fake that stands in for them."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from time import monotonic

import pytest
from pydantic import SecretStr

from bot.chat.discord import Discord
from bot.chat.web import WebAdapter
from bot.models import Brief, Channel, Link, Message, Paper, Post, State
from bot.publish import ChatAdapter, Sent, compose, content
from bot.settings import DiscordSettings
from bot.store import Connection, Store, channels, outbox, papers
from tests.fakes.discord_bot import markers_of
from tests.fakes.discord_server import DiscordServer, Rates
from tests.fakes.memory_chat import FakeChat

NOW = datetime(2026, 3, 11, 9, tzinfo=UTC)
TODAY = date(2026, 3, 11)

HOSTILE = (
    "@everyone <@1> <!channel> <script>alert(1)</script>",
    "**bold** `code` ~~~ [x](javascript:alert(1)) ||spoiler||",
    "\u202edlrow\u202c \x00\x1b[31m \ud800 \u2028",
    "𝒳 👩🏽‍🔬 " * 20,
    "long " * 2000,
    "",
)


@dataclass
class Rig:
    """An adapter with the channel it posts to. ``shown`` tells the nonces that people see there, in order."""

    adapter: ChatAdapter
    store: Store
    channel: Channel
    shown: Callable[[Post], Awaitable[Sequence[str]]]
    later: Callable[[timedelta], None]

    async def say(self, post: Post, message: Message) -> str:
        """Send a message and record it, as the publisher does, and give the platform's id."""
        await self.store.write(outbox.claim, message.id, NOW)
        said = await self.store.read(content, post, message)
        outcome = await self.adapter.send(self.channel, post, message, said)
        assert isinstance(outcome, Sent)
        await self.store.write(outbox.record_sent, message.id, outcome.platform_id, NOW)
        return outcome.platform_id

    async def messages(self, post: Post) -> list[Message]:
        """The post's messages, as they are now."""
        return await self.store.read(outbox.messages, post.id)

    async def open(self, post: Post) -> Post:
        """Send the header, open its thread, and give the post with it."""
        await self.say(post, (await self.messages(post))[0])
        outcome = await self.adapter.open_thread(self.channel, post, (await self.messages(post))[0])
        assert isinstance(outcome, Sent)
        await self.store.write(outbox.record_thread, post.id, outcome.platform_id)
        return replace(post, thread_id=outcome.platform_id)


@asynccontextmanager
async def fake(store: Store) -> AsyncIterator[Rig]:
    """The fake, in memory."""
    now = [NOW]
    chat = FakeChat(lambda: now[0])

    async def shown(post: Post) -> Sequence[str]:
        return [one.nonce for one in chat.shown]

    def later(span: timedelta) -> None:
        now[0] += span

    yield Rig(chat, store, Channel("fake:news", "fake", "news", "news", "UTC", time(9), 20), shown, later)


@asynccontextmanager
async def web(store: Store) -> AsyncIterator[Rig]:
    """The web channel, whose pages show what the outbox says was sent."""

    async def shown(post: Post) -> Sequence[str]:
        messages = await store.read(outbox.messages, post.id)
        return [one.nonce for one in messages if one.state is State.SENT]

    channel = Channel("web:news", "web", "news", "news", "UTC", time(9), 20)
    yield Rig(WebAdapter(), store, channel, shown, lambda span: None)


@asynccontextmanager
async def discord_text(store: Store) -> AsyncIterator[Rig]:
    """A text channel of Discord, on the loopback server, as ``broadsheet post`` posts there: without the gateway."""
    async with discord_rig(store, "text") as rig:
        yield rig


@asynccontextmanager
async def discord_announcement(store: Store) -> AsyncIterator[Rig]:
    """An announcement channel of Discord."""
    async with discord_rig(store, "announcement") as rig:
        yield rig


@asynccontextmanager
async def discord_forum(store: Store) -> AsyncIterator[Rig]:
    """A forum of Discord that requires a tag, where the header is the forum post itself."""
    async with discord_rig(store, "forum") as rig:
        yield rig


@asynccontextmanager
async def discord_rig(store: Store, kind: str) -> AsyncIterator[Rig]:
    """A channel of a kind on the loopback Discord, whose clock ``later`` puts forward."""
    ahead = [0.0]
    rates = Rates(enforce=False, messages=None, reactions=None)
    async with DiscordServer(rates=rates, wall=lambda: NOW.timestamp() + monotonic() + ahead[0]) as server:
        guild = server.add_guild()
        made = {
            "text": guild.add_text,
            "announcement": guild.add_announcement,
            "forum": lambda: guild.add_forum(tags=("papers",), require_tag=True),
        }[kind]()
        settings = DiscordSettings(
            token=SecretStr(server.token), api_url=server.api_url, gateway_url=server.gateway_url
        )
        bot = Discord(store, settings, lambda: NOW)
        await bot.login()

        async def shown(post: Post) -> Sequence[str]:
            return [nonce for place in (made, *made.threads) for nonce in markers_of(place)]

        def later(span: timedelta) -> None:
            ahead[0] += span.total_seconds()

        channel = Channel(f"discord:{made.id}", "discord", str(made.id), "news", "UTC", time(9), 20)
        yield Rig(bot.adapter, store, channel, shown, later)
        await bot.close()
        assert server.violations == []


RIGS: dict[str, Callable[[Store], AbstractAsyncContextManager[Rig]]] = {
    "fake": fake,
    "web": web,
    "discord": discord_text,
    "discord announcement": discord_announcement,
    "discord forum": discord_forum,
}


@pytest.fixture(params=[*RIGS])
async def rig(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Rig]:
    """Each adapter in turn, on a history of its own."""
    store = Store.open(tmp_path / "broadsheet.db")
    async with RIGS[request.param](store) as made:
        await store.write(channels.sync, [made.channel])
        yield made
    store.close()


def admit(db: Connection, texts: Sequence[str]) -> None:
    """A paper for each text, which is its title, abstract, summary, and everything else."""
    for text in texts:
        clean = text.encode("utf-8", "replace").decode()
        paper = Paper(clean, clean, clean, clean, authors=(clean,), url="https://example.org")
        links = (Link("code", f"https://example.org/{clean[:40]}"),)
        papers.admit(db, Brief(paper, clean, (clean[:40],), (clean[:40],), links), (), NOW)


async def post_of(rig: Rig, *texts: str, max_papers: int = 20) -> Post:
    """A post in the outbox about papers of these texts."""
    await rig.store.write(admit, texts)
    post = await rig.store.write(compose, replace(rig.channel, max_papers=max_papers), TODAY, NOW)
    assert post is not None
    return post


async def test_a_whole_post_is_shown_in_order(rig: Rig) -> None:
    """Header, papers and closing message are accepted, each under an id of its own."""
    post = await rig.open(await post_of(rig, "Kites", "Ducks", "Boats", max_papers=2))
    messages = await rig.messages(post)
    assert [message.kind for message in messages] == ["header", "paper", "paper", "closing"]
    ids = [messages[0].platform_id] + [await rig.say(post, message) for message in messages[1:]]
    assert len(set(ids)) == 4
    assert list(await rig.shown(post)) == [message.nonce for message in messages]


async def test_a_nonce_used_again_at_once_shows_nothing_twice(rig: Rig) -> None:
    """Sending again within the window is safe, in the channel and in the thread."""
    post = await rig.open(await post_of(rig, "Kites"))
    for message in await rig.messages(post):
        said = await rig.store.read(content, post, message)
        known = message.platform_id or await rig.say(post, message)
        assert [await rig.adapter.send(rig.channel, post, message, said) for _ in range(3)] == [
            Sent(known)
        ] * 3
    nonces = [message.nonce for message in await rig.messages(post)]
    assert list(await rig.shown(post)) == nonces


async def test_a_thread_that_is_open_opens_again_under_the_same_id(rig: Rig) -> None:
    """Who died before recording a thread asks again and gets it."""
    post = await rig.open(await post_of(rig, "Kites"))
    header = (await rig.messages(post))[0]
    for known in (post, replace(post, thread_id=None)):
        assert await rig.adapter.open_thread(rig.channel, known, header) == Sent(post.thread_id or "")


async def test_what_was_never_sent_is_not_found(rig: Rig) -> None:
    """Neither before the post nor in its thread is there a message that nobody sent."""
    post = await post_of(rig, "Kites")
    for message in await rig.messages(post):
        assert await rig.adapter.find(rig.channel, post, message) is None
    post = await rig.open(post)
    assert await rig.adapter.find(rig.channel, post, (await rig.messages(post))[1]) is None


@pytest.mark.parametrize("part", [0, 1])
async def test_a_lost_answer_is_made_good_long_after(rig: Rig, part: int) -> None:
    """Find, then send what is certainly not there: the message is shown once, though its answer was lost."""
    post = await post_of(rig, "Kites")
    if part:
        post = await rig.open(post)
    message = (await rig.messages(post))[part]
    await rig.store.write(outbox.claim, message.id, NOW)
    said = await rig.store.read(content, post, message)
    assert isinstance(await rig.adapter.send(rig.channel, post, message, said), Sent)
    await rig.store.write(outbox.disown, rig.channel.key)
    rig.later(timedelta(days=1))
    found = await rig.adapter.find(rig.channel, post, message)
    if found is None:
        await rig.say(post, message)
    else:
        await rig.store.write(outbox.record_sent, message.id, found, NOW)
    assert (await rig.shown(post)).count(message.nonce) == 1


@pytest.mark.parametrize("text", HOSTILE, ids=["mention", "markup", "controls", "emoji", "long", "empty"])
async def test_hostile_text_is_accepted(rig: Rig, text: str) -> None:
    """Whatever a paper says, it goes out: alone, and named in the closing message."""
    post = await rig.open(await post_of(rig, text, text, max_papers=1))
    for message in (await rig.messages(post))[1:]:
        await rig.say(post, message)
    assert len(await rig.shown(post)) == 3
