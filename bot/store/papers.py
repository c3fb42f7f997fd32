"""Papers, their tags and block keys, which digest named them, and which are related."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from sqlite3 import Connection, Row

from bot.errors import NotFound
from bot.models import Brief, Candidate, Decision, Link, Paper, Sighting
from bot.store import postings
from bot.store import titles as titles_index
from bot.store.rows import get_date, get_list, must_time, put_date, put_ids, put_list, put_time

CANDIDATES = 50
"""Papers that one block key may bring, the newest: a paper comes back within weeks, if it does."""

_COLUMNS = (
    "p.id, p.arxiv_id, p.doi, p.title, p.abstract, p.title_as_printed, p.abstract_as_printed, p.url, "
    "p.authors, p.categories, p.published, p.upvotes"
)

_BY_KEY = (
    f"SELECT * FROM (SELECT paper_id FROM block_keys WHERE key = ? ORDER BY paper_id DESC LIMIT {CANDIDATES})"
)

_ALREADY_SEEN = (
    "EXISTS (SELECT 1 FROM sightings s JOIN digests d ON d.id = s.digest_id "
    "WHERE s.paper_id = p.id AND d.origin = 'library')"
)


# When a paper was published, else named by a digest of known date, else first seen.
_DAY = (
    "coalesce(p.published, (SELECT min(d.date) FROM sightings s JOIN digests d ON d.id = s.digest_id "
    "WHERE s.paper_id = p.id), substr(p.first_seen, 1, 10))"
)
# An identifier, unless another paper holds it: one wrong DOI must not lose its whole file. Identifier, id, identifier.
_FREE_ID, _FREE_DOI = (
    f"CASE WHEN EXISTS (SELECT 1 FROM papers WHERE {column} = ? AND id IS NOT ?) THEN NULL ELSE ? END"
    for column in ("arxiv_id", "doi")
)
_INDEXED = "EXISTS (SELECT 1 FROM paper_days WHERE paper_id = papers.id) AS indexed"


def candidates(db: Connection, paper: Paper, block_keys: Sequence[str]) -> list[Candidate]:
    """The stored papers that ``paper`` could be, by arXiv id, DOI or block key."""
    wanted = [_BY_KEY] * len(block_keys)
    values = list(block_keys)
    if paper.arxiv_id is not None:
        wanted.append("SELECT id FROM papers WHERE arxiv_id = ?")
        values.append(paper.arxiv_id)
    if paper.doi is not None:
        wanted.append("SELECT id FROM papers WHERE doi = ?")
        values.append(paper.doi)
    if not wanted:
        return []
    # As one row: a thread that takes many gives the interpreter up at each, and waits for it.
    row = db.execute(
        "SELECT json_group_array(json_array(id, title, arxiv_id, doi)) AS found FROM papers "
        f"WHERE id IN ({' UNION ALL '.join(wanted)})",
        values,
    ).fetchone()
    return [Candidate(*columns) for columns in json.loads(row["found"])]


def admit(
    db: Connection, brief: Brief, block_keys: Iterable[str], now: datetime, *, indexed: bool = True
) -> int:
    """Insert a new paper with its brief and give its id.

    Unless ``indexed``, it is neither found nor counted until ``index``, which is to be in the same transaction:
    many papers cost less together. An arXiv id or DOI that another paper holds stays with that one, here as in
    ``upgrade``.
    """
    cursor = db.execute(
        "INSERT INTO papers (arxiv_id, doi, title, abstract, title_as_printed, abstract_as_printed, url, "
        "authors, categories, published, upvotes, summary, figures, links, areas, areas_guessed, first_seen) "
        f"VALUES ({_FREE_ID}, {_FREE_DOI}, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (*_values(brief.paper), *_brief_values(brief), put_time(now)),
    )
    paper_id = cursor.lastrowid
    assert paper_id is not None
    _tag(db, paper_id, brief, block_keys)
    if indexed:
        index(db)
    return paper_id


def index(db: Connection) -> None:
    """Let all papers admitted since the last time be found and counted."""
    row = db.execute("SELECT coalesce(max(paper_id), 0) AS last FROM paper_days").fetchone()
    for statement in (
        "papers_fts (rowid, title, abstract) SELECT id, title, abstract FROM papers WHERE id > ?",
        "papers_authors (rowid, authors) SELECT id, authors FROM papers WHERE id > ?",
        # The sign keeps SQLite from going through all tags in their order.
        "tag_counts SELECT tag, count(*) FROM paper_tags WHERE paper_id > ? GROUP BY +tag "
        "ON CONFLICT (tag) DO UPDATE SET papers = papers + excluded.papers",
        "tag_months SELECT m.month, t.tag, count(*) "
        "FROM paper_tags t JOIN paper_months m ON m.paper_id = t.paper_id WHERE t.paper_id > ? GROUP BY 1, 2 "
        "ON CONFLICT (month, tag) DO UPDATE SET papers = papers + excluded.papers",
        f"paper_days SELECT p.id, {_DAY} FROM papers p WHERE p.id > ?",
    ):
        db.execute(f"INSERT INTO {statement}", (row["last"],))
    titles_index.index_newer(db, row["last"])


def upgrade(db: Connection, brief: Brief, block_keys: Iterable[str]) -> None:
    """Replace what is known of the paper ``brief.paper.id``, keeping its id, its history and its old keys.

    Raises NotFound.
    """
    paper_id = brief.paper.id
    old = db.execute(
        f"SELECT title, abstract, title_as_printed, authors, {_INDEXED} FROM papers WHERE id = ?", (paper_id,)
    ).fetchone()
    if paper_id is None or old is None:
        raise NotFound(f"{paper_id}: there is no such paper to upgrade")
    if not old["indexed"]:
        index(db)
    if _printed(old) != brief.paper.title_as_printed:
        db.execute(
            "UPDATE sightings SET title_as_printed = ? WHERE paper_id = ? AND title_as_printed IS NULL",
            (_printed(old), paper_id),
        )
    if (old["title"], old["abstract"]) != (brief.paper.title, brief.paper.abstract):
        db.execute(
            "INSERT INTO papers_fts (papers_fts, rowid, title, abstract) VALUES ('delete', ?, ?, ?)",
            (paper_id, old["title"], old["abstract"]),
        )
        titles_index.forget(db, paper_id, old["title"])
        _index_text(db, paper_id, brief.paper)
        db.execute("DELETE FROM paper_vectors WHERE paper_id = ?", (paper_id,))
        postings.change(
            db, paper_id, (old["title"], old["abstract"]), (brief.paper.title, brief.paper.abstract)
        )
    if old["authors"] != put_list(brief.paper.authors):
        db.execute(
            "INSERT INTO papers_authors (papers_authors, rowid, authors) VALUES ('delete', ?, ?)",
            (paper_id, old["authors"]),
        )
        _index_authors(db, paper_id, brief.paper)
    _count_tags(db, tags(db, paper_id), -1)
    _count_months(db, paper_id, -1)
    db.execute("DELETE FROM paper_tags WHERE paper_id = ?", (paper_id,))
    db.execute(
        f"UPDATE papers SET arxiv_id = {_FREE_ID}, doi = {_FREE_DOI}, title = ?, abstract = ?, title_as_printed = ?, "
        "abstract_as_printed = ?, url = ?, authors = ?, categories = ?, published = ?, upvotes = ?, "
        "summary = ?, figures = ?, links = ?, areas = ?, areas_guessed = ? WHERE id = ?",
        (*_values(brief.paper), *_brief_values(brief), paper_id),
    )
    _date(db, paper_id)
    _tag(db, paper_id, brief, block_keys)
    _count_tags(db, brief.tags, 1)
    _count_months(db, paper_id, 1)


def record_sighting(db: Connection, digest_id: int, sighting: Sighting) -> None:
    """Remember that a digest named a paper, and how that was decided. Raises NotFound."""
    paper = db.execute(
        f"SELECT title, title_as_printed, published, {_INDEXED}, "
        "EXISTS (SELECT 1 FROM sightings WHERE paper_id = papers.id) AS seen FROM papers WHERE id = ?",
        (sighting.paper_id,),
    ).fetchone()
    if paper is None:
        raise NotFound(f"{sighting.paper_id}: there is no such paper to have been seen")
    decision = sighting.decision
    db.execute(
        "INSERT INTO sightings (digest_id, paper_id, line, position, title_as_printed, verdict, rule, reason) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            digest_id,
            sighting.paper_id,
            sighting.line,
            sighting.position,
            None if _printed(paper) == sighting.title_as_printed else sighting.title_as_printed,
            decision.verdict,
            decision.rule,
            decision.reason,
        ),
    )
    if paper["indexed"]:  # otherwise ``index`` will see to it
        if paper["published"] is None:
            _date(db, sighting.paper_id)
        if not paper["seen"]:
            _count_months(db, sighting.paper_id, 1)


def relate(db: Connection, paper_id: int, other_id: int, decision: Decision) -> None:
    """Link two papers that are not the same, both ways."""
    for pair in ((paper_id, other_id), (other_id, paper_id)):
        db.execute(
            "INSERT INTO related (paper_id, other_id, rule, reason) VALUES (?, ?, ?, ?) "
            "ON CONFLICT (paper_id, other_id) DO NOTHING",
            (*pair, decision.rule, decision.reason),
        )


def related(db: Connection, paper_id: int) -> list[tuple[int, Decision]]:
    """The papers linked to this one, each with the reason."""
    rows = db.execute(
        "SELECT other_id, rule, reason FROM related WHERE paper_id = ? ORDER BY other_id", (paper_id,)
    )
    return [(row["other_id"], Decision("related", row["rule"], row["reason"])) for row in rows]


def sightings(db: Connection, paper_id: int) -> list[Sighting]:
    """Every time a digest named this paper, oldest first."""
    rows = db.execute(
        "SELECT s.*, d.file, d.date, d.read_at, coalesce(s.title_as_printed, p.title_as_printed, p.title) AS printed "
        "FROM sightings s JOIN digests d ON d.id = s.digest_id JOIN papers p ON p.id = s.paper_id "
        "WHERE s.paper_id = ? ORDER BY s.id",
        (paper_id,),
    )
    return [
        Sighting(
            paper_id=row["paper_id"],
            file=row["file"],
            digest_date=get_date(row["date"]),
            seen=must_time(row["read_at"]),
            line=row["line"],
            position=row["position"],
            title_as_printed=row["printed"],
            decision=Decision(row["verdict"], row["rule"], row["reason"]),
        )
        for row in rows
    ]


def paper(db: Connection, paper_id: int) -> Paper | None:
    """The paper as it is known now."""
    row = db.execute(f"SELECT {_COLUMNS} FROM papers p WHERE p.id = ?", (paper_id,)).fetchone()
    return None if row is None else _paper(row)


def briefs(db: Connection, paper_ids: Iterable[int], *, summaries: bool = True) -> list[Brief]:
    """The briefs of these papers, in the order given; ids that name no paper are passed over.

    A paper that was admitted without a summary gets one here and now; ``keep_summaries`` makes it last.
    Without ``summaries`` none is made, and those that are not yet kept are empty.
    """
    made = "summarise(p.title, p.abstract)" if summaries else "''"
    rows = db.execute(
        f"SELECT {_COLUMNS}, CASE p.summary WHEN '' THEN {made} ELSE p.summary END AS summary, "
        "p.figures, p.links, p.areas, p.areas_guessed, (SELECT json_group_array(tag) FROM "
        "(SELECT tag FROM paper_tags WHERE paper_id = p.id ORDER BY place)) AS tags "
        "FROM json_each(?) wanted JOIN papers p ON p.id = wanted.value ORDER BY wanted.key",
        (put_ids(paper_ids),),
    )
    return [_brief(row) for row in rows]


def titles(db: Connection, paper_ids: Iterable[int]) -> list[tuple[int, str]]:
    """These papers as (id, title), in the order given; ids that name no paper are passed over."""
    rows = db.execute(
        "SELECT p.id, p.title FROM json_each(?) wanted JOIN papers p ON p.id = wanted.value ORDER BY wanted.key",
        (put_ids(paper_ids),),
    )
    return [(row["id"], row["title"]) for row in rows]


def keep_summaries(db: Connection, limit: int) -> int:
    """Make and keep the summaries of up to ``limit`` papers that have none yet, newest first; gives how many."""
    return db.execute(
        "UPDATE papers SET summary = coalesce(nullif(summarise(title, abstract), ''), ' ') WHERE id IN "
        "(SELECT id FROM papers WHERE summary = '' AND abstract <> '' ORDER BY id DESC LIMIT ?)",
        (limit,),
    ).rowcount


def tags(db: Connection, paper_id: int) -> tuple[str, ...]:
    """A paper's tags, best first."""
    rows = db.execute("SELECT tag FROM paper_tags WHERE paper_id = ? ORDER BY place", (paper_id,))
    return tuple(row["tag"] for row in rows)


