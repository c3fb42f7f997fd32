"""What the publisher does without a platform; all else of delivery is held by the scenarios."""

from datetime import UTC, datetime, time
from pathlib import Path

from structlog.testing import capture_logs

from bot.models import Channel
from bot.publish import Publisher
from bot.store import Store, channels


async def test_a_channel_without_its_platform_is_told_in_the_log(tmp_path: Path) -> None:
    """A channel whose platform is not connected is passed over, and the log says why."""
    store = Store.open(tmp_path / "broadsheet.db")
    await store.write(channels.sync, [Channel("irc:1", "irc", "1", "lab", "UTC", time(9))])
    publisher = Publisher(store, {}, lambda: datetime(2026, 3, 11, 9, tzinfo=UTC))
    with capture_logs() as logs:
        await publisher.tick()
        await publisher.settle()
    store.close()
    assert [(line["event"], line["platform"]) for line in logs] == [("no adapter for this platform", "irc")]
