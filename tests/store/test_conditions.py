"""A search without words begins with what fewest papers meet, and is answered from an index."""

import pytest

from bot.store import Connection, search
from bot.store.conditions import source
from bot.store.query import Filter, parse
from tests.store import samples


def test_the_rarest_kind_of_condition_is_looked_up_first() -> None:
    """A person's bookmarks before authors, tags, days; what must not hold is nothing to begin with."""
    filters = parse("since:2024 tag:pruning author:ada").filters
    assert source(filters).table == "papers_authors found"
    assert source([*filters, Filter("bookmarked", "me")]).table == "bookmarks found"
    assert source(parse("-tag:pruning").filters).table == "papers found"


@pytest.mark.parametrize(
    "query", ["tag:pruning", "author:ada", "since:2024", "before:2030", "bookmarked:me", "code:yes"]
)
def test_a_condition_alone_reads_no_table_from_end_to_end(db: Connection, query: str) -> None:
    """SQLite plans a search of an index for each of them, without sorting."""
    samples.admit(db, 3)
    plans: list[str] = []

    def note(statement: str) -> None:
        if statement.startswith("SELECT") and "found" in statement:
            plans.append(statement)

    db.set_trace_callback(note)
    search.search(db, query, 2, person="web:ada")
    db.set_trace_callback(None)
    assert plans
    for statement in plans:
        told = " / ".join(row["detail"] for row in db.execute(f"EXPLAIN QUERY PLAN {statement}"))
        assert "TEMP B-TREE" not in told
        assert "SCAN found VIRTUAL TABLE" in told or "SEARCH found" in told or "papers_code" in told