def fresh(db: Connection, channel: str, since: datetime) -> list[int]:
    """The papers that the channel's next post is to consider, in the digests' own order.

    Those admitted after the channel's last post was put together; for a channel that never had a post,
    those admitted since ``since``. Never what a library named, which is already seen.
    """
    row = db.execute("SELECT max(last_paper_id) AS last FROM posts WHERE channel = ?", (channel,)).fetchone()
    last = row["last"]
    where, value = ("id > ?", last) if last is not None else ("first_seen >= ?", put_time(since))
    rows = db.execute(f"SELECT id FROM papers p WHERE {where} AND NOT {_ALREADY_SEEN} ORDER BY id", (value,))
    return [row["id"] for row in rows]


def already_seen(db: Connection, paper_id: int) -> bool:
    """Whether a library named the paper, so that no post to come considers it."""
    row = db.execute(f"SELECT {_ALREADY_SEEN} AS seen FROM papers p WHERE id = ?", (paper_id,)).fetchone()
    return row is not None and bool(row["seen"])


def count(db: Connection) -> int:
    """How many papers the history holds."""
    row = db.execute("SELECT count(*) AS n FROM papers").fetchone()
    return int(row["n"])


def last_id(db: Connection) -> int:
    """The id of the paper admitted last, 0 when there is none."""
    return int(db.execute("SELECT coalesce(max(id), 0) AS id FROM papers").fetchone()["id"])


