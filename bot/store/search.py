"""Full text over titles and abstracts, ranked by BM25, and the conditions beside it. No query is an error."""

import re
from collections.abc import Mapping
from dataclasses import replace
from sqlite3 import Connection
from typing import NamedTuple

from bot.store.query import SHORT, Kind, Query, parse
from bot.store.spelling import mended

# How much a word counts in a title and in an abstract, tuned on the two collections CACM and CISI.
LONG_WEIGHTS = (1.5, 1.0)
SHORT_WEIGHTS = (3.0, 1.0)

_DAY = (
    "coalesce(p.published, (SELECT min(d.date) FROM sightings s JOIN digests d ON d.id = s.digest_id "
    "WHERE s.paper_id = p.id), substr(p.first_seen, 1, 10))"
)
_FILTERS: dict[Kind, str] = {
    "tag": "{id} IN (SELECT paper_id FROM paper_tags WHERE tag IN ({value}, replace({value}, '-', ' ')))",
    "author": "{id} IN (SELECT rowid FROM papers_authors WHERE papers_authors MATCH {value})",
    "since": f"EXISTS (SELECT 1 FROM papers p WHERE p.id = {{id}} AND {_DAY} >= {{value}})",
    "before": f"EXISTS (SELECT 1 FROM papers p WHERE p.id = {{id}} AND {_DAY} < {{value}})",
    "bookmarked": "{id} IN (SELECT paper_id FROM bookmarks WHERE person = :person)",
    "code": "EXISTS (SELECT 1 FROM papers p, json_each(p.links) link "
    "WHERE p.id = {id} AND link.value LIKE 'code %')",
}

