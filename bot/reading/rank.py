"""Which papers a channel should see first, and why: a score that is the sum of its named parts.

What the channel asked for (tags, keywords; muted words hide), what its people bookmarked before, signals that
the digest gives (upvotes, age, code), and the digest's own order. A channel that asked for nothing, bookmarked
nothing and reads a digest without signals gets exactly the digest's own order.
"""

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from operator import attrgetter
from statistics import pstdev

from bot.models import Brief, Interests

# What each part adds at most; of the bookmarks, one standard deviation, and at most two of them. An interest
# named in the title outweighs the whole digest order.
TAG = 1.0
KEYWORD_IN_TITLE = 1.0
KEYWORD_IN_TEXT = 0.5
BOOKMARKS = 1.0
ORDER = 0.5
UPVOTES = 0.5
FRESH = 0.2
CODE = 0.05
# What a paper loses for tags it shares with the papers just before it, as a share of what it was asked for.
SPREAD = 0.4
SPREAD_OVER = 3
SPREAD_AMONG = 8
SPREAD_FIRST = 60  # nobody pages further to see one topic twice

_TOPIC = "topic:"  # a title is split at colons: no word of it looks like this
_UNASKED = frozenset({"order", "upvotes", "fresh", "code"})

ENOUGH_UPVOTES = 250
FRESH_HALF_LIFE = 7.0
"""Days until a paper's freshness is worth half."""
TASTE_HALF_LIFE = 90.0
"""Days until a bookmark counts half."""

# Average examples that each feature must outvote before it moves a score, and features kept.
PRIOR = 10.0
TERMS = 2000
# What the words of a title say, against what tags and areas say.
WORDS = 0.5
# Bookmarks at which the profile has half its say.
COLD_START = 5.0


@dataclass(frozen=True, slots=True)
class Ranked:
    """A brief with its score, the parts that add up to it, and the muted word that hides it, if one does."""

    brief: Brief
    score: float
    parts: tuple[tuple[str, float], ...]
    muted: str | None = None


@dataclass(frozen=True, slots=True)
class Features:
    """What the profile sees of a paper: its tags and areas, and the words of its title."""

    topics: frozenset[str]
    words: frozenset[str]


@dataclass(frozen=True, slots=True)
class Example:
    """A paper that was posted: whether anybody bookmarked it, and how many days ago it was posted."""

    features: Features
    bookmarked: bool
    age: float


@dataclass(frozen=True, slots=True)
class Profile:
    """What a group's bookmarks say of its taste: the weight of each feature. Empty says nothing."""

    weights: Mapping[str, float] = field(default_factory=dict)


NO_PROFILE = Profile()


def features(brief: Brief) -> Features:
    """What :func:`learn` and the profile go by.

    The abstract's words would find 2% more of what a group loves, and take five times as long to read.
    """
    title = brief.paper.title.casefold()
    for sign in ",.:;()":
        title = title.replace(sign, " ")
    return Features(frozenset((*brief.tags, *brief.areas)), frozenset(title.split()))


def learn(examples: Iterable[Example]) -> Profile:
    """The taste of a group: for each feature, the log odds of a bookmark with it over those without.

    Each is shrunk towards nothing by ``PRIOR`` average examples, each example halves in ``TASTE_HALF_LIFE``.
    The weights are scaled so that the examples' scores have a standard deviation of ``BOOKMARKS``, less when
    there are few bookmarks; none says nothing.
    """
    known = list(examples)
    kept: defaultdict[str, float] = defaultdict(float)
    posted: defaultdict[str, float] = defaultdict(float)
    bookmarks = total = 0.0
    for example in known:
        weight = 0.5 ** (max(0.0, example.age) / TASTE_HALF_LIFE)
        total += weight
        bookmarks += weight * example.bookmarked
        for name in _names_of(example.features):
            posted[name] += weight
            kept[name] += weight * example.bookmarked
    if not bookmarks or bookmarks == total:
        return Profile()
    base = bookmarks / total
    odds = {
        name: _log_odds((kept[name] + PRIOR * base) / (count + PRIOR)) - _log_odds(base)
        for name, count in posted.items()
    }
    telling = sorted(odds, key=lambda name: (-abs(odds[name]) * math.sqrt(posted[name]), name))[:TERMS]
    weights = {name: odds[name] for name in telling}
    spread = pstdev(_taste(example.features, weights) for example in known)
    if not spread:
        return Profile()
    scale = BOOKMARKS / spread * bookmarks / (bookmarks + COLD_START)
    return Profile({name: weight * scale for name, weight in weights.items()})


def _log_odds(share: float) -> float:
    return math.log(share / (1 - share))


def _names_of(seen: Features) -> list[str]:
    return [*(_TOPIC + name for name in seen.topics), *seen.words]


def _taste(seen: Features, weights: Mapping[str, float]) -> float:
    """The mean weight of the topics and half that of the words, each raised by how many there are."""
    topics = math.fsum(weights.get(_TOPIC + name, 0.0) for name in seen.topics)
    words = math.fsum(weights[name] for name in seen.words & weights.keys())
    return topics / math.sqrt(len(seen.topics) or 1) + WORDS * words / math.sqrt(len(seen.words) or 1)


