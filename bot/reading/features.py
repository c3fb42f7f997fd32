"""What a ranker may know of each sentence, each word and each form of a sentence.

A feature is a name; it is there or not. Names of words' features begin with a dot, so that one table of weights
serves all. A form's score is its sentence's, its own, and its words' over their number and ``USUAL`` (as in an
F-measure against a summary of that many words).
"""

import re
from bisect import bisect_left
from dataclasses import dataclass
from functools import lru_cache

from bot.reading.compress import Form
from bot.reading.sentences import sentences

USUAL = 20
"""Words of a usual summary."""
BACKGROUND = "background"
"""The feature of a sentence before the first in which the paper speaks of itself, unless it opens as the title does."""
POINTS_BACK = "points back"
"""The feature of a form that speaks of “these” or “such” things: it may have named them before."""

_WORD = re.compile(r"[A-Za-z0-9]+")
_SUFFIX = re.compile(r"(.{3,}?)(?:izations?|ations?|ings?|ers?|ed|es|s|ly|ive|ment|al|e)?")
_COMMON = frozenset(
    """a an the of in on at to for from by with and or but as than that which who whose where when while if is are was
    were be been being has have had do does did can could may might will would should must not no we our us it its
    they their them this these those such into onto over under using via through without within across also both more
    most very so i you he she his her""".split()
)
_POINTERS = frozenset(("this", "these", "such"))
_POINTS_OUT = re.compile(
    r" (?:as|that|papers?|work|articles?|study|report|survey|thesis|manuscript|letter|note|research|contribution)\b"
)
_CUE = re.compile(
    r"\b(we|(?<!in )this (?:paper|work|article|study|survey|review|research|thesis|report)"
    r"|our (?:\w+ ){0,2}?(?:method|approach|model|algorithm|framework|results?|experiments?|work|analysis"
    r"|contributions?)"
    r"|(?:the )?(?:proposed|resulting) \w+|experiments?|experimental results|results|empirical(?:ly)?)\b"
    r"(?: (?:also|then|further|thus|therefore|hence|first|finally|instead|here|\w+ly|can|are|is))*(?: (\w+))?",
    re.I,
)
_NEWS = frozenset(
    """propos introduc present develop describ design devis show demonstrat prov argu find studi study investigat
    explor analyz examin address provid formulat deriv""".split()
)


@lru_cache(maxsize=50_000)
def _word(word: str) -> tuple[str, str]:
    """A word's stem and its kind: common, with a digit, with capitals within, capital, or plain."""
    lower = word.lower()
    if lower in _COMMON:
        return lower, "s"
    match = _SUFFIX.fullmatch(lower) if 3 < len(lower) <= 40 else None
    stem = match.group(1) if match else lower
    if not word.isalpha():
        return stem, "d"
    if not word[1:].islower() and len(word) > 1:
        return stem, "A"
    return stem, "l" if word == lower else "C"


