"""Papers like a paper: those that share its telling words and its tags."""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import accumulate
from sqlite3 import Connection

from bot.errors import NotFound
from bot.store import papers, postings, scoring
from bot.store.marking import snippets
from bot.store.query import is_telling
from bot.store.terms import SAMPLE, any_of, quoted, shares, stems
from bot.store.vectors import Rerank

TERMS = 12
"""Words of a paper, the most telling ones, by which others are looked for."""

CONSIDERED = 60
"""Different words of a paper of which it is found out how telling they are, those of the title first."""

FEW, POSTINGS = 10_000, 30_000
"""Papers that the words may be in, added up, for all of those to be ranked at once; and when there is no other way."""

CANDIDATES = 100
"""Papers ranked by words that are ranked again with tags."""

TITLE, ABSTRACT = 1.5, 1.0
TAG = 1.0
"""What a shared tag is worth, times the logarithm of how rare it is, beside BM25; chosen by eye."""

_WORD = re.compile(r"\w+")


def similar(
    db: Connection,
    paper_id: int,
    limit: int,
    *,
    last_id: int | None = None,
    rerank: Rerank | None = None,
) -> list[tuple[int, str]]:
    """The papers most like this one as (id, snippet), without itself; those linked to it as related before all others.

    Likeness is BM25 over the paper's most telling words, and the tags that both have, rare ones counting more.
    ``rerank`` may change the order of those. Papers admitted after ``last_id`` are passed over. Raises NotFound.
    """
    text = db.execute("SELECT title, abstract FROM papers WHERE id = ?", (paper_id,)).fetchone()
    if text is None:
        raise NotFound(f"{paper_id}: there is no such paper")
    newest = papers.last_id(db)
    last = newest if last_id is None else min(last_id, newest)
    words = _telling(db, text["title"], text["abstract"], last)
    related = [
        row["other_id"]
        for row in db.execute(
            "SELECT other_id FROM related WHERE paper_id = ? AND other_id <= ? ORDER BY other_id",
            (paper_id, last),
        )
    ]
    scores = _by_words(db, words, last)
    scores.pop(paper_id, None)
    shared = _tags(db, paper_id)
    for other in _by_tags(db, shared, paper_id, last) if len(scores) < limit else ():
        scores.setdefault(other, 0.0)
    for other in scores:
        scores[other] += TAG * sum(shared.get(tag, 0.0) for tag in papers.tags(db, other))
    ranked = sorted(scores, key=lambda other: (-scores[other], -other))
    if rerank is not None:
        ranked = rerank([(other, scores[other]) for other in ranked])
    order = dict.fromkeys([*related, *ranked])
    order.pop(paper_id, None)
    shown = list(order)[: max(limit, 0)]
    return list(zip(shown, snippets(db, any_of(words), shown), strict=True))


def _telling(db: Connection, title: str, abstract: str, newest: int) -> dict[str, float]:
    """The words of a text that tell most: frequent in it, and rare elsewhere; with about how many papers have each."""
    titled = [word for word in _WORD.findall(title.casefold()) if is_telling(word)]
    counts = Counter(titled * 2 + [word for word in _WORD.findall(abstract.casefold()) if is_telling(word)])
    words = list(dict.fromkeys([*titled, *(word for word, _ in counts.most_common())]))[:CONSIDERED]
    least = 0.5 / max(1, min(SAMPLE, newest))
    share = {word: one + least for word, one in _shares(db, words, newest).items()}
    ranked = sorted(words, key=lambda word: (-math.log1p(counts[word]) * -math.log(share[word]), word))
    return {word: share[word] * newest for word in ranked[:TERMS]}


def _shares(db: Connection, words: Sequence[str], newest: int) -> dict[str, float]:
    """About which share of the papers has each word."""
    kept = postings.upto(db)
    if not kept:
        return dict(zip(words, shares(db, [quoted(word) for word in words], newest), strict=True))
    of_word = {word: "".join(found) for word, found in zip(words, stems(*words), strict=True)}
    counts = postings.counts(db, list(of_word.values()))
    found = {word: counts[stem] / kept for word, stem in of_word.items() if stem in counts}
    rare = [word for word in words if word not in found]
    return found | dict(zip(rare, shares(db, [quoted(word) for word in rare], newest), strict=True))


def _by_words(db: Connection, words: Mapping[str, float], last: int) -> dict[int, float]:
    """The papers with most of the words, with what that counts; in a long history only with those that fewest have."""
    if not words:
        return {}
    read = list(accumulate(words.values()))
    if read[-1] > FEW:
        scored = scoring.ranked(db, list(words), last, CANDIDATES + 1, title_weight=TITLE)
        if scored is not None:
            return dict(scored)
    few = [word for word, count in zip(words, read, strict=True) if count <= POSTINGS] or list(words)[:1]
    rows = db.execute(
        f"SELECT rowid AS id, -bm25(papers_fts, {TITLE}, {ABSTRACT}) AS score FROM papers_fts "
        "WHERE papers_fts MATCH ? AND rowid <= ? ORDER BY score DESC, rowid DESC LIMIT ?",
        (any_of(few), last, CANDIDATES + 1),
    )
    return {row["id"]: row["score"] for row in rows}


def _by_tags(db: Connection, shared: dict[str, float], paper_id: int, last: int) -> list[int]:
    """The newest papers with each of the tags."""
    query = (
        "SELECT paper_id FROM paper_tags WHERE tag = ? AND paper_id <= ? AND paper_id <> ? "
        "ORDER BY paper_id DESC LIMIT ?"
    )
    return [row["paper_id"] for tag in shared for row in db.execute(query, (tag, last, paper_id, CANDIDATES))]


def _tags(db: Connection, paper_id: int) -> dict[str, float]:
    """A paper's tags, each with the logarithm of how rare it is."""
    count = papers.last_id(db)
    found = {}
    for tag in papers.tags(db, paper_id):
        row = db.execute("SELECT papers FROM tag_counts WHERE tag = ?", (tag,)).fetchone()
        found[tag] = max(0.1, math.log(count / max(1, row["papers"])))
    return found
