"""Looking back from the command line."""

from pathlib import Path

import pytest

from bot.app import looking, runner
from bot.errors import BroadsheetError
from bot.settings import Settings
from tests.unit.test_plots import EMPTY

SETTINGS = Settings(zone="Europe/Berlin")


async def test_a_history_is_looked_at_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was read from a dated digest stands on its day."""
    monkeypatch.chdir(tmp_path)
    digest = tmp_path / "2026-03-11.jsonl"
    digest.write_text('{"title": "Kites at dusk", "abstract": "We fly kites in the evening."}\n')
    await runner.ingest_files(SETTINGS, [digest], on_receipt=lambda _: None, on_progress=lambda _: None)
    found = await looking.history(SETTINGS)
    assert sum(span.read for span in found.spans) == 1


def test_a_picture_is_whole_or_not_there(tmp_path: Path) -> None:
    """A picture takes the place of yesterday's; where none can be written, a person is told and nothing is left."""
    target = tmp_path / "history.png"
    target.write_bytes(b"yesterday's")
    looking.draw(EMPTY, target)
    assert target.read_bytes().startswith(b"\x89PNG")
    with pytest.raises(BroadsheetError, match="cannot be written"):
        looking.draw(EMPTY, tmp_path / "none" / "history.png")
    assert [path.name for path in tmp_path.iterdir()] == ["history.png"]
