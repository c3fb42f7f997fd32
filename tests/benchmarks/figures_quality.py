"""How many of the key figures are right, against hand labels.

    python -m tests.benchmarks.figures_quality [DIGESTS] [--part development] [--show]

100 papers of the digest files, those whose title hashes come first, were labelled by reading title and abstract,
before the patterns were tuned: each label lists the paper's own claims in few tokens, a number (with its sign where
it is a change) and the words that must stand beside it, such as ``−44% FLOPs``. A figure is right if it has all
tokens of one of the paper's claims. Every second labelled paper is held out (see ``labelled``).

precision: right figures among those given; reach: papers with claims that get at least one right figure.
The baseline takes every number with ``%`` or ``×`` and the word after it.
"""

import argparse
import re
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import cast

from bot.reading.figures import MOST_FIGURES, figures
from tests.benchmarks import labelled

Finder = Callable[[str, str], Sequence[str]]


def is_right(figure: str, claims: Sequence[str]) -> bool:
    """Whether a figure says what one of the claims says."""
    return any(all(_has(figure, token) for token in claim.split()) for claim in claims)


def _has(figure: str, token: str) -> bool:
    if token[0].isalpha():
        return token.lower() in figure.lower()
    return re.search(rf"(?<![\d.,]){re.escape(token)}(?![\d,]|\.\d)", figure) is not None


def plain(title: str, abstract: str) -> Sequence[str]:
    """The baseline: each percentage or multiple with the word after it."""
    return re.findall(r"\d[\d.]*\s?(?:%|×|x\b)\s[\w-]+", abstract)[:MOST_FIGURES]


def score(
    name: str, finder: Finder, readings: Sequence[labelled.Reading], labels: dict[str, list[str]]
) -> None:
    """Print one line of figures for a finder."""
    given = right = claiming = reached = 0
    for reading in readings:
        claims = labels[reading.key]
        found = finder(reading.title, reading.abstract)
        hits = sum(is_right(figure, claims) for figure in found)
        given, right = given + len(found), right + hits
        claiming, reached = claiming + bool(claims), reached + bool(hits)
    print(
        f"  {name:24} precision {right / max(given, 1):.3f} ({right} of {given})"
        f"  reach {reached / claiming:.3f} ({reached} of {claiming} papers)"
    )


def main() -> None:
    """Score the figures and the baseline on each part."""
    parser = argparse.ArgumentParser(description="How many of the key figures are right.")
    parser.add_argument("digests", nargs="?", type=Path, default=labelled.DIGESTS)
    parser.add_argument("--part", choices=("development", "held out"))
    parser.add_argument("--show", action="store_true")
    options = parser.parse_args()
    labels = cast("dict[str, list[str]]", labelled.labels("figures.json"))
    everything = labelled.papers(options.digests)
    for part in (options.part,) if options.part else ("development", "held out"):
        chosen = labelled.split(list(labels), part)
        readings = [reading for reading in everything if reading.key in chosen]
        print(f"{part}: {len(readings)} papers")
        score("Broadsheet", figures, readings, labels)
        score("number and next word", plain, readings, labels)
        for reading in readings if options.show else ():
            found = figures(reading.title, reading.abstract)
            if found or labels[reading.key]:
                marked = [f"{'  ' if is_right(each, labels[reading.key]) else '! '}{each}" for each in found]
                print(f"{reading.title[:60]:60} {marked} of {labels[reading.key]}")
    start = time.process_time()
    for reading in everything:
        figures(reading.title, reading.abstract)
    print(
        f"all {len(everything)} papers: {(time.process_time() - start) / len(everything) * 1e3:.3f} ms each"
    )


if __name__ == "__main__":
    main()
