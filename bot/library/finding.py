"""Finding papers: by words, by what is like them, by what a person has begun to type."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.errors import NotFound, SettingsError
from bot.models import Brief, Hit
from bot.reading.identity import block_keys, title_key
from bot.reading.vectors import reranked
from bot.sources.ids import arxiv_id, doi
from bot.store import Connection, Store, bookmarks, completion, likeness, outbox, papers, vectors
from bot.store import search as full_text
from bot.store.query import parse
from bot.store.vectors import Encoder, Rerank

LONGEST_QUERY = 1000
"""Characters of a query that are looked at; the longest titles have some 300."""

_LARGEST = 2**63 - 1
"""SQLite's largest integer."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found: a page of hits, best first, and how many papers match in all."""

    hits: list[Hit]
    total: int
    more: bool = False
    """More than ``total`` papers match; they were not all counted."""
    cut_short: bool = False
    """The search was stopped because it took too long: there may be better hits than these."""


async def search(
    store: Store,
    query: str,
    limit: int,
    offset: int = 0,
    *,
    person: str | None = None,
    last_id: int | None = None,
) -> Found:
    """The papers that match, best first, with why, and how many match in all. Any text is a query.

    An arXiv id, a DOI or the address of one finds that paper alone. ``person`` is who asks, for ``bookmarked:me``;
    for the other operators see ``bot.store.query``. Papers that come after ``last_id`` are passed over. With an
    encoder the best that the words find are put in the order of words and meaning together.
    """
    return await store.read(
        _search,
        query[:LONGEST_QUERY],
        limit,
        min(offset, _LARGEST),
        person=person,
        last_id=last_id,
        encoder=store.encoder,
    )


async def similar(store: Store, paper_id: int, limit: int, *, last_id: int | None = None) -> list[Hit]:
    """The papers most like this one, without itself, those that are related to it first. Raises NotFound.

    They share its telling words, which their snippets mark, and its tags; with an encoder those that mean the same
    come before those that only share words.
    """
    return await store.read(_similar, paper_id, limit, last_id, store.encoder)


async def complete(store: Store, typed: str, limit: int = 25) -> list[tuple[int, str]]:
    """Papers as (id, title) that a person may be typing: by the beginning of an arXiv id or a title, or words of it.

    With nothing typed yet, the newest papers.
    """
    return await store.read(completion.papers, typed[:LONGEST_QUERY], limit)


async def complete_kept(store: Store, person: str, typed: str, limit: int = 25) -> list[tuple[int, str]]:
    """The person's bookmarks as (id, title) with the words typed in their titles, newest first."""
    return await store.read(bookmarks.complete, person, typed[:LONGEST_QUERY], limit)


async def complete_tags(store: Store, typed: str, limit: int = 25) -> list[str]:
    """Tags with a word that begins so, those that begin so first, then the most used."""
    return await store.read(completion.tags, typed[:LONGEST_QUERY], limit)


async def resolve(store: Store, text: str) -> int:
    """The id of the paper that a person means by a number, an arXiv id, a DOI or a title. Raises NotFound."""
    return await store.read(resolved, text[:LONGEST_QUERY])


def brief_of(db: Connection, paper_id: int) -> Brief:
    """One paper's brief. Raises NotFound."""
    found = papers.briefs(db, [paper_id])
    if not found:
        raise NotFound(f"{paper_id}: there is no such paper")
    return found[0]


def hits(db: Connection, found: Sequence[tuple[int, str]], counts: Mapping[int, int]) -> list[Hit]:
    """The papers with why they were found, or their summaries, and where they were posted.

    All are of the history; ``counts`` are the bookmarks of those that have any.
    """
    paper_ids = [paper_id for paper_id, _ in found]
    placed = zip(found, papers.briefs(db, paper_ids), outbox.placements(db, paper_ids), strict=True)
    return [
        Hit(brief, snippet or brief.summary, counts.get(paper_id, 0), placements)
        for (paper_id, snippet), brief, placements in placed
    ]


