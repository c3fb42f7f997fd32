"""What the store's verbs cost: milliseconds of processor time a paper, without reading or tagging.

    python -m tests.benchmarks.store_admit [arxiv.jsonl.gz] [--papers 10000] [--file 10000]

The data is JSON Lines with ``id``, ``title``, ``abstract``, ``categories``. ``--file`` is how many papers a
digest file names, each file being one transaction. Target: candidates, admit and sighting in 0.25 ms a paper.
"""

import argparse
import gzip
import json
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from bot.models import Brief, Decision, Link, Paper, Receipt, Sighting
from bot.reading.identity import block_keys
from bot.store import Connection, Store, digests, papers, search
from bot.store.database import connect

NOW = datetime(2025, 3, 11, 8, tzinfo=UTC)
NEW = Decision("different", "new", "nothing like it in the history")
Item = tuple[Brief, tuple[str, ...]]


def load(path: Path, count: int) -> list[Item]:
    """Briefs with their block keys; the summary is cut from the abstract, the tags from the title."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        records = [json.loads(line) for _, line in zip(range(count), file, strict=False)]
    return [_item(record) for record in records]


def _item(record: dict[str, str | list[str]]) -> Item:
    id_, title, abstract = (" ".join(str(record[name]).split()) for name in ("id", "title", "abstract"))
    categories = tuple(record["categories"])
    tags = tuple(dict.fromkeys(sorted(title.lower().split(), key=len)[-3:]))
    paper = Paper(title, abstract, title, abstract + " ", arxiv_id=id_, categories=categories)
    link = Link("paper", f"https://arxiv.org/abs/{id_}")
    return Brief(paper, abstract[:180], tags, ("2.5×",), (link,), categories[:1]), block_keys(title)


def ingest(db: Connection, name: str, items: Sequence[Item]) -> None:
    """One digest file of new papers, as the bot takes it in."""
    digest_id = digests.record(db, name, name, NOW)
    for position, (brief, keys) in enumerate(items, 1):
        papers.candidates(db, brief.paper, keys)
        paper_id = papers.admit(db, brief, keys, NOW, indexed=False)
        title = brief.paper.title_as_printed
        papers.record_sighting(
            db, digest_id, Sighting(paper_id, name, None, NOW, position, position, title, NEW)
        )
    papers.index(db)
    digests.finish(db, digest_id, Receipt(name, len(items), len(items), 0, 0))


def transact(db: Connection, verb: Callable[[], None]) -> float:
    """Seconds of processor time that a verb takes in a transaction of its own."""
    began = time.process_time()
    db.execute("BEGIN IMMEDIATE")
    verb()
    db.execute("COMMIT")
    return time.process_time() - began


def timed(what: str, calls: int, verb: Callable[[int], object]) -> None:
    """Print the milliseconds of processor time that one call takes."""
    began = time.process_time()
    for number in range(calls):
        verb(number)
    print(f"{what:<34}{(time.process_time() - began) * 1000 / calls:8.3f} ms")


def measure(path: Path, items: Sequence[Item], size: int) -> Iterator[str]:
    """Fill a history and read from it."""
    Store.open(path).close()
    db = connect(path)
    spent = 0.0
    for first in range(0, len(items), size):
        spent += transact(db, partial(ingest, db, str(first), items[first : first + size]))
    count = len(items)
    yield f"admitted {count} in files of {size}: {spent * 1000 / count:.3f} ms a paper, {count / spent:,.0f} papers/s"
    began = time.process_time()
    db.close()
    yield f"closed in {(time.process_time() - began) * 1000:.0f} ms, {path.stat().st_size / count:,.0f} bytes a paper"


def main() -> None:
    """Run it and print the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", nargs="?", type=Path, default=Path("../shared/data/arxiv_12000.jsonl.gz"))
    parser.add_argument("--papers", type=int, default=10_000)
    parser.add_argument("--file", type=int, default=10_000)
    options = parser.parse_args()
    items = load(options.data, options.papers)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "history.db"
        for line in measure(path, items, options.file):
            print(line)
        began = time.process_time()
        store = Store.open(path)
        print(f"{'open':<34}{(time.process_time() - began) * 1000:8.3f} ms")
        store.close()
        db = connect(path)
        timed("candidates", len(items), lambda n: papers.candidates(db, items[n][0].paper, items[n][1]))
        timed("briefs of 20", 300, lambda n: papers.briefs(db, range(n * 20, n * 20 + 20)))
        timed("search, the words of a title", 100, lambda n: search.search(db, items[n][0].paper.title, 10))
        timed("search, two words", 100, lambda n: search.search(db, " ".join(items[n][0].tags[:2]), 10))
        db.close()


if __name__ == "__main__":
    main()
