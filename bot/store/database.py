"""Connections, the writer thread, the lock that keeps a second process out, and errors in our own words."""

import asyncio
import fcntl
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from sqlite3 import Connection
from typing import Concatenate, ParamSpec, Self, TypeVar

from bot.errors import StoreBusy, StoreDamaged, StoreError, StoreFull, StoreTooNew
from bot.store import migrations

P = ParamSpec("P")
T = TypeVar("T")

BUSY_TIMEOUT = 5.0
"""Seconds that a connection waits for another process's lock before it gives up."""

READERS = 4
"""Threads that read at the same time, each with a connection of its own."""


class Store:
    """The open history. Verbs run in its threads; nothing here blocks the event loop.

    ``write`` and ``read`` raise ``StoreError`` or one of its kinds for whatever SQLite reports, and let
    the verb's own ``BroadsheetError`` through.
    """

    def __init__(self, path: Path, lock: int | None) -> None:
        self.path = path
        self._lock = lock
        self._local = threading.local()
        self._connections: list[Connection] = []
        self._writer = ThreadPoolExecutor(1, "store-write")
        self._readers = ThreadPoolExecutor(READERS, "store-read")

    @classmethod
    def open(cls, path: Path, *, writes: bool = True) -> Self:
        """Open the history at ``path`` and bring its schema up to date.

        With ``writes`` the file is made when missing and held by a lock file beside it, which the kernel
        gives up when the process ends, however it ends. Without, the file must exist and no lock is taken,
        so that a person can search while the bot runs.

        Raises StoreBusy (naming the process that holds it), StoreTooNew, StoreDamaged, StoreFull, StoreError.
        """
        if not writes and not path.is_file():
            raise StoreError(
                f"{path}: there is no history yet; put a digest file into digests/ and run 'broadsheet ingest'"
            )
        lock = _lock(path) if writes else None
        try:
            with _translated(path):
                connection = _connect(path)
                try:
                    unknown = migrations.unknown(connection)
                    if unknown:
                        raise StoreTooNew(
                            f"{path}: written by a newer Broadsheet (it has {unknown[0]!r}); "
                            "update Broadsheet, or restore a backup made by this version"
                        )
                    if migrations.pending(connection):
                        if not writes:
                            raise StoreError(
                                f"{path}: made by an older Broadsheet; run 'broadsheet ingest' once to update it"
                            )
                        migrations.apply(connection)
                finally:
                    connection.close()
        except BaseException:
            if lock is not None:
                os.close(lock)
            raise
        return cls(path, lock)

    async def write(
        self, verb: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run ``verb`` in one write transaction and give what it returns, once it is on the disk.

        A cancelled caller does not undo it: the transaction is finished, or was never begun.
        """
        if self._lock is None:
            raise StoreError(f"{self.path}: opened for reading only")
        call = partial(self._transact, "BEGIN IMMEDIATE", lambda db: verb(db, *args, **kwargs))
        return await asyncio.wrap_future(self._writer.submit(call))

    async def read(
        self, verb: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run ``verb`` on a reading connection, on one snapshot, and give what it returns."""
        call = partial(self._transact, "BEGIN", lambda db: verb(db, *args, **kwargs))
        return await asyncio.wrap_future(self._readers.submit(call))

    def close(self) -> None:
        """Finish the writes in hand, close every connection, give up the lock."""
        self._writer.shutdown(wait=True)
        self._readers.shutdown(wait=True, cancel_futures=True)
        for connection in self._connections:
            connection.close()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _transact(self, begin: str, verb: Callable[[Connection], T]) -> T:
        with _translated(self.path):
            db = self._connection()
            db.execute(begin)
            try:
                result = verb(db)
                db.execute("COMMIT")
            except BaseException:
                if db.in_transaction:
                    db.execute("ROLLBACK")
                raise
            return result

    def _connection(self) -> Connection:
        connection: Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = _connect(self.path)
            if not threading.current_thread().name.startswith("store-write"):
                connection.execute("PRAGMA query_only=ON")
            self._local.connection = connection
            self._connections.append(connection)
        return connection


def backup(path: Path, target: Path) -> None:
    """Copy the history to ``target``, whole and consistent, while the bot may be running.

    Refuses to overwrite. Raises StoreError and its kinds.
    """
    if target.exists():
        raise StoreError(f"{target}: exists already; name a file that does not")
    if not path.is_file():
        raise StoreError(f"{path}: there is no history to back up yet")
    part = target.with_name(target.name + ".part")
    with _translated(target):
        part.unlink(missing_ok=True)
        source, copy = _connect(path), sqlite3.connect(part)
        try:
            source.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")
        finally:
            copy.close()
            source.close()
        part.rename(target)


def _connect(path: Path) -> Connection:
    db = sqlite3.connect(path, timeout=BUSY_TIMEOUT, isolation_level=None, check_same_thread=False)
    db.row_factory = sqlite3.Row
    try:
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("PRAGMA synchronous=FULL")
        db.execute("PRAGMA foreign_keys=ON")
    except BaseException:
        db.close()
        raise
    return db


def _lock(path: Path) -> int:
    """Take the lock file beside ``path`` and write our process id into it. Raises StoreBusy, StoreFull."""
    name = path.with_name(path.name + ".lock")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = os.open(name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StoreFull(
            f"{name}: {error.strerror}; make the folder writable, or name another with --data"
        ) from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        holder = os.pread(lock, 20, 0).decode("ascii", "replace").strip() or "unknown"
        os.close(lock)
        raise StoreBusy(
            f"{path}: in use by another Broadsheet (process {holder}); stop that one first. "
            "While it runs, new files in digests/ are read by themselves"
        ) from error
    try:
        os.ftruncate(lock, 0)
        os.pwrite(lock, f"{os.getpid()}\n".encode(), 0)
    except OSError as error:
        os.close(lock)
        raise StoreFull(f"{name}: {error.strerror}; free some space on that disk") from error
    return lock


@contextmanager
def _translated(path: Path) -> Iterator[None]:
    """Turn what SQLite and the file system report about ``path`` into our errors."""
    try:
        yield
    except sqlite3.Error as error:
        raise _error(path, error) from error
    except OSError as error:
        raise StoreFull(
            f"{path}: {error.strerror or error}; check the folder and the space on its disk"
        ) from error


def _error(path: Path, error: sqlite3.Error) -> StoreError:
    """The result codes are SQLite's, https://sqlite.org/rescode.html; the low byte is the primary one."""
    match getattr(error, "sqlite_errorcode", 0) & 0xFF:
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return StoreBusy(
                f"{path}: locked by another program for over {BUSY_TIMEOUT:.0f} s; close it and retry"
            )
        case sqlite3.SQLITE_FULL | sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_IOERR:
            return StoreFull(f"{path}: {error}; free some space, or check who may write there")
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            return StoreDamaged(f"{path}: {error}; restore it from a backup, or move it away to start afresh")
        case _:
            return StoreError(f"{path}: {error}")
