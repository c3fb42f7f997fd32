"""What a server was posted, as records."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.library import Day, posts
from bot.models import Channel
from bot.store import Connection, Store, channels, outbox
from tests.store import samples
from tests.store.samples import CHANNEL, NOW, TODAY, later, on_discord

LAB, SHELF, IDLE = (on_discord(number) for number in (5, 6, 8))
ELSEWHERE = on_discord(7, server="88")


def fill(db: Connection) -> None:
    """Two posts in one channel of a server, one in another, none in the third, and one in another server's."""
    channels.sync(db, [CHANNEL, LAB, SHELF, IDLE, ELSEWHERE])
    samples.read_digest(db, "a.txt", 4)
    arrive(db, LAB, [1], day=-1, minute=-1440)
    arrive(db, LAB, [2, 3, 4], shown=2)
    arrive(db, SHELF, [1], minute=1)
    arrive(db, ELSEWHERE, [1], minute=2)


def arrive(
    db: Connection, channel: Channel, ids: list[int], *, day: int = 0, minute: int = 0, shown: int = 9
) -> None:
    """Post these papers and record the header message as sent."""
    post = samples.insert(db, ids, channel=channel, local_date=TODAY + timedelta(days=day), shown=shown)
    assert post is not None
    header = outbox.messages(db, post.id)[0]
    outbox.claim(db, header.id, NOW)
    outbox.record_sent(db, header.id, f"m{header.id}", later(minutes=minute))


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    """A history with those posts."""
    opened = Store.open(tmp_path / "broadsheet.db")
    await opened.write(fill)
    yield opened
    opened.close()


def said(day: Day | None) -> tuple[str, str, list[int | None], list[int]] | None:
    """Where and of which day a post is, and which papers it shows and leaves out."""
    if day is None:
        return None
    shown = [brief.paper.id for brief in day.shown]
    return day.channel.key, str(day.post.local_date), shown, [paper_id for paper_id, _ in day.left_out]


async def test_each_channel_of_a_server_comes_with_its_latest_post(store: Store) -> None:
    """Channels come by name; one without a post is among them, another server's is not."""
    of = await posts.channels_of(store, "discord", "77")
    assert [channel.key for channel in of] == [LAB.key, SHELF.key, IDLE.key]
    assert [(channel.key, said(day)) for channel, day in await posts.latest(store, of)] == [
        (LAB.key, (LAB.key, "2025-03-11", [2, 3], [4])),
        (SHELF.key, (SHELF.key, "2025-03-11", [1], [])),
        (IDLE.key, None),
    ]


async def test_what_arrived_since_comes_last_first_and_is_counted(store: Store) -> None:
    """Only in the channels asked for, and no more than asked for, though all are counted."""
    of = await posts.channels_of(store, "discord", "77")
    days, total = await posts.arrived(store, of, later(days=-3), 2)
    assert total == 3
    assert [said(day) for day in days] == [
        (SHELF.key, "2025-03-11", [1], []),
        (LAB.key, "2025-03-11", [2, 3], [4]),
    ]
    days, total = await posts.arrived(store, [SHELF], NOW, 9)
    assert (total, [said(day) for day in days]) == (1, [(SHELF.key, "2025-03-11", [1], [])])
    assert await posts.arrived(store, [], later(days=-3), 9) == ([], 0)
