"""Pace and breaker: never more than Discord allows, whatever the machine does, and no request into a wall."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chat.discord.rates import GLOBAL, INVALID_MOST, ON_THE_WAY, Breaker, Pace, Trip


@settings(deadline=None, max_examples=25)
@given(st.lists(st.floats(0, 0.3), min_size=60, max_size=200))
def test_turns_come_evenly(gaps: list[float]) -> None:
    """However requests pile up, any second has fewer turns than Discord allows requests."""
    pace, now, turns = Pace(), 0.0, []
    for gap in gaps:
        now += gap / 20
        turns.append(now + pace.turn(now))
    assert turns == sorted(turns)
    assert all(later - first >= 1.0 - 1e-9 for first, later in zip(turns, turns[GLOBAL:], strict=False))


def test_a_lone_request_does_not_wait() -> None:
    """After a pause the next turn is now."""
    pace = Pace()
    assert pace.turn(5.0) == 0.0
    assert pace.turn(5.0) > 0.0
    assert pace.turn(9.0) == 0.0


def test_the_pace_holds_still_after_a_global_429() -> None:
    """No turn comes before the time that Discord named."""
    pace = Pace()
    pace.hold(7.0)
    assert pace.turn(5.0) == pytest.approx(2.0)
    assert pace.backlog(5.0) > 2.0


@settings(deadline=None, max_examples=25)
@given(
    st.lists(st.tuples(st.floats(0, 0.03), st.floats(0, 0.5), st.floats(0, 0.5)), min_size=80, max_size=200)
)
def test_no_delay_on_the_way_makes_discord_see_too_many(trips: list[tuple[float, float, float]]) -> None:
    """However long each request takes there and back, those that come in within any second are few enough."""
    pace, now, came_in = Pace(), 0.0, list[float]()
    answers: list[tuple[float, int]] = []
    for gap, there, back in trips:
        now += gap
        ticket = None
        while ticket is None:
            for answered, known in sorted(answers):
                if answered <= now:
                    pace.arrived(known, answered)
                    answers.remove((answered, known))
            ticket = pace.leave(now)
            now += 0.0 if ticket is not None else 0.01
        came_in.append(now + there)
        answers.append((now + there + back, ticket))
    came_in.sort()
    assert all(later - first >= 1.0 for first, later in zip(came_in, came_in[GLOBAL:], strict=False))


def test_a_request_without_an_answer_does_not_count_for_ever() -> None:
    """Fifty that hang do not silence the bot."""
    pace = Pace()
    for _ in range(GLOBAL):
        assert pace.leave(0.0) is not None
    assert pace.leave(3.0) is None
    assert pace.leave(ON_THE_WAY + 2.0) is not None


def hear(breaker: Breaker, status: int, *, now: float = 0.0, **facts: object) -> None:
    """An answer, by default one of Discord's own to the bot."""
    said = {"via": True, "scope": None, "retry_after": None, "ours": True} | facts
    breaker.heard(
        status,
        now=now,
        via=bool(said["via"]),
        scope=None if said["scope"] is None else str(said["scope"]),
        retry_after=None if said["retry_after"] is None else float(str(said["retry_after"])),
        ours=bool(said["ours"]),
    )


def test_an_ordinary_answer_opens_nothing() -> None:
    """Neither do server errors, nor limits that are shared with others."""
    breaker = Breaker()
    for status in (200, 204, 400, 404, 500, 503):
        hear(breaker, status)
    for _ in range(INVALID_MOST):
        hear(breaker, 429, scope="shared")
    assert breaker.closed(0.0) is None


def test_a_401_is_for_good_but_an_interactions_is_not() -> None:
    """A wrong token never becomes right; an interaction's token just ends."""
    breaker = Breaker()
    hear(breaker, 401, ours=False)
    assert breaker.closed(0.0) is None
    hear(breaker, 401)
    closed = breaker.closed(1e9)
    assert closed is not None
    assert closed.retry_after is None
    assert "token" in str(closed)


def test_cloudflare_is_believed() -> None:
    """A 429 without Via is the wall before Discord: all rests for as long as it says, else for minutes."""
    breaker = Breaker()
    hear(breaker, 429, via=False, retry_after=30.0)
    closed = breaker.closed(10.0)
    assert closed is not None
    assert closed.retry_after == timedelta(seconds=20)
    assert breaker.closed(30.0) is None
    hear(breaker, 429, via=False, now=40.0)
    assert breaker.closed(600.0) is not None


def test_refusals_add_up_within_ten_minutes_only() -> None:
    """Far below the 10,000 that bar the address the bot stops asking, until they are forgotten."""
    slow, fast = Breaker(), Breaker()
    for number in range(2 * INVALID_MOST):
        hear(slow, 403, now=number * 2.0)
    assert slow.closed(4 * INVALID_MOST) is None
    for number in range(INVALID_MOST):
        hear(fast, 403, now=number / 10)
    assert fast.closed(51.0) is not None
    assert fast.closed(700.0) is None


@pytest.mark.parametrize(
    ("answers", "unsure"),
    [
        ([], False),
        ([400], False),
        ([429, 403], False),
        ([None], True),
        ([500], True),
        ([500, 429], True),
        ([200], True),
    ],
)
def test_a_trip_is_unsure_unless_all_was_refused(answers: list[int | None], unsure: bool) -> None:
    """Only refusals are certain; also 200 is not, before its body is there."""
    trip = Trip()
    for status in answers:
        trip.left()
        if status is not None:
            trip.answered(status)
    assert trip.unsure is unsure
