"""The words found are marked in what is shown of a paper."""

from dataclasses import replace

from bot.store import Connection, papers
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
    assert snippets(db, '"zebra"', ids) == ["", ""]
    assert snippets(db, "", ids) == ["", ""]
    assert snippets(db, '"pruning"', []) == []
