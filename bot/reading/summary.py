"""The one sentence of an abstract that says what the paper contributes."""

import re
from typing import Protocol

from bot.reading.sentences import sentences


class Summariser(Protocol):
    """Gives a one-sentence summary of a paper: empty when the abstract is."""

    def __call__(self, title: str, abstract: str, /) -> str:
        """Summarise a paper by its cleaned title and abstract."""
        ...


LONGEST_ABSTRACT = 20_000
"""Characters of an abstract that are read; the longest on arXiv have about 6,000."""

_CUE = re.compile(
    r"\b(?:we|this (?:paper|work|article|study)|(?:our|the) (?:method|approach|model|framework))\b"
    r"[\w ,]{0,30}?\b(?:propos|introduc|present|develop|describ|design|show|demonstrat|prov|deriv|releas)",
    re.I,
)
_OPENER = re.compile(
    r"(?:In this (?:paper|work|article|study|report),?|Here,?|However,|Moreover,|Furthermore,|Specifically,"
    r"|In particular,|To this end,|Therefore,|Thus,|Instead,|Finally,|Additionally,|In addition,) (?=\w)"
)
_WORD = re.compile(r"[a-z0-9]{3,}")


def summarise(title: str, abstract: str) -> str:
    """One sentence of the abstract, less its opener; empty when the abstract is. Never adds a word."""
    found = sentences(abstract[:LONGEST_ABSTRACT])
    if not found:
        return ""
    wanted = frozenset(_WORD.findall(title.lower()))

    def worth(place: int) -> float:
        sentence = found[place]
        words = _WORD.findall(sentence.lower())
        overlap = sum(word in wanted for word in words) / (4 + len(words))
        return (
            4 * bool(_CUE.search(sentence))
            + 6 * overlap
            - 2 * (place == 0 and len(found) > 1)
            - 0.1 * place
            - 3 * (not 8 <= len(sentence.split()) <= 35)
        )

    best = found[max(range(len(found)), key=worth)]
    opener = _OPENER.match(best)
    if opener:
        best = best[opener.end() :]
    return best[0].upper() + best[1:]
