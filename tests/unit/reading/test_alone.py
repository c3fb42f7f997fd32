"""A summary is read without its abstract."""

import time

import pytest

from bot.reading.alone import reads_alone

REST = "a small model of language that runs on any phone"


@pytest.mark.parametrize(
    "text",
    [
        f"We propose {REST}.",
        f"This paper proposes {REST}.",
        f"It is shown how far {REST}."[7:],
        f"We train {REST}, and show that this model is as good as a large one.",
        f"A loss such as ours makes {REST}.",
        f"We release “Pocket” (PKT), {REST}.",
    ],
)
def test_a_sentence_that_stands_by_itself_reads_alone(text: str) -> None:
    """A statement of a fit length is let through."""
    assert reads_alone(text)


@pytest.mark.parametrize(
    "text",
    [
        f"These findings suggest {REST}.",
        f"This leads to {REST}.",
        f"Such methods need {REST}.",
        f"It gives {REST}.",
        f"We address these problems with {REST}.",
        f"However, we propose {REST}.",
        f"To this end, we propose {REST}.",
        f"Specifically, we propose {REST}.",
        f"We extend the work of Smith et al. to {REST}.",
        f"We follow [12, 14] and build {REST}.",
        f"We follow (Smith, 2020) and build {REST}.",
        f"We reach $x$ with {REST}.",
        f"We reach \\alpha with {REST}.",
        f"We present (as before {REST}.",
        "We propose a small model.",
        "We propose " + "very " * 40 + "small models.",
        "",
    ],
)
def test_what_points_elsewhere_does_not(text: str) -> None:
    """Dangling words, connectives, citation keys, markup, half a bracket and bad lengths are refused."""
    assert not reads_alone(text)


@pytest.mark.parametrize("unit", ["a", "a ", "'", "a-", "- ", "(", "[1,", "this "])
def test_time_is_linear(unit: str) -> None:
    """A hundred thousand hostile characters take less than a second."""
    start = time.perf_counter()
    reads_alone(unit * (100_000 // len(unit)))
    reads_alone("We take " + " ".join([unit * 20] * 20))
    assert time.perf_counter() - start < 1
