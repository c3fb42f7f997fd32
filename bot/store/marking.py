"""Why a paper was found: its summary, or else a passage of its abstract, with the words found marked."""

from collections.abc import Iterable, Sequence
from sqlite3 import Connection

from bot.store.rows import put_ids
from bot.store.scratch import full_text

LONGEST = 24
"""Words of a passage."""

_SUMMARY = "SELECT rowid, highlight(texts, 1, '‹', '›') FROM texts WHERE texts MATCH ?"
_PASSAGE = (
    f"SELECT rowid, snippet(texts, 1, '‹', '›', '…', {LONGEST}) FROM texts WHERE texts MATCH ? AND rowid >= ?"
)


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
    # Numbered upwards: first the summaries, then the abstracts.
    count = len(rows)
    with full_text() as memory:
        _insert(memory, ((place, row["summary"]) for place, row in enumerate(rows)))
        found: dict[int, str] = dict(memory.execute(_SUMMARY, (match,)).fetchall())
        others = [place for place in range(count) if place not in found]
        _insert(memory, ((count + place, rows[place]["abstract"]) for place in others))
        found |= {number - count: passage for number, passage in memory.execute(_PASSAGE, (match, count))}
    return [found.get(place, "").strip() for place in range(count)]


def _insert(memory: Connection, texts: Iterable[tuple[int, str]]) -> None:
    memory.executemany("INSERT INTO texts (rowid, text) VALUES (?, ?)", texts)
