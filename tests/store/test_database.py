"""The open history: its threads, its lock, its errors."""

import asyncio
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest

from bot.errors import NotFound, StoreBusy, StoreDamaged, StoreError, StoreFull, StoreTooNew
from bot.store import Connection, Store, channels, digests, outbox, papers, search
from tests.store import samples
from tests.store.conftest import Hold
from tests.store.samples import rows

HOLD_LOCK = """
import sys
from pathlib import Path
from bot.store import Store
store = Store.open(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


def fill_until(release: threading.Event, entered: threading.Event, db: Connection) -> None:
    """Admit a paper, then wait to be let go."""
    samples.admit(db, 1)
    entered.set()
    assert release.wait(10)


def test_a_new_history_is_made_with_its_folder(tmp_path: Path) -> None:
    """The first start needs no folder prepared; the second finds the same history."""
    path = tmp_path / "some" / "where" / "history.db"
    for _ in range(2):
        Store.open(path).close()
    assert rows(path, "SELECT count(*) FROM papers") == [(0,)]


def test_a_closed_history_is_one_file(path: Path) -> None:
    """After a clean end nothing but the file itself needs copying."""
    Store.open(path).close()
    assert sorted(file.name for file in path.parent.iterdir()) == ["history.db", "history.db.lock"]


@pytest.mark.parametrize("name", ["wo weiß.db", "a?b#c%20.db", "mode=memory&x.db"])
async def test_any_file_name_will_do(name: str, tmp_path: Path) -> None:
    """No character of the path has a meaning of its own."""
    store = Store.open(tmp_path / name)
    await store.write(samples.admit, 1)
    store.close()
    assert rows(tmp_path / name, "SELECT count(*) FROM papers") == [(1,)]


async def test_reading_only_takes_no_lock_and_makes_no_file(path: Path, store: Store) -> None:
    """A person can search while the bot runs, cannot write, and a missing history is not made by looking."""
    await store.write(samples.admit, 2)
    looking = Store.open(path, writes=False)
    assert await looking.read(papers.count) == 2
    with pytest.raises(StoreError, match="reading only"):
        await looking.write(samples.admit, 1)
    looking.close()
    missing = path.with_name("missing.db")
    with pytest.raises(StoreError, match="no history yet"):
        Store.open(missing, writes=False)
    assert not missing.exists()


async def test_a_failing_write_leaves_nothing(store: Store) -> None:
    """A verb that raises is rolled back whole, its own error comes through, and the next write succeeds."""

    def half(db: Connection) -> None:
        samples.admit(db, 3)
        raise NotFound("the other half")

    with pytest.raises(NotFound, match="the other half"):
        await store.write(half)
    assert await store.read(papers.count) == 0
    await store.write(samples.admit, 1)
    assert await store.read(papers.count) == 1


async def test_only_committed_writes_count_as_commits(store: Store) -> None:
    """The count moves with every write that took place, and with nothing else."""
    before = store.commits
    await store.write(samples.admit, 1)
    assert store.commits == before + 1
    await store.read(papers.count)
    with pytest.raises(NotFound):
        await store.write(_fail)
    assert store.commits == before + 1


def _fail(db: Connection) -> None:
    raise NotFound("on purpose")


async def test_a_cancelled_caller_does_not_halve_a_write(store: Store) -> None:
    """The write in hand is finished; the one still waiting is never begun."""
    release, entered = threading.Event(), threading.Event()
    running = asyncio.create_task(store.write(lambda db: fill_until(release, entered, db)))
    waiting = asyncio.create_task(store.write(samples.admit, 5, 100))
    assert await asyncio.to_thread(entered.wait, 10)
    running.cancel()
    waiting.cancel()
    results = await asyncio.gather(running, waiting, return_exceptions=True)
    assert [type(result) for result in results] == [asyncio.CancelledError] * 2
    release.set()
    await store.write(lambda db: None)
    assert await store.read(papers.count) == 1


async def test_closing_finishes_the_writes_in_hand(path: Path) -> None:
    """What was handed over before the end is on the disk after it, queued writes included."""
    store = Store.open(path)
    release, entered = threading.Event(), threading.Event()
    first = asyncio.create_task(store.write(lambda db: fill_until(release, entered, db)))
    second = asyncio.create_task(store.write(samples.admit, 2, 100))
    assert await asyncio.to_thread(entered.wait, 10)
    closing_ = asyncio.create_task(asyncio.to_thread(store.close))
    release.set()
    await asyncio.gather(first, second, closing_)
    assert rows(path, "SELECT count(*) FROM papers") == [(3,)]


async def test_closing_stops_a_long_read(path: Path) -> None:
    """A runaway query does not hold up the end: it is stopped, and says so where it is awaited."""
    store = Store.open(path)
    entered = threading.Event()

    def endless(db: Connection) -> None:
        entered.set()
        db.execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
        ).fetchone()

    reading = asyncio.create_task(store.read(endless))
    assert await asyncio.to_thread(entered.wait, 10)
    await asyncio.wait_for(asyncio.to_thread(store.close), 2)
    with pytest.raises(StoreError, match="closed before it had answered"):
        await reading


async def test_a_closed_history_says_so(path: Path) -> None:
    """Whatever comes after the end is refused in our own words; closing twice is no error."""
    store = Store.open(path)
    await store.read(papers.count)
    store.close()
    store.close()
    with pytest.raises(StoreError, match="closed"):
        await store.read(papers.count)
    with pytest.raises(StoreError, match="closed"):
        await store.write(samples.admit, 1)


async def test_the_event_loop_goes_on_while_a_write_waits(path: Path, hold: Hold) -> None:
    """Waiting for another process's lock holds up the writer thread alone."""
    store = Store.open(path, busy_timeout=10)
    holder = hold(path, "BEGIN IMMEDIATE")
    writing = asyncio.create_task(store.write(samples.admit, 1))
    latest = 0.0
    for _ in range(20):
        before = time.monotonic()
        await asyncio.sleep(0.005)
        latest = max(latest, time.monotonic() - before)
        assert await store.read(papers.count) == 0
    assert not writing.done()
    holder.communicate()
    assert await writing == [1]
    store.close()
    assert latest < 1


