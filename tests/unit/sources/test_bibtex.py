"""BibTeX: as reference managers write it, and as accidents leave it."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.models import Digest
from bot.sources import bibtex

NOW = datetime(2026, 3, 11, tzinfo=UTC)
GOOD = r"""% a comment
@string{venue = "Journal of " # {Kites}}
@comment{@article{no, title = {Not this one}}}

@article{lovelace2024kites,
  title = {{Kites} at Dusk: {A} Study of {$O(n^2)$} Flight},
  author = {Lovelace, Ada and M{\"u}ller, J{\'o}n and {The Kite Collaboration}},
  abstract = "We fly {"}kites{"} in the evening, @home,
and 100\% of them land.",
  journal = venue,
  year = 2024,
  date = {2024-05-06},
  doi = {10.1234/Kites.5},
  url = {https://example.org/kites}
}
@misc(ducks, title={Ducks at Dawn}, eprint = {2503.01234}, archiveprefix = {arXiv})
"""


def read(text: str) -> Digest:
    """Read it as a file of this format."""
    return bibtex.read(text, name="library.bib", modified=NOW)


def test_a_library_becomes_entries() -> None:
    """Titles, people, ids and dates come out; comments and macros are none; each entry knows its line."""
    kites, ducks = read(GOOD).entries
    assert kites.title == "{Kites} at Dusk: {A} Study of {$O(n^2)$} Flight"
    assert kites.authors == ("Ada Lovelace", "Jón Müller", "The Kite Collaboration")
    assert kites.abstract.endswith(r"in the evening, @home, and 100\% of them land.")
    assert (kites.doi, kites.url) == ("10.1234/kites.5", "https://example.org/kites")
    assert (kites.published, kites.line, kites.position) == (date(2024, 5, 6), 5, 1)
    assert (ducks.title, ducks.arxiv_id, ducks.line) == ("Ducks at Dawn", "2503.01234", 16)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("@article{a, title = {never closed", "an entry that is not closed"),
        ("@article{a, author = {Ada}}", "no title"),
        ("@article{a, title = {" + "x" * 600 + "}}", "title longer than 500 characters"),
        ("@article{}", "no title"),
    ],
)
def test_a_broken_entry_costs_itself_alone(text: str, reason: str) -> None:
    """It is set aside with its line and the reason; the entries around it are read."""
    digest = read(f"@misc{{x, title = {{Before}}}}\n{text}\n@misc{{y, title = {{After}}}}\n")
    assert [entry.title for entry in digest.entries] == ["Before", "After"]
    assert [(one.line, one.reason) for one in digest.unreadable] == [(2, reason)]


def test_a_hostile_library_takes_no_time() -> None:
    """A hundred thousand entries that are never closed are read in one pass."""
    assert len(read("@a{" + "{" * 50 + "\n@a{" * 100_000).unreadable) == 100_001


@settings(deadline=None, max_examples=200)
@given(st.text(st.sampled_from('@{}()",#=\n \\aT1'), max_size=80))
def test_any_text_is_read(text: str) -> None:
    """Nothing raises, and what is read has a title."""
    digest = read("@misc{a, title = {T}, " + text)
    assert all(entry.title for entry in digest.entries)
    assert bibtex.sniff(text, "a.txt") <= bibtex.sniff(text, "a.bib") <= 1
