"""The conditions of a search beside its words, as SQL, and what to read for a search that has no words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from sqlite3 import Connection

from bot.store.query import Filter, Kind
from bot.store.terms import quoted

Values = Mapping[str, str | int]

_CONDITIONS: dict[Kind, str] = {
    "tag": "EXISTS (SELECT 1 FROM paper_tags WHERE tag = {value} AND paper_id = {id})",
    "author": "{id} IN (SELECT rowid FROM papers_authors WHERE papers_authors MATCH {value})",
    "since": "EXISTS (SELECT 1 FROM paper_days WHERE paper_id = {id} AND day >= {value})",
    "before": "EXISTS (SELECT 1 FROM paper_days WHERE paper_id = {id} AND day < {value})",
    "bookmarked": "EXISTS (SELECT 1 FROM bookmarks WHERE person = :person AND paper_id = {id})",
    "code": "EXISTS (SELECT 1 FROM papers p WHERE p.id = {id} AND instr(p.links, '\"code ') > 0)",
}


@dataclass(frozen=True, slots=True)
class Source:
    """What a search without words reads: rows of a table, the column of the paper, and how the newest come first."""

    table: str
    paper_id: str
    where: str
    order: str
    met: int | None = None
    """The place of the filter that all its rows meet."""


_ALL = Source("papers found", "found.id", "1", "found.id DESC")
_SOURCES: dict[Kind, Source] = {
    "bookmarked": Source("bookmarks found", "found.paper_id", "person = :person", "found.paper_id DESC"),
    "author": Source(
        "papers_authors found", "found.rowid", "papers_authors MATCH {value}", "found.rowid DESC"
    ),
    "tag": Source("paper_tags found", "found.paper_id", "tag = {value}", "found.paper_id DESC"),
    "since": Source(
        "paper_days found", "found.paper_id", "day >= {value}", "found.day DESC, found.paper_id DESC"
    ),
    "before": Source(
        "paper_days found", "found.paper_id", "day < {value}", "found.day DESC, found.paper_id DESC"
    ),
    "code": Source("papers found", "found.id", "instr(found.links, '\"code ') > 0", "found.id DESC"),
}
"""By what to look papers up, the condition that fewest papers meet first."""


def prepared(db: Connection, filters: Sequence[Filter]) -> dict[str, str | int]:
    """The values of the filters as the tables have them, by the names that SQL made here gives them."""
    return {f"filter{place}": _value(db, one) for place, one in enumerate(filters)}


def _value(db: Connection, one: Filter) -> str:
    if one.kind == "author":
        return quoted(one.value)
    if one.kind == "tag" and "-" in one.value:
        known = db.execute("SELECT 1 FROM tag_counts WHERE tag = ? AND papers > 0", (one.value,)).fetchone()
        return one.value if known else one.value.replace("-", " ")
    return one.value


def conditions(filters: Sequence[Filter], paper_id: str, met: int | None = None) -> list[str]:
    """What must hold of the paper that this column names; the filter at the place ``met`` does already."""
    found = []
    for place, one in enumerate(filters):
        if place == met:
            continue
        text = _CONDITIONS[one.kind].format(id=paper_id, value=f":filter{place}")
        found.append(text if one.wanted else f"NOT ({text})")
    return found


def source(filters: Sequence[Filter]) -> Source:
    """Where to look for papers that meet these conditions."""
    for kind, by in _SOURCES.items():
        for place, one in enumerate(filters):
            if one.kind == kind and one.wanted:
                return Source(
                    by.table, by.paper_id, by.where.format(value=f":filter{place}"), by.order, place
                )
    return _ALL
