"""The lock file: one process at a time, and it says who."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.errors import StoreBusy
from bot.store import lock


def test_a_second_taker_is_told_who_holds_it(tmp_path: Path) -> None:
    """The first has it until it gives it up; the second hears its process number."""
    first = lock.take(tmp_path / "new" / "history.db")
    with pytest.raises(StoreBusy, match=f"process {os.getpid()}"):
        lock.take(tmp_path / "new" / "history.db")
    os.close(first)
    os.close(lock.take(tmp_path / "new" / "history.db"))


def test_a_link_to_a_history_is_locked_with_it(tmp_path: Path) -> None:
    """Two names of one file are one history."""
    (tmp_path / "link.db").symlink_to(tmp_path / "history.db")
    held = lock.take(tmp_path / "link.db")
    with pytest.raises(StoreBusy):
        lock.take(tmp_path / "history.db")
    os.close(held)


def test_it_is_free_again_however_its_process_ends(tmp_path: Path) -> None:
    """A holder that is killed leaves nothing to clean up."""
    code = (
        "import os, pathlib, signal; from bot.store import lock; "
        f"lock.take(pathlib.Path({str(tmp_path / 'history.db')!r})); os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[2], check=False)
    assert done.returncode < 0
    os.close(lock.take(tmp_path / "history.db"))
