"""What holds for every verb, whatever its noun."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.errors import StoreBusy, StoreError
from bot.store import Connection, Store
from bot.store.database import connect
from tests.store import samples, verbs
from tests.store.conftest import Hold
from tests.store.verbs import READS, WRITES, Call

Stores = tuple[Store, Store]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A history with something for every verb."""
    path = tmp_path_factory.mktemp("filled") / "history.db"
    Store.open(path).close()
    db = connect(path)
    db.execute("BEGIN")
    verbs.prepare(db)
    db.execute("COMMIT")
    db.close()
    return path


@pytest.fixture
def scratch(filled: Path, tmp_path: Path) -> Iterator[Connection]:
    """A copy of it, in a transaction."""
    path = tmp_path / "history.db"
    shutil.copyfile(filled, path)
    db = connect(path)
    db.execute("BEGIN IMMEDIATE")
    yield db
    db.close()


@pytest.fixture(scope="module")
def written_elsewhere(filled: Path, tmp_path_factory: pytest.TempPathFactory, hold: Hold) -> Iterator[Store]:
    """A history in which another process is writing."""
    yield from _held(filled, tmp_path_factory.mktemp("written"), hold, "BEGIN IMMEDIATE")


@pytest.fixture(scope="module")
def taken_elsewhere(filled: Path, tmp_path_factory: pytest.TempPathFactory, hold: Hold) -> Iterator[Store]:
    """A history that another process has for itself alone, even for reading."""
    statements = "PRAGMA locking_mode=EXCLUSIVE;BEGIN EXCLUSIVE;SELECT count(*) FROM papers"
    yield from _held(filled, tmp_path_factory.mktemp("taken"), hold, statements)


def _held(filled: Path, folder: Path, hold: Hold, statements: str) -> Iterator[Store]:
    path = folder / "history.db"
    shutil.copyfile(filled, path)
    store = Store.open(path, busy_timeout=0.01)
    hold(path, statements)
    yield store
    store.close()


def test_no_verb_is_left_out() -> None:
    """The tests below try every public verb there is."""
    assert {call.name for call in READS + WRITES} == verbs.public()


@pytest.mark.parametrize("call", READS, ids=lambda call: call.name)
async def test_a_read_goes_on_while_another_process_writes(call: Call, written_elsewhere: Store) -> None:
    """A writer elsewhere holds up no reader."""
    await written_elsewhere.read(call.run)


@pytest.mark.parametrize("call", WRITES, ids=lambda call: call.name)
async def test_a_write_is_refused_while_another_process_writes(call: Call, written_elsewhere: Store) -> None:
    """A lock held for too long is one line that names the file and what to do."""
    with pytest.raises(StoreBusy, match=r"history\.db: locked by another program .* try again$"):
        await written_elsewhere.write(call.run)


@pytest.mark.parametrize("call", READS, ids=lambda call: call.name)
async def test_a_read_of_a_taken_history_is_refused(call: Call, taken_elsewhere: Store) -> None:
    """A history that another process has for itself is one line, too."""
    with pytest.raises(StoreBusy, match=r"history\.db: locked by another program .* try again$"):
        await taken_elsewhere.read(call.run)


@pytest.mark.parametrize("call", READS, ids=lambda call: call.name)
def test_a_read_changes_nothing_and_commits_nothing(call: Call, scratch: Connection) -> None:
    """A reading verb runs inside the caller's transaction and leaves no change in it."""
    before = scratch.total_changes
    call.run(scratch)
    assert scratch.in_transaction
    assert scratch.total_changes == before


@pytest.mark.parametrize("call", WRITES, ids=lambda call: call.name)
def test_a_write_changes_something_and_commits_nothing(call: Call, scratch: Connection) -> None:
    """A writing verb leaves the transaction to its caller: rolled back, nothing of it remains."""
    before, whole = scratch.total_changes, samples.everything(scratch)
    call.run(scratch)
    assert scratch.in_transaction
    assert scratch.total_changes > before
    scratch.execute("ROLLBACK")
    assert samples.everything(scratch) == whole


@pytest.mark.parametrize("call", WRITES, ids=lambda call: call.name)
async def test_a_write_handed_over_as_a_read_is_refused(call: Call, written_elsewhere: Store) -> None:
    """A reading connection cannot write, by mistake or otherwise."""
    with pytest.raises(StoreError, match="readonly"):
        await written_elsewhere.read(call.run)