def by_identifier(db: Connection, text: str) -> int | None:
    """The paper whose arXiv id or DOI this is, exactly."""
    row = db.execute("SELECT id FROM papers WHERE arxiv_id = ? OR doi = ?", (text, text)).fetchone()
    return None if row is None else int(row["id"])


def by_title(db: Connection, exact_key: str) -> list[int]:
    """The papers that have this exact title key among their block keys."""
    rows = db.execute("SELECT paper_id FROM block_keys WHERE key = ? ORDER BY paper_id", (exact_key,))
    return [row["paper_id"] for row in rows]


def _index_text(db: Connection, paper_id: int, paper: Paper) -> None:
    db.execute(
        "INSERT INTO papers_fts (rowid, title, abstract) VALUES (?, ?, ?)",
        (paper_id, paper.title, paper.abstract),
    )
    titles_index.index(db, [(paper_id, paper.title)])


def _index_authors(db: Connection, paper_id: int, paper: Paper) -> None:
    db.execute(
        "INSERT INTO papers_authors (rowid, authors) VALUES (?, ?)", (paper_id, put_list(paper.authors))
    )


def _date(db: Connection, paper_id: int) -> None:
    db.execute(
        f"UPDATE paper_days SET day = (SELECT {_DAY} FROM papers p WHERE p.id = :id) WHERE paper_id = :id",
        {"id": paper_id},
    )


