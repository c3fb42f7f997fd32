import asyncio

from bot import library
from bot.chat.web.live import MOST_STREAMS, Live
from bot.store import Store
from tests.unit.chat.web.world import NOW


async def test_a_write_is_told(store: Store) -> None:
    """A page that listens hears of a change that is made after it was rendered, once."""
    live = Live(store, asyncio.Event(), "run")
    stream = live.events(live.pulse)
    assert await anext(stream) == "retry: 2000\n\n"
    before = live.pulse
    await library.bookmark(store, "web:me", 1, NOW, "web")
    told = await asyncio.wait_for(anext(stream), 5)
    assert live.pulse != before
    assert told == f"event: changed\nid: {live.pulse}\ndata: {live.pulse}\n\n"
    await stream.aclose()


async def test_what_was_missed_is_told_at_once(store: Store) -> None:
    """A page of an earlier state, or of an earlier run of the bot, hears of it as soon as it listens."""
    live = Live(store, asyncio.Event(), "run")
    for since in ("", "earlier.0", "run.0"):
        await library.bookmark(store, "web:me", 1, NOW, "web")
        stream = live.events(since)
        await anext(stream)
        assert "changed" in await asyncio.wait_for(anext(stream), 5)
        await stream.aclose()


async def test_reading_is_no_change(store: Store) -> None:
    """Looking at things does not make the pages of others fetch themselves again."""
    live = Live(store, asyncio.Event(), "run")
    before = live.pulse
    await library.kept(store)
    assert live.pulse == before


async def test_streams_end_when_the_bot_stops(store: Store) -> None:
    """No stream holds up the end."""
    stop = asyncio.Event()
    live = Live(store, stop, "run")
    stream = live.events(live.pulse)
    await anext(stream)
    waiting = asyncio.ensure_future(anext(stream, "the end"))
    await asyncio.sleep(0)
    stop.set()
    assert await asyncio.wait_for(waiting, 1) == "the end"


async def test_streams_are_limited_and_given_back(store: Store) -> None:
    """So many pages may listen; each that leaves makes room."""
    live = Live(store, asyncio.Event(), "run")
    streams = [live.events(live.pulse) for _ in range(MOST_STREAMS)]
    for stream in streams:
        await anext(stream)
    assert live.full
    await streams[0].aclose()
    assert not live.full
    for stream in streams:
        await stream.aclose()
