"""What a person may be about to type: titles and arXiv ids of papers, and tags."""

import re
from sqlite3 import Connection

from bot.store import titles

MOST_WORDS = 12
"""Words of what was typed that are looked at."""

_NUMBER = re.compile(r"(?:arxiv:)?([a-z.-]+/\d*|\d{2,4}\.?\d*)", re.I)


def papers(db: Connection, typed: str, limit: int) -> list[tuple[int, str]]:
    """Papers as (id, title) whose arXiv id begins so, then whose title does, then with all these words in it.

    The last word may be cut off. Each kind comes newest first; for no word at all, the newest papers. Words are as
    ``titles.words`` has them: without accents, case and punctuation.
    """
    typed = typed.strip()
    given = titles.words(typed)
    cut = titles.fold(typed)[-1:].isalnum() and len(given) <= MOST_WORDS
    given = given[:MOST_WORDS]
    found: dict[int, str] = {}
    if limit <= 0:
        return []
    number = _NUMBER.fullmatch(typed)
    if number is not None:
        found |= _numbered(db, number[1].casefold(), limit)
    if not given:
        return _newest(db, limit)
    for look in (titles.beginning, titles.having):
        if len(found) < limit:
            found |= look(db, given, limit, cut=cut)
    return list(found.items())[:limit]


def tags(db: Connection, typed: str, limit: int) -> list[str]:
    """Tags that begin so, then those of which a later word does, the most used first."""
    begins = " ".join(typed.encode("utf-8", "ignore").decode().casefold().split())
    rows = db.execute(
        "SELECT tag FROM tag_counts WHERE papers > 0 AND instr(' ' || lower(tag), ' ' || :begins) > 0 "
        "ORDER BY instr(lower(tag), :begins) > 1, papers DESC, tag LIMIT :limit",
        {"begins": begins, "limit": max(limit, 0)},
    )
    return [row["tag"] for row in rows]


def _numbered(db: Connection, begins: str, limit: int) -> dict[int, str]:
    rows = db.execute(
        "SELECT id, title FROM papers WHERE arxiv_id >= :begins AND arxiv_id < :begins || 'z' "
        "ORDER BY arxiv_id DESC LIMIT :limit",
        {"begins": begins, "limit": limit},
    )
    return {row["id"]: row["title"] for row in rows}


def _newest(db: Connection, limit: int) -> list[tuple[int, str]]:
    rows = db.execute("SELECT id, title FROM papers ORDER BY id DESC LIMIT ?", (limit,))
    return [(row["id"], row["title"]) for row in rows]
