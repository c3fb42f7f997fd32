"""Finding digest files, and reading them safely."""

import asyncio
import os
import socket
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.errors import DigestError
from bot.sources.inbox import OLD, REST, Snapshot, load, resting, scan, snapshot, watch

CAP = 1000
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def refusal(path: Path, folder: Path | None) -> str:
    """Return the one line with which a file is refused."""
    with pytest.raises(DigestError) as error:
        load(path, folder=folder, max_bytes=CAP)
    assert "\n" not in str(error.value)
    return str(error.value)


def test_scan_goes_by_date_then_name(tmp_path: Path) -> None:
    """Dated files come in the order of their dates, however they are written, then the others by name."""
    names = ["b.txt", "page_20250312.txt", "2025-03-11.txt", "a.jsonl", "2024-12-31-x.json"]
    for name in names:
        (tmp_path / name).touch()
    assert [p.name for p in scan(tmp_path)] == [names[4], names[2], names[1], names[3], names[0]]


def test_scan_passes_over_what_is_no_digest(tmp_path: Path) -> None:
    """Hidden and half-written files, READMEs and folders are left alone."""
    for name in [
        ".x.txt",
        "x.txt~",
        "x.part",
        "x.tmp",
        "x.swp",
        "x.crdownload",
        "README.md",
        "readme",
        "#x.txt#",
    ]:
        (tmp_path / name).touch()
    (tmp_path / "folder.txt").mkdir()
    (tmp_path / "folder.txt" / "deep.txt").touch()
    assert scan(tmp_path) == []
    assert scan(tmp_path / "missing") == []


def test_scan_of_a_file_is_refused(tmp_path: Path) -> None:
    """A file where the folder should be is named as such."""
    (tmp_path / "digests").touch()
    with pytest.raises(DigestError, match="digests: cannot be listed"):
        scan(tmp_path / "digests")


def test_load_gives_bytes_name_and_time(tmp_path: Path) -> None:
    """A file comes with its name and its modification time in UTC, and is left as it was."""
    path = tmp_path / "x.txt"
    path.write_bytes(b"abc")
    os.utime(path, (1_700_000_000, 1_700_000_000))
    file = load(path, folder=tmp_path, max_bytes=3)
    assert (file.name, file.data) == ("x.txt", b"abc")
    assert file.modified == datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)
    assert path.read_bytes() == b"abc"


def test_load_refuses_what_is_no_regular_file(tmp_path: Path) -> None:
    """A folder, a pipe, a socket or a device is refused at once, without waiting on it."""
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe.txt")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "s"))
        assert "a folder" in refusal(tmp_path / "folder", tmp_path)
        assert "not a regular file" in refusal(tmp_path / "pipe.txt", tmp_path)
        assert "not a regular file" in refusal(tmp_path / "s", tmp_path)
        assert "not a regular file" in refusal(Path("/dev/zero"), None)


def test_load_refuses_links_that_leave_the_folder(tmp_path: Path) -> None:
    """A link may name a file of its folder, but none outside, however many links it takes."""
    folder = tmp_path / "digests"
    folder.mkdir()
    (tmp_path / "secret").write_text("secret")
    (folder / "real.txt").write_text("real")
    (folder / "in.txt").symlink_to("real.txt")
    (folder / "out.txt").symlink_to("../secret")
    (folder / "twice.txt").symlink_to("out.txt")
    (folder / "gone.txt").symlink_to("nothing")
    (folder / "round.txt").symlink_to("round.txt")
    assert load(folder / "in.txt", folder=folder, max_bytes=CAP).data == b"real"
    assert "leaves its folder" in refusal(folder / "out.txt", folder)
    assert "leaves its folder" in refusal(folder / "twice.txt", folder)
    assert "no longer there" in refusal(folder / "gone.txt", folder)
    assert "cannot be read" in refusal(folder / "round.txt", folder)


def test_load_keeps_to_the_cap(tmp_path: Path) -> None:
    """A file of exactly the cap is read, one byte more is refused unread."""
    path = tmp_path / "x.txt"
    path.write_bytes(b"x" * CAP)
    assert len(load(path, folder=tmp_path, max_bytes=CAP).data) == CAP
    path.write_bytes(b"x" * (CAP + 1))
    assert "larger than 1,000 bytes" in refusal(path, tmp_path)


def test_load_says_when_it_may_not_read(plain_folder: Path) -> None:
    """A file without read permission is named, with what to check."""
    path = plain_folder / "x.txt"
    path.touch(mode=0o000)
    assert "permission denied" in refusal(path, plain_folder)


def test_names_cannot_forge_lines(tmp_path: Path) -> None:
    """Control characters in a file's name do not reach the message."""
    assert "\x1b" not in refusal(tmp_path / "a\x1b[2J\nb.txt", tmp_path)


def snap(size: int, modified: timedelta, taken: timedelta) -> Snapshot:
    """Return a look at a file, with times before or after NOW."""
    return Snapshot(1, size, NOW + modified, NOW + taken)


