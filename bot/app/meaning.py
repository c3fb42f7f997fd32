"""Search by meaning: which encoder this run has, and the encoding of papers while the bot has nothing to do."""

import asyncio
import time

import structlog

from bot.app.background import Background
from bot.errors import SettingsError
from bot.reading import vectors
from bot.settings import Settings
from bot.store import Store, papers
from bot.store import vectors as kept
from bot.store.vectors import Encoder

log = structlog.get_logger()

BATCH = 16
"""Papers encoded and kept at a time: some 10 ms of one core, with a sentence encoder half a second or more."""


def encoder(of: Settings) -> Encoder | None:
    """The encoder that the settings name; None, with a word in the log, when it can't be had."""
    try:
        return vectors.encoder(of.search.encoder)
    except SettingsError as error:
        log.warning("papers are found by their words alone", reason=str(error))
        return None


async def encode_missing(store: Store, by: Encoder, *, share: float = 1.0) -> int:
    """Give every paper without one its vector, the newest first, and say how many there were. Some may come meanwhile.

    Encodes in a thread, at most ``share`` of the time, and keeps each batch as soon as it is made, so that it may
    be cancelled at any time and called again. Raises SettingsError, StoreError.
    """
    done = 0
    oldest: int | None = None
    while waiting := await store.read(kept.missing, by.name, BATCH, oldest):
        oldest = waiting[-1][0]
        began = time.monotonic()
        made = await asyncio.to_thread(by.encode, [text for _, text in waiting])
        spent = time.monotonic() - began
        found = {paper_id: (text, vector) for (paper_id, text), vector in zip(waiting, made, strict=True)}
        await store.write(kept.put, by.name, found)
        done += len(found)
        await asyncio.sleep(spent * (1 / share - 1))
    return done


class Encoding:
    """Encodes whatever was admitted, beside all else that the bot does."""

    SHARE = 0.5
    """Of one core's time, so that whoever asks meanwhile waits no longer."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._work = Background(self._all, fails="papers wait to be encoded")
        self._upto = 0
        """The newest paper when last all had their vectors."""

    async def tick(self) -> None:
        """Begin, if papers came since the last time and nothing is under way. Returns at once."""
        if self._store.encoder is not None and await self._store.read(papers.last_id) != self._upto:
            self._work.begin()

    async def stop(self) -> None:
        """Begin nothing more; what was encoded is kept."""
        await self._work.stop()

    async def _all(self) -> None:
        by = self._store.encoder
        assert by is not None
        newest = await self._store.read(papers.last_id)
        try:
            done = await encode_missing(self._store, by, share=self.SHARE)
            log.info("papers are encoded", encoder=by.name, papers=done)
        except SettingsError as error:
            log.error("papers can't be encoded; they are found by their words alone", reason=str(error))
        self._upto = newest
