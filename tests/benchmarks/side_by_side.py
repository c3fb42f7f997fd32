"""Broadsheet's search beside that of others, in one run on the same records.

    uv run --group compare python -m tests.benchmarks.side_by_side [--records FILE.jsonl.gz] [--papers N]

Beside it are ``reader`` (a library for feed readers with a search in SQLite), ``bm25s`` and ``tantivy`` (an index in
memory and one on disk, both with an English stemmer), and plain FTS5 (title and abstract in a table of
``porter unicode61``, ``bm25()`` as it is). All are asked for any of the words with stop words left out: as typed,
reader and FTS5 find papers with all of the words only, next to nothing for a question.

Records give the rate of ingest (papers a second of processor time, all threads and processes), the bytes on disk a
paper, and the milliseconds of a first page of ten for ``QUERIES`` queries of one to twelve words out of the records,
two in three from titles. What each does differs: Broadsheet reads a digest file, cleans it, looks for each paper in its
history, writes its tags (no summary: that is made later), and gives a page with the words marked, tags, bookmarks and
posts; reader gives texts with the words marked, the others ids alone. Its row with an encoder counts the encoding as
part of the ingest. The sets give nDCG@10 as ``search_quality`` measures it.

Last comes what ten million additions cost here, to tell this machine and hour from another.
"""

import argparse
import asyncio
import gzip
import json
import os
import random
import re
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from bot import app, library
from bot.app.meaning import encode_missing
from bot.ingest import ingest
from bot.reading.vectors import encoder
from bot.settings import Settings
from bot.store import Store
from bot.store.query import is_telling
from bot.store.vectors import Encoder
from tests.benchmarks import search_quality
from tests.benchmarks.history_scale import calibration, queries
from tests.benchmarks.search_quality import NOW, PAGE, SETS, judged, ndcg

RECORDS = Path("../shared/data/arxiv_12000.jsonl.gz")
QUERIES, SEED = 100, 7

Texts = Sequence[tuple[str, str, str]]
"""Documents as (id, title, abstract)."""

_WORD = re.compile(r"\w+")


class Index(Protocol):
    """One of the others, in a folder of its own."""

    def __init__(self, folder: Path) -> None: ...

    def fill(self, texts: Texts) -> None:
        """Take all documents, and be ready to be asked."""
        ...

    def ask(self, text: str) -> list[str]:
        """The ids of the best ten."""
        ...


def telling(text: str) -> list[str]:
    """The words of a query without stop words, if it has others."""
    words = _WORD.findall(text)
    return [word for word in words if is_telling(word.casefold())] or words


def any_word(text: str) -> str:
    """A query of FTS5's for papers with any of those words."""
    return " OR ".join(f'"{word}"' for word in telling(text))


class PlainFts5:
    """A table of FTS5."""

    def __init__(self, folder: Path) -> None:
        self._db = sqlite3.connect(folder / "fts5.db")
        self._db.execute("PRAGMA journal_mode=WAL")

    def fill(self, texts: Texts) -> None:
        """In one transaction."""
        self._db.execute(
            "CREATE VIRTUAL TABLE f USING fts5"
            "(id UNINDEXED, title, abstract, tokenize='porter unicode61 remove_diacritics 2')"
        )
        with self._db:
            self._db.executemany("INSERT INTO f VALUES (?, ?, ?)", texts)
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def ask(self, text: str) -> list[str]:
        """By ``bm25()``."""
        found = self._db.execute(
            "SELECT id FROM f WHERE f MATCH ? ORDER BY bm25(f) LIMIT ?", (any_word(text), PAGE)
        )
        return [row[0] for row in found]


