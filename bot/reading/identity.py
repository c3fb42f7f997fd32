"""Whether two entries are the same paper, are related (linked, both shown), or are different.

::

    arXiv id, DOI ─► equal title ─► near title ─► alike abstracts ─► related? ─► different

A paper wrongly merged is never shown, so in doubt two papers are not the same: an abstract alone never
merges, and neither does a title when an id, a number, a date, the authors or the abstracts speak against it.
"""

import base64
import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.models import Candidate, Decision, Paper
from bot.reading.likeness import (
    Shared,
    Title,
    abstract_words,
    alike,
    content_words,
    fold,
    grams,
    jaccard,
    key,
    only_spelling,
    read_title,
    share_grams,
    shared_authors,
)

# Character 4-grams of the title keys, Jaccard: how alike two titles must be.
NEAR_TITLE = 0.6
LIKE_TITLE = 0.4
# Words of the abstracts, Jaccard. One paper printed by two sites stays above 0.5 in all but one of 2,000;
# different papers of one title stay below 0.35.
EQUAL_ABSTRACT = 0.9
SAME_ABSTRACT = 0.7
LIKE_ABSTRACT = 0.5
RELATED_ABSTRACT = 0.4
# A title with fewer content words ("Guest Editorial", "LoRA") says too little by itself.
TELLING_WORDS = 4
# Share of an author list found in the other.
SHARED_AUTHORS = 0.5
# Without abstracts, papers of one title further apart than this are editions or extensions of a work.
EDITION_DAYS = 300

# Consonants and digits in a block key: more bring fewer candidates and forgive less.
BEGINNING = 14
END = 12
_NO_VOWELS = str.maketrans("", "", "aeiou")

# Titles of nothing but these ("Guest Editorial", "A Survey") say too little even with the authors.
_GENERIC = frozenset(
    content_words(
        "abstract acknowledgments announcement article book chair chairs column conclusion conclusions editor "
        "editorial editors foreword guest index introduction issue keynote letter letters message news note notes "
        "obituary outlook overview paper papers preface proceedings program report review reviewers reviews s "
        "special survey technical thanks tutorial welcome workshop"
    )
)
# What one printing adds to a title and another leaves out ("(panel abstract)", "book review").
_FORMS = frozenset(
    content_words(
        "abstract book demo demonstration description editor experience foreword guest industrial "
        "introduction invited keynote only oral overview panel paper poster preprint presentation report review s "
        "session slides summary talk tutorial"
    )
)
_ARXIV = re.compile(
    r"(?:(?:https?://)?arxiv(?:\.org/abs/|[:.])\s*)?(\d{4}\.\d{4,5}|[a-z-]{2,9}(?:\.[a-z]{2})?/\d{7})(?:v\d+)?"
)
_DOI = re.compile(r"10\.\d{4,9}/\S+")


def title_key(title: str) -> str:
    """Letters, digits, ``+`` and ``#`` of a title, folded: equal for two printings of one title.

    Idempotent; empty when the title has none of these.
    """
    return key(fold(title))


def block_keys(title: str) -> tuple[str, ...]:
    """Keys under which the store finds candidates for :func:`decide`: at most five, nine characters each.

    The first is the exact title's. ``k`` is the whole title, or what stands before a colon · ``b`` and ``e``
    its beginning and end without vowels · ``w`` its two longest words. Among a million papers a title with
    one damaged word finds its paper in 97–99% of cases (tests/benchmarks/block_lookup.py).
    """
    folded = fold(title)
    whole = key(folded)
    bones = whole.translate(_NO_VOWELS) or whole
    longest = sorted(sorted(set(content_words(folded))), key=len, reverse=True)[:2]
    texts = (
        ("k", whole),
        ("k", key(folded.partition(":")[0])),
        ("b", bones[:BEGINNING]),
        ("e", bones[-END:]),
        ("w", " ".join(sorted(longest))),
    )
    return tuple(dict.fromkeys(kind + _digest(text) for kind, text in texts if text))


def _digest(text: str) -> str:
    raw = hashlib.blake2b(text.encode(errors="replace"), digest_size=6).digest()
    return base64.urlsafe_b64encode(raw).decode()


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
    """What two papers have in common; None where one of them does not say. ``days`` lie between."""

    equal: bool
    titles: float
    numbers: bool
    authors: Shared | None
    abstracts: float | None
    days: int | None

    @property
    def editions(self) -> bool:
        return self.abstracts is None and self.days is not None and self.days > EDITION_DAYS

    @property
    def authors_overlap(self) -> bool:
        return self.authors is not None and self.authors.count >= SHARED_AUTHORS * self.authors.shorter

    @property
    def authors_agree(self) -> bool:
        return self.authors is not None and self.authors.count >= SHARED_AUTHORS * self.authors.longer

    def __str__(self) -> str:
        parts = ["equal titles" if self.equal else f"titles {self.titles:.0%} alike"]
        if self.authors is not None:
            count = self.authors.count
            parts.append(f"{count or 'no'} author{'' if count == 1 else 's'} in common")
        if self.abstracts is not None:
            share = f"abstracts {self.abstracts:.0%} alike"
            parts.append("equal abstracts" if self.abstracts == 1 else share)
        return ", ".join(parts)


