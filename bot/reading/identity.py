"""Whether two entries are the same paper, are related (linked, both shown), or are different.

::

    arXiv id, DOI ─► equal title ─► near title ─► alike abstracts ─► related? ─► different

A paper wrongly merged is never shown, so in doubt two papers are not the same: an abstract alone never
merges, and neither does a title when an id, a number, a date, the authors or the abstracts speak against it.
"""

import base64
import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from bot.models import Decision, Paper

# Character 4-grams of the title keys, Jaccard: how alike two titles must be.
NEAR_TITLE = 0.6
LIKE_TITLE = 0.4
# Words of the abstracts, Jaccard. One paper printed by two sites stays above 0.5 in all but one of 2,000;
# different papers of one title stay below 0.35.
SAME_ABSTRACT = 0.7
EQUAL_ABSTRACT = 0.9
LIKE_ABSTRACT = 0.45
# A title with fewer content words ("Introduction", "A Survey") says too little by itself.
TELLING_WORDS = 4
# Share of the shorter author list found in the other.
SHARED_AUTHORS = 0.5
# Without abstracts, papers of one title further apart than this are editions or extensions of a work.
EDITION_DAYS = 300

_WORD = re.compile(r"[^\W_]+[+#]*")
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
_NUMBER = re.compile(r"\d+(?:\.\d+)*")
_ARXIV = re.compile(
    r"(?:(?:https?://)?arxiv(?:\.org/abs/|[:.])\s*)?(\d{4}\.\d{4,5}|[a-z-]{2,9}(?:\.[a-z]{2})?/\d{7})(?:v\d+)?"
)
_DOI = re.compile(r"10\.\d{4,9}/\S+")


@dataclass(frozen=True, slots=True)
class _Title:
    """What is compared of a title; ``numbers`` are what must be equal: digits, numerals, parts, signs."""

    key: str
    words: frozenset[str]
    grams: frozenset[str]
    numbers: tuple[str, ...]


def _fold(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text).casefold()
    folded = unicodedata.normalize("NFKD", folded).translate(_GREEK)
    return "".join(c for c in folded if not unicodedata.combining(c))


def title_key(title: str) -> str:
    """Letters, digits, ``+`` and ``#`` of a title, folded: equal for two printings of one title.

    Idempotent; empty when the title has none of these.
    """
    return "".join(c for c in _fold(title) if c.isalnum() or c in "+#")


def _content_words(folded: str) -> list[str]:
    return [word for word in _WORD.findall(folded) if word not in _STOP_WORDS]


def block_keys(title: str) -> tuple[str, ...]:
    """Keys under which the store finds candidates for :func:`decide`: at most five, nine characters each.

    ``k`` exact title, and the part before a colon · ``f`` first three content words · ``t`` last three ·
    ``l`` four longest, sorted. Two printings of a title with one word damaged share at least one.
    """
    folded = _fold(title)
    words = _content_words(folded)
    texts = [("k", title_key(title)), ("k", title_key(title.partition(":")[0]))]
    if len(words) > 1:
        texts += [("f", " ".join(words[:3])), ("t", " ".join(words[-3:]))]
        texts.append(("l", " ".join(sorted(sorted(words, key=lambda word: (-len(word), word))[:4]))))
    return tuple(dict.fromkeys(kind + _digest(text) for kind, text in texts if text))


def _digest(text: str) -> str:
    raw = hashlib.blake2b(text.encode(errors="replace"), digest_size=6).digest()
    return base64.urlsafe_b64encode(raw).decode()


@lru_cache(maxsize=2048)
def _title(title: str) -> _Title:
    folded = _fold(title)
    key = "".join(c for c in folded if c.isalnum() or c in "+#")
    words = _WORD.findall(folded)
    numbers = _NUMBER.findall(folded)
    numbers += [
        _NUMERALS[word] for word in words if word in _NUMERALS and (len(word) > 1 or word == words[-1])
    ]
    numbers += [word for word in words if word in _MARKERS]
    numbers += [word.lstrip("abcdefghijklmnopqrstuvwxyz0123456789") for word in words if word[-1] in "+#"]
    numbers += [after for before, after in pairwise(words) if before in _MARKERS and len(after) == 1]
    return _Title(
        key=key,
        words=frozenset(word for word in words if word not in _STOP_WORDS),
        grams=frozenset(key[i : i + 4] for i in range(max(1, len(key) - 3))),
        numbers=tuple(sorted(numbers)),
    )


@lru_cache(maxsize=256)
def _abstract_words(abstract: str) -> tuple[str, frozenset[str]]:
    words = re.findall(r"\w+", abstract.casefold())
    return " ".join(words), frozenset(words)


def _alike(a: str, b: str) -> float | None:
    """Jaccard of two abstracts' words; 1 when one is the beginning of the other; None without either."""
    if not a.strip() or not b.strip():
        return None
    if a == b:
        return 1.0
    (text_a, words_a), (text_b, words_b) = _abstract_words(a), _abstract_words(b)
    shorter, longer = sorted((text_a, text_b), key=len)
    if shorter.count(" ") >= 12 and longer.startswith(shorter.rpartition(" ")[0]):
        return 1.0
    return _jaccard(words_a, words_b)


