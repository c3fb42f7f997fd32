"""What a person types into a search → what they ask for. Pure; any text is a query.

====================  =============================================================================
``sparse attention``  papers with these words, best first; see ``search``
``"flow matching"``   the phrase, exactly; in a sentence, quotation marks are quotation marks
``-survey``           not this word; also ``-"flow matching"``, ``-tag:pruning`` and so on
``tag:pruning``       with this tag; a name with spaces in quotes, or with hyphens for them
``author:lovelace``   by a person of that name; ``author:"ada lovelace"`` for more of it
``since:2025-03``     from that day, month or year on
``before:2025-03-11`` from before that day, month or year
``bookmarked:me``     kept by the person who asks
``code:yes``          with a link to code
====================  =============================================================================

What looks like one of these and is none (``foo:bar``, ``since:lately``) is words like any others.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Literal

SHORT = 3
"""Up to this many words a query means all of them; papers with only some come after."""

LONGEST, MOST_WORDS = 10_000, 200
"""Characters and words of a query that are looked at; the rest would cost time and change little."""

MOST_CONDITIONS, LONGEST_PHRASE, LONGEST_POWER = 20, 40, 60
"""Phrases, words left out and filters of a query, each; words of a phrase; characters around an exponent."""

Kind = Literal["tag", "author", "since", "before", "bookmarked", "code"]


@dataclass(frozen=True, slots=True)
class Filter:
    """One condition beside the words. ``value`` is folded; a date is the ISO first day of what was named."""

    kind: Kind
    value: str
    wanted: bool = True


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked for. Words and phrases are in the person's own letters, ``O(N^2)`` being one word."""

    words: tuple[str, ...] = ()
    """At least one must occur; those without content are left out unless there is nothing else. Repeats count."""
    phrases: tuple[str, ...] = ()
    """Each must occur."""
    excluded: tuple[str, ...] = ()
    """None may occur."""
    filters: tuple[Filter, ...] = ()
    title: tuple[str, ...] = ()
    """All words in the order typed, in case they begin a title."""


# A dash counts only where a word could begin: "state-of-the-art" leaves nothing out.
_PIECE = re.compile(
    r'(?P<no>(?<!\S)-)?(?:(?P<key>[a-z]+):)?"(?P<quoted>[^"]*)"|(?P<not>(?<!\S)-(?=\w))?(?P<bare>[^\s"]+)',
    re.I,
)
_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»", '"'))
_WORD = re.compile(r"\w+")
_POWER = re.compile(r"\w\)?\^|[²³¹⁰⁴-⁹]")
_DATE = re.compile(r"(\d{4})(?:-(\d\d?)(?:-(\d\d?))?)?", re.ASCII)

# "I'm", "don't" and "e.g." fall into pieces that would pass for rare words.
_SHORTENED = re.compile(r"\b(?:e\.g|i\.e)\b|\b\w+n['’]t\b|(?<=\w)['’](?:d|ll|m|re|s|ve)\b", re.I)

_STOP = frozenset(
    "a about above after again against all also although always am among an and another any are as at be because "
    "been before being below between both but by can cannot could did do does doing done down during each either "
    "else etc ever every few for from further had has have having he hence her here him his how however i if in "
    "into is it its itself just like many may me might more most much must my neither no nor not now of off often "
    "on once one only onto or other others our out over own per rather s same shall she should since so some such "
    "t than that the their them then there therefore these they this those though through thus to too toward "
    "towards under until up upon us use used using very via was we well were what when where whether which while "
    "who whom whose why will with within without would yet you your".split()
)


def parse(text: str) -> Query:
    """Read a query. Never raises."""
    readable = text[:LONGEST].encode("utf-8", "ignore").decode().replace("\0", " ")
    bare: list[str] = []
    phrases: list[str] = []
    excluded: list[str] = []
    filters: list[Filter] = []
    in_order: list[str] = []
    for piece in _PIECE.finditer(unicodedata.normalize("NFC", readable).translate(_QUOTES)):
        wanted = not (piece["no"] or piece["not"])
        if piece["quoted"] is not None:
            key, value = piece["key"] or "", piece["quoted"]
        else:
            key, _, value = piece["bare"].partition(":")
        condition = _filter(key.casefold(), " ".join(value.split()), wanted)
        if condition is not None:
            filters.append(condition)
            continue
        words = _words(piece["bare"] or key)
        phrase = _phrase(piece["quoted"] or "")
        if wanted:
            bare += words
            phrases += [phrase] if phrase else []
            in_order += _WORD.findall(piece["bare"] or f"{key} {phrase}")
        elif phrase or words:
            excluded.append(" ".join([*words, phrase]).strip())
    if _is_sentence(bare):
        bare += [word for phrase in phrases for word in _words(phrase)]
        phrases = []
    telling = [word for word in bare if word.casefold() not in _STOP]
    alone = not (phrases or filters or excluded)
    return Query(
        words=tuple((telling or (bare if alone else []))[:MOST_WORDS]),
        phrases=tuple(phrases[:MOST_CONDITIONS]),
        excluded=tuple(excluded[:MOST_CONDITIONS]),
        filters=tuple(filters[:MOST_CONDITIONS]),
        title=tuple(in_order) if len(in_order) <= LONGEST_PHRASE else (),
    )


def is_telling(word: str) -> bool:
    """Whether a folded word could tell papers apart: neither a word without content, nor a letter, nor a number."""
    return len(word) > 1 and word not in _STOP and not word.isdigit()


def _filter(key: str, value: str, wanted: bool) -> Filter | None:
    """The condition that an operator states, None if it is no operator or its value says nothing."""
    match key, value.casefold():
        case "tag", name if name:
            return Filter("tag", name, wanted)
        case "author", name if _WORD.search(name):
            return Filter("author", _phrase(name), wanted)
        case ("since" | "before") as kind, named:
            day = _first_day(named)
            return None if day is None else Filter(kind, day.isoformat(), wanted)
        case "bookmarked", "me":
            return Filter("bookmarked", "me", wanted)
        case "code", "yes":
            return Filter("code", "yes", wanted)
        case _:
            return None


def _first_day(named: str) -> date | None:
    """The first day of a year, a month or a day as ISO 8601 writes them, leading zeros optional."""
    match = _DATE.fullmatch(named)
    try:
        return date(*(int(part or 1) for part in match.groups())) if match else None
    except ValueError:
        return None


def _is_sentence(words: list[str]) -> bool:
    """Whether the words outside of quotation marks are a person's prose rather than a list of what to look for."""
    return len(words) > SHORT and any(word.casefold() in _STOP for word in words)


def _words(text: str) -> list[str]:
    """The words of a text; what has an exponent is one word with its brackets."""
    found: list[str] = []
    for piece in text.split():
        has_power = len(piece) <= LONGEST_POWER and _POWER.search(piece)
        found += [piece] if has_power else _WORD.findall(_SHORTENED.sub(" ", piece))
    return found


def _phrase(text: str) -> str:
    """The text with single blanks, empty if there is no word in it."""
    pieces = text.split()[:LONGEST_PHRASE]
    return " ".join(pieces) if any(_WORD.search(piece) for piece in pieces) else ""
