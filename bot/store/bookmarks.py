"""Bookmarks: the papers that people keep."""

from collections.abc import Sequence
from datetime import datetime
from sqlite3 import Connection, Row

from bot.models import Bookmark
from bot.store.completion import MOST_WORDS
from bot.store.rows import must_time, put_ids, put_time

LIKELY = 500
"""Papers, those that most people ever kept, that are looked at first for those that most kept of late."""

_PAGE = "ORDER BY people DESC, paper_id DESC LIMIT :limit OFFSET :offset"
_TOP_EVER = f"SELECT paper_id, people FROM bookmark_counts WHERE people > 0 {_PAGE}"

# No paper was kept by more people of late than ever: none that was not looked at comes before one that is sure.
_TOP_LIKELY = (
    "WITH likely AS MATERIALIZED (SELECT paper_id, people AS ever, "
    "(SELECT count(*) FROM bookmarks b WHERE b.paper_id = c.paper_id AND b.created >= :since) AS people "
    "FROM bookmark_counts c ORDER BY ever DESC, paper_id DESC LIMIT :likely) "
    "SELECT paper_id, people, "
    "(people, paper_id) >= (SELECT ever, paper_id FROM likely ORDER BY ever, paper_id LIMIT 1) AS sure "
    f"FROM likely WHERE people > 0 {_PAGE}"
)

# The plus keeps SQLite from going through all bookmarks by paper.
_TOP_SINCE = (
    f"SELECT paper_id, count(*) AS people FROM bookmarks WHERE created >= :since GROUP BY +paper_id {_PAGE}"
)


def add(db: Connection, bookmark: Bookmark) -> bool:
    """Keep a paper for a person; False when it was kept already (then nothing changes)."""
    cursor = db.execute(
        "INSERT INTO bookmarks (person, paper_id, created, note, source) VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT (person, paper_id) DO NOTHING",
        (bookmark.person, bookmark.paper_id, put_time(bookmark.created), bookmark.note, bookmark.source),
    )
    return cursor.rowcount == 1


def remove(db: Connection, person: str, paper_id: int) -> bool:
    """Drop a person's bookmark; False when there was none."""
    cursor = db.execute("DELETE FROM bookmarks WHERE person = ? AND paper_id = ?", (person, paper_id))
    return cursor.rowcount == 1


def note(db: Connection, person: str, paper_id: int, text: str) -> bool:
    """Write a person's note on a paper they keep; False when they don't keep it."""
    cursor = db.execute(
        "UPDATE bookmarks SET note = ? WHERE person = ? AND paper_id = ?", (text, person, paper_id)
    )
    return cursor.rowcount == 1


def of(
    db: Connection, person: str | None = None, limit: int | None = None, offset: int = 0
) -> list[Bookmark]:
    """A person's bookmarks, or everyone's, newest first."""
    where, values = ("", ()) if person is None else ("WHERE person = ?", (person,))
    rows = db.execute(
        f"SELECT * FROM bookmarks {where} ORDER BY created DESC, paper_id DESC, person LIMIT ? OFFSET ?",
        (*values, -1 if limit is None else max(limit, 0), max(offset, 0)),
    )
    return [_bookmark(row) for row in rows]


def complete(db: Connection, person: str, typed: str, limit: int) -> list[tuple[int, str]]:
    """A person's bookmarks with all of these words in their titles, newest first, as (id, title)."""
    readable = typed.encode("utf-8", "ignore").decode().split()[:MOST_WORDS]
    words = [word.replace("!", "!!").replace("%", "!%").replace("_", "!_") for word in readable]
    rows = db.execute(
        "SELECT p.id, p.title FROM bookmarks b JOIN papers p ON p.id = b.paper_id WHERE b.person = ? "
        + "AND p.title LIKE ? ESCAPE '!' " * len(words)
        + "ORDER BY b.created DESC, p.id DESC LIMIT ?",
        (person, *(f"%{word}%" for word in words), max(limit, 0)),
    )
    return [(row["id"], row["title"]) for row in rows]


def count(db: Connection, person: str) -> int:
    """How many papers a person keeps."""
    row = db.execute("SELECT count(*) AS n FROM bookmarks WHERE person = ?", (person,)).fetchone()
    return int(row["n"])


def top(db: Connection, since: datetime | None, limit: int, offset: int = 0) -> list[tuple[int, int]]:
    """The papers that most people kept since then, or ever, as (id, how many did); of equals the newest first."""
    page = {"limit": max(limit, 0), "offset": max(offset, 0)}
    if since is None:
        rows = db.execute(_TOP_EVER, page).fetchall()
    else:
        lately = {**page, "since": put_time(since), "likely": LIKELY}
        rows = db.execute(_TOP_LIKELY, lately).fetchall()
        if len(rows) < page["limit"] or not all(row["sure"] for row in rows):
            rows = db.execute(_TOP_SINCE, lately).fetchall()
    return [(row["paper_id"], row["people"]) for row in rows]


def counts(db: Connection, paper_ids: Sequence[int]) -> dict[int, int]:
    """How many people keep each of these papers; those that nobody keeps are missing."""
    rows = db.execute(
        "SELECT paper_id, people FROM bookmark_counts "
        "WHERE paper_id IN (SELECT value FROM json_each(?)) AND people > 0",
        (put_ids(paper_ids),),
    )
    return {row["paper_id"]: row["people"] for row in rows}


def kept_by(db: Connection, person: str, paper_ids: Sequence[int]) -> set[int]:
    """Which of these papers the person keeps."""
    rows = db.execute(
        "SELECT paper_id FROM bookmarks WHERE person = ? AND paper_id IN (SELECT value FROM json_each(?))",
        (person, put_ids(paper_ids)),
    )
    return {row["paper_id"] for row in rows}


def _bookmark(row: Row) -> Bookmark:
    return Bookmark(
        person=row["person"],
        paper_id=row["paper_id"],
        created=must_time(row["created"]),
        note=row["note"],
        source=row["source"],
    )
