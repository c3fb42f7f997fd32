"""What is due and what a post says: the decisions, apart from any platform."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.models import Brief, Channel, Interests, Paper, Receipt
from bot.publish.planning import TOP_TAGS, Plan, due, nonce, plan

DAY = date(2026, 3, 11)
RECEIPTS = (Receipt("a.txt", 93, 75, 17, 1), Receipt("b.txt", 7, 5, 2, 0))
ZONES = (
    "UTC Europe/Berlin America/New_York Africa/Cairo Asia/Beirut America/Santiago America/Havana "
    "Australia/Lord_Howe Pacific/Apia Asia/Kathmandu"
).split()


NO_INTERESTS = Interests()


def channel(
    zone: str = "UTC",
    at: time = time(9),
    *,
    max_papers: int = 20,
    quiet_line: bool = False,
    interests: Interests = NO_INTERESTS,
) -> Channel:
    """A channel with a posting time."""
    return Channel("web:papers", "web", "papers", "papers", zone, at, max_papers, quiet_line, interests)


def briefs(count: int, tags: Sequence[str] = ("pruning",)) -> list[Brief]:
    """So many papers, numbered from 1."""
    return [
        Brief(Paper(f"Sparse Heads {n}", "We prune.", "", "", id=n), "We prune.", tuple(tags), (), ())
        for n in range(1, count + 1)
    ]


def planned(of: Channel, papers: Sequence[Brief]) -> Plan:
    """The plan of that day, of which there must be one."""
    found = plan(of, DAY, papers, RECEIPTS)
    assert found is not None
    return found


def utc(text: str) -> datetime:
    """An instant."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "at", "posted", "now", "owed"),
    [
        ("UTC", time(9), None, "2026-03-11 03:00", "2026-03-11"),
        ("UTC", time(9), "2026-03-10", "2026-03-11 08:59:59", None),
        ("UTC", time(9), "2026-03-10", "2026-03-11 09:00", "2026-03-11"),
        ("UTC", time(9), "2026-03-10", "2026-03-11 23:59", "2026-03-11"),
        ("UTC", time(9), "2026-03-11", "2026-03-11 23:59", None),
        ("Pacific/Auckland", time(9), "2026-03-11", "2026-03-11 20:00", "2026-03-12"),
        # Off over midnight: yesterday's is made up within the window, and not after it.
        ("UTC", time(22), "2026-03-09", "2026-03-11 03:59", "2026-03-10"),
        ("UTC", time(22), "2026-03-09", "2026-03-11 04:00", "2026-03-10"),
        ("UTC", time(22), "2026-03-09", "2026-03-11 04:01", None),
        ("UTC", time(22), "2026-03-10", "2026-03-11 03:00", None),
        # Off for a week: one post, for today.
        ("UTC", time(9), "2026-03-03", "2026-03-11 10:00", "2026-03-11"),
        # The clock went back, or the zone was changed to one further west: nothing until the date is new.
        ("UTC", time(9), "2026-03-12", "2026-03-11 23:00", None),
        ("America/Los_Angeles", time(9), "2026-03-12", "2026-03-12 03:00", None),
        # The posting time is jumped over: right after the jump.
        ("Europe/Berlin", time(2, 30), "2026-03-28", "2026-03-29 00:59:59", None),
        ("Europe/Berlin", time(2, 30), "2026-03-28", "2026-03-29 01:00", "2026-03-29"),
        # The posting time comes twice: at the first.
        ("America/New_York", time(1, 30), "2026-10-31", "2026-11-01 05:29", None),
        ("America/New_York", time(1, 30), "2026-10-31", "2026-11-01 05:30", "2026-11-01"),
        ("America/New_York", time(1, 30), "2026-11-01", "2026-11-01 06:30", None),
    ],
)
def test_a_post_is_owed_from_its_local_time_on(
    zone: str, at: time, posted: str | None, now: str, owed: str | None
) -> None:
    """What was posted and what the wall clock shows decide; nothing else does."""
    dates = [] if posted is None else [date.fromisoformat(posted)]
    assert due(channel(zone, at), dates, utc(now)) == (None if owed is None else date.fromisoformat(owed))


