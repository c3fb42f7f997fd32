"""Digest files: bytes in, entries out.

A format is one module of this package with a ``FORMAT`` name, a ``sniff`` and a ``read`` (see
:class:`Format`). It registers by being there: the module whose ``sniff`` is surest reads the file.
Modules here load what is heavy only where they use it, so that looking through them stays cheap.
"""

from collections.abc import Iterator
from datetime import datetime
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Protocol, runtime_checkable

from bot.errors import DigestError
from bot.models import Digest
from bot.sources.text import decode

HEAD = 4096
"""How many characters of a file ``sniff`` is shown."""


@runtime_checkable
class Format(Protocol):
    """What a module of this package must offer to be a digest format."""

    FORMAT: str

    def sniff(self, head: str, name: str) -> float:
        """Say how sure this format is of the file, from 0 (not mine) to 1, by its beginning and name."""

    def read(self, text: str, *, name: str, modified: datetime) -> Digest:
        """Read the file's decoded text, whose newlines are ``\\n``."""


@cache
def formats() -> tuple[Format, ...]:
    """All formats, by their modules' names."""
    return tuple(_found())


def _found() -> Iterator[Format]:
    for module in iter_modules(__path__):
        candidate = import_module(f"{__name__}.{module.name}")
        if isinstance(candidate, Format):
            yield candidate


def read_digest(data: bytes, *, name: str, modified: datetime) -> Digest:
    """Read a digest file's bytes in whichever known format they are.

    ``name`` is the file's name without its folder; ``modified`` its modification time, in the zone
    whose calendar its dates are to be read in. Raises ``DigestError`` when nothing at all can be read.
    """
    text = decode(data, name=name)
    head = text[:HEAD]
    sure, best = max(((f.sniff(head, name), f) for f in formats()), key=lambda pair: pair[0])
    if not sure:
        known = ", ".join(f.FORMAT for f in formats())
        raise DigestError(f"{name}: no format that is known here; save it as one of: {known}")
    digest = best.read(text, name=name, modified=modified)
    if not digest.entries:
        found = f" ({digest.unreadable[0].reason})" if digest.unreadable else ""
        raise DigestError(f"{name}: no entries found{found}; check that it is a {best.FORMAT} digest")
    return digest
