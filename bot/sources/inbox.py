"""The folder where digest files land: which are there, which rest, and their bytes, read safely.

Files are never moved or changed. Only the folder's top level is looked at.
"""

import asyncio
import errno
import os
import stat
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from bot.errors import DigestError
from bot.sources import dates
from bot.sources.text import clean

REST = timedelta(seconds=0.5)
"""A file unchanged for so long, while watched, is whole."""
OLD = timedelta(seconds=2)
"""A file last changed so long ago is whole without being watched."""
TOGETHER = timedelta(seconds=1)
"""Files that rest wait so long, at most, for others that still move, so that what lands together is given together."""
RESCAN = timedelta(minutes=1)
"""How often a folder is looked at though nothing was noticed: not every file system tells."""
ABSENT = timedelta(seconds=1)
"""How often a folder that is missing, or that can't be watched, is looked at."""

_HALF_WRITTEN = (
    "~",
    ".part",
    ".partial",
    ".tmp",
    ".temp",
    ".swp",
    ".swx",
    ".crdownload",
    ".download",
    ".bak",
)


@dataclass(frozen=True, slots=True)
class DigestFile:
    """A digest file's bytes, with its name and modification time (UTC)."""

    name: str
    data: bytes
    modified: datetime


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a file looked like from outside when it was ``taken``; times are aware."""

    inode: int
    size: int
    modified: datetime
    taken: datetime


def is_digest_name(name: str) -> bool:
    """Whether a file of that name is meant to be read: not hidden, half written, or a README."""
    lower = name.lower()
    return not (lower.startswith((".", "#", "~", "readme")) or lower.endswith(_HALF_WRITTEN))


def scan(folder: Path) -> list[Path]:
    """Return the digest files of ``folder``: those with a date in their name by that, then the others by name.

    A missing folder has none. What is no regular file but looks like one is listed, so that ``load``
    can say what is wrong with it. Raises ``DigestError`` if the folder can't be listed.
    """
    try:
        with os.scandir(folder) as listing:
            found = [
                e.name for e in listing if is_digest_name(e.name) and not e.is_dir(follow_symlinks=False)
            ]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise DigestError(
            f"{folder}: cannot be listed ({_why(error)}); check that it is a readable folder"
        ) from None
    return [folder / name for name in sorted(found, key=lambda n: (dates.in_name(n) or date.max, n))]


def load(path: Path, *, folder: Path | None, max_bytes: int) -> DigestFile:
    """Read a regular file of at most ``max_bytes``.

    With ``folder``, links that lead out of it are refused. Raises ``DigestError`` for all that is no such
    file, and never waits on a pipe or a device.
    """
    shown = clean(path.name if folder else str(path))
    try:
        real = path.resolve(strict=True)
        if folder and not real.is_relative_to(folder.resolve()):
            raise DigestError(f"{shown}: a link that leaves its folder; put the file itself there")
        _check(real.stat(), shown, max_bytes)
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
        with os.fdopen(os.open(real, flags), "rb") as file:
            status = os.fstat(file.fileno())
            _check(status, shown, max_bytes)
            data = file.read(max_bytes + 1)
    except FileNotFoundError:
        if folder is None:
            raise DigestError(f"{shown}: there is no such file; check its name") from None
        raise DigestError(f"{shown}: no longer there; put it back to have it read") from None
    except (OSError, RuntimeError, ValueError) as error:
        raise DigestError(
            f"{shown}: cannot be read ({_why(error)}); check the file and its permissions"
        ) from None
    if len(data) > max_bytes:
        raise _too_large(shown, max_bytes)
    return DigestFile(clean(path.name), data, datetime.fromtimestamp(status.st_mtime, UTC))


def _check(status: os.stat_result, shown: str, max_bytes: int) -> None:
    if stat.S_ISDIR(status.st_mode):
        raise DigestError(f"{shown}: a folder, not a file; name the files in it")
    if not stat.S_ISREG(status.st_mode):
        raise DigestError(f"{shown}: not a regular file; save the digest to a file first")
    if status.st_size > max_bytes:
        raise _too_large(shown, max_bytes)


def _too_large(shown: str, max_bytes: int) -> DigestError:
    return DigestError(f"{shown}: larger than {max_bytes:,} bytes; split it or raise the cap in the settings")


def _why(error: Exception) -> str:
    if isinstance(error, RuntimeError) or (isinstance(error, OSError) and error.errno == errno.ELOOP):
        return "a link that leads round in a circle"  # Path.resolve raises RuntimeError before Python 3.13
    return (error.strerror or "" if isinstance(error, OSError) else str(error)).lower() or type(
        error
    ).__name__


def snapshot(path: Path, *, now: datetime) -> Snapshot | None:
    """Return what the file looks like, or None if it can't be seen."""
    try:
        status = path.stat()
    except (OSError, ValueError):
        return None
    modified = datetime.fromtimestamp(status.st_mtime_ns // 1000 / 1_000_000, UTC)
    return Snapshot(status.st_ino, status.st_size, modified, now)


def resting(earlier: Snapshot | None, later: Snapshot) -> bool:
    """Whether a file is whole: last changed long enough ago, or unchanged since an ``earlier`` look.

    The clock may have been set back between the two looks.
    """
    if later.taken - later.modified >= OLD:
        return True
    return earlier is not None and same(earlier, later) and abs(later.taken - earlier.taken) >= REST


def same(one: Snapshot, other: Snapshot) -> bool:
    """Whether two looks saw the same file contents."""
    return (one.inode, one.size, one.modified) == (other.inode, other.size, other.modified)


async def watch(
    folder: Path, *, now: Callable[[], datetime], stop: asyncio.Event
) -> AsyncIterator[list[Path]]:
    """Give the digest files that have come to rest since the last time, until ``stop``.

    At first all of them, even when there are none, so that whoever waits for the first look can go on.

    The folder may come and go. A file is given within a second of its last change.
    """
    noticed = asyncio.Event()
    notice: asyncio.Task[None] | None = None
    watched: tuple[int, int] | None = None
    given: dict[Path, Snapshot] = {}
    moving: dict[Path, Snapshot] = {}
    ready: dict[Path, datetime] = {}
    began, looked = now(), False
    try:
        while not stop.is_set():
            present = _identity(folder)
            settled = present is not None and present == watched and notice is not None and not notice.done()
            if not settled:
                await _end(notice)
                notice = asyncio.create_task(_notice(folder, noticed)) if present else None
                watched = present
            noticed.clear()
            seen = await asyncio.to_thread(_snapshots, folder, now())
            fresh = {p: s for p, s in seen.items() if p not in given or not same(given[p], s)}
            rested = {p: s for p, s in fresh.items() if resting(moving.get(p), s)}
            moving = {p: _first_such(moving.get(p), s) for p, s in fresh.items() if p not in rested}
            given = {p: s for p, s in (given | rested).items() if p in seen}
            ready |= {p: s.taken for p, s in rested.items() if p not in ready}
            since = min(ready.values(), default=began)
            if (ready or not looked) and (not moving or now() - since >= TOGETHER):
                looked = True
                yield [p for p in seen if p in ready]
                ready.clear()
            if moving:
                await _wait(REST, stop)
            else:
                await _wait(RESCAN if settled else ABSENT, stop, noticed)
    finally:
        await _end(notice)


def _first_such(earlier: Snapshot | None, later: Snapshot) -> Snapshot:
    return earlier if earlier and same(earlier, later) else later


def _snapshots(folder: Path, now: datetime) -> dict[Path, Snapshot]:
    try:
        paths = scan(folder)
    except DigestError:
        return {}
    return {path: seen for path in paths if (seen := snapshot(path, now=now))}


def _identity(folder: Path) -> tuple[int, int] | None:
    """Tell a folder from one of the same name that has taken its place."""
    try:
        status = folder.stat()
    except (OSError, ValueError):
        return None
    return (status.st_dev, status.st_ino) if stat.S_ISDIR(status.st_mode) else None


async def _notice(folder: Path, noticed: asyncio.Event) -> None:
    """Set ``noticed`` at each change; end if the folder is gone or the system has no watch left."""
    from watchfiles import awatch

    with suppress(OSError, RuntimeError):
        async for _ in awatch(folder, watch_filter=None, recursive=False, debounce=200, step=50):
            noticed.set()


async def _wait(longest: timedelta, *events: asyncio.Event) -> None:
    """Return when one of the events is set, or after ``longest``."""
    waits = [asyncio.create_task(event.wait()) for event in events]
    try:
        await asyncio.wait(waits, timeout=longest.total_seconds(), return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()


async def _end(task: asyncio.Task[None] | None) -> None:
    if task is not None:
        task.cancel()
        await asyncio.wait([task])
