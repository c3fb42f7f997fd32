"""Which paragraphs of a page are a title, which its abstract, and which neither.

No paragraph is judged alone and none by its place. Each gets the log-odds of being prose rather than a
title, each pair those of belonging together; the reading of the whole page with the highest sum wins.
So a stray or a missing paragraph costs something where it is, and nothing anywhere else.

The coefficients are of logistic regressions on arXiv titles and abstracts, fitted by
``tests/benchmarks/train_alignment.py``; the costs are natural logarithms of how rare each kind of damage is.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from operator import mul
from typing import NamedTuple

STRAY = -4.0
"""A paragraph that is neither title nor abstract."""
TITLE_ONLY = -3.0
"""A title whose abstract is missing."""
UNRELATED = -5.4
"""At worst, a title above an abstract that shares no word with it: likelier so than two losses side by side."""
CONTINUED = -1.5
"""Against an abstract of several paragraphs: to give a paper another's text is worse than to cut its own."""
SHORT = 300
"""Characters under which a paragraph is likelier a remark than a part of an abstract."""
UNBROKEN = 4.0
"""Evidence for a continuation where no blank line parts it from what is above, on a page that has them."""
WITHIN = -0.01
"""For each character of what stands between a title and its abstract: furniture is short, an abstract is not."""
STRAYS_WITHIN = 3
"""At most so many strays stand between a title and its abstract."""
SEEN = 600
"""Characters of a paragraph that tell what it is."""
SEEN_WORDS = 2000
"""Characters of a paragraph that tell what it is about."""
ARXIV_ABSTRACT = 1920
"""Characters that arXiv allows an abstract (https://info.arxiv.org/help/prep.html)."""

PROSE = (-7.197, 3.007, 0.517, 5.516, 5.235, -6.719, -1.984, -0.463)
BELONGS = (-7.432, 0.433, 15.614)
CONTINUES = (-4.362, -0.169, 5.103, 4.195, 1.457, -6.646, 1.191, 1.834, 10.424)

_FUNCTION = """we is are was were be been has have had this that these those which it its they their our can
may will however such also not while when than by as from show shows propose present introduce demonstrate"""
_FUNCTION_WORDS = frozenset(_FUNCTION.split())
_EVERYWHERE = _FUNCTION_WORDS.union(
    [
        "with",
        "more",
        "most",
        "into",
        "over",
        "only",
        "each",
        "both",
        "some",
        "many",
        "betwee",
        "throug",
        "where",
    ]
)
_OPENERS = re.compile(
    r"(?:we|our|in|to|this|these|it|moreover|furthermore|additionally|finally|extensive|experiment(?:s|al)|results"
    r"|specifically|code|however|here|using|with|both|first|second|project|empirically|as)\b",
    re.IGNORECASE,
)
_SENTENCE_BREAK = re.compile(r"[.!?](?<=[a-z0-9)\]%].)[\"')\]]?\s[\"'(]?[A-Z]")
_STEM = 6
_CONTENT = re.compile(rf"(\w{{4,{_STEM}}})\w*")
_NAME = r"(?:[A-Z][\w'’.-]*|de|van|von|der|la|al|bin)"
_PERSON = rf"{_NAME}(?:\s{_NAME}){{1,3}}"
_NAMES = re.compile(
    rf"{_PERSON}(?:,\s{_PERSON})+,?(?:(?:\s(?:and|&))?\s(?:{_PERSON}|\d+\s(?:others|more)|et al\.?))?"
)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph on one line; ``line`` is its first, ``attached`` says that no blank line is above it."""

    text: str
    line: int
    attached: bool = False


class Card(NamedTuple):
    """Indices of a title and of the paragraphs of its abstract, none if it is missing."""

    title: int
    abstract: tuple[int, ...]


def prose_features(text: str) -> tuple[float, ...]:
    """Return what tells prose from a title."""
    text = text[:SEEN]
    words = text.split()
    initials = [word[0] for word in words[1:] if len(word) > 3 and word[0].isalpha()]
    return (
        1.0,
        math.log(len(words) + 1),
        min(3.0, len(_SENTENCE_BREAK.findall(text))),
        float(text.endswith(".")),
        sum(map(_FUNCTION_WORDS.__contains__, text.lower().split())) / (len(words) + 1),
        sum(map(str.isupper, initials)) / (len(initials) + 1),
        float(any(word.endswith(":") for word in words[:6])),
        float(text[:1].islower()),
    )


def stems(text: str) -> frozenset[str]:
    """Return the beginnings of the content words of ``text``."""
    return frozenset(_CONTENT.findall(text[:SEEN_WORDS].lower())) - _EVERYWHERE


def belongs_features(title: frozenset[str], abstract: frozenset[str]) -> tuple[float, ...]:
    """Return what tells that an abstract is that title's, from the stems of both."""
    shared = len(title & abstract)
    return (1.0, math.log(shared + 1), shared / (len(title) + 1))


