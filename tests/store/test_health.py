"""Whether the history is whole."""

from bot.store import Connection, health
from tests.store import samples


def test_a_whole_history_has_no_faults(db: Connection) -> None:
    """Nothing is reported of a history that is in order; its size is that of its file's pages."""
    samples.fill(db)
    assert health.faults(db) == []
    assert health.size(db) % 4096 == 0
    assert health.size(db) > 20 * 4096


def test_faults_are_named(db: Connection) -> None:
    """A row that refers to nothing is named with its table and place, and no more faults than a person reads."""
    samples.fill(db)
    db.execute("ROLLBACK")
    db.execute("PRAGMA foreign_keys=OFF")
    db.execute("BEGIN")
    for number in range(health.REPORTED + 5):
        db.execute(
            "INSERT INTO quarantine (digest_id, line, reason, text) VALUES (99, 1, 'why', ?)", (str(number),)
        )
    found = health.faults(db)
    assert found[0] == "quarantine row 1 refers to a row of digests that is not there"
    assert len(found) == health.REPORTED
