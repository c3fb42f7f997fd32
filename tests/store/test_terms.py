"""Words become terms in which nothing has a meaning of its own, and are counted in a sample."""

from bot.store import Connection
from bot.store.terms import all_of, any_of, quoted, shares, term
from tests.store import samples


def test_a_term_is_a_string_of_fts5() -> None:
    """Quotation marks are doubled; an exponent is found either way it is written."""
    assert quoted('a "b"') == '"a ""b"""'
    assert term("O(N²)") == term("O(N^2)") == '("O(N^2)" OR "O(N²)")'
    assert any_of(["a", "b"]) == '"a" OR "b"'
    assert all_of(["a", "b"]) == '"a" AND "b"'
    assert any_of([]) == all_of([]) == ""


def test_shares_are_of_the_papers_up_to_one(db: Connection) -> None:
    """A word that all have is in the whole; papers after the last one asked for don't count."""
    samples.admit(db, 4)
    assert shares(db, ["frugal", '"attention 2"', "zebra"], 4) == [1.0, 0.25, 0.0]
    assert shares(db, ['"attention 4"'], 3) == [0.0]
    assert shares(db, ["frugal"], 0) == [0.0]
