"""RIS, as Research Information Systems laid it down: ``XX  - value`` a line, a reference from TY to ER."""

import re
from collections.abc import Iterator
from datetime import datetime

from bot.models import Digest
from bot.sources import library
from bot.sources.library import Found

FORMAT = "ris"

VALUES_CAP = 2000
"""Lines that one reference may have."""

_LINE = re.compile(r"(?P<tag>[A-Z][A-Z0-9])  ?-(?: (?P<value>.*))?$")
_FIRST = re.compile(r"^\ufeff?TY  ?- ?\w*[ \t]*$", re.MULTILINE)


def sniff(head: str, name: str) -> float:
    """RIS if a reference begins, and more so by its suffix."""
    named = name.lower().endswith(".ris")
    if _FIRST.search(head):
        return 0.95 if named else 0.85
    return 0.3 if named else 0.0


def read(text: str, *, name: str, modified: datetime) -> Digest:
    """Read each reference by itself; one that a new TY cuts short is taken as far as it goes."""
    return library.digest(FORMAT, _found(text))


def _found(text: str) -> Iterator[Found]:
    begun, held = 0, list[tuple[str, str]]()
    for number, line in enumerate(text.split("\n"), start=1):
        match = _LINE.match(line.strip("\ufeff \t"))
        tag = match["tag"] if match else ""
        if tag in ("TY", "ER"):
            if begun:
                yield _reference(begun, held)
            begun, held = (number, []) if tag == "TY" else (0, [])
        elif begun and match:
            held.append((tag, match["value"] or ""))
        elif begun and line.strip() and held:
            last, value = held.pop()
            held.append((last, f"{value} {line}"))
        elif not begun and line.strip("\ufeff \t"):
            yield Found(number, line, reason="a line outside of any reference")
        if len(held) > VALUES_CAP:
            yield Found(begun, str(held[0]), reason=f"a reference of more than {VALUES_CAP:,} lines")
            begun, held = 0, []
    if begun:
        yield _reference(begun, held)


def _reference(line: int, held: list[tuple[str, str]]) -> Found:
    fields: dict[str, str] = {}
    for tag, value in held:
        fields.setdefault(tag, value)
    return Found(
        line,
        " ".join(value for _, value in held[:5]),
        title=library.first(fields, "TI", "T1", "CT", "BT"),
        abstract=library.first(fields, "AB", "N2"),
        authors=tuple(value for tag, value in held if tag in ("AU", "A1")),
        ids=library.values(fields, "AN", "DO", "M1", "M3", "C1"),
        urls=tuple(value for tag, value in held if tag in ("UR", "L1", "L2")),
        date=library.first(fields, "DA", "Y1", "PY"),
    )
