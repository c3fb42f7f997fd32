"""The daily post on Discord, through the unmodified discord.py and a server that holds it to the rules."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs

from bot.chat.discord import Discord
from bot.models import Channel, State
from bot.publish import Publisher
from bot.settings import DiscordSettings
from bot.store import Connection, Store, channels, outbox
from tests.fakes.discord_server import Chan, DiscordServer, Fault, Kind, Msg, Rates
from tests.scenario.test_exactly_once import Fuse, Killed, MortalStore
from tests.store import samples

QUICK = Rates(messages=(5, 0.05), deletes=None, reactions=(1, 0.01), everything=None)
"""Discord's limits, in a hurry: what they are made of is the same, and a test ends today."""

NOT_OURS = "POST /users/@me/channels: $.recipient_id"
"""discord.py sends this id as a number, which Discord takes and its OpenAPI document does not."""

PAPERS = 4


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """What goes wrong on purpose is not printed."""
    with capture_logs():
        yield


@dataclass
class World:
    """A Discord, a history on disk, and a clock; the bot is born, and may die, in ``life``."""

    path: Path
    server: DiscordServer
    places: list[Chan]
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    seed: bool = False

    @property
    def keys(self) -> list[str]:
        """The channels as the history knows them."""
        return [f"discord:{place.id}" for place in self.places]

    def fill(self, db: Connection, papers: int = PAPERS) -> None:
        """Papers, and the channels for them."""
        midnight = time(0)
        channels.sync(
            db,
            [
                Channel(key, "discord", str(place.id), place.name, "UTC", midnight, max_papers=200)
                for key, place in zip(self.keys, self.places, strict=True)
            ],
        )
        samples.read_digest(db, "a.txt", papers)
        db.execute("UPDATE papers SET first_seen = ?", (self.now.isoformat(),))

    @asynccontextmanager
    async def life(self, fuse: Fuse | None = None) -> AsyncIterator[Publisher]:
        """One life of the bot: killed or not, it leaves what is on disk and what Discord has."""
        store = MortalStore.open(self.path)
        store.fuse = fuse or Fuse()
        settings = DiscordSettings(
            token=SecretStr(self.server.token), api_url=self.server.api_url, seed_reaction=self.seed
        )
        discord = Discord(store, settings, lambda: self.now)
        try:
            await discord.login()
            yield Publisher(store, {"discord": discord.adapter}, lambda: self.now)
        except (Killed, asyncio.CancelledError):
            pass
        finally:
            store.fuse = Fuse()
            await discord.close(1.0)
            store.close()

    async def live(self, ticks: int = 1) -> None:
        """A life without accidents, a tick every five minutes."""
        async with self.life() as publisher:
            for _ in range(ticks):
                await tick(publisher)
                self.now += timedelta(minutes=5)

    async def states(self) -> Counter[State]:
        """How many messages of the outbox are in each state."""
        store = Store.open(self.path, writes=False)
        found = Counter(await store.read(outbox.states))
        store.close()
        return found

    def shown(self, place: Chan) -> list[Msg]:
        """What people see of a channel's post: its header, then its thread."""
        threads = list(place.threads)
        inside = [message for thread in threads for message in self.server.messages(thread.id)]
        return [*([] if place.kind is Kind.FORUM else place.messages), *inside]

    async def assert_whole(self, papers: int = PAPERS) -> None:
        """Each channel has one thread with each message once, no rule was broken, and the outbox knows it all."""
        for place in self.places:
            assert len(place.threads) == 1
            markers = [marker(message) for message in self.shown(place)]
            assert len(markers) == papers + 1
            assert len(set(markers)) == papers + 1
        assert await self.states() == {State.SENT: (papers + 1) * len(self.places)}
        assert [one for one in self.server.violations if not one.startswith(NOT_OURS)] == []


def marker(message: Msg) -> str:
    """What our message carries to be known by."""
    return str(message.payload["embeds"][0]["footer"]["text"]).rpartition(" · ")[2]


async def tick(publisher: Publisher) -> None:
    """One tick, until every channel is idle."""
    await publisher.tick()
    await publisher.settle()


@pytest.fixture
async def server() -> AsyncIterator[DiscordServer]:
    """A Discord with short windows."""
    async with DiscordServer(rates=QUICK) as opened:
        yield opened


async def world_of(path: Path, server: DiscordServer, *places: Chan, papers: int = PAPERS) -> World:
    """A history with papers for these channels."""
    made = World(path, server, list(places))
    store = Store.open(path)
    await store.write(made.fill, papers)
    store.close()
    return made


@pytest.fixture
async def world(tmp_path: Path, server: DiscordServer) -> World:
    """One text channel."""
    return await world_of(tmp_path / "broadsheet.db", server, server.add_guild().add_text("papers"))


