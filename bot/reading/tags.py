"""Topics: which of the owner's tags a paper is about.

The owner's file (TOML) gives each topic its phrases. They are looked up word by word in one pass over title
and abstract, so a thousand phrases cost no more than ten. What a match is worth depends on where it stands:
a title says what a paper is about, a sentence that starts "we propose" nearly so, a comparison ("unlike
quantization") hardly, a denial ("without pruning") not at all.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import product
from typing import Literal, NamedTuple, get_args

from bot.errors import SettingsError

MOST_TAGS = 5
OTHER = "other"
_MOST_CHARACTERS = 20_000
_MOST_REMEMBERED = 50_000
_MOST_HYPHENS = 5

Kind = Literal["phrases", "in_title", "abbreviations", "hints"]

_NAMING: tuple[Kind, ...] = ("phrases", "in_title")

# What a match is worth, by kind. An abbreviation counts like a phrase, but only where a hint is met too.
# These weights were set by hand on the development half of the labels of tests/benchmarks/tags_quality.py.
_IN_TITLE: dict[Kind, float] = {"phrases": 5.0, "in_title": 5.0, "abbreviations": 5.0, "hints": 1.0}
_IN_ABSTRACT: dict[Kind, float] = {"phrases": 1.0, "in_title": 0.4, "abbreviations": 1.0, "hints": 0.4}
_CONTRIBUTION = 1.6  # in a sentence that says what the paper does
_MENTION = 0.35  # in a comparison or an example
_MOST_COUNTED = 4.0  # matches of one topic and kind in an abstract
_ENOUGH = 3.5  # for a tag
_ENOUGH_ALONE = 1.5  # for the best one, where none has enough
_SHARE_OF_BEST = 0.2

_PHRASE = re.compile(r"=?[^\W_]+(?:[ -][^\W_]+)*")
_TOKEN = re.compile(r"[^\W_]+|[.!?](?=\s|$)|[,;:()]")
_ENDS = frozenset(".!?")
_PAUSES = frozenset(",;:()")
_CLOSES = frozenset(")")
_STOPS = _ENDS | _PAUSES
_PROPOSING = frozenset(
    "propose proposes proposed present presents introduce introduces develop develops design paper work study "
    "investigate explore our".split()
)
# Words that weaken what follows them: how much of its worth is left, and for how many words.
_CUES = {
    **dict.fromkeys(("without", "unlike", "no", "avoiding", "avoids", "eliminating", "eliminates"), (0.0, 4)),
    **dict.fromkeys(("instead", "rather", "beyond", "not"), (0.0, 3)),
    **dict.fromkeys(("existing", "previous", "prior", "conventional", "traditional", "than"), (_MENTION, 4)),
    **dict.fromkeys(("versus", "vs", "orthogonal", "compatible", "like"), (_MENTION, 4)),
    **dict.fromkeys(("including", "such"), (_MENTION, 12)),
}
_DENYING_SUFFIXES = frozenset(("free", "less"))


_IGNORED = -1


class _Claim(NamedTuple):
    """A phrase's end in the trie: its topic, its kind, and which of its words (place, word) must be as written."""

    topic: int
    kind: Kind
    written: tuple[tuple[int, str], ...]


# A phrase's stems, and which of its words (place, word) must be as written.
_Reading = tuple[tuple[str, ...], tuple[tuple[int, str], ...]]


class _Node:
    """A word's place in the trie of all phrases, keyed by stem."""

    __slots__ = ("claims", "next")

    def __init__(self) -> None:
        self.next: dict[str, _Node] | None = None
        self.claims: tuple[_Claim, ...] = ()


@dataclass(frozen=True, slots=True)
class _Word:
    """What a word does: is a phrase, begins longer ones, weakens what follows, tells what the paper does.

    ``marks`` says that it is a word of the last two kinds, or a punctuation mark.
    """

    claims: Sequence[_Claim]
    begins: Mapping[str, _Node]
    cue: tuple[float, int] | None
    proposes: bool
    marks: bool


