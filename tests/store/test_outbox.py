"""Posts, their messages, and how far each has come."""

import sqlite3
from datetime import date, datetime, timedelta
from functools import partial

import pytest

from bot.errors import NotFound, StoreError
from bot.models import Message, Post, State
from bot.store import Connection, Store, channels, outbox, papers
from tests.store import samples
from tests.store.samples import CHANNEL, NOW, OTHER, TODAY, later

TOMORROW = TODAY + timedelta(days=1)


@pytest.fixture
def post(db: Connection) -> Post:
    """A post of three papers, one of them left out: a header, two papers, a closing message, all pending."""
    return samples.fill(db)


def bring(db: Connection, message_id: int, state: State) -> None:
    """Bring a pending message into a state by legal steps."""
    if state is State.PENDING:
        return
    outbox.claim(db, message_id, NOW)
    match state:
        case State.SENDING:
            pass
        case State.SENT:
            outbox.record_sent(db, message_id, f"m{message_id}", NOW)
        case _:
            outbox.record_unsent(db, message_id, state, "as told", None if state is State.REJECTED else NOW)


def known(db: Connection, message_id: int) -> Message:
    """The message as stored."""
    found = outbox.message(db, message_id)
    assert found is not None
    return found


def counts(db: Connection) -> tuple[int, ...]:
    """How many posts, placed papers and messages there are."""
    tables = ("posts", "post_papers", "messages")
    return tuple(db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables)


def test_posts_are_told_once_they_have_arrived(db: Connection, post: Post) -> None:
    """The last to arrive comes first; what waits, arrived before, or is in another channel, does not."""
    lab, shelf, elsewhere = (samples.on_discord(number) for number in (5, 6, 7))
    channels.sync(db, [CHANNEL, lab, shelf, elsewhere])
    posts = [samples.insert(db, [4], channel=channel) for channel in (lab, shelf, elsewhere)]
    late = samples.insert(db, [5], channel=lab, local_date=TOMORROW)
    told = partial(outbox.arrived, db, [lab.key, shelf.key, "discord:none"])
    assert told(later(days=-9)) == []
    for minute, one in enumerate([*posts, post]):
        arrive(db, one, later(minutes=minute))
    assert told(later(days=-9)) == [posts[1], posts[0]]
    assert told(NOW) == [posts[1]]
    arrive(db, late, later(days=2))
    assert told(NOW) == [late, posts[1]]
    assert told(later(days=2)) == []
    assert outbox.arrived(db, [], NOW) == []


def test_sent_posts_are_those_with_a_sent_header(db: Connection, post: Post) -> None:
    """The newest first, each with when its header was sent and how many of its papers were since."""
    late, unsent = (samples.insert(db, [number], local_date=TODAY + timedelta(number)) for number in (4, 5))
    assert outbox.sent_posts(db, CHANNEL.key, 10) == []
    arrive(db, post, NOW)
    arrive(db, late, later(days=4))
    for message in outbox.messages(db, post.id)[1:]:
        bring(db, message.id, State.SENT if message.part < 3 else State.UNKNOWN)
    assert outbox.messages(db, post.id)[3].state is State.UNKNOWN
    assert outbox.sent_posts(db, CHANNEL.key, 10) == [(late, later(days=4), 0), (post, NOW, 2)]
    assert outbox.sent_posts(db, CHANNEL.key, 1) == [(late, later(days=4), 0)]
    assert outbox.sent_posts(db, CHANNEL.key, 10, before=TODAY + timedelta(1)) == [(post, NOW, 2)]
    assert unsent is not None
    assert outbox.sent_posts(db, OTHER.key, 10) == []


def arrive(db: Connection, post: Post | None, when: datetime) -> None:
    """Record a post's header message as sent then."""
    assert post is not None
    header = outbox.messages(db, post.id)[0]
    outbox.claim(db, header.id, NOW)
    outbox.record_sent(db, header.id, f"m{header.id}", when)


def test_a_post_comes_back_as_it_was_inserted(db: Connection, post: Post) -> None:
    """Header, picks and messages are read as they were written, each part pending under its nonce."""
    assert post == Post(1, CHANNEL.key, TODAY, samples.header(), None, NOW)
    assert outbox.post(db, post.id) == outbox.post_of_day(db, CHANNEL.key, TODAY) == post
    assert outbox.picks(db, post.id) == samples.picks([1, 2, 3], 2)
    assert outbox.picks(db, post.id, shown=True) == samples.picks([1, 2, 3], 2)[:2]
    assert outbox.picks(db, post.id, shown=False) == samples.picks([1, 2, 3], 2)[2:]
    assert [(one.part, one.kind, one.paper_id, one.nonce) for one in outbox.messages(db, post.id)] == [
        (0, "header", None, "web:papers/2025-03-11/0"),
        (1, "paper", 1, "web:papers/2025-03-11/1"),
        (2, "paper", 2, "web:papers/2025-03-11/2"),
        (3, "closing", None, "web:papers/2025-03-11/3"),
    ]
    assert outbox.states(db) == {State.PENDING: 4}


