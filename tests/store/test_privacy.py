"""What is kept about a person can be had, and can be gone."""

from dataclasses import replace

from bot.models import Bookmark, Follow, Match
from bot.store import Connection, bookmarks, channels, follows, privacy
from tests.store import samples
from tests.store.samples import CHANNEL, NOW

ADA, BOB = "discord:1", "discord:2"


def fill(db: Connection) -> None:
    """Two people in every table that names people."""
    post = samples.fill(db)
    for number, person in enumerate((ADA, BOB), 1):
        bookmarks.add(db, Bookmark(person, 1, NOW, f"note of {person}"))
        follows.add(db, Follow(person, "77", "tag", "pruning", True, NOW))
        db.execute("INSERT INTO reactions (message_id, person, emoji) VALUES (2, ?, '🔖')", (person,))
        db.execute("INSERT INTO people (person, server, caught_up) VALUES (?, '77', '2025-03-11')", (person,))
        channels.set_up(db, replace(CHANNEL, key=f"discord:7{number}", platform="discord", owner=person))
    follows.record(
        db,
        post.id,
        [Match("tag", "pruning", ((1, "Sparse"),))],
        [(person, f"nonce {person}") for person in (ADA, BOB)],
    )


def naming_people(db: Connection) -> set[str]:
    """The tables with a column for a person."""
    tables = [
        row["name"] for row in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
    ]
    return {
        table
        for table in tables
        for column in db.execute(f"PRAGMA table_info({table})").fetchall()
        if column["name"] in ("person", "owner")
    }


def test_every_table_that_names_people_is_told(db: Connection) -> None:
    """A table that is added later and forgotten here fails this test."""
    fill(db)
    assert privacy.about(db, ADA).keys() == naming_people(db)
    assert privacy.about(db, "discord:3") == {}
    assert privacy.about(db, ADA)["bookmarks"][0]["note"] == f"note of {ADA}"


def test_forgetting_leaves_nothing_of_one_person_and_all_of_the_other(db: Connection) -> None:
    """Nothing is left that names the person; others, channels and posts stay as they were."""
    fill(db)
    before = privacy.about(db, BOB)
    assert privacy.forget(db, ADA) == 6
    assert privacy.about(db, ADA) == {}
    assert not any(f"'{ADA}'" in line for line in samples.everything(db))
    assert privacy.about(db, BOB) == before
    assert channels.get(db, "discord:71") is not None
    assert privacy.forget(db, ADA) == 0
