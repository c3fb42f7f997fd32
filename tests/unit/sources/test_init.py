"""The registry: which format reads a file, and what no format can."""

import subprocess
import sys
from datetime import UTC, datetime

import pytest

from bot.errors import DigestError
from bot.models import Digest
from bot.sources import formats, read_digest

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)

CARD = """\
Sorting Networks That Learn Their Own Depth

We propose a sorting network whose depth is chosen while it is trained. It needs no comparison that its
input does not call for, and on four public suites it is 1.7 times faster than the best fixed network.
"""


def read(data: bytes | str, name: str = "page.txt") -> Digest:
    """Read a digest given as text or bytes."""
    return read_digest(data.encode() if isinstance(data, str) else data, name=name, modified=NOW)


def test_formats_register_by_being_there() -> None:
    """Every module with a sniff and a read is a format, and nothing else is."""
    assert [f.FORMAT for f in formats()] == ["bibtex", "csl-json", "hf_text", "jsonl", "ris", "csv"]


@pytest.mark.parametrize("name", ["page.txt", "2025-03-11.jsonl", "noname"])
def test_content_decides_the_format(name: str) -> None:
    """JSON Lines in a .txt file is read as JSON Lines, whatever the name says."""
    assert read('{"title": "A Title of Some Kind"}\n', name).format == "jsonl"
    assert read(CARD, name.replace(".jsonl", "")).format == "hf_text"


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        (b"", "empty"),
        (b" \r\n\t\n", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"\x00" * 5000, "empty"),
        (b"%PDF-1.7\n" + bytes(range(256)) * 9, "not a text file"),
        (b"\x1f\x8b\x08\x00" + bytes(range(128, 256)) * 9, "not a text file"),
        (b"<!DOCTYPE html>\n<html><body>hello", "a web page"),
        (b"\xef\xbb\xbf  <HTML lang=en>", "a web page"),
        (b"<!-- saved -->\n<html>", "a web page"),
        (b"<?xml version='1.0'?><x/>", "no format"),
        (b'[{"name": "one"}]', "no format"),
        (b"new\n\nSubscribe\n\nMar 11\n", "no entries"),
        (b'{"abstract": "no title"}\n', "no entries found (no title)"),
    ],
)
def test_what_cannot_be_read_at_all_is_one_clear_line(data: bytes, complaint: str) -> None:
    """A file that is no digest raises one line with its name and what is wrong."""
    with pytest.raises(DigestError) as error:
        read(data, "page.txt")
    assert str(error.value).startswith("page.txt: ")
    assert complaint in str(error.value)
    assert "\n" not in str(error.value)


def test_utf_16_is_read() -> None:
    """A file that an editor saved as UTF-16 with its byte-order mark is read like any other."""
    assert read(CARD.encode("utf-16")).entries == read(CARD).entries


def test_reading_loads_nothing_heavy() -> None:
    """A command that only reads files does not pay for watching folders or fetching feeds."""
    program = (
        "import sys, bot.sources as s; s.formats(); "
        "sys.exit(bool({'watchfiles', 'anyio', 'httpx'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
