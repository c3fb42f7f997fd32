"""A history of any size, recombined from real records: for measuring what a long one costs.

    python -m tests.benchmarks.make_history PAPERS FILE [--data ../shared/data/arxiv_12000.jsonl.gz]

The same arguments give the same history. A title is a chain of word pairs that follow each other in real titles, so
that no two are equal and common beginnings stay common; an abstract is the sentences of three records of one category,
in their places, with an invented word in it: the words of the records are as common as they are among them, and rare
words go on coming. ``PER_DAY`` papers make a digest file and a day's post, ``SHOWN`` of them in messages of their
own; some are named again by a later digest; people, some much more than others, keep some of what was shown.

It goes through the store's own migrations and verbs, and the real block keys and tokenisers. Short-cut, since they
would take hours and change nothing that is measured here: no digest file is written and read, and nothing is looked
for that it could be the same as; tags are those that the bot gives the records (one of which the paper descends
from); its summary is its longest sentence of up to ``SUMMARY`` characters, links and figures are invented;
messages are recorded as sent without having been claimed; the disk is not waited for.
"""

import argparse
import gzip
import json
import random
import re
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock
from itertools import islice
from pathlib import Path

from bot.models import Bookmark, Brief, Channel, Decision, Header, Link, Paper, Pick, Receipt, Sighting
from bot.reading.clean import clean
from bot.reading.identity import block_keys
from bot.reading.tags import Taxonomy, load_taxonomy
from bot.store import Connection, Store, bookmarks, channels, digests, outbox, papers, postings
from bot.store.database import connect
from tests.benchmarks.block_lookup import chains

DATA = Path("../shared/data/arxiv_12000.jsonl.gz")
TAXONOMY = Path("config/tags.toml")
SEED = 7
NOW = datetime(2026, 3, 11, 8, tzinfo=UTC)
CHANNEL = Channel("web:papers", "web", "papers", "papers", "UTC", clock(9))
PER_DAY, SHOWN, SEEN_AGAIN = 300, 20, 0.1
PEOPLE, KEPT_EACH_DAY = 200, 30
SUMMARY = 220
BATCH = 10
"""Days in one transaction."""

NEW = Decision("different", "new", "nothing like it in the history")
SAME = Decision("same", "arxiv-id", "the same arXiv id")

_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z])")


@dataclass(frozen=True)
class Record:
    """A real record: its sentences and what the bot makes of it."""

    title: str
    sentences: tuple[str, ...]
    categories: tuple[str, ...]
    tags: tuple[str, ...]


def records(path: Path) -> list[Record]:
    """The records of JSON Lines with ``title``, ``abstract``, ``categories``."""
    taxonomy = load_taxonomy(TAXONOMY.read_text("utf-8"), name=TAXONOMY.name)
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [_record(json.loads(line), taxonomy) for line in lines]


def _record(line: dict[str, str | list[str]], taxonomy: Taxonomy) -> Record:
    title, abstract = (clean(" ".join(str(line[name]).split())) for name in ("title", "abstract"))
    sentences = tuple(_SENTENCE.split(abstract))
    return Record(title, sentences, tuple(line["categories"][:2]), taxonomy.tags(title, abstract))


def invented(rng: random.Random) -> str:
    """A word that no record has, most likely."""
    return "".join(rng.choice("bdfgklmnprstvz") + rng.choice("aeiou") for _ in range(rng.randint(3, 5)))