def _by_text(new: Paper, old: Paper) -> Decision:
    a, b = read_title(new.title), read_title(old.title)
    equal = bool(a.key) and a.key == b.key
    titles = 1.0 if equal else jaccard(a.grams, b.grams)
    cut = a.key in b.heads or b.key in a.heads
    if titles < LIKE_TITLE and not cut:
        return Decision("different", "title", "unlike titles")
    seen = _Evidence(
        equal,
        titles,
        a.digits == b.digits if equal else a.numbers == b.numbers,
        shared_authors(new.authors, old.authors),
        alike(new.abstract, old.abstract),
        abs((new.published - old.published).days) if new.published and old.published else None,
    )
    if equal:
        return _equal_titles(a, seen)
    if seen.authors is not None and not seen.authors_overlap:
        return Decision("different", "title", f"{seen}")
    if seen.numbers:
        same = _near_titles(a, b, cut, seen)
        if same and not (same.rule == "abstract" and _are_companions(new, old, seen)):
            return same
    near = seen.authors is not None or titles >= NEAR_TITLE
    if near and (seen.abstracts or 0) >= RELATED_ABSTRACT and _years(a) == _years(b):
        return Decision("related", "abstract", f"{seen}")
    but = "" if seen.numbers else f", but {_unequal(a.numbers, b.numbers)}"
    return Decision("different", "title", f"{seen}{but}")


def _years(title: Title) -> list[str]:
    """The years a title names: papers of two years ("Task 3, 2025") are editions, not versions."""
    return [number for number in title.numbers if re.fullmatch(r"(?:19|20)\d\d", number)]


def _equal_titles(title: Title, seen: _Evidence) -> Decision:
    if seen.abstracts is not None and seen.abstracts >= SAME_ABSTRACT:
        return Decision("same", "title", f"{seen}")
    telling = len(title.words) >= TELLING_WORDS
    against = ""
    if not seen.numbers:
        against = "the numbers are not printed alike"
    elif seen.abstracts is not None and seen.abstracts < LIKE_ABSTRACT:
        against = "the abstracts speak of different things"
    elif seen.authors is not None and not seen.authors.count:
        against = "no author in common"
    elif seen.editions:
        against = f"{seen.days} days apart"
    elif not telling and (not seen.authors_agree or title.words <= _GENERIC):
        against = "too common a title to go by"
    if not against:
        return Decision("same", "title", f"{seen}")
    linked = telling or (seen.authors is not None and seen.authors.count > 0)
    return Decision("related" if linked else "different", "title", f"{seen}, but {against}")


def _near_titles(a: Title, b: Title, cut: bool, seen: _Evidence) -> Decision | None:
    """Whether two titles that are not equal are one paper's, its numbers being equal."""
    close = seen.titles >= NEAR_TITLE
    if seen.abstracts is not None:
        known = seen.authors is not None
        if (
            close
            and seen.abstracts >= (LIKE_ABSTRACT if known else SAME_ABSTRACT)
            and only_spelling(a.words, b.words)
        ):
            return Decision("same", "near-title", f"{seen}, only spelling differs")
        if seen.abstracts >= (SAME_ABSTRACT if known else EQUAL_ABSTRACT):
            return Decision("same", "abstract", f"{seen}")
        return None
    if seen.editions or not seen.authors_overlap:
        return None
    telling = min(len(a.words), len(b.words)) >= TELLING_WORDS
    if not telling and not seen.authors_agree:
        return None
    if close and only_spelling(a.words, b.words):
        return Decision("same", "near-title", f"{seen}, only spelling differs")
    if seen.days is None:
        return None
    if len(a.words & b.words) >= 2 and only_spelling(a.words - _FORMS, b.words - _FORMS):
        return Decision("same", "near-title", f"{seen}, only the kind of text is added")
    if cut and telling and seen.authors_agree:
        return Decision("same", "near-title", f"{seen}, only a subtitle is added")
    return None


def _are_companions(new: Paper, old: Paper, seen: _Evidence) -> bool:
    """Whether each title has a word that only its own abstract has: two works written to one pattern."""
    if (seen.abstracts or 0) >= EQUAL_ABSTRACT:
        return False
    a, b = read_title(new.title).words, read_title(old.title).words
    words_a, words_b = abstract_words(new.abstract), abstract_words(old.abstract)
    return not (a - b).isdisjoint(words_a - words_b) and not (b - a).isdisjoint(words_b - words_a)


def _unequal(a: Sequence[str], b: Sequence[str]) -> str:
    counts = Counter(a), Counter(b)
    only_a, only_b = sorted(counts[0] - counts[1]), sorted(counts[1] - counts[0])
    sides = sorted((", ".join(only_a) or "nothing", ", ".join(only_b) or "nothing"))
    return "“{}” is not “{}”".format(*sides)


def plausible(new: Paper, candidates: Sequence[Candidate]) -> list[int]:
    """The ids of the candidates that :func:`decide` may not find different: only these need be loaded."""
    if not candidates:
        return []
    whole = title_key(new.title)
    parts = grams(whole)
    marks = [number.rpartition("/")[2] for number in _ids(new) if number]

    def may_be(old: Candidate) -> bool:
        other = title_key(old.title)
        return (
            other == whole
            or share_grams(parts, other, LIKE_TITLE)
            or (whole.startswith(other) and other in read_title(new.title).heads)
            or (other.startswith(whole) and whole in read_title(old.title).heads)
            or _may_share_id(marks, old)
        )

    return [old.id for old in candidates if may_be(old)]


def _may_share_id(marks: Sequence[str], old: Candidate) -> bool:
    """Whether the ends of a new paper's ids stand in a candidate's, which are not all printed one way."""
    if not marks:
        return False
    text = f"{old.arxiv_id} {old.doi}".casefold()
    return any(mark in text for mark in marks)


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

    def order(choice: tuple[Decision, Paper]) -> tuple[int, int, float, float, float, str]:
        decision, old = choice
        return (
            _VERDICTS.index(decision.verdict),
            _RULES.index(decision.rule),
            -jaccard(read_title(new.title).grams, read_title(old.title).grams),
            -(alike(new.abstract, old.abstract) or 0.0),
            float("inf") if old.id is None else old.id,
            repr(old),
        )

    return min(decided, key=order)
