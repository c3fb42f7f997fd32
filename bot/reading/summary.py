"""The one sentence that says what a paper contributes, taken from its abstract.

Every sentence gives some shorter forms (``compress``); a linear ranker, trained listwise on summaries that people
wrote, scores them all (``features``, ``summary_model.json``). The best that reads alone is the summary. Words are
deleted, never added.
"""

import json
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.resources import files
from itertools import accumulate
from typing import Protocol

from bot.reading.alone import LONGEST, SHORTEST, reads_alone
from bot.reading.compress import Form, forms, realise
from bot.reading.features import (
    USUAL,
    Abstract,
    Sentence,
    Word,
    form_features,
    read,
    stretches,
    word_features,
    wording,
)


class Summariser(Protocol):
    """Gives a one-sentence summary of a paper: empty when the abstract is."""

    def __call__(self, title: str, abstract: str, /) -> str:
        """Summarise a paper by its cleaned title and abstract."""
        ...


LONGEST_ABSTRACT = 8_000
"""Characters of an abstract that are read; the longest on arXiv have about 6,000."""
LONGEST_TITLE = 500

_MODEL = "summary_model.json"
_UNIT = 1000
"""The model's integers are thousandths."""
_SENTENCES = 3
"""Sentences whose forms are looked at, best first."""


@cache
def _weights() -> dict[str, float]:
    text = files("bot.reading").joinpath(_MODEL).read_text("utf-8")
    return {name: value / _UNIT for name, value in json.loads(text).items()}


@lru_cache(maxsize=50_000)
def _worth(word: Word) -> float:
    weights = _weights().get
    return sum([weights(name, 0.0) for name in word_features(word)])


def summarise(title: str, abstract: str) -> str:
    """One sentence made of the abstract's words, in their order; empty when it has none.

    Fit to be read without the abstract when any of its sentences is: see ``alone.reads_alone``.
    """
    weights = _weights().get
    document = read(title[:LONGEST_TITLE], abstract[:LONGEST_ABSTRACT])
    rated = [(sum([weights(name, 0.0) for name in each.features]), each) for each in document.sentences]
    rated.sort(key=lambda each: -each[0])

    texts: list[str] = []
    for some in (rated[:_SENTENCES], rated[_SENTENCES:]):
        found: list[tuple[float, str, Form]] = []
        for worth, sentence in some:
            found += _rate(document, sentence, worth)
        found.sort(key=lambda each: -each[0])
        for _, text, form in found:
            texts.append(realise(text, form))
            if reads_alone(texts[-1]):
                return texts[-1]
    return min(texts, key=_misfit, default="")


def _rate(document: Abstract, sentence: Sentence, worth: float) -> Iterator[tuple[float, str, Form]]:
    """The scored forms of a sentence that is ``worth`` so much in its place."""
    weights = _weights().get
    words = wording(document, sentence)
    worths = list(accumulate(map(_worth, words.words), initial=0.0))
    for form in forms(sentence.text):
        kept = stretches(sentence, form)
        size = sum([last - first for first, last in kept])
        if size:
            names = form_features(document, sentence, words, form, kept)
            own = sum([weights(name, 0.0) for name in names])
            said = sum([worths[last] - worths[first] for first, last in kept]) / (size + USUAL)
            yield worth + own + said, sentence.text, form


def _misfit(text: str) -> int:
    """By how many words a text is too long or too short for a summary."""
    size = len(text.split())
    return max(SHORTEST - size, size - LONGEST, 0)