@pytest.mark.parametrize(
    ("earlier", "later", "whole"),
    [
        (None, snap(5, -OLD, timedelta(0)), True),
        (None, snap(5, timedelta(0), timedelta(0)), False),
        (None, snap(5, timedelta(hours=1), timedelta(0)), False),
        (snap(5, timedelta(0), timedelta(0)), snap(5, timedelta(0), REST), True),
        (snap(5, timedelta(0), timedelta(0)), snap(5, timedelta(0), REST / 2), False),
        (snap(5, timedelta(0), timedelta(0)), snap(6, timedelta(0), REST), False),
        (snap(5, timedelta(0), timedelta(0)), snap(5, REST, REST), False),
        (snap(5, timedelta(0), timedelta(hours=1)), snap(5, timedelta(0), timedelta(0)), True),
    ],
)
def test_a_file_rests_when_nothing_moves(earlier: Snapshot | None, later: Snapshot, whole: bool) -> None:
    """A file is whole when it is old, or when neither size nor time has moved for a while."""
    assert resting(earlier, later) is whole


def test_a_missing_file_has_no_snapshot(tmp_path: Path) -> None:
    """What is gone can't be looked at, and that is no error."""
    assert snapshot(tmp_path / "gone", now=NOW) is None


def clock() -> datetime:
    """Return the time; files made by a test have real times."""
    return datetime.now(UTC)


async def next_of(files: AsyncIterator[list[Path]], *, seconds: float = 2) -> list[str]:
    """Return the names that come next, within the promised time; a first look may find none."""
    async with asyncio.timeout(seconds):
        while not (found := await anext(files)):
            pass
    return [p.name for p in found]


async def test_watch_gives_what_is_there_and_what_lands(tmp_path: Path) -> None:
    """Files come at the start, and when they land or change, each within two seconds; not otherwise."""
    old = tmp_path / "old.txt"
    old.write_text("old")
    os.utime(old, (1_700_000_000, 1_700_000_000))
    stop = asyncio.Event()
    files = watch(tmp_path, now=clock, stop=stop)
    assert await next_of(files, seconds=1) == ["old.txt"]
    asyncio.get_running_loop().call_later(0.3, (tmp_path / "new.txt").write_text, "new")
    assert await next_of(files, seconds=2.3) == ["new.txt"]
    old.write_text("changed")
    assert await next_of(files) == ["old.txt"]
    asyncio.get_running_loop().call_later(0.1, stop.set)
    began = time.monotonic()
    assert [found async for found in files] == []
    assert time.monotonic() - began < 1


@pytest.mark.parametrize("there", [True, False])
async def test_watch_looks_once_even_when_nothing_is_there(tmp_path: Path, there: bool) -> None:
    """An empty folder, or none, is told at once, so that whoever waits for the first look can go on."""
    stop = asyncio.Event()
    files = watch(tmp_path if there else tmp_path / "none", now=clock, stop=stop)
    assert await asyncio.wait_for(anext(files), 1) == []
    stop.set()
    assert [found async for found in files] == []


async def test_watch_gives_together_what_lands_together(tmp_path: Path) -> None:
    """A file at rest waits a little for one that still settles, so that one post has both."""
    old = tmp_path / "a.txt"
    old.write_text("old")
    os.utime(old, (1_700_000_000, 1_700_000_000))
    (tmp_path / "b.txt").write_text("new")
    stop = asyncio.Event()
    files = watch(tmp_path, now=clock, stop=stop)
    assert await next_of(files) == ["a.txt", "b.txt"]
    stop.set()
    assert [found async for found in files] == []


async def test_watch_leaves_a_file_that_is_still_written(tmp_path: Path) -> None:
    """A growing file is not given before it rests."""
    path = tmp_path / "slow.txt"
    stop = asyncio.Event()
    files = watch(tmp_path, now=clock, stop=stop)
    finished = 0.0

    async def write() -> None:
        nonlocal finished
        for _ in range(6):
            with path.open("a") as file:
                file.write("more\n")
            await asyncio.sleep(0.2)
        finished = time.monotonic()

    writing = asyncio.create_task(write())
    assert await next_of(files, seconds=4) == ["slow.txt"]
    assert finished
    assert path.read_text() == "more\n" * 6
    await writing
    stop.set()
    with suppress(StopAsyncIteration):
        await anext(files)


async def test_watch_survives_its_folder_coming_and_going(tmp_path: Path) -> None:
    """A folder made, removed and made again while it is watched is watched."""
    folder = tmp_path / "digests"
    stop = asyncio.Event()
    files = watch(folder, now=clock, stop=stop)
    loop = asyncio.get_running_loop()

    def make() -> None:
        folder.mkdir()
        (folder / "x.txt").write_text("x")

    loop.call_later(0.2, make)
    assert await next_of(files, seconds=2.2) == ["x.txt"]
    (folder / "x.txt").unlink()
    folder.rmdir()
    loop.call_later(0.3, make)
    assert await next_of(files, seconds=2.3) == ["x.txt"]
    stop.set()
    with suppress(StopAsyncIteration):
        await anext(files)
