"""The native format: the text of a Hugging Face papers page, paragraphs parted by blank lines.

::

    new                                            the page's header: any lines, a date among them
    …
    Mar 11

    A title                                        then cards: a title, its abstract
                                                   …
    Its abstract, on one line or wrapped.          and page furniture anywhere: votes, "12 authors", "·"

Lines that are furniture are dropped; what is left is aligned (see ``alignment``); what then is neither
title nor abstract is set aside with its line and the reason.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import pairwise

from bot.models import Digest, Entry, Unreadable
from bot.sources import dates
from bot.sources.alignment import PROSE, Card, Paragraph, align, log_odds, prose_features
from bot.sources.text import ABSTRACT_CAP, EXCERPT, clean, garbled

FORMAT = "hf_text"

WRAP_WIDTH = 200
"""No text is wrapped by hand or by a mail program at more columns than this."""
REPEATS = 3
"""A short line that a page prints this often is furniture."""
_SHORT = 40

_FURNITURE = re.compile(
    r"""
      [\W\d_]+                                              # no letter at all: votes, rules, bullets
    | [\d.,]+\s?[km]                                        # 1.2k
    | [\d.,]+[km]?\s(?:authors?|comments?|replies|reply|likes?|up-?votes?|stars?|views?|papers?)
    | \d+\s(?:second|minute|hour|day|week|month)s?\sago
    | (?:new|subscribe|up-?vote|share|github|arxiv|pdf|code|project(?:\spage)?|models?|datasets?|spaces?|daily
        |weekly|monthly|trending|hugging\sface|(?:daily|trending)\spapers|log\s?in|sign\s?up|load\smore|next|previous
        |abstract|authors?|community|view\s(?:arxiv\spage|pdf)|ai-generated\ssummary)
    | get\strending\spapers\b.{0,80}
    | by\s?@?AK\b.{0,80}
    | (?:submitted|published|posted|shared)\s(?:by|on)\b.{0,80}
    | (?:authors?|submitted\sby|published(?:\son)?|upvotes?):.{0,2000}
    | https?://\S{1,500}
    """,
    re.VERBOSE | re.IGNORECASE,
)
_MARKUP = ("<", "{", "[{", "%PDF")


def sniff(head: str, name: str) -> float:
    """Any text may be a dump of a page, but for markup; its header makes it likely."""
    start = head.lstrip("\ufeff \t\n")
    if not start or start.startswith(_MARKUP):
        return 0.0
    if "Get trending papers" in start[:400]:
        return 0.8
    return 0.2 if name.lower().endswith(".txt") else 0.1


def read(text: str, *, name: str, modified: datetime) -> Digest:
    """Read a page; entries come in its order, a card printed twice comes once."""
    found = list(_paragraphs(text))
    dated = next((i for i, p in enumerate(found) if dates.is_date(p.text)), None)
    date = dates.resolve(
        found[dated].text if dated is not None else None, name=name, modified=modified.date()
    )
    kept: list[Paragraph] = []
    unreadable: list[Unreadable] = []
    repeated = _repeated(found)
    for paragraph in found:
        if reason := _unfit(paragraph.text):
            unreadable.append(_set_aside(paragraph, reason))
        elif not (is_furniture(paragraph.text) or paragraph.text in repeated or _echoes(kept, paragraph)):
            kept.append(paragraph)
    cards = _after_header(align(kept), kept, found[dated].line if dated is not None else 0)
    first = cards[0].title if cards else 0
    used = {index for card in cards for index in (card.title, *card.abstract)}
    abstracts = {kept[card.abstract[0]].text for card in cards if card.abstract}
    for index, paragraph in enumerate(kept):
        if index in used or paragraph.text in abstracts:
            continue
        prose = log_odds(PROSE, prose_features(paragraph.text)) > 0
        if index < first and not prose:
            continue
        unreadable.append(_set_aside(paragraph, _STRAY_PROSE if prose else _STRAY_LINE))
    entries = tuple(_entries(kept, cards))
    return Digest(FORMAT, date, entries, tuple(sorted(unreadable, key=lambda u: u.line)))


_STRAY_PROSE = "an abstract, or a part of one, without its title"
_STRAY_LINE = "neither a title nor an abstract"


def is_furniture(line: str) -> bool:
    """Whether a line belongs to the page, not to a paper."""
    return bool(_FURNITURE.fullmatch(line)) or dates.is_date(line)


def _after_header(cards: list[Card], paragraphs: Sequence[Paragraph], dated: int) -> list[Card]:
    """Leave out what looks like titles above the page's date, unless abstracts stand there too."""
    first = next((i for i, card in enumerate(cards) if card.abstract), len(cards))
    above = [paragraphs[card.title].line < dated for card in cards[: first + 1]]
    return cards if all(above) else [*cards[sum(above) :]]


