"""What was found on a message becomes reactions and bookmarks."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.chat.discord.reconcile import settle
from bot.store import Connection, Store, bookmarks, channels, outbox, reactions
from bot.store.database import connect
from bot.store.reactions import Reacted
from tests.store import samples
from tests.store.samples import NOW, on_discord

ADA, EVE, EMOJI = "discord:1", "discord:2", "🔖"


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Connection]:
    """A paper's message to which Ada has reacted."""
    path = tmp_path / "history.db"
    Store.open(path).close()
    made = connect(path)
    channels.set_up(made, on_discord(5))
    post = samples.insert(made, samples.admit(made, 1), channel=on_discord(5))
    assert post is not None
    settle(made, ONE, {(ADA, False)}, set(), EMOJI, NOW, cleared=False)
    yield made
    made.close()


ONE = Reacted(2, "100", "99", 1, 1, 0)


def test_what_was_missed_is_made_good(db: Connection) -> None:
    """Who reacted meanwhile keeps the paper, who unreacted no longer does."""
    assert [one.person for one in bookmarks.of(db)] == [ADA]
    settle(db, ONE, {(EVE, True)}, {(ADA, False)}, EMOJI, NOW, cleared=False)
    assert [one.person for one in bookmarks.of(db)] == [EVE]
    assert reactions.people(db, 2, EMOJI) == {(EVE, True)}


def test_a_cleared_message_drops_no_bookmark(db: Connection) -> None:
    """A moderator cleared it: the reactions are gone, what people kept is not."""
    settle(db, ONE, set(), {(ADA, False)}, EMOJI, NOW, cleared=True)
    assert reactions.people(db, 2, EMOJI) == set()
    assert [one.person for one in bookmarks.of(db)] == [ADA]
    assert outbox.message(db, 2) is not None
