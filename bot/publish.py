"""What goes into a post, when it is due, and how it reaches a platform exactly once.

::

    due ─► plan ─► insert post and messages ─► claim ─► adapter.send ─► record
    (pure) (pure)      (one transaction)       (committed before the request goes out)

    pending ──► sending ──► sent         the platform has it, and its id
                        ├─► rejected     the platform said never (400, 403, 404)
                        ├─► failed       not accepted; tried again at ``not_before``
                        └─► unknown      we died, or the answer did, between send and record

An ``unknown`` message younger than ``NONCE_WINDOW`` is sent again with the same nonce. An older one is
first looked for in the channel's history; only what is not there is sent. If history can't be read it stays
``unknown`` and the log says so: nothing is ever resent blindly.
"""

import asyncio
import base64
import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal, Protocol
from zoneinfo import ZoneInfo

import structlog

from bot.errors import BroadsheetError, HistoryUnavailable
from bot.models import Brief, Channel, Closing, Content, Header, Message, Pick, Post, Receipt, State
from bot.reading.rank import rank
from bot.store import Connection, Store, channels, digests, outbox, papers

log = structlog.get_logger()

NONCE_WINDOW = timedelta(seconds=60)
"""How long a platform may be trusted to know a nonce again. Discord says "the past few minutes"."""

CATCH_UP = timedelta(hours=6)
"""How late a post may be once its local date is over; later than that, the papers wait for the next one."""

FIRST_POST_WINDOW = timedelta(days=7)
"""A channel's first post takes papers admitted this recently; from then on nothing is passed over."""

TOP_TAGS = 5
"""Tags that a header names."""

RETRY_FIRST, RETRY_MOST = timedelta(seconds=5), timedelta(hours=1)
"""The first and the longest wait before a failed message is tried again; it doubles in between."""

HISTORY_RETRY = timedelta(minutes=5)
"""The wait before an unreadable history, or a refused thread, is tried again."""


@dataclass(frozen=True, slots=True)
class Sent:
    """The platform has it, under this id."""

    platform_id: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """The platform said never; trying again as it is cannot help."""

    reason: str


@dataclass(frozen=True, slots=True)
class Failed:
    """The platform did not take it, for now. ``retry_after`` is the platform's own word, if it gave one."""

    reason: str
    retry_after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Unknown:
    """It may or may not be there: the answer was lost."""

    reason: str


Outcome = Sent | Rejected | Failed | Unknown


class ChatAdapter(Protocol):
    """What a platform does for a post. Expected failures are outcomes; only the unexpected raises."""

    async def send(self, channel: Channel, post: Post, message: Message, content: Content) -> Outcome:
        """Send one message with its nonce: part 0 to the channel, the others to the post's thread."""

    async def open_thread(self, channel: Channel, post: Post, header: Message) -> Outcome:
        """Open the thread under the sent header and give its id; one that is open already is a success."""

    async def find(self, channel: Channel, post: Post, message: Message) -> str | None:
        """Look for the message in the channel's history by its marker, and give the platform's id of it.

        None means that it is certainly not there. Raises HistoryUnavailable when that can't be told.
        """


def due(channel: Channel, posted: Sequence[date], now: datetime) -> date | None:
    """The local date for which the channel is owed a post now, or None.

    ``posted`` are the dates of its latest posts, newest first. A channel that never had one is owed one at
    once. Local times are compared as the clock on the wall shows them, so a posting time that the clock jumps
    over is reached right after the jump, and one that comes twice is used up by the first.
    """
    local = now.astimezone(ZoneInfo(channel.zone))
    today = local.date()
    if not posted:
        return today
    if posted[0] >= today:
        return None
    if local.time() >= channel.time:
        return today
    yesterday = today - timedelta(days=1)
    missed = datetime.combine(yesterday, channel.time, local.tzinfo).astimezone(UTC)
    return yesterday if posted[0] < yesterday and now - missed <= CATCH_UP else None


