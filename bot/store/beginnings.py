"""Papers whose title begins with the words of a search: they come first, however common the words are."""

import json
from sqlite3 import Connection

from bot.store import titles
from bot.store.conditions import Values, conditions
from bot.store.query import Query
from bot.store.rows import put_ids

BEGINNINGS = 500
"""Titles, about the newest, that begin with the words and may come first for it."""


def beginnings(db: Connection, query: Query, match: str, values: Values) -> list[int]:
    """Papers whose title begins with the words, the shortest first; by one word alone, or by it before a colon.

    ``match`` is what the query says must occur, and what must not, as FTS5 has it; nothing is found without.
    ``values`` are those of its filters, and ``last_id``, the newest paper that is looked at.
    """
    given = titles.words(" ".join(query.title))
    if not given or not match:
        return []
    span = titles.span(given) if len(given) > 1 else titles.name(given[0])
    bound = {**values, "low": span.low, "high": span.high, "most": BEGINNINGS}
    where = ["1", *conditions(query.filters, "begun.paper_id")]
    if query.excluded:
        bound["match"] = match
        where.append(
            "EXISTS (SELECT 1 FROM papers_fts WHERE papers_fts MATCH :match AND rowid = begun.paper_id)"
        )
    row = db.execute(
        f"{titles.BLOCKS.format(last_id=':last_id')} "
        "SELECT json_group_array(json_array(letters, -paper_id)) AS found FROM (SELECT paper_id, letters "
        "FROM blocks CROSS JOIN title_beginnings USING (block) WHERE begins >= :low "
        f"AND begins < :high AND paper_id <= :last_id LIMIT :most) begun WHERE {' AND '.join(where)}",
        bound,
    ).fetchone()
    found = [-paper_id for _, paper_id in sorted(json.loads(row["found"]))]
    return _checked(db, found, given) if span.longer else found


def _checked(db: Connection, found: list[int], given: list[str]) -> list[int]:
    """Those whose title does begin so, beyond what is kept of its beginning."""
    rows = db.execute(
        "SELECT id, title FROM papers WHERE id IN (SELECT value FROM json_each(?))", (put_ids(found),)
    )
    begun = {row["id"] for row in rows if titles.begins(row["title"], given)}
    return [paper_id for paper_id in found if paper_id in begun]
