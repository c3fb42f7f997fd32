"""What a history costs as it grows, while papers go on arriving.

    python -m tests.benchmarks.history_scale FILE… [--plot PLOT.svg] [--queries 200]

Each FILE is one of ``make_history``; some thousands of papers are added to it: during all that is measured one writer
admits ``RATE`` papers a second, in transactions of ``BATCH``, each looked up first as ingest does (identity, full
text, tags, sighting). They are made of halves of papers of the history. Queries are one to twelve words that follow
each other in the titles and abstracts of random papers, so that common and rare words come as they do in text. Times
are milliseconds in ``library``, hits with their snippets and places included; the aims are those for a million papers
on two idle cores. Where others use the cores too, look at the processor time; where the cores change their pace, at
what ten million additions took before and after. How late the event loop wakes from a nap
of 5 ms is the interpreter's as well: the reading threads need it for what they give back.
"""

import argparse
import asyncio
import gc
import random
import re
import statistics
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from bot import ingest, library
from bot.app.background import keep_postings
from bot.models import Brief, Entry, Paper
from bot.store import Connection, Store, digests, papers
from bot.store.database import connect

P = ParamSpec("P")
T = TypeVar("T")

NOW = datetime(2026, 3, 11, 8, tzinfo=UTC)
SEED = 11
RATE, BATCH = 50, 50
PEOPLE = 200
TICK = 15.0

AIMS = {
    "open and first answer": 500.0,
    "search p50": 25.0,
    "search p95": 100.0,
    "similar p95": 150.0,
    "autocomplete p95": 20.0,
    "bookmarks p95": 20.0,
    "top p95": 20.0,
    "admit a paper": 1.0,
    "loop latest": 50.0,
    "resident MB": 250.0,
    "file bytes a paper": 3072.0,
}
"""The most that each figure should be; milliseconds where nothing else is said."""


@dataclass
class Writer:
    """What the one writer did: milliseconds for each paper, of wall clock and processor, and how far it fell behind."""

    spent: list[tuple[float, float]] = field(default_factory=list)
    behind: float = 0.0


def texts(db: Connection, count: int, rng: random.Random) -> list[tuple[str, str]]:
    """Titles and abstracts of random papers."""
    last = papers.last_id(db)
    found = [papers.paper(db, rng.randint(1, last)) for _ in range(count)]
    return [(one.title, one.abstract) for one in found if one is not None]


def look_at(path: Path, rng: random.Random) -> tuple[list[tuple[str, str]], int, float]:
    """Some texts of a history, how many papers it has, and how many bytes of the file each has beyond its text."""
    db = connect(path)
    known = texts(db, 2000, rng)
    count = papers.count(db)
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    text = statistics.fmean(len(f"{title}{abstract}".encode()) for title, abstract in known)
    return known, count, path.stat().st_size / count - text


def queries(known: Sequence[tuple[str, str]], count: int, rng: random.Random) -> list[str]:
    """One to twelve words in a row of random titles and abstracts, titles twice as often."""
    found = []
    for place in range(count):
        words = re.findall(r"\w+", rng.choice(known)[place % 3 == 2])
        length = 1 + place % 12
        at = rng.randrange(max(1, len(words) - length + 1))
        found.append(" ".join(words[at : at + length]))
    return found


def typed(known: Sequence[tuple[str, str]], count: int, rng: random.Random) -> list[str]:
    """Beginnings of titles, and of what follows a word in them."""
    found = []
    for place in range(count):
        words = rng.choice(known)[0].split()
        rest = " ".join(words[rng.randrange(len(words)) if place % 2 else 0 :])
        found.append(rest[: rng.randint(1, 20)])
    return found


