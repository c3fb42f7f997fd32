"""Server-sent events: tells an open page that something changed, so that it fetches itself again.

The event carries no content: the page stays the one place where things are rendered.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress

from bot.store import Store

BEAT = 0.5
"""Seconds between two looks at whether something was written."""

KEEP_ALIVE = 30
"""Beats between two lines that keep idle connections from being cut by what lies between."""

MOST_STREAMS = 100
"""Pages that may listen at the same time; further ones are served, but not live."""


class Live:
    """The open streams of one server."""

    def __init__(self, store: Store, stop: asyncio.Event, session: str) -> None:
        self._store = store
        self._stop = stop
        self._session = session
        self._open = 0

    @property
    def pulse(self) -> str:
        """What changes whenever something was written; differs between two runs of the bot."""
        return f"{self._session}.{self._store.commits}"

    @property
    def full(self) -> bool:
        """Whether there are as many streams as there may be."""
        return self._open >= MOST_STREAMS

    async def events(self, since: str) -> AsyncGenerator[str, None]:
        """The stream for a page that was rendered at pulse ``since``, until the bot stops."""
        self._open += 1
        try:
            yield "retry: 2000\n\n"
            beats = 0
            while not self._stop.is_set():
                if self.pulse != since:
                    since = self.pulse
                    yield f"event: changed\nid: {since}\ndata: {since}\n\n"
                elif beats % KEEP_ALIVE == KEEP_ALIVE - 1:
                    yield ": still here\n\n"
                beats += 1
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._stop.wait(), BEAT)
        finally:
            self._open -= 1