def resolved(db: Connection, text: str) -> int:
    """The paper that a person means: by number, arXiv id, DOI, exact title, else the best search result."""
    text = text.strip()
    if (
        text.isascii()
        and text.isdigit()
        and int(text) <= _LARGEST
        and papers.paper(db, int(text)) is not None
    ):
        return int(text)
    identifier = arxiv_id(text) or doi(text)
    by_identifier = papers.by_identifier(db, identifier) if identifier is not None else None
    if by_identifier is not None:
        return by_identifier
    keys = block_keys(text)
    titled = papers.briefs(db, papers.by_title(db, keys[0])) if keys else []
    if titled:
        # The key is also that of titles which only begin so, before a colon.
        whole = [brief for brief in titled if title_key(brief.paper.title) == title_key(text)]
        paper_id = (whole or titled)[0].paper.id
        assert paper_id is not None
        return paper_id
    found = full_text.search(db, text, 1).papers
    if not found:
        named = "".join(character for character in text[:80] if character.isprintable())
        raise NotFound(f"{named}: no such paper; try 'broadsheet search' with a few words of its title")
    return found[0][0]


def _search(
    db: Connection,
    query: str,
    limit: int,
    offset: int,
    *,
    person: str | None,
    last_id: int | None,
    encoder: Encoder | None,
) -> Found:
    identifier = arxiv_id(query) or doi(query)
    named = papers.by_identifier(db, identifier) if identifier is not None else None
    if named is not None:
        return Found(_hits(db, [(named, "")][max(offset, 0) :][: max(limit, 0)]), 1)
    # An id that no paper has may stand in an abstract; an address in pieces is in many.
    words = query if identifier is None else f'"{identifier}"'
    rerank = None if encoder is None else _by_meaning(db, encoder, words)
    answer = full_text.search(db, words, limit, offset, person=person, last_id=last_id, rerank=rerank)
    return Found(_hits(db, answer.papers), answer.total, answer.more, answer.cut_short)


def _by_meaning(db: Connection, encoder: Encoder, query: str) -> Rerank | None:
    """By words and by how near a paper's meaning is to the query's; None without words, or if the encoder fails."""
    asked = parse(query)
    if not asked.words:
        return None
    # What is to be left out, and conditions, say nothing of what is meant.
    meant = " ".join((*asked.phrases, *asked.words)) if asked.excluded or asked.filters else query
    try:
        return _nearest(db, encoder, encoder.encode([meant])[0])
    except SettingsError:
        return None


def _nearest(db: Connection, encoder: Encoder, near: bytes) -> Rerank:
    """By words and by how near a paper's meaning is to a vector. Raises SettingsError."""
    name = encoder.name

    def rerank(scored: Sequence[tuple[int, float]]) -> list[int]:
        known = vectors.of(db, name, [paper_id for paper_id, _ in scored])
        return reranked(scored, near, known, encoder.alpha)

    return rerank


def _similar(
    db: Connection, paper_id: int, limit: int, last_id: int | None, encoder: Encoder | None
) -> list[Hit]:
    brief_of(db, paper_id)
    rerank = None if encoder is None else _by_likeness(db, encoder, paper_id)
    return _hits(db, likeness.similar(db, paper_id, limit, last_id=last_id, rerank=rerank))


def _by_likeness(db: Connection, encoder: Encoder, paper_id: int) -> Rerank | None:
    """By what is shared and by how near a paper's meaning is to that one's; None as long as it has no vector."""
    try:
        own = vectors.of(db, encoder.name, [paper_id]).get(paper_id)
    except SettingsError:
        return None
    return None if own is None else _nearest(db, encoder, own)


def _hits(db: Connection, found: list[tuple[int, str]]) -> list[Hit]:
    return hits(db, found, bookmarks.counts(db, [paper_id for paper_id, _ in found]))