def test_one_post_a_channel_and_day(db: Connection, post: Post) -> None:
    """The second post for a date inserts nothing and gives None; another day and another channel are free."""
    before = counts(db)
    assert samples.insert(db, [4, 5]) is None
    assert counts(db) == before
    assert samples.insert(db, [4], channel=OTHER) is not None
    assert samples.insert(db, [4], local_date=TOMORROW) is not None


async def test_a_paper_is_placed_once_in_a_channel_ever(store: Store) -> None:
    """A post that would repeat a paper, shown or left out, is refused whole; another channel may have it."""
    await store.write(samples.fill)
    for again in (1, 3):
        with pytest.raises(StoreError, match="UNIQUE"):
            await store.write(samples.insert, [4, again], local_date=TOMORROW)
    assert await store.read(counts) == (1, 3, 4)
    assert await store.write(samples.insert, [1, 3], channel=OTHER) is not None


@pytest.mark.parametrize(
    ("messages", "fault"),
    [
        ([("header", None, "n0"), ("paper", 2, "n1")], "FOREIGN KEY"),
        ([("header", None, "n0"), ("paper", 1, "n1"), ("paper", 1, "n2")], "UNIQUE"),
        ([("header", None, "n0"), ("paper", 1, "n0")], "UNIQUE"),
    ],
    ids=["of a paper that was not placed", "twice of one paper", "twice under one nonce"],
)
async def test_the_schema_refuses_a_second_message(
    store: Store, messages: list[tuple[str, int | None, str]], fault: str
) -> None:
    """What would post a paper twice is refused by the file itself, and nothing of the post remains."""

    def verb(db: Connection) -> None:
        channels.sync(db, [CHANNEL])
        samples.admit(db, 2)
        outbox.insert_post(
            db,
            CHANNEL,
            TODAY,
            samples.header(),
            samples.picks([1], 1),
            messages,
            last_paper_id=2,
            last_digest_id=0,
            now=NOW,
        )

    with pytest.raises(StoreError, match=fault):
        await store.write(verb)
    assert await store.read(counts) == (0, 0, 0)


def test_another_fault_is_not_taken_for_a_post_that_exists(db: Connection) -> None:
    """Only the channel's post of that date gives None; an unknown channel is an error."""
    with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
        samples.insert(db, [])


def test_a_claim_is_taken_once(db: Connection, post: Post) -> None:
    """Whoever claims second gets None, and the claim is written with its time and count."""
    claimed = outbox.claim(db, 1, NOW)
    assert claimed == known(db, 1)
    assert (claimed.state, claimed.attempts, claimed.claimed) == (State.SENDING, 1, NOW)
    assert outbox.claim(db, 1, later(seconds=1)) is None
    assert outbox.claim(db, 99, NOW) is None
    assert known(db, 1).attempts == 1


@pytest.mark.parametrize("state", [State.SENDING, State.SENT, State.REJECTED])
def test_what_is_under_way_or_over_cannot_be_claimed(db: Connection, post: Post, state: State) -> None:
    """A message is sent by one claim at a time, and not again once that is final."""
    bring(db, 1, state)
    before = known(db, 1)
    assert outbox.claim(db, 1, later(days=1)) is None
    assert known(db, 1) == before


@pytest.mark.parametrize("state", [State.FAILED, State.UNKNOWN])
def test_a_message_rests_until_its_time(db: Connection, post: Post, state: State) -> None:
    """What failed, or cannot be looked for yet, is not claimed before the time told, and then is."""
    outbox.claim(db, 1, NOW)
    outbox.record_unsent(db, 1, state, "slow down", later(seconds=30))
    assert outbox.claim(db, 1, later(seconds=29.999999)) is None
    claimed = outbox.claim(db, 1, later(seconds=30))
    assert claimed is not None
    assert (claimed.attempts, claimed.not_before, claimed.error) == (2, None, None)


def test_sent_is_final(db: Connection, post: Post) -> None:
    """Nothing makes a sent message be sent again: no failure told late, no second id, no retry, no disowning."""
    bring(db, 1, State.SENT)
    before = known(db, 1)
    assert (before.state, before.platform_id, before.sent) == (State.SENT, "m1", NOW)
    outbox.record_sent(db, 1, "m1", later(hours=1))
    with pytest.raises(StoreError, match="sent under m1: not recorded as sent under m9"):
        outbox.record_sent(db, 1, "m9", NOW)
    for state in (State.FAILED, State.UNKNOWN, State.REJECTED):
        with pytest.raises(StoreError, match=f"message 1 is sent: not recorded as {state}"):
            outbox.record_unsent(db, 1, state, "late", NOW)
    outbox.disown(db, CHANNEL.key)
    assert outbox.retry(db, post.id) == 0
    assert outbox.claim(db, 1, later(days=9)) is None
    assert known(db, 1) == before


