"""LaTeX names get their backslashes back where only math can stand, and words stay words."""

import pytest

from bot.reading.backslashes import restore


@pytest.mark.parametrize(
    ("text", "restored"),
    [
        ("14times faster", r"14\times faster"),
        ("64times64", r"64\times64"),
        ("83.6pm6.3%", r"83.6\pm6.3%"),
        ("ell_p norm", r"\ell_p norm"),
        ("360^{circ} view", r"360^{\circ} view"),
        ("O(n^2) leq k", r"O(n^2) \leq k"),
    ],
)
def test_a_name_beside_math_gets_its_backslash(text: str, restored: str) -> None:
    """A digit, a bracket, a script or a one-letter variable beside it tells."""
    assert restore(text) == restored


@pytest.mark.parametrize(
    "text",
    [
        "5 times faster",
        "runtimes and timesteps",
        "similar in kind",
        "at 3 pm today",
        "alpha particle",
        "3 in 4 people",
        "sim-to-real",
    ],
)
def test_a_word_stays_a_word(text: str) -> None:
    """What reads as English is not touched."""
    assert restore(text) == text
