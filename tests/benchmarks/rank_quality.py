"""Whether ``reading.rank`` learns what a group likes, by simulation: readers who love arXiv categories.

    python -m tests.benchmarks.rank_quality [--data ../shared/data/arxiv_12000.jsonl.gz] [--groups 20]

Each group has readers who each love two categories. They are shown posts of 20 papers and bookmark 60% of what
they love and 2% of the rest; then come ten days of 100 papers each, from which the best 20 are posted. Printed:
loved papers among those 20, a day. The categories themselves are hidden from the ranker, as they are in a digest
of titles and abstracts, and so are guessed areas, whose model was trained on these records; papers are drawn at
random, so the digest's own order is chance.
"""

import argparse
import gzip
import json
import math
import random
import re
import statistics
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from bot.models import Brief, Interests, Paper
from bot.reading.rank import Example, Profile, features, learn, rank
from bot.reading.tags import load_taxonomy

POST = 20
DAY = 100
DAYS = 10
_WORD = re.compile(r"[a-z][a-z0-9+#-]+")
Ranker = Callable[[Sequence[Brief]], Sequence[Brief]]


def read(path: Path, papers: int) -> tuple[list[Brief], list[frozenset[str]]]:
    """The papers as briefs with tags and without areas, and their categories."""
    with gzip.open(path, "rt") as lines:
        records = [json.loads(line) for line in lines]
    taxonomy = load_taxonomy(Path("config/tags.toml").read_text(), name="tags.toml")
    briefs = []
    for record in random.Random(0).sample(records, min(papers, len(records))):
        title, abstract = (" ".join(record[name].split()) for name in ("title", "abstract"))
        paper = Paper(title, abstract, title, abstract, categories=tuple(record["categories"]))
        briefs.append(Brief(paper, "", taxonomy.tags(title, abstract), (), ()))
    return briefs, [frozenset(brief.paper.categories) for brief in briefs]


class PooledTfIdf:
    """The baseline: cosine with the sum of the bookmarked papers' TF-IDF vectors, title and abstract."""

    def __init__(self, corpus: Sequence[Brief]) -> None:
        bags = [set(self._words(brief)) for brief in corpus]
        counts = Counter(word for bag in bags for word in bag)
        self._idf = {word: math.log(len(bags) / count) for word, count in counts.items()}

    @staticmethod
    def _words(brief: Brief) -> list[str]:
        return _WORD.findall(f"{brief.paper.title} {brief.paper.abstract}".casefold())

    def _vector(self, brief: Brief) -> dict[str, float]:
        counts = Counter(self._words(brief))
        vector = {word: (1 + math.log(n)) * self._idf.get(word, 0.0) for word, n in counts.items()}
        length = math.sqrt(sum(value * value for value in vector.values())) or 1.0
        return {word: value / length for word, value in vector.items()}

    def ranker(self, bookmarked: Sequence[Brief]) -> Ranker:
        """Ranks by likeness to what was bookmarked."""
        profile: Counter[str] = Counter()
        for brief in bookmarked:
            profile.update(self._vector(brief))

        def likeness(brief: Brief) -> float:
            return sum(profile[word] * value for word, value in self._vector(brief).items())

        return lambda day: sorted(day, key=likeness, reverse=True)


def ours(profile: Profile) -> Ranker:
    """What is measured."""
    return lambda day: [one.brief for one in rank(day, Interests(), profile)]


def simulate(
    briefs: Sequence[Brief], categories: Sequence[frozenset[str]], groups: int, readers: int, posts: int
) -> None:
    """Print the loved papers among the day's best 20, for each ranker."""
    sizes = Counter(
        name for names in categories for name in names if re.fullmatch(r"[a-z-]+(\.[A-Za-z-]+)?", name)
    )
    lovable = sorted(name for name, size in sizes.items() if 50 <= size <= len(briefs) * 0.6)
    baseline = PooledTfIdf(briefs[:3000])
    hits: dict[str, list[float]] = {}
    for group in range(groups):
        rng = random.Random(group)
        loves = [frozenset(rng.sample(lovable, 2)) for _ in range(readers)]
        order = rng.sample(range(len(briefs)), posts * POST + DAYS * DAY)
        shown, coming = order[: posts * POST], order[posts * POST :]
        kept = [any(rng.random() < (0.6 if love & categories[n] else 0.02) for love in loves) for n in shown]
        examples = [
            Example(features(briefs[n]), bookmark, age=posts - place // POST)
            for place, (n, bookmark) in enumerate(zip(shown, kept, strict=True))
        ]
        rankers: dict[str, Ranker] = {
            "digest's order": lambda day: day,
            "pooled TF-IDF": baseline.ranker([briefs[n] for n, b in zip(shown, kept, strict=True) if b]),
            "rank": ours(learn(examples)),
        }
        loved = {id(briefs[n]): any(love & categories[n] for love in loves) for n in coming}
        for start in range(0, len(coming), DAY):
            day = [briefs[n] for n in coming[start : start + DAY]]
            for name, ranker in rankers.items():
                hits.setdefault(name, []).append(sum(loved[id(one)] for one in ranker(day)[:POST]))
            hits.setdefault("at most", []).append(min(POST, sum(loved[id(one)] for one in day)))
    line = "  ".join(f"{name} {statistics.fmean(found):5.2f}" for name, found in hits.items())
    print(f"{readers} readers, {posts:2} posts seen:  {line}", flush=True)


def speed(briefs: Sequence[Brief]) -> None:
    """Print the time of ranking 300 papers."""
    profile = learn([Example(features(brief), n % 5 == 0, 1.0) for n, brief in enumerate(briefs[:1000])])
    wishes = Interests(
        tags=("pruning", "speech"), keywords=("diffusion", "cache", "federated learning"), muted=("bio",)
    )
    for name, interests, taste in (
        ("nothing asked", Interests(), Profile()),
        ("interests", wishes, Profile()),
        ("interests and bookmarks", wishes, profile),
    ):
        times = []
        for start in range(1000, len(briefs) - 300, 300):
            begin = time.process_time()
            rank(briefs[start : start + 300], interests, taste)
            times.append(time.process_time() - begin)
        print(f"300 papers, {name}: {statistics.median(times) * 1e3:.2f} ms")
    begin = time.process_time()
    learn([Example(features(brief), n % 5 == 0, 1.0) for n, brief in enumerate(briefs[:1000])])
    print(f"learning from 1,000 posted papers: {(time.process_time() - begin) * 1e3:.0f} ms")


def main() -> None:
    """Print every figure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, default=Path("../shared/data/arxiv_12000.jsonl.gz"))
    parser.add_argument("--papers", type=int, default=6000)
    parser.add_argument("--groups", type=int, default=20)
    options = parser.parse_args()
    briefs, categories = read(options.data, options.papers)
    speed(briefs)
    for readers in (1, 3):
        for posts in (1, 5, 20, 60):
            simulate(briefs, categories, options.groups, readers, posts)


if __name__ == "__main__":
    main()
