"""Bookmarks leave as files that other programs read, and no text in them breaks out of its field."""

import csv
import io
import json
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
import rispy
from bibtexparser.entrypoint import parse_string
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.errors import NotFound
from bot.library import Kept
from bot.library.export import FORMATS, render
from bot.models import Bookmark, Brief, Link, Paper

ATTENTION = Paper(
    id=1,
    title="Sparse Attention at 5% Cost",
    abstract="We drop 95% of R&D's keys_and_values.",
    title_as_printed="",
    abstract_as_printed="",
    arxiv_id="1706.03762",
    authors=("Ada Vaswani", "Łukasz Ørsted", "The GLM Team"),
    categories=("cs.CL", "cs.LG"),
    published=date(2017, 6, 12),
)


def keep(
    paper: Paper, note: str = "", person: str = "web:you", tags: tuple[str, ...] = ("attention",)
) -> Kept:
    """A bookmark of a paper with a summary, one tag and one link."""
    links = (Link("code", "https://example.org/code"),)
    brief = Brief(paper, "We drop most keys.", tags, ("95% fewer keys",), links)
    return Kept(Bookmark(person, paper.id or 0, datetime(2026, 3, 11, 9, tzinfo=UTC), note, "web"), brief)


def bib(kept: Sequence[Kept]) -> list[dict[str, str]]:
    """The entries of the BibTeX file, as bibtexparser reads them; it must read every block."""
    library = parse_string(render("bibtex", kept))
    assert library.failed_blocks == []
    return [
        {"key": entry.key} | {field.key: str(field.value) for field in entry.fields}
        for entry in library.entries
    ]


def ris(kept: Sequence[Kept]) -> list[dict[str, object]]:
    """The records of the RIS file, as rispy reads them."""
    return list(rispy.loads(render("ris", kept)))


def rows(kept: Sequence[Kept]) -> list[dict[str, str]]:
    """The rows of the CSV file."""
    return list(csv.DictReader(io.StringIO(render("csv", kept), newline=""), strict=True))


def test_an_unknown_format_is_told_with_those_there_are() -> None:
    """A person who mistypes a format learns what there is."""
    with pytest.raises(
        NotFound, match=r"docx: no such export format; there is bibtex, ris, csv, json, markdown"
    ):
        render("docx", [])


def test_every_format_says_what_it_is() -> None:
    """A download has a media type and a suffix, no two the same."""
    assert len({one.suffix for one in FORMATS.values()}) == len(FORMATS) == 5
    assert all(re.fullmatch(r"\.[a-z]+", one.suffix) and "/" in one.media_type for one in FORMATS.values())


def test_nothing_kept_is_a_valid_file() -> None:
    """An empty list exports as an empty file of its kind."""
    assert bib([]) == ris([]) == rows([]) == json.loads(render("json", [])) == []
    assert render("markdown", []) == "No bookmarks yet.\n"


def test_a_bibtex_entry_is_complete_and_escaped() -> None:
    """Special characters are LaTeX's own, ids are as they are, a group keeps its name in one piece."""
    assert bib([keep(ATTENTION, "read § 3 & 4")]) == [
        {
            "key": "vaswani2017sparse",
            "title": r"{Sparse Attention at 5\% Cost}",
            "author": "Ada Vaswani and Łukasz Ørsted and {The GLM Team}",
            "year": "2017",
            "eprint": "1706.03762",
            "archivePrefix": "arXiv",
            "primaryClass": "cs.CL",
            "url": "https://arxiv.org/abs/1706.03762",
            "abstract": r"We drop 95\% of R\&D's keys\_and\_values.",
            "keywords": "attention",
            "note": r"read § 3 \& 4",
        }
    ]


