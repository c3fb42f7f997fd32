"""How messages reach a platform exactly once, whatever it answers and whenever the bot dies."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog

from bot.errors import BroadsheetError, HistoryUnavailable
from bot.models import Channel, Message, Post, State
from bot.publish.adapter import (
    Broken,
    ChatAdapter,
    Failed,
    Outcome,
    Rejected,
    Sent,
    Unknown,
    nonce_holds,
    retry_time,
)
from bot.publish.notices import deliver_notices
from bot.publish.planning import compose, content, due
from bot.store import Store, channels, outbox

log = structlog.get_logger()

BROKEN_RETRY = timedelta(hours=1)
"""The wait before a broken channel is tried again: seldom enough not to add up to a ban for invalid requests."""

HISTORY_RETRY = timedelta(minutes=5)
"""The wait before an unreadable history, or a thread that did not open, is tried again."""


class _ChannelBroken(Exception):
    """Ends the delivery to a channel at once."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class _PostRefused(Exception):
    """Ends the delivery of a post for good, and of that post alone."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Publisher:
    """Posts what is due and delivers the outbox, each channel on its own, so that none waits for another."""

    def __init__(
        self, store: Store, adapters: Mapping[str, ChatAdapter], clock: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._adapters = adapters
        self._clock = clock
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._threadless: dict[int, datetime] = {}
        """When the thread of a post, by its id, is asked for again."""
        self._stopping = False

    async def tick(self) -> None:
        """Start on every channel that is idle and does not rest; ``settle`` waits for them."""
        resting = await self._store.read(channels.resting, self._clock())
        for channel in await self._store.read(channels.active):
            task = self._tasks.get(channel.key)
            if not self._stopping and channel.key not in resting and (task is None or task.done()):
                self._tasks[channel.key] = asyncio.create_task(
                    self._run(channel), name=f"publish {channel.key}"
                )

    async def settle(self, patience: float | None = None) -> None:
        """Wait until every channel that was started is done, for ``patience`` seconds at most."""
        if self._tasks:
            done, _ = await asyncio.wait(self._tasks.values(), timeout=patience)
            for task in done:
                task.result()

    async def stop(self, patience: float) -> None:
        """Let the sends in hand end, for ``patience`` seconds at most; what is cut off becomes ``unknown``."""
        self._stopping = True
        running = [task for task in self._tasks.values() if not task.done()]
        if running:
            _, late = await asyncio.wait(running, timeout=patience)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def post_now(self, channel: Channel) -> tuple[Post | None, bool]:
        """Post for today whatever the time, deliver, and try again what failed or was rejected.

        Gives today's post, if there is one now, and whether it is new.
        """
        now = self._clock()
        today = now.astimezone(ZoneInfo(channel.zone)).date()
        post = await self._store.read(outbox.post_of_day, channel.key, today)
        new = post is None
        if post is None:
            post = await self._store.write(compose, channel, today, now)
        else:
            await self._store.write(outbox.retry, post.id)
        await self._deliver(channel)
        return post, new and post is not None

    async def _run(self, channel: Channel) -> None:
        try:
            now = self._clock()
            posted = await self._store.read(outbox.posted_dates, channel.key)
            local_date = due(channel, posted, now)
            if local_date is not None:
                post = await self._store.write(compose, channel, local_date, now)
                if post is not None:
                    log.info("posting", channel=channel.key, date=str(local_date), papers=post.header.shown)
            await self._deliver(channel)
        except BroadsheetError as error:
            log.error("channel skipped for now", channel=channel.key, error=str(error))
        except Exception:
            log.exception("channel skipped for now", channel=channel.key)

    async def _deliver(self, channel: Channel) -> None:
        adapter = self._adapters.get(channel.platform)
        if adapter is None:
            log.error("no adapter for this platform", channel=channel.key, platform=channel.platform)
            return
        async with self._locks[channel.key]:
            await self._store.write(outbox.disown, channel.key)
            was_broken = channel.key in await self._store.read(channels.broken)
            try:
                for post in await self._store.read(outbox.open_posts, channel.key):
                    try:
                        sent = await self._deliver_post(adapter, channel, post)
                    except _PostRefused as refused:
                        await self._give_up(adapter, channel, post, refused.reason)
                        continue
                    if sent and was_broken:
                        await self._store.write(channels.mend, channel.key)
                await deliver_notices(self._store, adapter, channel, self._clock, self._stops)
            except _ChannelBroken as broken:
                await self._break(adapter, channel, broken.reason)

    def _stops(self) -> bool:
        return self._stopping

    async def _break(self, adapter: ChatAdapter, channel: Channel, reason: str) -> None:
        """Let the channel rest, nothing of it lost, and tell its owner if that is news."""
        until = self._clock() + BROKEN_RETRY
        if await self._store.write(channels.break_, channel.key, reason, until):
            log.error("a channel is broken and rests", channel=channel.key, reason=reason)
            await adapter.tell(channel, f"Nothing can be posted in {channel.name}: {reason}")

    async def _give_up(self, adapter: ChatAdapter, channel: Channel, post: Post, reason: str) -> None:
        """Reject what a post has yet to get, so that it is in nobody's way, and tell its owner."""
        count = await self._store.write(outbox.give_up, post.id, reason)
        date = str(post.local_date)
        log.error("a post is given up", channel=channel.key, date=date, messages=count, reason=reason)
        await adapter.tell(channel, f"The post of {date} in {channel.name} is not finished: {reason}")

    async def _deliver_post(self, adapter: ChatAdapter, channel: Channel, post: Post) -> bool:
        """Send the messages of a post in order: nothing before its header, nothing outside its thread.

        Gives whether the platform took one. Raises _ChannelBroken when it takes none until a person acts, and
        _PostRefused when it never takes the rest of this one.

        One failure does not hold up the papers after it; a second in a row says that the platform is down.
        Messages that wait for their time are no failures, so that those after them get their turn.
        """
        failures, sent = 0, False
        for message in await self._store.read(outbox.messages, post.id):
            if self._stopping or failures == 2:
                break
            state = message.state
            if _wants_sending(message, self._clock()):
                if message.part > 0 and post.thread_id is None:
                    opened = await self._open_thread(adapter, channel, post)
                    if opened is None:
                        break
                    post = opened
                state = await self._send(adapter, channel, post, message)
                failures = failures + 1 if state in (State.FAILED, State.UNKNOWN) else 0
                sent = sent or state is State.SENT
            if message.part == 0 and state is State.REJECTED:
                raise _PostRefused(message.error or "its header was refused")
            if message.part == 0 and state is not State.SENT:
                break
        return sent

    async def _open_thread(self, adapter: ChatAdapter, channel: Channel, post: Post) -> Post | None:
        again = self._threadless.get(post.id)
        if again is not None and again > self._clock():
            return None
        header = (await self._store.read(outbox.messages, post.id))[0]
        try:
            outcome = await adapter.open_thread(channel, post, header)
        except Exception as error:
            log.exception("a thread ended in an unexpected error", channel=channel.key)
            outcome = Unknown(f"{type(error).__name__}: {error}")
        if isinstance(outcome, Sent):
            self._threadless.pop(post.id, None)
            await self._store.write(outbox.record_thread, post.id, outcome.platform_id)
            return await self._store.read(outbox.post, post.id)
        if isinstance(outcome, Broken):
            raise _ChannelBroken(outcome.reason)
        if isinstance(outcome, Rejected):
            self._threadless.pop(post.id, None)
            raise _PostRefused(outcome.reason)
        wait = outcome.retry_after if isinstance(outcome, Failed) else None
        self._threadless[post.id] = self._clock() + (wait or HISTORY_RETRY)
        log.error("no thread yet, the papers wait for it", channel=channel.key, reason=outcome.reason)
        return None

    async def _send(self, adapter: ChatAdapter, channel: Channel, post: Post, message: Message) -> State:
        """Bring one message to the platform, or find it there, and record what came of it."""
        now = self._clock()
        about = {"channel": channel.key, "date": str(post.local_date), "part": message.part}
        if message.state is State.UNKNOWN and not nonce_holds(message, now):
            try:
                found = await adapter.find(channel, post, message)
            except Exception as error:
                log.error(
                    "cannot tell whether a message was posted; look, then allow reading history",
                    exc_info=not isinstance(error, HistoryUnavailable),
                    **about,
                )
                await self._store.write(
                    outbox.record_unsent, message.id, State.UNKNOWN, str(error), now + HISTORY_RETRY
                )
                if message.error != str(error):
                    await adapter.tell(
                        channel, f"Broadsheet cannot tell whether a message was posted: {error}"
                    )
                return State.UNKNOWN
            if found is not None:
                await self._store.write(outbox.record_sent, message.id, found, self._clock())
                return State.SENT
        said = await self._store.read(content, post, message)
        claimed = await self._store.write(outbox.claim, message.id, now)
        if claimed is None:
            return message.state
        try:
            outcome = await adapter.send(channel, post, claimed, said)
        except Exception as error:
            log.exception("a send ended in an unexpected error", **about)
            outcome = Unknown(f"{type(error).__name__}: {error}")
        return await self._record(claimed, outcome, about)

    async def _record(self, message: Message, outcome: Outcome, about: dict[str, object]) -> State:
        now = self._clock()
        match outcome:
            case Sent(platform_id):
                await self._store.write(outbox.record_sent, message.id, platform_id, now)
                return State.SENT
            case Rejected(reason, whole_post):
                log.error("the platform refuses a message", reason=reason, **about)
                await self._store.write(outbox.record_unsent, message.id, State.REJECTED, reason)
                if whole_post or message.part == 0:
                    raise _PostRefused(reason)
                return State.REJECTED
            case Failed(reason):
                again = retry_time(message.attempts, outcome, now)
                log.warning("a message is tried again later", reason=reason, again=str(again), **about)
                await self._store.write(outbox.record_unsent, message.id, State.FAILED, reason, again)
                return State.FAILED
            case Unknown(reason):
                log.warning("a message may or may not be there", reason=reason, **about)
                again = retry_time(message.attempts, outcome, now)
                await self._store.write(outbox.record_unsent, message.id, State.UNKNOWN, reason, again)
                return State.UNKNOWN
            case Broken(reason):
                await self._store.write(
                    outbox.record_unsent, message.id, State.FAILED, reason, now + BROKEN_RETRY
                )
                raise _ChannelBroken(reason)


def _wants_sending(message: Message, now: datetime) -> bool:
    """Whether a message is to be brought to the platform, and its time has come."""
    if message.state in (State.SENT, State.REJECTED):
        return False
    return message.not_before is None or message.not_before <= now
