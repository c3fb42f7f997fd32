"""What is done beside all else is done once at a time, and whatever happens to it the bot goes on."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.app import background
from bot.app.background import Background, keep_postings
from bot.errors import StoreBusy
from bot.store import Connection, Store, papers, postings
from tests.store import samples


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    """An empty history."""
    opened = Store.open(tmp_path / "broadsheet.db")
    yield opened
    opened.close()


async def test_work_under_way_is_not_begun_again() -> None:
    """Once it has ended, however it did, it may be; what is stopped goes no further."""
    begun, ended = 0, 0
    go = asyncio.Event()

    async def work() -> None:
        nonlocal begun, ended
        begun += 1
        await go.wait()
        ended += 1
        go.clear()
        raise StoreBusy("locked by another program")

    one = Background(work, fails="not now")
    for _ in range(3):
        one.begin()
        await asyncio.sleep(0)
    assert (begun, ended) == (1, 0)
    go.set()
    async with asyncio.timeout(5):
        while begun == 1:
            await asyncio.sleep(0)
            one.begin()
    await one.stop()
    go.set()
    await asyncio.sleep(0)
    assert (begun, ended) == (2, 1)


def fill(db: Connection, count: int) -> None:
    """Papers of a few words."""
    for number in range(count):
        papers.admit(db, samples.saying(f"Kites {number}", "Of kites."), (), samples.NOW)


async def test_common_words_are_kept_as_papers_come(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Told how far it is, up to the last full step; nothing is done while few are new."""
    monkeypatch.setattr(postings, "STEP", 16)
    monkeypatch.setattr(postings, "MOST", 16)
    monkeypatch.setattr(postings, "COMMON", 4)
    told: list[tuple[int, int]] = []
    await keep_postings(store, lambda *far: told.append(far))
    await store.write(fill, 50)
    await background.keep_postings(store, lambda *far: told.append(far))
    assert told == [(16, 48), (32, 48), (48, 48)]
    assert await store.read(postings.upto) == 48
    assert await store.read(postings.counts, ["kite"]) == {"kite": 47}
