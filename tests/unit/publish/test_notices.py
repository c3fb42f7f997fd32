"""Direct messages about a post: once each, or not at all."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.models import Channel, Follow, Followed, State
from bot.publish import Publisher
from bot.store import Connection, Store, channels, follows, outbox
from tests.fakes.memory_chat import FakeChat, Fault
from tests.store import samples

NINE = datetime(2026, 3, 11, 9, tzinfo=UTC)
CHANNEL = Channel("fake:1", "fake", "1", "lab", "UTC", time(9), server="77")
ADA = Follow("fake:ada", "77", "tag", "pruning", True, NINE)


@dataclass
class World:
    """A channel that never had a post, papers for it, and people who follow what they are about."""

    store: Store
    chat: FakeChat
    now: datetime = NINE

    async def tick(self) -> None:
        """Let the publisher do what there is to do, in a life of its own."""
        with capture_logs():
            publisher = Publisher(self.store, {"fake": self.chat}, lambda: self.now)
            await publisher.tick()
            await publisher.settle()

    async def said(self) -> Followed | None:
        """What the post's last message says, if it is about what people follow."""
        last = self.chat.shown[-1].content
        return last if isinstance(last, Followed) else None


def fill(db: Connection, followed: list[Follow]) -> None:
    """Papers, a channel, and follows."""
    channels.sync(db, [CHANNEL])
    samples.read_digest(db, "a.txt", 2)
    db.execute("UPDATE papers SET first_seen = ?", (NINE.isoformat(),))
    for follow in followed:
        follows.add(db, follow)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """A history in which one person follows a tag and asks for direct messages."""
    store = Store.open(tmp_path / "broadsheet.db")
    made = World(store, FakeChat(lambda: made.now))
    await store.write(fill, [ADA])
    yield made
    store.close()


async def test_who_asked_for_it_is_told_once(world: World) -> None:
    """The thread has a line that names nobody, and the person one message, however often the bot looks."""
    for _ in range(3):
        await world.tick()
        world.now += timedelta(minutes=1)
    said = await world.said()
    assert said is not None
    assert [(match.value, len(match.papers)) for match in said.matches] == [("pruning", 2)]
    assert [(person, told) for person, _, told in world.chat.notified] == [("fake:ada", said)]


async def test_who_did_not_ask_is_not_told(world: World) -> None:
    """Following puts a line into the thread; a direct message is for those who want one, in that server."""
    await world.store.write(follows.add, replace(ADA, direct=False))
    await world.store.write(follows.add, replace(ADA, person="fake:bob", server="88"))
    await world.tick()
    assert await world.said() is not None
    assert world.chat.notified == []


async def test_nothing_followed_says_nothing(world: World) -> None:
    """A post without a match has no further message."""
    await world.store.write(follows.remove, ADA.person, "77", "pruning")
    await world.store.write(follows.add, replace(ADA, value="kites"))
    await world.tick()
    assert await world.said() is None
    assert world.chat.notified == []


@pytest.mark.parametrize(
    "fault", [one for one in Fault if one not in (Fault.REJECTED, Fault.SHUT, Fault.BROKEN)]
)
@pytest.mark.parametrize("wait", [timedelta(seconds=15), timedelta(minutes=5)])
async def test_a_fault_tells_nobody_twice(world: World, fault: Fault, wait: timedelta) -> None:
    """What failed is tried again; what may have arrived only while the platform knows the nonce."""
    world.chat.notices.append(fault)
    for _ in range(4):
        await world.tick()
        world.now += wait
    surely_not = fault in (Fault.FAILED, Fault.BUSY)
    in_time = wait < timedelta(minutes=1)
    arrived = fault in (Fault.REPLY_LOST, Fault.CRASH_ACCEPTED)
    assert len(world.chat.notified) == int(surely_not or in_time or arrived)


async def test_a_refused_notice_is_not_tried_again(world: World) -> None:
    """Who takes no direct messages is left alone."""
    world.chat.notices.extend([Fault.REJECTED, Fault.FAILED])
    for _ in range(4):
        await world.tick()
        world.now += timedelta(hours=1)
    assert world.chat.notified == []
    assert list(world.chat.notices) == [Fault.FAILED]


async def test_who_no_longer_follows_is_not_told(world: World) -> None:
    """Between the post and the message a person may change their mind."""
    world.chat.notices.append(Fault.FAILED)
    await world.tick()
    await world.store.write(follows.remove, ADA.person, "77", "pruning")
    world.now += timedelta(minutes=5)
    await world.tick()
    assert world.chat.notified == []
    assert await world.store.read(follows.open_notices, CHANNEL.key, world.now) == []


async def test_a_death_before_the_record_is_like_a_lost_answer(world: World) -> None:
    """A notice that was claimed by a process that is gone is sent again in time, else given up."""
    world.chat.notices.append(Fault.FAILED)
    await world.tick()
    world.now += timedelta(minutes=5)
    (notice,) = await world.store.read(follows.open_notices, CHANNEL.key, world.now)
    await world.store.write(follows.claim_notice, notice, world.now)
    world.now += timedelta(hours=1)
    await world.tick()
    assert world.chat.notified == []
    post = await world.store.read(outbox.post_of_day, CHANNEL.key, date(2026, 3, 11))
    assert post is not None
    assert await world.store.read(notice_states) == [State.REJECTED]


def notice_states(db: Connection) -> list[State]:
    """The state of every notice."""
    return [State(row["state"]) for row in db.execute("SELECT state FROM notices")]