def _count_tags(db: Connection, names: Iterable[str], change: int) -> None:
    db.executemany(
        "INSERT INTO tag_counts (tag, papers) VALUES (?, ?) "
        "ON CONFLICT (tag) DO UPDATE SET papers = papers + excluded.papers",
        ((name, change) for name in names),
    )


def _count_months(db: Connection, paper_id: int, change: int) -> None:
    """Count a paper's tags in the month that first named it; in none before, nor when that was a library."""
    # Row by row: a statement that writes many rows opens a savepoint, which makes FTS5 write out every paper.
    db.executemany(
        "INSERT INTO tag_months (month, tag, papers) VALUES (?, ?, ?) "
        "ON CONFLICT (month, tag) DO UPDATE SET papers = papers + excluded.papers",
        db.execute(
            "SELECT m.month, t.tag, ? FROM paper_months m JOIN paper_tags t ON t.paper_id = m.paper_id "
            "WHERE m.paper_id = ?",
            (change, paper_id),
        ).fetchall(),
    )


def _tag(db: Connection, paper_id: int, brief: Brief, block_keys: Iterable[str]) -> None:
    db.execute(
        "INSERT INTO paper_tags (tag, paper_id, place) SELECT value, ?, key FROM json_each(?)",
        (paper_id, put_list(brief.tags)),
    )
    db.execute(
        "INSERT INTO block_keys (key, paper_id) SELECT value, ? FROM json_each(?) WHERE true "
        "ON CONFLICT (key, paper_id) DO NOTHING",
        (paper_id, put_list(block_keys)),
    )