@pytest.mark.parametrize(
    ("zone", "jump"),
    [
        ("Africa/Cairo", "2026-04-23 22:00"),
        ("Asia/Beirut", "2026-03-28 22:00"),
        ("America/Santiago", "2026-09-06 04:00"),
        ("America/Havana", "2026-03-08 05:00"),
    ],
)
def test_a_day_without_its_midnight_has_its_post(zone: str, jump: str) -> None:
    """Where the clock jumps from midnight to one, a posting time in between is reached at once."""
    now = utc(jump)
    today = now.astimezone(ZoneInfo(zone)).date()
    assert now.astimezone(ZoneInfo(zone)).time() == time(1)
    yesterday = [today - timedelta(days=1)]
    assert due(channel(zone, time(0, 30)), yesterday, now) == today
    assert due(channel(zone, time(0, 30)), yesterday, now - timedelta(seconds=1)) is None


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("at", [time(0), time(0, 30), time(2, 30), time(23, 50)])
def test_a_bot_that_never_sleeps_posts_once_on_every_day_of_a_year(zone: str, at: time) -> None:
    """With an hourly tick, each local date of the year has exactly one post, whatever the clocks do."""
    posted: list[date] = []
    now, end = utc("2026-01-01 00:07"), utc("2027-01-01 00:07")
    first = now.astimezone(ZoneInfo(zone)).date()
    while now < end:
        owed = due(channel(zone, at), posted[::-1][:3], now)
        if owed is not None:
            posted.append(owed)
        now += timedelta(hours=1)
    assert posted == [first + timedelta(days=n) for n in range(len(posted))]
    assert len(posted) in (364, 365, 366)


@given(
    st.sampled_from(ZONES),
    st.times().map(lambda at: at.replace(second=0, microsecond=0)),
    st.integers(0, 2 * 365 * 24 * 60).map(
        lambda minutes: utc("2025-01-01 00:00") + timedelta(minutes=minutes)
    ),
    st.lists(st.integers(1, 40 * 60), max_size=60),
)
@settings(deadline=None, max_examples=60)
def test_any_ticks_give_one_post_a_date_and_none_is_missed(
    zone: str, at: time, now: datetime, minutes: list[int]
) -> None:
    """No date twice, and after a tick past the posting time that day's post is there."""
    posted: list[date] = []
    for span in (0, *minutes):
        now += timedelta(minutes=span)
        owed = due(channel(zone, at), posted[::-1][:3], now)
        local = now.astimezone(ZoneInfo(zone))
        if owed is not None:
            assert owed not in posted
            assert timedelta(0) <= local.date() - owed <= timedelta(days=1)
            posted.append(owed)
        assert due(channel(zone, at), posted[::-1][:3], now) is None
        if local.time() >= at:
            assert local.date() in posted
    assert posted == sorted(set(posted))


@given(
    st.sampled_from(ZONES),
    st.lists(st.integers(-72 * 60, 72 * 60), max_size=40),
)
@settings(deadline=None, max_examples=40)
def test_a_clock_that_jumps_about_posts_no_date_twice(zone: str, minutes: list[int]) -> None:
    """Even with a clock set forth and back, a date that was posted is never owed again."""
    posted: list[date] = []
    now = utc("2026-03-28 12:00")
    for span in minutes:
        now += timedelta(minutes=span)
        owed = due(channel(zone), sorted(posted, reverse=True)[:3], now)
        if owed is not None:
            assert owed not in posted
            posted.append(owed)


@pytest.mark.parametrize(
    ("night", "now", "owed"),
    [("2026-03-28", "2026-03-29 02:30", True), ("2026-10-24", "2026-10-25 02:30", False)],
)
def test_catching_up_counts_real_hours(night: str, now: str, owed: bool) -> None:
    """On nights that are an hour short or long the window is as long as ever, whatever zone the time is told in."""
    berlin = channel("Europe/Berlin", time(22))
    missed = date.fromisoformat(night)
    expected = missed if owed else None
    for zone in ("UTC", "Europe/Berlin", "Asia/Tokyo"):
        assert due(berlin, [missed - timedelta(days=1)], utc(now).astimezone(ZoneInfo(zone))) == expected
    assert (
        due(
            berlin,
            [missed - timedelta(days=1)],
            datetime.combine(missed, time(22), ZoneInfo("Europe/Berlin")),
        )
        == missed
    )


def test_a_plan_shows_the_best_and_names_the_rest() -> None:
    """A header, a message a paper up to the channel's limit, and a closing message for what was left out."""
    found = planned(channel(max_papers=3), briefs(5))
    assert found.messages == (("header", None), ("paper", 1), ("paper", 2), ("paper", 3), ("closing", None))
    assert [(pick.paper_id, pick.place, pick.shown) for pick in found.picks] == [
        (1, 0, True),
        (2, 1, True),
        (3, 2, True),
        (4, 3, False),
        (5, 4, False),
    ]
    header = found.header
    assert (header.local_date, header.shown, header.left_out) == (DAY, 3, 2)
    assert (header.entries, header.new, header.seen, header.files) == (100, 80, 19, ("a.txt", "b.txt"))


