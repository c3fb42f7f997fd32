"""What all digest formats do to text on its way in: decode it, and strip what no reader should see."""

import re

from bot.errors import DigestError

# C0 and C1 controls but the white space among them, soft hyphen, zero-width space, bidi marks, embeddings
# and isolates, invisible operators, byte-order mark, interlinear marks, tag characters, lone surrogates.
# Joiners (U+200C, U+200D) stay: Persian and emoji need them.
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f\ud800-\udfff]+"
)
_BINARY = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\ufffd]")
_MARKUP = re.compile(
    r"\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<!--.{0,2000}?-->\s*)?<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)

TITLE_CAP = 500
ABSTRACT_CAP = 20_000
"""The most characters of a title and of an abstract; more is a fault of the file (arXiv allows 1,920)."""
EXCERPT = 200
"""How much of an unreadable piece is kept to show it by."""
REPLACEMENT = "\ufffd"
"""Stands for bytes that are not UTF-8."""


def clean(text: str) -> str:
    """Return ``text`` on one line, without what is invisible, and without lone surrogates."""
    if not text.isprintable():
        text = _UNSEEN.sub("", text)
    return " ".join(text.split())


def decode(data: bytes, *, name: str) -> str:
    """Decode a file's bytes; newlines become ``\\n``, bytes that are not UTF-8 become U+FFFD.

    Raises ``DigestError`` for a file that is empty, binary, or a web page.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = data.decode("utf-16", errors="replace")
    else:
        text = data.decode("utf-8-sig", errors="replace")
    head = text[:4096]
    if not text.strip("\x00 \t\r\n\ufeff"):
        raise DigestError(f"{name}: empty; save the digest again")
    if len(_BINARY.findall(head)) > len(head) / 10:
        raise DigestError(f"{name}: not a text file; save the digest as UTF-8 text")
    if _MARKUP.match(head):
        raise DigestError(f"{name}: a web page, not its text; copy the page's text into a .txt file")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def garbled(text: str) -> bool:
    """Whether at least a fifth of ``text`` could not be decoded."""
    return text.count(REPLACEMENT) * 5 >= len(text) > 0
