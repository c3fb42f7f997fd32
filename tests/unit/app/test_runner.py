"""Reading files for the commands: each gets its receipt, in order, whatever the others are like."""

import signal
from pathlib import Path

import pytest

from bot import app
from bot.app import runner
from bot.errors import Stopped
from bot.ingest import Progress
from bot.models import Receipt
from bot.settings import Settings
from bot.store import postings


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


async def test_ctrl_c_ends_the_keeping_of_common_words(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After the step under way, which is kept; the papers are all there."""
    for name, value in (("STEP", 4), ("MOST", 4), ("COMMON", 2)):
        monkeypatch.setattr(postings, name, value)
    lines = (f'{{"title": "Kites {number}{number}", "abstract": "We fly."}}' for number in range(10, 50))
    (folder / "a.jsonl").write_text("\n".join(lines))

    def told(name: str) -> Progress | None:
        return (lambda done, total: signal.raise_signal(signal.SIGINT)) if name == "common words" else None

    with pytest.raises(Stopped, match="common words"):
        await runner.ingest_files(Settings(), [Path("a.jsonl")], on_receipt=lambda _: None, on_progress=told)
    with app.opened(Settings(), writes=True) as store:
        assert 0 < await store.read(postings.upto) < 40
