"""From an entry to a brief: everything that is understood of a paper, in one place. Pure."""

from bot.models import Brief, Entry, Paper
from bot.reading import areas
from bot.reading.clean import clean
from bot.reading.figures import figures
from bot.reading.links import links
from bot.reading.summary import Summariser, summarise
from bot.reading.tags import Taxonomy


def paper_of(entry: Entry) -> Paper:
    """The entry as a paper: its text cleaned, and kept beside as it was printed."""
    return Paper(
        title=clean(entry.title) or entry.title,
        abstract=clean(entry.abstract),
        title_as_printed=entry.title,
        abstract_as_printed=entry.abstract,
        arxiv_id=entry.arxiv_id,
        doi=entry.doi,
        url=entry.url,
        authors=entry.authors,
        categories=entry.categories,
        published=entry.published,
        upvotes=entry.upvotes,
    )


def brief_of(paper: Paper, taxonomy: Taxonomy, summariser: Summariser = summarise) -> Brief:
    """What a reader needs of the paper: a sentence, tags, figures, links, areas."""
    given = areas.given(paper.categories)
    return Brief(
        paper=paper,
        summary=summariser(paper.title, paper.abstract),
        tags=taxonomy.tags(paper.title, paper.abstract),
        figures=figures(paper.title, paper.abstract),
        links=links(paper),
        areas=given or areas.guess(paper.title, paper.abstract),
        areas_guessed=not given,
    )
