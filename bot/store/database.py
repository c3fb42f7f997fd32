"""Connections, the writer thread, the readers, and SQLite's errors in our own words."""

import asyncio
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from sqlite3 import Connection
from typing import Concatenate, ParamSpec, Self, TypeVar

from bot.errors import NotFound, StoreBusy, StoreDamaged, StoreError, StoreFull, StoreTooNew
from bot.store import lock, migrations
from bot.store.vectors import Encoder

P = ParamSpec("P")
T = TypeVar("T")

BUSY_TIMEOUT = 5.0
"""Seconds that a connection waits for another process's lock before it gives up."""

READERS = 4
"""Threads that read at the same time, each with a connection of its own."""

CLOSING_CHECK = 100_000
"""Steps of SQLite's machine (some milliseconds) between two looks whether a reader is to stop."""


Summarise = Callable[[str, str], str]
"""Gives a summary for a title and an abstract. Never raises."""


def _no_summary(*_: str) -> str:
    return ""


class Store:
    """The open history. Verbs run in its threads; nothing here blocks the event loop.

    ``write`` and ``read`` raise ``StoreError`` or one of its kinds for whatever SQLite reports, ``NotFound``
    for a number so large that nothing can have it, and let the verb's own ``BroadsheetError`` through.
    """

    def __init__(
        self,
        path: Path,
        held: int | None,
        busy_timeout: float,
        summarise: Summarise,
        encoder: Encoder | None = None,
    ) -> None:
        self.path = path
        self.encoder = encoder
        """What the vectors of papers are made with, if searches are to go by meaning, too."""
        self._summarise = summarise
        self._held = held
        self._busy_timeout = busy_timeout
        self._idle: dict[str, list[Connection]] = {"BEGIN": [], "BEGIN IMMEDIATE": []}
        """Open connections that nobody uses, for reading and for writing: the last one used has most in its cache."""
        self._closing = threading.Event()
        self.commits = 0
        """Write transactions committed so far: while it stands still, nothing that was read is out of date."""
        self._writer = ThreadPoolExecutor(1, "store-write")
        self._readers = ThreadPoolExecutor(READERS, "store-read")

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        writes: bool = True,
        busy_timeout: float = BUSY_TIMEOUT,
        summarise: Summarise = _no_summary,
        encoder: Encoder | None = None,
    ) -> Self:
        """Open the history at ``path`` and bring its schema up to date.

        ``summarise`` makes the summaries that papers were admitted without; see ``papers.briefs``.

        With ``writes`` the file is made when missing and held by a lock file beside it, which the kernel
        gives up when the process ends, however it ends. Without, the file must exist and no lock is taken,
        so that a person can search while the bot runs.

        Raises StoreBusy (naming the process that holds it), StoreTooNew, StoreDamaged, StoreFull, StoreError.
        """
        if not writes and not path.is_file():
            raise StoreError(
                f"{path}: there is no history yet; put a digest file into digests/ and run 'broadsheet ingest'"
            )
        held = lock.take(path) if writes else None
        try:
            with _translated(path):
                connection = connect(path, busy_timeout, create=writes)
                try:
                    _bring_up_to_date(connection, path, writes=writes)
                finally:
                    connection.close()
        except BaseException:
            if held is not None:
                os.close(held)
            raise
        return cls(path, held, busy_timeout, summarise, encoder)

    async def write(
        self, verb: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run ``verb`` in one write transaction and give what it returns, once it is on the disk.

        A cancelled caller does not undo it: the transaction is finished, or was never begun.
        """
        if self._held is None:
            raise StoreError(
                f"{self.path}: {'closed' if self._closing.is_set() else 'opened for reading only'}"
            )
        call = partial(self._transact, "BEGIN IMMEDIATE", lambda db: verb(db, *args, **kwargs))
        return await asyncio.wrap_future(self._writer.submit(call))

    async def read(
        self, verb: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run ``verb`` on a reading connection, on one snapshot, and give what it returns."""
        if self._closing.is_set():
            raise StoreError(f"{self.path}: closed")
        call = partial(self._transact, "BEGIN", lambda db: verb(db, *args, **kwargs))
        return await asyncio.wrap_future(self._readers.submit(call))

    def close(self) -> None:
        """Finish the writes in hand, stop the reads, close every connection, give up the lock.

        Blocks meanwhile. A stopped read raises StoreError where it is awaited, as does whatever comes later.
        """
        self._closing.set()
        self._writer.shutdown(wait=True)
        self._readers.shutdown(wait=True)
        for idle in self._idle.values():
            while idle:
                idle.pop().close()
        if self._held is not None:
            os.close(self._held)
            self._held = None

    def _transact(self, begin: str, verb: Callable[[Connection], T]) -> T:
        with _translated(self.path), self._connection(begin) as db:
            if begin == "BEGIN":  # what was read before may have set a limit of its own
                db.set_progress_handler(self._closing.is_set, CLOSING_CHECK)
            db.execute(begin)
            try:
                result = verb(db)
                db.execute("COMMIT")
                self.commits += begin == "BEGIN IMMEDIATE"
            except BaseException:
                with suppress(sqlite3.Error):
                    db.execute("ROLLBACK")
                raise
            return result

    @contextmanager
    def _connection(self, begin: str) -> Iterator[Connection]:
        """A connection that begins its transactions so, for one thread at a time."""
        idle = self._idle[begin]
        try:
            connection = idle.pop()
        except IndexError:
            connection = connect(self.path, self._busy_timeout, summarise=self._summarise)
            if begin == "BEGIN":
                connection.execute("PRAGMA query_only=ON")
        try:
            yield connection
        finally:
            idle.append(connection)


def backup(path: Path, target: Path) -> None:
    """Copy the history to ``target``, whole and consistent, while the bot may be running.

    Refuses to overwrite, and leaves nothing behind when it fails. Raises StoreError and its kinds.
    """
    if not path.is_file():
        raise StoreError(f"{path}: there is no history to back up yet")
    if target.exists():
        raise StoreError(f"{target}: exists already; name a file that does not")
    part = target.with_name(f"{target.name}.{os.getpid()}.part")
    with _translated(path):
        source = connect(path)
    try:
        with _translated(target):
            copy = sqlite3.connect(part)
            try:
                source.backup(copy)
                copy.execute("PRAGMA journal_mode=DELETE")
            finally:
                copy.close()
            part.rename(target)
    finally:
        source.close()
        with suppress(OSError):
            part.unlink()


def _bring_up_to_date(db: Connection, path: Path, *, writes: bool) -> None:
    """Let the history through if it is ours and of this version, and make it so if it is older and ``writes``."""
    if migrations.is_foreign(db):
        raise StoreDamaged(
            f"{path}: another program's database, not a history; name another folder with --data"
        )
    unknown = migrations.unknown(db)
    if unknown:
        raise StoreTooNew(
            f"{path}: written by a newer Broadsheet (it has {unknown[0]!r}); "
            "update Broadsheet, or restore a backup made by this version"
        )
    if writes:
        db.execute("PRAGMA journal_mode=WAL")
    if migrations.pending(db):
        if not writes:
            raise StoreError(
                f"{path}: made by an older Broadsheet; run 'broadsheet ingest' once to update it"
            )
        migrations.apply(db)


def connect(
    path: Path,
    busy_timeout: float = BUSY_TIMEOUT,
    *,
    create: bool = False,
    summarise: Summarise = _no_summary,
) -> Connection:
    """Open a connection as the store uses it, outside of any transaction. Raises sqlite3.Error."""
    db = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={'rwc' if create else 'rw'}",
        uri=True,
        timeout=busy_timeout,
        isolation_level=None,
        check_same_thread=False,
    )
    db.row_factory = sqlite3.Row
    db.create_function("summarise", 2, summarise, deterministic=True)
    try:
        db.execute("PRAGMA synchronous=FULL")
        db.execute("PRAGMA foreign_keys=ON")
    except BaseException:
        db.close()
        raise
    return db


