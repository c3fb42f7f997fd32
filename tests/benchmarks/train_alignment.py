"""Fit the coefficients of ``bot.sources.alignment`` and print them with their accuracy on other records.

``python -m tests.benchmarks.train_alignment [PATH]``; the data are arXiv titles and abstracts (metadata,
CC0), JSON Lines with ``title``, ``abstract``, ``categories``, gzipped. The first half of the records
trains, the second tests. The same data give the same coefficients.
"""

import gzip
import json
import math
import random
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from bot.sources.alignment import (
    BELONGS,
    CONTINUES,
    PROSE,
    belongs_features,
    continues_features,
    log_odds,
    prose_features,
    stems,
)

Record = tuple[str, str, str]
Example = tuple[tuple[float, ...], bool]

ROUNDS = 25
RIDGE = 1.0
UNSTOPPED = 0.2
END = re.compile(r"(?<=[a-z)][.!?]) (?=[A-Z])")


def fit(examples: Sequence[Example]) -> tuple[float, ...]:
    """Return a logistic regression's coefficients, by Newton's method with a small ridge, to three places."""
    size = len(examples[0][0])
    weights = [0.0] * size
    for _ in range(ROUNDS):
        gradient = [-RIDGE * w for w in weights]
        hessian = [[RIDGE * (i == j) for j in range(size)] for i in range(size)]
        for features, label in examples:
            odds = max(-30.0, min(30.0, log_odds(weights, features)))
            p = 1 / (1 + math.exp(-odds))
            for i, x in enumerate(features):
                gradient[i] += (label - p) * x
                for j in range(size):
                    hessian[i][j] += p * (1 - p) * x * features[j]
        step = solve(hessian, gradient)
        weights = [w + s for w, s in zip(weights, step, strict=True)]
        if max(map(abs, step)) < 1e-6:
            break
    return tuple(round(w, 3) for w in weights)


def solve(matrix: list[list[float]], vector: list[float]) -> list[float]:
    """Return x with ``matrix`` x = ``vector``, by Gaussian elimination with pivots."""
    rows = [[*row, value] for row, value in zip(matrix, vector, strict=True)]
    for i in range(len(rows)):
        pivot = max(range(i, len(rows)), key=lambda r: abs(rows[r][i]))
        rows[i], rows[pivot] = rows[pivot], rows[i]
        for r in range(len(rows)):
            if r != i:
                factor = rows[r][i] / rows[i][i]
                rows[r] = [a - factor * b for a, b in zip(rows[r], rows[i], strict=True)]
    return [row[-1] / row[i] for i, row in enumerate(rows)]


def others(records: Sequence[Record], dice: random.Random) -> list[Record]:
    """Return for each record another of its field."""
    fields: dict[str, list[Record]] = {}
    for record in records:
        fields.setdefault(record[2], []).append(record)
    return [dice.choice(fields[record[2]]) for record in records]


def prose_examples(records: Sequence[Record], dice: random.Random) -> list[Example]:
    """Titles are no prose; whole abstracts are, and so are single sentences of them.

    Some lose their full stop, so that too much does not hang on it: pages drop it more than arXiv does.
    """
    examples: list[Example] = []
    for title, abstract, _ in records:
        examples.append((prose_features(title), False))
        text = abstract if dice.random() < 0.5 else dice.choice(END.split(abstract))
        examples.append((prose_features(text.rstrip(".") if dice.random() < UNSTOPPED else text), True))
    return examples


def belongs_examples(records: Sequence[Record], dice: random.Random) -> list[Example]:
    """A title belongs to its abstract, and not to another of its field."""
    examples: list[Example] = []
    for (title, abstract, _), other in zip(records, others(records, dice), strict=True):
        examples.append((belongs_features(stems(title), stems(abstract)), True))
        if other[0] != title:
            examples.append((belongs_features(stems(title), stems(other[1])), False))
    return examples


def continues_examples(records: Sequence[Record], dice: random.Random) -> list[Example]:
    """An abstract goes on with its own end, cut between sentences or within one.

    It does not with another of its field, long or short, nor with a title, nor with a sentence from anywhere.
    """
    examples: list[Example] = []
    for (title, abstract, _), other in zip(records, others(records, dice), strict=True):
        stray = dice.choice(END.split(dice.choice(records)[1]))
        start = " ".join(END.split(other[1])[: dice.randint(2, 5)])
        cuts = [m.start() for m in (END if dice.random() < 0.8 else re.compile(" ")).finditer(abstract)]
        if cuts:
            cut = dice.choice(cuts)
            examples.append((pair(title, abstract[:cut], abstract[cut + 1 :]), True))
        if other[0] != title:
            examples.append((pair(title, abstract, dice.choice([other[1], start, other[0], stray])), False))
    return examples


def pair(title: str, before: str, text: str) -> tuple[float, ...]:
    """Return the features of two neighbouring paragraphs below a title."""
    return continues_features(before, text, stems(title), stems(before), stems(text), len(before))


def main(path: str = "../shared/data/arxiv_12000.jsonl.gz") -> None:
    """Fit, print, compare."""
    with gzip.open(Path(path), "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    records = [
        (" ".join(row["title"].split()), " ".join(row["abstract"].split()), str(row["categories"][0]))
        for row in rows
    ]
    half = len(records) // 2
    for name, shipped, make in (
        ("PROSE", PROSE, prose_examples),
        ("BELONGS", BELONGS, belongs_examples),
        ("CONTINUES", CONTINUES, continues_examples),
    ):
        weights = fit(make(records[:half], random.Random(1)))
        test = make(records[half:], random.Random(2))
        right = sum((log_odds(weights, features) > 0) == label for features, label in test)
        same = "as shipped" if weights == shipped else f"shipped: {shipped}"
        print(
            f"{name} = {weights}  # {right / len(test):.2%} right on {len(test)} others, {same}", flush=True
        )


if __name__ == "__main__":
    main(*sys.argv[1:])
