"""When a message that was not taken is tried again, and when a nonce holds."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.models import Notice, State
from bot.publish.adapter import (
    NONCE_WINDOW,
    RETRY_FIRST,
    RETRY_MOST,
    Failed,
    Unknown,
    nonce_holds,
    retry_time,
)


def test_a_retry_waits_longer_each_time_and_no_longer_than_an_hour() -> None:
    """The wait doubles from a few seconds, for ever; the platform's own word goes before it."""
    now = datetime(2026, 3, 11, 9, tzinfo=UTC)
    waits = [retry_time(attempts, Failed("503"), now) - now for attempts in range(1, 40)]
    assert waits[:3] == [RETRY_FIRST, 2 * RETRY_FIRST, 4 * RETRY_FIRST]
    assert waits == sorted(waits)
    assert waits[-1] == RETRY_MOST
    assert retry_time(1, Unknown("lost"), now) == now + RETRY_FIRST
    assert retry_time(9, Failed("429", timedelta(seconds=1.5)), now) == now + timedelta(seconds=1.5)


def test_a_nonce_holds_for_a_while_and_not_when_the_clock_went_back() -> None:
    """Outside of the window the platform may have forgotten it, and a clock that jumped proves nothing."""
    now = datetime(2026, 3, 11, 9, tzinfo=UTC)
    notice = Notice(1, "fake:ada", "n", State.UNKNOWN)
    assert not nonce_holds(notice, now)
    held = {
        span: nonce_holds(replace(notice, claimed=now - span), now)
        for span in (timedelta(0), NONCE_WINDOW / 2, NONCE_WINDOW, -NONCE_WINDOW / 2)
    }
    assert list(held.values()) == [True, True, False, False]
