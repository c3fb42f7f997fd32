"""The tick comes again and again, whatever becomes of one of them."""

import asyncio
from datetime import timedelta

import structlog

from bot.schedule import start_ticker

OFTEN = timedelta(milliseconds=20)


async def test_the_tick_goes_on_after_one_that_failed() -> None:
    """A tick that raises is told in the log, and the next one comes all the same."""
    ticks = asyncio.Queue[int]()
    count = 0

    async def tick() -> None:
        nonlocal count
        count += 1
        ticks.put_nowait(count)
        if count == 1:
            raise RuntimeError("the disk is gone")

    with structlog.testing.capture_logs() as logs:
        ticker = start_ticker(tick, OFTEN)
        try:
            async with asyncio.timeout(10):
                assert [await ticks.get() for _ in range(3)] == [1, 2, 3]
        finally:
            ticker.shutdown(wait=False)
    assert [entry["error"] for entry in logs if entry["event"] == "a tick failed"] == [
        "RuntimeError('the disk is gone')"
    ]


async def test_a_slow_tick_is_never_run_twice_at_a_time() -> None:
    """A tick that takes longer than the time between two is told, not doubled, and goes on afterwards."""
    running = most = count = 0
    again = asyncio.Event()

    async def tick() -> None:
        nonlocal running, most, count
        count += 1
        running += 1
        most = max(most, running)
        if count == 1:
            await asyncio.sleep(10 * OFTEN.total_seconds())
        else:
            again.set()
        running -= 1

    with structlog.testing.capture_logs() as logs:
        ticker = start_ticker(tick, OFTEN)
        try:
            async with asyncio.timeout(10):
                await again.wait()
        finally:
            ticker.shutdown(wait=False)
    assert most == 1
    assert any("longer" in entry["event"] for entry in logs)
