"""Which papers of a post match what people follow."""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Literal

from bot.models import Brief, Follow, Match

_BETWEEN = re.compile(r"[\W_]+")


def matches(briefs: Sequence[Brief], follows: Iterable[Follow]) -> tuple[Match, ...]:
    """What is followed and occurs among these papers, by tag or phrase; papers in the order given.

    A tag is followed as the taxonomy names it. A phrase occurs where its words stand one after the other in title or
    abstract, whatever their case and whatever joins them: ``state space`` is in "State-Space Models".
    """
    wanted = sorted({(follow.value, follow.kind) for follow in follows})
    texts = [_words(f"{brief.paper.title}\n{brief.paper.abstract}") for brief in briefs] if wanted else []
    found = []
    for value, kind in wanted:
        occurs = _occurrence(kind, value)
        papers = [
            (brief.paper.id, brief.paper.title)
            for brief, text in zip(briefs, texts, strict=True)
            if brief.paper.id is not None and occurs(brief, text)
        ]
        if papers:
            found.append(Match(kind, value, tuple(papers)))
    return tuple(found)


def to_be_told(found: Sequence[Match], follows: Iterable[Follow]) -> list[str]:
    """The people who asked for a direct message about one of these matches."""
    matched = {(match.kind, match.value) for match in found}
    return sorted({one.person for one in follows if one.direct and (one.kind, one.value) in matched})


def _occurrence(kind: Literal["tag", "phrase"], value: str) -> Callable[[Brief, str], bool]:
    if kind == "tag":
        return lambda brief, _: value in brief.tags
    words = _words(value)
    return lambda _, text: bool(words.strip()) and words in text


def _words(text: str) -> str:
    """The words of a text, each between two spaces."""
    return f" {_BETWEEN.sub(' ', text.casefold()).strip()} "