Word = tuple[str, str, int, bool, bool, bool]
"""A word's stem, its kind, how many sentences have it (0: it is common), and whether it is in the title, follows
another such word, and is the first of its stem in the sentence."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of an abstract, what can be said of it in its place, and its words with their stems and kinds."""

    text: str
    cue: str
    features: list[str]
    words: list[str]
    starts: list[int]
    analysed: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Abstract:
    """The sentences of an abstract, the stems of its title, and what both have most of."""

    sentences: list[Sentence]
    title_stems: set[str]
    title_content: int
    best_overlap: float
    spread: dict[str, int]
    told: frozenset[str]


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of a sentence, those among them that point back, and counts of kinds of words up to each."""

    words: list[Word]
    pointers: list[int]
    known: list[int]
    fresh: list[int]
    told: list[int]


def read(title: str, abstract: str) -> Abstract:
    """The sentences that have any word, each with what can be said of it in its place."""
    title_stems = {_word(word)[0] for word in _WORD.findall(title)}
    titled = title_stems - _COMMON
    texts, matches = [], []
    for text in sentences(abstract):
        if found := tuple(_WORD.finditer(text)):
            texts.append(text)
            matches.append(found)
    words = [[match.group() for match in found] for found in matches]
    analysed = [[_word(word) for word in found] for found in words]
    sets = [{stem for stem, kind in found if kind != "s"} for found in analysed]
    spread: dict[str, int] = {}
    for stems in sets:
        for stem in stems:
            spread[stem] = spread.get(stem, 0) + 1
    overlaps = [len(titled & stems) / (len(titled) or 1) for stems in sets]
    order = sorted(range(len(texts)), key=lambda place: -overlaps[place])
    rank = {place: by for by, place in enumerate(order)}
    topics = sorted(
        (stem for stem in spread if stem not in titled), key=lambda stem: (-spread[stem], -len(stem), stem)
    )
    told = frozenset(topics[:8])
    pairs = [_cue(text) for text in texts]
    firsts = [found[0].lower() for found in words]
    subject = next((word.lower() for word in _WORD.findall(title)), "")
    own = next((place for place, (cue, _) in enumerate(pairs) if cue), 0)

    found_sentences: list[Sentence] = []
    news = 0
    before: set[str] = set()
    count = len(texts)
    for place, text in enumerate(texts):
        cue, new = pairs[place]
        content = sets[place]
        lower = firsts[place]
        second = words[place][1].lower() if len(words[place]) > 1 else ""
        size = len(words[place])
        central = sum(min(spread[stem], 4) - 1 for stem in content) / (size + 5)
        features = [
            f"p{min(place, 7)}",
            f"q{min(count - 1 - place, 5)}",
            f"p{min(place, 5)}/{min(count, 9)}",
            f"v {cue}",
            f"w {lower}",
            f"w {lower} {second}",
            f"rank{min(rank[place], 4)}",
            f"overlap{round(overlaps[place] * 6)}",
            f"size{min(size // 5, 10)}",
            f"central{min(round(central * 5), 9)}",
            f"fresh{min(len((content & titled) - before), 4)}",
            f"nth{min(news, 2)} {cue}" if new else f"other{min(news, 2)}",
            f"next {firsts[place + 1]}" if place + 1 < count else "last",
            f"nextv {pairs[place + 1][0]}" if place + 1 < count else "last",
            f"after {firsts[place - 1]}" if place else "first",
            f"afterv {pairs[place - 1][0]}" if place else "first",
        ]
        if place:
            features.append(
                f"follows{round(6 * len(sets[place - 1] & content) / (len(sets[place - 1]) + 1))}"
            )
        if place < own and lower != subject:
            features.append(BACKGROUND)
        news += new
        before |= content
        starts = [match.start() for match in matches[place]]
        found_sentences.append(Sentence(text, cue, features, words[place], starts, analysed[place]))
    best = max(overlaps, default=0.0)
    return Abstract(found_sentences, title_stems, len(titled) or 1, best, spread, told)


def _cue(text: str) -> tuple[str, bool]:
    """Who does what in a sentence, and whether that announces something."""
    match = _CUE.search(text)
    if not match:
        return "", False
    who = match.group(1).lower().split(" ", 1)[0]
    verb = _word(match.group(2) or "")[0]
    return f"{who} {verb}", verb in _NEWS and who in ("we", "this")


def word_features(word: Word) -> list[str]:
    """What can be said of a word in its place."""
    stem, kind, spread, in_title, after_title_word, new = word
    names = [f".{'T' if in_title else '-'}{kind}{min(spread, 4)}", f".W{stem}"]
    if after_title_word:
        names.append(".pair")
    if not new:
        names.append(".again")
    return names


def wording(abstract: Abstract, sentence: Sentence) -> Wording:
    """What can be said of the words of a sentence and, summed up, of any stretch of them."""
    titled, spread = abstract.title_stems, abstract.spread
    seen: set[str] = set()
    words: list[Word] = []
    pointers: list[int] = []
    known, fresh, told = [0], [0], [0]
    knows = news = tells = 0
    previous = False
    for place, (stem, kind) in enumerate(sentence.analysed):
        common = kind == "s"
        if kind == "C" and not place:
            kind = "l"
        in_title = stem in titled
        new = stem not in seen
        words.append((stem, kind, 0 if common else spread[stem], in_title, in_title and previous, new))
        if new:
            seen.add(stem)
            knows += in_title
            tells += (stem in abstract.told) + 1000 * (in_title and not common)
        if not common:
            news += not in_title
        elif stem in _POINTERS and not _POINTS_OUT.match(sentence.text, sentence.starts[place] + len(stem)):
            pointers.append(place)
        known.append(knows)
        fresh.append(news)
        told.append(tells)
        previous = in_title
    return Wording(words, pointers, known, fresh, told)


def stretches(sentence: Sentence, form: Form) -> list[tuple[int, int]]:
    """The words of a form: from which to before which, for each stretch that stays."""
    starts = sentence.starts
    return [(bisect_left(starts, first), bisect_left(starts, last)) for first, last in form.spans]


def form_features(
    abstract: Abstract, sentence: Sentence, wording: Wording, form: Form, kept: list[tuple[int, int]]
) -> list[str]:
    """What can be said of a form whose words are ``kept``."""
    size = known = fresh = hits = 0
    for first, last in kept:
        size += last - first
        known += wording.known[last] - wording.known[first]
        fresh += wording.fresh[last] - wording.fresh[first]
        hits += wording.told[last] - wording.told[first]
    titled, told = divmod(hits, 1000)
    recall = titled / abstract.title_content
    first, last = kept[0][0], kept[-1][1]
    start = sentence.words[first].lower() if first < len(sentence.words) else ""
    second = sentence.words[first + 1].lower() if first + 1 < last else ""
    names = [
        f"n{min(size, 46) // 2}",
        f"N{min(size, 46) // 6}",
        f"head {form.head}",
        f"tail {form.tail}",
        f"asides{form.asides}",
        f"{form.head} {form.tail}",
        f"b {start}",
        f"b {start} {second}",
        f"{form.head} v {sentence.cue}",
        f"recall{round(recall * 6)}",
        f"behind{round((abstract.best_overlap - recall) * 8)}",
        f"f{round(20 * known / (size + len(abstract.title_stems)))}",
        f"F{round(7 * known / (size + len(abstract.title_stems)))}",
        f"new{min(fresh // 2, 9)}",
        f"told{told}",
        f"cut{round(6 * (1 - size / len(sentence.words)))}",
    ]
    if any(first <= place < last for place in wording.pointers):
        names.append(POINTS_BACK)
    if last < len(sentence.words):
        names.append(f"c {sentence.words[last].lower()}")
    return names
