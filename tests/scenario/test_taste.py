"""What a group keeps today is what it sees first tomorrow."""

from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from bot.library import bookmark
from bot.models import Brief, Channel, Paper, Post
from bot.publish.planning import compose, preview
from bot.store import Connection, Store, channels, outbox, papers

NOW = datetime(2026, 3, 11, 9, tzinfo=UTC)
CHANNEL = Channel("web:papers", "web", "papers", "papers", "UTC", time(9), max_papers=40)


def admit(db: Connection, topics: list[str], now: datetime) -> None:
    """A paper of each topic, in this order."""
    first = papers.last_id(db)
    for number, topic in enumerate(topics, first):
        paper = Paper(f"On {topic} number {number}", "We study it.", "", "")
        papers.admit(db, Brief(paper, "We study it.", (topic,), (), ()), [], now)


def order(db: Connection, post: Post) -> list[str]:
    """The topics of a post's papers, best first."""
    return [papers.tags(db, pick.paper_id)[0] for pick in outbox.picks(db, post.id)]


async def test_kept_topics_rise_in_the_next_post(tmp_path: Path) -> None:
    """After bookmarks on one of two topics, papers on it come first; before, the digest's order holds."""
    store = Store.open(tmp_path / "history.db")
    topics = ["kites", "ducks"] * 15
    await store.write(channels.sync, [CHANNEL])
    await store.write(admit, topics, NOW)
    post = await store.write(compose, CHANNEL, NOW.date(), NOW)
    assert post is not None
    assert await store.read(order, post) == topics
    for number in range(2, 31, 2):
        await bookmark(store, "web:me", number, NOW, "web")
    later = NOW + timedelta(days=1)
    await store.write(admit, topics, later)
    planned = await store.read(preview, CHANNEL, later)
    assert planned is not None
    assert any(name == "bookmarks" for name, _ in planned.picks[0].score)
    post = await store.write(compose, CHANNEL, later.date(), later)
    assert post is not None
    assert (await store.read(order, post))[:8].count("ducks") >= 7
    store.close()
