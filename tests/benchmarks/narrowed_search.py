"""What narrowing a search costs in relevance: how much of the best ten it has in common with ranking everything.

    python -m tests.benchmarks.narrowed_search FILE [--queries 48]

FILE is a history of ``make_history``; queries are those of ``history_scale``. Printed, for queries of so many words,
are the mean share of the ten best of the whole ranking that the narrowed one has among its ten, the mean BM25 of its
ten as a share of that of those, and what both cost in milliseconds of processor time. Words that nearly every paper
has (``model``, ``learning``) have thousands of papers that are as good as the ten, so that having few in common
there says little: the scores tell whether what was found instead is as good.
"""

import argparse
import json
import random
import statistics
import time
from collections.abc import Collection
from pathlib import Path

from bot.store import Connection, papers, search
from bot.store.database import connect
from bot.store.query import SHORT, parse
from bot.store.terms import any_of
from tests.benchmarks.history_scale import SEED, queries, texts

BEST = 10
EVERYTHING = 10**9
PATIENCE = 60.0


def best(db: Connection, query: str, last_id: int, ranked: int) -> tuple[list[int], float]:
    """The best papers when so many are ranked, and the milliseconds that took."""
    kept, search.RANKED = search.RANKED, ranked
    began = time.thread_time()
    answer = search.search(db, query, BEST, last_id=last_id, patience=PATIENCE)
    search.RANKED = kept
    return [paper_id for paper_id, _ in answer.papers], (time.thread_time() - began) * 1000


def scores(db: Connection, query: str, paper_ids: Collection[int]) -> dict[int, float]:
    """BM25 of these papers for any of the words; one without any is missing."""
    words = parse(query).words
    title, abstract = search.SHORT_WEIGHTS if len(words) <= SHORT else search.LONG_WEIGHTS
    rows = db.execute(
        f"SELECT rowid AS id, -bm25(papers_fts, {title}, {abstract}) AS score FROM papers_fts "
        "WHERE papers_fts MATCH ? AND +rowid IN (SELECT value FROM json_each(?))",
        (any_of(words), json.dumps(list(paper_ids))),
    )
    return {row["id"]: row["score"] for row in rows}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path)
    parser.add_argument("--queries", type=int, default=48)
    options = parser.parse_args()
    db = connect(options.file)
    rng = random.Random(SEED)
    last_id = papers.last_id(db)
    found: dict[str, list[tuple[float, ...]]] = {"1-3": [], "4-12": [], "all": []}
    for query in queries(texts(db, 300, rng), options.queries, rng):
        whole, long = best(db, query, last_id, EVERYTHING)
        narrowed, short = best(db, query, last_id, search.RANKED)
        if whole:
            same = len(set(whole) & set(narrowed)) / len(whole)
            score = scores(db, query, {*whole, *narrowed})
            most, got = (sum(score.get(paper_id, 0.0) for paper_id in ten) for ten in (whole, narrowed))
            as_good = got / most if most else 1.0
            for kind in ("all", "1-3" if len(query.split()) <= SHORT else "4-12"):
                found[kind].append((same, as_good, long, short))
    heads = f"{'queries':>8}{'in common':>11}{'as good':>9}{'all ms':>10}{'narrowed ms':>13}"
    print(f"{last_id:,} papers\n{'words':<8}{heads}")
    for kind, rows in found.items():
        same, as_good, long, short = (statistics.fmean(column) for column in zip(*rows, strict=True))
        print(f"{kind:<8}{len(rows):>8}{same:>11.2f}{as_good:>9.3f}{long:>10.1f}{short:>13.1f}")
    db.close()


if __name__ == "__main__":
    main()