async def test_a_read_sees_one_moment(path: Path) -> None:
    """What another transaction commits meanwhile is not seen by half."""
    store = Store.open(path)
    await store.write(samples.admit, 1)
    counted, written = threading.Event(), threading.Event()

    def twice(db: Connection) -> tuple[int, int]:
        before = papers.count(db)
        counted.set()
        assert written.wait(10)
        return before, papers.count(db)

    reading = asyncio.create_task(store.read(twice))
    assert await asyncio.to_thread(counted.wait, 10)
    await store.write(samples.admit, 1, 2)
    written.set()
    assert await reading == (1, 1)
    assert await store.read(papers.count) == 2
    store.close()


def test_a_second_process_is_told_who_holds_it(path: Path) -> None:
    """The second bot is refused at once by name of the first, and let in when that is killed."""
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD_LOCK, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    linked = path.with_name("link.db")
    linked.symlink_to(path)
    for way in (path, linked):
        began = time.monotonic()
        with pytest.raises(StoreBusy, match=rf"in use by another Broadsheet \(process {holder.pid}\); stop"):
            Store.open(way)
        assert time.monotonic() - began < 1
    holder.kill()
    holder.communicate()
    Store.open(path).close()


def test_a_refused_open_gives_up_its_lock(path: Path) -> None:
    """A history that cannot be used is not held by who tried."""
    path.write_bytes(b"not a database, whatever its name says" * 100)
    with pytest.raises(StoreDamaged):
        Store.open(path)
    path.unlink()
    Store.open(path).close()


def test_a_folder_that_cannot_be_made_is_one_line(tmp_path: Path) -> None:
    """A file where the folder should be is named, with what to do."""
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreFull, match=r"file/history\.db\.lock: .*--data$"):
        Store.open(tmp_path / "file" / "history.db")


def test_a_folder_that_may_not_be_written_is_one_line(plain_folder: Path) -> None:
    """Missing permission is named, with what to do."""
    plain_folder.chmod(0o500)
    with pytest.raises(StoreFull, match=r"make the folder writable"):
        Store.open(plain_folder / "history.db")
    plain_folder.chmod(0o700)


def filled(path: Path) -> Path:
    """A closed history of some pages."""
    Store.open(path).close()
    with closing(sqlite3.connect(path)) as db:
        db.row_factory = sqlite3.Row
        samples.admit(db, 200)
        db.commit()
    return path


