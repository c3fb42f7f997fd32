"""Full text over titles and abstracts, ranked by BM25, and the conditions beside it. No query is an error.

Ranking costs a microsecond a paper, so that only so many are ranked. Of more papers with any of some words the best are
found by ``scoring``; with conditions beside the words what matches is narrowed, to its rare words, to its titles, and
at last to the newest. A history of up to ``WHOLE`` papers is always ranked whole.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import accumulate, islice
from sqlite3 import Connection
from typing import NamedTuple

from bot.store import papers, scoring
from bot.store.beginnings import beginnings
from bot.store.conditions import Source, Values, conditions, prepared, source
from bot.store.deadline import TooLong
from bot.store.deadline import limit as time_limit
from bot.store.marking import snippets
from bot.store.query import SHORT, Query, parse
from bot.store.spelling import mended
from bot.store.terms import all_of, any_of, quoted, shares, term
from bot.store.vectors import Rerank

# How much a word counts in a title and in an abstract, tuned on the two collections CACM and CISI.
LONG_WEIGHTS = (1.5, 1.0)
SHORT_WEIGHTS = (3.0, 1.0)

RANKED = 2_000
"""Papers that one query ranks: more take longer than a person waits for."""

WHOLE = 10_000
"""Papers of a history in which all that match are ranked: narrowing costs more there than it saves."""

WEIGHED = 100_000
"""Papers, added up over the words, that a word may be in to count in the rank of papers found by rarer ones."""

SHORTEST = 500
"""Papers, the newest, that a single word in more papers than are weighed has in their titles, ordered by length."""

CONJOINED = 300_000
"""Papers, added up, that words may be in to be looked for together, when each alone is in too many."""

PHRASED = 1_000_000
"""Papers, added up over its words, that must be read to look for a phrase; for more only the newest are."""

NEWEST = 100_000
"""Papers that are searched then."""

WITHOUT = 20_000
"""Papers, the newest, that are searched for those without a word, when nothing else is said of them."""

LISTED = 1000
"""Papers that are listed when more match than are ranked."""

RERANKED = 200
"""The best papers by words, which are ranked again by meaning when there is an encoder."""

PATIENCE, GRACE = 0.4, 0.1
"""Seconds until a search is stopped, and in which whatever matches is taken instead."""


class Answer(NamedTuple):
    """The papers of one page, as (id, snippet), and how many match."""

    papers: list[tuple[int, str]]
    total: int
    more: bool = False
    """More than ``total`` match."""
    cut_short: bool = False
    """Time was up before the best were found."""


class _Search(NamedTuple):
    """A search under way: what is asked for, and of which papers."""

    db: Connection
    query: Query
    values: Values
    first: int
    last: int
    """The oldest and the newest paper that are looked at."""
    rerank: Rerank | None = None


class _Stage(NamedTuple):
    """Papers to rank: what must match, and after which paper; by BM25, by length, or else the newest first."""

    match: str
    after: int = 0
    ranked: bool = True
    shortest: bool = False


def search(
    db: Connection,
    text: str,
    limit: int,
    offset: int = 0,
    *,
    person: str | None = None,
    last_id: int | None = None,
    patience: float = PATIENCE,
    rerank: Rerank | None = None,
) -> Answer:
    """The papers that match, best first, as (id, snippet) with the words found in ‹ ›, and how many match in all.

    What the text may say is in ``query``; ``person`` is who asks; with ``last_id`` papers admitted after that one
    are passed over, so that the pages of an answer fit together while papers arrive.

    Papers whose title begins with the words come first. Of up to three words then the papers with all of them,
    then those with any, a title's words counting three times; of more words those with any. Without words the
    newest come first, with an empty snippet. If nothing is found, words that no paper has are mended by a letter.
    ``rerank`` may change the order of the ``RERANKED`` best by words, within those with all and those with any.
    After ``patience`` seconds the search is stopped, and what was found until then is the answer.
    """
    query = parse(text)
    if query == Query(title=query.title):
        return Answer([], 0)
    newest = papers.last_id(db)
    last = newest if last_id is None else min(last_id, newest)
    values = {**prepared(db, query.filters), "person": person or "", "last_id": last}
    asked = _Search(db, query, values, 0, last, rerank if query.words else None)
    first, limit = max(offset, 0), max(limit, 0)
    found: list[int] = []
    total, cut_short = 0, False
    try:
        with time_limit(db, patience):
            last = _newest_before(asked)
            asked = asked._replace(last=last, values={**asked.values, "last_id": last})
            asked = asked._replace(first=_oldest(asked))
            total = _count(asked)
            if not total and query.words:
                asked = asked._replace(query=_mended(db, query))
                total = _count(asked)
            if total:
                wanted = max(first + limit, RERANKED if asked.rerank else 0)
                _fill(asked, total, min(wanted, LISTED if total > _most(asked) else total), found)
    except TooLong:
        cut_short = True
        if asked.query.excluded and not _match(asked.query):
            asked = asked._replace(first=max(asked.first, asked.last - WITHOUT))
        _take_newest(asked, min(first + limit, LISTED), found)
        total = max(total, len(found))
    some = any_of((*asked.query.phrases, *asked.query.words))
    shown = found[first : first + limit]
    page = list(zip(shown, snippets(db, some, shown), strict=True))
    if total > _most(asked):
        # The newest of all are also the newest of the newest.
        return Answer(page, LISTED, more=True, cut_short=cut_short or (asked.first > 0 and bool(some)))
    return Answer(page, total, more=cut_short or asked.first > 0, cut_short=cut_short or asked.first > 0)


def _most(asked: _Search) -> int:
    """Papers that one query of this history ranks."""
    return WHOLE if asked.last <= WHOLE else RANKED


def _newest_before(asked: _Search) -> int:
    """Up to which paper to look for words: the last one of the days asked for, or all later ones are read first."""
    last = asked.last
    if not _match(asked.query):
        return last
    for one in asked.query.filters:
        if one.kind == "before" and one.wanted:
            row = asked.db.execute(
                "SELECT max(paper_id) AS id FROM paper_days WHERE day < ?", (one.value,)
            ).fetchone()
            last = min(last, row["id"] or 0)
    return last


def _oldest(asked: _Search) -> int:
    """From which paper on to look: only the newest are, for a phrase whose words nearly all papers have.

    Even fewer are for what is only not to have a word, since all papers that have it must be listed first.
    """
    if (
        asked.query.excluded
        and not _match(asked.query)
        and not any(one.wanted for one in asked.query.filters)
    ):
        return max(0, asked.last - WITHOUT)
    words = [
        word
        for phrase in (*asked.query.phrases, *asked.query.excluded)
        if " " in phrase
        for word in phrase.split()
    ]
    if asked.last <= _most(asked) or not words:
        return 0
    read = sum(shares(asked.db, [quoted(word) for word in words], asked.last)) * asked.last
    return max(0, asked.last - NEWEST) if read > PHRASED else 0


def _mended(db: Connection, query: Query) -> Query:
    spelt = dict(zip(query.words, mended(db, query.words), strict=True))
    words, title = (tuple(spelt.get(word, word) for word in given) for given in (query.words, query.title))
    return replace(query, words=words, title=title)


def _count(asked: _Search) -> int:
    """How many papers match, but no more than one more than are ranked."""
    most = _most(asked)
    if _is_words(asked.query) and scoring.at_least(asked.db, asked.query.words, asked.last) > most:
        return most + 1
    words = dict.fromkeys(asked.query.words)
    sql, values = _select(asked, _Stage(_match(asked.query, any_of(words)), ranked=False))
    row = asked.db.execute(f"SELECT count(*) AS n FROM ({sql} LIMIT {most + 1})", values).fetchone()
    return int(row["n"])


def _fill(asked: _Search, total: int, wanted: int, found: list[int]) -> None:
    """Rank stage by stage until there are as many papers as wanted; each counts where it comes first."""
    found += beginnings(asked.db, asked.query, _match(asked.query), asked.values)[:wanted]
    narrow = total > _most(asked)
    if narrow and _is_words(asked.query):
        _take(asked, _ranked(asked, wanted + len(found)), wanted, found)
    stages = _stages(asked, narrow=narrow)
    while len(found) < wanted and (stage := next(stages, None)) is not None:
        sql, values = _select(asked, stage)
        rows = asked.db.execute(f"{sql} LIMIT :limit", {**values, "limit": wanted + len(found)})
        _take(asked, ((row["id"], row["score"]) for row in rows), wanted, found, rerank=stage.ranked)


def _take(
    asked: _Search,
    scored: Iterable[tuple[int, float]],
    wanted: int,
    found: list[int],
    *,
    rerank: bool = True,
) -> None:
    """Add papers with their scores, the best first, as far as more are wanted."""
    before, known = len(found), set(found)
    scores = dict(islice(((one, score) for one, score in scored if one not in known), wanted - before))
    found += scores
    if asked.rerank is not None and rerank:
        found[before:RERANKED] = asked.rerank([(one, scores[one]) for one in found[before:RERANKED]])


def _is_words(query: Query) -> bool:
    """Whether nothing but words is asked for."""
    return bool(query.words) and not (query.phrases or query.excluded or query.filters)


def _ranked(asked: _Search, wanted: int) -> Sequence[tuple[int, float]]:
    """The best of very many papers that have any of the words; none if the full text itself must be asked."""
    words = asked.query.words
    found = scoring.ranked(
        asked.db,
        words,
        asked.last,
        wanted,
        title_weight=(SHORT_WEIGHTS if len(words) <= SHORT else LONG_WEIGHTS)[0],
        all_first=1 < len(words) <= SHORT,
        exact=0 if asked.rerank is None else RERANKED,
    )
    return found or ()


def _take_newest(asked: _Search, wanted: int, found: list[int]) -> None:
    """Add what matches, the newest first, as far as a last moment allows."""
    sql, values = _select(asked, _Stage(_match(asked.query), ranked=False))
    with suppress(TooLong), time_limit(asked.db, GRACE):
        for row in asked.db.execute(sql, values):
            if len(found) >= wanted:
                return
            if row["id"] not in found:
                found.append(row["id"])


def _stages(asked: _Search, *, narrow: bool) -> Iterator[_Stage]:
    """What to rank, one after the other."""
    query = asked.query
    some_mean_all = 1 < len(query.words) <= SHORT
    if not narrow:
        if some_mean_all:
            yield _Stage(_match(query, all_of(query.words)))
        yield _Stage(_match(query))
    elif not query.words:
        yield _Stage(_match(query), ranked=False)
    else:
        words = list(dict.fromkeys(query.words))
        common = shares(asked.db, [term(word) for word in words], asked.last)
        in_papers = {word: share * asked.last for word, share in zip(words, common, strict=True)}
        if some_mean_all:
            yield from _narrowed(asked, all_of(words), in_papers)
        yield from _rarest(asked, in_papers)


def _rarest(asked: _Search, in_papers: Mapping[str, float]) -> Iterator[_Stage]:
    """Of many papers with any of the words first those with rare ones, then with several of the common ones.

    ``in_papers`` is about how many papers have each word.
    """
    words = sorted(in_papers, key=lambda word: in_papers[word])
    upto = list(accumulate(in_papers[word] for word in words))
    rare = words[: sum(count <= RANKED for count in upto)]
    if rare:
        weighed = words[: max(len(rare), sum(count <= WEIGHED for count in upto))]
        # Each word twice in all, so that it weighs as it would alone.
        twice = [word for word in asked.query.words for _ in range(2) if word in weighed]
        for word in rare:
            twice.remove(word)
        yield _Stage(_match(asked.query, f"({any_of(rare)}) AND ({any_of(twice)})"))
    else:
        together = words[: max(2, sum(count <= CONJOINED for count in upto))]
        for size in (
            sorted({len(together), min(3, len(together)), 2}, reverse=True) if len(together) > 1 else ()
        ):
            yield from _narrowed(
                asked, all_of(together[:size]), {word: in_papers[word] for word in together[:size]}
            )
    for word in words[len(rare) :]:
        yield from _narrowed(asked, term(word), {word: in_papers[word]})


def _narrowed(asked: _Search, words: str, in_papers: Mapping[str, float]) -> Iterator[_Stage]:
    """What matches; if that is too much to rank, the newest with the words in their titles, then the newest."""
    match = _match(asked.query, words)
    titled = f"({match}) AND {{title}} : ({all_of(in_papers)})"
    in_all, in_title = shares(asked.db, [match, titled], asked.last)
    if len(in_papers) == 1 and sum(in_papers.values()) > WEIGHED:
        # BM25 would count all papers with the word, only to prefer the shortest ones.
        for stage, after in ((titled, _newest(asked, in_title, SHORTEST)), (match, _newest(asked, in_all))):
            yield _Stage(stage, after, ranked=False, shortest=True)
        return
    if in_all * asked.last > RANKED and sum(in_papers.values()) <= WEIGHED:
        yield _Stage(titled, _newest(asked, in_title))
    yield _Stage(match, _newest(asked, in_all))


def _newest(asked: _Search, share: float, most: int | None = None) -> int:
    """After which paper there are so many that match, or as many as are ranked, if that share of papers does."""
    return max(0, asked.last - round((RANKED if most is None else most) / share)) if share else 0


def _select(asked: _Search, stage: _Stage) -> tuple[str, Values]:
    """A stage as SQL. A plus keeps SQLite from looking a condition up instead of going through what matches."""
    query = asked.query
    values = {**asked.values, "after": max(asked.first, stage.after)}
    if stage.match:
        title, abstract = SHORT_WEIGHTS if len(query.words) <= SHORT else LONG_WEIGHTS
        where = ["found.papers_fts MATCH :match", "found.rowid > :after", "found.rowid <= :last_id"]
        where += conditions(query.filters, "+found.rowid")
        by = Source("papers_fts found", "found.rowid", " AND ".join(where), "found.rowid DESC")
        score = f"-bm25(papers_fts, {title}, {abstract})" if stage.ranked else "0"
        if stage.shortest:
            score = "-(SELECT length(title) + length(abstract) FROM papers WHERE id = found.rowid)"
        order = f"score DESC, {by.order}" if stage.ranked or stage.shortest else by.order
        values["match"] = stage.match
    else:
        by = source(query.filters)
        score = "0"
        where = [by.where, *conditions(query.filters, f"+{by.paper_id}", by.met)]
        order = by.order
        if query.excluded:
            where.append(
                f"+{by.paper_id} NOT IN (SELECT rowid FROM papers_fts WHERE papers_fts MATCH :excluded "
                "AND rowid > :after AND rowid <= :last_id)"
            )
            values["excluded"] = any_of(query.excluded)
        where += [f"{'' if asked.first else '+'}{by.paper_id} > :after", f"+{by.paper_id} <= :last_id"]
    columns = f"{by.paper_id} AS id, {score} AS score"
    return f"SELECT {columns} FROM {by.table} WHERE {' AND '.join(where)} ORDER BY {order}", values


def _match(query: Query, words: str | None = None) -> str:
    """What must occur, as FTS5 has it, and what must not beside it; empty when nothing must.

    ``words`` is what must occur in place of any word.
    """
    some = any_of(query.words) if words is None else words
    must = [term(phrase) for phrase in query.phrases] + ([f"({some})"] if some else [])
    match = " AND ".join(must)
    return f"({match}) NOT ({any_of(query.excluded)})" if match and query.excluded else match
