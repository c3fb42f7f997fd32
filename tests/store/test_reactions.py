"""Reactions as a set, and the messages on which to look for more."""

from datetime import timedelta

import pytest

from bot.store import Connection, channels, outbox, reactions
from bot.store.reactions import Reacted
from tests.store import samples
from tests.store.samples import NOW, later, on_discord

ADA, EVE, EMOJI = "discord:1", "discord:2", "🔖"


@pytest.fixture
def posted(db: Connection) -> Connection:
    """A Discord channel in which two papers were posted as messages 100 and 101, in thread 99."""
    channels.set_up(db, on_discord(5))
    post = samples.insert(db, samples.admit(db, 2), channel=on_discord(5))
    assert post is not None
    for number, message in enumerate(outbox.messages(db, post.id), 99):
        outbox.claim(db, message.id, NOW)
        outbox.record_sent(db, message.id, str(number), NOW)
    outbox.record_thread(db, post.id, "99")
    return db


def test_reactions_are_a_set(posted: Connection) -> None:
    """Told twice, one is there; taken back twice, none; each person and emoji by itself."""
    assert reactions.add(posted, 2, ADA, EMOJI)
    assert not reactions.add(posted, 2, ADA, EMOJI)
    assert reactions.add(posted, 2, ADA, "other")
    assert reactions.add(posted, 2, EVE, EMOJI)
    assert reactions.people(posted, 2, EMOJI) == {(ADA, False), (EVE, False)}
    assert reactions.remove(posted, 2, ADA, EMOJI)
    assert not reactions.remove(posted, 2, ADA, EMOJI)
    assert reactions.people(posted, 2, EMOJI) == {(EVE, False)}
    assert reactions.clear(posted, 2) == 2


def test_a_super_reaction_is_another_one(posted: Connection) -> None:
    """Taking one back leaves the other, which goes on to hold the paper."""
    assert reactions.add(posted, 2, ADA, EMOJI)
    assert reactions.add(posted, 2, ADA, EMOJI, burst=True)
    assert reactions.people(posted, 2, EMOJI) == {(ADA, False), (ADA, True)}
    assert reactions.remove(posted, 2, ADA, EMOJI)
    assert reactions.holds(posted, ADA, 1, "discord")
    assert reactions.remove(posted, 2, ADA, EMOJI, burst=True)
    assert not reactions.holds(posted, ADA, 1, "discord")


def test_a_reaction_holds_its_paper(posted: Connection) -> None:
    """On whichever message of the platform it is, and only the person's own."""
    reactions.add(posted, 2, ADA, EMOJI)
    assert reactions.holds(posted, ADA, 1, "discord")
    assert not reactions.holds(posted, ADA, 2, "discord")
    assert not reactions.holds(posted, EVE, 1, "discord")
    assert not reactions.holds(posted, ADA, 1, "slack")


def test_recent_messages_are_those_about_papers_that_were_sent(posted: Connection) -> None:
    """With the people known to have reacted; none of a server that was left, or of long ago."""
    reactions.add(posted, 2, ADA, EMOJI)
    found = reactions.recent(posted, "discord", EMOJI, NOW - timedelta(days=1), 10)
    assert found == [Reacted(2, "100", "99", 1, 1, 1), Reacted(3, "101", "99", 2, 1, 0)]
    assert reactions.recent(posted, "discord", EMOJI, NOW - timedelta(days=1), 1) == found[:1]
    assert reactions.recent(posted, "discord", EMOJI, later(seconds=1), 10) == []
    assert reactions.recent(posted, "web", EMOJI, NOW - timedelta(days=1), 10) == []
    channels.leave(posted, "discord", "77", NOW)
    assert reactions.recent(posted, "discord", EMOJI, NOW - timedelta(days=1), 10) == []
