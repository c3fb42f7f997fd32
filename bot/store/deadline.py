"""A limit on how long reading may take."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from sqlite3 import Connection

STEPS = 1000
"""Steps of SQLite's machine (some microseconds each) between two looks at the clock."""


class TooLong(Exception):
    """The time was up."""


@contextmanager
def limit(db: Connection, seconds: float) -> Iterator[None]:
    """Stop what is read within once the time is up, by raising ``TooLong`` there."""
    end = time.monotonic() + seconds
    db.set_progress_handler(lambda: time.monotonic() > end, STEPS)
    try:
        yield
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT:
            raise TooLong from error
        raise
    finally:
        db.set_progress_handler(None, 0)
