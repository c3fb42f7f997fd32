"""CSV, as Zotero writes it."""

from datetime import UTC, date, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.models import Digest
from bot.sources import table

NOW = datetime(2026, 3, 11, tzinfo=UTC)
GOOD = '''\ufeff"Key","Item Type","Author","Title","DOI","Url","Abstract Note","Date"
"A","journalArticle","Lovelace, Ada; Müller, Jón","Kites, at ""Dusk""","10.1234/kites.5","https://example.org","We fly
kites.","2024-05-06"
"B","note","","","","","",""
"C","preprint","","Ducks at Dawn","","http://arxiv.org/abs/2503.01234"
'''


def read(text: str) -> Digest:
    """Read it as a file of this format."""
    return table.read(text, name="library.csv", modified=NOW)


def test_a_library_becomes_entries() -> None:
    """Rows come out by the names above, with the line where they begin; one without a title is set aside."""
    digest = read(GOOD)
    kites, ducks = digest.entries
    assert (kites.title, kites.abstract, kites.doi) == (
        'Kites, at "Dusk"',
        "We fly kites.",
        "10.1234/kites.5",
    )
    assert (kites.authors, kites.published, kites.line) == (
        ("Ada Lovelace", "Jón Müller"),
        date(2024, 5, 6),
        2,
    )
    assert (ducks.title, ducks.arxiv_id, ducks.line) == ("Ducks at Dawn", "2503.01234", 5)
    assert [(one.line, one.reason) for one in digest.unreadable] == [(4, "no title")]


def test_sniffing() -> None:
    """A line of names with a title among them is ours, whatever it is called; one word is not."""
    assert table.sniff(GOOD, "a.csv") > table.sniff(GOOD, "a.txt") > 0
    assert table.sniff("title\n", "a.csv") == table.sniff("A title, of a paper\n", "a.csv") == 0


@settings(deadline=None, max_examples=100)
@given(st.text(st.sampled_from('",\n\x00abc;'), max_size=60))
def test_any_text_is_read(text: str) -> None:
    """Nothing raises, and what is read has a title."""
    assert all(entry.title for entry in read(f'"Title","Abstract Note"\n{text}').entries)


def test_a_cell_too_large_is_set_aside() -> None:
    """What the csv module refuses costs that row."""
    assert "field larger" in read('title,doi\n"' + "x" * 200_000 + '",1\nGood,2\n').unreadable[0].reason