def continues_features(
    before: str,
    text: str,
    title_words: frozenset[str],
    words_before: frozenset[str],
    words: frozenset[str],
    length: int,
) -> tuple[float, ...]:
    """Return what tells that ``text`` goes on with the abstract that ends with ``before``.

    ``length`` is that of the abstract so far; words are stems.
    """
    shared = words & words_before
    return (
        1.0,
        float(not before.endswith((".", "!", "?", ")"))),
        float(text[:1].islower()),
        len(shared) / (min(len(words), len(words_before)) + 1),
        float(bool(_OPENERS.match(text))),
        float(length + len(text) > ARXIV_ABSTRACT),
        min(1.0, len(text) / SHORT),
        _cut(shared) / (min(_cut(words), _cut(words_before)) + 1),
        len(title_words & words) / (len(title_words) + 1),
    )


def _cut(words: frozenset[str]) -> int:
    """How many of the stems are as long as a stem may be."""
    return [*map(len, words)].count(_STEM)


def log_odds(coefficients: Sequence[float], features: Sequence[float]) -> float:
    """Return the log-odds that a logistic regression gives."""
    total: float = sum(map(mul, coefficients, features))
    return total


class _Step(NamedTuple):
    """The best reading of all paragraphs before one, and whether it ends inside an abstract."""

    score: float
    title: int = 0
    length: int = 0
    before: tuple[int, bool] | None = None
    card: Card | None = None


def align(paragraphs: Sequence[Paragraph]) -> list[Card]:
    """Return the cards of a page in order; a paragraph in none of them is stray. The time is linear."""
    count = len(paragraphs)
    prose = [log_odds(PROSE, prose_features(p.text)) for p in paragraphs]
    as_title, as_prose = [_log_sigmoid(-odds) for odds in prose], [_log_sigmoid(odds) for odds in prose]
    words = [stems(p.text) for p in paragraphs]
    vocabulary = frozenset[str]().union(*(w for w, odds in zip(words, prose, strict=True) if odds > 0))
    spaced = 2 * sum(p.attached for p in paragraphs) < count
    best: list[dict[bool, _Step]] = [{} for _ in range(count + 1)]
    best[0][False] = _Step(0.0)

    def offer(index: int, open_: bool, step: _Step) -> None:
        if open_ not in best[index] or step.score > best[index][open_].score:
            best[index][open_] = step

    for i, this in enumerate(paragraphs):
        text = this.text
        alone = TITLE_ONLY + as_title[i] > STRAY and _names_a_paper(text, words[i], vocabulary)
        open_ = max(best[i], key=lambda state: best[i][state].score)
        score, here = best[i][open_].score, (i, open_)
        offer(i + 1, False, _Step(score + STRAY, 0, 0, here))
        if alone:
            offer(i + 1, False, _Step(score + TITLE_ONLY + as_title[i], 0, 0, here, Card(i, ())))
        strays = 0.0
        for j in range(i + 1, min(i + 2 + STRAYS_WITHIN, count)):
            belongs = _log_sigmoid(log_odds(BELONGS, belongs_features(words[i], words[j])))
            belongs = max(belongs, UNRELATED)
            gain = as_title[i] + strays + as_prose[j] + belongs
            offer(j + 1, True, _Step(score + gain, i, len(paragraphs[j].text), here, Card(i, (j,))))
            strays += STRAY + WITHIN * len(paragraphs[j].text)
        if inside := best[i].get(True):
            score, title, length, _, _ = inside
            before = paragraphs[i - 1].text
            features = continues_features(before, text, words[title], words[i - 1], words[i], length)
            odds = log_odds(CONTINUES, features)
            odds += UNBROKEN if this.attached and spaced else CONTINUED + as_prose[i]
            gain = STRAY + min(-STRAY, odds)
            offer(i + 1, True, _Step(score + gain, title, length + len(text), (i, True), Card(-1, (i,))))
    return _trace(best)


def _trace(best: Sequence[dict[bool, _Step]]) -> list[Card]:
    """Follow the best reading back from its end, and join each abstract's continuations to its card."""
    cards: list[Card] = []
    tail: tuple[int, ...] = ()
    step = max(best[-1].values(), key=lambda s: s.score)
    while step.before is not None:
        if step.card and step.card.title < 0:
            tail = step.card.abstract + tail
        elif step.card:
            cards.append(Card(step.card.title, step.card.abstract + tail))
            tail = ()
        index, open_ = step.before
        step = best[index][open_]
    return cards[::-1]


def _names_a_paper(text: str, words: frozenset[str], vocabulary: frozenset[str]) -> bool:
    """Whether a line without an abstract may be taken for a title.

    Several words written like a title, though no address or list of people; or two that this page uses.
    """
    first, *rest = text.split()
    if len(rest) < 2:
        return len(words) > 1 and words <= vocabulary
    if "://" in text or _NAMES.fullmatch(text):
        return False
    capitals = [word[0].isupper() for word in rest if len(word) > 3]
    return (
        len(rest) > 3 or text.endswith("?") or first.endswith(":") or 0 < len(capitals) <= 2 * sum(capitals)
    )


def _log_sigmoid(odds: float) -> float:
    return -math.log1p(math.exp(-odds)) if odds > -30 else odds
