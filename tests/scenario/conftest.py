"""The bot as its user runs it: a process of its own, in a folder of its own."""

import json
import logging
import os
import re
import select
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import structlog
from click.testing import CliRunner, Result

from bot.cli import main

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0
"""Seconds that a loaded machine gets for what takes one."""


@dataclass
class Home:
    """A folder with digests, and the commands run in it."""

    path: Path
    environ: dict[str, str] = field(default_factory=dict)

    def digest(self, name: str, *papers: tuple[str, str]) -> Path:
        """A native digest file of these (title, abstract)."""
        folder = self.path / "digests"
        folder.mkdir(exist_ok=True)
        text = "new\n\nSubscribe\n\nMar 11\n\n" + "\n\n".join(part for paper in papers for part in paper)
        (folder / name).write_text(text, "utf-8")
        return folder / name

    def run(self, *arguments: str | Path) -> Result:
        """Run one command to its end, as the shell would, but without the cost of a process."""
        before = Path.cwd()
        mine = [name for name in os.environ if name.startswith("BROADSHEET_")]
        environ = dict.fromkeys(mine) | {"COLUMNS": "80"} | self.environ
        os.chdir(self.path)
        try:
            return CliRunner(env=environ).invoke(main, list(map(str, arguments)), catch_exceptions=False)
        finally:
            os.chdir(before)
            structlog.reset_defaults()
            logging.basicConfig(handlers=[logging.NullHandler()], force=True)

    def lines(self, *arguments: str | Path) -> list[dict[str, Any]]:
        """The JSON Lines that a command prints."""
        done = self.run(*arguments)
        assert done.exit_code == 0, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]

    def environment(self) -> dict[str, str]:
        """What the command sees of the machine: nothing of a developer's own settings."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("BROADSHEET_")}
        return kept | {"PYTHONPATH": str(ROOT), "COLUMNS": "80", "PYTHONUTF8": "1"} | self.environ


class Bot:
    """``broadsheet run`` as a process, on a free port."""

    def __init__(self, home: Home) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bot", "run"],
            cwd=home.path,
            env=home.environment() | {"BROADSHEET_WEB_PORT": "0", "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        self.printed = ""
        found = self.wait_for(r"http://\S+")
        self.address = found.rstrip("/")

    def wait_for(self, pattern: str) -> str:
        """What matches in all that the bot has printed, as soon as it does."""
        assert self.process.stdout is not None
        end = time.monotonic() + PATIENCE
        while not (match := re.search(pattern, self.printed)):
            left = end - time.monotonic()
            assert left > 0, f"{pattern!r} not in {self.printed!r}"
            if select.select([self.process.stdout], [], [], left)[0]:
                piece = os.read(self.process.stdout.fileno(), 65536)
                assert piece, f"ended without {pattern!r}: {self.printed!r}"
                self.printed += piece.decode()
        return match.group()

    def get(self, path: str) -> str:
        """A page of the web channel."""
        with urllib.request.urlopen(self.address + path, timeout=PATIENCE) as answer:
            return str(answer.read().decode())

    def page_with(self, path: str, text: str) -> str:
        """A page, as soon as this text is on it."""
        end = time.monotonic() + PATIENCE
        while text not in (page := self.get(path)):
            assert time.monotonic() < end, f"{text!r} not on {path}"
            time.sleep(0.05)
        return page

    def kill(self) -> None:
        """End it without a warning, if it still runs."""
        self.process.kill()
        self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()

    def stop(self, number: int = signal.SIGTERM) -> tuple[int, float]:
        """End it by a signal; its exit code, and the seconds it took."""
        began = time.monotonic()
        self.process.send_signal(number)
        rest, _ = self.process.communicate(timeout=PATIENCE)
        self.printed += rest.decode()
        return self.process.returncode, time.monotonic() - began


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """An empty folder."""
    return Home(tmp_path)


@pytest.fixture
def start(home: Home) -> Iterator[Callable[[], Bot]]:
    """Start the bot in the folder; whatever is still running at the end is killed by its process id."""
    bots: list[Bot] = []

    def begin() -> Bot:
        bots.append(Bot(home))
        return bots[-1]

    yield begin
    for bot in bots:
        bot.kill()
