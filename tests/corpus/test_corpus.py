"""Each digest file here gives what the ``.expected.json`` beside it says."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.sources import read_digest

HERE = Path(__file__).parent
EXPECTED = sorted(HERE.glob("*.expected.json"))
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.mark.parametrize("path", EXPECTED, ids=lambda path: path.name.removesuffix(".expected.json"))
def test_a_file_gives_what_must_come_out(path: Path) -> None:
    """Date, titles and abstracts, and the lines and texts that could not be read are as written down."""
    name = path.name.removesuffix(".expected.json")
    digest = read_digest((HERE / name).read_bytes(), name=name, modified=NOW)
    assert {
        "date": str(digest.date) if digest.date else None,
        "entries": [[entry.title, entry.abstract] for entry in digest.entries],
        "unreadable": [[unreadable.line, unreadable.text] for unreadable in digest.unreadable],
    } == json.loads(path.read_text(encoding="utf-8"))
