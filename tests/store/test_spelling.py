"""Words that no paper has, mended by one letter."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.store import Connection, papers
from bot.store.spelling import mended
from tests.store import samples
from tests.store.samples import saying


@pytest.fixture
def words(db: Connection) -> Connection:
    """A history that knows a few words, one of them from two papers."""
    papers.admit(db, saying("Gaussian splatting", "mamba mambo"), (), samples.NOW)
    papers.admit(db, saying("Universes", "mambo naïve GPT4"), (), samples.NOW)
    return db


@pytest.mark.parametrize(
    ("word", "mended_to"),
    [
        ("gausian", "gaussian"),
        ("spaltting", "splatting"),
        ("Univrse", "universe"),
        ("nayve", "naive"),
        ("mambq", "mambo"),
        ("mamba", "mamba"),
        ("Naïve", "Naïve"),
        ("gaussan_", "gaussan_"),
        ("gpt5", "gpt5"),
        ("gtp4", "gpt4"),
        ("gap", "gap"),
        ("g" * 25, "g" * 25),
        ("zebra", "zebra"),
    ],
)
def test_a_word_is_mended_by_one_letter_or_left(words: Connection, word: str, mended_to: str) -> None:
    """By the word that most papers have; one that is known, too short, too long or too far off stays."""
    assert mended(words, [word]) == [mended_to]


def test_only_so_many_words_are_mended(words: Connection) -> None:
    """The cost of a query is bounded, and every word keeps its place."""
    assert mended(words, ["gausian"] * 10) == ["gaussian"] * 8 + ["gausian"] * 2


@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(min_size=1, max_size=30), max_size=4))
def test_any_words_are_looked_at(words: Connection, typed: list[str]) -> None:
    """No text is an error, and none is lost."""
    assert len(mended(words, typed)) == len(typed)
