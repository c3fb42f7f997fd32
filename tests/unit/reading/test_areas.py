"""Areas: arXiv categories, given and guessed."""

import re
import time
from array import array

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.reading import areas


def test_given_categories_are_cleaned() -> None:
    """Only active arXiv categories stay, in order, once each, one name for each pair of twins."""
    printed = [
        "cs.CV",
        "I.2.10; I.4.8",
        "68T45, 62H30",
        "cs.LG",
        "math.IT",
        "cs.IT",
        "cs.CV",
        "cs.XX",
        "cmp-lg",
    ]
    assert areas.given(printed) == ("cs.CV", "cs.LG", "cs.IT")


def test_several_categories_may_share_a_string() -> None:
    """Sources that print all categories in one string are understood."""
    assert areas.given(["cs.CL cs.AI, hep-th;math.CO"]) == ("cs.CL", "cs.AI", "hep-th", "math.CO")


@pytest.mark.parametrize(
    ("title", "abstract", "area"),
    [
        (
            "Detecting objects in images",
            "Images are segmented and objects detected in video frames.",
            "cs.CV",
        ),
        ("Translating sentences", "A language model translates English sentences to German.", "cs.CL"),
        ("Grasping with a robot arm", "A robot manipulator plans its grasp and moves.", "cs.RO"),
        (
            "Beamforming for MIMO channels",
            "We derive the capacity of a wireless channel with coding.",
            "cs.IT",
        ),
        ("Speech enhancement", "Noisy speech audio is enhanced for listeners.", "eess.AS"),
    ],
)
def test_plain_texts_are_placed(title: str, abstract: str, area: str) -> None:
    """A text in the plain words of a field gets the field's category."""
    assert area in areas.guess(title, abstract)


def test_no_known_word_no_guess() -> None:
    """Nothing is guessed from nothing."""
    assert areas.guess("", "") == ()
    assert areas.guess("…", "123 ??") == ()


@given(st.text(max_size=1000))
@settings(deadline=None, max_examples=40)
def test_any_text_gets_at_most_three_categories(text: str) -> None:
    """Whatever the text, the guess is up to three different arXiv categories, and the same one again."""
    guess = areas.guess("", text)
    assert len(set(guess)) == len(guess) <= 3
    assert set(guess) <= areas.CATEGORIES
    assert guess == areas.guess("", text)


def test_every_category_is_a_code() -> None:
    """The list of categories holds arXiv codes and nothing else."""
    assert len(areas.CATEGORIES) == 155
    assert all(re.fullmatch(r"[a-z-]+(\.[A-Za-z-]+)?", code) for code in areas.CATEGORIES)


def test_a_classifier_survives_packing() -> None:
    """What is packed comes back the same, and gives each word to the label of its weight."""
    model = areas.Classifier(
        labels=("cs.CL", "cs.CV"),
        margins=(0.0, 0.0),
        scales=(0.01, 0.02),
        rows={"word": 0, "image": 1},
        idf=array("f", [1.5, 2.0]),
        weights=array("b", [9, -9, -8, 8]),
    )
    assert areas.unpack(areas.pack(model)) == model
    assert model.guess(["word", "unheard"]) == ("cs.CL",)
    assert model.guess(["image", "image"]) == ("cs.CV",)


def test_hostile_text_takes_no_longer() -> None:
    """A megabyte of words is read in well under a second."""
    text = " ".join(f"w{i}" for i in range(150_000))
    start = time.process_time()
    areas.guess(text, text)
    assert time.process_time() - start < 1.0
