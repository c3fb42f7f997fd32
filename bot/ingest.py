"""From a digest file to the history: one file, one transaction, one receipt.

::

    load ─► sha256 ─► seen this content? ─► read_digest ─► clean, brief ─► identify ─► admit, sight
    (thread)          (store)               (thread, pure)                 (one transaction)

The same content is read once, whatever the file is called. What cannot be read is quarantined with its line
and reason; a file that cannot be read at all gets a receipt with an error, and the other files go on.
"""

import asyncio
import hashlib
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from multiprocessing import get_context, parent_process
from pathlib import Path

from bot.errors import DigestError
from bot.models import Brief, Decision, Digest, Entry, Paper, Receipt, Sighting
from bot.reading.brief import paper_of
from bot.reading.identity import block_keys, identify, plausible
from bot.sources import read_digest
from bot.sources.inbox import load
from bot.store import Connection, Store, digests, papers
from bot.store.digests import Origin

Progress = Callable[[int, int], None]
"""Told now and then how many steps of a file are done, of how many.

May raise, from whatever thread, to end the work: then nothing of the file is kept, and it can be read again.
"""

PROGRESS_STEP = 50
"""Entries between two words of progress."""

MANY = 1000
"""From so many entries on, worker processes read faster than they take to start."""

CHUNK = 50
"""Entries that a worker process is handed at a time."""


INDEX_STEP = 500
"""Papers that are indexed together: it takes a tenth of a second, and nothing can end it meanwhile."""


MakeBrief = Callable[[Paper], Brief]
"""How a paper becomes a brief: ``bot.reading.brief.brief`` with its taxonomy and summariser."""


async def ingest(
    store: Store,
    path: Path,
    make_brief: MakeBrief,
    now: datetime,
    *,
    max_bytes: int,
    folder: Path | None = None,
    progress: Progress | None = None,
    origin: Origin = "digest",
) -> Receipt:
    """Read one digest file into the history and give its receipt.

    What a ``library`` names is already seen: it is in no post to come, though it waited for one.
    Content that was read before is not read again: its entries count as seen. ``folder`` is the one that a
    symbolic link may not lead out of. Raises StoreError; what is wrong with the file stands in the receipt.
    """
    try:
        file = await asyncio.to_thread(load, path, max_bytes=max_bytes, folder=folder)
    except DigestError as error:
        return _failure(path.name, error)
    sha256 = hashlib.sha256(file.data).hexdigest()
    known = await store.read(digests.receipt, sha256)
    if known is not None and known.error is None:
        if origin == "library":
            await store.write(digests.make_library, sha256)
        return replace(known, file=file.name, new=0, seen=known.new + known.seen, again=True)
    try:
        digest = await asyncio.to_thread(read_digest, file.data, name=file.name, modified=file.modified)
    except DigestError as error:
        receipt = _failure(file.name, error)
        await store.write(_record_failure, sha256, receipt, now)
        return receipt
    name = file.name
    del file  # its bytes may be most of the memory in use
    count, many = len(digest.entries), len(digest.entries) >= MANY
    first, steps = (0, count) if many else (count, 2 * count)

    def tell(done: int) -> None:
        if progress is not None and (done % PROGRESS_STEP == 0 or done == steps):
            progress(done, steps)

    with made(digest.entries, make_brief) as briefs:
        if not many:  # then others need not wait for the transaction while the entries are read
            briefs = iter(await asyncio.to_thread(_told, briefs, tell))
        return await store.write(
            _admit_all, sha256, name, origin, digest, briefs, make_brief, now, lambda done: tell(first + done)
        )


@contextmanager
def made(entries: Sequence[Entry], make_brief: MakeBrief) -> Iterator[Iterator[Brief]]:
    """What the bot makes of each entry, in order; touches no store.

    Many entries are shared out to every core, and made ahead of whoever takes them.
    """
    if len(entries) < MANY:
        yield (make_brief(paper_of(entry)) for entry in entries)
        return
    workers = ProcessPoolExecutor(mp_context=get_context("spawn"), initializer=_work, initargs=(make_brief,))
    try:
        yield workers.map(_read, entries, chunksize=CHUNK)
    finally:
        workers.shutdown(cancel_futures=True)


def _told(briefs: Iterator[Brief], tell: Callable[[int], None]) -> list[Brief]:
    found = []
    for brief in briefs:
        found.append(brief)
        tell(len(found))
    return found


