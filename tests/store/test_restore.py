"""Another history's channels and posts, brought in as things past."""

import pytest

from bot.models import State
from bot.store import Connection, channels, outbox, restore
from tests.store import samples
from tests.store.samples import EXPORTED_CHANNEL, EXPORTED_POST, OTHER


def test_a_post_of_the_past_is_never_sent(db: Connection) -> None:
    """What was sent stays sent, what was on its way is left behind, a paper that is missing is passed over."""
    samples.fill(db)
    assert restore.post(db, EXPORTED_POST, {7: 1})
    (post,) = outbox.posts(db, OTHER.key, 9)
    assert (post.header.new, post.header.top_tags) == (2, (("pruning", 2),))
    header, paper = outbox.messages(db, post.id)
    assert (header.state, header.platform_id) == (State.SENT, "m0")
    assert (paper.state, paper.paper_id, paper.error) == (State.REJECTED, 1, restore.LEFT_BEHIND)
    assert outbox.open_posts(db, OTHER.key) == []
    assert not restore.post(db, EXPORTED_POST, {7: 2}), "a second time changes nothing"
    assert len(outbox.picks(db, post.id)) == 1


def test_a_channel_of_the_past_rests(db: Connection) -> None:
    """Nothing is posted there; one that is known stays as the settings have it."""
    samples.fill(db)
    restore.channel(db, EXPORTED_CHANNEL)
    restore.channel(db, EXPORTED_CHANNEL | {"key": OTHER.key, "name": "stolen"})
    known = channels.get(db, OTHER.key)
    assert known is not None
    assert known.name == OTHER.name
    assert "past" not in [channel.name for channel in channels.active(db)]
    assert channels.get(db, "web:past") is not None


@pytest.mark.parametrize(
    "wrong",
    [
        {"header": None},
        {"channel": "web:none"},
        {"date": "x"},
        {"messages": []},
        {"papers": [{}]},
        {"created": 7},
    ],
)
def test_a_post_of_another_shape_leaves_nothing(db: Connection, wrong: dict[str, object]) -> None:
    """It raises before anything is written."""
    samples.fill(db)
    with pytest.raises((KeyError, TypeError, ValueError)):
        restore.post(db, EXPORTED_POST | wrong, {7: 1})
    assert outbox.posts(db, OTHER.key, 9) == []
