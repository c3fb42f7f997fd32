"""Full text over titles and abstracts, ranked by BM25; no query string is an error."""

import re
import unicodedata
from sqlite3 import Connection

SHORT = 3
"""Up to this many words a query means all of them; papers with only some come after."""

LONGEST, MOST_WORDS = 10_000, 200
"""Characters and words of a query that are looked at; the rest would cost time and change little."""

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
    words = _WORD.findall(unicodedata.normalize("NFC", query[:LONGEST]))
    words = ([word for word in words if word.casefold() not in _STOP] or words)[:MOST_WORDS]
    if not words:
        return [], 0
    some = " OR ".join(_quoted(word) for word in words)
    total = db.execute("SELECT count(*) AS n FROM papers_fts WHERE papers_fts MATCH ?", (some,)).fetchone()[
        "n"
    ]
    incomplete = "rowid NOT IN (SELECT rowid FROM papers_fts WHERE papers_fts MATCH :every)"
    first = f"{incomplete}, " if 1 < len(words) <= SHORT else ""
    rows = db.execute(
        f"SELECT rowid AS id FROM papers_fts WHERE papers_fts MATCH :some "
        f"ORDER BY {first}bm25(papers_fts, 2, 1), rowid DESC LIMIT :limit OFFSET :offset",
        {
            "some": some,
            "every": " AND ".join(_quoted(word) for word in words),
            "limit": max(limit, 0),
            "offset": max(offset, 0),
        },
    ).fetchall()
    return [(row["id"], _snippet(db, some, row["id"])) for row in rows], int(total)


def _snippet(db: Connection, some: str, paper_id: int) -> str:
    """Made for the papers shown only: asked for beside ``ORDER BY`` it would be made for all that match."""
    row = db.execute(
        "SELECT snippet(papers_fts, -1, '‹', '›', '…', 24) AS snippet FROM papers_fts "
        "WHERE papers_fts MATCH ? AND rowid = ?",
        (some, paper_id),
    ).fetchone()
    return str(row["snippet"])


def _quoted(word: str) -> str:
    """A word as an FTS5 string, in which nothing has a meaning of its own."""
    return '"' + word.replace('"', '""') + '"'