@pytest.mark.parametrize(
    ("paper", "key"),
    [
        (ATTENTION, "vaswani2017sparse"),
        (replace(ATTENTION, authors=("Vaswani, Ada",)), "vaswani2017sparse"),
        (replace(ATTENTION, authors=()), "sparse2017attention"),
        (replace(ATTENTION, authors=("王小明",)), "sparse2017attention"),
        (replace(ATTENTION, authors=("Jürgen Ørsted-Groß",)), "orstedgross2017sparse"),
        (replace(ATTENTION, published=None), "vaswani2017sparse"),
        (replace(ATTENTION, published=None, arxiv_id="hep-th/9901001"), "vaswani1999sparse"),
        (replace(ATTENTION, published=None, arxiv_id=None), "vaswanisparse"),
        (replace(ATTENTION, title="The A of An"), "vaswani2017paper"),
        (replace(ATTENTION, title="注意力", authors=(), published=None, arxiv_id=None), "paper"),
        (replace(ATTENTION, title="}, key={"), "vaswani2017key"),
    ],
)
def test_a_citation_key_is_plain_ascii_and_telling(paper: Paper, key: str) -> None:
    """Author, year, word; what is missing is left out."""
    assert [entry["key"] for entry in bib([keep(paper)])] == [key]


def test_equal_keys_are_told_apart_and_a_newer_paper_changes_no_older_key() -> None:
    """A key once cited stays, whatever is kept afterwards."""
    many = [keep(replace(ATTENTION, id=number)) for number in range(1, 30)]
    before = {entry["key"] for entry in bib(many[:2])}
    after = [entry["key"] for entry in bib(many[::-1])]
    assert before == {"vaswani2017sparse", "vaswani2017sparsea"}
    assert after[::-1][:3] == ["vaswani2017sparse", "vaswani2017sparsea", "vaswani2017sparseb"]
    assert after[0] == "vaswani2017sparseab"
    assert len(set(after)) == len(many)


def test_a_key_that_looks_disambiguated_is_not_given_twice() -> None:
    """`sparse` + `a` is not the `sparsea` of another paper."""
    titles = ["Sparse", "Sparsea", "Sparse"]
    keys = [
        entry["key"]
        for entry in bib([keep(replace(ATTENTION, id=n, title=t)) for n, t in enumerate(titles, 1)])
    ]
    assert len(set(keys)) == 3


def test_a_paper_that_two_people_keep_is_one_reference_with_both_notes() -> None:
    """A reference list names a paper once; the table has a row for each bookmark."""
    both = [keep(ATTENTION, "first"), keep(ATTENTION, "second", person="web:me")]
    assert [entry["note"] for entry in bib(both)] == ["first; second"]
    assert [record["notes"] for record in ris(both)] == [["first", "second"]]
    assert [(row["person"], row["note"]) for row in rows(both)] == [
        ("web:you", "first"),
        ("web:me", "second"),
    ]


@pytest.mark.parametrize(
    ("paper", "url"),
    [
        (replace(ATTENTION, url="https://example.org"), "https://arxiv.org/abs/1706.03762"),
        (replace(ATTENTION, arxiv_id=None, doi="10.1/a{b}%"), "https://doi.org/10.1/a%7Bb%7D%"),
        (replace(ATTENTION, arxiv_id=None, url="https://example.org/ü"), "https://example.org/%C3%BC"),
        (replace(ATTENTION, arxiv_id=None, url="javascript:alert(1)"), None),
    ],
)
def test_the_address_is_the_most_lasting_one(paper: Paper, url: str | None) -> None:
    """arXiv before DOI before what the digest said, and nothing but the web."""
    assert json.loads(render("json", [keep(paper)]))[0]["url"] == url


def test_a_ris_record_is_complete() -> None:
    """Every field under the tag that reference managers know, lines ended by CR LF."""
    text = render("ris", [keep(ATTENTION, "one\r\nER  - \r\ntwo")])
    assert text.count("\n") == text.count("\r\n")
    assert text.startswith("TY  - UNPB\r\nID  - vaswani2017sparse\r\n")
    assert text.endswith("\r\nER  - \r\n")
    (record,) = rispy.loads(text)
    assert record == {
        "type_of_reference": "UNPB",
        "id": "vaswani2017sparse",
        "title": ATTENTION.title,
        "authors": ["Vaswani, Ada", "Ørsted, Łukasz", "The GLM Team"],
        "year": "2017",
        "date": "2017/06/12",
        "abstract": ATTENTION.abstract,
        "keywords": ["attention"],
        "accession_number": "arXiv:1706.03762",
        "urls": ["https://arxiv.org/abs/1706.03762"],
        "notes": ["one ER - two"],
    }


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r", " =", "＝", "\n+"])
def test_no_cell_is_a_formula(start: str) -> None:
    """A spreadsheet shows what a title says and does not run it."""
    (row,) = rows([keep(replace(ATTENTION, title=f'{start}HYPERLINK("x")'), note=f"{start}1")])
    assert row["title"].startswith("'")
    assert row["note"].startswith("'")


