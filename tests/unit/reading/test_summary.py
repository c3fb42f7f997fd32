"""The summary is one sentence of the abstract that states the contribution."""

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.reading.summary import Summariser, summarise

DEFAULT: Summariser = summarise

ABSTRACT = (
    "Large models are slow. However, many of their layers do little. "
    "In this paper, we propose LayerDrop++, a method that skips layers of a language model at run time. "
    "It is 2.5 times faster on 12 tasks."
)


def words(text: str) -> list[str]:
    """The words of a text, in order, without case."""
    return re.findall(r"\w+", text.lower())


def test_the_contribution_is_chosen_and_its_opener_dropped() -> None:
    """Neither the first sentence nor `In this paper` is what a reader is shown."""
    found = DEFAULT("LayerDrop++: skipping layers of language models", ABSTRACT)
    assert found == "We propose LayerDrop++, a method that skips layers of a language model at run time."


@pytest.mark.parametrize("abstract", ["", "   ", "\n\t"])
def test_no_abstract_gives_no_summary(abstract: str) -> None:
    """Nothing is made up of nothing."""
    assert DEFAULT("A title", abstract) == ""


def test_a_single_short_sentence_is_its_own_summary() -> None:
    """When there is only one thing to say it is said."""
    assert DEFAULT("A title", "We count all the sheep.") == "We count all the sheep."


@given(st.lists(st.sampled_from([*ABSTRACT.split(), "(e.g.", "x),", "which", "leading", "to"]), max_size=60))
@settings(max_examples=80, deadline=None)
def test_no_word_is_added_and_the_order_is_kept(found: list[str]) -> None:
    """The words of a summary stand in the abstract in the same order."""
    abstract = " ".join(found)
    rest = iter(words(abstract))
    assert all(word in rest for word in words(DEFAULT("Layers of models", abstract)))


@pytest.mark.parametrize(
    "abstract",
    [
        "(" * 20_000,
        ", which " * 5_000,
        "We propose " * 5_000,
        "a. We show that " * 4_000,
        "x" * 50_000,
        "\x00\ud800 We.",
    ],
)
def test_no_input_takes_long(abstract: str) -> None:
    """Hostile text is summarised within a second, whatever comes out."""
    start = time.perf_counter()
    DEFAULT(abstract[:500], abstract)
    assert time.perf_counter() - start < 1
