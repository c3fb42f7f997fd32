"""Papers whose title begins with the words of a search: they come first, however common the words are."""

from sqlite3 import Connection

from bot.store.conditions import Values, conditions
from bot.store.query import Query
from bot.store.terms import quoted

BEGINNINGS = 500
"""Titles, the newest, that begin with the words and may come first for it."""


def beginnings(db: Connection, query: Query, match: str, values: Values) -> list[int]:
    """Papers whose title begins with the words, the shortest first; by one word alone, or by it before a colon.

    ``match`` is what the query says must occur, and what must not, as FTS5 has it; nothing is found without.
    ``values`` are those of its filters, and ``last_id``, the newest paper that is looked at.
    """
    if not query.title or not match:
        return []
    bound = {
        **values,
        "begins": f"^ {quoted(' '.join(query.title))}",
        "named": query.title[0] if len(query.title) == 1 else "",
        "most": BEGINNINGS,
    }
    where = [
        "(:named = '' OR p.title LIKE :named OR p.title LIKE :named || ':%')",
        *conditions(query.filters, "p.id"),
    ]
    if query.excluded:
        bound["match"] = match
        where.append("EXISTS (SELECT 1 FROM papers_fts WHERE papers_fts MATCH :match AND rowid = p.id)")
    rows = db.execute(
        "SELECT p.id FROM papers p WHERE p.id IN (SELECT rowid FROM papers_titles WHERE papers_titles MATCH :begins "
        f"AND rowid <= :last_id ORDER BY rowid DESC LIMIT :most) AND {' AND '.join(where)} "
        "ORDER BY length(p.title), p.id DESC",
        bound,
    )
    return [row["id"] for row in rows]