@pytest.mark.parametrize("kind", ["text", "announcement", "forum"])
async def test_a_day_has_a_thread_with_a_message_a_paper(
    tmp_path: Path, server: DiscordServer, kind: str
) -> None:
    """In order, in a thread of its own, pinging nobody, without a refused request, in any kind of channel."""
    place: Chan = getattr(server.add_guild(), f"add_{kind}")("papers")
    world = await world_of(tmp_path / "broadsheet.db", server, place)
    await world.live()
    await world.assert_whole()
    (thread,) = place.threads
    assert 1 <= len(thread.name) <= 100
    papers = world.shown(place)[1:]
    assert [message.payload["embeds"][0]["footer"]["text"].split(" · ")[0] for message in papers] == [
        f"{at} of {PAPERS}" for at in range(1, PAPERS + 1)
    ]
    assert all(not message.pinged for message in world.shown(place))
    assert {request.status for request in server.requests} <= {200, 201, 204}
    assert server.too_many == 0


async def test_the_next_day_has_a_thread_of_its_own(world: World) -> None:
    """New papers come the next day, and no paper comes twice."""
    await world.live()
    world.now += timedelta(days=1)
    store = Store.open(world.path)
    await store.write(samples.read_digest, "b.txt", 2, PAPERS + 1)
    store.close()
    await world.live(2)
    (place,) = world.places
    assert len(place.threads) == 2
    titles = [message.payload["embeds"][0].get("title") for message in world.shown(place)]
    assert sorted(filter(None, titles)) == [samples.paper(number).title for number in range(1, PAPERS + 3)]


async def test_the_bot_dies_at_every_step(tmp_path: Path, server: DiscordServer) -> None:
    """Wherever its life ends, within the nonce's time or long after, the next one finishes the post exactly once."""
    guild = server.add_guild()
    step, alive = 0, False
    while not alive:
        step += 3
        place = guild.add_forum(f"forum-{step}") if step % 2 else guild.add_text(f"text-{step}")
        world = await world_of(tmp_path / f"{step}.db", server, place, papers=2)
        fuse = Fuse(step)
        async with world.life(fuse) as publisher:
            await tick(publisher)
        alive = fuse.steps < step
        world.now += timedelta(seconds=10) if step % 4 else timedelta(minutes=10)
        await world.live(3)
        await world.assert_whole(2)
    assert step > 20


FAULTS = [
    fault
    for fault in Fault
    if fault not in (Fault.UNAUTHORIZED, Fault.HANG_BEFORE, Fault.HANG_AFTER, Fault.SLOW, Fault.SLOW_AFTER)
]
LOST = (Fault.HTTP_503, Fault.DROP_BEFORE, Fault.DROP_AFTER)
"""After these nobody knows whether the request was accepted."""


@pytest.mark.parametrize(
    ("fault", "wait"),
    [
        *((fault, timedelta(seconds=20)) for fault in FAULTS),
        *((fault, timedelta(hours=2)) for fault in LOST),
    ],
)
async def test_a_fault_of_any_request_is_made_good(
    tmp_path: Path, server: DiscordServer, fault: Fault, wait: timedelta
) -> None:
    """The header, the thread, or a paper: what failed is sent later, what arrived is not sent again."""
    guild = server.add_guild()
    struck = (r"/channels/\d+/messages$", r"/channels/\d+/messages/\d+/threads$", r"/channels/\d+/messages$")
    for number, path in enumerate(struck[:2] if fault is Fault.NOT_FOUND else struck):
        world = await world_of(tmp_path / f"{number}.db", server, guild.add_text(f"text-{number}"), papers=3)
        planned = server.fail(fault, method="POST", path=path, after=2 if number == 2 else 0, retry_after=0.1)
        async with world.life() as publisher:
            await tick(publisher)
        assert planned.times == 0, "the fault did not strike"
        server.heal()
        for _ in range(4):
            world.now += wait
            await world.live()
        world.now += timedelta(hours=2)
        await world.live(2)
        await world.assert_whole(3)


async def test_a_thread_that_a_person_deleted_is_not_made_again(world: World, server: DiscordServer) -> None:
    """Its papers are given up, and the next day has its post."""
    (place,) = world.places
    server.fail(Fault.HTTP_503, method="POST", path=r"/messages$", after=2)
    async with world.life() as publisher:
        await tick(publisher)
    server.heal()
    (thread,) = place.threads
    thread.delete()
    world.now += timedelta(minutes=5)
    await world.live(3)
    assert list(place.threads) == []
    assert set(await world.states()) == {State.SENT, State.REJECTED}
    world.now += timedelta(days=1)
    store = Store.open(world.path)
    await store.write(samples.read_digest, "b.txt", 2, PAPERS + 1)
    store.close()
    await world.live()
    assert [len(server.messages(thread.id)) for thread in place.threads] == [2]