def briefs(known: Sequence[Record], count: int, rng: random.Random) -> Iterator[Brief]:
    """Papers made of records, a day's worth sharing its date, oldest first; the last is of the day before ``NOW``."""
    of_category: defaultdict[str, list[Record]] = defaultdict(list)
    for record in known:
        of_category[record.categories[0]].append(record)
    people = [f"{invented(rng).title()} {invented(rng).title()}" for _ in range(5000)]
    last_day = -(-count // PER_DAY)
    month, in_month = "", 0
    for number, title in enumerate(chains([record.title for record in known], count, rng)):
        day = NOW.date() - timedelta(days=last_day - number // PER_DAY)
        in_month = in_month + 1 if f"{day:%y%m}" == month else 1
        month = f"{day:%y%m}"
        first = rng.choice(known)
        others = of_category[first.categories[0]]
        yield _brief(
            title, (first, rng.choice(others), rng.choice(others)), day, f"{month}.{in_month:05}", people, rng
        )


def _brief(
    title: str, parents: Sequence[Record], day: date, arxiv_id: str, people: Sequence[str], rng: random.Random
) -> Brief:
    begin, middle, end = (parent.sentences for parent in parents)
    sentences = [*begin[: len(begin) // 3 + 1], *middle[len(middle) // 3 : 2 * len(middle) // 3], *end[-2:]]
    name = invented(rng).title()
    sentences.insert(1, f"We call it {name}.")
    abstract = " ".join(sentences)
    short = [sentence for sentence in sentences if len(sentence) <= SUMMARY]
    links = [Link("paper", f"https://arxiv.org/abs/{arxiv_id}")]
    if rng.random() < 0.2:
        links.insert(0, Link("code", f"https://example.org/{name.lower()}"))
    paper = Paper(
        title,
        abstract,
        title,
        abstract,
        arxiv_id=arxiv_id,
        authors=tuple(rng.choices(people, k=rng.randint(1, 6))),
        categories=parents[0].categories,
        published=day,
        upvotes=rng.randint(0, 99),
    )
    return Brief(
        paper,
        max(short, key=len, default=abstract[:SUMMARY]),
        parents[0].tags,
        (f"{rng.randint(2, 90)}% faster",),
        tuple(links),
        parents[0].categories[:1],
    )


def add_day(db: Connection, day: Sequence[Brief], rng: random.Random) -> None:
    """A day's digest file, its post, and what people keep of it."""
    local_date = day[0].paper.published
    assert local_date is not None
    now = datetime.combine(local_date, clock(8), UTC)
    file = f"{local_date}.txt"
    digest_id = digests.record(db, file, file, now, format="jsonl", day=local_date)
    ids = [papers.admit(db, brief, block_keys(brief.paper.title), now, indexed=False) for brief in day]
    seen = [rng.randint(max(1, ids[0] - 10 * PER_DAY), ids[-1]) for _ in range(round(len(day) * SEEN_AGAIN))]
    for place, paper_id in enumerate([*ids, *seen], 1):
        title = day[place - 1].paper.title if place <= len(ids) else f"Seen again {place}"
        decision = NEW if place <= len(ids) else SAME
        sighting = Sighting(paper_id, file, local_date, now, 3 * place, place, title, decision)
        papers.record_sighting(db, digest_id, sighting)
    papers.index(db)
    entries = len(ids) + len(seen)
    digests.finish(db, digest_id, Receipt(file, entries, len(ids), len(seen), 0, local_date))
    _post(db, ids, local_date, digest_id, now)
    for _ in range(KEPT_EACH_DAY * len(day) // PER_DAY):
        person = f"web:{min(int(rng.paretovariate(0.7)), PEOPLE)}"
        kept = now + timedelta(seconds=rng.randrange(86_400))
        bookmarks.add(db, Bookmark(person, rng.choice(ids[:SHOWN]), kept, source="web"))


def _post(db: Connection, ids: Sequence[int], day: date, digest_id: int, now: datetime) -> None:
    score = (("tag", 1.25), ("keyword", 0.5), ("votes", 0.75), ("order", 0.25))
    picks = [Pick(paper_id, place, place < SHOWN, score) for place, paper_id in enumerate(ids)]
    header = Header(
        day, len(ids), len(ids), 0, min(SHOWN, len(ids)), max(0, len(ids) - SHOWN), files=(f"{day}.txt",)
    )
    said: list[tuple[str, int | None]] = [
        ("header", None),
        *(("paper", one) for one in ids[:SHOWN]),
        ("closing", None),
    ]
    outbox.insert_post(
        db,
        CHANNEL,
        day,
        header,
        picks,
        [(kind, paper_id, f"{day}/{part}") for part, (kind, paper_id) in enumerate(said)],
        last_paper_id=ids[-1],
        last_digest_id=digest_id,
        now=now,
    )
    post = outbox.post_of_day(db, CHANNEL.key, day)
    assert post is not None
    for message in outbox.messages(db, post.id):
        outbox.claim(db, message.id, now)
        outbox.record_sent(db, message.id, f"{day}-{message.part}", now)


def make(path: Path, known: Sequence[Record], count: int) -> None:
    """Fill the history at ``path``, telling how far it is."""
    Store.open(path).close()
    db = connect(path)
    db.execute("PRAGMA synchronous=OFF")
    db.execute("PRAGMA cache_size=-500000")
    rng = random.Random(SEED)
    coming = briefs(known, count, rng)
    began, done = time.perf_counter(), 0
    db.execute("BEGIN")
    channels.sync(db, [CHANNEL])
    while day := list(islice(coming, PER_DAY)):
        add_day(db, day, rng)
        done += len(day)
        if done % (PER_DAY * BATCH) == 0:
            db.execute("COMMIT")
            db.execute("BEGIN")
            spent = time.perf_counter() - began
            print(f"\r{done:,} of {count:,} papers, {done / spent:,.0f} a second", end="", file=sys.stderr)
    db.execute("COMMIT")
    while (step := postings.next_step(db)) is not None:
        db.execute("BEGIN")
        postings.add(db, step)
        db.execute("COMMIT")
        print(f"\rwords of {step.end:,} papers{'':>20}", end="", file=sys.stderr)
    db.close()
    size = path.stat().st_size
    print(f"\n{path}: {count:,} papers, {size:,} bytes, {time.perf_counter() - began:.0f} s", file=sys.stderr)


def main() -> None:
    """Make one history."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("papers", type=int)
    parser.add_argument("file", type=Path)
    parser.add_argument("--data", type=Path, default=DATA)
    options = parser.parse_args()
    if options.file.exists():
        parser.error(f"{options.file} exists already")
    make(options.file, records(options.data), options.papers)


if __name__ == "__main__":
    main()