_Counts = dict[tuple[int, Kind], float]


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """The owner's topics, ready to be looked up; ``names`` are in the file's order."""

    names: tuple[str, ...]
    _starts: Mapping[str, _Node]
    _words: dict[str, _Word | None] = field(default_factory=dict, repr=False, compare=False)

    def tags(self, title: str, abstract: str) -> tuple[str, ...]:
        """One to five topics that the paper is about, best first; ``("other",)`` when none fits."""
        best = self.scores(title, abstract)
        enough = [name for name, score in best if score >= max(_ENOUGH, _SHARE_OF_BEST * best[0][1])]
        if not enough and best and best[0][1] >= _ENOUGH_ALONE:
            enough = [best[0][0]]
        return tuple(enough[:MOST_TAGS]) or (OTHER,)

    def scores(self, title: str, abstract: str) -> list[tuple[str, float]]:
        """Every topic that is named at all with its score, best first."""
        named: dict[int, float] = {}
        shortened: dict[int, float] = {}
        hinted: dict[int, float] = {}
        sums = {"phrases": named, "in_title": named, "abbreviations": shortened, "hints": hinted}
        for text, worth, most in ((title, _IN_TITLE, 1.0), (abstract, _IN_ABSTRACT, _MOST_COUNTED)):
            for (topic, kind), count in self._counts(text).items():
                sums[kind][topic] = sums[kind].get(topic, 0.0) + worth[kind] * min(count, most)
            sums["in_title"] = hinted
        scores = [
            (
                self.names[topic],
                max(named.get(topic, 0.0), shortened.get(topic, 0.0)) + hinted.get(topic, 0.0),
            )
            for topic in named.keys() | (shortened.keys() & hinted.keys())
        ]
        return sorted(scores, key=lambda pair: (-pair[1], pair[0]))

    def _counts(self, text: str) -> _Counts:
        """How often each topic is met by a phrase that stands in no longer one, each weighed by its sentence."""
        tokens = [*_TOKEN.findall(text[:_MOST_CHARACTERS]), "."]
        known = self._words
        if len(known) > _MOST_REMEMBERED:
            known.clear()
        for token in set(tokens).difference(known):
            known[token] = self._learn(token)
        words = map(known.__getitem__, tokens)
        counts: _Counts = {}
        sentence: list[tuple[_Claim, float]] = []
        proposing, covered = False, 0
        left, until = 1.0, 0
        for at, word in [(at, word) for at, word in enumerate(words) if word is not None]:
            if word.marks:
                token = tokens[at]
                if token in _ENDS:
                    _add(counts, sentence, _CONTRIBUTION if proposing else 1.0)
                    sentence, proposing, until = [], False, 0
                    continue
                if token in _PAUSES:
                    # A list that "such as" opened runs on over commas; anything shorter ends here.
                    until = at if token in _CLOSES or until < at + 8 else until
                    continue
                proposing = proposing or word.proposes
                if word.cue is not None:
                    left, until = word.cue[0], at + 1 + word.cue[1]
            end, claims, begins = at + 1, word.claims, word.begins
            if begins and stem(tokens[end]) in begins:
                end, claims = _longest(word, tokens, at)
            if not claims or end <= covered:
                continue
            worth = 0.0 if tokens[end] in _DENYING_SUFFIXES else left if at < until else 1.0
            for claim in claims:
                if claim.kind != "hints":
                    covered = end
                if claim.topic != _IGNORED:
                    sentence.append((claim, worth))
        return counts

    def _learn(self, token: str) -> _Word | None:
        lower = token.lower()
        cue, proposes = _CUES.get(lower), lower in _PROPOSING
        marks = proposes or cue is not None or token in _STOPS
        node = self._starts.get(stem(token))
        known = None
        if node or marks:
            node = node or _Node()
            claims = tuple(claim for claim in node.claims if _as_written(claim, [token], 0))
            known = _Word(claims, node.next or {}, cue, proposes, marks)
        return known


def _longest(word: _Word, tokens: list[str], at: int) -> tuple[int, Sequence[_Claim]]:
    """Where the longest phrase that begins with this word ends, and whose it is."""
    best: tuple[int, Sequence[_Claim]] = at + 1, word.claims
    following, end = word.begins, at + 1
    while end < len(tokens) and (node := following.get(stem(tokens[end]))):
        following, end = node.next or {}, end + 1
        claims = [claim for claim in node.claims if _as_written(claim, tokens, at)]
        best = (end, claims) if claims else best
    return best


def _add(counts: _Counts, sentence: list[tuple[_Claim, float]], factor: float) -> None:
    for claim, worth in sentence:
        key = claim.topic, claim.kind
        counts[key] = counts.get(key, 0.0) + factor * worth


