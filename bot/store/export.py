"""Everything that the history knows, record by record, to be carried elsewhere.

A record is a kind and its facts as JSON has them: lists and objects inside one another, times as ISO 8601 text.
Papers are named by their numbers, digest files by the hash of their content, posts by channel and date.
"""

import json
from collections.abc import Callable, Iterator
from sqlite3 import Connection
from typing import Literal

from bot.store.rows import get_list

Kind = Literal["channel", "digest", "paper", "post", "bookmark"]

Facts = dict[str, object]

Take = Callable[[Kind, Facts], None]


def size(db: Connection) -> int:
    """How many records ``each`` gives."""
    tables = ("channels", "digests", "papers", "posts", "bookmarks")
    return sum(int(db.execute(f"SELECT count(*) AS n FROM {table}").fetchone()["n"]) for table in tables)


def each(db: Connection, take: Take) -> None:
    """Hand over every record, one at a time: what others refer to comes first."""
    for row in db.execute(
        "SELECT key, platform, address, name, zone, time, max_papers, quiet_line, interests FROM channels ORDER BY key"
    ):
        facts = dict(row)
        take("channel", facts | {"interests": json.loads(row["interests"])})
    for row in db.execute(
        "SELECT sha256, file, format, date, read_at, entries, new, seen, unreadable, error, origin FROM digests "
        "ORDER BY id"
    ):
        take("digest", dict(row))
    for facts in _papers(db):
        take("paper", facts)
    for facts in _posts(db):
        take("post", facts)
    for row in db.execute(
        "SELECT person, paper_id AS paper, created, note, source FROM bookmarks ORDER BY created, person, paper_id"
    ):
        take("bookmark", dict(row))


_LISTS = ("authors", "categories", "figures", "links", "areas")


def _papers(db: Connection) -> Iterator[Facts]:
    for row in db.execute(
        "SELECT id, title, abstract, coalesce(title_as_printed, title) AS title_as_printed, "
        "coalesce(abstract_as_printed, abstract) AS abstract_as_printed, arxiv_id, doi, url, authors, categories, "
        "published, upvotes, summary, figures, links, areas, areas_guessed, first_seen FROM papers ORDER BY id"
    ):
        tags = db.execute("SELECT tag FROM paper_tags WHERE paper_id = ? ORDER BY place", (row["id"],))
        sightings = db.execute(
            "SELECT d.sha256 AS digest, s.line, s.position, s.title_as_printed, s.verdict, s.rule, s.reason "
            "FROM sightings s JOIN digests d ON d.id = s.digest_id WHERE s.paper_id = ? ORDER BY s.id",
            (row["id"],),
        )
        yield (
            dict(row)
            | {name: list(get_list(row[name])) for name in _LISTS}
            | {"areas_guessed": bool(row["areas_guessed"]), "tags": [tag["tag"] for tag in tags]}
            | {"sightings": [dict(one) for one in sightings]}
        )


def _posts(db: Connection) -> Iterator[Facts]:
    for row in db.execute(
        "SELECT id, channel, local_date AS date, thread_id, created, header FROM posts ORDER BY id"
    ):
        placed = db.execute(
            "SELECT paper_id AS paper, place, shown, score, muted FROM post_papers WHERE post_id = ? ORDER BY place",
            (row["id"],),
        )
        messages = db.execute(
            "SELECT part, kind, paper_id AS paper, nonce, state, platform_id, attempts, sent, error FROM messages "
            "WHERE post_id = ? ORDER BY part",
            (row["id"],),
        )
        facts = {name: row[name] for name in ("channel", "date", "thread_id", "created")}
        yield facts | {
            "header": json.loads(row["header"]),
            "papers": [
                dict(one) | {"shown": bool(one["shown"]), "score": json.loads(one["score"])} for one in placed
            ],
            "messages": [dict(one) for one in messages],
        }
