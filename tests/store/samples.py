"""Records to fill a history with, and ways to look at it."""

from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from sqlite3 import Connection, Row, connect

from bot.models import (
    Brief,
    Channel,
    Decision,
    Header,
    Interests,
    Link,
    Paper,
    Pick,
    Post,
    Receipt,
    Sighting,
)
from bot.store import channels, digests, outbox, papers

NOW = datetime(2025, 3, 11, 7, 30, 0, 250, UTC)
TODAY = date(2025, 3, 11)
CHANNEL = Channel(
    key="web:papers",
    platform="web",
    address="papers",
    name="papers",
    zone="Europe/Berlin",
    time=time(8, 30),
    interests=Interests(tags=("pruning",), keywords=("flow",), muted=("survey",)),
)
OTHER = Channel("web:maths", "web", "maths", "maths", "UTC", time(9))


def on_discord(number: int, server: str = "77") -> Channel:
    """A channel of a server on Discord."""
    address = str(number)
    return replace(
        CHANNEL,
        key=f"discord:{address}",
        platform="discord",
        address=address,
        name=f"lab {number}",
        server=server,
    )


def later(**span: float) -> datetime:
    """``NOW`` and a while."""
    return NOW + timedelta(**span)


def paper(number: int) -> Paper:
    """The paper of that number, whose text as printed differs from its cleaned text."""
    return Paper(
        title=f"Frugal Attention {number}: Sparse Heads for Tiny Devices",
        abstract=f"We prune {number} heads and lose nothing. Latency falls by 2.5×.",
        title_as_printed=f"Frugal Attention {number}: Sparse Heads for Tiny Devices",
        abstract_as_printed=f"We prune {number} heads and lose nothing. Latency falls by 2.5times.",
        arxiv_id=f"2503.{number:05}",
        authors=("Ada Example", "Émile Échantillon"),
        categories=("cs.LG",),
        published=date(2025, 3, 10),
        upvotes=number,
    )


def brief(number: int) -> Brief:
    """The brief of that paper."""
    return Brief(
        paper=paper(number),
        summary="We prune heads and lose nothing.",
        tags=("pruning", "attention"),
        figures=("2.5× latency",),
        links=(
            Link("code", f"https://example.org/frugal/{number}"),
            Link("find", "https://example.org/q=a b"),
        ),
        areas=("cs.LG",),
        areas_guessed=True,
    )


def saying(title: str, abstract: str, *tags: str) -> Brief:
    """A brief with this text and these tags, and no identifier."""
    one = brief(1)
    return replace(one, paper=replace(one.paper, title=title, abstract=abstract, arxiv_id=None), tags=tags)


def keys(number: int) -> tuple[str, ...]:
    """The block keys of that paper; the second is common to all."""
    return (f"t:frugalattention{number}", "w:frugal attention sparse")


def admit(db: Connection, count: int, first: int = 1) -> list[int]:
    """Admit so many papers and give their ids."""
    return [papers.admit(db, brief(number), keys(number), NOW) for number in range(first, first + count)]


def read_digest(db: Connection, name: str, count: int, first: int = 1) -> list[int]:
    """Record a digest file that names so many new papers, each with its sighting."""
    digest_id = digests.record(db, f"sha-{name}", name, NOW, format="hf_text", day=TODAY)
    ids = admit(db, count, first)
    for position, paper_id in enumerate(ids, 1):
        papers.record_sighting(db, digest_id, sighting(paper_id, name, position))
    digests.finish(db, digest_id, Receipt(name, count, count, 0, 0, TODAY))
    return ids


def sighting(paper_id: int, file: str, position: int = 1) -> Sighting:
    """A digest file naming a paper under a title of its own."""
    return Sighting(
        paper_id=paper_id,
        file=file,
        digest_date=TODAY,
        seen=NOW,
        line=2 * position,
        position=position,
        title_as_printed=f"Frugal Attention as printed in {file}",
        decision=Decision("different", "new", "nothing like it in the history"),
    )


def header(local_date: date = TODAY) -> Header:
    """What a post's header states."""
    return Header(local_date, 3, 2, 1, 1, 1, top_tags=(("pruning", 2), ("attention", 1)), files=("a.txt",))


