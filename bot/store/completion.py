"""What a person may be about to type: titles and arXiv ids of papers, and tags."""

import re
from sqlite3 import Connection

MOST_WORDS = 12
"""Words of what was typed that are looked at."""

_WORD = re.compile(r"\w+")
_NUMBER = re.compile(r"(?:arxiv:)?([a-z.-]+/\d*|\d{2,4}\.?\d*)", re.I)


def papers(db: Connection, typed: str, limit: int) -> list[tuple[int, str]]:
    """Papers as (id, title) whose arXiv id begins so, then whose title does, then with all these words in it.

    The last word may be cut off. Each kind comes newest first; for no word at all, the newest papers.
    """
    typed = typed.strip()
    found: dict[int, str] = {}
    number = _NUMBER.fullmatch(typed)
    if number is not None:
        begins = number[1].casefold()
        _add(
            db,
            found,
            limit,
            "SELECT id FROM papers WHERE arxiv_id >= ? AND arxiv_id < ? || 'z' ORDER BY arxiv_id DESC",
            (begins, begins),
        )
    words = _WORD.findall(typed.encode("utf-8", "ignore").decode())[:MOST_WORDS]
    if not words:
        _add(db, found, limit, "SELECT id FROM papers ORDER BY id DESC", ())
        return list(found.items())
    cut = "*" if typed[-1:].isalnum() else ""
    whole = " ".join(f'"{word}"' for word in words[:-1])
    last = f'"{words[-1]}"{cut}'
    beginning = "^ " + " + ".join([*(f'"{word}"' for word in words[:-1]), last])
    matching = "SELECT rowid AS id FROM papers_titles WHERE papers_titles MATCH ? ORDER BY rowid DESC"
    for match in (beginning, f"{whole} {last}"):
        _add(db, found, limit, matching, (match,))
    return list(found.items())


def tags(db: Connection, typed: str, limit: int) -> list[str]:
    """Tags that begin so, then those of which a later word does, the most used first."""
    begins = " ".join(typed.encode("utf-8", "ignore").decode().casefold().split())
    rows = db.execute(
        "SELECT tag FROM tag_counts WHERE papers > 0 AND instr(' ' || lower(tag), ' ' || :begins) > 0 "
        "ORDER BY instr(lower(tag), :begins) > 1, papers DESC, tag LIMIT :limit",
        {"begins": begins, "limit": max(limit, 0)},
    )
    return [row["tag"] for row in rows]


def _add(
    db: Connection, found: dict[int, str], limit: int, query: str, values: tuple[str | int, ...]
) -> None:
    """Add the papers that a query gives, as far as there is room."""
    room = limit - len(found)
    if room <= 0:
        return
    rows = db.execute(f"{query} LIMIT ?", (*values, limit)).fetchall()
    for row in rows:
        if len(found) < limit and row["id"] not in found:
            title = db.execute("SELECT title FROM papers WHERE id = ?", (row["id"],)).fetchone()
            found[row["id"]] = title["title"]
