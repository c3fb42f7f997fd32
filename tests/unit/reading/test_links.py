"""Links found in a paper's text, and the one that leads to the paper itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.models import Link, Paper
from bot.reading.links import links


def paper(
    abstract: str = "", arxiv_id: str | None = None, doi: str | None = None, url: str | None = None
) -> Paper:
    """A paper whose abstract was printed so."""
    return Paper("Sparrows & Co", "", "Sparrows & Co", abstract, arxiv_id=arxiv_id, doi=doi, url=url)


@pytest.mark.parametrize(
    ("abstract", "expected"),
    [
        ("Code: https://github.com/a/b.", Link("code", "https://github.com/a/b")),
        ("Code is at {https://github.com/a/b}.", Link("code", "https://github.com/a/b")),
        ("(see https://github.com/a/b)", Link("code", "https://github.com/a/b")),
        ("at github.com/a/b, soon", Link("code", "https://github.com/a/b")),
        ("\\url{https://a.example/x_1}", Link("project", "https://a.example/x_1")),
        (
            "https://en.example.org/wiki/Kite_(toy).",
            Link("project", "https://en.example.org/wiki/Kite_(toy)"),
        ),
        ("<https://a.example/p>", Link("project", "https://a.example/p")),
    ],
)
def test_a_link_is_found_without_what_surrounds_it(abstract: str, expected: Link) -> None:
    """Punctuation, braces and brackets of the sentence are not part of the link."""
    assert links(paper(abstract))[1:] == (expected,)


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ({"arxiv_id": "2603.00001"}, Link("paper", "https://arxiv.org/abs/2603.00001")),
        ({"doi": "10.1/a b"}, Link("paper", "https://doi.org/10.1/a%20b")),
        ({"url": "https://a.example/p"}, Link("paper", "https://a.example/p")),
        ({"url": "javascript:alert(1)"}, Link("find", "https://huggingface.co/papers?q=Sparrows%20%26%20Co")),
        ({}, Link("find", "https://huggingface.co/papers?q=Sparrows%20%26%20Co")),
    ],
)
def test_the_first_link_leads_to_the_paper(known: dict[str, str], expected: Link) -> None:
    """By id if one is known, else by its page, else to where it can be looked for."""
    assert links(paper(**known))[0] == expected


@given(st.text(alphabet=st.sampled_from('https://github.com/ab.)({}]<>" \n\\'), max_size=200))
def test_every_link_can_be_followed_safely(abstract: str) -> None:
    """Whatever the text, a link is http or https, without spaces, quotes or angle brackets, and listed once."""
    found = links(paper(abstract))
    assert len({link.url for link in found}) == len(found)
    for link in found:
        assert link.url.lower().startswith(("http://", "https://"))
        assert not set(link.url) & set(' \n"<>')
