"""Every way to today's schema ends in the same place, and released steps stay as they are."""

import hashlib
import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from sqlite3 import OperationalError
from typing import TYPE_CHECKING

import pytest

from bot.errors import StoreError
from bot.store import Connection, Store, migrations
from bot.store.database import connect
from tests.store import samples
from tests.store.samples import rows

if TYPE_CHECKING:
    from sqlite_utils import Database

FROZEN = {
    "m001_history": "6210809d98f142b3",
    "m002_search": "bdbfa7ea4a86e5dc",
    "m003_platforms": "49e42715cf579f4b",
    "m004_scale": "6b89f71a50d4fc01",
    "m005_people": "b9f4516e5c626c17",
    "m006_no_triggers": "44b4f85f6d3dd6fa",
    "m007_looking_back": "cef8cda2acbd348a",
    "m008_vectors": "820f19085808d21d",
    "m009_super_reactions": "3de37ed0bbfdbefa",
    "m010_kept_since": "5e56b61fea967185",
    "m011_titles": "a06356ad902b49bd",
    "m012_postings": "f42f7ac4cc510dbb",
    "m013_merging": "1e41e2d54136856e",
}
"""Each step's code and SQL, hashed. A released step never changes: add another."""

ROWS = {
    "m001_history": """
        INSERT INTO digests
            VALUES (1, 'sha', 'a.txt', 'hf_text', '2025-03-11', '2025-03-11T07:30:00.000000Z', 1, 1, 0, 0, NULL);
        INSERT INTO papers (id, title, abstract, summary, first_seen)
            VALUES (1, 'A title', 'An abstract.', 'It.', '2025-03-11T07:30:00.000000Z');
        INSERT INTO papers_fts (rowid, title, abstract) VALUES (1, 'A title', 'An abstract.');
        INSERT INTO paper_tags VALUES ('pruning', 1, 0);
        INSERT INTO sightings VALUES (1, 1, 1, 1, 1, NULL, 'different', 'new', 'nothing like it');
        INSERT INTO channels VALUES ('web:papers', 'web', 'papers', 'papers', 'UTC', '08:00', 20, 0, '{}', 1);
        INSERT INTO posts VALUES (
            1, 'web:papers', '2025-03-11',
            '{"local_date": "2025-03-11", "entries": 1, "new": 1, "seen": 0, "shown": 1, "left_out": 0, "files": []}',
            NULL, 1, 1, '2025-03-11T07:30:00.000000Z'
        );
        INSERT INTO post_papers VALUES ('web:papers', 1, 1, 0, 1, '[]', NULL);
        INSERT INTO messages (post_id, part, kind, paper_id, nonce)
            VALUES (1, 0, 'header', NULL, 'n0'), (1, 1, 'paper', 1, 'n1');
        INSERT INTO bookmarks (person, paper_id, created) VALUES ('web:ada', 1, '2025-03-11T07:30:00.000000Z');
    """,
}
"""For the schema as each step leaves it, rows that the later steps must carry over. New steps may add none."""


@contextmanager
def opened(path: Path) -> Iterator[Connection]:
    """A connection to the file at ``path``, which is made."""
    db = connect(path, create=True)
    yield db
    db.close()


@pytest.mark.parametrize("step", migrations.MIGRATIONS, ids=lambda step: step.__name__)
def test_a_released_step_is_frozen(step: object) -> None:
    """The step is what it was when it was released."""
    name = getattr(step, "__name__", "")
    assert name in FROZEN, "record the hash of the new step"
    assert hashed(name) == FROZEN[name], "a released step was changed: undo that, and write a new step"


def hashed(name: str) -> str:
    """The hash of what a step is made of: its own code and the SQL constant of the same number."""
    step = next(step for step in migrations.MIGRATIONS if step.__name__ == name)
    sql = getattr(migrations, f"_{name.partition('_')[0].upper()}", "")
    text = " ".join((inspect.getsource(step) + sql).split())
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@pytest.mark.parametrize("taken", range(len(migrations.MIGRATIONS) + 1))
async def test_every_older_history_ends_with_the_same_schema(
    taken: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From nothing, or from any earlier version with its rows in it: one schema, all rows kept, all verbs at home."""
    new, old = tmp_path / "new.db", tmp_path / "old.db"
    Store.open(new).close()
    steps = migrations.MIGRATIONS
    with monkeypatch.context() as earlier, opened(old) as db:
        for count in range(1, taken + 1):
            earlier.setattr(migrations, "MIGRATIONS", steps[:count])
            migrations.apply(db)
            db.executescript(ROWS.get(steps[count - 1].__name__, ""))
    kept = 1 if taken else 0
    store = Store.open(old)
    try:
        with opened(old) as one, opened(new) as other:
            assert samples.dump(one) == samples.dump(other)
        for table in ("papers", "posts", "bookmarks", "sightings"):
            assert rows(old, f"SELECT count(*) FROM {table}") == [(kept,)]
        await store.write(samples.read_digest, "b.txt", 2, 10)
    finally:
        store.close()
    assert rows(old, "PRAGMA integrity_check") == [("ok",)]
    assert rows(old, "PRAGMA foreign_key_check") == []


def test_a_failing_step_leaves_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A step that breaks in the middle is rolled back with its record, and can be retaken; the steps before stay."""

    def m900_breaks(db: "Database") -> None:
        db.execute("CREATE TABLE half (id INTEGER)")
        db.execute("INSERT INTO half VALUES (1)")
        raise OperationalError("interrupted")

    def m900_repaired(db: "Database") -> None:
        db.execute("CREATE TABLE half (id INTEGER, whole INTEGER)")

    steps = migrations.MIGRATIONS
    monkeypatch.setattr(migrations, "MIGRATIONS", (*steps, m900_breaks))
    with pytest.raises(StoreError, match="interrupted"):
        Store.open(path)
    assert rows(path, "SELECT name FROM sqlite_schema WHERE name = 'half'") == []
    assert rows(path, "SELECT name FROM _sqlite_migrations ORDER BY id") == [
        (step.__name__,) for step in steps
    ]
    monkeypatch.setattr(migrations, "MIGRATIONS", (*steps, m900_repaired))
    Store.open(path).close()
    assert rows(path, "SELECT count(*) FROM half") == [(0,)]


def test_an_older_history_is_not_changed_by_reading(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only who may write migrates; a reader is told what to do."""
    Store.open(path).close()
    monkeypatch.setattr(migrations, "MIGRATIONS", (*migrations.MIGRATIONS, lambda db: None))
    with pytest.raises(StoreError, match="made by an older Broadsheet; run 'broadsheet ingest'"):
        Store.open(path, writes=False)


def test_a_start_cut_off_before_the_first_step_is_taken_up(path: Path) -> None:
    """A file that has the list of steps and none of them is a history to be, not another program's."""
    with opened(path) as db:
        db.execute(
            "CREATE TABLE _sqlite_migrations (id INTEGER PRIMARY KEY, migration_set TEXT, name TEXT, applied_at TEXT)"
        )
    Store.open(path).close()
    assert rows(path, "SELECT count(*) FROM papers") == [(0,)]
