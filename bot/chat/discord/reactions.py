"""A reaction is a bookmark: what people's reactions to papers change, and the queue in which they wait for it.

::

    gateway ─► Event ─► Inbox ─► apply, some hundred a transaction ─► reactions, bookmarks

Events come 0..N times and in any order (Discord docs, Reference, "Consistency"): reactions are kept as a set.
What a person does keeps or drops their bookmark. What a moderator does (clearing reactions, deleting a message)
drops none: a bookmark is dropped by its owner only.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import discord
import structlog

from bot.errors import BroadsheetError
from bot.models import Bookmark, Message
from bot.store import Connection, Store, bookmarks, outbox, reactions

log = structlog.get_logger()

SOURCE = "discord:reaction"
BATCH = 500
"""Events of one transaction: some 20 ms, so that nobody else waits for long."""

MOST = 200_000
"""Events that wait at most, some 30 MB; beyond, new ones are dropped and made good by looking at the messages."""

EARLY = timedelta(seconds=60)
"""How long an event may come before its message is recorded as sent: discord.py sleeps over the answer to a send
that empties a bucket, while people see the message."""

STORE_RETRY = 1.0


@dataclass(frozen=True, slots=True)
class Event:
    """What somebody did to our emoji on a message; ``person`` is None for a moderator.

    ``own`` says that the message is certainly the bot's, ``burst`` that it is a super reaction.
    """

    kind: Literal["add", "remove", "clear"]
    message: str
    person: str | None = None
    own: bool = False
    burst: bool = False


def key_of(emoji: discord.PartialEmoji | discord.Emoji | str) -> str:
    """By what an emoji is known: a custom one by its id, any other by itself without variation selectors.

    A string is the character, or ``name:id``.
    """
    if isinstance(emoji, str):
        _, _, number = emoji.rpartition(":")
        return number if number.isdecimal() else emoji.replace("\ufe0f", "")
    return str(emoji.id) if emoji.id else (emoji.name or "").replace("\ufe0f", "")


def apply(db: Connection, events: Iterable[Event], emoji: str, now: datetime) -> list[Event]:
    """Let events change reactions and bookmarks, in order, and give those whose message is not known."""
    known: dict[str, Message | None] = {}
    unknown = []
    for event in events:
        if event.message not in known:
            known[event.message] = outbox.message_of_platform(db, "discord", event.message)
        message = known[event.message]
        if message is None:
            unknown.append(event)
        elif message.paper_id is None:
            continue
        elif event.person is None:
            reactions.clear(db, message.id)
        elif event.kind == "add":
            keep(db, message.id, message.paper_id, event.person, emoji, now, burst=event.burst)
        else:
            drop(db, message.id, message.paper_id, event.person, emoji, burst=event.burst)
    return unknown


def keep(
    db: Connection, message_id: int, paper_id: int, person: str, emoji: str, now: datetime, *, burst: bool
) -> None:
    """A person has reacted: the paper is bookmarked, unless that reaction was known already."""
    if reactions.add(db, message_id, person, emoji, burst=burst):
        bookmarks.add(db, Bookmark(person, paper_id, now, source=SOURCE))


def drop(db: Connection, message_id: int, paper_id: int, person: str, emoji: str, *, burst: bool) -> None:
    """A person has taken a known reaction back: so goes the bookmark, unless another of theirs holds it."""
    if reactions.remove(db, message_id, person, emoji, burst=burst) and not reactions.holds(
        db, person, paper_id, "discord"
    ):
        bookmarks.remove(db, person, paper_id)


class Inbox:
    """Events on their way to the store, in order. ``overflow`` is called when some had to be dropped."""

    def __init__(
        self, store: Store, emoji: str, clock: Callable[[], datetime], overflow: Callable[[], None]
    ) -> None:
        self._store = store
        self._emoji = key_of(emoji)
        self._clock = clock
        self._overflow = overflow
        self._waiting: deque[Event] = deque()
        self._early: deque[tuple[datetime, Event]] = deque()
        self._news = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._lost = False
        self.touched: set[tuple[str, str | None]] | None = None
        """Message and person of every event, while somebody who looks at the messages wants to know; else None."""

    def put(self, event: Event) -> None:
        """Add an event; never waits."""
        if self.touched is not None:
            self.touched.add((event.message, event.person))
        if len(self._waiting) >= MOST:
            self._lost = True
            return
        self._waiting.append(event)
        self._idle.clear()
        self._news.set()

    async def settled(self) -> None:
        """Wait until all events but the early ones are in the store."""
        await self._idle.wait()

    async def work(self) -> None:
        """Bring events to the store for as long as this runs."""
        while True:
            if not self._waiting:
                await self._rest()
            batch = [self._waiting.popleft() for _ in range(min(BATCH, len(self._waiting)))]
            if not await self._apply(batch):
                self._waiting.extendleft(reversed(batch))
                await asyncio.sleep(STORE_RETRY)

    async def _rest(self) -> None:
        """Wait for news; for a moment only, while there are early events."""
        self._idle.set()
        if self._lost:
            self._lost = False
            self._overflow()
        self._news.clear()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._news.wait(), STORE_RETRY if self._early else None)

    async def _apply(self, batch: Sequence[Event]) -> bool:
        """Bring the early events and then these to the store, all or none of them."""
        now = self._clock()
        early = [(since, event) for since, event in self._early if now - since < EARLY]
        try:
            events = [*(event for _, event in early), *batch]
            unknown = await self._store.write(apply, events, self._emoji, now) if events else []
        except BroadsheetError as error:
            log.error("reactions wait for the history", events=len(batch), error=str(error))
            return False
        since = {id(event): since for since, event in early}
        own = {event.message for event in unknown if event.own or id(event) in since}
        self._early = deque(
            ((since.get(id(event), now), event) for event in unknown if event.message in own), maxlen=BATCH
        )
        return True