@pytest.mark.parametrize("writes", [True, False])
def test_what_is_no_database_is_named(path: Path, writes: bool) -> None:
    """A text file by that name is not taken for a history, and is left as it is."""
    path.write_text("a list of papers\n" * 1000)
    with pytest.raises(StoreDamaged, match=r"history\.db: .*restore it from a backup"):
        Store.open(path, writes=writes)
    assert path.read_text().startswith("a list of papers")


async def test_a_truncated_history_is_named(path: Path) -> None:
    """A half-copied file is reported as damaged when it is opened or read, never answered from."""
    whole = filled(path).stat().st_size
    os.truncate(path, whole // 2)

    async def use() -> None:
        store = Store.open(path)
        try:
            await store.read(papers.briefs, range(1, 200))
        finally:
            store.close()

    with pytest.raises(StoreDamaged, match=r"history\.db: .*restore it from a backup"):
        await use()


async def test_a_page_of_rubbish_is_named(path: Path) -> None:
    """Damage within is reported when something needs it; the error is ours."""
    empty = path.with_name("empty.db")
    Store.open(empty).close()
    size = filled(path).stat().st_size
    with path.open("r+b") as file:
        for page in range(empty.stat().st_size // 4096, size // 4096):
            file.seek(page * 4096)
            file.write(b"\xff" * 4096)
    store = Store.open(path)
    with pytest.raises(StoreDamaged, match=r"history\.db: .*restore it from a backup"):
        await store.read(papers.briefs, range(1, 200))
    store.close()


def test_another_programs_database_is_left_alone(path: Path) -> None:
    """A database that was never ours gets no tables of ours."""
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE sqlitelike (id INTEGER PRIMARY KEY)")
        db.commit()
    before = path.read_bytes()
    with pytest.raises(StoreDamaged, match="another program's database"):
        Store.open(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("writes", [True, False])
def test_a_history_from_a_newer_version_is_left_alone(path: Path, writes: bool) -> None:
    """A step that this version does not know stops it, by name."""
    Store.open(path).close()
    with closing(sqlite3.connect(path)) as db:
        db.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('broadsheet', 'm999_x', '')"
        )
        db.commit()
    with pytest.raises(StoreTooNew, match=r"history\.db: written by a newer Broadsheet .*'m999_x'.*update"):
        Store.open(path, writes=writes)


@pytest.mark.parametrize("writes", [True, False])
def test_an_empty_file_is_a_history_to_be(path: Path, writes: bool) -> None:
    """A file of no bytes becomes a history when written, and is not when only read."""
    path.touch()
    if writes:
        Store.open(path).close()
        assert rows(path, "SELECT count(*) FROM papers") == [(0,)]
    else:
        with pytest.raises(StoreError, match="broadsheet ingest"):
            Store.open(path, writes=False)
        assert path.stat().st_size == 0


async def test_a_number_beyond_all_rows_is_not_found(store: Store) -> None:
    """An id out of a hand-typed address is no crash."""
    with pytest.raises(NotFound, match="so large a number"):
        await store.read(papers.paper, 10**30)


async def test_half_a_character_is_one_line(store: Store) -> None:
    """A lone surrogate cannot be stored; the error is ours, and nothing of the write remains."""

    def verb(db: Connection) -> None:
        samples.admit(db, 1)
        digests.record(db, "sha", "half \ud800 name", samples.NOW)

    with pytest.raises(StoreError, match="half a character"):
        await store.write(verb)
    assert await store.read(papers.count) == 0


def test_an_up_to_date_history_opens_without_sqlite_utils(path: Path) -> None:
    """The slow import is paid only when there is something to migrate."""
    filled(path)
    script = (
        "import sys; from pathlib import Path; from bot.store import Store; "
        "Store.open(Path(sys.argv[1])).close(); print('sqlite_utils' in sys.modules)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=True
    )
    assert ran.stdout == "False\n"


KILLED = """
import os, signal, sys, asyncio
from pathlib import Path
from bot.store import Store
from tests.store import samples

async def main():
    store = Store.open(Path(sys.argv[1]))
    await store.write(samples.read_digest, "a.txt", 20)
    def half(db):
        db.execute("PRAGMA cache_spill=ON")
        db.execute("PRAGMA cache_size=1")
        samples.read_digest(db, "b.txt", 300, 100)
        samples.insert(db, list(range(1, 11)))
        os.kill(os.getpid(), signal.SIGKILL)
    await store.write(samples.channels.sync, [samples.CHANNEL])
    await store.write(half)

asyncio.run(main())
"""


def killed(path: Path) -> None:
    """Run ``KILLED`` until it kills itself, when part of its last write is on the disk already."""
    ran = subprocess.run(
        [sys.executable, "-c", KILLED, str(path)], capture_output=True, text=True, check=False
    )
    assert ran.returncode == -signal.SIGKILL, ran.stderr
    assert path.with_name("history.db-wal").stat().st_size > 100_000


async def test_a_kill_in_the_middle_of_a_write_leaves_no_half(path: Path) -> None:
    """What was committed is all there, what was not has left no trace, and the file is whole."""
    await asyncio.to_thread(killed, path)
    store = Store.open(path)
    assert await store.read(papers.count) == 20
    assert [receipt.file for receipt in await store.read(digests.latest, 10)] == ["a.txt"]
    assert [channel.key for channel in await store.read(channels.active)] == [samples.CHANNEL.key]
    assert await store.read(outbox.posted_dates, samples.CHANNEL.key) == ()
    found = await store.read(search.search, "frugal", 100)
    assert len(found.papers) == found.total == 20
    store.close()
    assert rows(path, "PRAGMA integrity_check") == [("ok",)]


FULL = """
import asyncio, resource, signal, sys
from pathlib import Path
from bot.errors import StoreFull
from bot.store import Store, digests, papers
from tests.store import samples

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

def room(size):
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))

async def main():
    path = Path(sys.argv[1])
    store = Store.open(path)
    await store.write(samples.read_digest, "a.txt", 20)
    room(300_000)
    refused = 0
    for attempt in range(3):
        try:
            await store.write(samples.read_digest, f"big-{attempt}.txt", 500, 1000 + 500 * attempt)
        except StoreFull as error:
            refused += 1
            print(error)
    assert refused == 3
    assert await store.read(papers.count) == 20
    room(resource.RLIM_INFINITY)
    await store.write(samples.read_digest, "b.txt", 500, 50_000)
    assert await store.read(papers.count) == 520
    room(0)
    try:
        await store.write(samples.read_digest, "c.txt", 1, 60_000)
    except StoreFull:
        print("full")
    store.close()

asyncio.run(main())
"""


def test_a_full_disk_loses_nothing(path: Path) -> None:
    """Writes that find no room are refused in one line, leave nothing, and succeed once there is room again."""
    ran = subprocess.run([sys.executable, "-c", FULL, str(path)], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    *lines, last = ran.stdout.splitlines()
    assert lines == [f"{path}: disk I/O error; free some space on that disk, then try again"] * 3
    assert last == "full"
    assert rows(path, "SELECT count(*) FROM papers") == [(520,)]
    assert rows(path, "PRAGMA integrity_check") == [("ok",)]


async def test_a_history_at_its_page_limit_is_full(path: Path) -> None:
    """SQLite's own word for a full disk is ours, too."""
    store = Store.open(path)

    def limited(db: Connection) -> None:
        pages = db.execute("PRAGMA page_count").fetchone()[0]
        db.execute(f"PRAGMA max_page_count={pages + 5}")
        samples.admit(db, 500)

    def unlimited(db: Connection) -> None:
        db.execute("PRAGMA max_page_count=1000000")
        samples.admit(db, 500)

    with pytest.raises(StoreFull, match="free some space"):
        await store.write(limited)
    assert await store.read(papers.count) == 0
    await store.write(unlimited)
    assert await store.read(papers.count) == 500
    store.close()


async def test_a_history_that_vanished_is_not_made_anew_by_reading(path: Path) -> None:
    """A file deleted under a running bot is an error, not an empty history."""
    store = Store.open(path)
    shutil.move(path, path.with_name("elsewhere.db"))
    with pytest.raises(StoreFull, match="unable to open"):
        await store.read(papers.count)
    store.close()
    assert [file.name for file in path.parent.glob("history.db")] == []