def test_sent_needs_a_claim(db: Connection, post: Post) -> None:
    """A message that nobody claimed cannot have been sent."""
    with pytest.raises(StoreError, match="message 1 is pending"):
        outbox.record_sent(db, 1, "m1", NOW)


@pytest.mark.parametrize("state", [State.PENDING, State.SENDING, State.SENT])
def test_unsent_is_one_of_three(db: Connection, post: Post, state: State) -> None:
    """No other state can be told as what became of a message."""
    bring(db, 1, State.SENDING)
    with pytest.raises(StoreError, match=f"message 1 is sending: not recorded as {state}"):
        outbox.record_unsent(db, 1, state, "?")


def test_a_message_that_is_not_there_is_named(db: Connection) -> None:
    """Recording something of an unknown message is not passed over."""
    with pytest.raises(NotFound, match="7: there is no such message"):
        outbox.record_sent(db, 7, "m7", NOW)
    with pytest.raises(NotFound, match="7: there is no such message"):
        outbox.record_unsent(db, 7, State.FAILED, "?")


def test_disowning_touches_one_channels_sending_messages(db: Connection, post: Post) -> None:
    """What was being sent when the bot died is unknown from then on; other states and channels stay."""
    other = samples.insert(db, [4], channel=OTHER)
    assert other is not None
    bring(db, 1, State.SENDING)
    bring(db, 2, State.FAILED)
    first_of_other = outbox.messages(db, other.id)[0].id
    bring(db, first_of_other, State.SENDING)
    outbox.disown(db, CHANNEL.key)
    assert [one.state for one in outbox.messages(db, post.id)] == [
        State.UNKNOWN,
        State.FAILED,
        State.PENDING,
        State.PENDING,
    ]
    assert "stopped" in (known(db, 1).error or "")
    assert known(db, first_of_other).state is State.SENDING


def test_an_unknown_message_keeps_the_time_of_its_first_uncertain_send(db: Connection, post: Post) -> None:
    """A platform knows a nonce for a while from the first send, however often it was tried since."""
    outbox.claim(db, 1, NOW)
    for seconds in (40, 80, 120):
        outbox.disown(db, CHANNEL.key)
        claimed = outbox.claim(db, 1, later(seconds=seconds))
        assert claimed is not None
        assert claimed.claimed == NOW
    outbox.record_sent(db, 1, "m1", NOW)
    outbox.claim(db, 2, NOW)
    outbox.record_unsent(db, 2, State.FAILED, "busy", NOW)
    again = outbox.claim(db, 2, later(seconds=40))
    assert again is not None
    assert again.claimed == later(seconds=40)


def test_a_later_failure_does_not_make_an_unsure_message_sure(db: Connection, post: Post) -> None:
    """When one try may have arrived, a refusal of the next says nothing about it: look before sending again."""
    bring(db, 1, State.UNKNOWN)
    outbox.claim(db, 1, NOW)
    outbox.record_unsent(db, 1, State.FAILED, "too many requests", later(seconds=9))
    assert (known(db, 1).state, known(db, 1).not_before) == (State.UNKNOWN, later(seconds=9))
    outbox.claim(db, 1, later(seconds=9))
    outbox.record_unsent(db, 1, State.REJECTED, "forbidden")
    assert known(db, 1).state is State.REJECTED
    assert outbox.retry(db, post.id) == 1
    assert known(db, 1).state is State.UNKNOWN
    outbox.record_sent(db, 1, "found", NOW)
    assert known(db, 1).state is State.SENT


def test_retry_frees_what_was_refused(db: Connection, post: Post) -> None:
    """Rejected and failed messages of this post can be claimed at once; the others stay."""
    bring(db, 1, State.SENT)
    bring(db, 2, State.REJECTED)
    outbox.claim(db, 3, NOW)
    outbox.record_unsent(db, 3, State.FAILED, "busy", later(days=1))
    assert outbox.retry(db, post.id) == 2
    assert [one.state for one in outbox.messages(db, post.id)] == [
        State.SENT,
        State.PENDING,
        State.PENDING,
        State.PENDING,
    ]
    assert outbox.claim(db, 3, NOW) is not None


