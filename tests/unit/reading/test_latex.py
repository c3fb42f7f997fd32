"""LaTeX that has its backslashes becomes Unicode."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.reading.latex import to_unicode


@pytest.mark.parametrize(
    ("text", "readable"),
    [
        (r"14\times faster", "14× faster"),
        (r"\textbf{bold} and {\it slanted}", "bold and slanted"),
        ("O(n^2)", "O(n²)"),
        ("CO_2", "CO₂"),
        (r"360^{\circ}", "360°"),
        (r"\frac{a}{b}", "a/b"),
        (r"M\"uller", "Müller"),
        (r"\sqrt{n}", "√n"),
        (r"44\%", "44%"),
    ],
)
def test_commands_scripts_and_accents_are_read(text: str, readable: str) -> None:
    """A person reads what LaTeX would have printed."""
    assert to_unicode(text) == readable


@pytest.mark.parametrize("text", ["snake_case_name", "$5 and $10", "plain words, nothing else"])
def test_what_only_looks_like_latex_is_left(text: str) -> None:
    """Identifiers and sums of money stay as they are."""
    assert to_unicode(text) == text


@settings(deadline=None, max_examples=100)
@given(st.text(alphabet=st.sampled_from("\\{}$^_%~ab1"), max_size=80))
def test_any_nesting_is_survived(text: str) -> None:
    """Unbalanced and nested markup never raises, and grows no longer than its commands stand for."""
    assert len(to_unicode(text)) <= 2 * len(text) + 8


def test_deep_nesting_takes_no_recursion() -> None:
    """Braces as deep as the text is long are read in one pass."""
    assert to_unicode("{" * 50_000 + "x" + "}" * 50_000).strip("{}") in ("x", "")