@pytest.mark.parametrize("what", ["the thread is locked", "the header is deleted"])
async def test_a_post_that_cannot_go_on_is_in_nobodys_way(
    world: World, server: DiscordServer, what: str
) -> None:
    """It is given up, its owner is told once, nothing more is asked about it, and the next day has its post."""
    (place,) = world.places
    locked = what == "the thread is locked"
    server.fail(
        Fault.HTTP_503,
        method="POST",
        path=r"/messages$" if locked else r"/threads$",
        after=2 if locked else 0,
        times=2 if locked else 1,
    )
    async with world.life() as publisher:
        await tick(publisher)
    server.heal()
    if locked:
        await server.archive(place.threads[0].id, archived=False, locked=True)
    else:
        await server.delete_message(place.messages[0].id)
    world.now += timedelta(hours=2)
    await world.live(2)
    assert set(await world.states()) == {State.SENT, State.REJECTED}
    assert len(server.direct(server.owner_id).messages) == 1
    posted = len([one for one in server.requests if one.method == "POST"])
    await world.live(3)
    assert len([one for one in server.requests if one.method == "POST"]) == posted
    world.now += timedelta(days=1)
    store = Store.open(world.path)
    await store.write(samples.read_digest, "b.txt", 2, PAPERS + 1)
    store.close()
    await world.live()
    assert len(server.messages(place.threads[-1].id)) == 2
    assert len(server.direct(server.owner_id).messages) == 1


async def test_two_bots_with_one_account_post_once(tmp_path: Path, server: DiscordServer) -> None:
    """A second bot on another machine, with a history of its own, shows nothing twice while nonces are known."""
    place = server.add_guild().add_text("papers")
    one, other = [await world_of(tmp_path / f"{name}.db", server, place) for name in ("one", "other")]
    await asyncio.gather(one.live(), other.live())
    await asyncio.gather(one.live(2), other.live(2))
    await one.assert_whole()
    await other.assert_whole()


async def test_a_day_with_200_papers_arrives_whole(tmp_path: Path, server: DiscordServer) -> None:
    """The longest post that can be set, without one request too many."""
    world = await world_of(
        tmp_path / "broadsheet.db", server, server.add_guild().add_text("papers"), papers=200
    )
    await world.live(2)
    await world.assert_whole(200)
    assert server.too_many == 0


async def test_fifty_channels_get_their_posts(tmp_path: Path, server: DiscordServer) -> None:
    """Each whole, whatever is wrong with some of them; of those the owner hears once."""
    guild = server.add_guild()
    places = [guild.add_text(f"papers-{number}") for number in range(50)]
    for place in places[:3]:
        guild.deny(place, 1 << 38)
    places[3].delete()
    world = await world_of(tmp_path / "broadsheet.db", server, *places, papers=2)
    await world.live(2)
    assert server.too_many == 0
    whole = replace(world, places=places[4:])
    for place in whole.places:
        assert len({marker(message) for message in whole.shown(place)}) == len(whole.shown(place)) == 3
    store = Store.open(world.path, writes=False)
    broken = await store.read(channels.broken)
    store.close()
    assert set(broken) == set(world.keys[:4])
    told = server.direct(server.owner_id).messages
    assert len(told) == 4


async def test_a_permission_that_comes_back_loses_nothing(world: World, server: DiscordServer) -> None:
    """While it is missing nothing is asked for again and again; afterwards the post is there, whole."""
    (place,) = world.places
    guild = place.guild
    assert guild is not None
    guild.deny(place, 1 << 11)
    await world.live(6)
    assert len(server.made("POST", f"/channels/{place.id}/messages")) <= 1
    guild.allow(place, 1 << 11)
    world.now += timedelta(hours=1)
    await world.live(2)
    await world.assert_whole()


async def test_a_wrong_token_stops_at_once(world: World, server: DiscordServer) -> None:
    """Requests with a token that was revoked are not repeated."""
    async with world.life() as publisher:
        server.gateway.token = "another"
        for _ in range(5):
            await tick(publisher)
            world.now += timedelta(hours=1)
    refused = [request for request in server.requests if request.status == 401]
    assert len(refused) <= 2
    server.gateway.token = "fake-token"
    await world.live(3)
    await world.assert_whole()


async def test_the_bots_own_reaction_is_put_below_papers(world: World, server: DiscordServer) -> None:
    """On each paper of a short post, to tap on; the header has none."""
    world.seed = True
    await world.live()
    await world.assert_whole()
    (place,) = world.places
    header, *papers = world.shown(place)
    assert header.reactions == {}
    assert all(list(message.reactions) == ["🔖"] for message in papers)
