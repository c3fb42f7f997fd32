"""A sentence loses what it can do without, and nothing that it cannot."""

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.reading.compress import forms, realise


def texts(sentence: str) -> list[str]:
    """All forms of a sentence, as printed."""
    return [realise(sentence, form) for form in forms(sentence)]


@pytest.mark.parametrize(
    ("sentence", "form"),
    [
        ("In this paper, we propose a small model for phones.", "We propose a small model for phones."),
        ("However, we first train a small model for phones.", "We train a small model for phones."),
        ("To run on phones, we propose a small language model.", "We propose a small language model."),
        ("We show that small models run well on old phones.", "Small models run well on old phones."),
        ("Extensive experiments show that small models win often.", "Small models win often."),
        (
            "We propose a small language model (SLM) for phones.",
            "We propose a small language model for phones.",
        ),
        ("We propose a small language model, which runs on phones.", "We propose a small language model."),
        ("We prune the attention heads, leading to faster models.", "We prune the attention heads."),
        ("We propose very small models and show that phones run them.", "We propose very small models."),
        ("We study small models and propose a way to train them.", "We propose a way to train them."),
        ("To solve this we propose a very small model of bees.", "We propose a very small model of bees."),
        ("To solve such tasks, a small model is put to use.", "A small model is put to use."),
        ("We tackle this task by proposing a small model of bees.", "A small model of bees."),
        ("This paper studies bees, and proposes a model of them.", "This paper proposes a model of them."),
        ("We give a formal language in which programs are short.", "We give a formal language."),
        ("In this work, we introduce an open corpus of songs.", "An open corpus of songs."),
        ("Methods: We train a small model on songs of birds.", "We train a small model on songs of birds."),
        ("The model proposed in this paper is small and fast.", "The model proposed is small and fast."),
    ],
)
def test_what_can_go_goes(sentence: str, form: str) -> None:
    """Openers, fronted phrases, heads, asides and trailing clauses may be cut."""
    assert form in texts(sentence)


@pytest.mark.parametrize(
    ("sentence", "broken"),
    [
        ("We give a small language in which programs are short.", r"\bin\.$"),
        ("We test on images of cats, photos of dogs in rain, and films for birds.", r"dogs\.$"),
        ("We handle both long texts in English and short texts in German.", r"English\.$"),
        ("We show that this model can be used to find bugs.", r"\b(?:be|used|can)\.$"),
        ("We train models without labels of any kind for speech.", r"^We train models\.$"),
        ("The small models do not help people that speak well.", r"people\.$"),
        ("The small models work unless the input is noisy.", r"work\.$"),
        ("We present a review of small models and compare them.", r"^A review .*compare them"),
        ("We propose a method based on attention to find bugs.", r"based\.$"),
        ("To find the bugs in very large programs, a small model reads them.", r"^To find [^,]*$"),
        ("The models in this research area are large and slow.", r"models (?:area|are)"),
    ],
)
def test_what_must_stay_stays(sentence: str, broken: str) -> None:
    """No form ends in a word left hanging, in half a list or pair, or without its negation or condition."""
    assert not [text for text in texts(sentence) if re.search(broken, text)]


SCRAPS = "We we show that (a b) , which and not both in for x. propose: leading to , can"


@given(st.lists(st.sampled_from(SCRAPS.split())))
@settings(max_examples=80, deadline=None)
def test_a_form_is_the_sentence_less_some_of_it(words: list[str]) -> None:
    """Every form's words stand in the sentence, in order, and no two forms are the same."""
    sentence = " ".join(words)
    found = forms(sentence)
    assert len({form.spans for form in found}) == len(found)
    for form in found:
        rest = iter(re.findall(r"\w+", sentence.lower()))
        assert all(word in rest for word in re.findall(r"\w+", realise(sentence, form).lower()))


def test_the_fullest_form_is_first_and_ends_in_a_stop() -> None:
    """A sentence without its stop gets one, and a capital."""
    assert texts("we count the sheep of every farm")[0] == "We count the sheep of every farm."


def test_a_name_keeps_its_case() -> None:
    """Only a plain word is given a capital."""
    assert texts("We show that mBERT translates old poems rather well.")[-1].startswith("mBERT")


@pytest.mark.parametrize(
    "unit", ["(", "[", ", which ", "we and show ", "both ", ", and we", "a, ", "however, ", " "]
)
def test_time_is_bounded(unit: str) -> None:
    """A sentence of eight thousand hostile characters takes less than a second."""
    start = time.perf_counter()
    texts(unit * (8_000 // len(unit)))
    texts("we " + unit * (1_100 // len(unit)))
    assert time.perf_counter() - start < 1
