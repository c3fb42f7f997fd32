"""A full text in memory, which finds and stems as the history's own does: only FTS5 itself knows how it stems."""

import atexit
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from sqlite3 import Connection

TABLES = """
CREATE VIRTUAL TABLE texts USING fts5(title, text, {}tokenize='porter unicode61 remove_diacritics 2');
CREATE VIRTUAL TABLE words USING fts5vocab(texts, instance);
"""
"""What a full text is made by, with room for further options of FTS5, each before a comma."""

_idle: list[Connection] = []
"""Empty ones: making one takes as long as marking a page of hits."""


@contextmanager
def full_text() -> Iterator[Connection]:
    """An empty one for one thread at a time: ``texts`` (title, text), and ``words`` (term, doc, col, offset) of it.

    Insert with numbers that go up: else FTS5 would write each text out by itself.
    """
    try:
        memory = _idle.pop()
    except IndexError:
        memory = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        memory.executescript(TABLES.format(""))
    memory.execute("BEGIN")
    try:
        yield memory
    finally:
        memory.execute("ROLLBACK")
        _idle.append(memory)


@atexit.register
def _close() -> None:
    while _idle:
        _idle.pop().close()