class Reader:
    """The library ``reader``: a feed whose entries are the documents."""

    FEED = "file:papers.xml"

    def __init__(self, folder: Path) -> None:
        import reader

        self._reader = reader.make_reader(str(folder / "reader.db"))

    def fill(self, texts: Texts) -> None:
        """As entries of the user's own, then the search is brought up to date."""
        self._reader.add_feed(self.FEED, allow_invalid_url=True)
        for number, title, abstract in texts:
            self._reader.add_entry({"feed_url": self.FEED, "id": number, "title": title, "summary": abstract})
        self._reader.enable_search()
        self._reader.update_search()

    def ask(self, text: str) -> list[str]:
        """In its own order of relevance."""
        return [found.id for found in self._reader.search_entries(any_word(text), limit=PAGE)]


class Bm25s:
    """The library ``bm25s``, saved to disk as it is meant to be kept."""

    def __init__(self, folder: Path) -> None:
        import Stemmer

        self._folder, self._stem = folder, Stemmer.Stemmer("english")
        self._ids: list[str] = []

    def fill(self, texts: Texts) -> None:
        """Title and abstract as one text."""
        import bm25s

        self._ids = [number for number, _, _ in texts]
        whole = [f"{title} {abstract}" for _, title, abstract in texts]
        self._index = bm25s.BM25()
        self._index.index(
            bm25s.tokenize(whole, stopwords="en", stemmer=self._stem, show_progress=False),
            show_progress=False,
        )
        self._index.save(str(self._folder))

    def ask(self, text: str) -> list[str]:
        """By Lucene's BM25, its default."""
        import bm25s

        words = bm25s.tokenize([text], stopwords="en", stemmer=self._stem, show_progress=False)
        places, _ = self._index.retrieve(words, k=PAGE, show_progress=False)
        return [self._ids[place] for place in places[0]]


class Tantivy:
    """The library ``tantivy``."""

    def __init__(self, folder: Path) -> None:
        import tantivy

        schema = tantivy.SchemaBuilder()
        schema.add_text_field("id", stored=True, tokenizer_name="raw")
        for field in ("title", "abstract"):
            schema.add_text_field(field, tokenizer_name="en_stem")
        self._index = tantivy.Index(schema.build(), path=str(folder))

    def fill(self, texts: Texts) -> None:
        """In one commit; nothing is stored but the ids."""
        import tantivy

        writer = self._index.writer()
        for number, title, abstract in texts:
            writer.add_document(tantivy.Document(id=number, title=title, abstract=abstract))
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()
        self._searcher = self._index.searcher()

    def ask(self, text: str) -> list[str]:
        """Any of the words, stop words left out; what it takes for syntax is let go."""
        query, _ = self._index.parse_query_lenient(" ".join(telling(text)), ["title", "abstract"])
        hits = self._searcher.search(query, PAGE).hits
        return [self._searcher.doc(place)["id"][0] for _, place in hits]


OTHERS: Mapping[str, Callable[[Path], Index]] = {
    "reader": Reader,
    "bm25s": Bm25s,
    "tantivy": Tantivy,
    "plain FTS5": PlainFts5,
}


def spent() -> float:
    """Seconds of processor time until now, with that of processes that have ended."""
    return sum(os.times()[:4])


def times(ask: Callable[[str], object], asked: Sequence[str]) -> tuple[float, float]:
    """The median and the 95th percentile of milliseconds, after five queries to warm up."""
    for text in asked[:5]:
        ask(text)
    found = []
    for text in asked:
        began = time.perf_counter()
        ask(text)
        found.append((time.perf_counter() - began) * 1000)
    cuts = statistics.quantiles(found, n=20, method="inclusive")
    return cuts[9], cuts[18]


