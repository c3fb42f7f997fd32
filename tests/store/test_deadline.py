"""Reading ends when its time is up, and only then."""

import pytest

from bot.store import Connection
from bot.store.deadline import TooLong, limit

ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"


def test_what_takes_too_long_is_stopped(db: Connection) -> None:
    """It raises where it is read, and what is read afterwards has no limit."""
    with pytest.raises(TooLong), limit(db, 0.01):
        db.execute(ENDLESS).fetchone()
    assert db.execute(f"{ENDLESS.replace('FROM n)', 'FROM n WHERE i < 100000)')}").fetchone()[0] == 100_000


def test_what_ends_in_time_is_not(db: Connection) -> None:
    """The limit is about time, not about work."""
    with limit(db, 60):
        assert (
            db.execute(f"{ENDLESS.replace('FROM n)', 'FROM n WHERE i < 100000)')}").fetchone()[0] == 100_000
        )