def _jaccard(a: frozenset[str], b: frozenset[str]) -> float:
    shared = len(a & b)
    return shared / (len(a) + len(b) - shared) if shared else 0.0


@lru_cache(maxsize=2048)
def _author(name: str) -> frozenset[str]:
    """The forms a name may be printed in: family name with first initial, either way round."""
    folded = _fold(name)
    if "," in folded:
        family, _, given = folded.partition(",")
        folded = f"{given} {family}"
    parts = re.findall(r"[^\W\d_]+", folded)
    if not parts:
        return frozenset()
    return frozenset({f"{parts[-1]} {parts[0][0]}", f"{parts[0]} {parts[-1][0]}"})


def _common_authors(a: Sequence[str], b: Sequence[str]) -> tuple[int, float] | None:
    """How many authors two lists share, and their share of the shorter list; None without either list."""
    names_a, names_b = ({forms for name in names if (forms := _author(name))} for names in (a, b))
    if not names_a or not names_b:
        return None
    forms_a, forms_b = frozenset().union(*names_a), frozenset().union(*names_b)
    shared = min(
        sum(not forms.isdisjoint(forms_b) for forms in names_a),
        sum(not forms.isdisjoint(forms_a) for forms in names_b),
    )
    return shared, shared / min(len(names_a), len(names_b))


def _near_spelling(a: str, b: str) -> bool:
    """Whether two words differ as a slip or an ending does (``vector``, ``vectors``), not as opposites."""
    if a[0] != b[0] or min(len(a), len(b)) < 4:
        return False
    low, high = sorted((a, b))
    if any(low.startswith(one) and high.startswith(other) for one, other in _OPPOSITES):
        return False
    if a.startswith(b) or b.startswith(a):
        return abs(len(a) - len(b)) <= 4
    return _distance_at_most(a, b, 1 if min(len(a), len(b)) < 9 else 2)


def _distance_at_most(a: str, b: str, limit: int) -> bool:
    """Whether ``limit`` insertions, deletions or substitutions turn ``a`` into ``b``."""
    if abs(len(a) - len(b)) > limit:
        return False
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        above, row = row, [i]
        for j, y in enumerate(b, 1):
            row.append(min(above[j] + 1, row[-1] + 1, above[j - 1] + (x != y)))
        if min(row) > limit:
            return False
    return row[-1] <= limit


def _only_spelling(a: frozenset[str], b: frozenset[str]) -> bool:
    left, right = a - b, b - a
    if len(left) + len(right) > 8:
        return False
    return all(any(_near_spelling(word, other) for other in right or b) for word in left) and all(
        any(_near_spelling(word, other) for other in left or a) for word in right
    )


def arxiv_number(text: str | None) -> str | None:
    """An arXiv id without prefix and version (``arXiv:2501.00001v2`` → ``2501.00001``), or None."""
    match = _ARXIV.fullmatch(text.strip().casefold()) if text else None
    return re.sub(r"\.[a-z]{2}/", "/", match[1]) if match else None


def _ids(paper: Paper) -> tuple[str | None, str | None]:
    """arXiv number and DOI; a DOI that arXiv gave out is an arXiv number."""
    found = _DOI.search(paper.doi.casefold()) if paper.doi else None
    doi = found[0] if found else None
    arxiv = arxiv_number(paper.arxiv_id)
    if doi and doi.startswith("10.48550/"):
        arxiv = arxiv or arxiv_number(doi.partition("/")[2])
        doi = None
    return arxiv, doi


def decide(new: Paper, old: Paper) -> Decision:
    """Whether two papers are the same, related or different, and why; which came first does not matter."""
    (arxiv_a, doi_a), (arxiv_b, doi_b) = _ids(new), _ids(old)
    if arxiv_a and arxiv_a == arxiv_b:
        return Decision("same", "arxiv-id", f"the same arXiv id {arxiv_a}")
    other_id = ""
    if arxiv_a and arxiv_b:
        other_id = "arXiv {} is not {}".format(*sorted((arxiv_a, arxiv_b)))
    elif doi_a and doi_b:
        if doi_a == doi_b:
            return Decision("same", "doi", f"the same DOI {doi_a}")
        other_id = "DOI {} is not {}".format(*sorted((doi_a, doi_b)))
    decision = _by_text(new, old)
    if other_id and decision.verdict == "same":
        rule = "arxiv-id" if other_id.startswith("arXiv") else "doi"
        return Decision("related", rule, f"{decision.reason}, but {other_id}")
    return decision


