"""Bad input gets one clear line, the rest goes on, and nothing is lost: it is read once it is mended."""

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

import pytest

from bot.store import Store
from tests.scenario.conftest import PATIENCE, Home
from tests.scenario.test_run import DUCKS, GEESE, KITES

MEGABYTE = 1_000_000


def native(*papers: tuple[str, str]) -> str:
    """The text of a native digest."""
    return "Mar 11\n\n" + "\n\n".join(part for paper in papers for part in paper)


def as_bytes(content: bytes) -> Callable[[Path], None]:
    """A file of these bytes."""

    def make(path: Path) -> None:
        path.write_bytes(content)

    return make


def link_to(target: str) -> Callable[[Path], None]:
    """A link to a file beside ``digests/``, or to nothing."""

    def make(path: Path) -> None:
        (path.parent.parent / "secret").write_text(native(GEESE), "utf-8")
        path.symlink_to(target)

    return make


UNREADABLE: dict[str, tuple[Callable[[Path], None], str, str]] = {
    "empty": (as_bytes(b""), "empty", "save"),
    "blank": (as_bytes(b"\xef\xbb\xbf \r\n\t\n"), "empty", "save"),
    "no entries": (as_bytes(b"new\n\nSubscribe\n\nMar 11\n"), "no entries", "check"),
    "no entries in JSON": (as_bytes(b'{"name": "x"}\n[]\n'), "no entries", "check"),
    "over the cap": (as_bytes(b"x " * MEGABYTE), "larger than 1,000,000 bytes", "split"),
    "only NUL bytes": (as_bytes(b"\0" * 5000), "empty", "save"),
    "binary": (as_bytes(bytes(range(256)) * 20), "not a text file", "save"),
    "HTML": (as_bytes(b"<!DOCTYPE html><html><body><h1>Papers</h1>"), "a web page", "copy"),
    "an XHTML page": (as_bytes(b'<?xml version="1.0"?>\n<!DOCTYPE html><html>'), "a web page", "copy"),
    "one endless line": (as_bytes(b"word " * 180_000), "longer than 20,000 characters", "check"),
    "a JSON line of nests": (as_bytes(b'{"title": ' + b"[" * 100_000), "nested", "check"),
    "a pipe": (os.mkfifo, "not a regular file", "save"),
    "a link out": (link_to("../secret"), "leaves its folder", "put"),
    "a file removed": (link_to("gone"), "no longer there", "put"),
    "a link to itself": (link_to("2026-03-12.txt"), "circle", "check"),
}


@pytest.mark.parametrize("case", UNREADABLE)
def test_a_file_that_cannot_be_read_is_told_and_the_others_go_on(home: Home, case: str) -> None:
    """One line names the file, what is wrong and what to do; the files before and after it are in, and
    so is the bad one after it is mended."""
    make, what, remedy = UNREADABLE[case]
    home.environ = {"BROADSHEET_MAX_DIGEST_MB": "1"}
    home.digest("2026-03-11.txt", KITES)
    home.digest("2026-03-13.txt", DUCKS)
    bad = home.path / "digests" / "2026-03-12.txt"
    make(bad)
    done = home.run("ingest", "--json")
    assert done.exit_code == 3
    (told,) = done.stderr.splitlines()
    assert told.startswith("broadsheet: 2026-03-12.txt: ")
    assert what in told
    assert remedy in told.partition("; ")[2]
    assert [json.loads(line)["new"] for line in done.stdout.splitlines()] == [1, 0, 1]
    bad.unlink()
    home.digest(bad.name, GEESE)
    assert [line["new"] for line in home.lines("ingest", "--json")] == [0, 1, 0]
    found = [home.lines("search", "--json", word)[0]["title"] for word in ("kite", "geese", "ducklings")]
    assert found == [KITES[0], GEESE[0], DUCKS[0]]


