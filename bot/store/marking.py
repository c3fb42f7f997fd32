"""Why a paper was found: its summary, or else a passage of its abstract, with the words found marked."""

import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from sqlite3 import Connection

LONGEST = 24
"""Words of a passage."""

_INDEX = "CREATE VIRTUAL TABLE texts USING fts5(title, text, tokenize='porter unicode61 remove_diacritics 2')"
_SUMMARY = "SELECT rowid, highlight(texts, 1, '‹', '›') FROM texts WHERE texts MATCH ?"
_PASSAGE = (
    f"SELECT -rowid, snippet(texts, 1, '‹', '›', '…', {LONGEST}) FROM texts WHERE texts MATCH ? AND rowid < 0"
)


def snippets(db: Connection, match: str, paper_ids: Sequence[int]) -> list[str]:
    """For each of the papers why an FTS5 query finds it, with the words in ‹ ›; empty where only the title has one.

    Only the texts of these papers are read: the full text itself would look each word up again for each paper.
    """
    if not match or not paper_ids:
        return [""] * len(paper_ids)
    read = "SELECT title, abstract, summary FROM papers WHERE id = ?"
    rows = [(paper_id, db.execute(read, (paper_id,)).fetchone()) for paper_id in paper_ids]
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as memory:
        memory.execute(_INDEX)
        memory.execute("BEGIN")  # or each text would be written out by itself
        _insert(memory, ((paper_id, "", row["summary"]) for paper_id, row in rows))
        found: dict[int, str] = dict(memory.execute(_SUMMARY, (match,)).fetchall())
        others = [
            (-paper_id, row["title"], row["abstract"]) for paper_id, row in rows if paper_id not in found
        ]
        if others:
            _insert(memory, others)
            passages = memory.execute(_PASSAGE, (match,)).fetchall()
            found |= {paper_id: passage for paper_id, passage in passages if "‹" in passage}
    return [found.get(paper_id, "").strip() for paper_id in paper_ids]


def _insert(memory: Connection, texts: Iterable[tuple[int, str, str]]) -> None:
    memory.executemany("INSERT INTO texts (rowid, title, text) VALUES (?, ?, ?)", texts)