_POWER = re.compile(r"\^\{?([-+]?\w+)\}?")
_HIGH = str.maketrans("0123456789-+", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺")
_LOW = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
_RAISED = re.compile("[⁰¹²³⁴-⁹⁻⁺]+")


_LARGEST = 2**63 - 1
"""SQLite's largest integer."""

Values = Mapping[str, str | int]


class _Sql(NamedTuple):
    """A query as SQL: what it reads from, its conditions, its order, and the values of all three."""

    source: str
    where: str
    order: str
    values: Values


def search(
    db: Connection,
    text: str,
    limit: int,
    offset: int = 0,
    *,
    person: str | None = None,
    last_id: int | None = None,
) -> tuple[list[tuple[int, str]], int]:
    """The papers that match, best first, as (id, snippet) with the words found in ‹ ›, and how many match in all.

    What the text may say is in ``query``; ``person`` is who asks; with ``last_id`` papers admitted after that one
    are passed over, so that the pages of an answer fit together while papers arrive.

    Papers whose title begins with the words come first. Of up to three words then the papers with all of them,
    then those with any, a title's words counting three times; of more words those with any. Without words the
    newest come first, with an empty snippet. If nothing is found, words that no paper has are mended by a letter.
    """
    query = parse(text)
    given: Values = {"person": person or "", "last_id": _LARGEST if last_id is None else last_id}
    total = _count(db, query, given)
    if not total and query.words:
        spelt = dict(zip(query.words, mended(db, query.words), strict=True))
        words, title = (
            tuple(spelt.get(word, word) for word in given) for given in (query.words, query.title)
        )
        query = replace(query, words=words, title=title)
        total = _count(db, query, given)
    if not total:
        return [], 0
    sql = _sql(query, given)
    rows = db.execute(
        f"SELECT found.rowid AS id FROM {sql.source} WHERE {sql.where} ORDER BY {sql.order} "
        "LIMIT :limit OFFSET :offset",
        {**sql.values, "limit": max(limit, 0), "offset": max(offset, 0)},
    ).fetchall()
    some = _any(query)
    return [(row["id"], snippet(db, some, row["id"])) for row in rows], total


def _count(db: Connection, query: Query, given: Values) -> int:
    if query == Query(title=query.title):
        return 0
    sql = _sql(query, given)
    row = db.execute(f"SELECT count(*) AS n FROM {sql.source} WHERE {sql.where}", sql.values).fetchone()
    return int(row["n"])


def _sql(query: Query, given: Values) -> _Sql:
    values: dict[str, str | int] = dict(given)
    order = ["found.rowid DESC"]
    match = _match(query)
    # The plus keeps SQLite from asking the full text once for each paper of a condition.
    source, paper_id = ("papers_fts AS found", "+found.rowid") if match else ("papers AS found", "found.id")
    conditions = [f"{paper_id} <= :last_id"]
    if match:
        conditions.append("found.papers_fts MATCH :match")
        order = [*_order(query, values), *order]
        values["match"] = match
    if query.excluded:
        conditions.append(
            f"{paper_id} NOT IN (SELECT rowid FROM papers_fts WHERE papers_fts MATCH :excluded)"
        )
        values["excluded"] = " OR ".join(map(_term, query.excluded))
    for place, one in enumerate(query.filters):
        condition = _FILTERS[one.kind].format(id=paper_id, value=f":filter{place}")
        conditions.append(condition if one.wanted else f"NOT ({condition})")
        values[f"filter{place}"] = _quoted(one.value) if one.kind == "author" else one.value
    return _Sql(source, " AND ".join(conditions), ", ".join(order), values)


def _order(query: Query, values: dict[str, str | int]) -> list[str]:
    """Titles that begin with the words, the shortest first; papers with all words; then by BM25."""
    order = []
    if query.title:
        values["begins"] = f"{{title}} : ^ {_quoted(' '.join(query.title))}"
        values["named"] = query.title[0] if len(query.title) == 1 else ""
        order.append(
            "CASE WHEN found.rowid IN (SELECT rowid FROM papers_fts WHERE papers_fts MATCH :begins AND "
            "(:named = '' OR title LIKE :named OR title LIKE :named || ':%')) "
            "THEN length(found.title) ELSE 1000000 END"
        )
    if 1 < len(query.words) <= SHORT:
        values["every"] = " AND ".join(map(_term, query.words))
        order.append("found.rowid NOT IN (SELECT rowid FROM papers_fts WHERE papers_fts MATCH :every)")
    title, abstract = SHORT_WEIGHTS if len(query.words) <= SHORT else LONG_WEIGHTS
    return [*order, f"bm25(papers_fts, {title}, {abstract})"]


def _match(query: Query) -> str:
    """What must occur, as FTS5 has it; empty when nothing must."""
    required = [_term(phrase) for phrase in query.phrases]
    words = [f"({' OR '.join(map(_term, query.words))})"] if query.words else []
    return " AND ".join(required + words)


def _any(query: Query) -> str:
    """What is marked in a snippet."""
    return " OR ".join(map(_term, (*query.phrases, *query.words)))


def snippet(db: Connection, match: str, paper_id: int) -> str:
    """The passage of a paper where most of the words of an FTS5 query are, in ‹ ›; empty if none is in it.

    Made for the papers shown only: asked for beside ``ORDER BY`` it would be made for all that match.
    """
    if not match:
        return ""
    row = db.execute(
        "SELECT snippet(papers_fts, -1, '‹', '›', '…', 24) AS snippet FROM papers_fts "
        "WHERE papers_fts MATCH ? AND rowid = ?",
        (match, paper_id),
    ).fetchone()
    return "" if row is None else str(row["snippet"])


def _term(text: str) -> str:
    """A word or phrase in FTS5's language; an exponent is found however it is written."""
    low = _RAISED.sub(lambda found: "^" + found[0].translate(_LOW), text)
    low = _POWER.sub(r"^\1", low)
    high = _POWER.sub(lambda found: found[1].translate(_HIGH), low)
    return _quoted(text) if low == high else f"({_quoted(low)} OR {_quoted(high)})"


def _quoted(text: str) -> str:
    """Text as an FTS5 string, in which nothing has a meaning of its own."""
    return '"' + text.replace('"', '""') + '"'
