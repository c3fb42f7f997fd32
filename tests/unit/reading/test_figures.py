"""Key figures: which numbers a paper claims."""

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.reading.figures import MOST_FIGURES, figures


@pytest.mark.parametrize(
    ("abstract", "expected"),
    [
        ("We reduce FLOPs by about 44% on small models.", ("−44% FLOPs",)),
        ("Our method gives a speedup of 3.2× on phones.", ("3.2× speedup",)),
        (
            "We achieve 83.4% top-1 accuracy on ImageNet without extra data.",
            ("ImageNet top-1 accuracy 83.4%",),
        ),
        ("We run at 28 fps on one GPU.", ("28 fps",)),
        ("Our server makes 600 images/s.", ("600 images/s",)),
        ("It achieves 1.34x higher throughput.", ("1.34× higher throughput",)),
        ("We improve accuracy by 0.5% over the base model.", ("+0.5% accuracy",)),
        ("We gain a 12% reduction in training time.", ("−12% training time",)),
    ],
)
def test_claims_are_found(abstract: str, expected: tuple[str, ...]) -> None:
    """A number whose clause says what it measures becomes a figure, its digits as printed."""
    assert figures("A title", abstract) == expected


@pytest.mark.parametrize(
    "abstract",
    [
        "We present our results of 2024 at length.",
        "We compare with GPT-4 and ResNet-50 in Section 3.",
        "Our top-1 accuracy is good.",
        "We train 7B models on 16 GPUs.",
        "Attention takes 60% of the time in most models.",
        "We collect 10,000 images with 80 classes.",
        "We test at 50% of what there is.",
    ],
)
def test_other_numbers_are_left_out(abstract: str) -> None:
    """Years, model names, sizes, settings and background are no claims."""
    assert figures("A title", abstract) == ()


@given(st.text(max_size=100), st.text(max_size=1500))
@settings(deadline=None, max_examples=60)
def test_any_text_is_read(title: str, abstract: str) -> None:
    """Whatever the text, at most three figures come out, each short."""
    found = figures(title, abstract)
    assert len(found) <= MOST_FIGURES
    assert all(len(figure) <= 50 for figure in found)


WORDS = """we reduce improve increase by up to of about FLOPs latency throughput accuracy speedup faster
higher lower on ImageNet 44% 3.2× 1,024 83.4% 28 fps 2 times 5x . , ; ( ) 10-20% from than"""


@given(st.lists(st.sampled_from(WORDS.split()), max_size=60).map(" ".join))
@settings(deadline=None, max_examples=150)
def test_no_digit_is_invented(abstract: str) -> None:
    """Every run of digits in a figure stands in the abstract."""
    printed = set(re.findall(r"\d+", abstract))
    assert set(re.findall(r"\d+", " ".join(figures("", abstract)))) <= printed


@pytest.mark.parametrize(
    "piece", ["1", "1.", "1,", "9% ", "cut FLOPs by ", "a ", "average ", "we 3× ", "mean "]
)
def test_hostile_text_takes_no_longer(piece: str) -> None:
    """Half a megabyte of one thing is read in well under a second."""
    start = time.process_time()
    figures("", "We " + piece * (500_000 // len(piece)))
    assert time.process_time() - start < 1.0
