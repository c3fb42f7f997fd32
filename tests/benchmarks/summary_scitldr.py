"""Summaries against people's: ``python -m tests.benchmarks.summary_scitldr [PAPERS.jsonl]``.

Data: SciTLDR-A (Cachola et al., 2020; Apache-2.0), by default its development part. Protocol: ROUGE F1 with Porter
stemming; the reference with the highest ROUGE-1 gives all three scores. A fourth, ROUGE-1 on the words that are not
in the title, is taken against the same reference, or (``any``) against the best. The summariser sees the title and
the sentences joined, as an abstract is printed, both cleaned as every paper's are.
"""

import argparse
import json
import math
import re
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

from nltk.stem.porter import PorterStemmer

from bot.reading.clean import clean
from bot.reading.compress import forms, realise
from bot.reading.sentences import sentences
from bot.reading.summary import summarise

_PORTER = PorterStemmer()
_PROPOSES = re.compile(r"\bwe (?:\w+ )?(?:propose|introduce|present|develop|show)", re.I)

Tokens = tuple[str, ...]


@dataclass(frozen=True)
class Scored:
    """A paper's title and abstract, and its references."""

    title: str
    abstract: str
    references: tuple[str, ...]


@dataclass(frozen=True)
class Scores:
    """ROUGE-1, ROUGE-2, ROUGE-L, and ROUGE-1 on the words not in the title: F1 from 0 to 1."""

    one: float
    two: float
    longest: float
    untitled: float
    untitled_any: float


def papers(path: Path) -> list[Scored]:
    """The papers of a file of SciTLDR, title and abstract cleaned."""
    records = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return [Scored(clean(r["title"]), clean(" ".join(r["source"])), tuple(r["target"])) for r in records]


@cache
def _stem(word: str) -> str:
    return str(_PORTER.stem(word)) if len(word) > 3 else word


def stems(text: str) -> Tokens:
    """Words as ROUGE's reference implementation takes them, with its stemmer."""
    return tuple(_stem(word) for word in re.findall(r"[a-z0-9]+", text.lower()))


def _f1(hits: int, first: int, second: int) -> float:
    return 2 * hits / (first + second) if hits else 0.0


def overlap(first: Sequence[object], second: Sequence[object]) -> float:
    """F1 of two bags."""
    return _f1((Counter(first) & Counter(second)).total(), len(first), len(second))


def _longest(first: Tokens, second: Tokens) -> float:
    row = [0] * (len(second) + 1)
    for word in first:
        last = row
        row = [0]
        for place, other in enumerate(second):
            row.append(last[place] + 1 if word == other else max(last[place + 1], row[place]))
    return _f1(row[-1], len(first), len(second))


def score(candidate: Tokens, references: Sequence[Tokens], title: Tokens) -> Scores:
    """The scores of a candidate against the reference that is nearest to it."""
    known = set(title)
    own = [word for word in candidate if word not in known]
    untitled = [overlap(own, [word for word in each if word not in known]) for each in references]
    one, place = max((overlap(candidate, each), -place) for place, each in enumerate(references))
    nearest = references[-place]
    pairs = (list(pairwise(tokens)) for tokens in (candidate, nearest))
    return Scores(one, overlap(*pairs), _longest(candidate, nearest), untitled[-place], max(untitled))


def _first(paper: Scored) -> str:
    return next(iter(sentences(paper.abstract)), "")


def _title(paper: Scored) -> str:
    return paper.title


def _proposes(paper: Scored) -> str:
    found = sentences(paper.abstract)
    return next((each for each in found if _PROPOSES.search(each)), next(iter(found), ""))


def _central(paper: Scored) -> str:
    """The sentence most like the others (degree centrality on cosines of counts)."""
    found = sentences(paper.abstract)
    bags = [Counter(stems(each)) for each in found]
    norms = [math.sqrt(sum(count * count for count in bag.values())) or 1.0 for bag in bags]

    def likeness(place: int) -> float:
        return sum(
            sum(count * bags[other][word] for word, count in bags[place].items())
            / (norms[place] * norms[other])
            for other in range(len(found))
            if other != place
        )

    return found[max(range(len(found)), key=likeness)] if found else ""


def _default(paper: Scored) -> str:
    return summarise(paper.title, paper.abstract)


def _oracle(paper: Scored, candidates: Callable[[str], list[str]]) -> str:
    references, title = [stems(each) for each in paper.references], stems(paper.title)
    found = [text for each in sentences(paper.abstract) for text in candidates(each)]
    return max(found, key=lambda text: score(stems(text), references, title).one, default="")


SYSTEMS: dict[str, Callable[[Scored], str]] = {
    "first sentence": _first,
    "most central sentence": _central,
    "title": _title,
    "first “we propose” sentence": _proposes,
    "summarise": _default,
    "oracle: best sentence": lambda paper: _oracle(paper, lambda text: [text]),
    "oracle: best form": lambda paper: _oracle(
        paper, lambda text: [realise(text, each) for each in forms(text)]
    ),
}


def main() -> None:
    """Print the scores of every system."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("papers", type=Path, nargs="?", default=Path("../shared/data/scitldr_a_dev.jsonl"))
    found = papers(parser.parse_args().papers)
    truths = [([stems(each) for each in paper.references], stems(paper.title)) for paper in found]
    print(f"{'':30}    R1    R2    RL  untitled (any)  words  ms/paper")
    for name, system in SYSTEMS.items():
        begin = time.perf_counter()
        texts = [system(paper) for paper in found]
        spent = 1000 * (time.perf_counter() - begin) / len(found)
        all_scores = [score(stems(text), *truth) for text, truth in zip(texts, truths, strict=True)]
        means = [
            100 * sum(values) / len(found)
            for values in zip(
                *((s.one, s.two, s.longest, s.untitled, s.untitled_any) for s in all_scores), strict=True
            )
        ]
        words = sum(len(text.split()) for text in texts) / len(found)
        one, two, longest, untitled, untitled_any = means
        print(
            f"{name:30} {one:5.2f} {two:5.2f} {longest:5.2f}    {untitled:5.2f} ({untitled_any:5.2f})"
            f"  {words:5.1f} {spent:9.2f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
