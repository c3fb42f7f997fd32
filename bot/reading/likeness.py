"""How alike two titles, two author lists and two abstracts are: measures only, no decisions."""

import html
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TypeVar

T = TypeVar("T")

# Longer texts are cut before they are compared, in characters.
LONGEST_TITLE = 1000
LONGEST_ABSTRACT = 20_000
# An abstract of fewer words is never taken for the beginning of another.
SHORTEST_BEGINNING = 12

_WORD = re.compile(r"[^\W_]+[+#]*")
_NOT_IN_KEY = re.compile(r"[^\w+#]|_")
_ASCII_NOT_IN_KEY = bytes(code for code in range(128) if _NOT_IN_KEY.match(chr(code)))
_NUMBER = re.compile(r"\d+(?:\.\d+)*")
_NAME = re.compile(r"[^\W\d_]+")
_BREAK = re.compile(r"[:?!.(\[–—]|\s-+\s|--")

_STOP_WORDS = frozenset(
    _WORD.findall(
        "a an and are as at be by can do does for from how in into is it its of on or over that the their "
        "this to toward towards under upon using via we what when why with within without"
    )
)
_GREEK = dict(
    zip(
        map(ord, "αβγδεζηθικλμνξοπρσςτυφχψω"),
        _WORD.findall(
            "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma "
            "sigma tau upsilon phi chi psi omega"
        ),
        strict=True,
    )
)
_NUMERALS = {
    word: str(number)
    for words in (
        "i ii iii iv v vi vii viii ix x xi xii xiii xiv xv",
        "one two three four five six seven eight nine ten",
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth",
    )
    for number, word in enumerate(_WORD.findall(words), 1)
}
# Words that make a paper another one about the first, however alike their titles.
_MARKERS = frozenset(
    _WORD.findall(
        "addendum appendix comment comments commentary corrigendum corrigenda correction erratum errata part "
        "rebuttal rejoinder reply response retraction revisited supplement supplementary volume vol"
    )
)
# Beginnings a letter or two apart that turn a word into its opposite.
_OPPOSITES = (("macro", "micro"), ("maxim", "minim"), ("inter", "intra"), ("hyper", "hypo"))
_NAME_SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv"})


@dataclass(frozen=True, slots=True)
class Title:
    """What is compared of a title.

    ``words`` are its content words, ``grams`` the key's character 4-grams, ``heads`` the keys of what stands
    before a colon, a bracket or a question mark; ``numbers`` are what two printings must have in common:
    digits, numerals, parts, signs and words such as *erratum*.
    """

    key: str
    words: frozenset[str]
    grams: frozenset[tuple[str, ...]]
    heads: frozenset[str]
    digits: tuple[str, ...]
    numbers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shared:
    """How many authors two lists have in common, of how many in the shorter and in the longer list."""

    count: int
    shorter: int
    longer: int


def fold(text: str) -> str:
    """Compatibility forms, case, accents, character references and Greek letters folded."""
    text = html.unescape(text[:LONGEST_TITLE])
    if text.isascii():
        return text.casefold()
    folded = unicodedata.normalize("NFKD", text).casefold()
    folded = unicodedata.normalize("NFKD", folded).translate(_GREEK)
    return "".join(c for c in folded if not unicodedata.combining(c))


def key(folded: str) -> str:
    """The letters, digits, ``+`` and ``#`` of a folded text."""
    if folded.isascii():  # as nearly all titles are
        return folded.encode().translate(None, _ASCII_NOT_IN_KEY).decode()
    return _NOT_IN_KEY.sub("", folded)


def content_words(folded: str) -> list[str]:
    """The words of a folded text in order, without articles and prepositions; ``seg++`` is one."""
    return [word for word in _WORD.findall(folded) if word not in _STOP_WORDS]


@lru_cache(maxsize=64)
def read_title(title: str) -> Title:
    """Take a title apart."""
    folded = fold(title)
    whole = key(folded)
    words = _WORD.findall(folded)
    digits = sorted(_NUMBER.findall(folded))
    numbers = list(digits)
    for word in words:
        if word in _NUMERALS and (len(word) > 1 or word == words[-1]):
            numbers.append(_NUMERALS[word])
        elif word in _MARKERS:
            numbers.append(word)
        elif word[-1] in "+#":
            numbers.append(word[len(word.rstrip("+#")) :])
    numbers += [after for before, after in pairwise(words) if before in _MARKERS and len(after) == 1]
    return Title(
        key=whole,
        words=frozenset(words) - _STOP_WORDS,
        grams=grams(whole),
        heads=frozenset(key(folded[: found.start()]) for found in _BREAK.finditer(folded)) - {"", whole},
        digits=tuple(digits),
        numbers=tuple(sorted(numbers)),
    )


def _windows(whole: str) -> Iterator[tuple[str, ...]]:
    return zip(whole, whole[1:], whole[2:], whole[3:], strict=False)