_make_brief: MakeBrief
"""What a worker process makes briefs with; set once as it starts, since a taxonomy is large to send."""


def _work(make_brief: MakeBrief) -> None:
    """Begin a worker process. Ctrl-C reaches it too, but its end is for the bot to decide; killed, the bot can't."""
    global _make_brief
    _make_brief = make_brief
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_the_bot, daemon=True).start()


def _end_with_the_bot() -> None:
    bot = parent_process()
    assert bot is not None
    bot.join()
    os._exit(1)


def _read(entry: Entry) -> Brief:
    return _make_brief(paper_of(entry))


def merged(old: Paper, new: Paper) -> Paper:
    """The stored paper with what a later sighting adds: ids, links, people, a missing abstract, votes."""
    lacks_abstract = not old.abstract and bool(new.abstract)
    return replace(
        old,
        abstract=new.abstract if lacks_abstract else old.abstract,
        abstract_as_printed=new.abstract_as_printed if lacks_abstract else old.abstract_as_printed,
        arxiv_id=old.arxiv_id or new.arxiv_id,
        doi=old.doi or new.doi,
        url=old.url or new.url,
        authors=old.authors or new.authors,
        categories=old.categories or new.categories,
        published=old.published or new.published,
        upvotes=new.upvotes if new.upvotes is not None else old.upvotes,
    )


def _failure(file: str, error: DigestError) -> Receipt:
    return Receipt(file, 0, 0, 0, 0, error=str(error))


def _record_failure(db: Connection, sha256: str, receipt: Receipt, now: datetime) -> None:
    digests.forget_failure(db, sha256)
    digests.finish(db, digests.record(db, sha256, receipt.file, now), receipt)


def _admit_all(
    db: Connection,
    sha256: str,
    file: str,
    origin: Origin,
    digest: Digest,
    briefs: Iterator[Brief],
    make_brief: MakeBrief,
    now: datetime,
    tell: Callable[[int], None],
) -> Receipt:
    digests.forget_failure(db, sha256)
    digest_id = digests.record(db, sha256, file, now, format=digest.format, day=digest.date, origin=origin)
    digests.quarantine(db, digest_id, digest.unreadable)
    new = 0
    for done, (entry, brief) in enumerate(zip(digest.entries, briefs, strict=True), 1):
        new += admit(db, digest_id, file, digest.date, entry, brief, make_brief, now)[1]
        tell(done)
    papers.index(db)
    receipt = Receipt(
        file=file,
        entries=len(digest.entries) + len(digest.unreadable),
        new=new,
        seen=len(digest.entries) - new,
        unreadable=len(digest.unreadable),
        digest_date=digest.date,
    )
    digests.finish(db, digest_id, receipt)
    return receipt


def admit(
    db: Connection,
    digest_id: int,
    file: str,
    day: date | None,
    entry: Entry,
    brief: Brief,
    make_brief: MakeBrief,
    now: datetime,
) -> tuple[int, bool]:
    """Admit one entry's paper or recognise it; gives its id, and whether it is new.

    Within a transaction, which is to end with ``papers.index``.
    """
    keys = block_keys(brief.paper.title)
    decision, old = recognise(db, brief.paper, keys)
    same = decision.verdict == "same"
    if old is not None and old.id is not None and same:
        paper_id = old.id
        known = merged(old, brief.paper)
        if known != old:
            papers.upgrade(db, make_brief(known), keys)
    else:
        paper_id = papers.admit(db, brief, keys, now, indexed=False)
        if decision.verdict == "related" and old is not None and old.id is not None:
            papers.relate(db, paper_id, old.id, decision)
    papers.record_sighting(
        db,
        digest_id,
        Sighting(paper_id, file, day, now, entry.line, entry.position, entry.title, decision),
    )
    if not same and paper_id % INDEX_STEP == 0:
        papers.index(db)
    return paper_id, not same


def recognise(db: Connection, paper: Paper, keys: Sequence[str]) -> tuple[Decision, Paper | None]:
    """What :func:`bot.reading.identity.identify` finds among the stored papers, of which few are loaded."""
    near = plausible(paper, papers.candidates(db, paper, keys))
    known = (papers.paper(db, number) for number in near)
    return identify(paper, (one for one in known if one is not None))
