"""Areas: arXiv categories, cleaned when a digest gives them and guessed from the text when it does not.

The guess is a linear classifier, one row of 8-bit weights per word and one threshold per label, trained by
``tests/benchmarks/train_areas.py`` on arXiv metadata (CC0) and kept beside this file. It knows only the
categories with enough examples there; ``given`` knows every active category of arXiv.
"""

import json
import math
import re
import zlib
from array import array
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from operator import mul
from pathlib import Path

_CODES = {
    "astro-ph": "CO EP GA HE IM SR",
    "cond-mat": "dis-nn mes-hall mtrl-sci other quant-gas soft stat-mech str-el supr-con",
    "cs": "AI AR CC CE CG CL CR CV CY DB DC DL DM DS ET FL GL GR GT HC IR IT LG LO MA MM MS NA NE NI OH OS "
    "PF PL RO SC SD SE SI SY",
    "econ": "EM GN TH",
    "eess": "AS IV SP SY",
    "math": "AC AG AP AT CA CO CT CV DG DS FA GM GN GR GT HO IT KT LO MG MP NA NT OA OC PR QA RA RT SG SP ST",
    "nlin": "AO CD CG PS SI",
    "physics": "acc-ph ao-ph app-ph atm-clus atom-ph bio-ph chem-ph class-ph comp-ph data-an ed-ph flu-dyn "
    "gen-ph geo-ph hist-ph ins-det med-ph optics plasm-ph pop-ph soc-ph space-ph",
    "q-bio": "BM CB GN MN NC OT PE QM SC TO",
    "q-fin": "CP EC GN MF PM PR RM ST TR",
    "stat": "AP CO ME ML OT TH",
}
CATEGORIES = frozenset(
    {f"{archive}.{code}" for archive, codes in _CODES.items() for code in codes.split()}
    | {"gr-qc", "hep-ex", "hep-lat", "hep-ph", "hep-th", "math-ph", "nucl-ex", "nucl-th", "quant-ph"}
)
"""Every active arXiv category (https://arxiv.org/category_taxonomy)."""

# arXiv lists each of these under two names; one is kept, so that a filter on it finds every such paper.
_TWINS = {
    "math.IT": "cs.IT",
    "cs.NA": "math.NA",
    "cs.SY": "eess.SY",
    "math.MP": "math-ph",
    "stat.TH": "math.ST",
    "q-fin.EC": "econ.GN",
}

_MODEL = Path(__file__).with_name("areas.bin")
_MOST_GUESSED = 3
_MOST_CHARACTERS = 20_000
_SEPARATOR = re.compile(r"[\s,;]+")
_WORD = re.compile(r"[a-z][a-z0-9]+")


def given(categories: Iterable[str]) -> tuple[str, ...]:
    """The arXiv categories among these, in order, once each; ACM and MSC classes fall out."""
    codes = (code for text in categories for code in _SEPARATOR.split(text))
    return tuple(dict.fromkeys(_TWINS.get(code, code) for code in codes if code in CATEGORIES))


def guess(title: str, abstract: str) -> tuple[str, ...]:
    """One to three arXiv categories that the text speaks for, surest first; none if it has no known word."""
    return _model().guess(words(f"{title}\n{abstract}"))


def words(text: str) -> list[str]:
    """The words that the classifier sees, in order."""
    return _WORD.findall(text[:_MOST_CHARACTERS].lower())


@dataclass(frozen=True, slots=True)
class Classifier:
    """Linear scores over length-normalised TF-IDF (logarithmic term frequency), one per label.

    ``weights`` holds a row of ``len(labels)`` signed bytes for each word of ``rows``; a label's score is
    the dot product times its ``scales`` entry, plus its ``margins`` entry: positive when the label applies.
    """

    labels: tuple[str, ...]
    margins: tuple[float, ...]
    scales: tuple[float, ...]
    rows: dict[str, int]
    idf: "array[float]"
    weights: "array[int]"

    def guess(self, words: list[str]) -> tuple[str, ...]:
        """The labels that apply, at most three, best first; the likeliest one when none clearly does."""
        width, rows, weights = len(self.labels), self.rows, self.weights
        known = [(rows[word], count) for word, count in Counter(words).items() if word in rows]
        values = [(1 + math.log(count)) * self.idf[row] for row, count in known]
        norm = math.sqrt(sum(map(mul, values, values)))
        if not norm:
            return ()
        columns = zip(*(weights[row * width : (row + 1) * width] for row, _ in known), strict=True)
        scores = [sum(map(mul, values, column)) for column in columns]
        scored = sorted(
            (
                (score / norm * scale + margin, label)
                for score, scale, margin, label in zip(
                    scores, self.scales, self.margins, self.labels, strict=True
                )
            ),
            key=lambda pair: (-pair[0], pair[1]),
        )
        applying = [label for score, label in scored[:_MOST_GUESSED] if score > 0]
        return tuple(applying) or (scored[0][1],)


def pack(classifier: Classifier) -> bytes:
    """The classifier as the bytes that ``unpack`` reads: JSON, a line of words, arrays; deflated."""
    head = json.dumps(
        {"labels": classifier.labels, "margins": classifier.margins, "scales": classifier.scales}
    )
    text = f"{head}\n{' '.join(classifier.rows)}\n".encode()
    return zlib.compress(text + classifier.idf.tobytes() + classifier.weights.tobytes(), 9)


def unpack(data: bytes) -> Classifier:
    """The inverse of ``pack``."""
    head, vocabulary, arrays = zlib.decompress(data).split(b"\n", 2)
    meta = json.loads(head)
    rows = {word: row for row, word in enumerate(vocabulary.decode().split(" "))}
    idf, weights = array("f"), array("b")
    idf.frombytes(arrays[: len(rows) * idf.itemsize])
    weights.frombytes(arrays[len(rows) * idf.itemsize :])
    return Classifier(
        tuple(meta["labels"]), tuple(meta["margins"]), tuple(meta["scales"]), rows, idf, weights
    )


@cache
def _model() -> Classifier:
    return unpack(_MODEL.read_bytes())