@dataclass(frozen=True, slots=True)
class Plan:
    """A post before it is one: its header, the place of each paper, and its messages (kind, paper id)."""

    header: Header
    picks: tuple[Pick, ...]
    messages: tuple[tuple[Literal["header", "paper", "closing"], int | None], ...]


def plan(
    channel: Channel, local_date: date, briefs: Sequence[Brief], receipts: Sequence[Receipt]
) -> Plan | None:
    """Put a post together from what is new, or None when there is nothing to say.

    The best ``max_papers`` get a message each, the rest are named in the closing message, muted ones are
    remembered as such. With nothing new there is a post only if the channel wants a quiet line.
    """
    ranked = rank(briefs, channel.interests)
    open_ = [one for one in ranked if not one.muted]
    if not open_ and not channel.quiet_line:
        return None
    picks = [
        Pick(_id(one.brief), place, shown=place < channel.max_papers, score=one.parts)
        for place, one in enumerate(open_)
    ]
    picks += [
        Pick(_id(one.brief), place, shown=False, score=one.parts, muted=one.muted)
        for place, one in enumerate((one for one in ranked if one.muted), len(open_))
    ]
    shown = [pick.paper_id for pick in picks if pick.shown]
    tags = Counter(tag for one in open_ for tag in one.brief.tags if tag != "other")
    header = Header(
        local_date=local_date,
        entries=sum(receipt.entries for receipt in receipts),
        new=sum(receipt.new for receipt in receipts),
        seen=sum(receipt.seen for receipt in receipts),
        shown=len(shown),
        left_out=len(open_) - len(shown),
        top_tags=tuple(sorted(tags.items(), key=lambda item: (-item[1], item[0]))[:TOP_TAGS]),
        files=tuple(receipt.file for receipt in receipts),
    )
    messages: list[tuple[Literal["header", "paper", "closing"], int | None]] = [("header", None)]
    messages += [("paper", paper_id) for paper_id in shown]
    if header.left_out:
        messages.append(("closing", None))
    return Plan(header, tuple(picks), tuple(messages))


def nonce(channel: str, local_date: date, part: int) -> str:
    """The nonce and marker of one message: 24 characters, the same each time, different for every message."""
    digest = hashlib.sha256(f"{channel}\n{local_date}\n{part}".encode()).digest()
    return base64.b32encode(digest).decode("ascii")[:24].lower()


def preview(db: Connection, channel: Channel, now: datetime) -> Plan | None:
    """The channel's next post as it stands now; changes nothing."""
    local_date = now.astimezone(ZoneInfo(channel.zone)).date()
    briefs = papers.briefs(db, papers.fresh(db, channel.key, now - FIRST_POST_WINDOW))
    receipts = [receipt for _, receipt in digests.since_post(db, channel.key, now - FIRST_POST_WINDOW)]
    return plan(channel, local_date, briefs, receipts)


def compose(db: Connection, channel: Channel, local_date: date, now: datetime) -> Post | None:
    """Put the post of that date into the outbox with all its messages; None when there is nothing to post,
    or a post exists."""
    ids = papers.fresh(db, channel.key, now - FIRST_POST_WINDOW)
    files = digests.since_post(db, channel.key, now - FIRST_POST_WINDOW)
    planned = plan(channel, local_date, papers.briefs(db, ids), [receipt for _, receipt in files])
    if planned is None:
        return None
    return outbox.insert_post(
        db,
        channel,
        local_date,
        planned.header,
        planned.picks,
        [
            (kind, paper_id, nonce(channel.key, local_date, part))
            for part, (kind, paper_id) in enumerate(planned.messages)
        ],
        last_paper_id=papers.last_id(db),
        last_digest_id=digests.last_id(db),
        now=now,
    )


def content(db: Connection, post: Post, message: Message) -> Content:
    """What a message of this post says."""
    match message.kind:
        case "header":
            return post.header
        case "paper":
            assert message.paper_id is not None
            return papers.briefs(db, [message.paper_id])[0]
        case "closing":
            left_out = [pick.paper_id for pick in outbox.picks(db, post.id, shown=False)]
            return Closing(tuple((_id(brief), brief.paper.title) for brief in papers.briefs(db, left_out)))


