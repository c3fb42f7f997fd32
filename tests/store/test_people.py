"""Up to when people have caught up."""

from bot.store import Connection, people
from tests.store.samples import NOW, later

ADA, EVE = "discord:1", "discord:2"


def test_each_person_catches_up_with_each_server_by_itself(db: Connection) -> None:
    """Asking in one server says nothing of another, nor of what somebody else knows."""
    assert people.caught_up(db, ADA, "77") is None
    people.catch_up(db, ADA, "77", NOW)
    assert people.caught_up(db, ADA, "77") == NOW
    assert people.caught_up(db, ADA, "88") is None
    assert people.caught_up(db, EVE, "77") is None


def test_who_caught_up_does_not_fall_back(db: Connection) -> None:
    """Of two answers the later one counts, in whichever order they are told."""
    people.catch_up(db, ADA, "77", later(minutes=5))
    people.catch_up(db, ADA, "77", NOW)
    assert people.caught_up(db, ADA, "77") == later(minutes=5)
    people.catch_up(db, ADA, "77", later(minutes=6))
    assert people.caught_up(db, ADA, "77") == later(minutes=6)
