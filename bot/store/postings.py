"""Which papers have the words that many papers have: what the full text would take too long to go through.

Kept as sets of papers, a bit for each, in chunks of ``CHUNK`` papers; the words of the newest papers are added when
there are ``STEP`` of them. Whatever is not kept here, words that few papers have and the newest papers, is asked of
the full text, so that what is read is complete at any time.

A word is *telling* of a paper that has it in the title or more than once; of what is asked of the full text, in the
title.
"""

import json
import sqlite3
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import pairwise
from sqlite3 import Connection

from bot.store import facts
from bot.store.ranking import CHUNK, Papers
from bot.store.scratch import TABLES

STEP, MOST = 2_048, 16_384
"""Papers for which a step is made, and those that one may add: more would take more than some seconds."""

COMMON = 512
"""A word is kept for a chunk in whose first step one paper of so many has it."""

DENSE = 128
"""Sets with more than one paper of so many are kept as they are: they are wanted often, and unpacking takes time."""

BEHIND = 65_536
"""Papers that may not have been added yet; with more, asking the full text for all words would take too long."""

_AS_IT_IS, _DEFLATED = b"\0", b"\1"

_UPTO, _CHANGES = "postings: papers before", "postings: changes"

Key = tuple[str, int, int]
"""What a row is of: a stem, 1 for the papers that it is telling of, else 0, and the chunk."""


@dataclass(frozen=True, slots=True)
class Step:
    """What one step adds: rows as (count, papers), in place of any there are now."""

    first: int
    end: int
    changes: str | None
    rows: Mapping[Key, tuple[int, bytes]]


def upto(db: Connection) -> int:
    """The number of the first paper whose words are not kept yet."""
    return int(facts.get(db, _UPTO) or 0)


def counts(db: Connection, stems: Collection[str]) -> dict[str, int]:
    """How many papers have each of these stems, as far as they are kept; those that few have are missing."""
    rows = db.execute(
        "SELECT stem, sum(count) AS n FROM postings WHERE telling = 0 "
        "AND stem IN (SELECT value FROM json_each(?)) GROUP BY stem",
        (json.dumps(list(stems)),),
    )
    return {row["stem"]: row["n"] for row in rows}


