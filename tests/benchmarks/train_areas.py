"""Train the classifier of ``bot.reading.areas`` and write its data file.

    python -m tests.benchmarks.train_areas [DATA] [--write | --check]

DATA is gzipped JSON Lines with ``title``, ``abstract``, ``categories``: by default 12,000 records of arXiv
metadata (CC0) from ``../shared/data``. ``--write`` replaces ``bot/reading/areas.bin``, ``--check`` trains
again and says whether the shipped file came out bit for bit. Needs the ``train`` dependency group; the
bits are those of scikit-learn 1.9.1 with numpy 2.4.6.

One L2-regularised logistic regression per label (liblinear, balanced class weights) over TF-IDF of single
words; a label needs at least ``FEWEST`` examples. Each label's threshold is the one with the best F1 in
three-fold cross-validation on the training records.
"""

import argparse
import gzip
import hashlib
import json
from array import array
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from bot.reading import areas

DATA = Path("../shared/data/arxiv_12000.jsonl.gz")
SHIPPED = Path("bot/reading/areas.bin")
FEWEST = 50
STRENGTH = 3.0
FOLDS = 3


class Record(NamedTuple):
    """One labelled paper; ``id`` decides its place in splits."""

    id: str
    text: str
    categories: tuple[str, ...]


def read(path: Path) -> list[Record]:
    """The records of a gzipped JSON Lines file, with cleaned categories."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [Record(r["id"], f"{r['title']}\n{r['abstract']}", areas.given(r["categories"])) for r in rows]


def fold(record: Record, folds: int) -> int:
    """The part, out of ``folds``, that a record belongs to: fixed by its id alone."""
    return int(hashlib.sha256(record.id.encode()).hexdigest(), 16) % folds


def labels_of(records: Sequence[Record]) -> tuple[str, ...]:
    """The categories with enough examples, in alphabetical order."""
    counts = Counter(category for record in records for category in record.categories)
    return tuple(sorted(category for category, count in counts.items() if count >= FEWEST))


def train(records: Sequence[Record], labels: tuple[str, ...]) -> areas.Classifier:
    """A classifier for these labels, fitted to these records."""
    vectoriser = TfidfVectorizer(
        analyzer=_content_words, min_df=3, max_df=0.5, sublinear_tf=True, dtype=np.float64
    )
    matrix = vectoriser.fit_transform([record.text for record in records])
    parts = np.array([fold(record, 997) % FOLDS for record in records])
    coefficients, margins = [], []
    for label in labels:
        truth = np.array([label in record.categories for record in records])
        scores = np.zeros(len(records))
        for part in range(FOLDS):
            fitted = _fit(matrix[parts != part], truth[parts != part])
            scores[parts == part] = fitted.decision_function(matrix[parts == part])
        fitted = _fit(matrix, truth)
        coefficients.append(fitted.coef_[0])
        margins.append(float(fitted.intercept_[0]) - _best_threshold(scores, truth))
    table = np.array(coefficients)
    scales = np.abs(table).max(axis=1) / 127
    return areas.Classifier(
        labels=labels,
        margins=tuple(round(margin, 6) for margin in margins),
        scales=tuple(float(f"{scale:.9g}") for scale in scales),
        rows={word: row for row, word in enumerate(vectoriser.get_feature_names_out())},
        idf=array("f", vectoriser.idf_.tolist()),
        weights=array("b", np.rint(table / scales[:, None]).astype(int).T.reshape(-1).tolist()),
    )


def _content_words(text: str) -> list[str]:
    return areas.words(text)


def _fit(matrix: object, truth: object) -> LogisticRegression:
    model = LogisticRegression(
        C=STRENGTH, solver="liblinear", class_weight="balanced", random_state=0, max_iter=300
    )
    return model.fit(matrix, truth)


def _best_threshold(scores: "np.ndarray[tuple[int], np.dtype[np.float64]]", truth: object) -> float:
    """The score above which calling a label gives the best F1, halfway between two neighbours."""
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum(np.asarray(truth)[order])
    f1 = 2 * hits / (np.arange(1, len(scores) + 1) + hits[-1])
    best = int(np.argmax(f1[:-1]))
    return float((scores[order[best]] + scores[order[best + 1]]) / 2)


def main() -> None:
    """Train, then write the data file or compare with it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", nargs="?", type=Path, default=DATA)
    action = parser.add_mutually_exclusive_group()
    action.add_argument("--write", action="store_true")
    action.add_argument("--check", action="store_true")
    options = parser.parse_args()
    records = read(options.data)
    data = areas.pack(train(records, labels_of(records)))
    print(f"{len(data):,} bytes, sha256 {hashlib.sha256(data).hexdigest()}")
    if options.write:
        SHIPPED.write_bytes(data)
    if options.check:
        same = SHIPPED.read_bytes() == data
        print("the shipped file, bit for bit" if same else "NOT the shipped file")
        raise SystemExit(0 if same else 1)


if __name__ == "__main__":
    main()