@contextmanager
def _translated(path: Path) -> Iterator[None]:
    """Turn what SQLite, its binding and the file system report about ``path`` into our errors."""
    try:
        yield
    except sqlite3.Error as error:
        raise _error(path, error) from error
    except OSError as error:
        raise StoreFull(
            f"{path}: {error.strerror or error}; check the folder and the space on its disk"
        ) from error
    except UnicodeEncodeError as error:
        raise StoreError(f"{path}: text with half a character in it cannot be kept or looked up") from error
    except OverflowError as error:
        raise NotFound(f"{path}: nothing has so large a number") from error


def _error(path: Path, error: sqlite3.Error) -> StoreError:
    """The result codes are SQLite's, https://sqlite.org/rescode.html; the low byte is the primary one."""
    match getattr(error, "sqlite_errorcode", 0) & 0xFF:
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED | sqlite3.SQLITE_PROTOCOL:
            return StoreBusy(f"{path}: locked by another program for too long; close that one and try again")
        case sqlite3.SQLITE_FULL | sqlite3.SQLITE_IOERR:
            return StoreFull(f"{path}: {error}; free some space on that disk, then try again")
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM:
            return StoreFull(f"{path}: {error}; make the file and its folder writable, then try again")
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            return StoreDamaged(f"{path}: {error}; restore it from a backup, or move it away to start afresh")
        case sqlite3.SQLITE_INTERRUPT:
            return StoreError(f"{path}: closed before it had answered")
        case _:
            return StoreError(f"{path}: {error}")
