"""Whatever dies or fails, wherever: each message is on the platform exactly once, in its thread, in order."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from bot.errors import HistoryUnavailable
from bot.models import Brief, Channel, Closing, Content, Header, Message, Post, State
from bot.publish import Failed, Outcome, Publisher, Rejected, Unknown
from bot.publish.adapter import NONCE_WINDOW
from bot.publish.delivery import BROKEN_RETRY, HISTORY_RETRY
from bot.store import Connection, Store, channels, outbox
from tests.fakes.memory_chat import RETRY_AFTER, FakeChat, Fault
from tests.store import samples

P = ParamSpec("P")
T = TypeVar("T")

NINE = datetime(2026, 3, 11, 9, 0, tzinfo=UTC)
FIRST = Channel("fake:first", "fake", "1", "first", "UTC", time(9, 0), max_papers=3)
SECOND = replace(FIRST, key="fake:second", address="2", name="second")


@dataclass
class Clock:
    """A clock that the test sets."""

    now: datetime = NINE

    def __call__(self) -> datetime:
        """Tell the time."""
        return self.now

    def advance(self, span: timedelta) -> None:
        """Let time pass."""
        self.now += span


class Killed(BaseException):
    """The process is gone: no code of ours gets to run on."""


def kill() -> None:
    """End the process here and now."""
    raise Killed


def cut_off() -> None:
    """Cancel the task, as ``Publisher.stop`` does: the transaction or request in hand may still happen."""
    task = asyncio.current_task()
    assert task is not None
    task.cancel()


class Fuse:
    """Ends the bot at step ``at`` and at every step after it, or never."""

    def __init__(self, at: int | None = None, end: Callable[[], None] = kill) -> None:
        self.at = at
        self.end = end
        self.steps = 0

    def step(self) -> None:
        """One more thing that can be the last one."""
        if self.at is not None and self.steps >= self.at:
            self.end()
        self.steps += 1


class MortalStore(Store):
    """The real history, with a fuse before and after each transaction."""

    fuse = Fuse()

    async def write(
        self, verb: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Write, if the process lives to see it."""
        self.fuse.step()
        result = await super().write(verb, *args, **kwargs)
        self.fuse.step()
        return result

    async def read(
        self, verb: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Read, if the process lives to see it."""
        self.fuse.step()
        return await super().read(verb, *args, **kwargs)


class MortalChat(FakeChat):
    """The fake platform, with a fuse before and after each request."""

    fuse = Fuse()

    async def send(self, channel: Channel, post: Post, message: Message, content: Content) -> Outcome:
        """Send, if the process lives to see it."""
        self.fuse.step()
        outcome = await super().send(channel, post, message, content)
        self.fuse.step()
        return outcome

    async def open_thread(self, channel: Channel, post: Post, header: Message) -> Outcome:
        """Open the thread, if the process lives to see it."""
        self.fuse.step()
        outcome = await super().open_thread(channel, post, header)
        self.fuse.step()
        return outcome

    async def find(self, channel: Channel, post: Post, message: Message) -> str | None:
        """Look into the history, if the process lives to see it."""
        self.fuse.step()
        return await super().find(channel, post, message)


def fill(db: Connection, places: tuple[Channel, ...], papers: int) -> None:
    """Channels that never had a post, and papers for them."""
    channels.sync(db, places)
    samples.read_digest(db, "first.txt", papers)
    db.execute("UPDATE papers SET first_seen = ?", (NINE.isoformat(),))


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """What goes wrong on purpose is not printed."""
    with capture_logs():
        yield


async def make(path: Path, *places: Channel, papers: int) -> Path:
    """A history on disk."""
    store = Store.open(path)
    await store.write(fill, places, papers)
    store.close()
    return path


@asynccontextmanager
async def life(
    path: Path, chat: FakeChat, clock: Clock, fuse: Fuse | None = None
) -> AsyncIterator[Publisher]:
    """One life of the bot on a history: it may be killed, its tasks with it, and leaves only what is on disk."""
    store = MortalStore.open(path)
    store.fuse = fuse or Fuse()
    if isinstance(chat, MortalChat):
        chat.fuse = store.fuse
    try:
        yield Publisher(store, {"fake": chat}, clock)
    except (Killed, asyncio.CancelledError):
        pass
    finally:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        store.close()


async def run(publisher: Publisher) -> None:
    """One tick, until every channel is idle."""
    await publisher.tick()
    await publisher.settle()


async def live_on(path: Path, chat: FakeChat, clock: Clock, *, ticks: int = 2) -> None:
    """A life without accidents, a tick every five minutes."""
    async with life(path, chat, clock) as publisher:
        for _ in range(ticks):
            await run(publisher)
            clock.advance(timedelta(minutes=5))


async def messages(path: Path, channel: Channel) -> list[Message]:
    """The channel's outbox, as it is on the disk."""
    store = Store.open(path)
    try:
        posts = await store.read(outbox.posts, channel.key, 99)
        return [one for post in reversed(posts) for one in await store.read(outbox.messages, post.id)]
    finally:
        store.close()


async def assert_whole(path: Path, chat: FakeChat, channel: Channel, *, in_order: bool = True) -> None:
    """The platform shows each message of the outbox once, and the outbox knows it as it is."""
    outbox_says = await messages(path, channel)
    shown = [one for one in chat.shown if one.channel == channel.key]
    wanted = [(one.nonce, State.SENT) for one in outbox_says]
    assert [(one.nonce, one.state) for one in outbox_says] == wanted
    nonces = [one.nonce for one in outbox_says]
    found = [one.nonce for one in shown]
    assert found == nonces if in_order else sorted(found) == sorted(nonces)
    shown.sort(key=lambda one: nonces.index(one.nonce))
    assert [one.platform_id for one in outbox_says] == [one.platform_id for one in shown]
    assert [one.thread for one in shown] == [None] + [shown[0].platform_id] * (len(shown) - 1)
    assert isinstance(shown[0].content, Header)
    assert all(isinstance(one.content, Brief) for one in shown[1:-1])


async def steps_of(path: Path) -> int:
    """How many steps a life has that nothing ends, up to its post being out."""
    clock, fuse = Clock(), Fuse()
    async with life(path, MortalChat(clock), clock, fuse) as publisher:
        await run(publisher)
    return fuse.steps


@pytest.fixture
async def start(tmp_path: Path) -> Path:
    """A history with one channel that is owed a post of five messages: header, three papers, closing."""
    return await make(tmp_path / "start.db", FIRST, papers=5)


def copy_of(start: Path, name: str) -> Path:
    """A history that begins as ``start`` does."""
    return Path(shutil.copy(start, start.with_name(f"{name}.db")))


@pytest.mark.parametrize("end", [kill, cut_off])
@pytest.mark.parametrize("away", [timedelta(seconds=1), timedelta(minutes=2), timedelta(hours=2)])
async def test_a_death_at_any_step_loses_nothing_and_repeats_nothing(
    start: Path, end: Callable[[], None], away: timedelta
) -> None:
    """However the bot ends, wherever it stands, the next life finishes the post."""
    total = await steps_of(copy_of(start, "count"))
    assert total > 25
    for at in range(total):
        path, clock = copy_of(start, str(at)), Clock()
        chat = MortalChat(clock)
        async with life(path, chat, clock, Fuse(at, end)) as publisher:
            await run(publisher)
        clock.advance(away)
        await live_on(path, chat, clock)
        await assert_whole(path, chat, FIRST)
        assert len(chat.shown) == 5
        assert isinstance(chat.shown[-1].content, Closing)


@given(
    st.lists(
        st.tuples(
            st.integers(0, 30),
            st.sampled_from([1, 20, 59, 60, 61, 600, 5000]),
            st.sampled_from([kill, cut_off]),
        ),
        max_size=6,
    ),
    st.lists(st.tuples(st.integers(0, 4), st.sampled_from([*Fault])), max_size=4),
)
@settings(
    deadline=None,
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
async def test_deaths_in_a_row_and_faults_among_them(
    start: Path, deaths: list[tuple[int, int, Callable[[], None]]], faults: list[tuple[int, Fault]]
) -> None:
    """Any number of deaths, any time apart, with any faults: each message is there once, or was refused."""
    path, clock = copy_of(start, "deaths"), Clock()
    chat = MortalChat(clock)
    for part, fault in faults:
        chat.once[FIRST.key, part].append(fault)
    for at, seconds, end in deaths:
        async with life(path, chat, clock, Fuse(at, end)) as publisher:
            await run(publisher)
        clock.advance(timedelta(seconds=seconds))
    await live_on(path, chat, clock, ticks=12)
    async with life(path, chat, clock) as publisher:
        for _ in range(5):
            await publisher.post_now(FIRST)
            clock.advance(timedelta(minutes=5))
    await assert_whole(path, chat, FIRST, in_order=not faults)


@pytest.mark.parametrize(
    "fault", [one for one in Fault if one not in (Fault.REJECTED, Fault.SHUT, Fault.BROKEN)]
)
@pytest.mark.parametrize("part", range(5))
@pytest.mark.parametrize("wait", [timedelta(seconds=10), timedelta(minutes=2)])
async def test_a_fault_is_made_good(start: Path, fault: Fault, part: int, wait: timedelta) -> None:
    """Lost requests are sent again, lost answers are not, within the nonce's window and after it."""
    clock = Clock()
    chat = FakeChat(clock)
    chat.once[FIRST.key, part].append(fault)
    async with life(start, chat, clock) as publisher:
        await run(publisher)
        clock.advance(wait)
        await run(publisher)
        clock.advance(RETRY_AFTER)
        await run(publisher)
    await assert_whole(start, chat, FIRST, in_order=False)


@pytest.mark.parametrize("error", [HistoryUnavailable("may not read"), RuntimeError("a bug of the adapter")])
async def test_without_history_nothing_is_resent_and_a_person_is_told(start: Path, error: Exception) -> None:
    """An answer was lost and the history can't be read: the message stays unknown until it can."""
    clock = Clock()
    chat = FakeChat(clock)
    chat.history_error = error
    chat.once[FIRST.key, 2].append(Fault.REPLY_LOST)
    async with life(start, chat, clock) as publisher:
        await run(publisher)
    clock.advance(NONCE_WINDOW)
    with capture_logs() as logs:
        await live_on(start, chat, clock, ticks=30)
    assert [one.state for one in await messages(start, FIRST)].count(State.UNKNOWN) == 1
    assert chat.attempts.count((FIRST.key, 2)) == 1
    told = [one for one in logs if one["log_level"] == "error" and one.get("part") == 2]
    assert len(told) > 5
    assert {one["channel"] for one in told} == {FIRST.key}
    assert {one["exc_info"] for one in told} == {not isinstance(error, HistoryUnavailable)}
    assert len(chat.shown) == 5
    chat.history_error = None
    clock.advance(HISTORY_RETRY)
    await live_on(start, chat, clock)
    await assert_whole(start, chat, FIRST)


@pytest.mark.parametrize("error", [HistoryUnavailable("may not read"), RuntimeError("a bug of the adapter")])
async def test_a_lost_request_is_sent_once_the_history_can_be_read(start: Path, error: Exception) -> None:
    """What is certainly not there is sent, and only then."""
    clock = Clock()
    chat = FakeChat(clock)
    chat.history_error = error
    chat.once[FIRST.key, 2].append(Fault.DROPPED)
    async with life(start, chat, clock) as publisher:
        await run(publisher)
    clock.advance(timedelta(hours=1))
    await live_on(start, chat, clock)
    assert len(chat.shown) == 4
    chat.history_error = None
    await live_on(start, chat, clock)
    await assert_whole(start, chat, FIRST, in_order=False)


@pytest.mark.parametrize("fault", [*Fault])
async def test_a_failing_channel_delays_no_other(tmp_path: Path, fault: Fault) -> None:
    """The second channel has its whole post after one tick, whatever happens in the first."""
    path = await make(tmp_path / "two.db", FIRST, SECOND, papers=5)
    clock = Clock()
    chat = FakeChat(clock)
    chat.down[FIRST.key] = fault
    async with life(path, chat, clock) as publisher:
        await run(publisher)
    await assert_whole(path, chat, SECOND)


class Hanging(FakeChat):
    """A platform that never answers in the first channel, until it is let go."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock, nonces=timedelta(0))
        self.go = asyncio.Event()
        self.reached = asyncio.Event()

    async def send(self, channel: Channel, post: Post, message: Message, content: Content) -> Outcome:
        """Answer, in the first channel only when told to."""
        if channel.key == FIRST.key:
            self.reached.set()
            await self.go.wait()
        return await super().send(channel, post, message, content)


async def test_a_hanging_channel_delays_no_other(tmp_path: Path) -> None:
    """A request without an answer holds up its own channel only."""
    path = await make(tmp_path / "two.db", FIRST, SECOND, papers=5)
    clock = Clock()
    chat = Hanging(clock)
    async with life(path, chat, clock) as publisher:
        await publisher.tick()
        await chat.reached.wait()
        while len(chat.shown) < 5:
            await publisher.tick()
            await asyncio.sleep(0.001)
        chat.go.set()
        await publisher.settle()
    await assert_whole(path, chat, SECOND)
    await assert_whole(path, chat, FIRST)


async def test_a_post_by_hand_during_a_delivery_sends_nothing_twice(start: Path) -> None:
    """A person's ``post`` waits for the delivery in hand, even where the platform knows no nonces."""
    clock = Clock()
    chat = Hanging(clock)
    async with life(start, chat, clock) as publisher:
        await publisher.tick()
        await chat.reached.wait()
        by_hand = asyncio.create_task(publisher.post_now(FIRST))
        await asyncio.sleep(0.1)
        chat.go.set()
        post, new = await by_hand
        await publisher.settle()
    assert post is not None
    assert not new
    await assert_whole(start, chat, FIRST)


@pytest.mark.parametrize("fault", [Fault.REJECTED, Fault.FAILED, Fault.DROPPED, Fault.CRASH])
@pytest.mark.parametrize("parts", [(1,), (1, 2), (1, 2, 3)])
async def test_poisonous_messages_hold_up_no_others(
    start: Path, fault: Fault, parts: tuple[int, ...]
) -> None:
    """What fails forever is tried later and later; the messages after it go out."""
    clock = Clock()
    chat = FakeChat(clock)
    chat.always |= {(FIRST.key, part): fault for part in parts}
    await live_on(start, chat, clock, ticks=24)
    found = await messages(start, FIRST)
    assert {one.part for one in found if one.state is State.SENT} == set(range(5)) - set(parts)
    assert len(chat.shown) == 5 - len(parts)
    assert max(chat.attempts.count((FIRST.key, part)) for part in parts) <= 12


@pytest.mark.parametrize("fault", [Fault.FAILED, Fault.DROPPED, Fault.CRASH])
async def test_a_platform_that_is_down_is_not_stormed(start: Path, fault: Fault) -> None:
    """Two hours of ticks make a handful of requests, and afterwards the post goes out whole."""
    clock = Clock()
    chat = FakeChat(clock)
    chat.down[FIRST.key] = fault
    async with life(start, chat, clock) as publisher:
        for _ in range(2 * 60 * 4):
            await run(publisher)
            clock.advance(timedelta(seconds=15))
        assert len(chat.attempts) <= 15
        chat.down.clear()
        clock.advance(timedelta(hours=1))
        await run(publisher)
    await assert_whole(start, chat, FIRST)


async def test_a_busy_platform_is_left_alone_for_as_long_as_it_says(start: Path) -> None:
    """A message is not tried again before the time that the platform named."""
    clock = Clock()
    chat = FakeChat(clock)
    chat.once[FIRST.key, 0].append(Fault.BUSY)
    async with life(start, chat, clock) as publisher:
        await run(publisher)
        clock.advance(RETRY_AFTER - timedelta(seconds=1))
        await run(publisher)
        assert chat.attempts == [(FIRST.key, 0)]
        clock.advance(timedelta(seconds=1))
        await run(publisher)
    await assert_whole(start, chat, FIRST)


async def test_a_broken_channel_rests_tells_once_and_loses_nothing(start: Path) -> None:
    """One request an hour while a permission is missing, one word to the owner, and then the whole post."""
    clock = Clock()
    chat = FakeChat(clock)
    chat.once[FIRST.key, 2].append(Fault.BROKEN)
    async with life(start, chat, clock) as publisher:
        await run(publisher)
        assert len(chat.attempts) == 3
        chat.down[FIRST.key] = Fault.BROKEN
        for _ in range(24 * 4):
            clock.advance(timedelta(minutes=15))
            await run(publisher)
        assert len(chat.attempts) <= 3 + 24
        assert [channel for channel, _ in chat.told] == [FIRST.key]
        chat.down.clear()
        clock.advance(BROKEN_RETRY)
        await run(publisher)
    await assert_whole(start, chat, FIRST)
    store = Store.open(start)
    assert await store.read(channels.broken) == {}
    store.close()


async def test_an_unreadable_history_is_told_to_a_person_once(start: Path) -> None:
    """Whoever looks after the channel hears that it can't be told whether a message was posted."""
    clock = Clock()
    chat = FakeChat(clock)
    chat.history_error = HistoryUnavailable("reading the history is not allowed")
    chat.once[FIRST.key, 2].append(Fault.DROPPED)
    async with life(start, chat, clock) as publisher:
        for _ in range(5):
            await run(publisher)
            clock.advance(timedelta(minutes=10))
    assert [channel for channel, _ in chat.told] == [FIRST.key]
    assert "reading the history" in chat.told[0][1]


async def test_a_rejected_header_keeps_its_papers_out_of_the_channel(start: Path) -> None:
    """Without a header there is no thread and no paper; a person may try again by hand."""
    clock = Clock()
    chat = FakeChat(clock)
    chat.once[FIRST.key, 0].append(Fault.REJECTED)
    await live_on(start, chat, clock, ticks=24)
    assert chat.attempts == [(FIRST.key, 0)]
    assert chat.threads_asked == 0
    async with life(start, chat, clock) as publisher:
        await publisher.post_now(FIRST)
    await assert_whole(start, chat, FIRST)


@pytest.mark.parametrize(
    "refusal", [Failed("429", RETRY_AFTER), Failed("503"), Unknown("lost"), RuntimeError("a bug")]
)
async def test_papers_wait_for_their_thread(start: Path, refusal: Outcome | Exception) -> None:
    """A thread that does not open is asked for again, not every tick, and nothing lands outside it."""
    clock = Clock()
    chat = FakeChat(clock)
    chat.thread_refusals.extend([refusal] * 3)
    async with life(start, chat, clock) as publisher:
        for _ in range(30):
            await run(publisher)
            clock.advance(timedelta(seconds=1))
        assert chat.threads_asked == 1
        assert len(chat.shown) == 1
        for _ in range(4):
            clock.advance(HISTORY_RETRY)
            await run(publisher)
    await assert_whole(start, chat, FIRST)


async def given_up_alone(start: Path, chat: FakeChat, clock: Clock, *, arrived: int) -> None:
    """The first day's post gets no further, its owner hears of it once, and the next day's is whole."""
    await live_on(start, chat, clock, ticks=4)
    asked = (len(chat.attempts), chat.threads_asked)
    assert [one.state for one in await messages(start, FIRST)] == [State.SENT] * arrived + [
        State.REJECTED
    ] * (5 - arrived)
    assert all(one.error for one in (await messages(start, FIRST))[arrived:])
    (told,) = chat.told
    assert str(NINE.date()) in told[1]
    await live_on(start, chat, clock, ticks=24)
    assert (len(chat.attempts), chat.threads_asked) == asked
    chat.always.clear()
    clock.now = NINE + timedelta(days=1)
    store = Store.open(start)
    await store.write(samples.read_digest, "second.txt", 2, 6)
    store.close()
    before = len(chat.shown)
    await live_on(start, chat, clock)
    assert len(chat.shown) == before + 3
    assert len(chat.told) == 1


async def test_a_thread_that_is_shut_gives_up_its_post_alone(start: Path) -> None:
    """One request finds a thread locked: the rest of that post is rejected, and the next day has its post."""
    clock = Clock()
    chat = FakeChat(clock)
    chat.always[FIRST.key, 2] = Fault.SHUT
    await given_up_alone(start, chat, clock, arrived=2)
    assert [part for _, part in chat.attempts[:3]] == [0, 1, 2]
    assert all(part < 3 for _, part in chat.attempts)


async def test_a_header_that_can_have_no_thread_gives_up_its_post_alone(start: Path) -> None:
    """Somebody deleted it: its papers are rejected, not asked about for ever, and the next day has its post."""
    clock = Clock()
    chat = FakeChat(clock)
    chat.thread_refusals.append(Rejected("the header was deleted"))
    await given_up_alone(start, chat, clock, arrived=1)


async def test_a_rejected_header_gives_up_its_post_alone(start: Path) -> None:
    """Without a header there is no place for its papers; the next day has its post."""
    clock = Clock()
    chat = FakeChat(clock)
    chat.always[FIRST.key, 0] = Fault.REJECTED
    await given_up_alone(start, chat, clock, arrived=0)


async def test_a_thread_that_does_not_open_holds_up_no_other_post(start: Path) -> None:
    """Each post asks for its own: one that waits lets the next day's papers out."""
    clock = Clock()
    chat = FakeChat(clock)
    chat.thread_refusals.append(Failed("503"))
    await live_on(start, chat, clock, ticks=1)
    clock.now = NINE + timedelta(days=1)
    store = Store.open(start)
    await store.write(samples.read_digest, "second.txt", 2, 6)
    store.close()
    chat.thread_refusals.append(Failed("503"))
    await live_on(start, chat, clock, ticks=1)
    states = [one.state for one in await messages(start, FIRST)]
    assert states == [State.SENT] + [State.PENDING] * 4 + [State.SENT] * 3


async def test_a_given_up_post_is_finished_by_hand(start: Path) -> None:
    """Once the thread is unlocked; nothing is posted twice, and nothing is missing."""
    clock = Clock()
    chat = FakeChat(clock)
    chat.once[FIRST.key, 2].append(Fault.SHUT)
    await live_on(start, chat, clock)
    async with life(start, chat, clock) as publisher:
        await publisher.post_now(FIRST)
    await assert_whole(start, chat, FIRST)


async def test_two_channels_and_200_papers_through_many_deaths(tmp_path: Path) -> None:
    """A long post that dies every few steps arrives whole, in both channels."""
    first, second = (replace(one, max_papers=200) for one in (FIRST, SECOND))
    path = await make(tmp_path / "long.db", first, second, papers=200)
    clock = Clock()
    chat = MortalChat(clock)
    for life_number in range(30):
        async with life(
            path, chat, clock, Fuse(37 + life_number % 7, cut_off if life_number % 2 else kill)
        ) as publisher:
            await run(publisher)
        clock.advance(timedelta(seconds=(1, 59, 61, 200)[life_number % 4]))
    await live_on(path, chat, clock)
    for channel in (first, second):
        await assert_whole(path, chat, channel)
    assert len(chat.shown) == 2 * 201


async def test_a_paper_is_posted_once_per_channel_ever(start: Path) -> None:
    """A week of posts, with new papers each day, names no paper twice."""
    clock = Clock()
    chat = FakeChat(clock)
    async with life(start, chat, clock) as publisher:
        await run(publisher)
    for day in range(1, 8):
        clock.now = NINE + timedelta(days=day)
        store = Store.open(start)
        await store.write(samples.read_digest, f"{day}.txt", 2, 10 * day)
        store.close()
        async with life(start, chat, clock) as publisher:
            await run(publisher)
            await run(publisher)
    headers = [one.content for one in chat.shown if isinstance(one.content, Header)]
    assert [one.local_date for one in headers] == [date(2026, 3, 11 + day) for day in range(8)]
    posted = [one.content.paper.id for one in chat.shown if isinstance(one.content, Brief)]
    assert len(posted) == len(set(posted)) == 3 + 7 * 2
