"""Bringing in an export, whatever is in the file."""

import asyncio
import json
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.app import restoring
from bot.settings import Settings

HEAD = '{"type": "broadsheet", "version": 1}\n'


def test_an_export_is_known_by_its_first_line(tmp_path: Path) -> None:
    """A digest in JSON Lines is none, nor is what cannot be read."""
    export, digest = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    export.write_text(HEAD)
    digest.write_text('{"title": "x", "abstract": "y"}\n')
    assert restoring.is_export(export)
    assert not restoring.is_export(digest)
    assert not restoring.is_export(tmp_path)


_VALUES: tuple[object, ...] = (None, 1, 10**30, "x", "2026-03-11T08:00:00Z", [], [1], {}, "\x00")
_NAMES = "id title_as_printed abstract_as_printed first_seen key header messages papers person paper".split()
_RECORD = st.fixed_dictionaries(
    {"type": st.sampled_from(["channel", "paper", "post", "bookmark", "x"])},
    optional=dict.fromkeys(_NAMES, st.sampled_from(_VALUES)),
)


@settings(deadline=None, max_examples=15)
@given(st.lists(_RECORD.map(str) | _RECORD.map(json.dumps), max_size=6))
def test_any_lines_are_taken_in_or_set_aside(lines: list[str]) -> None:
    """Nothing raises, and every line that is no record is counted."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "export.jsonl"
        path.write_text(HEAD + "\n".join(lines), "utf-8")
        receipt = asyncio.run(restoring.take_in(Settings(data=Path(folder) / "data"), path, None))
    assert receipt.error is None
    assert receipt.unreadable <= len(lines)
