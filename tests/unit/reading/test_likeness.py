"""What ``reading.likeness`` must hold: measures of titles, author lists and abstracts, the same both ways."""

import time

import pytest

from bot.reading.likeness import alike, jaccard, only_spelling, read_title, shared_authors

TEXT = "One two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"


@pytest.mark.parametrize(
    ("title", "numbers"),
    [
        ("Qwen2.5 Technical Report", ("2.5",)),
        ("Lectures, Part II", ("2", "part")),
        ("Lectures, Part B", ("b", "part")),
        ("Porting C++ to C#", ("#", "++")),
        ("The Second Challenge 2026", ("2", "2026")),
        ("I, Robot", ()),
    ],
)
def test_numbers_are_what_must_be_equal(title: str, numbers: tuple[str, ...]) -> None:
    """Digits, numerals, parts and signs are found; the pronoun is no numeral."""
    assert read_title(title).numbers == numbers


def test_heads_are_what_stands_before_a_break() -> None:
    """What a lost subtitle leaves is known."""
    assert read_title("Sparrow: Why Birds Route? (Extended)").heads == {"sparrow", "sparrowwhybirdsroute"}
    assert read_title("Low-Rank Birds").heads == frozenset()


def test_words_that_differ_by_a_slip() -> None:
    """A letter lost, swapped or an ending is a slip; an opposite or another word is not."""
    for one, other in (("trust", "turst"), ("vector", "vectors"), ("querying", "quering"), ("abc", "abc")):
        assert only_spelling(frozenset({one}), frozenset({other})), (one, other)
    for one, other in (
        ("micro", "macro"),
        ("minimization", "maximization"),
        ("stable", "unstable"),
        ("text", "image"),
        ("tcp", "tpc"),
    ):
        assert not only_spelling(frozenset({one}), frozenset({other})), (one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ralf Hartmut Güting", "ralf hartmut g &#252; ting"),
        ("Roberto J. Bayardo Jr.", "roberto j. bayardo"),
        ("Wei Chen", "Chen Wei"),
        ("Núñez, José", "Jose Nunez"),
        ("Fernando Berzal Galiano", "Fernando Berzal"),
        ("A. Y. Levy", "Alon Levy"),
    ],
)
def test_one_person_printed_twice(one: str, other: str) -> None:
    """Accents, initials, order, suffixes and stray spaces do not make another person."""
    shared = shared_authors((one, "Bo Okafor"), (other,))
    assert shared is not None
    assert (shared.count, shared.shorter, shared.longer) == (1, 1, 2)


def test_other_people_are_not_shared() -> None:
    """Two given names or two family names alike are two people; no list, no answer."""
    shared = shared_authors(("Ada Lindqvist",), ("Ada Okafor", "Bo Lindqvist"))
    assert shared is not None
    assert shared.count == 0
    assert shared_authors((), ("Ada",)) is None
    assert shared_authors(("…",), ("Ada",)) is None


def test_abstracts_are_alike_by_their_words() -> None:
    """Equal words are 1, none in common 0, the beginning of the other 1; nothing printed gives nothing."""
    assert alike(TEXT, TEXT.upper()) == 1
    assert alike(TEXT, TEXT.rpartition(" ")[0] + "…") == 1
    assert alike(TEXT, "Sixteen seventeen") == 0
    assert alike(TEXT, " ") is None
    assert jaccard(frozenset("ab"), frozenset("bc")) == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    "text", ["a" * 1_000_000, "I " * 500_000, ":" * 1_000_000, "é" * 1_000_000, "&" * 1_000_000]
)
def test_no_title_blows_up(text: str) -> None:
    """A title of a megabyte costs no more than one of a thousand letters."""
    start = time.process_time()
    read_title(text)
    assert time.process_time() - start < 1