def read(
    db: Connection, words: Mapping[str, str], last_id: int, *, telling: bool = False
) -> Mapping[str, Papers] | None:
    """The papers up to ``last_id`` that have each word, or of which it is telling, as sets.

    ``words`` gives for each stem an FTS5 query that matches it. None when too many papers were not added yet.
    """
    end = upto(db)
    if not end or last_id + 1 - end > BEHIND:
        return None
    chunks = range(min(-(-end // CHUNK), last_id // CHUNK + 1))
    kept: dict[tuple[str, int], bytes] = {}
    for row in db.execute(
        "SELECT stem, chunk, papers FROM postings WHERE stem IN (SELECT value FROM json_each(?)) "
        "AND telling = ? AND chunk < ?",
        (json.dumps(list(words)), int(telling), len(chunks)),
    ):
        kept[row["stem"], row["chunk"]] = _unpack(row["papers"])
    sets: dict[str, list[int]] = {}
    for stem, match in words.items():
        query = f"{{title}} : ({match})" if telling else match
        papers = [bytearray(kept.get((stem, chunk), CHUNK // 8)) for chunk in range(last_id // CHUNK + 1)]
        start = 0
        for chunk in chunks:
            if (stem, chunk) in kept:
                _ask(db, query, start, chunk * CHUNK - 1, papers)
                start = min((chunk + 1) * CHUNK, end)
        _ask(db, query, start, last_id, papers)
        sets[stem] = [int.from_bytes(one, "little") for one in papers]
        if last_id + 1 < end:
            sets[stem][-1] &= (1 << last_id % CHUNK + 1) - 1
    return sets


def next_step(db: Connection) -> Step | None:
    """What is to be added next, some seconds' work; None while too few papers are new."""
    first = upto(db)
    chunk = first // CHUNK
    new = db.execute("SELECT coalesce(max(id), 0) + 1 AS end FROM papers").fetchone()["end"] - first
    size = min(new, MOST, (chunk + 1) * CHUNK - first) // STEP * STEP
    if size <= 0:
        return None
    end = first + size
    # Words are kept for a whole chunk or not at all, as its first step decides.
    fresh = first % CHUNK == 0
    kept = {row["stem"] for row in db.execute("SELECT stem FROM postings WHERE chunk = ?", (chunk,))}
    texts = db.execute("SELECT id, title, abstract FROM papers WHERE id >= ? AND id < ?", (first, end))
    rows = {}
    for stem, places, titled in _stems(texts, least=size // COMMON if fresh else 1):
        if fresh or stem in kept:
            for telling, ids in enumerate(_papers(places, titled)):
                key = (stem, telling, chunk)
                papers = bytearray(_row(db, key) or CHUNK // 8)
                for one in ids:
                    papers[one % CHUNK >> 3] |= 1 << (one & 7)
                rows[key] = _packed(papers)
    return Step(first, end, facts.get(db, _CHANGES), rows)


def add(db: Connection, step: Step) -> bool:
    """Keep what a step adds; False, and nothing is kept, when something has changed since it was made."""
    if upto(db) != step.first or facts.get(db, _CHANGES) != step.changes:
        return False
    _keep(db, step.rows)
    facts.put(db, _UPTO, str(step.end))
    return True


def change(db: Connection, paper_id: int, old: tuple[str, str], new: tuple[str, str]) -> None:
    """Keep up with a paper that has another title and abstract now."""
    if paper_id >= upto(db):
        return
    chunk = paper_id // CHUNK
    had, has = (
        {
            (stem, telling, chunk)
            for stem, places, titled in _stems([(paper_id, *text)])
            for telling, ids in enumerate(_papers(places, titled))
            if ids
        }
        for text in (old, new)
    )
    rows = {}
    for key in had ^ has:
        if (row := _row(db, key)) is not None:
            papers = bytearray(row)
            papers[paper_id % CHUNK >> 3] ^= 1 << (paper_id & 7)
            rows[key] = _packed(papers)
    _keep(db, rows)
    facts.put(db, _CHANGES, str(int(facts.get(db, _CHANGES) or 0) + 1))


def _row(db: Connection, key: Key) -> bytes | None:
    query = "SELECT papers FROM postings WHERE stem = ? AND telling = ? AND chunk = ?"
    row = db.execute(query, key).fetchone()
    return None if row is None else _unpack(row["papers"])


def _keep(db: Connection, rows: Mapping[Key, tuple[int, bytes]]) -> None:
    db.executemany(
        "INSERT INTO postings (stem, telling, chunk, count, papers) VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT (stem, telling, chunk) DO UPDATE SET count = excluded.count, papers = excluded.papers",
        ((*key, *row) for key, row in rows.items()),
    )


def _ask(db: Connection, query: str, first: int, last: int, papers: Sequence[bytearray]) -> None:
    """Add the papers of a range that the full text has for a query."""
    if first <= last:
        (found,) = db.execute(
            "SELECT json_group_array(rowid) FROM papers_fts WHERE papers_fts MATCH ? AND rowid BETWEEN ? AND ?",
            (query, first, last),
        ).fetchone()
        for one in json.loads(found):
            papers[one // CHUNK][one % CHUNK >> 3] |= 1 << (one & 7)


def _stems(texts: Iterable[Sequence[object]], least: int = 1) -> Iterator[tuple[str, str, str | None]]:
    """The stems of texts, given as (paper, title, abstract), that occur so often; each with papers, and by titles.

    A paper is named as often as it has the stem, in order, with commas between.
    """
    # Not one that is kept in memory, nor the texts themselves: this may be tens of thousands of papers.
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as memory:
        memory.executescript(TABLES.format("content='', columnsize=0, "))
        memory.execute("BEGIN")
        memory.executemany("INSERT INTO texts (rowid, title, text) VALUES (?, ?, ?)", map(tuple, texts))
        yield from memory.execute(
            "SELECT term, group_concat(doc), group_concat(CASE col WHEN 'title' THEN doc END) FROM words "
            "GROUP BY term HAVING count(*) >= ?",
            (least,),
        )


def _papers(places: str, titled: str | None) -> tuple[Collection[int], Collection[int]]:
    """The papers that have a stem, and those that it is telling of."""
    ids = list(map(int, places.split(",")))
    twice = {one for one, other in pairwise(ids) if one == other}
    return set(ids), twice if titled is None else twice.union(map(int, titled.split(",")))


def _packed(papers: bytes | bytearray) -> tuple[int, bytes]:
    """A set of a chunk as it is kept, with how many it has: the bits, or what zlib makes of them."""
    count = int.from_bytes(papers, "little").bit_count()
    data = papers.rstrip(b"\0")
    return count, _AS_IT_IS + data if count * DENSE > CHUNK else _DEFLATED + zlib.compress(data, 1)


def _unpack(data: bytes) -> bytes:
    papers = data[1:] if data[:1] == _AS_IT_IS else zlib.decompress(data[1:])
    return papers.ljust(CHUNK // 8, b"\0")
