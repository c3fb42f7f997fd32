"""Titles by their words: which begin so, and which have all of them, the last one perhaps cut off.

``title_beginnings`` has how each title begins and, after a colon, the one word that is its name: the whole title, or
what stands before a colon. It is kept in blocks of papers, so that the newest titles of many that begin so are found
by reading the newest block. ``title_words`` is an FTS5 index of all words. Both have the words as ``fold`` makes them,
separated by blanks, so that what is found does not hang on a tokenizer.
"""

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from sqlite3 import Connection
from typing import NamedTuple

BLOCK = 16
"""Bits that the ids of one block's papers differ in. The file has it so: another number takes another migration."""

LONGEST = 32
"""Characters of a beginning that are kept. The file has it so, too."""

PREFIXES = 3
"""Letters of a cut-off word that the index of words has a list for; so does the file."""

CHECKED = 100
"""Titles, the newest, that are read to see whether they have what the indexes do not say."""

BLOCKS = (
    "WITH RECURSIVE blocks(block) AS "
    f"(SELECT {{last_id}} >> {BLOCK} UNION ALL SELECT block - 1 FROM blocks WHERE block > 0)"
)
"""The blocks of papers up to some last one, the newest first."""

# One row for all that is found: each row more is a wait for the interpreter, which the writer may hold.
_BEGINNING = (
    f"{BLOCKS.format(last_id='(SELECT max(id) FROM papers)')} "
    "SELECT json_group_array(json_array(id, title)) AS found FROM (SELECT p.id, p.title "
    "FROM blocks CROSS JOIN json_each((SELECT json_group_array(paper_id) FROM (SELECT paper_id FROM title_beginnings "
    "WHERE block = blocks.block AND begins >= :low AND begins < :high ORDER BY paper_id DESC LIMIT :most))) begun "
    "CROSS JOIN papers p ON p.id = begun.value LIMIT :most)"
)
_MATCHING = (
    "SELECT json_group_array(json_array(p.id, p.title)) AS found FROM (SELECT rowid AS id FROM title_words "
    "WHERE title_words MATCH :match ORDER BY rowid DESC LIMIT :most) found CROSS JOIN papers p ON p.id = found.id"
)

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_WORD = re.compile(r"[^\W_]+")
_LAST = "\U0010ffff"

Titles = list[tuple[int, str]]
"""Papers as (id, title), the newest first."""


class Span(NamedTuple):
    """Where in ``title_beginnings`` a beginning is: from ``low`` up to ``high``."""

    low: str
    high: str
    longer: bool = False
    """The beginning is longer than what is kept, so that the titles themselves must be read."""


def fold(text: str) -> str:
    """Text without case and accents, each character in its plainest form (Unicode's NFKD)."""
    if text.isascii():
        return text.lower()
    plain = (letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    return "".join(plain).casefold()


def words(text: str) -> list[str]:
    """The words of a text, folded: letters and digits in a row."""
    return _WORD.findall(fold(text))


def index(db: Connection, papers: Iterable[tuple[int, str]]) -> None:
    """Let papers, as (id, title), be found by their titles."""
    folded = [(paper_id, title, " ".join(words(title))) for paper_id, title in papers]
    begun = sorted(
        (paper_id >> BLOCK, begins, paper_id, len(title))
        for paper_id, title, text in folded
        for begins in _kept(title, text)
    )
    db.execute(
        "INSERT INTO title_words (rowid, words) "
        "SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(?)",
        (_ENCODER.encode([(paper_id, text) for paper_id, _, text in folded]),),
    )
    db.execute(
        "INSERT INTO title_beginnings (block, begins, paper_id, letters) "
        "SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]'), "
        "json_extract(value, '$[3]') FROM json_each(?)",
        (_ENCODER.encode(begun),),
    )


def index_newer(db: Connection, paper_id: int) -> None:
    """Let all papers admitted after that one be found by their titles."""
    row = db.execute(
        "SELECT json_group_array(json_array(id, title)) AS found FROM papers WHERE id > ?", (paper_id,)
    ).fetchone()
    index(db, json.loads(row["found"]))


def forget(db: Connection, paper_id: int, title: str) -> None:
    """Let a paper no longer be found by the title that it was indexed with."""
    text = " ".join(words(title))
    db.execute(
        "INSERT INTO title_words (title_words, rowid, words) VALUES ('delete', ?, ?)", (paper_id, text)
    )
    for begins in _kept(title, text):
        db.execute(
            "DELETE FROM title_beginnings WHERE block = ? AND begins = ? AND paper_id = ?",
            (paper_id >> BLOCK, begins, paper_id),
        )


def span(given: Sequence[str], *, cut: bool = False) -> Span:
    """Where the titles are that begin with these folded words, the last one cut off or not."""
    text = " ".join(given)
    longer = len(text) > LONGEST - (not cut)
    low = text[:LONGEST]
    return Span(low, low + (_LAST if cut or longer else "!"), longer)  # "!" is what follows a blank


def name(word: str) -> Span:
    """Where the titles are that this folded word is the whole of, or that have it before a colon."""
    return Span(f":{word}", f":{word}!")


def begins(title: str, given: Sequence[str], *, cut: bool = False) -> bool:
    """Whether a title begins with these folded words."""
    text = " ".join(given)
    return " ".join([*words(title), ""]).startswith(text if cut else f"{text} ")


def beginning(db: Connection, given: Sequence[str], limit: int, *, cut: bool) -> Titles:
    """The newest titles that begin with these folded words.

    Of those with the same ``LONGEST`` characters at the beginning no more than the newest ``CHECKED`` are looked at.
    """
    where = span(given, cut=cut)
    most = max(limit, CHECKED) if where.longer else limit
    found = _found(db, _BEGINNING, {"low": where.low, "high": where.high, "most": most})
    if where.longer:
        found = [(paper_id, title) for paper_id, title in found if begins(title, given, cut=cut)]
    return found[:limit]


def having(db: Connection, given: Sequence[str], limit: int, *, cut: bool) -> Titles:
    """The newest titles with all these folded words anywhere; the last one may be the beginning of a word.

    FTS5 adds up the lists of all words that begin so, which takes long for ``mode``; where it has a list for the
    first letters, the newest titles in that nearly always suffice.
    """
    whole, last = " ".join(f'"{word}"' for word in dict.fromkeys(given[:-1])), given[-1]
    if cut and len(last) > PREFIXES:
        most = max(limit, CHECKED)
        newest = _found(db, _MATCHING, {"match": f'{whole} "{last[:PREFIXES]}"*', "most": most})
        found = list(islice((one for one in newest if _has(one[1], last)), limit))
        if len(found) == limit or len(newest) < most:
            return found
    return _found(db, _MATCHING, {"match": f'{whole} "{last}"{"*" if cut else ""}', "most": limit})


def _found(db: Connection, query: str, values: dict[str, str | int]) -> Titles:
    found = json.loads(db.execute(query, values).fetchone()["found"])
    return sorted(((paper_id, title) for paper_id, title in found), reverse=True)


def _has(title: str, beginning: str) -> bool:
    """Whether a word of the title begins so."""
    folded = fold(title)
    return beginning in folded and any(word.startswith(beginning) for word in _WORD.findall(folded))


def _kept(title: str, text: str) -> Iterator[str]:
    """What is kept of how a title begins, whose folded words are ``text``."""
    yield text[:LONGEST]
    head, colon, _ = title.partition(":")
    named = " ".join(words(head)) if colon else text
    if named and " " not in named and len(named) < LONGEST:
        yield f":{named}"
