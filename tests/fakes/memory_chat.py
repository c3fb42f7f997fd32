"""A chat platform in memory, with what goes wrong on real ones: the fake that every adapter is measured by."""

from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto

from bot.models import Channel, Content, Followed, Message, Notice, Post
from bot.publish import Broken, Failed, Outcome, Rejected, Sent, Unknown
from bot.publish.adapter import NONCE_WINDOW


class Fault(Enum):
    """What goes wrong with one send."""

    REJECTED = auto()
    SHUT = auto()
    """Rejected, and with it the rest of the post: its thread is locked."""
    FAILED = auto()
    BUSY = auto()
    """Not accepted, with the platform's own time to wait, ``RETRY_AFTER``."""
    DROPPED = auto()
    """The request is lost on its way, and with it the answer."""
    REPLY_LOST = auto()
    """Accepted, but the answer is lost."""
    CRASH = auto()
    """The adapter raises what nobody expects, before the platform accepts."""
    CRASH_ACCEPTED = auto()
    """The same, after the platform accepted."""
    BROKEN = auto()
    """The channel takes nothing until a person acts."""


RETRY_AFTER = timedelta(seconds=40)


@dataclass(frozen=True, slots=True)
class Shown:
    """A message that people can see. ``thread`` is None in the channel itself."""

    platform_id: str
    channel: str
    thread: str | None
    nonce: str
    content: Content
    at: datetime


class FakeChat:
    """A chat adapter over channels in memory.

    Like Discord it knows a nonce again for a while (no longer than ``publish`` relies on) and then shows
    nothing twice by itself; a thread has its first message's id. It refuses with AssertionError what a
    publisher may never do: a paper before its header, or outside its thread.
    """

    def __init__(self, clock: Callable[[], datetime], *, nonces: timedelta = NONCE_WINDOW) -> None:
        self._clock = clock
        self._nonces = nonces
        self.shown: list[Shown] = []
        self.threads: set[str] = set()
        self.attempts: list[tuple[str, int]] = []
        """Every send that was tried: channel and part."""
        self.once: defaultdict[tuple[str, int], deque[Fault]] = defaultdict(deque)
        """Faults of the next sends of a part in a channel, one each."""
        self.always: dict[tuple[str, int], Fault] = {}
        """Faults of every send of a part in a channel."""
        self.down: dict[str, Fault] = {}
        """Channels in which every send goes wrong."""
        self.history_error: Exception | None = None
        """What looking into the history raises, if it can't be done."""
        self.thread_refusals: deque[Outcome | Exception] = deque()
        """What the next requests for a thread get instead of it."""
        self.threads_asked = 0
        self.told: list[tuple[str, str]] = []
        """What the owners of channels were told: channel and text."""
        self.notified: list[tuple[str, str, Followed]] = []
        """The direct messages: person, nonce and what they say."""
        self.notices: deque[Fault] = deque()
        """Faults of the next direct messages."""

    async def send(self, channel: Channel, post: Post, message: Message, content: Content) -> Outcome:
        """Accept a message, unless a fault was planned for it."""
        place = (channel.key, message.part)
        self.attempts.append(place)
        planned = self.once[place]
        fault = planned.popleft() if planned else self.always.get(place) or self.down.get(channel.key)
        match fault:
            case Fault.REJECTED:
                return Rejected("400: refused")
            case Fault.SHUT:
                return Rejected("400: the thread is locked", whole_post=True)
            case Fault.FAILED:
                return Failed("503: down")
            case Fault.BUSY:
                return Failed("429: slow down", RETRY_AFTER)
            case Fault.DROPPED:
                return Unknown("the connection broke")
            case Fault.BROKEN:
                return Broken("403: a permission is missing")
            case Fault.CRASH:
                raise RuntimeError("a bug of the adapter")
        platform_id = self._accept(channel, post, message, content)
        match fault:
            case Fault.REPLY_LOST:
                return Unknown("the connection broke")
            case Fault.CRASH_ACCEPTED:
                raise RuntimeError("a bug of the adapter")
        return Sent(platform_id)

    async def open_thread(self, channel: Channel, post: Post, header: Message) -> Outcome:
        """Open the thread, unless a refusal was planned."""
        self.threads_asked += 1
        if self.thread_refusals:
            refusal = self.thread_refusals.popleft()
            if isinstance(refusal, Exception):
                raise refusal
            return refusal
        assert header.part == 0
        assert any(one.platform_id == header.platform_id for one in self.shown), "a thread under nothing"
        assert header.platform_id is not None
        self.threads.add(header.platform_id)
        return Sent(header.platform_id)

    async def find(self, channel: Channel, post: Post, message: Message) -> str | None:
        """Look through the channel's history, which may not be readable."""
        if self.history_error is not None:
            raise self.history_error
        found = [one for one in self.shown if (one.channel, one.nonce) == (channel.key, message.nonce)]
        return found[0].platform_id if found else None

    async def notify(self, channel: Channel, post: Post, notice: Notice, followed: Followed) -> Outcome:
        """Deliver a direct message, once per nonce, unless a fault was planned."""
        fault = self.notices.popleft() if self.notices else None
        match fault:
            case Fault.REJECTED | Fault.SHUT | Fault.BROKEN:
                return Rejected("403: does not take direct messages")
            case Fault.FAILED | Fault.BUSY:
                return Failed("503: down")
            case Fault.DROPPED:
                return Unknown("the connection broke")
            case Fault.CRASH:
                raise RuntimeError("a bug of the adapter")
        if notice.nonce not in [nonce for _, nonce, _ in self.notified]:
            self.notified.append((notice.person, notice.nonce, followed))
        if fault is Fault.REPLY_LOST:
            return Unknown("the connection broke")
        if fault is Fault.CRASH_ACCEPTED:
            raise RuntimeError("a bug of the adapter")
        return Sent(notice.nonce)

    async def tell(self, channel: Channel, text: str) -> None:
        """Remember what the channel's owner was told."""
        self.told.append((channel.key, text))

    def _accept(self, channel: Channel, post: Post, message: Message, content: Content) -> str:
        now = self._clock()
        for one in self.shown:
            if one.nonce == message.nonce and timedelta(0) <= now - one.at < self._nonces:
                return one.platform_id
        thread = None
        if message.part > 0:
            assert post.thread_id in self.threads, "a paper outside its thread"
            thread = post.thread_id
        platform_id = f"{channel.key}-{len(self.shown)}"
        self.shown.append(Shown(platform_id, channel.key, thread, message.nonce, content, now))
        return platform_id
