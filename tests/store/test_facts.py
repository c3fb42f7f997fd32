"""What the bot remembers from one start to the next."""

from bot.store import Connection, facts


def test_the_last_value_counts(db: Connection) -> None:
    """Nothing is remembered until it is told, and then the last that was told."""
    assert facts.get(db, "tide") is None
    facts.put(db, "tide", "low")
    facts.put(db, "tide", "high")
    facts.put(db, "wind", "west")
    assert facts.get(db, "tide") == "high"
