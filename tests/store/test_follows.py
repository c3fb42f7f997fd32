"""What people follow, as it is kept."""

from dataclasses import replace

from bot.models import Follow, Match
from bot.store import Connection, follows
from tests.store import samples
from tests.store.samples import NOW

ADA = Follow("discord:1", "77", "tag", "pruning", True, NOW)


def test_following_twice_changes_only_how_one_is_told(db: Connection) -> None:
    """A person follows a thing once in a server; the second time only ``direct`` counts."""
    assert follows.add(db, ADA)
    assert not follows.add(db, replace(ADA, direct=False, created=samples.later(days=1)))
    assert follows.of(db, ADA.person) == [replace(ADA, direct=False)]
    assert follows.add(db, replace(ADA, server="88"))
    assert follows.of(db, ADA.person, "77") == [replace(ADA, direct=False)]
    assert len(follows.of(db, ADA.person)) == 2
    assert follows.of_server(db, "88") == [replace(ADA, server="88")]


def test_unfollowing_is_of_one_server(db: Connection) -> None:
    """What is followed elsewhere stays; what was not followed is told apart."""
    follows.add(db, ADA)
    follows.add(db, replace(ADA, server="88"))
    assert follows.remove(db, ADA.person, "77", "pruning")
    assert not follows.remove(db, ADA.person, "77", "pruning")
    assert [one.server for one in follows.of(db, ADA.person)] == ["88"]


def test_what_of_a_post_is_followed_comes_back_by_place(db: Connection) -> None:
    """By anybody as it was recorded, by a person as they follow now and want to be told."""
    post = samples.fill(db)
    titles = [(number, samples.paper(number).title) for number in (1, 2)]
    follows.record(
        db,
        post.id,
        [Match("tag", "pruning", tuple(titles[::-1])), Match("phrase", "sparse", (titles[0],))],
        [],
    )
    assert [(one.value, one.papers) for one in follows.followed(db, post.id).matches] == [
        ("pruning", tuple(titles)),
        ("sparse", (titles[0],)),
    ]
    assert follows.followed(db, post.id, ADA.person).matches == ()
    follows.add(db, ADA)
    assert [one.value for one in follows.followed(db, post.id, ADA.person).matches] == ["pruning"]
    follows.add(db, replace(ADA, direct=False))
    assert follows.followed(db, post.id, ADA.person).matches == ()
