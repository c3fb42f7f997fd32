"""Decoding, and what is stripped on the way in."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import DigestError
from bot.sources.text import clean, decode, garbled


@pytest.mark.parametrize(
    ("printed", "kept"),
    [
        ("  a\u00a0title\twith \u2003space \n", "a title with space"),
        ("a\x00b\x07c\x1b[31md", "abc[31md"),
        ("left\u202eright\u2066x\u2069\u200f", "leftrightx"),
        ("\ufeffmark\u200bs\u2060", "marks"),
        ("lone\ud800 sur\udfffrogates", "lone surrogates"),
        ("tag\U000e0041\U000e007fs", "tags"),
        ("naïve 中文 ε-δ 👩\u200d🔬", "naïve 中文 ε-δ 👩\u200d🔬"),
    ],
)
def test_clean_keeps_what_is_seen(printed: str, kept: str) -> None:
    """Invisible and bidi characters and lone surrogates go, white space is one blank, the rest stays."""
    assert clean(printed) == kept


@given(st.text(st.characters()))
def test_clean_text_is_always_storable(text: str) -> None:
    """Cleaned text is UTF-8, on one line, and cleaning it again changes nothing."""
    cleaned = clean(text)
    cleaned.encode()
    assert cleaned.splitlines() in ([], [cleaned])
    assert clean(cleaned) == cleaned


@given(st.binary(max_size=300))
@settings(deadline=None)
def test_decode_gives_text_or_says_why_not(data: bytes) -> None:
    """Any bytes whatever are text without carriage returns, or a DigestError."""
    with suppress(DigestError):
        assert "\r" not in decode(data, name="x")


@pytest.mark.parametrize("data", [b"a\r\nb\rc\nd", b"\xef\xbb\xbfa\nb\nc\nd", "a\nb\nc\nd".encode("utf-16")])
def test_decode_knows_line_ends_and_marks(data: bytes) -> None:
    """Windows and old Macintosh line ends and byte-order marks are read alike."""
    assert decode(data, name="x") == "a\nb\nc\nd"


def test_what_is_mostly_undecodable_is_garbled() -> None:
    """A stray wrong byte does not spoil a paragraph, a fifth of them does."""
    assert not garbled("caf\ufffd is a fine word")
    assert garbled("\ufffd\ufffdab\ufffd")
    assert not garbled("")