def grams(whole: str) -> frozenset[tuple[str, ...]]:
    """The character 4-grams of a key; the key itself when it is shorter."""
    return frozenset(_windows(whole)) or frozenset({(whole,)})


def share_grams(a: frozenset[tuple[str, ...]], b: str, least: float) -> bool:
    """Whether the Jaccard of one key's grams and of those of another, longer than three, is at least ``least``."""
    # Both together have no fewer grams than the one alone: mostly that tells enough, without a set of the other's.
    return len(a.intersection(_windows(b))) / len(a) >= least and jaccard(a, grams(b)) >= least


def jaccard(a: frozenset[T], b: frozenset[T]) -> float:
    """What two sets share, of what they have together: 0 to 1."""
    shared = len(a & b)
    return shared / (len(a) + len(b) - shared) if shared else 0.0


@lru_cache(maxsize=256)
def _abstract_words(abstract: str) -> tuple[str, frozenset[str]]:
    words = re.findall(r"\w+", abstract[:LONGEST_ABSTRACT].casefold())
    return " ".join(words), frozenset(words)


def abstract_words(abstract: str) -> frozenset[str]:
    """The words of an abstract, each once."""
    return _abstract_words(abstract)[1]


def alike(a: str, b: str) -> float | None:
    """Jaccard of two abstracts' words; 1 when one is the beginning of the other; None without either."""
    if not a.strip() or not b.strip():
        return None
    if a == b:
        return 1.0
    (text_a, words_a), (text_b, words_b) = _abstract_words(a), _abstract_words(b)
    shorter, longer = sorted((text_a, text_b), key=len)
    if shorter.count(" ") >= SHORTEST_BEGINNING and longer.startswith(shorter.rpartition(" ")[0]):
        return 1.0
    return jaccard(words_a, words_b)


@lru_cache(maxsize=2048)
def _author(name: str) -> frozenset[str]:
    """The forms a name may be printed in: its letters, and first initial with family name, either way round.

    Any part but the first may be the family name (``García Molina``, ``Levy, Alon Y.``).
    """
    family, _, given = fold(name).partition(",")
    parts = [part for part in _NAME.findall(f"{given} {family}") if part not in _NAME_SUFFIXES]
    if not parts:
        return frozenset()
    forms = {f"{parts[0][0]} {part}" for part in parts[1:] if len(part) > 1}
    return frozenset(forms | {f"{parts[-1][0]} {parts[0]}", "".join(parts)})


def shared_authors(a: Sequence[str], b: Sequence[str]) -> Shared | None:
    """The authors two lists have in common, however their names are printed; None without either list."""
    names_a, names_b = ({forms for name in names if (forms := _author(name))} for names in (a, b))
    if not names_a or not names_b:
        return None
    forms_a, forms_b = frozenset().union(*names_a), frozenset().union(*names_b)
    count = min(
        sum(not forms.isdisjoint(forms_b) for forms in names_a),
        sum(not forms.isdisjoint(forms_a) for forms in names_b),
    )
    return Shared(count, min(len(names_a), len(names_b)), max(len(names_a), len(names_b)))


def only_spelling(a: frozenset[str], b: frozenset[str]) -> bool:
    """Whether each word that only one of two titles has is a misspelling or an ending of one in the other."""
    left, right = a - b, b - a
    if len(left) + len(right) > 8:
        return False
    return all(any(_near_spelling(word, other) for other in right or b) for word in left) and all(
        any(_near_spelling(word, other) for other in left or a) for word in right
    )


def _near_spelling(a: str, b: str) -> bool:
    """Whether two words differ as a slip or an ending does (``vector``, ``vectors``), not as opposites."""
    if a[0] != b[0] or min(len(a), len(b)) < 4:
        return False
    low, high = sorted((a, b))
    if any(low.startswith(one) and high.startswith(other) for one, other in _OPPOSITES):
        return False
    if high.startswith(low):
        return len(high) - len(low) <= 4
    return _distance_at_most(a, b, 1 if min(len(a), len(b)) < 9 else 2)


def _distance_at_most(a: str, b: str, limit: int) -> bool:
    """Whether ``limit`` insertions, deletions, substitutions or swaps of neighbours turn ``a`` into ``b``."""
    if abs(len(a) - len(b)) > limit:
        return False
    two_above: list[int] = []
    above = list(range(len(b) + 1))
    for i, x in enumerate(a):
        row = [i + 1]
        for j, y in enumerate(b):
            cost = min(above[j + 1] + 1, row[j] + 1, above[j] + (x != y))
            if i and j and x == b[j - 1] and y == a[i - 1]:
                cost = min(cost, two_above[j - 1] + 1)
            row.append(cost)
        if min(row) > limit:
            return False
        two_above, above = above, row
    return above[-1] <= limit
