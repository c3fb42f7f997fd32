"""Work that goes on beside all that people wait for."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import structlog

from bot.errors import StoreError
from bot.ingest import Progress
from bot.store import Store, papers, postings

log = structlog.get_logger()


class Background:
    """A piece of work that is begun whenever there may be something to do, and never twice at a time."""

    def __init__(self, work: Callable[[], Awaitable[None]], *, fails: str) -> None:
        """``fails`` is what to say when the store does not let it be done; it is tried again then."""
        self._work = work
        self._fails = fails
        self._task: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Start, unless it is under way. Returns at once."""
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Cancel what is under way."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        try:
            await self._work()
        except StoreError as error:
            log.error(self._fails, reason=str(error))


async def keep_postings(store: Store, told: Progress | None = None) -> None:
    """Keep which papers have common words, when many papers came since: a minute for a hundred thousand.

    Each step is kept as soon as it is made: this may be cancelled at any time and called again. Raises StoreError.
    """
    first, last = await store.read(postings.upto), await store.read(papers.last_id)
    while (step := await store.read(postings.next_step)) is not None:
        await store.write(postings.add, step)
        if told is not None:
            told(step.end - first, max(step.end, (last + 1) // postings.STEP * postings.STEP) - first)