def test_json_holds_everything() -> None:
    """A program gets lists as lists and missing values as null."""
    (found,) = json.loads(render("json", [keep(ATTENTION, "note")]))
    assert found["authors"] == list(ATTENTION.authors)
    assert found["doi"] is None
    assert found["kept"] == "2026-03-11T09:00:00+00:00"
    assert found["links"] == ["https://example.org/code"]
    assert list(found) == list(csv.DictReader(io.StringIO(render("csv", []))).fieldnames or [])


def test_markdown_reads_well() -> None:
    """Title with its link, authors and year, summary, tags, note."""
    assert render("markdown", [keep(ATTENTION, "2. * here")]) == (
        "- [Sparse Attention at 5% Cost](<https://arxiv.org/abs/1706.03762>)  \n"
        "  Ada Vaswani, Łukasz Ørsted, The GLM Team · 2017  \n"
        "  We drop most keys.  \n"
        "  Tags: attention  \n"
        "  Note: 2\\. \\* here\n"
    )


@pytest.mark.parametrize(
    "text",
    [
        *(
            "a](https://example.org) b",
            "[x](https://example.org)",
            "![x](y)",
            "<https://a.b>",
            "<b>x</b>",
            "&amp;",
        ),
        *("- x", "+ x", "1. x", "1) x", "===", "---", "# x", "```", "> x", "x\n\n# y"),
        *("*x*", "_x_", "`x`", "~~x~~", "a\\"),
    ],
)
def test_markup_in_a_title_or_note_is_shown_as_it_is(text: str) -> None:
    """A Markdown reader gives back the very characters that were typed."""
    paper = replace(ATTENTION, title=text)
    tokens = MarkdownIt("commonmark").parse(
        render("markdown", [replace(keep(paper, text), brief=Brief(paper, text, (), (), ()))])
    )
    (inline,) = [token for token in tokens if token.type == "inline"]
    words = "".join(
        child.content or "\n" for child in inline.children or () if not child.type.startswith("link")
    )
    title, _, summary, note = words.split("\n")
    assert title == summary == note.removeprefix("Note: ") == " ".join(text.split())


HOSTILE = st.lists(
    st.characters()
    | st.sampled_from("\\{}$&%#_^~\"'@,=+-<>[]()`*|!:;.\n\r\t\x00\u202e\u2028\ud800 1a")
    | st.sampled_from(
        ["\n}\n@misc{x,", "\r\nER  - \r\n", "TY  - JOUR", "](javascript:x)", "<script>", " and ", "@a{b,"]
    ),
    max_size=12,
).map("".join)
PAPERS = st.builds(
    Paper,
    id=st.integers(1, 3),
    title=HOSTILE,
    abstract=HOSTILE,
    title_as_printed=st.just(""),
    abstract_as_printed=st.just(""),
    arxiv_id=st.none() | HOSTILE,
    doi=st.none() | HOSTILE,
    url=st.none() | HOSTILE.map("https://".__add__),
    authors=st.lists(HOSTILE, max_size=3).map(tuple),
    categories=st.lists(HOSTILE, max_size=2).map(tuple),
)
KEPT = st.lists(
    st.builds(keep, PAPERS, HOSTILE, HOSTILE, st.tuples(HOSTILE)),
    max_size=3,
    unique_by=lambda one: one.brief.paper.id,
)


