"""The summary is one sentence of the abstract that states the contribution."""

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.reading.sentences import sentences
from bot.reading.summary import Summariser, summarise

DEFAULT: Summariser = summarise

ABSTRACT = (
    "Large models are slow. However, many of their layers do little. "
    "In this paper, we propose LayerDrop++, a method that skips layers of a language model at run time. "
    "It is 2.5 times faster on 12 tasks (see https://example.org/code). "
    "These results suggest that depth is not needed everywhere."
)
TITLE = "LayerDrop++: skipping layers of language models"


def words(text: str) -> list[str]:
    """The words, numbers and links of a text, in order, without case."""
    return re.findall(r"https?://[^\s()]+|\d+(?:\.\d+)?|\w+", text.lower())


def test_the_contribution_is_chosen_and_its_opener_dropped() -> None:
    """Neither the first sentence nor `In this paper` is what a reader is shown."""
    found = DEFAULT(TITLE, ABSTRACT)
    assert "a method that skips layers of a language model" in found
    assert "In this paper" not in found
    assert found[0].isupper()
    assert found.endswith(".")


@pytest.mark.parametrize("abstract", ["", "   ", "\n\t", "...", "— ; —"])
def test_no_words_give_no_summary(abstract: str) -> None:
    """Nothing is made up of nothing."""
    assert DEFAULT("A title", abstract) == ""


@pytest.mark.parametrize(
    "abstract",
    [
        "We count all the sheep.",
        "These count.",
        "However, it is " + "very " * 50 + "long.",
        "日本語の要約です。We x.",
    ],
)
def test_an_abstract_without_a_fit_sentence_still_has_a_summary(abstract: str) -> None:
    """When there is only one thing to say it is said."""
    assert DEFAULT("A title", abstract)


def test_a_result_that_points_back_is_not_chosen() -> None:
    """A sentence about “these results” is passed over for one that stands by itself."""
    abstract = "These findings on layers change models. We find that skipping layers of language models costs little."
    assert "These findings" not in DEFAULT(TITLE, abstract)


@given(
    st.lists(
        st.sampled_from([*ABSTRACT.split(), "(e.g.", "x),", "which", "leading", "to", "3", "30"]), max_size=70
    )
)
@settings(max_examples=60, deadline=None)
def test_the_words_are_those_of_one_sentence_in_its_order(found: list[str]) -> None:
    """No word, number or link is added: the summary is one sentence with some of it gone."""
    abstract = " ".join(found)
    summary = words(DEFAULT(TITLE, abstract))

    def within(text: str) -> bool:
        rest = iter(words(text))
        return all(word in rest for word in summary)

    assert not summary or any(within(each) for each in sentences(abstract))


@given(st.text(max_size=400), st.text(max_size=2_000))
@settings(max_examples=60, deadline=None)
def test_the_same_text_has_the_same_summary(title: str, abstract: str) -> None:
    """Any text is summarised, and alike each time."""
    assert DEFAULT(title, abstract) == DEFAULT(title, abstract)


@pytest.mark.parametrize(
    "abstract",
    [
        "(" * 20_000,
        ", which " * 5_000,
        "We propose " * 5_000,
        "a. We show that " * 4_000,
        "We use it, and show it. " * 4_000,
        "İ" * 20_000,
        "\x00\ud800 We.",
    ],
)
def test_no_input_takes_long(abstract: str) -> None:
    """Hostile text is summarised within two seconds, whatever comes out."""
    start = time.perf_counter()
    DEFAULT(abstract, abstract)
    assert time.perf_counter() - start < 2
