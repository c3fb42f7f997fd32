"""A query is read as a person means it, and any text is a query."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.store.query import LONGEST_PHRASE, MOST_CONDITIONS, MOST_WORDS, Filter, Query, parse

NAMES = st.text("abcdefghijklmnopqrstuvwxyzéß漢0123456789", min_size=1, max_size=9)
PHRASES = st.lists(NAMES, min_size=1, max_size=4).map(" ".join)
DAYS = st.dates().map(lambda day: day.isoformat())
FILTERS = st.one_of(
    st.builds(Filter, st.just("tag"), PHRASES.map(str.casefold), st.booleans()),
    st.builds(Filter, st.just("author"), PHRASES.map(str.casefold), st.booleans()),
    st.builds(Filter, st.sampled_from(["since", "before"]), DAYS, st.booleans()),
    st.builds(Filter, st.just("bookmarked"), st.just("me"), st.booleans()),
    st.builds(Filter, st.just("code"), st.just("yes"), st.booleans()),
)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("sparse attention", ("sparse", "attention")),
        ("what is the attention", ("attention",)),
        ("what is it", ("what", "is", "it")),
        ("state-of-the-art Co-Seg++", ("state", "art", "Co", "Seg")),
        ("attention, attention!", ("attention", "attention")),
        ("foo:bar http://x", ("foo", "bar", "http", "x")),
        ("since:lately", ("lately",)),
        ("before:2025-13 since:2025-02-30", ("2025", "13", "2025", "02", "30")),
        ("code:perhaps bookmarked:you tag: author:", ("code", "perhaps", "bookmarked", "tag", "author")),
        ("code: yes", ("code", "yes")),
        ("in O(N^2), not 10⁻³", ("O(N^2),", "10⁻³")),
        ("- -- -( a—b", ("b",)),
        ('half a "phrase', ("half", "phrase")),
        ("I'm after what's new, e.g. vitamin D", ("new", "vitamin", "D")),
        ("don’t we've O'Reilly", ("O", "Reilly")),
    ],
)
def test_what_is_no_operator_is_words(text: str, words: tuple[str, ...]) -> None:
    """Words without content go unless they stand alone; an unknown prefix or date is words like others."""
    found = parse(text)
    assert found.words == words
    assert (found.phrases, found.excluded, found.filters) == ((), (), ())


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ('"flow matching"', Query(phrases=("flow matching",), title=("flow", "matching"))),
        ("„flow  matching“ x", Query(("x",), ("flow matching",), title=("flow", "matching", "x"))),
        ('protein-"a b"', Query(("protein",), ("a b",), title=("protein", "a", "b"))),
        ('-flow -"a b" -Co-Seg', Query(excluded=("flow", "a b", "Co Seg"))),
        ('TAG:"Object  Detection"', Query(filters=(Filter("tag", "object detection"),))),
        ("-tag:x-y", Query(filters=(Filter("tag", "x-y", wanted=False),))),
        ("author:“Émile Noël”", Query(filters=(Filter("author", "émile noël"),))),
        ("since:2025", Query(filters=(Filter("since", "2025-01-01"),))),
        ("since:2025-3", Query(filters=(Filter("since", "2025-03-01"),))),
        ("before:2025-03-1", Query(filters=(Filter("before", "2025-03-01"),))),
        ("bookmarked:Me", Query(filters=(Filter("bookmarked", "me"),))),
        ("the code:YES", Query(filters=(Filter("code", "yes"),), title=("the",))),
        ("", Query()),
        (' "" "." - ', Query()),
    ],
)
def test_an_operator_says_what_is_wanted_or_not(text: str, query: Query) -> None:
    """Quotes of any kind, a dash where a word may begin, keys and values in any case."""
    assert parse(text) == query


def test_quotation_marks_in_prose_are_words() -> None:
    """More than three words, some without content, are a sentence; a list of words is not."""
    assert parse('what does "flow matching" mean here').phrases == ()
    assert parse('what does "flow matching" mean here').words == ("mean", "flow", "matching")
    assert parse('protein structure backbone design "flow matching"').phrases == ("flow matching",)


@settings(deadline=None)
@given(st.lists(PHRASES, max_size=3), st.lists(PHRASES, max_size=3), st.lists(FILTERS, max_size=5))
def test_what_is_written_is_read(phrases: list[str], excluded: list[str], filters: list[Filter]) -> None:
    """Every operator comes back with its value."""
    pieces = [f'{"" if one.wanted else "-"}{one.kind}:"{one.value}"' for one in filters]
    pieces += [f'"{text}"' for text in phrases] + [f'-"{text}"' for text in excluded]
    found = parse(" ".join(pieces))
    assert found.phrases == tuple(phrases)
    assert found.excluded == tuple(excluded)
    assert found.filters == tuple(filters)
    assert found.words == ()


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=()), max_size=100))
def test_any_text_is_read(text: str) -> None:
    """Nothing raises, and what comes out can be written to a database."""
    found = parse(text)
    for part in (*found.words, *found.phrases, *found.excluded, *found.title):
        assert part.strip()
        assert "\0" not in part.encode().decode()


@pytest.mark.parametrize(
    "piece", ['a:"', '-"x" ', "x^2^", "tag:a ", '"', "-", 'a"', "é\u0301", "word ", '"a" ']
)
def test_far_too_much_is_cut(piece: str) -> None:
    """Time and size are bounded whatever is repeated."""
    began = time.process_time()
    found = parse(piece * 1_000_000)
    assert time.process_time() - began < 2
    assert len(found.words) <= MOST_WORDS
    assert len(found.title) <= LONGEST_PHRASE
    for part in (found.phrases, found.excluded, found.filters):
        assert len(part) <= MOST_CONDITIONS