def picks(ids: list[int], shown: int) -> list[Pick]:
    """The papers' places, the first so many shown."""
    return [Pick(id_, place, place < shown, (("tags", 1.5),)) for place, id_ in enumerate(ids)]


def insert(
    db: Connection, ids: list[int], *, channel: Channel = CHANNEL, local_date: date = TODAY, shown: int = 99
) -> Post | None:
    """Insert a post with these papers: a header, one message each, and a closing message when some are left out."""
    placed = picks(ids, shown)
    parts: list[tuple[str, int | None]] = [("header", None)]
    parts += [("paper", pick.paper_id) for pick in placed if pick.shown]
    parts += [] if len(ids) <= shown else [("closing", None)]
    return outbox.insert_post(
        db,
        channel,
        local_date,
        header(local_date),
        placed,
        [(kind, id_, f"{channel.key}/{local_date}/{part}") for part, (kind, id_) in enumerate(parts)],
        last_paper_id=max(ids, default=0),
        last_digest_id=digests.last_id(db),
        now=NOW,
    )


def fill(db: Connection) -> Post:
    """A history with two channels, two digests of three papers, and one post whose messages are pending."""
    channels.sync(db, [CHANNEL, OTHER])
    ids = read_digest(db, "a.txt", 3)
    post = insert(db, ids, shown=2)
    read_digest(db, "b.txt", 3, first=4)
    assert post is not None
    return post


def rows(path: Path, query: str, *values: object) -> list[tuple[object, ...]]:
    """What the file at ``path`` answers to a connection of its own."""
    with closing(connect(path)) as db:
        return db.execute(query, values).fetchall()


def stored(number: int, paper_id: int) -> Brief:
    """The brief of that paper as the store gives it back."""
    return replace(brief(number), paper=replace(paper(number), id=paper_id))


def dump(db: Connection) -> list[tuple[str, str]]:
    """The schema, name by name."""
    found: list[Row] = db.execute("SELECT name, sql FROM sqlite_schema ORDER BY name").fetchall()
    return [(row[0], " ".join((row[1] or "").split())) for row in found]


def everything(db: Connection) -> list[str]:
    """Every row of every table; of a virtual one those of the tables that it is kept in."""
    names = db.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name"
    ).fetchall()
    return [f"{name}{tuple(row)}" for (name,) in names for row in db.execute(f'SELECT * FROM "{name}"')]


EXPORTED_CHANNEL: dict[str, object] = {
    "key": "web:past",
    "platform": "web",
    "address": "past",
    "name": "past",
    "zone": "UTC",
    "time": "09:00",
    "max_papers": 20,
    "quiet_line": 0,
    "interests": {},
}
EXPORTED_POST: dict[str, object] = {
    "channel": OTHER.key,
    "date": "2024-03-11",
    "thread_id": "t1",
    "created": "2024-03-11T08:00:00Z",
    "header": {
        "local_date": "2024-03-11",
        "entries": 2,
        "new": 2,
        "seen": 0,
        "shown": 2,
        "left_out": 0,
        "top_tags": [["pruning", 2]],
        "files": ["old.txt"],
    },
    "papers": [
        {"paper": 7, "place": 0, "shown": True, "score": [["tags", 1.5]], "muted": None},
        {"paper": 8, "place": 1, "shown": True, "score": [], "muted": None},
    ],
    "messages": [
        {
            "part": 0,
            "kind": "header",
            "paper": None,
            "nonce": "n0",
            "state": "sent",
            "platform_id": "m0",
            "attempts": 1,
            "sent": "2024-03-11T08:00:01Z",
            "error": None,
        },
        {
            "part": 1,
            "kind": "paper",
            "paper": 7,
            "nonce": "n1",
            "state": "pending",
            "platform_id": None,
            "attempts": 0,
            "sent": None,
            "error": None,
        },
        {
            "part": 2,
            "kind": "paper",
            "paper": 8,
            "nonce": "n2",
            "state": "sent",
            "platform_id": "m2",
            "attempts": 1,
            "sent": "2024-03-11T08:00:02Z",
            "error": None,
        },
    ],
}
"""Records of another history's export; its paper 8 did not come with it."""
