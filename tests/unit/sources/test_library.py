"""What the formats of reference managers have in common."""

import pytest

from bot.sources import library
from bot.sources.library import Found


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Lovelace, Ada", "Ada Lovelace"),
        ("Ada Lovelace", "Ada Lovelace"),
        ("King, Jr., M.", "King, Jr., M."),
        (" ", ""),
    ],
)
def test_names_are_turned_round(name: str, shown: str) -> None:
    """A last name comes last; what has more commas stays as it is."""
    found = library.digest("x", [Found(1, "", title="T", authors=(name,))])
    assert found.entries[0].authors == ((shown,) if shown else ())


def test_the_first_id_that_is_one_counts() -> None:
    """An address of arXiv is an arXiv id, a number of an issue is none, a file on a disk is no address."""
    (entry,) = library.digest(
        "x",
        [
            Found(
                1,
                "",
                title="T",
                ids=("7", "10.1/x"),
                urls=("file:///x", "https://arxiv.org/abs/2503.01234v2"),
            )
        ],
    ).entries
    assert (entry.arxiv_id, entry.url) == ("2503.01234", "https://arxiv.org/abs/2503.01234v2")


@pytest.mark.parametrize("text", ["2024", "2024-13-01", "May 2024", "", "0000-00-00"])
def test_a_date_is_whole_or_none(text: str) -> None:
    """A year alone is no day."""
    assert library.digest("x", [Found(1, "", title="T", date=text)]).entries[0].published is None


def test_fields_by_name() -> None:
    """The first that says something, or nothing."""
    fields = {"a": " ", "b": "x", "c": "y"}
    assert library.values(fields, "a", "b", "c") == ("x", "y")
    assert (library.first(fields, "c", "b"), library.first(fields, "a")) == ("y", "")
