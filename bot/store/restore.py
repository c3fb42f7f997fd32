"""Channels and posts of another history's export, brought in as things past. See ``export`` for the records.

Facts of the wrong shape raise KeyError, TypeError or ValueError, and then nothing of the record is kept.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from sqlite3 import Connection
from typing import Any

from bot.models import Header
from bot.store.rows import put_time

LEFT_BEHIND = "not sent before the history was exported"
"""What is said of a message that was still on its way: whoever exported it may have sent it since."""


def channel(db: Connection, facts: Mapping[str, Any]) -> None:
    """Know a channel, at rest; one that is known already stays as it is."""
    db.execute(
        "INSERT INTO channels (key, platform, address, name, zone, time, max_papers, quiet_line, interests, active) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0) ON CONFLICT (key) DO NOTHING",
        (
            *(str(facts[name]) for name in ("key", "platform", "address", "name", "zone", "time")),
            int(facts["max_papers"]),
            int(facts["quiet_line"]),
            json.dumps(facts["interests"], ensure_ascii=False),
        ),
    )


def post(db: Connection, facts: Mapping[str, Any], ids: Mapping[int, int]) -> bool:
    """Know a post with its papers and what became of its messages; False when that day has one already.

    ``ids`` gives this history's number of each of the export's papers. Nothing of the post is ever sent.
    """
    header = facts["header"]
    known = Header(
        **header
        | {
            "local_date": date.fromisoformat(header["local_date"]),
            "top_tags": tuple((str(tag), int(count)) for tag, count in header["top_tags"]),
            "files": tuple(map(str, header["files"])),
        }
    )
    if any(
        not isinstance(count, int)
        for count in (known.entries, known.new, known.seen, known.shown, known.left_out)
    ):
        raise ValueError("counts that are no numbers")
    key, day = str(facts["channel"]), date.fromisoformat(facts["date"])
    if db.execute("SELECT 1 FROM channels WHERE key = ?", (key,)).fetchone() is None:
        raise ValueError(f"a channel that the export does not name: {key[:80]}")
    placed = {
        ids[one["paper"]]: (
            int(one["place"]),
            int(one["shown"]),
            json.dumps(one["score"]),
            _text(one["muted"]),
        )
        for one in facts["papers"]
        if one["paper"] in ids
    }
    messages = [_message(one, ids) for one in facts["messages"]]
    if not messages or messages[0][:2] != (0, "header"):
        raise ValueError("a post without its header message")
    cursor = db.execute(
        "INSERT INTO posts (channel, local_date, header, thread_id, last_paper_id, last_digest_id, created) "
        "VALUES (?, ?, ?, ?, 0, 0, ?) ON CONFLICT (channel, local_date) DO NOTHING",
        (
            key,
            day.isoformat(),
            json.dumps(asdict(known) | {"local_date": header["local_date"]}, ensure_ascii=False),
            _text(facts["thread_id"]),
            put_time(datetime.fromisoformat(facts["created"])),
        ),
    )
    if cursor.rowcount == 0:
        return False
    post_id = cursor.lastrowid
    db.executemany(
        "INSERT INTO post_papers (channel, paper_id, post_id, place, shown, score, muted) VALUES (?, ?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (channel, paper_id) DO NOTHING",
        ((key, paper_id, post_id, *place) for paper_id, place in placed.items()),
    )
    rows = db.execute("SELECT paper_id FROM post_papers WHERE post_id = ?", (post_id,))
    here = {None, *(row["paper_id"] for row in rows)}
    db.executemany(
        "INSERT INTO messages (post_id, part, kind, paper_id, nonce, state, platform_id, sent, error) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        ((post_id, *message) for message in messages if message[2] in here),
    )
    return True


def _message(
    of: Mapping[str, Any], ids: Mapping[int, int]
) -> tuple[int, str, int | None, str, str, str | None, str | None, str | None]:
    sent = of["state"] == "sent" and isinstance(of["platform_id"], str) and of["sent"] is not None
    kind, paper = of["kind"], of["paper"]
    if kind not in ("header", "paper", "closing") or (kind == "paper") is (paper is None):
        raise ValueError("a message of no known kind")
    return (
        int(of["part"]),
        kind,
        None if paper is None else ids.get(paper, 0),
        str(of["nonce"]),
        "sent" if sent else "rejected",
        of["platform_id"] if sent else None,
        put_time(datetime.fromisoformat(of["sent"])) if sent else None,
        None if sent else LEFT_BEHIND,
    )


def _text(value: object) -> str | None:
    return None if value is None else str(value)
