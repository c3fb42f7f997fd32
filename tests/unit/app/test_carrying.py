"""An export that is broken off."""

import asyncio
from pathlib import Path

import pytest

from bot.app import carrying, runner
from bot.errors import BroadsheetError
from bot.settings import Settings


def test_an_export_that_fails_takes_away_what_it_wrote(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Told to stop half way, neither a folder nor a file stays; told nothing, all is written and told of."""
    monkeypatch.chdir(tmp_path)
    digest = tmp_path / "a.jsonl"
    digest.write_text('{"title": "=Kites at dusk", "abstract": "We fly kites in the evening."}\n')
    work = runner.ingest_files(Settings(), [digest], on_receipt=lambda _: None, on_progress=lambda _: None)
    asyncio.run(work)
    before = sorted(tmp_path.rglob("*"))

    def stop(done: int, total: int) -> None:
        raise BroadsheetError(f"stopped at {done} of {total}")

    for name in ("out", "out.jsonl"):
        with pytest.raises(BroadsheetError, match="stopped at 2 of 2"):
            asyncio.run(carrying.export(Settings(), tmp_path / name, stop))
    assert sorted(tmp_path.rglob("*")) == before
    told: list[tuple[int, int]] = []
    asyncio.run(carrying.export(Settings(), tmp_path / "out", lambda done, total: told.append((done, total))))
    assert told == [(2, 2)]
    assert '"\'=Kites at dusk"' in (tmp_path / "out" / "papers.csv").read_text("utf-8"), (
        "no spreadsheet formula"
    )
