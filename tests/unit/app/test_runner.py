"""Reading files for the commands: each gets its receipt, in order, whatever the others are like."""

from pathlib import Path

import pytest

from bot.app import runner
from bot.models import Receipt
from bot.settings import Settings


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a digests folder, in which the command is run."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "digests").mkdir()
    return tmp_path


async def receipts(*paths: Path) -> tuple[int, list[Receipt]]:
    """How many files were read, and their receipts."""
    told: list[Receipt] = []
    count = await runner.ingest_files(Settings(), paths, on_receipt=told.append, on_progress=lambda _: None)
    return count, told


async def test_named_files_are_read_in_their_order(folder: Path) -> None:
    """A broken file in the middle is told, and the ones after it are read."""
    for name in ("b", "a"):
        (folder / f"{name}.jsonl").write_text(
            f'{{"title": "Kites of kind {name}", "abstract": "We fly {name}."}}'
        )
    count, told = await receipts(Path("b.jsonl"), Path("none.txt"), Path("a.jsonl"))
    assert count == 3
    assert [(one.file, one.new, bool(one.error)) for one in told] == [
        ("b.jsonl", 1, False),
        ("none.txt", 0, True),
        ("a.jsonl", 1, False),
    ]


async def test_without_names_the_folder_is_read(folder: Path) -> None:
    """All of digests/, and only that."""
    (folder / "other.jsonl").write_text('{"title": "Elsewhere", "abstract": "Not here."}')
    assert await receipts() == (0, [])
    (folder / "digests" / "a.jsonl").write_text('{"title": "Kites at dusk", "abstract": "We fly."}')
    assert [one.file for one in (await receipts())[1]] == ["a.jsonl"]


async def test_a_link_out_of_the_folder_is_refused_but_a_named_one_is_read(folder: Path) -> None:
    """What the folder leads to is not the owner's word; what the owner names is."""
    (folder / "secret.jsonl").write_text('{"title": "Kites at dusk", "abstract": "We fly."}')
    (folder / "digests" / "link.jsonl").symlink_to(folder / "secret.jsonl")
    (refused,) = (await receipts())[1]
    assert refused.error is not None
    assert "link" in refused.error
    assert (await receipts(folder / "digests" / "link.jsonl"))[1][0].new == 1
