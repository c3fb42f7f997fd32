"""Train the summary's ranker: ``python -m tests.benchmarks.train_summary [TRAIN.jsonl] [MODEL.json]``.

Data: SciTLDR-A (Cachola et al., 2020; Apache-2.0), training part. Each form of each sentence is a candidate; its
gain is its ROUGE with the reference. The weights of a linear score are fitted by L-BFGS: first so that the softmax of
the scores over a paper's candidates comes close to that of their gains (a listwise loss), then, from there, so that
the gain expected under that softmax is highest. The sum of both is rounded to integers.
Deterministic: the same data gives the same file, bit for bit.

With ``--folds N`` nothing is written, and the mean of N-fold cross-validation on the training part is printed.
"""

import argparse
import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from bot.reading.alone import reads_alone
from bot.reading.compress import forms, realise
from bot.reading.features import (
    BACKGROUND,
    POINTS_BACK,
    USUAL,
    form_features,
    read,
    stretches,
    word_features,
    wording,
)
from tests.benchmarks.summary_scitldr import Scores, papers, score, stems

Array = NDArray[np.float64]

GAIN = (0.4, 0.1, 0.1, 0.4)
"""How much ROUGE-1, ROUGE-2, ROUGE-L and ROUGE-1 on words not in the title count in a gain."""
TEMPERATURE = 0.1
"""Of the gains, in the listwise loss."""
RISK = 0.03
"""What the expected gain is divided by, to weigh it against the ridge."""
LEAN = {BACKGROUND: -1.0, POINTS_BACK: -0.5}
"""Added to the fitted weights: what a reader of the summary alone prefers, and ROUGE can hardly tell."""
STEPS = 60, 40
"""Of L-BFGS for either loss; more change nothing."""
RIDGE, WORD_RIDGE = 100.0, 0.25
"""Words are penalised less: their features are divided by some forty words."""
RAREST = 8
"""Papers that a feature must occur in."""
SCALE = 1000
"""A weight of 1 in the model's integers."""
SMALLEST = 1
"""Of the model's integers that are kept, for what is no word of the text; a word's are weaker."""


@dataclass(frozen=True)
class Candidates:
    """Rows of features, their gains and scores, whether they read alone, and where each paper's begin."""

    matrix: csr_matrix
    gains: Array
    scores: Array
    alone: NDArray[np.bool_]
    begins: NDArray[np.int64]


Row = dict[str, float]
Paper = list[tuple[Row, Scores, bool]]


def rows(path: Path) -> list[Paper]:
    """The candidates of every paper that has any; what does not read alone is learned from all the same."""
    found: list[Paper] = []
    for paper in papers(path):
        abstract = read(paper.title, paper.abstract)
        title, references = stems(paper.title), [stems(each) for each in paper.references]
        candidates: Paper = []
        for sentence in abstract.sentences:
            words = wording(abstract, sentence)
            for form in forms(sentence.text):
                text = realise(sentence.text, form)
                kept = stretches(sentence, form)
                size = sum(last - first for first, last in kept)
                if not size:
                    continue
                row: Row = dict.fromkeys(sentence.features, 1.0)
                row.update(dict.fromkeys(form_features(abstract, sentence, words, form, kept), 1.0))
                for first, last in kept:
                    for word in words.words[first:last]:
                        for name in word_features(word):
                            row[name] = row.get(name, 0.0) + 1 / (size + USUAL)
                candidates.append((row, score(stems(text), references, title), reads_alone(text)))
        if candidates:
            found.append(candidates)
    return found


def vocabulary(found: list[Paper]) -> dict[str, int]:
    """The features that enough papers have, numbered."""
    counts = Counter(name for paper in found for name in {name for row, *_ in paper for name in row})
    return {name: place for place, name in enumerate(sorted(n for n, c in counts.items() if c >= RAREST))}


