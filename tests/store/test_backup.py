"""A backup is whole, whatever happens meanwhile."""

import asyncio
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bot.errors import StoreDamaged, StoreError, StoreFull
from bot.store import Store, backup, papers
from tests.store import samples
from tests.store.samples import rows

WRITING = """
import asyncio, sys
from pathlib import Path
from bot.store import Store
from tests.store import samples

async def main():
    store = Store.open(Path(sys.argv[1]))
    for file in range(100_000):
        await store.write(samples.read_digest, f"{file}.txt", 7, 7 * file)
        print(file, flush=True)

asyncio.run(main())
"""

FULL = """
import resource, signal, sys
from pathlib import Path
from bot.errors import StoreFull
from bot.store import backup

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))
try:
    backup(Path(sys.argv[1]), Path(sys.argv[2]))
except StoreFull as error:
    print(error)
"""


async def filled(path: Path, count: int = 3) -> None:
    """Make a history and close it."""
    store = Store.open(path)
    await store.write(samples.admit, count)
    store.close()


def names(folder: Path) -> list[str]:
    """What is in a folder."""
    return sorted(file.name for file in folder.iterdir())


def test_a_backup_while_another_process_writes_is_whole(path: Path, tmp_path: Path) -> None:
    """It holds whole files only, in one file of its own, opens as a history, and holds up no writer."""
    writer = subprocess.Popen([sys.executable, "-c", WRITING, str(path)], stdout=subprocess.PIPE, text=True)
    assert writer.stdout is not None
    for _ in range(3):
        writer.stdout.readline()
    targets = [tmp_path / f"backup-{number}.db" for number in range(3)]
    for target in targets:
        backup(path, target)
        writer.stdout.readline()
    writer.send_signal(signal.SIGKILL)
    writer.communicate()
    assert not {name for name in names(tmp_path) if name.startswith("backup")} - {one.name for one in targets}
    for target in targets:
        assert rows(target, "PRAGMA integrity_check") == [("ok",)]
        [(files, seen)] = rows(target, "SELECT count(*), sum(new) FROM digests")
        assert rows(target, "SELECT count(*) FROM papers") == [(seen,)]
        assert isinstance(files, int)
        assert files >= 3
        assert seen == 7 * files
        Store.open(target).close()


async def test_a_backup_never_overwrites(path: Path, tmp_path: Path) -> None:
    """What has the name already stays as it is, be it a backup, a folder, or the history itself."""
    await filled(path)
    other = tmp_path / "other.db"
    other.write_text("precious")
    for target in (other, tmp_path, path):
        with pytest.raises(StoreError, match="exists already; name a file that does not"):
            backup(path, target)
    assert other.read_text() == "precious"


async def test_a_backup_that_cannot_be_written_is_one_line(path: Path, tmp_path: Path) -> None:
    """A missing or forbidden folder is named, and nothing is left behind."""
    await filled(path)
    (tmp_path / "file").write_text("")
    before = names(tmp_path)
    for target in (tmp_path / "none" / "b.db", tmp_path / "file" / "b.db", Path("/proc/b.db")):
        with pytest.raises(StoreFull, match=rf"{target}: .*writable"):
            backup(path, target)
    assert names(tmp_path) == before


def test_a_backup_of_nothing_says_so(path: Path, tmp_path: Path) -> None:
    """Without a history there is nothing to copy, and none is made."""
    with pytest.raises(StoreError, match="no history to back up yet"):
        backup(path, tmp_path / "b.db")
    path.write_text("not a database " * 100)
    with pytest.raises(StoreDamaged, match="restore it from a backup"):
        backup(path, tmp_path / "b.db")
    assert names(tmp_path) == ["history.db"]


async def test_a_backup_that_finds_no_room_leaves_nothing(path: Path, tmp_path: Path) -> None:
    """Half a backup would be taken for one."""
    await filled(path, 300)
    target = tmp_path / "b.db"
    command = [sys.executable, "-c", FULL, str(path), str(target)]
    said = await asyncio.to_thread(subprocess.check_output, command, text=True)
    assert said == f"{target}: disk I/O error; free some space on that disk, then try again\n"
    assert names(tmp_path) == ["history.db", "history.db.lock"]


async def test_a_backup_can_take_the_historys_place(path: Path, tmp_path: Path) -> None:
    """Restoring is copying the file back."""
    await filled(path)
    backup(path, tmp_path / "b.db")
    (tmp_path / "b.db").replace(path)
    store = Store.open(path)
    assert await store.read(papers.count) == 3
    store.close()