def rank(
    briefs: Sequence[Brief],
    interests: Interests,
    profile: Profile = NO_PROFILE,
    today: date | None = None,
) -> tuple[Ranked, ...]:
    """The briefs, best first and muted ones last; ``briefs`` come in the digest's own order.

    ``today`` is what ``published`` is compared with; without it freshness adds nothing.
    """
    cares = bool(interests.tags or interests.keywords or profile.weights)
    ranked = []
    for place, brief in enumerate(briefs):
        asked = _asked(brief, interests)
        if profile.weights:
            taste = _taste(features(brief), profile.weights)
            asked.append(("bookmarks", max(-2 * BOOKMARKS, min(2 * BOOKMARKS, taste))))
        signals = _signals(brief, today, code=cares)
        order = ("order", ORDER * (1 - place / len(briefs)))
        ranked.append(_ranked(brief, (*asked, *signals, order), _muted_by(brief, interests)))
    ranked.sort(key=attrgetter("score"), reverse=True)
    heard = [one for one in ranked if not one.muted]
    return (*(_spread_out(heard) if cares else heard), *(one for one in ranked if one.muted))


def _ranked(brief: Brief, parts: Iterable[tuple[str, float]], muted: str | None) -> Ranked:
    named = tuple((name, value) for name, value in parts if value)
    return Ranked(brief, math.fsum(value for _, value in named), named, muted)


def _plain(text: str) -> str:
    return text.casefold().replace("-", " ").replace("_", " ")


@lru_cache(maxsize=4096)
def _plain_name(name: str) -> str:
    """A tag, an area or a word of the settings; there are few, and each is met often."""
    return _plain(name).strip()


def _names(word: str, text: str) -> bool:
    """Whether a plain text has the word or phrase, by itself or in the plural."""
    return word in text and re.search(rf"(?<!\w){re.escape(word)}(?:e?s)?(?!\w)", text) is not None


def _asked(brief: Brief, interests: Interests) -> list[tuple[str, float]]:
    parts: list[tuple[str, float]] = []
    if interests.tags:
        tags = {_plain_name(tag) for tag in (*brief.tags, *brief.areas)}
        parts += [(f"tag {tag}", TAG) for tag in interests.tags if _plain_name(tag) in tags]
    if interests.keywords:
        title, text = _plain(brief.paper.title), _plain(brief.paper.abstract)
        for keyword in interests.keywords:
            word = _plain_name(keyword)
            if word and _names(word, title):
                parts.append((f"keyword {keyword}", KEYWORD_IN_TITLE))
            elif word and _names(word, text):
                parts.append((f"keyword {keyword}", KEYWORD_IN_TEXT))
    return parts


def _muted_by(brief: Brief, interests: Interests) -> str | None:
    """The muted word that title, summary, tags or areas name; a mention in the abstract hides nothing."""
    if not interests.muted:
        return None
    text = _plain("\n".join((brief.paper.title, brief.summary, *brief.tags, *brief.areas)))
    return next(
        (muted for muted in interests.muted if (word := _plain_name(muted)) and _names(word, text)), None
    )


def _signals(brief: Brief, today: date | None, code: bool) -> list[tuple[str, float]]:
    parts = []
    if brief.paper.upvotes and brief.paper.upvotes > 0:
        share = math.log1p(brief.paper.upvotes) / math.log1p(ENOUGH_UPVOTES)
        parts.append(("upvotes", UPVOTES * min(1.0, share)))
    if brief.paper.published and today:
        age = max(0, (today - brief.paper.published).days)
        parts.append(("fresh", FRESH * 0.5 ** (age / FRESH_HALF_LIFE)))
    if code and any(link.kind == "code" for link in brief.links):
        parts.append(("code", CODE))
    return parts


def _spread_out(ranked: list[Ranked]) -> list[Ranked]:
    """Each next one the best of a few, after a loss for tags shared with those just before it.

    The loss is a share of what the paper was asked for, so that nothing falls below papers nobody asked for.
    """
    waiting = [(one, frozenset(one.brief.tags), _wanted(one)) for one in ranked[:SPREAD_FIRST]]
    spread: list[Ranked] = []
    before: list[frozenset[str]] = []
    while waiting:
        best, place, loss = -math.inf, 0, 0.0
        for at, (one, tags, wanted) in enumerate(waiting[:SPREAD_AMONG]):
            if one.score <= best:
                break
            alike = (
                max((len(tags & other) / (len(tags | other) or 1) for other in before), default=0.0)
                if wanted
                else 0.0
            )
            if one.score - SPREAD * alike * wanted > best:
                loss = SPREAD * alike * wanted
                best, place = one.score - loss, at
        one, tags, _ = waiting.pop(place)
        spread.append(_ranked(one.brief, (*one.parts, ("spread", -loss)), one.muted) if loss else one)
        before = [*before[1 - SPREAD_OVER :], tags]
    return spread + ranked[SPREAD_FIRST:]


def _wanted(one: Ranked) -> float:
    return max(0.0, math.fsum(value for name, value in one.parts if name not in _UNASKED))