def test_open_posts_are_those_with_something_to_deliver(db: Connection, post: Post) -> None:
    """A post is open until each of its messages is sent or rejected; the oldest comes first."""
    yesterday = samples.insert(db, [4], local_date=TODAY - timedelta(days=1))
    assert yesterday is not None
    assert outbox.open_posts(db, CHANNEL.key) == [yesterday, post]
    for message in outbox.messages(db, yesterday.id):
        bring(db, message.id, State.SENT)
    for state, message in zip(
        (State.SENT, State.REJECTED, State.UNKNOWN, State.SENT), outbox.messages(db, post.id), strict=True
    ):
        bring(db, message.id, state)
    assert outbox.open_posts(db, CHANNEL.key) == [post]
    outbox.record_sent(db, 3, "m3", NOW)
    assert outbox.open_posts(db, CHANNEL.key) == outbox.open_posts(db, OTHER.key) == []
    assert outbox.states(db) == {State.SENT: 5, State.REJECTED: 1}


def test_looking_for_open_posts_reads_only_open_messages(db: Connection) -> None:
    """The tick, every minute for years, does not read the messages that were delivered."""
    plan = db.execute(
        "EXPLAIN QUERY PLAN SELECT post_id FROM messages WHERE state NOT IN ('sent', 'rejected')"
    ).fetchall()
    assert any("messages_open" in row["detail"] for row in plan)


def test_posts_are_listed_newest_first(db: Connection) -> None:
    """A channel's posts come by local date, a page at a time, whatever the order they were made in."""
    channels.sync(db, [CHANNEL, OTHER])
    days = [date(2025, 3, day) for day in (9, 11, 10)]
    for day in days:
        samples.insert(db, [], local_date=day)
    assert [one.local_date.day for one in outbox.posts(db, CHANNEL.key, 2)] == [11, 10]
    assert [one.local_date.day for one in outbox.posts(db, CHANNEL.key, 2, before=days[2])] == [9]
    assert outbox.posted_dates(db, CHANNEL.key, 2) == (days[1], days[2])
    assert outbox.posted_dates(db, OTHER.key) == ()
    assert outbox.post_of_day(db, OTHER.key, days[0]) is None


def test_a_thread_is_recorded_with_its_post(db: Connection, post: Post) -> None:
    """The thread's id is the platform's."""
    outbox.record_thread(db, post.id, "t7")
    found = outbox.post(db, post.id)
    assert found is not None
    assert found.thread_id == "t7"


def test_a_message_is_found_by_its_platforms_id(db: Connection, post: Post) -> None:
    """A reaction names the platform's id; the same id on another platform is another message."""
    bring(db, 1, State.SENT)
    assert outbox.message_of_platform(db, CHANNEL.platform, "m1") == known(db, 1)
    assert outbox.message_of_platform(db, "discord", "m1") is None
    assert outbox.message_of_platform(db, CHANNEL.platform, "m2") is None


def test_placements_say_what_became_of_each_paper(db: Connection, post: Post) -> None:
    """Shown here, left out there, not yet considered elsewhere; also in a channel that rests. As ordered."""
    other = samples.insert(db, [2, 1], channel=OTHER, shown=1)
    channels.sync(db, [CHANNEL])
    unposted, found, again = outbox.placements(db, [4, 1, 1])
    assert (unposted, again) == ((), found)
    assert [(one.channel, one.post, one.pick) for one in found] == [
        (CHANNEL, post, samples.picks([1], 1)[0]),
        (OTHER, other, samples.picks([2, 1], 1)[1]),
    ]
    assert [None if one.message is None else one.message.part for one in found] == [1, None]
    ((one, two),) = outbox.placements(db, [2])
    assert (one.channel, two.channel) == (CHANNEL, OTHER)
    assert outbox.placements(db, []) == []


def test_fresh_papers_are_those_after_the_last_post(db: Connection, post: Post) -> None:
    """A channel's next post considers what its last one did not; a new channel what is recent."""
    assert papers.fresh(db, CHANNEL.key, NOW) == [4, 5, 6]
    assert papers.fresh(db, OTHER.key, NOW) == [1, 2, 3, 4, 5, 6]
    assert papers.fresh(db, OTHER.key, later(seconds=1)) == []


def test_what_was_shown_last_comes_first(db: Connection) -> None:
    """Newest post first, best paper first, with the post's time; left-out papers and other channels are not in it."""
    ids = samples.admit(db, 5)
    channels.sync(db, [CHANNEL])
    samples.insert(db, ids[:3], shown=2)
    samples.insert(db, ids[3:], local_date=TODAY + timedelta(days=1))
    assert list(outbox.last_shown(db, CHANNEL.key, 9)) == [ids[3], ids[4], ids[0], ids[1]]
    assert list(outbox.last_shown(db, CHANNEL.key, 1)) == [ids[3]]
    assert set(outbox.last_shown(db, CHANNEL.key, 9).values()) == {NOW}
    assert outbox.last_shown(db, "web:none", 9) == {}
