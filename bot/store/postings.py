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
from functools import lru_cache
from itertools import pairwise
from sqlite3 import Connection

from bot.store import facts

CHUNK = 131_072
"""Papers of a set that are kept in one row: as bits, 16 KB."""

STEP = 8_192
"""Papers that are added at a time."""

COMMON = 512
"""A word is kept for a chunk in whose first step one paper of so many has it."""

DENSE = 64
"""Sets with more than one paper of so many are kept as they are: they are wanted often, and unpacking takes time."""

BEHIND = 65_536
"""Papers that may not have been added yet; with more, asking the full text for all words would take too long."""

UNPACKED = 2_048
"""Sets of a chunk that stay in memory: at most 16 KB each, some 20 MB in all."""

_AS_IT_IS, _DEFLATED = b"\0", b"\1"

_UPTO, _CHANGES = "postings: papers before", "postings: changes"

_MEMORY = """
CREATE VIRTUAL TABLE texts USING fts5(
    title, text, content='', columnsize=0, tokenize='porter unicode61 remove_diacritics 2'
);
CREATE VIRTUAL TABLE words USING fts5vocab(texts, instance);
"""

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
) -> dict[str, int] | None:
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
        kept[row["stem"], row["chunk"]] = _unpacked(row["papers"])
    none = bytes(CHUNK // 8)
    sets = {
        stem: int.from_bytes(b"".join(kept.get((stem, chunk), none) for chunk in chunks), "little")
        for stem in words
    }
    asked: list[tuple[str, str, int, int]] = []
    for stem, match in words.items():
        start = 0
        query = f"{{title}} : ({match})" if telling else match
        for chunk in chunks:
            if (stem, chunk) in kept:
                asked.append((stem, query, start, chunk * CHUNK - 1))
                start = min((chunk + 1) * CHUNK, end)
        asked.append((stem, query, start, last_id))
    for stem, first, ids in _asked(db, [one for one in asked if one[2] <= one[3]]):
        sets[stem] |= _bits(ids, first) << first
    below = (1 << last_id + 1) - 1 if last_id + 1 < end else -1
    return {stem: sets[stem] & below for stem in words}


def next_step(db: Connection) -> Step | None:
    """What is to be added next, some seconds' work; None while too few papers are new."""
    first = upto(db)
    end = first + STEP
    if db.execute("SELECT 1 FROM papers WHERE id >= ?", (end - 1,)).fetchone() is None:
        return None
    chunk = first // CHUNK
    # Words are kept for a whole chunk or not at all, as its first step decides.
    fresh = first % CHUNK == 0
    kept = {row["stem"] for row in db.execute("SELECT stem FROM postings WHERE chunk = ?", (chunk,))}
    texts = db.execute("SELECT id, title, abstract FROM papers WHERE id >= ? AND id < ?", (first, end))
    rows = {}
    for stem, places, titled in _stems(texts, least=STEP // COMMON if fresh else 1):
        if fresh or stem in kept:
            for telling, ids in enumerate(_papers(places, titled)):
                key = (stem, telling, chunk)
                rows[key] = _packed((_row(db, key) or 0) | _bits(ids, chunk * CHUNK))
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
    chunk, bit = paper_id // CHUNK, 1 << paper_id % CHUNK
    had, has = (
        {
            (stem, telling, chunk)
            for stem, places, titled in _stems([(paper_id, *text)])
            for telling, ids in enumerate(_papers(places, titled))
            if ids
        }
        for text in (old, new)
    )
    rows = {key: row ^ bit for key in had ^ has if (row := _row(db, key)) is not None}
    _keep(db, {key: _packed(papers) for key, papers in rows.items()})
    facts.put(db, _CHANGES, str(int(facts.get(db, _CHANGES) or 0) + 1))


def _row(db: Connection, key: Key) -> int | None:
    query = "SELECT papers FROM postings WHERE stem = ? AND telling = ? AND chunk = ?"
    row = db.execute(query, key).fetchone()
    return None if row is None else int.from_bytes(_unpack(row["papers"]), "little")


def _keep(db: Connection, rows: Mapping[Key, tuple[int, bytes]]) -> None:
    db.executemany(
        "INSERT INTO postings (stem, telling, chunk, count, papers) VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT (stem, telling, chunk) DO UPDATE SET count = excluded.count, papers = excluded.papers",
        ((*key, *row) for key, row in rows.items()),
    )


def _asked(
    db: Connection, asked: Sequence[tuple[str, str, int, int]]
) -> Iterator[tuple[str, int, list[int]]]:
    """What the full text says of words, given as (stem, query, first paper, last one): (stem, first paper, papers)."""
    rows = db.execute(
        "SELECT key, (SELECT json_group_array(rowid) FROM papers_fts WHERE papers_fts MATCH "
        "json_extract(value, '$[1]') AND rowid BETWEEN json_extract(value, '$[2]') AND json_extract(value, '$[3]')) "
        "AS papers FROM json_each(?)",
        (json.dumps(asked),),
    )
    for row in rows:
        stem, _, first, _ = asked[row["key"]]
        yield stem, first, json.loads(row["papers"])


def _stems(texts: Iterable[Sequence[object]], least: int = 1) -> Iterator[tuple[str, str, str | None]]:
    """The stems of texts, given as (paper, title, abstract), that occur so often; each with papers, and by titles.

    A paper is named as often as it has the stem, in order, with commas between.
    """
    # Not one that is kept: this may be tens of thousands of papers.
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as memory:
        memory.executescript(_MEMORY)
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


def _bits(ids: Iterable[int], first: int) -> int:
    """Papers as a set, in which ``first`` is the lowest bit."""
    places = [one - first for one in ids]
    data = bytearray(max(places, default=0) // 8 + 1)
    for place in places:
        data[place >> 3] |= 1 << (place & 7)
    return int.from_bytes(data, "little")


def _packed(papers: int) -> tuple[int, bytes]:
    """A set of a chunk as it is kept, with how many it has: the bits, or what zlib makes of them."""
    count, data = papers.bit_count(), papers.to_bytes(CHUNK // 8, "little")
    if count * DENSE > CHUNK:
        return count, _AS_IT_IS + data
    return count, _DEFLATED + zlib.compress(data.rstrip(b"\0"), 1)


def _unpack(data: bytes) -> bytes:
    return data[1:] if data[:1] == _AS_IT_IS else zlib.decompress(data[1:]).ljust(CHUNK // 8, b"\0")


_unpacked = lru_cache(UNPACKED)(_unpack)
