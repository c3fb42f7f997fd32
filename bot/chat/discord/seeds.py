"""The bot's own reaction below each paper, for people to tap on. It never delays a message, and may be missing."""

import asyncio
from collections import deque
from collections.abc import Callable

import discord
import structlog

from bot.chat.discord.outcomes import ERRORS
from bot.chat.discord.rates import Rates

log = structlog.get_logger()

SEEDED = 25
"""Papers of a post that is seeded at most: each costs a request."""


class Seeds:
    """Reacts in the background, one task a thread, since reactions have a bucket of their own in each."""

    def __init__(self, client: Callable[[], discord.Client | None], rates: Rates, emoji: str) -> None:
        self._client = client
        self._rates = rates
        self._emoji = emoji
        self._waiting: dict[int, deque[int]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def add(self, thread_id: int, message_id: int) -> None:
        """React to this message when there is time."""
        if thread_id in self._waiting:
            self._waiting[thread_id].append(message_id)
            return
        self._waiting[thread_id] = deque([message_id])
        task = asyncio.create_task(self._work(thread_id), name=f"seed {thread_id}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def stop(self, patience: float = 0.0) -> None:
        """End, after ``patience`` seconds at most; what is not seeded by then never is."""
        if self._tasks and patience > 0:
            await asyncio.wait(self._tasks, timeout=patience)
        late = list(self._tasks)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def _work(self, thread_id: int) -> None:
        waiting = self._waiting[thread_id]
        try:
            while waiting:
                await self._rates.background()
                client = self._client()
                if client is None:
                    break
                thread = client.get_partial_messageable(thread_id)
                await thread.get_partial_message(waiting[0]).add_reaction(self._emoji)
                waiting.popleft()
        except ERRORS as error:
            log.info("papers go without the bot's reaction", thread=thread_id, reason=str(error))
        finally:
            del self._waiting[thread_id]
