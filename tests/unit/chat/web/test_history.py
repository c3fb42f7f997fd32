from datetime import date, timedelta

import pytest

from bot import library
from bot.chat.web import history
from bot.errors import NotFound
from bot.models import State
from bot.store import Connection, Store
from tests.unit.chat.web import world
from tests.unit.chat.web.world import NOW, PAPERS, TODAY, brief


async def test_a_thread_has_what_was_sent(store: Store) -> None:
    """Papers come in their places with their times; the closing message counts once it is sent."""
    thread = history.thread(await library.day(store, PAPERS.key, TODAY))
    assert [paper.paper.id for paper, _ in thread.papers] == [3, 4, 5]
    assert thread.closed == thread.sent == thread.updated == NOW
    await store.write(_unsend, "closing")
    assert history.thread(await library.day(store, PAPERS.key, TODAY)).closed is None
    await store.write(_unsend, "paper")
    assert history.thread(await library.day(store, PAPERS.key, TODAY)).papers == ()


async def test_without_its_header_a_post_is_not_there(store: Store) -> None:
    """A post whose header is on its way is on no timeline and has no thread."""
    await store.write(_unsend, "header")
    day = await library.day(store, PAPERS.key, TODAY)
    with pytest.raises(NotFound):
        history.thread(day)
    assert (await store.read(history.timeline, "papers")).days == ()


async def test_a_timeline_says_what_lies_around_it(empty: Store) -> None:
    """It holds the latest days, those before a date, or those up to an old day."""
    for number in range(history.DAYS + 2):
        await world.post(empty, PAPERS, [brief(number)], NOW + timedelta(days=number))
    latest = await empty.read(history.timeline, "papers")
    assert [listed.post.local_date for listed in latest.days] == _days(date(2026, 3, 13), history.DAYS)
    assert (latest.earlier, latest.later) == (True, False)
    before = await empty.read(history.timeline, "papers", date(2026, 3, 13))
    assert [listed.post.local_date for listed in before.days] == _days(TODAY, 2)
    assert (before.earlier, before.later) == (False, True)
    assert await empty.read(history.timeline, "papers", None, date(2026, 3, 12)) == before
    assert await empty.read(history.timeline, "papers", None, date(2026, 3, 20)) == latest


async def test_an_unknown_channel_is_not_found(store: Store) -> None:
    """No other platform's channel answers by name either."""
    with pytest.raises(NotFound):
        await store.read(history.timeline, "nope")


def _unsend(db: Connection, kind: str) -> None:
    db.execute("UPDATE messages SET state = ? WHERE kind = ?", (State.UNKNOWN, kind))


def _days(first: date, count: int) -> list[date]:
    return [first + timedelta(days=number) for number in range(count)]
