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
        ("We reduce FLOPs by about 44% on small models.", "−44% FLOPs"),
        ("Our method cuts error-induced overhead by roughly 30%.", "−30% overhead"),
        ("Our method gives a speedup of 3.2× on phones.", "3.2× speedup"),
        ("We run 2.5 times faster than all others.", "2.5× faster"),
        ("We train ten models and achieve up to 2.5x faster decoding.", "2.5× faster decoding"),
        ("We achieve 83.4% top-1 accuracy on ImageNet without extra data.", "ImageNet top-1 accuracy 83.4%"),
        ("Our net reaches an accuracy of 71.8±0.7%.", "accuracy 71.8±0.7%"),
        ("We run at 28 fps on one GPU.", "28 fps"),
        ("Our server reaches 600 images/s.", "600 images/s"),
        ("Our server reaches 600 images per second.", "600 images/s"),
        ("It achieves 1.34x higher throughput.", "1.34× throughput"),
        ("We show a 2.7-fold reduction in training cost.", "2.7× lower training cost"),
        ("We need 10× fewer parameters.", "10× fewer parameters"),
        ("We improve accuracy by 0.5% over the base model.", "+0.5% accuracy"),
        ("We gain a 12% reduction in training time.", "−12% training time"),
        ("Our best model shows 28% latency reduction.", "−28% latency"),
        ("We improve the small model by a large margin of 5.6% accuracy.", "+5.6% accuracy"),
        ("Our sampler is 15-23x faster.", "15–23× faster"),
        ("We reduce on average 20% - 35% of computational cost.", "−20–35% computational cost"),
        ("We keep going: the net maintains 96% of the model performance.", "96% of model performance kept"),
        ("Our net surpasses WideNet by 2.4% on small images.", "+2.4% over WideNet"),
        ("We train a sampler with an FID of 5.02.", "FID 5.02"),
        ("Our net needs 1.6 ms inference latency on a phone.", "1.6 ms inference latency"),
    ],
)
def test_claims_are_found(abstract: str, expected: str) -> None:
    """A number whose clause says what it measures becomes a figure, its digits as printed."""
    assert figures("A title", abstract) == (expected,)


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
        "Recent methods reduce memory by 30%. We do not.",
        "We find that noise reduces accuracy by 60%.",
        "We lose less than 1% accuracy.",
        "We match a model that has 16× more parameters.",
        "We replace the large net by a 10× faster SmallNet.",
        "We do better than a net with 45% accuracy.",
        "We cut latency and memory by 20% and 30%, respectively.",
        "We sample clips at 1 FPS.",
        "We show an increase in PSNR of 3.77 dB.",
    ],
)
def test_other_numbers_are_left_out(abstract: str) -> None:
    """Years, model names, sizes, settings and background are no claims."""
    assert figures("A title", abstract) == ()


def test_the_three_that_say_most_come_first() -> None:
    """Changes come before levels, levels before speeds, and three are enough."""
    abstract = "We run at 30 fps, reach 80.1% accuracy, cut FLOPs by 44%, and are 2× faster. We save 5% of the energy."
    assert figures("", abstract) == ("−44% FLOPs", "2× faster", "−5% energy")


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
