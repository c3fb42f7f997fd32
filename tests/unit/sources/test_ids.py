"""arXiv ids and DOIs in every dress."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sources import ids


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2401.01234", "2401.01234"),
        ("2401.01234v3", "2401.01234"),
        (" arXiv:0704.0001 ", "0704.0001"),
        ("arXiv:2401.01234v1 [cs.LG]", "2401.01234"),
        ("https://arxiv.org/abs/2401.01234v2", "2401.01234"),
        ("http://www.arxiv.org/pdf/2401.01234.pdf", "2401.01234"),
        ("arxiv.org/html/2401.01234?x=1#S2", "2401.01234"),
        ("https://huggingface.co/papers/2608.19880", "2608.19880"),
        ("https://doi.org/10.48550/arXiv.2401.01234", "2401.01234"),
        ("10.48550/ARXIV.2401.01234", "2401.01234"),
        ("cs/0301001", "cs/0301001"),
        ("math.GT/0309136v1", "math.gt/0309136"),
        ("http://arxiv.org/abs/hep-th/9901001v2", "hep-th/9901001"),
        ("2413.01234", None),
        ("2401.012", None),
        ("paper 2401.01234", None),
        ("https://example.org/abs/2401.01234", None),
        ("https://arxiv.org.example.org/abs/2401.01234", None),
        ("", None),
    ],
)
def test_arxiv_ids(text: str, found: str | None) -> None:
    """An arXiv id comes out without version or address; what only looks like one does not."""
    assert ids.arxiv_id(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("10.1145/3292500.3330701", "10.1145/3292500.3330701"),
        ("doi:10.1109/CVPR.2016.90", "10.1109/cvpr.2016.90"),
        ("https://dx.doi.org/10.1109/CVPR.2016.90", "10.1109/cvpr.2016.90"),
        ("10.48550/arXiv.2401.01234", None),
        ("11.1145/1", None),
        ("10.1145/", None),
        ("see 10.1145/1", None),
    ],
)
def test_dois(text: str, found: str | None) -> None:
    """A DOI comes out in lower case; one that arXiv gave is an arXiv id instead."""
    assert ids.doi(text) == found


@given(st.text(max_size=60))
def test_no_text_fails(text: str) -> None:
    """Whatever the text, what comes out is normal: reading it again gives the same."""
    for read in (ids.arxiv_id, ids.doi):
        found = read(text)
        assert found is None or read(found) == found
