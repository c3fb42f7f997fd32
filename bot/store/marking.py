"""Why a paper was found: its summary, or else a passage of its abstract, with the words found marked."""

import atexit
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from sqlite3 import Connection

from bot.store.rows import put_ids

LONGEST = 24
"""Words of a passage."""

_INDEX = "CREATE VIRTUAL TABLE texts USING fts5(text, tokenize='porter unicode61 remove_diacritics 2')"
_SUMMARY = "SELECT rowid, highlight(texts, 0, '‹', '›') FROM texts WHERE texts MATCH ?"
_PASSAGE = (
    f"SELECT rowid, snippet(texts, 0, '‹', '›', '…', {LONGEST}) FROM texts WHERE texts MATCH ? AND rowid >= ?"
)

_idle: list[Connection] = []
"""Empty full texts in memory: making one takes as long as marking a page."""


def snippets(db: Connection, match: str, paper_ids: Sequence[int]) -> list[str]:
    """For each of the papers why an FTS5 query for any of some words finds it, with the words in ‹ ›.

    Empty where only the title has one. Only the texts of these papers are read: the full text itself would look
    each word up again for each paper.
    """
    if not match or not paper_ids:
        return [""] * len(paper_ids)
    rows = db.execute(
        "SELECT p.summary, p.abstract FROM json_each(?) wanted JOIN papers p ON p.id = wanted.value "
        "ORDER BY wanted.key",
        (put_ids(paper_ids),),
    ).fetchall()
    # Texts are numbered upwards, or FTS5 would write each out by itself: first the summaries, then the abstracts.
    count = len(rows)
    with _memory() as memory:
        _insert(memory, ((place, row["summary"]) for place, row in enumerate(rows)))
        found: dict[int, str] = dict(memory.execute(_SUMMARY, (match,)).fetchall())
        others = [place for place in range(count) if place not in found]
        _insert(memory, ((count + place, rows[place]["abstract"]) for place in others))
        found |= {number - count: passage for number, passage in memory.execute(_PASSAGE, (match, count))}
    return [found.get(place, "").strip() for place in range(count)]


def _insert(memory: Connection, texts: Iterable[tuple[int, str]]) -> None:
    memory.executemany("INSERT INTO texts (rowid, text) VALUES (?, ?)", texts)


@contextmanager
def _memory() -> Iterator[Connection]:
    """An empty full text in memory, for one thread at a time."""
    try:
        memory = _idle.pop()
    except IndexError:
        memory = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        memory.execute(_INDEX)
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
