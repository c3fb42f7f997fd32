"""BM25 in a history so long that not every paper with a word can be ranked.

First all papers are ranked by which of the words they have, and of which they tell: a rough BM25 with two steps in
place of how often a word occurs. Then the best of those are put in the order of BM25 itself.
"""

import json
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_
from sqlite3 import Connection

from bot.store import postings
from bot.store.ranking import CHUNK, Papers, best, summed, values
from bot.store.rows import put_ids
from bot.store.scratch import full_text
from bot.store.terms import quoted, stems

WORDS = 24
"""Words, the rarest, by which all papers are ranked; the others only count among the best of those."""

TELLING = 3
"""Of those that many papers have the rarest, but no fewer than half, count more where they are telling; of any rarer
word, papers that have it are among the best already."""

EXACT, FOR_EACH, MOST = 40, 6, 128
"""Papers that are ranked by BM25 itself: so many at least, so many for each word, and no more than so many."""

LARGEST_WEIGHT = 15
"""The weight of the rarest word when all papers are ranked; those of others are in proportion, whole numbers."""

PASSING, EITHER, TELLS = 0.95, 1.05, 1.35
"""What the frequency of a word comes to in BM25, on the average: if not telling, if that is not known, if it is."""


@dataclass(frozen=True, slots=True)
class _Words:
    """The different words of a query by their stems."""

    matches: dict[str, str]
    """What the full text is asked for each."""
    weights: dict[str, float]
    """What each says, times how often it was given."""
    papers: Mapping[str, Papers]
    """Of the rarest ones, which papers have them."""
    telling: Mapping[str, Papers]
    """Of the rarest of those, of which papers they are telling."""


def at_least(db: Connection, words: Sequence[str], last_id: int) -> int:
    """A number of papers up to ``last_id`` that surely have one of the words: of how many it is kept."""
    if last_id + 1 < postings.upto(db):
        return 0
    stemmed = {stem for found in stems(*words) if len(found) == 1 for stem in found}
    return max(postings.counts(db, stemmed).values(), default=0)


def ranked(
    db: Connection,
    words: Sequence[str],
    last_id: int,
    count: int,
    *,
    title_weight: float,
    all_first: bool = False,
    exact: int = 0,
) -> list[tuple[int, float]] | None:
    """Up to ``count`` papers up to ``last_id`` with any of the words, best first, with about their BM25.

    A word in a title counts ``title_weight`` times; with ``all_first`` papers with all words come before others. The
    first ``exact`` papers, or more, have their exact BM25.
    None when this history, or one of the words, can't be looked up in this way.
    """
    looked_up = _looked_up(db, words, last_id)
    if looked_up is None:
        return None
    unit = LARGEST_WEIGHT / max(looked_up.weights[stem] for stem in looked_up.papers)
    weighted = []
    for stem, one in looked_up.papers.items():
        least = PASSING if stem in looked_up.telling else EITHER
        has, tells = (max(1, round(looked_up.weights[stem] * unit * part / TELLS)) for part in (least, TELLS))
        weighted += [(one, has), (looked_up.telling.get(stem, ()), tells - has)]
    largest = 1 << sum(weight for _, weight in weighted).bit_length()
    every = (
        [reduce(and_, chunk) for chunk in zip(*looked_up.papers.values(), strict=True)] if all_first else []
    )
    exact = max(exact, EXACT, min(FOR_EACH * len(words), MOST))
    sums = summed([*weighted, (every, largest)])
    first = best(sums, exact)
    asked = {looked_up.matches[stem]: weight for stem, weight in looked_up.weights.items()}
    scores = _bm25(db, first, asked, title_weight)
    whole = {one for one in first if every and every[one // CHUNK] >> one % CHUNK & 1}
    first.sort(key=lambda one: (one in whole, scores[one], one), reverse=True)
    found = [(one, scores[one]) for one in first[:count]]
    if count > exact:
        others = list(set(best(sums, count)).difference(first))
        in_order = sorted(zip(values(sums, others), others, strict=True), reverse=True)
        found += [(one, total % largest * TELLS / unit) for total, one in in_order]
    return found


def _looked_up(db: Connection, words: Sequence[str], last_id: int) -> _Words | None:
    """Which papers have the words; None if one is no single word for the full text."""
    match: dict[str, str] = {}
    given: Counter[str] = Counter()
    for word, found in zip(words, stems(*words), strict=True):
        if len(found) != 1:
            return None
        match.setdefault(found[0], quoted(word))
        given[found[0]] += 1
    counts = postings.counts(db, match)
    rarest = sorted(match, key=lambda stem: (counts.get(stem, 0), stem))[:WORDS]
    read = postings.read(db, {stem: match[stem] for stem in rarest}, last_id)
    common = [stem for stem in rarest if stem in counts]
    few = {stem: match[stem] for stem in common[: max(TELLING, len(common) // 2)]}
    telling = postings.read(db, few, last_id, telling=True)
    if read is None or telling is None:
        return None
    weights = {}
    for stem in match:
        count = counts.get(stem) or (
            sum(one.bit_count() for one in read[stem]) if stem in read else last_id // postings.COMMON
        )
        weights[stem] = given[stem] * _idf(count, last_id)
    return _Words(match, weights, read, telling)


def _idf(count: int, papers: int) -> float:
    """How rare a word is, as FTS5 has it: https://sqlite.org/fts5.html#the_bm25_function."""
    return max(1e-6, math.log((papers - count + 0.5) / (count + 0.5)))


def _bm25(
    db: Connection, paper_ids: Sequence[int], weights: Mapping[str, float], title_weight: float
) -> dict[int, float]:
    """BM25 of these papers for queries with weights; how long a paper is, is judged beside the others."""
    rows = db.execute(
        "SELECT id, title, abstract FROM papers WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id",
        (put_ids(paper_ids),),
    ).fetchall()
    scores = dict.fromkeys(paper_ids, 0.0)
    with full_text() as memory:
        memory.executemany("INSERT INTO texts (rowid, title, text) VALUES (?, ?, ?)", map(tuple, rows))
        found = memory.execute(
            "SELECT value, texts.rowid, -bm25(texts, ?, 1) FROM json_each(?) CROSS JOIN texts WHERE texts MATCH value",
            (title_weight, json.dumps(list(weights))),
        ).fetchall()
    among = Counter(match for match, _, _ in found)
    factors = {match: weights[match] / _idf(count, len(rows)) for match, count in among.items()}
    for match, paper_id, score in found:
        scores[paper_id] += factors[match] * score
    return scores
