"""``broadsheet run``: read what is there, post what is due, serve the web channel, until told to stop."""

import asyncio
import signal
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path

import structlog

from bot import app
from bot.app import platforms
from bot.app.background import Background, keep_postings
from bot.app.meaning import Encoding
from bot.errors import DigestError, Stopped, StoreError
from bot.ingest import MakeBrief, Progress, ingest
from bot.models import Receipt
from bot.publish import Publisher
from bot.settings import Settings
from bot.sources.inbox import scan, watch
from bot.store import Store, channels, papers
from bot.store.digests import Origin

log = structlog.get_logger()

SUMMARIES = 10
"""Summaries that one write makes: some 20 ms, so that a person who bookmarks does not wait."""

OnReceipt = Callable[[Receipt], None]
OnProgress = Callable[[str], Progress | None]
"""Given a file's name, who is to be told how far its reading is."""

FIRST_LOOK = 1.0
"""Seconds that the first posts get before the ticker starts, which the web channel's do not need."""

KEPT_AFTER_LEAVING = timedelta(days=30)
"""How long the posts of a server are kept that the bot was removed from."""


async def run(
    settings: Settings,
    *,
    on_address: Callable[[str], None],
    on_receipt: OnReceipt,
    on_progress: OnProgress,
) -> None:
    """Run the bot until SIGINT or SIGTERM. The callbacks tell a person what happens.

    Raises BroadsheetError for what keeps the bot from starting: settings, store, address.
    """
    from bot.chat.web import serve

    records = settings.channel_records(app.local_zone())
    platforms.require_token(settings, records)
    stop = _stop_by_signal()
    make_brief = app.brief_maker(settings, app.summary_later)
    with app.opened(settings, writes=True) as store:
        await store.write(channels.sync, records)
        async with (
            serve(store, settings.web, clock=app.now, stop=stop) as address,
            platforms.running(settings, store, stop) as adapters,
        ):
            publisher = Publisher(store, adapters, app.now)
            on_address(address)
            _warn_of(settings.digests)
            try:
                await _work(settings, store, publisher, make_brief, stop, on_receipt, on_progress)
            except Stopped as error:
                log.info("stopped while reading", reason=str(error))
            finally:
                stop.set()
                await publisher.stop(platforms.patience(settings))


def _warn_of(folder: Path) -> None:
    """Tell at once when there is no folder to read: the bot goes on, and reads it as soon as it is there."""
    try:
        scan(folder)
    except DigestError as error:
        log.error("no digest file can be read", error=str(error))
    else:
        if not folder.exists():
            log.warning(
                "the digests folder is not there yet; make it and put digest files into it",
                folder=str(folder),
            )


def _stop_by_signal() -> asyncio.Event:
    """An event that Ctrl-C and SIGTERM set."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    return stop


async def _work(
    settings: Settings,
    store: Store,
    publisher: Publisher,
    make_brief: MakeBrief,
    stop: asyncio.Event,
    on_receipt: OnReceipt,
    on_progress: OnProgress,
) -> None:
    """Read, then post; the ticker starts after the first reading, so that nothing is posted before that.

    A file that the store could not take (locked, full) waits and is tried again at every tick.
    """
    one_at_a_time = asyncio.Lock()
    waiting: list[Path] = []

    async def read(paths: list[Path]) -> None:
        async with one_at_a_time:
            for path in paths:
                if stop.is_set():
                    return
                try:
                    receipt = await _ingest(
                        settings, store, path, make_brief, on_progress, stop, settings.digests
                    )
                except StoreError as error:
                    log.error("a digest file waits to be read", file=path.name, error=str(error))
                    waiting.append(path)
                else:
                    on_receipt(receipt)

    async def tick() -> None:
        late = waiting.copy()
        waiting.clear()
        await read(late)
        await publisher.tick()
        forgotten = await store.write(channels.forget_left, app.now() - KEPT_AFTER_LEAVING)
        if forgotten:
            log.info("the posts of a server left long ago are dropped", channels=forgotten)
        made = SUMMARIES
        while made == SUMMARIES and not stop.is_set():
            made = await store.write(papers.keep_summaries, SUMMARIES)
        await encoding.tick()
        keeping.begin()

    encoding = Encoding(store)
    keeping = Background(partial(keep_postings, store), fails="searches may take longer than they need")
    ticker = None
    try:
        async for paths in watch(settings.digests, now=app.now, stop=stop):
            await read(paths)
            await publisher.tick()
            if ticker is None:
                await publisher.settle(FIRST_LOOK)
                from bot.schedule import start_ticker

                ticker = start_ticker(tick)
    finally:
        if ticker is not None:
            ticker.shutdown(wait=False)
        await encoding.stop()
        await keeping.stop()


async def ingest_files(
    settings: Settings,
    paths: Sequence[Path],
    *,
    on_receipt: OnReceipt,
    on_progress: OnProgress,
    origin: Origin = "digest",
) -> int:
    """Read these files, else all in the digests folder, and give how many there were.

    Raises BroadsheetError for what concerns more than one file, Stopped when SIGINT or SIGTERM ends it.
    """
    stop = _stop_by_signal()
    make_brief = app.brief_maker(settings, app.summary_later)
    folder = None if paths else settings.digests
    found = list(paths) or scan(settings.digests)
    with app.opened(settings, writes=True) as store:
        for path in found:
            on_receipt(await _ingest(settings, store, path, make_brief, on_progress, stop, folder, origin))
        reason = "stopped; common words are looked at again when the bot runs"
        await keep_postings(store, _until(stop, reason, on_progress("common words")))
    return len(found)


async def _ingest(
    settings: Settings,
    store: Store,
    path: Path,
    make_brief: MakeBrief,
    on_progress: OnProgress,
    stop: asyncio.Event,
    folder: Path | None,
    origin: Origin = "digest",
) -> Receipt:
    """Read one file, but no further once told to stop."""
    reason = f"{path.name}: stopped half way; nothing of it is kept, and it is read anew next time"
    return await ingest(
        store,
        path,
        make_brief,
        app.now(),
        max_bytes=settings.max_digest_mb * app.MEGABYTE,
        folder=folder,
        progress=_until(stop, reason, on_progress(path.name)),
        origin=origin,
    )


def _until(stop: asyncio.Event, reason: str, told: Progress | None) -> Progress:
    """Tell how far something is, and raise Stopped once told to stop."""

    def progress(done: int, total: int) -> None:
        if stop.is_set():
            raise Stopped(reason)
        if told is not None:
            told(done, total)

    return progress
