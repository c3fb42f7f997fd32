"""Pace and breaker: never more than Discord allows, whatever the machine does, and no request into a wall."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chat.discord.rates import BURST, GLOBAL, INVALID_MOST, KNOWN, ON_THE_WAY, Breaker, Pace, Trip


@settings(deadline=None, max_examples=25)
@given(st.lists(st.floats(0, 0.3), min_size=60, max_size=200))
def test_turns_come_evenly(gaps: list[float]) -> None:
    """However requests pile up, after a burst turns come at the rate that Discord allows."""
    pace, now, turns = Pace(), 0.0, []
    for gap in gaps:
        now += gap / 20
        turns.append(now + pace.turn(now))
    assert turns == sorted(turns)
    most = GLOBAL + int(BURST * GLOBAL)
    assert all(later - first >= 1.0 - 1e-9 for first, later in zip(turns, turns[most:], strict=False))


def test_a_lone_request_does_not_wait() -> None:
    """After a pause the next turns are now, and then there is a queue."""
    pace = Pace()
    waits = [pace.turn(5.0) for _ in range(GLOBAL)]
    assert waits[:20] == [0.0] * 20
    assert waits[-1] > 0.0
    assert pace.busy(5.0)
    assert not pace.busy(9.0)
    assert pace.turn(9.0) == 0.0


def test_the_pace_holds_still_after_a_global_429() -> None:
    """No turn comes before the time that Discord named."""
    pace = Pace()
    pace.hold(7.0)
    assert pace.turn(5.0) == pytest.approx(2.0)
    assert pace.busy(5.0)


@settings(deadline=None, max_examples=25)
@given(
    st.floats(0, 0.3),
    st.floats(0, 0.3),
    st.lists(st.tuples(st.floats(0, 0.03), st.floats(0, 0.5), st.floats(0, 0.5)), min_size=80, max_size=200),
)
def test_no_delay_on_the_way_makes_discord_see_too_many(
    there: float, back: float, trips: list[tuple[float, float, float]]
) -> None:
    """However late each request is, there or back, those that come in within any second are few enough."""
    pace, now, came_in = Pace(), 0.0, list[float]()
    answers: list[tuple[float, int]] = []
    undelayed = [(0.01, 0.0, 0.0)] * KNOWN
    for gap, late_there, late_back in undelayed + trips:
        now += gap
        ticket: int | float = 0.0
        while isinstance(ticket, float):
            for answered, known in sorted(answers):
                if answered <= now:
                    pace.arrived(known, answered)
                    answers.remove((answered, known))
            ticket = pace.leave(now)
            now += ticket if isinstance(ticket, float) else 0.0
        came_in.append(now + there + late_there)
        answers.append((came_in[-1] + back + late_back, ticket))
    came_in.sort()
    assert all(later - first >= 1.0 for first, later in zip(came_in, came_in[GLOBAL:], strict=False))


def test_a_known_way_is_not_waited_for_twice() -> None:
    """With a way of a fifth of a second the bot still makes nearly all the requests that it may."""
    pace, now, made = Pace(), 0.0, 0
    answers: list[tuple[float, int]] = []
    while now < 20.0:
        while answers and answers[0][0] <= now:
            pace.arrived(answers[0][1], answers.pop(0)[0])
        ticket = pace.leave(now)
        if isinstance(ticket, int):
            made += 1
            answers.append((now + 0.2, ticket))
        else:
            now += ticket
    assert made > 0.95 * 20 * GLOBAL


def test_a_request_without_an_answer_does_not_count_for_ever() -> None:
    """Fifty that hang do not silence the bot."""
    pace = Pace()
    for _ in range(GLOBAL):
        assert isinstance(pace.leave(0.0), int)
    assert isinstance(pace.leave(3.0), float)
    assert isinstance(pace.leave(ON_THE_WAY + 2.0), int)


def test_the_pace_is_busy_no_longer_than_requests_count() -> None:
    """What can wait is let through once the rush is over, though nothing else leaves by then."""
    pace = Pace()
    tickets = [pace.leave(0.0) for _ in range(GLOBAL)]
    assert pace.busy(0.5)
    for ticket in tickets:
        assert isinstance(ticket, int)
        pace.arrived(ticket, 0.6)
    assert pace.busy(1.0)
    assert not pace.busy(2.0)


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
