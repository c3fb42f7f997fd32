"""The lock file that keeps a second process off one history.

The kernel holds the lock for as long as the process that took it lives, however that ends; the file itself
stays, with the number of whoever held it last. It is never deleted: two processes could then each lock a
file of that name.
"""

import fcntl
import os
from pathlib import Path

from bot.errors import StoreBusy, StoreError, StoreFull


def take(path: Path) -> int:
    """Lock the history at ``path``, making its folder if need be, and give the descriptor that holds the lock.

    A history reached through a link is locked where it really is. Raises StoreBusy (naming the process that
    holds it), StoreFull, StoreError.
    """
    real = Path(os.path.realpath(path))
    name = real.with_name(real.name + ".lock")
    try:
        name.parent.mkdir(parents=True, exist_ok=True)
        lock = os.open(name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StoreFull(
            f"{name}: {error.strerror}; make the folder writable, or name another with --data"
        ) from error
    try:
        _hold(lock, path, name)
    except BaseException:
        os.close(lock)
        raise
    return lock


def _hold(lock: int, path: Path, name: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        holder = os.pread(lock, 20, 0).decode("ascii", "replace").strip() or "unknown"
        raise StoreBusy(
            f"{path}: in use by another Broadsheet (process {holder}); stop that one first. "
            "While it runs, new files in digests/ are read by themselves"
        ) from error
    except OSError as error:
        raise StoreError(
            f"{name}: {error.strerror}; this disk knows no locks, keep the history on a local one"
        ) from error
    try:
        os.ftruncate(lock, 0)
        os.pwrite(lock, f"{os.getpid()}\n".encode(), 0)
    except OSError as error:
        raise StoreFull(f"{name}: {error.strerror}; free some space on that disk") from error