def size(folder: Path) -> int:
    """Bytes of all files."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def of_other(make: Callable[[Path], Index], records: Texts, asked: Sequence[str]) -> list[float]:
    """One of the others on the records: papers a second, bytes a paper, p50, p95."""
    with tempfile.TemporaryDirectory() as home:
        began = spent()
        index = make(Path(home))
        index.fill(records)
        rate = len(records) / (spent() - began)
        return [rate, size(Path(home)) / len(records), *times(index.ask, asked)]


def gain_of_other(make: Callable[[Path], Index], folder: Path) -> float:
    """One of the others on a set: nDCG@10."""
    grades = judged(folder / "qrels.tsv")
    with tempfile.TemporaryDirectory() as home:
        index = make(Path(home))
        index.fill(
            [
                (str(one["id"]), str(one["title"]), str(one["abstract"]))
                for one in lines(folder / "docs.jsonl")
            ]
        )
        return statistics.fmean(
            ndcg(index.ask(str(one["text"])), grades[str(one["id"])])
            for one in lines(folder / "queries.jsonl")
            if str(one["id"]) in grades
        )


def of_broadsheet(records: Texts, asked: Sequence[str], by: Encoder | None) -> list[float]:
    """Broadsheet on the records, from a digest file on."""
    with tempfile.TemporaryDirectory() as home:
        digest = Path(home) / "digest" / "2025-03-11.jsonl"
        digest.parent.mkdir()
        digest.write_text(
            "".join(
                json.dumps({"id": number, "title": title, "abstract": abstract}) + "\n"
                for number, title, abstract in records
            ),
            "utf-8",
        )
        history = Path(home) / "history"
        history.mkdir()
        make_brief = app.brief_maker(Settings(), app.summary_later)
        with asyncio.Runner() as runner:
            began = spent()
            store = Store.open(history / "broadsheet.db", encoder=by)
            try:
                receipt = runner.run(ingest(store, digest, make_brief, NOW, max_bytes=10**9))
                if by is not None:
                    runner.run(encode_missing(store, by))
                rate = receipt.new / (spent() - began)
                taken = times(lambda text: runner.run(library.search(store, text, PAGE)), asked)
            finally:
                store.close()
        return [rate, size(history) / receipt.new, *taken]


def gain_of_broadsheet(folder: Path, by: Encoder | None) -> float:
    """Broadsheet on a set: nDCG@10."""
    with tempfile.TemporaryDirectory() as home:
        return asyncio.run(search_quality.measure(folder, Path(home) / "history.db", by)).ndcg


def lines(path: Path) -> Iterator[Mapping[str, object]]:
    """The records of a JSON Lines file."""
    with path.open(encoding="utf-8") as text:
        for line in text:
            record: Mapping[str, object] = json.loads(line)
            yield record


def main() -> None:
    """Measure one after the other, and print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--records", type=Path, default=RECORDS)
    parser.add_argument("--papers", type=int, default=12_000)
    parser.add_argument("--sets", type=Path, nargs="*", default=[SETS / "cacm", SETS / "cisi"])
    options = parser.parse_args()
    with gzip.open(options.records, "rt", encoding="utf-8") as text:
        found = [json.loads(line) for line in text]
    records = [(one["id"], one["title"], one["abstract"]) for one in found[: options.papers]]
    asked = queries([(title, abstract) for _, title, abstract in records], QUERIES, random.Random(SEED))
    names = "".join(f"{folder.name:>9}" for folder in options.sets)
    print(f"{'':<24}{'papers/s':>10}{'bytes':>8}{'p50 ms':>8}{'p95 ms':>8}{names}")

    def row(name: str, figures: Sequence[float], gains: Iterator[float]) -> None:
        rate, size_each, p50, p95 = figures
        told = "".join(f"{gain:>9.4f}" for gain in gains)
        print(f"{name:<24}{rate:>10,.0f}{size_each:>8,.0f}{p50:>8.1f}{p95:>8.1f}{told}", flush=True)

    for name, named in {"Broadsheet": "none", "Broadsheet, static": "static"}.items():
        by = encoder(named)
        row(
            name,
            of_broadsheet(records, asked, by),
            (gain_of_broadsheet(folder, by) for folder in options.sets),
        )
    for name, make in OTHERS.items():
        row(name, of_other(make, records, asked), (gain_of_other(make, folder) for folder in options.sets))
    print(f"ten million additions: {calibration():.2f} s of processor time")


if __name__ == "__main__":
    main()
