"""Topics: which of the owner's tags a paper is about.

The owner's file (TOML) gives each topic its phrases. They are looked up word by word in one pass over title
and abstract, so a thousand phrases cost no more than ten. What a match is worth depends on where it stands:
a title says what a paper is about, a sentence that starts "we propose" nearly so, a comparison ("unlike
quantization") hardly, a denial ("without pruning") not at all.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import product
from typing import Literal, NamedTuple, get_args

from bot.errors import SettingsError

MOST_TAGS = 5
OTHER = "other"
_MOST_CHARACTERS = 20_000
_MOST_REMEMBERED = 50_000

Kind = Literal["phrases", "abbreviations", "hints"]

# What a match is worth, by kind: in the title, in the abstract. A topic's abbreviation counts like a phrase,
# but only where another phrase or a hint of the topic is met too.
_IN_TITLE = {"phrases": 5.0, "abbreviations": 5.0, "hints": 1.0}
_IN_ABSTRACT = {"phrases": 1.0, "abbreviations": 1.0, "hints": 0.4}
_CONTRIBUTION = 1.6
_MENTION = 0.35
_MOST_IN_TITLE = 1.0
_MOST_IN_ABSTRACT = 4.0
_ENOUGH = 2.0
_ENOUGH_ALONE = 0.9
_SHARE_OF_BEST = 0.2

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
    """A phrase's end in the trie: whose it is, and which of its words (place, word) must be as written."""

    topic: int
    kind: Kind
    written: tuple[tuple[int, str], ...]


class _Node:
    """A word's place in the trie of all phrases, keyed by stem."""

    __slots__ = ("claims", "next")

    def __init__(self) -> None:
        self.next: dict[str, _Node] = {}
        self.claims: list[_Claim] = []


class _Word(NamedTuple):
    """What a word does: starts a phrase, weakens what follows, says that the sentence is about the paper."""

    node: _Node | None
    cue: tuple[float, int] | None
    proposes: bool


_NOTHING = _Word(None, None, False)


class _Match(NamedTuple):
    topic: int
    kind: Kind
    worth: float


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """The owner's topics, ready to be looked up; ``names`` are in the file's order."""

    names: tuple[str, ...]
    _root: _Node
    _words: dict[str, _Word | None] = field(default_factory=dict, repr=False, compare=False)

    def tags(self, title: str, abstract: str) -> tuple[str, ...]:
        """One to five topics that the paper is about, best first; ``("other",)`` when none fits."""
        best = self.scores(title, abstract)
        enough = [name for name, score in best if score >= max(_ENOUGH, _SHARE_OF_BEST * best[0][1])]
        if not enough and best and best[0][1] >= _ENOUGH_ALONE:
            enough = [best[0][0]]
        return tuple(enough[:MOST_TAGS]) or (OTHER,)

    def scores(self, title: str, abstract: str) -> list[tuple[str, float]]:
        """Every topic that is met at all with its score, best first."""
        sure: dict[int, float] = {}
        held: dict[int, float] = {}
        for matches, worth, most in (
            (self._matches(title), _IN_TITLE, _MOST_IN_TITLE),
            (self._matches(abstract), _IN_ABSTRACT, _MOST_IN_ABSTRACT),
        ):
            sums: dict[tuple[int, Kind], float] = {}
            for match in matches:
                key = match.topic, match.kind
                sums[key] = sums.get(key, 0.0) + match.worth
            for (topic, kind), total in sums.items():
                part = held if kind == "abbreviations" else sure
                part[topic] = part.get(topic, 0.0) + worth[kind] * min(total, most)
        scores = [
            (self.names[topic], total + held.get(topic, 0.0)) for topic, total in sure.items() if total > 0
        ]
        return sorted(scores, key=lambda pair: (-pair[1], pair[0]))

    def _matches(self, text: str) -> list[_Match]:
        """Every phrase met, nested ones of other topics too, with what its sentence leaves of its worth."""
        tokens = _TOKEN.findall(text[:_MOST_CHARACTERS])
        words = self._words
        found: list[_Match] = []
        covered: dict[int, int] = {}
        first_of_sentence, ignored, factor, until, proposing = 0, 0, 1.0, 0, False
        for at, token in enumerate(tokens):
            try:
                word = words[token]
            except KeyError:
                word = self._learn(token)
            if word is None:
                continue
            if token in _ENDS:
                if proposing:
                    _strengthen(found, first_of_sentence)
                first_of_sentence, until, proposing = len(found), 0, False
                continue
            if token in _PAUSES:
                # A list that "such as" opened runs on over commas; anything shorter ends here.
                until = at if token in _CLOSES or until < at + 8 else until
                continue
            proposing = proposing or word.proposes
            if word.cue is not None:
                factor, until = word.cue[0], at + 1 + word.cue[1]
            if word.node is None:
                continue
            claims = _claims_at(word.node, tokens, at)
            if _IGNORED in claims:
                ignored = max(ignored, claims.pop(_IGNORED)[0])
            for topic, (end, kind) in claims.items():
                if end > max(ignored, covered.get(topic, 0)):
                    covered[topic] = end
                    denied = end < len(tokens) and tokens[end] in _DENYING_SUFFIXES
                    left = 0.0 if denied else factor if at < until else 1.0
                    found.append(_Match(topic, kind, left))
        if proposing:
            _strengthen(found, first_of_sentence)
        return found

    def _learn(self, token: str) -> _Word | None:
        lower = token.lower()
        word = _Word(self._root.next.get(stem(token)), _CUES.get(lower), lower in _PROPOSING)
        known = word if token in _STOPS or word != _NOTHING else None
        if len(self._words) > _MOST_REMEMBERED:
            self._words.clear()
        self._words[token] = known
        return known


