"""The colours of the style sheet, held to WCAG 2.2 AA: 4.5 for text, 3 for the edges of controls and focus."""

import re
from itertools import product
from pathlib import Path

import pytest

CSS = Path("bot/chat/web/static/style.css").read_text("utf-8")

GROUNDS = ("paper", "panel", "card", "hover", "open")
TEXTS = [
    *product(("ink", "soft", "link", "accent"), GROUNDS),
    ("ink", "rail"),
    ("soft", "rail"),
    ("ink", "mark"),
    ("kept-ink", "kept"),
    ("card", "link"),
    ("paper", "ink"),
    ("card", "ink"),
]
EDGES = [
    *product(("edge", "focus"), ("paper", "card")),
    ("edge", "open"),
    ("kept-ink", "paper"),
    ("focus", "rail"),
]


def colours(dark: bool) -> dict[str, str]:
    """The custom properties that hold, in light or in dark."""
    light, night = re.findall(r":root \{(.*?)\}", CSS, re.DOTALL)[:2]
    found = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", light))
    return found | (dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", night)) if dark else {})


def luminance(colour: str) -> float:
    """Relative luminance as WCAG defines it."""
    parts = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, 1 to 21."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_the_measure_is_the_standard_one() -> None:
    """Black on white is 21, and #767676 the lightest grey that passes on white."""
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert 4.5 < contrast("#767676", "#ffffff") < 4.6


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize(("text", "ground"), TEXTS)
def test_text_can_be_read(text: str, ground: str, dark: bool) -> None:
    """Every text colour stands out from every ground that it is put on."""
    found = colours(dark)
    assert contrast(found[text], found[ground]) >= 4.5


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize(("edge", "ground"), EDGES)
def test_controls_can_be_seen(edge: str, ground: str, dark: bool) -> None:
    """The edges of controls and the focus ring stand out."""
    found = colours(dark)
    assert contrast(found[edge], found[ground]) >= 3


def test_every_colour_stands_in_both_lists() -> None:
    """No colour is written outside the custom properties, and dark replaces each."""
    light, night = re.findall(r":root \{(.*?)\}", CSS, re.DOTALL)[:2]
    names = set(re.findall(r"--([\w-]+): #", light))
    assert names == set(re.findall(r"--([\w-]+): #", night))
    assert not re.findall(r"#[0-9a-f]{3,8}\b", CSS.replace(light, "").replace(night, ""))
