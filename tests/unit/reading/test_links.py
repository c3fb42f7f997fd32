"""Links found in a paper's text, and the one that leads to the paper itself."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.models import Link, Paper
from bot.reading.links import MOST, links


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
        ("\\href{https://github.com/a/b}{here}", Link("code", "https://github.com/a/b")),
        ("https://github.com/a/b{https://github.com/a/b}.", Link("code", "https://github.com/a/b")),
        ("\\url{https://github.com/a/b}.}.", Link("code", "https://github.com/a/b")),
        ("at https://github.com/a/b\\_c.", Link("code", "https://github.com/a/b_c")),
        ("at https:// github.com/a/b .", Link("code", "https://github.com/a/b")),
        ("at https://github.com/ a/b.", Link("code", "https://github.com/a/b")),
        ("https://huggingface.co/a/b\u200b", Link("code", "https://huggingface.co/a/b")),
        ("https://anonymous.4open.science/r/a-1", Link("code", "https://anonymous.4open.science/r/a-1")),
        ("https://gitlab.a.example/b", Link("code", "https://gitlab.a.example/b")),
        ("[https://github.com/a/b](https://github.com/a/b)", Link("code", "https://github.com/a/b")),
        ("https://a.github.io/b/", Link("project", "https://a.github.io/b/")),
        ("https://notgithub.com/a", Link("project", "https://notgithub.com/a")),
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


@pytest.mark.parametrize(
    "abstract",
    ["", "and/or e.g.foo/bar", "https://", "http://localhost/a", "https://github.com@evil.example/a", "http://[::1",
     "ftp://a.example/b", "javascript:alert(1)", "https://a.example/" + "x" * 600, "me@github.com/a"],
)  # fmt: skip
def test_what_is_no_public_address_is_no_link(abstract: str) -> None:
    """Other schemes, local hosts, user names in front of a host and endless addresses are passed over."""
    assert links(paper(abstract))[1:] == ()


def test_code_comes_before_projects_and_each_once() -> None:
    """Two spellings of one address are one link, code first, and no more than five."""
    text = "https://a.example/p https://www.github.com/a/b http://github.com/A/b.git github.com/a/b/ https://a.example/p/"
    kinds = [(link.kind, link.url) for link in links(paper(text))[1:]]
    assert kinds == [("code", "https://www.github.com/a/b"), ("project", "https://a.example/p")]
    many = links(paper(" ".join(f"https://a.example/{number}" for number in range(50))))
    assert len(many) == 1 + MOST


def test_the_papers_own_page_is_not_named_twice() -> None:
    """An abstract that prints its own arXiv address adds no second link."""
    assert len(links(paper("see https://arxiv.org/abs/2603.00001", arxiv_id="2603.00001"))) == 1


@pytest.mark.parametrize("unit", ["https://", "github.com/", "(", "https://a.b/)", "// ", "a.", "\\_"])
def test_hostile_text_yields_links_in_time(unit: str) -> None:
    """A hundred thousand characters of any one construct are searched within two seconds."""
    began = time.process_time()
    links(paper(unit * (100_000 // len(unit))))
    links(paper("https://a.example/" + unit * (100_000 // len(unit))))
    assert time.process_time() - began < 2


@given(st.text(alphabet=st.sampled_from('https://github.com/ab.)({}]<>" \n\\'), max_size=200))
def test_every_link_can_be_followed_safely(abstract: str) -> None:
    """Whatever the text, a link is http or https, without spaces, quotes or angle brackets, and listed once."""
    found = links(paper(abstract))
    assert len({link.url for link in found}) == len(found)
    for link in found:
        assert link.url.lower().startswith(("http://", "https://"))
        assert not set(link.url) & set(' \n"<>')