def _echoes(paragraphs: Sequence[Paragraph], paragraph: Paragraph) -> bool:
    """Whether a paragraph says the same as the one above it."""
    return bool(paragraphs) and paragraphs[-1].text == paragraph.text


def _unfit(text: str) -> str | None:
    if len(text) > ABSTRACT_CAP:
        return f"a paragraph longer than {ABSTRACT_CAP:,} characters"
    return "not readable as UTF-8 text" if garbled(text) else None


def _set_aside(paragraph: Paragraph, reason: str) -> Unreadable:
    return Unreadable(paragraph.line, reason, paragraph.text[:EXCERPT])


def _entries(paragraphs: Sequence[Paragraph], cards: Sequence[Card]) -> Iterator[Entry]:
    """Give each card's entry, once: a repeat says the same, or less."""
    whole: dict[str, set[str]] = {}
    cards_read = [(paragraphs[c.title], " ".join(paragraphs[i].text for i in c.abstract)) for c in cards]
    for title, abstract in cards_read:
        whole.setdefault(title.text, set()).add(abstract)
    position = 0
    for title, abstract in cards_read:
        abstracts = whole[title.text]
        if abstract not in abstracts or (not abstract and len(abstracts) > 1):
            continue
        abstracts.discard(abstract)
        position += 1
        yield Entry(title.text, abstract, title.line, position)


def _repeated(paragraphs: Sequence[Paragraph]) -> frozenset[str]:
    counts: dict[str, int] = {}
    for paragraph in paragraphs:
        if len(paragraph.text) <= _SHORT:
            counts[paragraph.text] = counts.get(paragraph.text, 0) + 1
    return frozenset(text for text, count in counts.items() if count >= REPEATS)


def _paragraphs(text: str) -> Iterator[Paragraph]:
    """Give the paragraphs of a page, with the lines of wrapped ones joined."""
    block: list[tuple[int, str]] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if cleaned := clean(line):
            block.append((number, cleaned))
        else:
            yield from _unwrap(block)
            block = []
    yield from _unwrap(block)


def _unwrap(block: Sequence[tuple[int, str]]) -> Iterator[Paragraph]:
    """Give the paragraphs of lines without a blank one between.

    A line goes on in the next if that one's first word would not have fitted on it. A line of one long
    word (an address) tells nothing about the width.
    """
    width = max((len(line) for _, line in block if " " in line), default=0)
    full = [_is_full(line, after, width) for (_, line), (_, after) in pairwise(block)]
    wrapped = len(full) > 1 and 2 * sum(full) > len(full)
    parts: list[str] = []
    start, attached = 0, False
    for (number, line), goes_on in zip(block, [False, *full], strict=False):
        if parts and not (goes_on and (wrapped or (_is_text(parts[-1]) and _is_text(line)))):
            yield Paragraph(" ".join(parts), start, attached)
            parts, attached = [], True
        start = start if parts else number
        parts.append(line)
    if parts:
        yield Paragraph(" ".join(parts), start, attached)


def _is_full(line: str, after: str, width: int) -> bool:
    """Whether the first word of the line after would not have fitted."""
    return len(line) + 1 + len(after.partition(" ")[0]) > width and width <= WRAP_WIDTH


def _is_text(line: str) -> bool:
    return line.startswith(("http://", "https://")) or not is_furniture(line)
