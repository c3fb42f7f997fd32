"""Histories on disk, and another process that holds one."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.store import Connection, Store
from bot.store.database import connect

HOLDER = """
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
for statement in sys.argv[2].split(";"):
    db.execute(statement).fetchall()
print("held", flush=True)
sys.stdin.read()
db.close()
"""

Hold = Callable[[Path, str], "subprocess.Popen[str]"]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a history may be made."""
    return tmp_path / "history.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    """An empty history that gives up waiting for a lock at once."""
    opened = Store.open(path, busy_timeout=0.01)
    yield opened
    opened.close()


@pytest.fixture
def db(path: Path) -> Iterator[Connection]:
    """A connection to an empty history, in a transaction that is never committed."""
    Store.open(path).close()
    connection = connect(path)
    connection.execute("BEGIN IMMEDIATE")
    yield connection
    connection.close()


@pytest.fixture(scope="session")
def hold() -> Iterator[Hold]:
    """Run some SQL (``BEGIN …``) in another process and keep its transaction open until its input closes."""
    holders: list[subprocess.Popen[str]] = []

    def start(path: Path, statements: str) -> "subprocess.Popen[str]":
        holder = subprocess.Popen(
            [sys.executable, "-c", HOLDER, str(path), statements],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        holders.append(holder)
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        return holder

    yield start
    for holder in holders:
        holder.communicate()
