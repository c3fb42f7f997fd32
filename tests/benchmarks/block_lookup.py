"""Whether damaged titles still find their paper among a million, and how fast: ``identity.block_keys`` on SQLite.

    python -m tests.benchmarks.block_lookup [--data ../shared/data/arxiv_12000.jsonl.gz] [--papers 1000000]

Titles are chains of word pairs that follow each other in the titles given (arXiv metadata), so that common
beginnings stay common. Printed for each kind of damage: the share found, the candidates a lookup brings and its
time; beside them what each kind of key would find alone, and the size of the table.
"""

import argparse
import gzip
import json
import random
import sqlite3
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from bot.reading.identity import block_keys

CANDIDATES = 50
SEED = 7
Damage = Callable[[str, random.Random], str]


def chains(titles: Sequence[str], count: int, rng: random.Random) -> Iterator[str]:
    """``count`` different titles made of word pairs of ``titles``, as long; a name before a colon is made up."""
    follows: defaultdict[str, list[str]] = defaultdict(list)
    lengths = [len(title.split()) for title in titles]
    for title in titles:
        for one, other in pairwise(["", *title.split()]):
            follows[one].append(other)
    seen: set[str] = set()
    while len(seen) < count:
        words = [rng.choice(follows[""])]
        for _ in range(rng.choice(lengths) - 1):
            words.append(rng.choice(follows[words[-1]] or follows[""]))
        if words[0].endswith(":"):
            words[0] = (
                "".join(rng.choice(("bdfgklmnprstvz", "aeiou")[n % 2]) for n in range(len(words[0]))) + ":"
            )
        title = " ".join(words)
        if title not in seen:
            seen.add(title)
            yield title


def _on_word(title: str, rng: random.Random, change: Callable[[str], str], shortest: int = 4) -> str:
    words = title.split()
    places = [n for n, word in enumerate(words) if len(word) >= shortest] or list(range(len(words)))
    place = rng.choice(places)
    words[place] = change(words[place])
    return " ".join(words)


def typo(title: str, rng: random.Random) -> str:
    """One letter of one word lost, doubled, replaced or swapped."""

    def slip(word: str) -> str:
        at = rng.randrange(len(word))
        return rng.choice(
            [
                word[:at] + word[at + 1 :],
                word[:at] + word[at] + word[at:],
                word[:at] + rng.choice("aeinorst") + word[at + 1 :],
                word[: max(0, at - 1)] + word[max(0, at - 1) : at + 1][::-1] + word[at + 1 :],
            ]
        )

    return _on_word(title, rng, slip)


def two_typos(title: str, rng: random.Random) -> str:
    """Two slips."""
    return typo(typo(title, rng), rng)


def changed(title: str, rng: random.Random) -> str:
    """One word replaced by another."""
    return _on_word(title, rng, lambda _: rng.choice(["robust", "neural", "Scalable", "PRISM", "zero-shot"]))


def dropped(title: str, rng: random.Random) -> str:
    """One word lost."""
    return " ".join(_on_word(title, rng, lambda _: "").split())


def added(title: str, rng: random.Random) -> str:
    """One word more."""
    return _on_word(title, rng, lambda word: f"{rng.choice(['Efficient', 'unified', 'multimodal'])} {word}")


def renamed(title: str, rng: random.Random) -> str:
    """Another name before the colon."""
    _, colon, rest = title.partition(":")
    return f"{rng.choice(['Falcon', 'OmniNet', 'Beyond Scale'])}:{rest}" if colon else changed(title, rng)


def latex(title: str, rng: random.Random) -> str:
    """A command left around a word, with or without its backslash."""
    command = rng.choice(["textbf{%s}", "\\emph{%s}", "{it %s}", "$\\mathcal{%s}$", "texttt{%s}"])
    return _on_word(title, rng, lambda word: command.replace("%s", word))


def cut(title: str, rng: random.Random) -> str:
    """The subtitle lost, or for want of one the last third."""
    head, colon, _ = title.partition(":")
    return head if colon else title[: len(title) * 2 // 3]


def joined(title: str, rng: random.Random) -> str:
    """Two words written as one."""
    words = title.split()
    at = rng.randrange(max(1, len(words) - 1))
    return " ".join([*words[:at], "".join(words[at : at + 2]), *words[at + 2 :]])


DAMAGES: tuple[Damage, ...] = (typo, two_typos, changed, dropped, added, renamed, latex, cut, joined)


def fill(path: Path, titles: Sequence[str]) -> sqlite3.Connection:
    """The store's table of block keys, filled."""
    db = sqlite3.connect(path)
    db.execute(
        "CREATE TABLE block_keys (key TEXT, paper_id INTEGER, PRIMARY KEY (key, paper_id)) WITHOUT ROWID"
    )
    rows = sorted((key, number) for number, title in enumerate(titles) for key in block_keys(title))
    db.executemany("INSERT INTO block_keys VALUES (?, ?)", rows)
    db.commit()
    size = path.stat().st_size / len(titles)
    print(f"{len(titles)} papers, {len(rows) / len(titles):.2f} keys each, {size:.0f} bytes each")
    return db


def look_up(db: sqlite3.Connection, keys: Sequence[str]) -> dict[str, list[int]]:
    """The papers that each key brings, newest first, at most ``CANDIDATES``."""
    query = "SELECT paper_id FROM block_keys WHERE key = ? ORDER BY paper_id DESC LIMIT ?"
    return {key: [row[0] for row in db.execute(query, (key, CANDIDATES))] for key in keys}


def measure(db: sqlite3.Connection, titles: Sequence[str], damage: Damage, lookups: int) -> float:
    """Print what damage does; give the share found."""
    rng = random.Random(SEED)
    found, brought, times = 0, [], []
    alone: defaultdict[str, int] = defaultdict(int)
    for _ in range(lookups):
        number = rng.randrange(len(titles))
        damaged = damage(titles[number], rng)
        start = time.perf_counter()
        papers = look_up(db, block_keys(damaged))
        times.append(time.perf_counter() - start)
        hits = {key[0] for key, ids in papers.items() if number in ids}
        found += bool(hits)
        brought.append(len(set().union(*papers.values())))
        for kind in hits:
            alone[kind] += 1
    kinds = " ".join(f"{kind} {alone[kind] / lookups:6.1%}" for kind in sorted(alone))
    print(
        f"{damage.__name__:10} found {found / lookups:6.1%}  candidates {statistics.fmean(brought):5.1f} "
        f"(most {max(brought)})  {statistics.fmean(times) * 1e3:.3f} ms (median {statistics.median(times) * 1e3:.3f})"
        f"  alone: {kinds}"
    )
    return found / lookups


def main() -> None:
    """Print every figure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, default=Path("../shared/data/arxiv_12000.jsonl.gz"))
    parser.add_argument("--papers", type=int, default=1_000_000)
    parser.add_argument("--lookups", type=int, default=2000, help="for each kind of damage")
    parser.add_argument(
        "--as-they-are", action="store_true", help="the titles given, not chains of their words"
    )
    options = parser.parse_args()
    with gzip.open(options.data, "rt") as lines:
        given = [" ".join(json.loads(line)["title"].split()) for line in lines]
    titles = given if options.as_they_are else list(chains(given, options.papers, random.Random(SEED)))
    with tempfile.TemporaryDirectory() as folder:
        db = fill(Path(folder) / "keys.db", titles)
        shares = [measure(db, titles, damage, options.lookups) for damage in DAMAGES]
        db.close()
    print(f"all kinds  found {statistics.fmean(shares):6.1%}")


if __name__ == "__main__":
    main()