def matrix(found: list[Paper], names: dict[str, int]) -> Candidates:
    """The candidates as one sparse matrix."""
    values: list[float] = []
    columns: list[int] = []
    ends = [0]
    for paper in found:
        for row, *_ in paper:
            known = [(names[name], value) for name, value in row.items() if name in names]
            columns.extend(column for column, _ in known)
            values.extend(value for _, value in known)
            ends.append(len(values))
    scores = np.array(
        [(s.one, s.two, s.longest, s.untitled, s.untitled_any) for paper in found for _, s, _ in paper]
    )
    begins = np.cumsum([0, *(len(paper) for paper in found[:-1])])
    table = csr_matrix((values, columns, ends), shape=(len(ends) - 1, len(names)))
    alone = np.array([alone for paper in found for *_, alone in paper])
    return Candidates(table, scores[:, :4] @ np.array(GAIN), scores, alone, begins)


def fit(data: Candidates, names: dict[str, int]) -> Array:
    """The weights that minimise the listwise loss, plus those that make the expected gain highest, plus ``LEAN``."""
    sizes = np.diff([*data.begins, len(data.gains)])
    ridge = np.array([WORD_RIDGE if name.startswith(".") else RIDGE for name in names])
    transposed = data.matrix.T.tocsr()

    def softmax(values: Array) -> Array:
        peaks = np.repeat(np.maximum.reduceat(values, data.begins), sizes)
        powers = np.exp(values - peaks)
        return np.asarray(powers / np.repeat(np.add.reduceat(powers, data.begins), sizes))

    target = softmax(data.gains / TEMPERATURE)

    def listwise(weights: Array) -> tuple[float, Array]:
        chances = softmax(data.matrix @ weights)
        value = -float((target * np.log(chances + 1e-30)).sum())
        return value + 0.5 * float((ridge * weights * weights).sum()), transposed @ (
            chances - target
        ) + ridge * weights

    def risk(weights: Array) -> tuple[float, Array]:
        chances = softmax(data.matrix @ weights)
        expected = np.add.reduceat(chances * data.gains, data.begins)
        slopes = chances * (np.repeat(expected, sizes) - data.gains) / RISK
        value = -float(expected.sum()) / RISK
        return value + 0.5 * float((ridge * weights * weights).sum()), transposed @ slopes + ridge * weights

    found = [np.zeros(len(names))]
    for loss, steps in zip((listwise, risk), STEPS, strict=True):
        options = {"maxiter": steps}
        found.append(minimize(loss, found[-1], jac=True, method="L-BFGS-B", options=options).x)
    found.append(np.array([LEAN.get(name, 0.0) for name in names]))
    return np.asarray(sum(found))


def chosen(data: Candidates, weights: Array) -> Array:
    """The scores of each paper's best candidate, of those that read alone if any does."""
    values = data.matrix @ weights - 1000.0 * ~data.alone
    ends = [*data.begins[1:], len(values)]
    return np.array(
        [data.scores[b + int(np.argmax(values[b:e]))] for b, e in zip(data.begins, ends, strict=True)]
    )


def integers(names: dict[str, int], weights: Array) -> dict[str, int]:
    """The weights as the model file has them: what hardly counts is left out."""
    found = {}
    for name, place in names.items():
        value = round(float(weights[place]) * SCALE)
        if abs(value) >= SMALLEST * (10 if name.startswith(".") else 1):
            found[name] = value
    return found


def main() -> None:
    """Train and write the model, or cross-validate."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("papers", type=Path, nargs="?", default=Path("../shared/data/scitldr_a_train.jsonl"))
    parser.add_argument("model", type=Path, nargs="?", default=Path("bot/reading/summary_model.json"))
    parser.add_argument("--folds", type=int, default=0)
    options = parser.parse_args()
    found = rows(options.papers)
    names = vocabulary(found)
    if options.folds:
        kept: list[Array] = []
        for fold in range(options.folds):
            seen = [paper for place, paper in enumerate(found) if place % options.folds != fold]
            weights = fit(matrix(seen, names), names)
            kept.append(chosen(matrix(found[fold :: options.folds], names), weights))
        print("R1 R2 RL untitled (any):", (100 * np.concatenate(kept).mean(axis=0)).round(2))
        return
    model = integers(names, fit(matrix(found, names), names))
    text = json.dumps(model, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    options.model.write_text(text + "\n", "utf-8")
    print(f"{len(model)} weights, {options.model.stat().st_size} bytes")


if __name__ == "__main__":
    main()
