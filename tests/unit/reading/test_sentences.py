"""Sentences end where a reader would end them."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.reading.sentences import sentences


@pytest.mark.parametrize(
    "text",
    [
        "Some tasks, e.g. Atari games, need memory.",
        "We extend Smith et al. (2019) to graphs.",
        "The rest, i.e. The Pile, is held out.",
        "Fig. 2 and Eq. 3 agree with Sec. IV of the text.",
        "What Art. 50 of the law asks for is a label.",
        "We compare CNNs vs. Transformers on speech.",
        "Convex w.r.t. Lipschitz losses, it converges.",
        "Accuracy rises by 3.5 points to 91.2 percent.",
        "Code is at https://example.org/a.b/Code.html for all.",
        "After J. S. Bach we name it Fugue.",
        "The U.S. Census data have gaps.",
        "Samples are i.i.d. Gaussian vectors.",
        "It works ... more or less.",
        "Asked “Is it so?” the model agrees.",
        "We build on torch.Tensor and Node.Js here.",
    ],
)
def test_a_stop_inside_a_sentence_does_not_end_it(text: str) -> None:
    """Abbreviations, decimals, links, initials and names leave a sentence whole."""
    assert sentences(text) == (text,)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("We train it.", "We test it."),
        ("Does it hold?", "Yes, it does."),
        ("It said “stop.”", "Then it went on."),
        ("It fails (see the appendix.)", "We mend it."),
        ("It covers cats, dogs, etc.", "We add birds."),
        ("It was made in the U.S.", "The model is small."),
        ("We follow Smith et al.", "However, we use graphs."),
        ("We study CF.", "Our results differ."),
        ("We reach 91.2.", "This is best."),
        ("And so on…", "The end is near."),
        ("See https://example.org/x.", "We release it."),
        ("It beats GPT-4.", "mBERT comes second."),
        ("We grow Vitamin C.", "Our yield is high."),
    ],
)
def test_a_stop_that_ends_a_sentence_does(first: str, second: str) -> None:
    """Two sentences come apart, each with its own stop, closing quotes and brackets."""
    assert sentences(f"{first} {second}") == (first, second)


def test_a_lost_space_after_the_stop_does_not_join_two_sentences() -> None:
    """`end.We` is two sentences."""
    assert sentences("This is the end.We begin again.") == ("This is the end.", "We begin again.")


def test_lines_and_runs_of_space_are_one_space() -> None:
    """A wrapped abstract reads as if it were on one line."""
    assert sentences("  We wrap\n lines.  We\tgo on. ") == ("We wrap lines.", "We go on.")


@given(st.text(alphabet=st.sampled_from("aB. ?!…\"')(1W e\n"), max_size=200))
@settings(max_examples=60, deadline=None)
def test_no_character_is_lost_or_made(text: str) -> None:
    """The sentences together are the text, white space aside."""
    assert "".join("".join(sentences(text)).split()) == "".join(text.split())


@pytest.mark.parametrize("text", ["a.We" * 50_000, "." * 200_000, "e.g. " * 40_000, "A. " * 60_000])
def test_time_is_linear(text: str) -> None:
    """Two hundred thousand hostile characters take less than two seconds."""
    start = time.perf_counter()
    sentences(text)
    assert time.perf_counter() - start < 2