def admit(db: Connection, digest_id: int, briefs: Sequence[Brief], writer: Writer) -> None:
    """Take papers in once they are read; what they take together is shared out."""
    spent = []
    for brief in briefs:
        began, clocked = time.perf_counter(), time.thread_time()
        entry = Entry(brief.paper.title, brief.paper.abstract, 1, 1)
        ingest.admit(db, digest_id, "scale.txt", NOW.date(), entry, brief, _brief, NOW)
        spent.append((time.perf_counter() - began, time.thread_time() - clocked))
    began, clocked = time.perf_counter(), time.thread_time()
    papers.index(db)
    share = (time.perf_counter() - began) / len(briefs), (time.thread_time() - clocked) / len(briefs)
    writer.spent += [((wall + share[0]) * 1000, (clock + share[1]) * 1000) for wall, clock in spent]


async def write(store: Store, writer: Writer) -> None:
    """Admit ``RATE`` papers a second until cancelled, made of other texts each time that this file is measured."""
    rng = random.Random()
    known = await store.read(texts, 2000, rng)
    digest_id = await store.write(digests.record, f"scale {time.time_ns()}", "scale.txt", NOW)
    due = time.perf_counter()
    while True:
        briefs = [_mixed(rng.choice(known), rng.choice(known), rng) for _ in range(BATCH)]
        await store.write(admit, digest_id, briefs, writer)
        due += BATCH / RATE
        writer.behind = max(writer.behind, time.perf_counter() - due)
        await asyncio.sleep(max(0.0, due - time.perf_counter()))


def _mixed(one: tuple[str, str], other: tuple[str, str], rng: random.Random) -> Brief:
    title = f"{_half(one[0], 0)} {_half(other[0], 1)} {rng.randrange(10**9)}"
    abstract = f"{_half(one[1], 0)} {_half(other[1], 1)}"
    paper = Paper(title, abstract, title, abstract, published=NOW.date(), authors=("Ada Example",))
    return _brief(paper)


def _brief(paper: Paper) -> Brief:
    return Brief(paper, paper.abstract[:150], ("transformers", "pruning", "vision"), (), ())


def _half(text: str, which: int) -> str:
    words = text.split()
    middle = len(words) // 2
    return " ".join(words[middle:] if which else words[:middle])


async def keep(store: Store) -> None:
    """Keep common words as ``run`` does at its every tick."""
    while True:
        await asyncio.sleep(TICK)
        await keep_postings(store)


async def watch(late: list[float]) -> None:
    """How many milliseconds too late each nap ends."""
    while True:
        began = time.perf_counter()
        await asyncio.sleep(0.005)
        late.append((time.perf_counter() - began - 0.005) * 1000)


