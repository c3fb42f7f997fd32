"""Words and phrases in FTS5's language, and how common they are."""

import json
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from sqlite3 import Connection

from bot.store.scratch import full_text

SAMPLE = 5_000
"""Papers, the newest, among which it is counted how common something is: reading all would take as long as a search."""

_POWER = re.compile(r"\^\{?([-+]?\w+)\}?")
_HIGH = str.maketrans("0123456789-+", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺")
_LOW = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
_RAISED = re.compile("[⁰¹²³⁴-⁹⁻⁺]+")


def term(text: str) -> str:
    """A word or phrase as a term; an exponent is found however it is written."""
    low = _RAISED.sub(lambda found: "^" + found[0].translate(_LOW), text)
    low = _POWER.sub(r"^\1", low)
    high = _POWER.sub(lambda found: found[1].translate(_HIGH), low)
    return quoted(text) if low == high else f"({quoted(low)} OR {quoted(high)})"


def quoted(text: str) -> str:
    """Text as an FTS5 string, in which nothing has a meaning of its own."""
    return '"' + text.replace('"', '""') + '"'


def any_of(texts: Iterable[str]) -> str:
    """What is matched by a paper with any of these words and phrases; empty when there is none."""
    return " OR ".join(map(term, texts))


def all_of(texts: Iterable[str]) -> str:
    """What is matched by a paper with all of these words and phrases; empty when there is none."""
    return " AND ".join(map(term, texts))


def shares(db: Connection, matches: Sequence[str], last_id: int) -> list[float]:
    """For each FTS5 query the share of papers up to ``last_id`` that it matches, judged by the newest of them."""
    first = max(0, last_id - SAMPLE)
    rows = db.execute(
        "SELECT (SELECT count(*) FROM papers_fts WHERE papers_fts MATCH value AND rowid > ? AND rowid <= ?) AS n "
        "FROM json_each(?)",
        (first, last_id, json.dumps(matches)),
    )
    return [row["n"] / max(1, last_id - first) for row in rows]


@lru_cache
def stems(*texts: str) -> tuple[tuple[str, ...], ...]:
    """The words of each text as the full text has them."""
    found: list[list[str]] = [[] for _ in texts]
    with full_text() as memory:
        memory.executemany("INSERT INTO texts (rowid, text) VALUES (?, ?)", enumerate(texts))
        for place, stem in memory.execute("SELECT doc, term FROM words ORDER BY doc, offset"):
            found[place].append(stem)
    return tuple(map(tuple, found))
