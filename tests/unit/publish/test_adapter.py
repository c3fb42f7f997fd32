"""When a message that was not taken is tried again; all else of delivery is held by the scenarios."""

from datetime import UTC, datetime, timedelta

from bot.publish.delivery import RETRY_FIRST, RETRY_MOST, Failed, Unknown, retry_time


def test_a_retry_waits_longer_each_time_and_no_longer_than_an_hour() -> None:
    """The wait doubles from a few seconds, for ever; the platform's own word goes before it."""
    now = datetime(2026, 3, 11, 9, tzinfo=UTC)
    waits = [retry_time(attempts, Failed("503"), now) - now for attempts in range(1, 40)]
    assert waits[:3] == [RETRY_FIRST, 2 * RETRY_FIRST, 4 * RETRY_FIRST]
    assert waits == sorted(waits)
    assert waits[-1] == RETRY_MOST
    assert retry_time(1, Unknown("lost"), now) == now + RETRY_FIRST
    assert retry_time(9, Failed("429", timedelta(seconds=1.5)), now) == now + timedelta(seconds=1.5)