class Clocked(Store):
    """A store that adds up the seconds of processor time that its reading threads take."""

    clocked = 0.0

    async def read(
        self, verb: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Read and add up."""

        def clocked(db: Connection) -> T:
            began = time.thread_time()
            try:
                return verb(db, *args, **kwargs)
            finally:
                self.clocked += time.thread_time() - began

        return await super().read(clocked)


async def timed(
    store: Clocked, calls: Sequence[Callable[[], Awaitable[object]]]
) -> list[tuple[float, float]]:
    """Milliseconds of wall clock and of processor time of each call, one after the other."""
    spent = []
    for call in calls:
        began, clocked = time.perf_counter(), store.clocked
        await call()
        spent.append(((time.perf_counter() - began) * 1000, (store.clocked - clocked) * 1000))
    return spent


async def measure(path: Path, count: int) -> dict[str, float]:
    """All figures of one history."""
    rng = random.Random(SEED)
    known, before, beyond = look_at(path, rng)
    asked = queries(known, count, rng)

    additions = [calibration()]
    began = time.perf_counter()
    store = Clocked.open(path)
    await library.search(store, asked[7], 20)
    opened = (time.perf_counter() - began) * 1000

    await keep_postings(store)
    writer, late = Writer(), list[float]()
    tasks = [asyncio.create_task(work) for work in (write(store, writer), watch(late), keep(store))]
    for text in asked[::4]:  # what the first searches read from the disk is told by the time to open
        await library.search(store, text, 20)
    late.clear()
    cut = 0

    async def search(text: str) -> None:
        nonlocal cut
        cut += (await library.search(store, text, 20)).cut_short

    numbers = [rng.randint(1, before) for _ in range(count // 2)]
    people = [f"web:{rng.randint(1, PEOPLE)}" for _ in range(count)]
    spans = (None, NOW - timedelta(days=7), NOW - timedelta(days=30), NOW - timedelta(days=365))
    searched = await timed(store, [partial(search, text) for text in asked])
    similar = await timed(store, [partial(library.similar, store, number, 20) for number in numbers])
    begun = await timed(store, [partial(library.complete, store, text) for text in typed(known, count, rng)])
    kept = await timed(store, [partial(library.kept, store, person, 20) for person in people])
    top = await timed(store, [partial(library.top, store, spans[place % 4], 20) for place in range(count)])
    for task in tasks:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
    store.close()
    gc.collect()
    additions.append(calibration())
    figures = {
        "papers": float(before),
        "ten million additions, s": statistics.fmean(additions),
        "open and first answer": opened,
    }
    for name, spent, percent in (
        ("search p50", searched, 50),
        ("search p95", searched, 95),
        ("similar p95", similar, 95),
        ("autocomplete p95", begun, 95),
        ("bookmarks p95", kept, 95),
        ("top p95", top, 95),
        ("admit a paper", writer.spent, 50),
    ):
        wall, processor = (_quantile(values, percent) for values in zip(*spent, strict=True))
        figures |= {name: wall, f"{name}, processor": processor}
    return figures | {
        "searches cut short": cut,
        "loop latest": max(late),
        "writer behind, s": writer.behind,
        "resident MB": _resident(),
        "file bytes a paper": beyond,
    }


def _quantile(values: Sequence[float], percent: int) -> float:
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


def _resident() -> float:
    status = Path("/proc/self/status").read_text("utf-8")
    return int(re.findall(r"VmRSS:\s+(\d+) kB", status)[0]) / 1024


def _measured(path: Path, count: int) -> dict[str, float]:
    return asyncio.run(measure(path, count))


def calibration() -> float:
    """Seconds of processor time for ten million additions."""
    began, total = time.process_time(), 0
    for number in range(10**7):
        total += number
    return time.process_time() - began


def in_a_process(path: Path, count: int) -> dict[str, float]:
    """The figures of one history, measured by a process of its own, so that it holds nothing else."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as alone:
        return alone.submit(_measured, path, count).result()


def table(columns: Sequence[Mapping[str, float]]) -> str:
    """All figures, a history in each column, and what they should be at a million papers."""
    lines = []
    for name in columns[0]:
        values = "".join(f"{column[name]:>12,.{0 if column[name] > 1000 else 2}f}" for column in columns)
        lines.append(f"{name:<28}{values}{f'{AIMS[name]:>12,.0f}' if name in AIMS else '':>12}")
    return "\n".join(lines)


def plot(columns: Sequence[Mapping[str, float]], path: Path) -> None:
    """Each figure as a share of its aim, over the size of the history."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 5), layout="constrained")
    axes = figure.subplots()
    sizes = [column["papers"] for column in columns]
    for place, (name, aim) in enumerate(AIMS.items()):
        shares = [column[name] / aim for column in columns]
        axes.plot(sizes, shares, marker="os^v"[place % 4], linestyle="-:"[place // 10], label=name)
    axes.axhline(1, color="black", linewidth=0.8, linestyle=":")
    axes.set(xscale="log", yscale="log", xlabel="papers", ylabel="share of what it may cost at a million")
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)
    figure.savefig(path, metadata={"Date": None})


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--plot", type=Path)
    parser.add_argument("--queries", type=int, default=200)
    options = parser.parse_args()
    columns = [in_a_process(path, options.queries) for path in options.files]
    print(table(columns))
    if options.plot is not None:
        plot(columns, options.plot)


if __name__ == "__main__":
    main()