def load_taxonomy(text: str, *, name: str) -> Taxonomy:
    """The taxonomy in a TOML text; ``name`` is what its errors call the file.

    Each table is a topic: ``phrases`` name it wherever they stand, ``in_title`` only in a title,
    ``abbreviations`` only where a hint of it is met too; ``hints`` speak for it a little. The list ``ignore``
    at the top holds phrases that look like a topic's and are not. A word with a capital in it must stand as
    written, any other in any inflection; a hyphen may be a space or nothing; ``=`` before a phrase holds it
    to the letter.

    Raises SettingsError if the text is no TOML, a key is unknown or empty, or two topics claim one phrase.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{name}: not valid TOML: {error}") from error
    root = _Node()
    owners: dict[_Reading, str] = {}
    for phrase in _strings(data.pop("ignore", []), f"{name}: ignore"):
        for reading in _readings(phrase, f"{name}: ignore"):
            _insert(root, reading, _IGNORED, "phrases")
    for topic, (title, table) in enumerate(data.items()):
        where = f"{name}: [{title}]"
        if not isinstance(table, dict):
            raise SettingsError(f'{name}: {title}: must be a table: ["{title}"], then phrases = ["{title}"]')
        if title != title.lower() or title == OTHER:
            raise SettingsError(f'{where}: a topic\'s name is lower-case and not "{OTHER}"')
        if not any(table.get(kind) for kind in _NAMING):
            raise SettingsError(f"{where}: phrases is missing or empty; give at least one")
        for kind, phrases in table.items():
            if kind not in get_args(Kind):
                raise SettingsError(f"{where}: {kind} is unknown; use {', '.join(get_args(Kind))}")
            for phrase in _strings(phrases, f"{where} {kind}"):
                for reading in _readings(phrase, f"{where} {kind}"):
                    owner = owners.setdefault(reading, title) if kind in _NAMING else title
                    if owner != title:
                        raise SettingsError(f'{where} {kind}: "{phrase}" is claimed by [{owner}] too')
                    _insert(root, reading, topic, kind)
    if not data:
        raise SettingsError(f"{name}: no topic in it")
    return Taxonomy(tuple(data), root.next or {})


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """A word in lower case without its inflection, rough but the same for all its forms."""
    word = word.lower()
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-3] + "y" if word.endswith("ies") and len(word) > 4 else word[:-1]
    if len(word) <= 3:
        return word
    if "is" in word:
        word = _BRITISH.sub("iz", word)
    if word.endswith(("ing", "ed", "ion")) and not word.endswith("eed"):
        suffix = "ization" if word.endswith("ization") else "ed" if word.endswith("ed") else word[-3:]
        rest = word[: -len(suffix)]
        if len(rest) >= (5 if suffix == "ion" else 3) and not _VOWELS.isdisjoint(rest):
            word = rest + "iz" if suffix == "ization" else rest
    if len(word) > 3:
        word = word.removesuffix("e")
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in _VOWELS:
        word = word[:-1]
    return word[:-3] + "or" if word.endswith("our") and len(word) > 4 else word


_VOWELS = frozenset("aeiouy")
_BRITISH = re.compile("is(?=(?:e|ed|es|er|ers|ing|ation|ations)$)")


def _as_written(claim: _Claim, tokens: list[str], at: int) -> bool:
    for place, word in claim.written:
        token = tokens[at + place]
        if (token.lower() if word.islower() else token) not in (word, word + "s"):
            return False
    return True


def _insert(root: _Node, reading: _Reading, topic: int, kind: Kind) -> None:
    node = root
    for word in reading[0]:
        if node.next is None:
            node.next = {}
        node = node.next.get(word) or node.next.setdefault(word, _Node())
    claim = _Claim(topic, kind, reading[1])
    if claim not in node.claims:
        node.claims += (claim,)


def _readings(phrase: str, where: str) -> list[_Reading]:
    """The ways to write a phrase: a word with hyphens in it as several words or as one."""
    if not _PHRASE.fullmatch(phrase):
        raise SettingsError(f'{where}: "{phrase}" must be words, with spaces or hyphens between them')
    text = phrase.removeprefix("=")
    if text.count("-") > _MOST_HYPHENS:
        raise SettingsError(
            f'{where}: "{phrase}" has more than {_MOST_HYPHENS} hyphens; write spaces instead'
        )
    spellings = [text.split()]
    if "-" in text:
        either = ((word.replace("-", " "), word.replace("-", "")) for word in spellings[0])
        spellings = [" ".join(words).split() for words in product(*map(dict.fromkeys, either))]
    as_written = text != phrase or text != text.lower()
    return [
        (
            tuple(map(stem, words)),
            tuple((i, word) for i, word in enumerate(words) if text != phrase or word != word.lower())
            if as_written
            else (),
        )
        for words in spellings
    ]


def _strings(value: object, where: str) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise SettingsError(f'{where}: must be a list of phrases, such as ["image classification"]')
    return value