def _values(paper: Paper) -> tuple[object, ...]:
    """Text as printed is stored only where cleaning changed it."""
    return (
        paper.arxiv_id,
        paper.id,
        paper.arxiv_id,
        paper.doi,
        paper.id,
        paper.doi,
        paper.title,
        paper.abstract,
        None if paper.title_as_printed == paper.title else paper.title_as_printed,
        None if paper.abstract_as_printed == paper.abstract else paper.abstract_as_printed,
        paper.url,
        put_list(paper.authors),
        put_list(paper.categories),
        put_date(paper.published),
        paper.upvotes,
    )


def _printed(row: Row) -> str:
    """A paper's title as printed when it was last admitted or upgraded."""
    printed: str | None = row["title_as_printed"]
    return row["title"] if printed is None else printed


def _brief_values(brief: Brief) -> tuple[object, ...]:
    return (
        brief.summary,
        put_list(brief.figures),
        put_list(f"{link.kind} {link.url}" for link in brief.links),
        put_list(brief.areas),
        int(brief.areas_guessed),
    )


def _paper(row: Row) -> Paper:
    abstract = row["abstract"]
    return Paper(
        id=row["id"],
        title=row["title"],
        abstract=abstract,
        title_as_printed=_printed(row),
        abstract_as_printed=abstract if row["abstract_as_printed"] is None else row["abstract_as_printed"],
        arxiv_id=row["arxiv_id"],
        doi=row["doi"],
        url=row["url"],
        authors=get_list(row["authors"]),
        categories=get_list(row["categories"]),
        published=get_date(row["published"]),
        upvotes=row["upvotes"],
    )


def _brief(row: Row) -> Brief:
    return Brief(
        paper=_paper(row),
        summary=row["summary"].strip(),
        tags=get_list(row["tags"]),
        figures=get_list(row["figures"]),
        links=tuple(_link(text) for text in get_list(row["links"])),
        areas=get_list(row["areas"]),
        areas_guessed=bool(row["areas_guessed"]),
    )


def _link(text: str) -> Link:
    kind, _, url = text.partition(" ")
    match kind:
        case "code" | "project" | "paper":
            return Link(kind, url)
        case _:
            return Link("find", url)
