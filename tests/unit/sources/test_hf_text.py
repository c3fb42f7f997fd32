"""The native format, on real files when they are there."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot.sources import read_digest

REAL = Path("../shared/digests")
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.mark.skipif(not REAL.is_dir(), reason="the real digests are not here")
@pytest.mark.parametrize(
    ("name", "entries", "day"),
    [
        ("000_87bf77659f4affd5.txt", 93, date(2026, 3, 11)),
        ("002_b5846660a2a02a9a.txt", 85, date(2026, 3, 12)),
        ("003_47ee2e8ca29dd24b.txt", 88, date(2026, 3, 11)),
    ],
)
def test_real_digests_are_read_whole(name: str, entries: int, day: date) -> None:
    """Every card of a real page is read as printed, and nothing is left over."""
    data = (REAL / name).read_bytes()
    digest = read_digest(data, name=name, modified=NOW)
    printed = data.decode().split("\n\n")[5:]
    assert [(e.title, e.abstract) for e in digest.entries] == list(
        zip(printed[::2], printed[1::2], strict=True)
    )
    assert len(digest.entries) == entries
    assert digest.unreadable == ()
    assert digest.date == day
