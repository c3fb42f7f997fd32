"""How well arXiv categories are guessed, beside scikit-learn's TF-IDF with logistic regression.

    python -m tests.benchmarks.areas_quality [DATA]

Four fifths of the records (by a hash of their ids) train, one fifth is scored; all see the same labels (the
categories with enough examples in the training part). Ours is trained on that part alone by ``train_areas``, packed,
unpacked and asked through ``Classifier.guess``: at most three categories. The shipped file has learned from
all records, so it is not scored here. Macro-F1 is the mean over labels. Needs the ``train`` dependency group.

The baselines are scikit-learn's defaults and its two usual remedies for rare labels; they may give any number
of categories.
"""

import argparse
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier

from bot.reading import areas
from tests.benchmarks import train_areas
from tests.benchmarks.train_areas import DATA, SHIPPED, Record

FIFTHS = 5


def macro_f1(guesses: Sequence[frozenset[str]], records: Sequence[Record], labels: Sequence[str]) -> float:
    """The mean over labels of F1."""
    total = 0.0
    for label in labels:
        hits = sum(
            label in guess and label in r.categories for guess, r in zip(guesses, records, strict=True)
        )
        called = sum(label in guess for guess in guesses)
        true = sum(label in record.categories for record in records)
        total += 2 * hits / (called + true) if called + true else 0.0
    return total / len(labels)


def baseline(
    training: Sequence[Record],
    testing: Sequence[Record],
    labels: tuple[str, ...],
    *,
    balanced: bool,
    level: float,
) -> list[frozenset[str]]:
    """Guesses by TF-IDF and one-versus-rest logistic regression, calling what is likelier than ``level``."""
    vectoriser = TfidfVectorizer()
    model = OneVsRestClassifier(
        LogisticRegression(max_iter=1000, class_weight="balanced" if balanced else None)
    )
    truth = np.array([[label in record.categories for label in labels] for record in training])
    model.fit(vectoriser.fit_transform([record.text for record in training]), truth)
    likely = model.predict_proba(vectoriser.transform([record.text for record in testing])) > level
    return [frozenset(label for label, yes in zip(labels, row, strict=True) if yes) for row in likely]


def main() -> None:
    """Train on four fifths, score on one."""
    parser = argparse.ArgumentParser(description="How well arXiv categories are guessed.")
    parser.add_argument("data", nargs="?", type=Path, default=DATA)
    records = train_areas.read(parser.parse_args().data)
    training = [record for record in records if train_areas.fold(record, FIFTHS)]
    testing = [record for record in records if not train_areas.fold(record, FIFTHS)]
    labels = train_areas.labels_of(training)
    print(f"{len(training)} to train, {len(testing)} to score, {len(labels)} labels: {' '.join(labels)}")
    data = areas.pack(train_areas.train(training, labels))
    ours = areas.unpack(data)
    guesses = [frozenset(ours.guess(areas.words(record.text))) for record in testing]
    print(
        f"  {'Broadsheet':42} macro-F1 {macro_f1(guesses, testing, labels):.4f}  {len(data):,} bytes",
        flush=True,
    )
    for name, balanced, level in (
        ("scikit-learn, defaults", False, 0.5),
        ("scikit-learn, called at 0.2", False, 0.2),
        ("scikit-learn, balanced classes", True, 0.5),
    ):
        guesses = baseline(training, testing, labels, balanced=balanced, level=level)
        print(f"  {name:42} macro-F1 {macro_f1(guesses, testing, labels):.4f}", flush=True)
    start = time.perf_counter()
    areas.guess("A first", "guess loads the data file")
    print(
        f"shipped file: {SHIPPED.stat().st_size:,} bytes, first guess {(time.perf_counter() - start) * 1e3:.0f} ms"
    )
    start = time.process_time()
    for record in testing:
        areas.guess("", record.text)
    print(f"  then {(time.process_time() - start) / len(testing) * 1e3:.3f} ms each")


if __name__ == "__main__":
    main()