def test_a_plan_that_shows_all_needs_no_closing() -> None:
    """As many papers as the limit allows: nothing was left out."""
    found = planned(channel(max_papers=3), briefs(3))
    assert [kind for kind, _ in found.messages] == ["header", "paper", "paper", "paper"]
    assert found.header.left_out == 0


def test_what_the_channel_asked_for_comes_first() -> None:
    """A keyword in a title puts its paper before the digest's own order."""
    found = planned(channel(max_papers=1, interests=Interests(keywords=("heads 4",))), briefs(5))
    assert found.messages == (("header", None), ("paper", 4), ("closing", None))


def test_a_muted_paper_is_neither_shown_nor_named_but_remembered() -> None:
    """It has a place with the word that hid it, and counts nowhere in the header."""
    found = planned(channel(max_papers=1, interests=Interests(muted=("heads 1",))), briefs(3))
    assert [(pick.paper_id, pick.shown, pick.muted) for pick in found.picks] == [
        (2, True, None),
        (3, False, None),
        (1, False, "heads 1"),
    ]
    assert (found.header.shown, found.header.left_out) == (1, 1)
    assert ("paper", 1) not in found.messages


@pytest.mark.parametrize("papers", [[], briefs(2)])
def test_with_nothing_to_show_there_is_a_post_only_for_who_wants_one(papers: list[Brief]) -> None:
    """No new paper, or only muted ones: a quiet line where it is wanted, and never a thread."""
    interests = Interests(muted=("sparse",))
    assert plan(channel(interests=interests), DAY, papers, RECEIPTS) is None
    found = planned(channel(interests=interests, quiet_line=True), papers)
    assert found.messages == (("header", None),)
    assert (found.header.shown, found.header.left_out, found.header.top_tags) == (0, 0, ())


def test_the_header_names_the_commonest_tags() -> None:
    """The most common first, equals by name, ``other`` never."""
    papers = [*briefs(3, ["pruning", "other"]), *briefs(2, list("fedcba"))]
    tags = planned(channel(), papers).header.top_tags
    assert tags == (("pruning", 3), ("a", 2), ("b", 2), ("c", 2), ("d", 2))
    assert len(tags) == TOP_TAGS


@given(st.integers(0, 30), st.integers(1, 20), st.booleans(), st.sets(st.integers(1, 30), max_size=5))
@settings(deadline=None, max_examples=40)
def test_a_plan_places_every_paper_once(count: int, most: int, quiet: bool, muted: set[int]) -> None:
    """Each paper has one place; messages are those shown, in order; a post with a thread has papers in it."""
    words = Interests(muted=tuple(f"heads {n}" for n in sorted(muted)))
    found = plan(channel(max_papers=most, quiet_line=quiet, interests=words), DAY, briefs(count), ())
    heard = [n for n in range(1, count + 1) if n not in muted]
    if found is None:
        assert not heard
        return
    assert sorted(pick.paper_id for pick in found.picks) == list(range(1, count + 1))
    assert [pick.place for pick in found.picks] == list(range(count))
    assert [id_ for kind, id_ in found.messages if kind == "paper"] == heard[:most]
    assert [kind for kind, _ in found.messages].count("header") == 1
    assert (found.messages[-1][0] == "closing") == (len(heard) > most)
    assert (found.header.shown, found.header.left_out) == (len(heard[:most]), len(heard[most:]))


def test_nonces_are_short_distinct_and_lasting() -> None:
    """A nonce fits the platforms' 25 characters, tells every message apart, and never changes between versions."""
    names = [
        f"{platform}:{name}" for platform in ("web", "discord") for name in ("1", "11", "papers\n2026-03-11")
    ]
    days = [DAY + timedelta(days=n) for n in range(5)]
    found = {nonce(name, day, part) for name in names for day in days for part in range(120)}
    assert len(found) == len(names) * len(days) * 120
    assert all(len(one) <= 25 and one.isascii() and one.isalnum() for one in found)
    assert nonce("web:papers", DAY, 0) == nonce("web:papers", DAY, 0) == "adxj7v3ojbeffluwooxeltes"