def test_a_folder_or_a_missing_file_that_is_named_is_told(home: Home) -> None:
    """What a person names and is no file gets its line; what else was named is read."""
    (home.path / "folder").mkdir()
    done = home.run("ingest", "folder", "typo.txt", home.digest("a.txt", KITES))
    assert done.exit_code == 3
    folder, missing = done.stderr.splitlines()
    assert folder == "broadsheet: folder: a folder, not a file; name the files in it"
    assert missing == "broadsheet: typo.txt: there is no such file; check its name"
    assert done.stdout == "a.txt: 1 entry: 1 new, 0 seen before, 0 unreadable\n"


HALF = "\\ud83d"
PARTLY: dict[str, tuple[bytes, int]] = {
    "NUL bytes": (native(KITES, DUCKS).replace(" ", " \0", 20).encode(), 0),
    "a piece that is not UTF-8": (native(KITES, DUCKS).encode() + b"\n\n" + b"\xff\xfe\x80 \x81" * 8, 1),
    "UTF-16": (native(KITES, DUCKS).encode("utf-16"), 0),
    "half characters": (
        "\n".join(
            f'{{"title": "{title}{HALF}", "abstract": "{HALF}{abstract}", "id": "{HALF}"}}'
            for title, abstract in (KITES, DUCKS)
        ).encode(),
        0,
    ),
    "bidi and control characters": (
        native(KITES, DUCKS)
        .replace("Kite ", "\u202eKite\u2066 \x1b[31m".replace("[31m", ""))
        .replace("Ducks", "\u200fDucks\x07\u2069")
        .encode(),
        0,
    ),
    "a line of 2 MB": (
        native(KITES).encode() + b"\n\n" + b"word " * 400_000 + b"\n\n" + native(DUCKS).encode(),
        1,
    ),
    "a JSON line of 2 MB": (
        json.dumps({"title": KITES[0], "abstract": KITES[1]}).encode()
        + b'\n{"title": "'
        + b"x" * 2 * MEGABYTE
        + b'"}\n'
        + json.dumps({"title": DUCKS[0], "abstract": DUCKS[1]}).encode(),
        1,
    ),
}


@pytest.mark.parametrize("case", PARTLY)
def test_a_file_that_is_partly_unfit_gives_all_the_rest(home: Home, case: str) -> None:
    """Only the unfit piece is set aside, and where it is is told by ``read``; titles come clean."""
    content, unreadable = PARTLY[case]
    path = home.path / "a.txt"
    path.write_bytes(content)
    (receipt,) = home.lines("ingest", "--json", path)
    assert (receipt["new"], receipt["unreadable"]) == (2, unreadable)
    for word, (title, _) in (("kite", KITES), ("ducklings", DUCKS)):
        assert home.lines("search", "--json", word)[0]["title"] == title
    told = home.run("read", path).stderr.splitlines()
    assert len(told) == unreadable
    assert all(line.startswith("broadsheet: a.txt, line ") for line in told)


def test_a_receipt_with_unreadable_pieces_says_where_to_look(home: Home) -> None:
    """Who reads that something was not readable also reads how to see what and why."""
    path = home.path / "a.txt"
    path.write_bytes(PARTLY["a piece that is not UTF-8"][0])
    assert home.run("ingest", path).stdout == (
        "a.txt: 3 entries: 2 new, 0 seen before, 1 unreadable ('broadsheet read' shows where and why)\n"
    )


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Another program's hold on the database."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield
        other.execute("ROLLBACK")


