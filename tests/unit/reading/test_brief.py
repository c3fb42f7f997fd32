"""From an entry to a brief."""

from dataclasses import replace

from bot.models import Entry, Link, Paper
from bot.reading.brief import brief_of, paper_of
from bot.reading.tags import load_taxonomy

TAXONOMY = load_taxonomy('["kites"]\nphrases = ["kite"]\n', name="test")
ENTRY = Entry(
    title="Kites at \\textbf{Dusk}",
    abstract="Kites are hard to fly. We propose a kite that is 14times faster, see https://github.com/kites/dusk.",
    line=9,
    position=1,
    categories=("cs.RO", "68T40"),
    authors=("A. Wing",),
)


def test_a_paper_is_cleaned_and_kept_as_printed() -> None:
    """The readable text stands beside the text as printed, and all else that the entry knows is taken over."""
    paper = paper_of(ENTRY)
    assert paper.title == "Kites at Dusk"
    assert "14× faster" in paper.abstract
    assert (paper.title_as_printed, paper.abstract_as_printed) == (ENTRY.title, ENTRY.abstract)
    assert (paper.authors, paper.categories) == (ENTRY.authors, ENTRY.categories)


def test_a_brief_has_all_that_a_reader_needs() -> None:
    """Summary, tags, figures, links and areas come from the paper's own text."""
    brief = brief_of(paper_of(ENTRY), TAXONOMY)
    assert brief.summary.startswith("We propose a kite")
    assert brief.tags == ("kites",)
    assert any("14×" in figure for figure in brief.figures)
    assert Link("code", "https://github.com/kites/dusk") in brief.links
    assert (brief.areas, brief.areas_guessed) == (("cs.RO",), False)


def test_areas_that_no_digest_gave_are_marked_as_guessed() -> None:
    """A guess never passes for what a digest said."""
    brief = brief_of(paper_of(replace(ENTRY, categories=())), TAXONOMY)
    assert brief.areas_guessed


def test_the_summariser_can_be_another() -> None:
    """Whoever has a better one passes it in."""
    brief = brief_of(paper_of(ENTRY), TAXONOMY, lambda title, _: title.upper())
    assert brief.summary == "KITES AT DUSK"


def test_a_paper_with_nothing_but_a_title_has_a_brief() -> None:
    """An entry without abstract is read like any other."""
    brief = brief_of(Paper("Kites", "", "Kites", ""), TAXONOMY)
    assert (brief.summary, brief.figures) == ("", ())
    assert brief.tags == ("kites",)