def _claims_at(node: _Node | None, tokens: list[str], at: int) -> dict[int, tuple[int, Kind]]:
    """For each topic (or ``_IGNORED``) the end and kind of its longest phrase that begins at this token."""
    longest: dict[int, tuple[int, Kind]] = {}
    end = at
    while node is not None:
        end += 1
        for claim in node.claims:
            if not claim.written or _as_written(claim, tokens, at):
                known = longest.get(claim.topic)
                if known is None or known[0] < end or claim.kind == "phrases":
                    longest[claim.topic] = end, claim.kind
        node = node.next.get(stem(tokens[end])) if node.next and end < len(tokens) else None
    return longest


def load_taxonomy(text: str, *, name: str) -> Taxonomy:
    """The taxonomy in a TOML text; ``name`` is what its errors call the file.

    Each table is a topic: ``phrases`` name it wherever they stand, ``abbreviations`` only beside another sign
    of it, ``hints`` speak for it a little. The list ``ignore`` at the top holds phrases that look like a
    topic's and are not. A word with a capital in it must stand as written, any other in any inflection; a
    hyphen may be a space or nothing; ``=`` before a phrase holds it to the letter.

    Raises SettingsError if the text is no TOML, a key is unknown or empty, or two topics claim one phrase.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{name}: not valid TOML: {error}") from error
    root = _Node()
    owners: dict[tuple[tuple[str, ...], tuple[tuple[int, str], ...]], str] = {}
    for phrase in _strings(data.pop("ignore", []), f"{name}: ignore"):
        for stems, written in _readings(phrase, f"{name}: ignore"):
            _insert(root, stems, _Claim(_IGNORED, "phrases", written))
    for topic, (title, table) in enumerate(data.items()):
        where = f"{name}: [{title}]"
        if not isinstance(table, dict):
            raise SettingsError(f'{name}: {title}: must be a table: ["{title}"], then phrases = ["{title}"]')
        if title != title.lower() or title == OTHER:
            raise SettingsError(f'{where}: a topic\'s name is lower-case and not "{OTHER}"')
        if not table.get("phrases"):
            raise SettingsError(f"{where}: phrases is missing or empty; give at least one")
        for kind, phrases in table.items():
            if kind not in get_args(Kind):
                raise SettingsError(f"{where}: {kind} is unknown; use {', '.join(get_args(Kind))}")
            for phrase in _strings(phrases, f"{where} {kind}"):
                for stems, written in _readings(phrase, f"{where} {kind}"):
                    owner = owners.setdefault((stems, written), title) if kind == "phrases" else title
                    if owner != title:
                        raise SettingsError(f'{where} phrases: "{phrase}" is claimed by [{owner}] too')
                    _insert(root, stems, _Claim(topic, kind, written))
    if not data:
        raise SettingsError(f"{name}: no topic in it")
    return Taxonomy(tuple(data), root)


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """A word in lower case without its inflection, rough but the same for all its forms."""
    word = word.lower()
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-3] + "y" if word.endswith("ies") and len(word) > 4 else word[:-1]
    if len(word) <= 3:
        return word
    word = _BRITISH.sub("iz", word)
    for suffix in ("ization", "ion", "ing", "ed"):
        rest = word[: -len(suffix)]
        if word.endswith(suffix) and not word.endswith("eed") and len(rest) >= 3 and _VOWEL.search(rest):
            word = rest + "iz" if suffix == "ization" else rest
            break
    word = word.removesuffix("e") if len(word) > 3 else word
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "aeiou":
        word = word[:-1]
    return word[:-3] + "or" if word.endswith("our") and len(word) > 4 else word


_VOWEL = re.compile("[aeiouy]")
_BRITISH = re.compile("is(?=(?:e|ed|es|er|ers|ing|ation|ations)$)")


def _as_written(claim: _Claim, tokens: list[str], at: int) -> bool:
    for place, word in claim.written:
        token = tokens[at + place]
        if (token.lower() if word.islower() else token) not in (word, word + "s"):
            return False
    return True


def _strengthen(matches: list[_Match], first: int) -> None:
    matches[first:] = [
        _Match(match.topic, match.kind, match.worth * _CONTRIBUTION) for match in matches[first:]
    ]


def _insert(root: _Node, stems: tuple[str, ...], claim: _Claim) -> None:
    node = root
    for each in stems:
        node = node.next.setdefault(each, _Node())
    if claim not in node.claims:
        node.claims.append(claim)


def _readings(phrase: str, where: str) -> Iterator[tuple[tuple[str, ...], tuple[tuple[int, str], ...]]]:
    """The ways to write a phrase: each hyphen as a gap or as nothing."""
    exact = phrase.startswith("=")
    pieces = phrase.removeprefix("=").split("-")
    for joints in product((" ", ""), repeat=min(len(pieces) - 1, 3)):
        spelled = pieces[0] + "".join(
            (joints[i] if i < len(joints) else " ") + piece for i, piece in enumerate(pieces[1:])
        )
        words = _TOKEN.findall(spelled)
        if not words or not all(word.isalnum() for word in words):
            raise SettingsError(f'{where}: "{phrase}" must be words, with spaces or hyphens between them')
        written = tuple((i, word) for i, word in enumerate(words) if exact or word != word.lower())
        yield tuple(stem(word) for word in words), written


def _strings(value: object, where: str) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise SettingsError(f'{where}: must be a list of phrases, such as ["image classification"]')
    return value