def test_a_locked_database_is_told_and_the_file_waits(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another program holds the database: one line, exit code 4, and the file can be read afterwards."""
    home.digest("a.txt", KITES)
    home.run("ingest")
    home.digest("b.txt", DUCKS)
    monkeypatch.setattr(Store, "open", partial(Store.open, busy_timeout=0.1))
    with held(home.path / "data" / "broadsheet.db"):
        done = home.run("ingest")
        assert len(home.lines("search", "--json", "kite")) == 1
    assert done.exit_code == 4
    (told,) = done.stderr.splitlines()
    assert "broadsheet.db: locked by another program" in told
    assert "try again" in told
    assert [line["new"] for line in home.lines("ingest", "--json")] == [0, 1]


FULL = """
import resource, sys
from bot.cli import main
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv.pop(1)), resource.RLIM_INFINITY))
main()
"""


@pytest.mark.parametrize("room", [0, 20_000, 170_000])
def test_a_full_disk_is_told_and_nothing_is_lost(home: Home, room: int) -> None:
    """When the disk fills, at whatever write: one line, exit code 4; with room again all is read."""
    papers = [(f"{KITES[0]} {number}", KITES[1].replace("three", str(number))) for number in range(10, 40)]
    home.digest("a.txt", *papers)
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(room), "ingest"],
        cwd=home.path,
        env=home.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 4, done.stderr
    (told,) = done.stderr.splitlines()
    assert "data/broadsheet.db" in told
    assert "free some space" in told
    assert done.stdout == ""
    (receipt,) = home.lines("ingest", "--json")
    assert receipt["new"] == len(papers)


def test_a_database_of_a_newer_version_is_left_alone(home: Home) -> None:
    """Every command refuses it in one line, with exit code 4, and does not change a byte."""
    home.digest("a.txt", KITES)
    home.run("ingest")
    database = home.path / "data" / "broadsheet.db"
    with closing(sqlite3.connect(database)) as newer, newer:
        newer.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) SELECT migration_set, 'm9999', "
            "applied_at FROM _sqlite_migrations LIMIT 1"
        )
    before = database.read_bytes()
    for command in ("run", "ingest", "post", "preview", "bookmarks", "search x", "why 1"):
        done = home.run(*command.split())
        assert done.exit_code == 4, command
        (told,) = done.stderr.splitlines()
        assert "newer Broadsheet" in told
        assert "update" in told
    assert database.read_bytes() == before


def test_a_port_in_use_changes_nothing(home: Home) -> None:
    """The address is taken: one line says which and what to do, exit code 5, and no post was made."""
    home.digest("a.txt", KITES)
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        home.environ = {"BROADSHEET_WEB_PORT": port}
        done = home.run("run")
    assert done.exit_code == 5
    (told,) = done.stderr.splitlines()
    assert told.startswith(f"broadsheet: 127.0.0.1:{port}: ")
    assert "web.port" in told
    assert [line["new"] for line in home.lines("ingest", "--json")] == [1]


def test_digests_that_is_no_folder_is_told(home: Home) -> None:
    """A file where the folder should be: one line for ``ingest``, and ``doctor`` names it too."""
    (home.path / "digests").write_text("not a folder")
    done = home.run("ingest")
    assert done.exit_code == 3
    (told,) = done.stderr.splitlines()
    assert told.startswith("broadsheet: digests: cannot be listed")
    sick = home.run("doctor")
    assert sick.exit_code == 1
    assert "digests is not a folder" in sick.stdout


def deaf_children(process: int) -> set[int]:
    """The processes that this one has started and that have come so far as to ignore Ctrl-C."""
    found = set()
    for of_thread in Path(f"/proc/{process}/task").glob("*/children"):
        for child in map(int, of_thread.read_text().split()):
            status = Path(f"/proc/{child}/status").read_text()
            ignored = int(status.partition("SigIgn:")[2].split()[0], 16)
            if ignored & 1 << signal.SIGINT - 1:
                found.add(child)
    return found


@pytest.mark.skipif(not Path(f"/proc/self/task/{os.getpid()}/children").exists(), reason="no /proc here")
def test_killed_while_reading_it_leaves_no_process_behind(home: Home) -> None:
    """The workers that share a long file end when the command does, however it ends."""
    papers = [(f"{KITES[0]} {number}", KITES[1].replace("three", str(number))) for number in range(1500)]
    home.digest("a.txt", *papers)
    reading = subprocess.Popen([sys.executable, "-m", "bot", "ingest"], cwd=home.path, env=home.environment())
    workers: set[int] = set()
    end = time.monotonic() + PATIENCE
    while len(workers) < 2 and reading.poll() is None and time.monotonic() < end:
        workers |= deaf_children(reading.pid)
        time.sleep(0.01)
    reading.kill()
    reading.wait()
    assert len(workers) >= 2
    while (left := {one for one in workers if Path(f"/proc/{one}").exists()}) and time.monotonic() < end:
        time.sleep(0.05)
    assert not left
