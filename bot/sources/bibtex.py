"""BibTeX and BibLaTeX, as reference managers write it.

Read here rather than by a library: an entry that is broken must cost that entry alone and keep its line, and
LaTeX in titles and abstracts is undone by ``bot.reading`` in any case.
"""

import re
import unicodedata
from collections.abc import Iterator
from datetime import datetime

from bot.models import Digest
from bot.sources import library
from bot.sources.library import Found

FORMAT = "bibtex"

ENTRY_CAP = 100_000
"""Characters of one entry; more is a brace that is never closed."""

_ENTRY = re.compile(r"^[ \t]*@[ \t]*(?P<type>[A-Za-z]{1,40})[ \t]*(?P<open>[{(])", re.MULTILINE)
_FIELD = re.compile(r"\s*,?\s*(?P<name>[A-Za-z][\w:+.-]{0,60})\s*=\s*")
_MARKS = re.compile(r"[{})]")
_QUOTES = re.compile(r'[{}"]')
_JOINED = re.compile(r"\s*#\s*")
_BARE = re.compile(r"[^\s,#{}\"]+")
_NO_ENTRY = ("comment", "preamble", "string")
_AND = re.compile(r"\s+and\s+", re.IGNORECASE)
_ACCENT = re.compile(r"\{?\\(?P<accent>[\"'`^~=.]|[uvHckr](?![A-Za-z]))\s*\{?\\?(?P<letter>[A-Za-z])\}?\}?")
_LETTERS = {
    r"\ss": "ß",
    r"\o": "ø",
    r"\O": "Ø",
    r"\l": "ł",
    r"\L": "Ł",
    r"\ae": "æ",
    r"\AE": "Æ",
    r"\aa": "å",
}
_LETTER = re.compile(r"\\(?:ss|o|O|l|L|ae|AE|aa)(?![A-Za-z])\s?")
_COMBINING = dict(
    zip(
        "\"'`^~=.uvHckr",
        "\u0308\u0301\u0300\u0302\u0303\u0304\u0307\u0306\u030c\u030b\u0327\u0328\u030a",
        strict=True,
    )
)


def sniff(head: str, name: str) -> float:
    """BibTeX if an entry opens at the start of a line, and more so by its suffix."""
    named = name.lower().endswith((".bib", ".bibtex"))
    if _ENTRY.search(head):
        return 0.95 if named else 0.8
    return 0.3 if named else 0.0


def read(text: str, *, name: str, modified: datetime) -> Digest:
    """Read each entry by itself; an ``@`` at the start of a line begins the next, closed or not the one before."""
    return library.digest(FORMAT, _found(text))


def _found(text: str) -> Iterator[Found]:
    line, counted = 1, 0
    macros: dict[str, str] = {}
    starts = list(_ENTRY.finditer(text))
    for start, after in zip(starts, [*(other.start() for other in starts[1:]), len(text)], strict=True):
        line, counted = line + text.count("\n", counted, start.start()), start.start()
        close = _close(text, start.end(), after, start["open"])
        kind = start["type"].lower()
        if kind == "string" and close is not None:
            macros |= _fields(text[start.end() : close], macros)
        if kind in _NO_ENTRY:
            continue
        if close is None:
            yield Found(line, text[start.start() : start.start() + 400], reason="an entry that is not closed")
            continue
        fields = _fields(text[start.end() : close].partition(",")[2], macros)
        yield Found(
            line,
            text[start.start() : start.start() + 400],
            title=library.first(fields, "title"),
            abstract=library.first(fields, "abstract"),
            authors=tuple(_person(one) for one in _AND.split(library.first(fields, "author", "editor"))),
            ids=library.values(fields, "eprint", "arxivid", "doi", "number"),
            urls=library.values(fields, "url", "howpublished"),
            date=library.first(fields, "date"),
        )


def _close(text: str, start: int, end: int, opened: str) -> int | None:
    """Where between the two places what was opened before ``start`` is closed."""
    depth = 0
    for mark in _MARKS.finditer(text, start, min(end, start + ENTRY_CAP)):
        if depth == 0 and mark[0] == ("}" if opened == "{" else ")"):
            return mark.start()
        depth += {"{": 1, "}": -1}.get(mark[0], 0)
    return None


def _fields(body: str, macros: dict[str, str]) -> dict[str, str]:
    """The fields by their names in small letters; reading ends where there is none any more."""
    found: dict[str, str] = {}
    place = 0
    while field := _FIELD.match(body, place):
        pieces = []
        place = field.end()
        while True:
            piece, place = _piece(body, place, macros)
            pieces.append(piece)
            joined = _JOINED.match(body, place)
            if joined is None or joined.end() >= len(body):
                break
            place = joined.end()
        found.setdefault(field["name"].lower(), "".join(pieces))
    return found


def _piece(body: str, place: int, macros: dict[str, str]) -> tuple[str, int]:
    """A value in braces or quotes, a number or a macro's name, and where it ends."""
    if body.startswith("{", place):
        end = _close(body, place + 1, len(body), "{")
        end = len(body) if end is None else end
        return body[place + 1 : end], end + 1
    if body.startswith('"', place):
        depth = 0
        for mark in _QUOTES.finditer(body, place + 1):
            if mark[0] == '"' and depth <= 0:
                return body[place + 1 : mark.start()], mark.end()
            depth += {"{": 1, "}": -1}.get(mark[0], 0)
        return body[place + 1 :], len(body)
    bare = _BARE.match(body, place)
    return (macros.get(bare[0].lower(), bare[0]), bare.end()) if bare else ("", place)


def _person(name: str) -> str:
    """A name without braces, its accents as letters: ``M{\\"u}ller`` → ``Müller``."""
    name = _ACCENT.sub(lambda found: found["letter"] + _COMBINING[found["accent"]], name)
    name = _LETTER.sub(lambda found: _LETTERS[found[0].strip()], name)
    return unicodedata.normalize("NFC", re.sub(r"[{}]", "", name).replace("~", " "))
