"""RIS, as reference managers write it."""

from datetime import UTC, date, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.models import Digest
from bot.sources import ris

NOW = datetime(2026, 3, 11, tzinfo=UTC)
GOOD = """TY  - JOUR
TI  - Kites at Dusk
AU  - Lovelace, Ada
AU  - Müller, Jón
AB  - We fly kites
in the evening.
DA  - 2024/05/06
DO  - 10.1234/kites.5
UR  - https://example.org/kites
ER  -

a stray line
TY  - UNPB
AU  - Nobody, N.
ER  -
TY  - UNPB
T1  - Ducks at Dawn
AN  - arXiv:2503.01234
"""


def read(text: str) -> Digest:
    """Read it as a file of this format."""
    return ris.read(text, name="library.ris", modified=NOW)


def test_a_library_becomes_entries() -> None:
    """References come out in order, a value may go on in the next line, and the last needs no end."""
    digest = read(GOOD)
    kites, ducks = digest.entries
    assert (kites.title, kites.abstract) == ("Kites at Dusk", "We fly kites in the evening.")
    assert (kites.authors, kites.published) == (("Ada Lovelace", "Jón Müller"), date(2024, 5, 6))
    assert (kites.doi, kites.url, kites.line) == ("10.1234/kites.5", "https://example.org/kites", 1)
    assert (ducks.title, ducks.arxiv_id, ducks.line) == ("Ducks at Dawn", "2503.01234", 16)
    assert [(one.line, one.reason) for one in digest.unreadable] == [
        (12, "a line outside of any reference"),
        (13, "no title"),
    ]
    assert ris.sniff(GOOD, "a.ris") > ris.sniff(GOOD, "a.txt") > ris.sniff("no RIS", "a.txt") == 0


@settings(deadline=None, max_examples=100)
@given(st.lists(st.sampled_from(["TY  - X", "ER  - ", "TI  - T", "AB  -", "stray", "", "AU  - a, b"])))
def test_any_lines_are_read(lines: list[str]) -> None:
    """Nothing raises, and what is read has a title."""
    assert all(entry.title for entry in read("\n".join(lines)).entries)


def test_an_endless_reference_is_set_aside() -> None:
    """A reference of thousands of lines is none."""
    digest = read("TY  - JOUR\n" + "KW  - x\n" * 5000)
    assert digest.entries == ()
    assert "more than 2,000 lines" in digest.unreadable[0].reason
