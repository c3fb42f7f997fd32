"""Words that are in no paper, mended by one letter: what is looked up does not grow with the history."""

import json
import unicodedata
from collections.abc import Iterator, Sequence
from sqlite3 import Connection

from bot.store.terms import stems

MOST_WORDS = 8
"""Words of a query that are mended."""

SHORTEST, LONGEST = 4, 24
"""Letters of a word that is mended: a shorter one is a letter away from too many, a longer one is none."""

_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def mended(db: Connection, words: Sequence[str]) -> list[str]:
    """The words, each that no paper has replaced by the one a letter away that most papers have, if any does.

    A letter away: one more, one less, another, or two swapped. Digits are left alone: YOLOv9 is not YOLOv8.
    """
    found = list(words)
    for place, word in enumerate(words[:MOST_WORDS]):
        folded = _folded(word)
        if not folded or _most_used(db, [folded]) is not None:
            continue
        found[place] = _most_used(db, list(dict.fromkeys(_edits(folded)))) or word
    return found


def _folded(word: str) -> str:
    """The word without case and accents, empty if it is none that could be mended."""
    letters = "".join(
        letter for letter in unicodedata.normalize("NFKD", word) if not unicodedata.combining(letter)
    ).casefold()
    return letters if letters.isascii() and letters.isalnum() and SHORTEST <= len(letters) <= LONGEST else ""


def _edits(word: str) -> Iterator[str]:
    """All that is one letter away, as P. Norvig describes in "How to Write a Spelling Corrector" (2007)."""
    for at in range(len(word) + 1):
        head, tail = word[:at], word[at:]
        if tail[:1].isalpha():
            yield head + tail[1:]
            yield from (head + letter + tail[1:] for letter in _LETTERS)
        if len(tail) > 1 and tail[:2].isalpha():
            yield head + tail[1] + tail[0] + tail[2:]
        yield from (head + letter + tail for letter in _LETTERS)


def _most_used(db: Connection, words: Sequence[str]) -> str | None:
    """The word that occurs in most papers, in any inflection; of several the first."""
    row = db.execute(
        "SELECT key FROM json_each(?) CROSS JOIN papers_terms ON term = value ORDER BY doc DESC, key LIMIT 1",
        (json.dumps([stem for [stem] in stems(*words)]),),
    ).fetchone()
    return words[row["key"]] if row else None