def shown(text: str) -> str:
    """The letters and digits of a text, which no escaping changes."""
    return "".join(character for character in text if character.isalnum())


def plain(latex: str) -> str:
    """The letters and digits of a BibTeX value, less the names of its commands."""
    return shown(re.sub(r"\\text[a-z]+", "", latex))


@given(KEPT)
@settings(deadline=None, max_examples=25)
def test_hostile_text_stays_inside_its_bibtex_field(kept: list[Kept]) -> None:
    """There is one entry a paper with its own fields only, and BibTeX's own count of braces comes out even."""
    found = bib(kept)
    assert len(found) == len({entry["key"] for entry in found}) == len(kept)
    for entry, one in zip(found, kept, strict=True):
        assert set(re.findall(r"[^a-z0-9]", entry.pop("key"))) == set()
        assert set(entry) <= set(
            "title author year eprint archivePrefix primaryClass doi url abstract keywords note".split()
        )
        assert plain(entry["title"]) == shown(one.brief.paper.title)
        assert plain(entry.get("note", "")) == shown(one.bookmark.note)
        for value in entry.values():
            depths = [value[:place].count("{") - value[:place].count("}") for place in range(len(value) + 1)]
            assert min(depths) >= 0
            assert depths[-1] == 0
            assert "\n" not in value


@given(KEPT)
@settings(deadline=None, max_examples=25)
def test_hostile_text_stays_inside_its_ris_line(kept: list[Kept]) -> None:
    """Every line begins with a tag of ours and every record ends once."""
    text = render("ris", kept)
    lines = text.split("\r\n")
    assert lines.pop() == ""
    assert all(re.match(r"(TY|ID|TI|AU|PY|DA|AB|KW|DO|AN|UR|N1|ER)  - ", line) for line in lines)
    assert all(line.splitlines() == [line] for line in lines)
    found = ris(kept)
    assert [shown(str(record.get("title", ""))) for record in found] == [
        shown(one.brief.paper.title) for one in kept
    ]


@given(KEPT)
@settings(deadline=None, max_examples=25)
def test_hostile_text_stays_inside_its_cell(kept: list[Kept]) -> None:
    """A table has a row for each bookmark, says the same as the JSON, and starts no cell as a formula does."""
    found = rows(kept)
    listed = json.loads(render("json", kept))
    assert len(found) == len(listed) == len(kept)
    for row, facts in zip(found, listed, strict=True):
        assert set(row) == set(facts)
        assert row["note"].removeprefix("'") == facts["note"].removeprefix("'")
        assert not [
            cell for cell in row.values() if cell.lstrip()[:1] in {"=", "+", "-", "@", "\t", "\r"} - {""}
        ]


@given(KEPT)
@settings(deadline=None, max_examples=25)
def test_hostile_text_is_no_markdown(kept: list[Kept]) -> None:
    """A Markdown reader sees one list with an item a paper, our links, and otherwise text."""
    tokens = MarkdownIt("commonmark").parse(render("markdown", kept))
    assert sum(token.type == "list_item_open" for token in tokens) == len(kept)
    assert {token.type for token in tokens} <= {
        "bullet_list_open", "bullet_list_close", "list_item_open", "list_item_close",
        "paragraph_open", "paragraph_close", "inline",
    }  # fmt: skip
    children = [child for token in tokens for child in token.children or ()]
    assert {child.type for child in children} <= {
        "text",
        "text_special",
        "hardbreak",
        "softbreak",
        "link_open",
        "link_close",
    }
    links = [str(child.attrGet("href")) for child in children if child.type == "link_open"]
    assert all(link.startswith("https://") for link in links)
    assert len(links) <= len(kept)


@given(KEPT)
@settings(deadline=None, max_examples=25)
def test_every_format_can_be_written_as_utf8(kept: list[Kept]) -> None:
    """No lone surrogate, control or mark that turns the direction of text gets out."""
    for name in FORMATS:
        text = render(name, kept)
        assert text.encode("utf-8").decode("utf-8") == text
        assert not re.search(r"[\x00\x08\x1b\x7f\u202e\u2066]", text)
