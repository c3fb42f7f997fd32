"""How well and how fast questions find their papers, on any set of documents, queries and judgements.

    python -m tests.benchmarks.search_quality [DIR…] [--encoder static|FOLDER]

A set is a folder with ``docs.jsonl`` (id, title, abstract), ``queries.jsonl`` (id, text) and ``qrels.tsv`` (query,
document, grade). Its documents are cleaned and admitted as ingest does it, but none is merged with another, since
each is judged by itself. Queries go through ``library.search``. Printed: nDCG@10 (gain = grade, as trec_eval has
it), Recall@10 and Recall@100 over the queries with a relevant document, and the milliseconds of a first page of ten.

``--ranked`` narrows the queries of these small sets as if they were so large a history that no more papers can be
ranked, see ``bot.store.search``; its other limits change in proportion. Without it no query of theirs is narrowed.

``--encoder`` encodes the documents, too, and searches by words and meaning. To compare with others: ``side_by_side``.
"""

import argparse
import asyncio
import json
import math
import statistics
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot import library
from bot.app.background import keep_postings
from bot.app.meaning import encode_missing
from bot.models import Brief, Entry
from bot.reading.brief import paper_of
from bot.reading.identity import block_keys
from bot.reading.vectors import encoder
from bot.store import Connection, Store, papers, postings, search
from bot.store.vectors import Encoder

SETS = Path("../shared/data/search")
NOW = datetime(2025, 3, 11, 8, tzinfo=UTC)
DEEP, PAGE = 100, 10

Judged = Mapping[str, Mapping[str, float]]
"""For each query the grade of each relevant document."""


@dataclass(frozen=True)
class Figures:
    """What one set gives; times are milliseconds."""

    queries: int
    ndcg: float
    recall: float
    recall_deep: float
    p50: float
    p95: float


def judged(path: Path) -> Judged:
    """The relevant documents of each query; a heading and documents judged as irrelevant are passed over."""
    found: dict[str, dict[str, float]] = {}
    for line in path.read_text("utf-8").splitlines():
        query, document, grade = line.split("\t")[-3:] if line.count("\t") == 2 else ("", "", "0")
        if grade.strip().isdigit() and int(grade) > 0:
            found.setdefault(query, {})[document] = float(grade)
    return found


def ndcg(ranked: Sequence[str], grades: Mapping[str, float], depth: int = PAGE) -> float:
    """Discounted gain of the first ``depth``, as a share of the best possible."""
    gained = _discounted([grades.get(document, 0.0) for document in ranked[:depth]])
    return gained / _discounted(sorted(grades.values(), reverse=True)[:depth])


def _discounted(gains: Sequence[float]) -> float:
    return sum(gain / math.log2(place + 2) for place, gain in enumerate(gains))


def recall(ranked: Sequence[str], grades: Mapping[str, float], depth: int) -> float:
    """The share of relevant documents among the first ``depth``."""
    return len(grades.keys() & set(ranked[:depth])) / len(grades)


async def measure(folder: Path, path: Path, by: Encoder | None = None) -> Figures:
    """Fill a history at ``path`` with the set's documents, with their vectors if by an encoder, and ask its queries."""
    documents = list(_records(folder / "docs.jsonl"))
    grades = judged(folder / "qrels.tsv")
    queries = {str(one["id"]): str(one["text"]) for one in _records(folder / "queries.jsonl")}
    asked = {query: text for query, text in queries.items() if query in grades}
    store = Store.open(path, encoder=by)
    try:
        ids = await store.write(_admit, documents)
        await keep_postings(store)
        if by is not None:
            await encode_missing(store, by)
        scores, spent = [], []
        for query, text in asked.items():
            began = time.perf_counter()
            await library.search(store, text, PAGE)
            spent.append((time.perf_counter() - began) * 1000)
            hits = (await library.search(store, text, DEEP)).hits
            ranked = [ids[hit.brief.paper.id] for hit in hits if hit.brief.paper.id is not None]
            relevant = grades[query]
            scores.append(
                (ndcg(ranked, relevant), recall(ranked, relevant, PAGE), recall(ranked, relevant, DEEP))
            )
    finally:
        store.close()
    gain, near, deep = (statistics.fmean(column) for column in zip(*scores, strict=True))
    times = statistics.quantiles(spent, n=20, method="inclusive")
    return Figures(len(asked), gain, near, deep, times[9], times[18])


def narrow(ranked: int) -> None:
    """Have every search rank so few papers, weigh and conjoin words of so many fewer, and keep them of each paper."""
    part = ranked / search.RANKED
    search.WHOLE, postings.STEP = 0, 1
    search.RANKED, search.WEIGHED, search.CONJOINED = (
        round(limit * part) for limit in (search.RANKED, search.WEIGHED, search.CONJOINED)
    )


def _admit(db: Connection, documents: Sequence[Mapping[str, object]]) -> dict[int, str]:
    found = {}
    for place, document in enumerate(documents, 1):
        entry = Entry(str(document["title"]), str(document["abstract"]), place, place)
        brief = Brief(paper_of(entry), "", (), (), ())
        paper_id = papers.admit(db, brief, block_keys(brief.paper.title), NOW, indexed=False)
        found[paper_id] = str(document["id"])
    papers.index(db)
    return found


def _records(path: Path) -> Iterator[Mapping[str, object]]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            record: Mapping[str, object] = json.loads(line)
            yield record


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--ranked", type=int, metavar="PAPERS")
    parser.add_argument("sets", nargs="*", type=Path, default=[SETS / "cacm", SETS / "cisi"])
    parser.add_argument("--encoder", default="none", help='"static", or a folder with an ONNX model')
    print(f"{'set':<12}{'queries':>8}{'nDCG@10':>9}{'R@10':>7}{'R@100':>7}{'p50 ms':>8}{'p95 ms':>8}")
    options = parser.parse_args()
    by = encoder(options.encoder)
    if options.ranked is not None:
        narrow(options.ranked)
    for folder in options.sets:
        with tempfile.TemporaryDirectory() as home:
            of = asyncio.run(measure(folder, Path(home) / "history.db", by))
        print(
            f"{folder.name:<12}{of.queries:>8}{of.ndcg:>9.4f}{of.recall:>7.3f}{of.recall_deep:>7.3f}"
            f"{of.p50:>8.1f}{of.p95:>8.1f}"
        )


if __name__ == "__main__":
    main()
