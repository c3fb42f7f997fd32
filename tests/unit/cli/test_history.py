"""The commands that look back, as they are typed."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import main


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder with a digest of two papers, which were read."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "digests").mkdir()
    (tmp_path / "digests" / "a.jsonl").write_text(
        '{"title": "Kites at dusk", "abstract": "We fly kites in the evening."}\n'
        '{"title": "Ducks at dawn", "abstract": "We order ducks in the morning."}\n'
    )
    assert run("ingest").exit_code == 0


def run(*arguments: str) -> Result:
    """Run one command."""
    return CliRunner().invoke(main, arguments)


def test_history_is_text_json_or_a_picture(tmp_path: Path) -> None:
    """Each form says the same, and a picture is written only where it is asked for."""
    assert "new papers              2" in run("history").stdout
    lines = [json.loads(line) for line in run("history", "--json").stdout.splitlines()]
    assert sum(line["new"] for line in lines if "day" in line) == 2
    done = run("history", "--png", "history.png")
    assert done.stdout == f"history.png: {(tmp_path / 'history.png').stat().st_size:,} bytes\n"
    assert run("history", "--png", "nowhere/history.png").exit_code == 1
