"""After each new session: what people reacted while nobody listened, the cheapest request first.

One page of a thread's history tells the counts of a hundred messages. Only for a message whose count is not the
one we know are people asked for, and then those with super reactions apart (Message, "Get Reactions").
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import discord
import structlog

from bot.chat.discord.outcomes import ERRORS
from bot.chat.discord.rates import Rates
from bot.chat.discord.reactions import Inbox, drop, keep, key_of
from bot.chat.discord.seeds import SEEDED
from bot.errors import BroadsheetError
from bot.settings import DiscordSettings
from bot.store import Connection, Store, reactions
from bot.store.reactions import Reacted

log = structlog.get_logger()

WINDOW = timedelta(days=7)
MOST = 2000
"""Messages looked at after a session began: those sent last, no older than the window."""

PAGE = 100
"""Messages of a page of history, and people of a page of reactions."""

PAGES = 3
"""Pages of a thread's history: what people said between the papers counts, too."""


class Reconciler:
    """Looks at messages in the background, whenever it is asked to."""

    def __init__(
        self,
        store: Store,
        settings: DiscordSettings,
        clock: Callable[[], datetime],
        client: Callable[[], discord.Client | None],
        rates: Rates,
    ) -> None:
        self._store = store
        self._settings = settings
        self._emoji = key_of(settings.emoji)
        self._clock = clock
        self._client = client
        self._rates = rates
        self._asked = asyncio.Event()
        self.passes = 0
        """How often all was looked at."""

    def ask(self) -> None:
        """Look at the messages soon, once more if that is going on."""
        self._asked.set()

    async def work(self, inbox: Inbox) -> None:
        """Look whenever asked, for as long as this runs."""
        while True:
            await self._asked.wait()
            self._asked.clear()
            client = self._client()
            try:
                if client is not None:
                    await self._look(client, inbox)
            except (*ERRORS, BroadsheetError) as error:
                log.warning("reactions made while the bot was away may be missing", reason=str(error))
            finally:
                inbox.touched = None
            self.passes += 1

    async def _look(self, client: discord.Client, inbox: Inbox) -> None:
        await inbox.settled()
        since = self._clock() - WINDOW
        threads: defaultdict[str, list[Reacted]] = defaultdict(list)
        for one in await self._store.read(reactions.recent, "discord", self._emoji, since, MOST):
            threads[one.thread_id].append(one)
        inbox.touched = set()
        for thread_id, messages in threads.items():
            try:
                await self._look_at_thread(client, inbox, int(thread_id), messages)
            except discord.HTTPException as error:
                log.info("a thread's reactions cannot be read", thread=thread_id, reason=str(error))

    async def _look_at_thread(
        self, client: discord.Client, inbox: Inbox, thread_id: int, messages: Sequence[Reacted]
    ) -> None:
        known = {one.platform_id: one for one in messages}
        thread = client.get_partial_messageable(thread_id)
        after = min(int(one.platform_id) for one in messages) - 1
        for _ in range(PAGES):
            await self._rates.background()
            page = [
                message
                async for message in thread.history(
                    limit=PAGE, after=discord.Object(after), oldest_first=True
                )
            ]
            for message in page:
                one = known.pop(str(message.id), None)
                if one is not None:
                    await self._look_at_message(inbox, message, one)
            if len(page) < PAGE or not known:
                break
            after = page[-1].id

    async def _look_at_message(self, inbox: Inbox, message: discord.Message, one: Reacted) -> None:
        """Ask who reacted if the count is not the one we know."""
        found = next((each for each in message.reactions if key_of(each.emoji) == self._emoji), None)
        count = found.count - found.me - found.me_burst if found is not None else 0
        if count == one.people:
            return
        known = await self._store.read(reactions.people, one.message_id, self._emoji)
        there = await self._people(found) if found is not None else set()
        # Nobody but a moderator takes the bot's own reaction away: then the others did not unreact themselves.
        seeded = self._settings.seed_reaction and one.shown <= SEEDED
        cleared = seeded and (found is None or not found.me)
        touched = inbox.touched or set()
        if (one.platform_id, None) in touched:
            return
        live = {person for message_id, person in touched if message_id == one.platform_id}
        added = {each for each in there - known if each[0] not in live}
        gone = {each for each in known - there if each[0] not in live}
        await self._store.write(settle, one, added, gone, self._emoji, self._clock(), cleared)

    async def _people(self, reaction: discord.Reaction) -> set[tuple[str, bool]]:
        """Everybody but bots who reacted, as (person, burst)."""
        people: set[tuple[str, bool]] = set()
        for kind, count in (
            (discord.ReactionType.normal, reaction.normal_count),
            (discord.ReactionType.burst, reaction.burst_count),
        ):
            after, left = None, count
            while left > 0:
                await self._rates.background()
                # With just as many as are left, discord.py asks no second time after a page that is not full.
                size = min(left, PAGE)
                page = [user async for user in reaction.users(limit=size, after=after, type=kind)]
                burst = kind is discord.ReactionType.burst
                people |= {(f"discord:{user.id}", burst) for user in page if not user.bot}
                if len(page) < size:
                    break
                after, left = discord.Object(max(user.id for user in page)), left - size
        return people


def settle(
    db: Connection,
    one: Reacted,
    added: set[tuple[str, bool]],
    gone: set[tuple[str, bool]],
    emoji: str,
    now: datetime,
    cleared: bool,
) -> None:
    """Write what was found, as (person, burst): who has reacted, and who no longer has, which drops no bookmark if it
    was cleared."""
    for person, burst in sorted(added):
        keep(db, one.message_id, one.paper_id, person, emoji, now, burst=burst)
    for person, burst in sorted(gone):
        if cleared:
            reactions.remove(db, one.message_id, person, emoji, burst=burst)
        else:
            drop(db, one.message_id, one.paper_id, person, emoji, burst=burst)