@dataclass(frozen=True, slots=True)
class _Evidence:
    """What two papers have in common; None where one of them does not say. ``days`` lie between them."""

    equal: bool
    titles: float
    numbers: bool
    authors: tuple[int, float] | None
    abstracts: float | None
    days: int

    def __str__(self) -> str:
        parts = ["equal titles" if self.equal else f"titles {self.titles:.0%} alike"]
        if self.authors is not None:
            parts.append(f"{self.authors[0]} author{'' if self.authors[0] == 1 else 's'} in common")
        if self.abstracts is not None:
            alike = f"abstracts {self.abstracts:.0%} alike"
            parts.append("equal abstracts" if self.abstracts == 1 else alike)
        return ", ".join(parts)


def _by_text(new: Paper, old: Paper) -> Decision:
    a, b = _title(new.title), _title(old.title)
    equal = bool(a.key) and a.key == b.key
    titles = 1.0 if equal else _jaccard(a.grams, b.grams)
    if titles < LIKE_TITLE:
        return Decision("different", "title", "unlike titles")
    seen = _Evidence(
        equal,
        titles,
        a.numbers == b.numbers,
        _common_authors(new.authors, old.authors),
        _alike(new.abstract, old.abstract),
        abs((new.published - old.published).days) if new.published and old.published else 0,
    )
    if equal:
        return _equal_titles(a, seen)
    if seen.authors is not None and seen.authors[1] < SHARED_AUTHORS:
        return Decision("different", "title", f"{seen}")
    if seen.numbers and _misspelt(a, b, seen):
        return Decision("same", "near-title", f"{seen}, and only spelling differs")
    if seen.abstracts is not None:
        if seen.numbers and seen.abstracts >= (SAME_ABSTRACT if seen.authors else EQUAL_ABSTRACT):
            return Decision("same", "abstract", f"{seen}")
        near = seen.authors is not None or titles >= NEAR_TITLE
        if near and seen.abstracts >= LIKE_ABSTRACT and _years(a) == _years(b):
            return Decision("related", "abstract", f"{seen}")
    but = "" if seen.numbers else f", but {_unequal(a.numbers, b.numbers)}"
    return Decision("different", "title", f"{seen}{but}")


def _years(title: _Title) -> list[str]:
    """The years a title names: papers of two years ("Task 3, 2025") are editions, not versions."""
    return [number for number in title.numbers if re.fullmatch(r"(?:19|20)\d\d", number)]


def _equal_titles(title: _Title, seen: _Evidence) -> Decision:
    if seen.abstracts is not None and seen.abstracts >= SAME_ABSTRACT:
        return Decision("same", "title", f"{seen}")
    telling = len(title.words) >= TELLING_WORDS
    against = ""
    if not seen.numbers:
        against = "the numbers are not printed alike"
    elif seen.abstracts is not None and seen.abstracts < LIKE_ABSTRACT:
        against = "the abstracts speak of different things"
    elif seen.authors is not None and not seen.authors[0]:
        against = "no author in common"
    elif seen.abstracts is None and seen.days > EDITION_DAYS:
        against = f"{seen.days} days apart"
    elif seen.authors is None and not telling:
        against = "too short a title to go by"
    if not against:
        return Decision("same", "title", f"{seen}")
    linked = telling or (seen.authors is not None and seen.authors[0] > 0)
    return Decision("related" if linked else "different", "title", f"{seen}, but {against}")


def _misspelt(a: _Title, b: _Title, seen: _Evidence) -> bool:
    if seen.titles < NEAR_TITLE or not _only_spelling(a.words, b.words):
        return False
    if seen.abstracts is None:
        return seen.authors is not None and seen.days <= EDITION_DAYS
    return seen.abstracts >= (SAME_ABSTRACT if seen.authors is None else LIKE_ABSTRACT)


def _unequal(a: Sequence[str], b: Sequence[str]) -> str:
    counts = Counter(a), Counter(b)
    only_a, only_b = sorted(counts[0] - counts[1]), sorted(counts[1] - counts[0])
    sides = sorted((", ".join(only_a) or "nothing", ", ".join(only_b) or "nothing"))
    return "“{}” is not “{}”".format(*sides)


_VERDICTS = ("same", "related", "different")
_RULES = ("arxiv-id", "doi", "title", "near-title", "abstract")


def identify(new: Paper, candidates: Iterable[Paper]) -> tuple[Decision, Paper | None]:
    """The decision on the best of ``candidates`` and that candidate, or rule ``new`` and None.

    A same paper goes before a related one, an id before a title before an abstract, then the closest title,
    then the lowest ``id``: the order of the candidates does not matter.
    """
    decided = [(decide(new, old), old) for old in candidates]
    decided = [(decision, old) for decision, old in decided if decision.verdict != "different"]
    if not decided:
        return Decision("different", "new", "no paper like it has been seen"), None

    def order(choice: tuple[Decision, Paper]) -> tuple[int, int, float, float, float, str, str]:
        decision, old = choice
        return (
            _VERDICTS.index(decision.verdict),
            _RULES.index(decision.rule),
            -_jaccard(_title(new.title).grams, _title(old.title).grams),
            -(_alike(new.abstract, old.abstract) or 0.0),
            float("inf") if old.id is None else old.id,
            old.title,
            old.abstract,
        )

    return min(decided, key=order)
