"""The words found are marked in what is shown of a paper."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from bot.store import Connection, Store, papers
from bot.store.database import connect
from bot.store.marking import snippets
from tests.store import samples


def test_the_summary_is_marked_else_a_passage_of_the_abstract(db: Connection) -> None:
    """In any inflection; where neither has the words there is nothing to show."""
    one = replace(samples.brief(1), summary="We prune heads.")
    two = replace(samples.brief(2), summary="Nothing of it.")
    ids = [papers.admit(db, brief, (), samples.NOW) for brief in (one, two)]
    assert snippets(db, '"pruning" OR "latency"', ids) == [
        "We ‹prune› heads.",
        "We ‹prune› 2 heads and lose nothing. ‹Latency› falls by 2.5×.",
    ]
    assert snippets(db, '"pruning" OR "latency"', ids[1:]) == [
        "We ‹prune› 2 heads and lose nothing. ‹Latency› falls by 2.5×."
    ]
    assert snippets(db, '"zebra"', ids) == ["", ""]
    assert snippets(db, '"frugal attention"', ids) == ["", ""]  # the titles
    assert snippets(db, "", ids) == ["", ""]
    assert snippets(db, '"pruning"', []) == []


def test_a_query_that_fails_leaves_nothing_behind(db: Connection) -> None:
    """The next one is answered as if there had been none."""
    ids = samples.admit(db, 2)
    marked = snippets(db, '"prune"', ids)
    with pytest.raises(sqlite3.OperationalError, match="unterminated string"):
        snippets(db, '"prune', ids)
    assert snippets(db, '"prune"', ids[::-1]) == marked[::-1] != ["", ""]


def test_threads_mark_at_the_same_time(tmp_path: Path) -> None:
    """Each has its own papers marked, whatever the others look for."""
    path = tmp_path / "broadsheet.db"
    Store.open(path).close()
    db = connect(path)
    briefs = [replace(samples.brief(number), summary=f"Only w{number} here.") for number in range(1, 41)]
    ids = [papers.admit(db, brief, (), samples.NOW) for brief in briefs]
    db.close()

    def mark(paper_id: int) -> list[str]:
        own = connect(path)
        try:
            return snippets(own, f'"w{paper_id}"', [paper_id, paper_id % 40 + 1])
        finally:
            own.close()

    with ThreadPoolExecutor(8) as threads:
        marked = list(threads.map(mark, ids))
    assert marked == [[f"Only ‹w{paper_id}› here.", ""] for paper_id in ids]