def retry_time(attempts: int, outcome: Failed | Unknown, now: datetime) -> datetime:
    """When a message that was tried ``attempts`` times is next: the platform's word, or a doubling wait."""
    asked = outcome.retry_after if isinstance(outcome, Failed) else None
    return now + (min(RETRY_FIRST * 2 ** min(attempts - 1, 20), RETRY_MOST) if asked is None else asked)


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
        self._resting: dict[str, datetime] = {}
        self._stopping = False

    async def tick(self) -> None:
        """Start on every channel that is idle; ``settle`` waits for them."""
        for channel in await self._store.read(channels.active):
            task = self._tasks.get(channel.key)
            if not self._stopping and (task is None or task.done()):
                self._tasks[channel.key] = asyncio.create_task(
                    self._run(channel), name=f"publish {channel.key}"
                )

    async def settle(self) -> None:
        """Wait until every channel that was started is done."""
        await asyncio.gather(*self._tasks.values())

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
            for post in await self._store.read(outbox.open_posts, channel.key):
                await self._deliver_post(adapter, channel, post)

    async def _deliver_post(self, adapter: ChatAdapter, channel: Channel, post: Post) -> None:
        """Send the messages of a post in order: nothing before its header, nothing outside its thread.

        One failure does not hold up the papers after it; a second in a row says that the platform is down.
        Messages that wait for their time are no failures, so that those after them get their turn.
        """
        failures = 0
        for message in await self._store.read(outbox.messages, post.id):
            if self._stopping or failures == 2:
                return
            state = message.state
            if _wants_sending(message, self._clock()):
                if message.part > 0 and post.thread_id is None:
                    opened = await self._open_thread(adapter, channel, post)
                    if opened is None:
                        return
                    post = opened
                state = await self._send(adapter, channel, post, message)
                failures = failures + 1 if state in (State.FAILED, State.UNKNOWN) else 0
            if message.part == 0 and state is not State.SENT:
                return

    async def _open_thread(self, adapter: ChatAdapter, channel: Channel, post: Post) -> Post | None:
        resting = self._resting.get(channel.key)
        if resting is not None and resting > self._clock():
            return None
        header = (await self._store.read(outbox.messages, post.id))[0]
        try:
            outcome = await adapter.open_thread(channel, post, header)
        except Exception as error:
            log.exception("a thread ended in an unexpected error", channel=channel.key)
            outcome = Unknown(f"{type(error).__name__}: {error}")
        if isinstance(outcome, Sent):
            await self._store.write(outbox.record_thread, post.id, outcome.platform_id)
            return await self._store.read(outbox.post, post.id)
        wait = outcome.retry_after if isinstance(outcome, Failed) else None
        self._resting[channel.key] = self._clock() + (wait or HISTORY_RETRY)
        log.error("no thread yet, the papers wait for it", channel=channel.key, reason=outcome.reason)
        return None

    async def _send(self, adapter: ChatAdapter, channel: Channel, post: Post, message: Message) -> State:
        """Bring one message to the platform, or find it there, and record what came of it."""
        now = self._clock()
        about = {"channel": channel.key, "date": str(post.local_date), "part": message.part}
        if message.state is State.UNKNOWN and not _nonce_holds(message, now):
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
            case Rejected(reason):
                log.error("the platform refuses a message", reason=reason, **about)
                await self._store.write(outbox.record_unsent, message.id, State.REJECTED, reason)
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


def _wants_sending(message: Message, now: datetime) -> bool:
    """Whether a message is to be brought to the platform, and its time has come."""
    if message.state in (State.SENT, State.REJECTED):
        return False
    return message.not_before is None or message.not_before <= now


def _nonce_holds(message: Message, now: datetime) -> bool:
    """Whether the platform would still know the nonce of the first uncertain send; not if the clock went back."""
    return message.claimed is not None and timedelta(0) <= now - message.claimed < NONCE_WINDOW


def _id(brief: Brief) -> int:
    assert brief.paper.id is not None
    return brief.paper.id
