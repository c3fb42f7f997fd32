"""The history counted: what was read, posted and kept, by day, by month and by tag.

Nothing here reads every paper: days are counted from digest files and posts, months of tags are kept up to
date as papers are seen (``papers``).
"""

from datetime import date, datetime
from sqlite3 import Connection

from bot.store.rows import must_time

_OUT = "EXISTS (SELECT 1 FROM messages m WHERE m.post_id = p.id AND m.part = 0 AND m.state = 'sent')"
"""That a post is visible: its header message was sent."""


def read_by_day(db: Connection) -> dict[date, int]:
    """New papers by the day of the digest that first named them; what a library brought is not among them."""
    rows = db.execute(
        "SELECT coalesce(date, substr(read_at, 1, 10)) AS day, sum(new) AS n FROM digests "
        "WHERE origin <> 'library' GROUP BY day HAVING n > 0"
    )
    return {date.fromisoformat(row["day"]): row["n"] for row in rows}


def posted_by_day(db: Connection, channel: str | None = None) -> dict[date, int]:
    """Papers shown by local date, in one channel or in all; also 0, for a post that had none."""
    where, values = ("", ()) if channel is None else ("AND p.channel = ?", (channel,))
    rows = db.execute(
        "SELECT p.local_date AS day, sum(json_extract(p.header, '$.shown')) AS n FROM posts p "
        f"WHERE {_OUT} {where} GROUP BY day",
        values,
    )
    return {date.fromisoformat(row["day"]): row["n"] for row in rows}


def kept_by_day(db: Connection) -> dict[date, int]:
    """Bookmarks by the day (UTC) on which they were made."""
    rows = db.execute("SELECT substr(created, 1, 10) AS day, count(*) AS n FROM bookmarks GROUP BY day")
    return {date.fromisoformat(row["day"]): row["n"] for row in rows}


def tag_months(db: Connection, since: date) -> list[tuple[date, str, int]]:
    """How many new papers each month, from that of ``since`` on, had each tag: (first of the month, tag, count)."""
    rows = db.execute(
        "SELECT month, tag, papers FROM tag_months WHERE month >= ? AND papers > 0 ORDER BY month, tag",
        (since.isoformat()[:7],),
    )
    return [(date.fromisoformat(f"{row['month']}-01"), row["tag"], row["papers"]) for row in rows]


def tag_keeping(db: Connection, since: date) -> list[tuple[str, int, int]]:
    """By tag: papers shown in posts from that local date on, and how many of those somebody keeps."""
    rows = db.execute(
        "SELECT t.tag, count(*) AS shown, sum(s.kept) AS kept FROM ("
        "SELECT DISTINCT pp.paper_id, EXISTS (SELECT 1 FROM bookmarks b WHERE b.paper_id = pp.paper_id) AS kept "
        f"FROM posts p JOIN post_papers pp ON pp.post_id = p.id WHERE p.local_date >= ? AND pp.shown AND {_OUT}"
        # A cross join keeps the order: else SQLite reads every tag of every paper, to have them in groups.
        ") s CROSS JOIN paper_tags t ON t.paper_id = s.paper_id GROUP BY t.tag ORDER BY kept DESC, shown DESC, t.tag",
        (since.isoformat(),),
    )
    return [(row["tag"], row["shown"], row["kept"]) for row in rows]


def tags(db: Connection) -> list[tuple[str, int]]:
    """Every tag with the number of its papers, by name."""
    rows = db.execute("SELECT tag, papers AS n FROM tag_counts WHERE papers > 0 ORDER BY tag")
    return [(row["tag"], row["n"]) for row in rows]


def tag_count(db: Connection, tag: str) -> int:
    """How many papers have the tag."""
    row = db.execute("SELECT papers FROM tag_counts WHERE tag = ?", (tag,)).fetchone()
    return 0 if row is None else int(row["papers"])


def with_tag(
    db: Connection, tag: str, limit: int, *, before: int | None = None
) -> list[tuple[int, datetime]]:
    """The papers with a tag, newest first, with when they were admitted; those before a paper's id, if given."""
    rows = db.execute(
        "SELECT t.paper_id, p.first_seen FROM paper_tags t JOIN papers p ON p.id = t.paper_id "
        "WHERE t.tag = ? AND t.paper_id < ? ORDER BY t.paper_id DESC LIMIT ?",
        (tag, 2**63 - 1 if before is None else before, limit),
    )
    return [(row["paper_id"], must_time(row["first_seen"])) for row in rows]
