"""Full text over titles and abstracts, ranked by BM25; no query string is an error."""

import re
from sqlite3 import Connection

SHORT = 3
"""Up to this many words a query means all of them; papers with only some come after."""

_WORD = re.compile(r"\w+")

_STOP = frozenset(
    "a about an and any are as at be been by can do does for from has have how i in into is it its me of on or "
    "s t that the their them there these they this to up was we were what when where which who why with you".split()
)


def search(db: Connection, query: str, limit: int, offset: int = 0) -> tuple[list[tuple[int, str]], int]:
    """The papers that match, best first, as (id, snippet) with the words found in ‹ ›, and how many match in all.

    Up to three words: papers with all of them first, then those with any. More: any of them, by BM25 with a
    title's words counting double. Words without content are left out, unless there are no others.
    """
    words = _WORD.findall(query)
    words = [word for word in words if word.casefold() not in _STOP] or words
    if not words:
        return [], 0
    some = " OR ".join(_quoted(word) for word in words)
    every = " AND ".join(_quoted(word) for word in words) if len(words) <= SHORT else None
    total = db.execute("SELECT count(*) AS n FROM papers_fts WHERE papers_fts MATCH ?", (some,)).fetchone()[
        "n"
    ]
    rows = db.execute(
        "SELECT rowid AS id, snippet(papers_fts, -1, '‹', '›', '…', 24) AS snippet "
        "FROM papers_fts WHERE papers_fts MATCH :some "
        "ORDER BY rowid NOT IN (SELECT rowid FROM papers_fts WHERE papers_fts MATCH :every), "
        "bm25(papers_fts, 2, 1), rowid DESC LIMIT :limit OFFSET :offset",
        {"some": some, "every": every or some, "limit": limit, "offset": offset},
    )
    return [(row["id"], row["snippet"]) for row in rows], int(total)


def _quoted(word: str) -> str:
    """A word as an FTS5 string, in which nothing has a meaning of its own."""
    return '"' + word.replace('"', '""') + '"'
