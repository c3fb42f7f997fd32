"""The native format: well-formed, damaged, and anything whatever."""

import re
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import DigestError
from bot.models import Digest
from bot.sources import read_digest

REAL = Path("../shared/digests")
SAMPLE = Path("digests/2026-11-20.txt")
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
HEADER = [
    "new",
    "Get trending papers in your email inbox!",
    "Subscribe",
    "byAK and the research community",
    "Mar 11",
]
Cards = list[tuple[str, str]]


def read(text: str | bytes, name: str = "page.txt") -> Digest:
    """Read a page given as text or bytes."""
    return read_digest(text if isinstance(text, bytes) else text.encode(), name=name, modified=NOW)


def cards(digest: Digest) -> Cards:
    """Return titles and abstracts."""
    return [(entry.title, entry.abstract) for entry in digest.entries]


def paragraphs(path: Path) -> list[str]:
    """Return the paragraphs of a well-formed page after its header."""
    return path.read_text(encoding="utf-8").strip().split("\n\n")[5:]


def page(body: Sequence[str]) -> str:
    """Return a page with the usual header."""
    return "\n\n".join([*HEADER, *body])


BODY = paragraphs(SAMPLE)
CARDS: Cards = list(zip(BODY[::2], BODY[1::2], strict=True))


def test_the_sample_is_read_whole() -> None:
    """The digest that comes with the bot has its date, a dozen papers in order, and their lines."""
    digest = read(SAMPLE.read_bytes(), SAMPLE.name)
    assert digest.format == "hf_text"
    assert digest.date == date(2026, 11, 20)
    assert cards(digest) == CARDS
    assert digest.unreadable == ()
    lines = SAMPLE.read_text(encoding="utf-8").split("\n")
    assert [lines[e.line - 1] for e in digest.entries] == BODY[::2]
    assert [e.position for e in digest.entries] == list(range(1, 13))


@pytest.mark.skipif(not REAL.is_dir(), reason="the real digests are not here")
@pytest.mark.parametrize(
    ("name", "entries", "day"),
    [
        ("000_87bf77659f4affd5.txt", 93, date(2026, 3, 11)),
        ("002_b5846660a2a02a9a.txt", 85, date(2026, 3, 12)),
        ("003_47ee2e8ca29dd24b.txt", 88, date(2026, 3, 11)),
    ],
)
def test_real_digests_are_read_whole(name: str, entries: int, day: date) -> None:
    """Every card of a real page is read as printed, and nothing is left over."""
    digest = read((REAL / name).read_bytes(), name)
    printed = paragraphs(REAL / name)
    assert cards(digest) == list(zip(printed[::2], printed[1::2], strict=True))
    assert len(digest.entries) == entries
    assert digest.unreadable == ()
    assert digest.date == day


@pytest.mark.parametrize("newline", ["\r\n", "\r", "\n"])
@pytest.mark.parametrize("width", [40, 72, 100])
def test_wrapped_pages_are_joined(newline: str, width: int) -> None:
    """However a page is wrapped and whatever ends its lines, the text is as if it were not."""
    wrapped = [
        re.sub(rf"(.{{1,{width}}})(?: |$)", r"\1\n", text).strip() if len(text) > 150 else text
        for text in BODY
    ]
    text = page(wrapped).replace("\n", newline)
    assert cards(read(text)) == CARDS


@pytest.mark.parametrize(
    "between", ["\n\n\n\n", "\n \t\n", "\n\u00a0\n", "\n\u200b\n", "\n\x00\n", "\n"], ids=repr
)
def test_paragraphs_may_be_parted_by_anything_blank(between: str) -> None:
    """Several blank lines, or lines that only look blank, part paragraphs; single lines each are one."""
    assert cards(read(between.join([*HEADER, *BODY]) + between)) == CARDS


@pytest.mark.parametrize(
    "header",
    [
        [],
        ["Mar 11"],
        ["Hugging Face", "Models", "Daily Papers", "by AK and the research community", "Mar 11"],
        ["Welcome to This Week in Papers", "Mar 11, 2025", "12 papers"],
        ["Get trending papers in your email inbox! Subscribe"],
    ],
)
def test_any_header_will_do(header: list[str]) -> None:
    """Other header lines, or none, are neither papers nor unreadable."""
    digest = read("\n\n".join([*header, *BODY]))
    assert cards(digest) == CARDS
    assert digest.unreadable == ()


FURNITURE = [
    "101",
    "-",
    "·",
    "1.2k",
    "12 authors",
    "1 author",
    "Submitted by",
    "3 comments",
    "Mar 12",
    "2 days ago",
]
STRAYS = ["someone42", "Ann Bell, Carl Dorn and 3 others", "Load more of it", "Ann Bell"]


@given(st.data())
@settings(deadline=None, max_examples=25)
def test_furniture_anywhere_is_dropped(data: st.DataObject) -> None:
    """Votes, author counts, dates and such may stand anywhere, in any number, and leave no trace."""
    body = list(BODY)
    for _ in range(data.draw(st.integers(1, 8))):
        body.insert(data.draw(st.integers(0, len(body))), data.draw(st.sampled_from(FURNITURE)))
    digest = read(page(body))
    assert cards(digest) == CARDS
    assert digest.unreadable == ()


@given(st.data())
@settings(deadline=None, max_examples=25)
def test_damage_stays_where_it_is(data: st.DataObject) -> None:
    """After one paragraph is lost, printed twice, or a stray line slips in, all other papers are untouched."""
    body = list(BODY)
    at = data.draw(st.integers(0, len(body) - 1))
    damage = data.draw(st.sampled_from(["lost", "twice", "stray", "card twice"]))
    wanted = list(CARDS)
    if damage == "lost":
        del body[at]
        wanted[at // 2 : at // 2 + 1] = [] if at % 2 == 0 else [(CARDS[at // 2][0], "")]
        if at % 2 and len(CARDS[at // 2][0].split()) < 3:
            wanted = [card for card in wanted if card[1]]
    elif damage == "twice":
        body.insert(at, body[at])
    elif damage == "card twice":
        body[2 * (at // 2) : 2 * (at // 2)] = CARDS[at // 2]
    else:
        body.insert(at, data.draw(st.sampled_from(STRAYS)))
    digest = read(page(body))
    assert [card for card in cards(digest) if card in wanted] == wanted
    assert len(digest.entries) <= len(CARDS)


@pytest.mark.skipif(not REAL.is_dir(), reason="the real digests are not here")
@pytest.mark.parametrize("stray", ["101", "12 authors", "Ann Bell", ""])
def test_damage_to_a_real_page_stays_where_it_is(stray: str) -> None:
    """A stray line, or a lost paragraph (no line), in a real page affects no other paper."""
    body = paragraphs(REAL / "002_b5846660a2a02a9a.txt")
    whole = list(zip(body[::2], body[1::2], strict=True))
    for at in range(3, len(body), 23):
        found = cards(read(page([*body[:at], stray, *body[at:]] if stray else body[:at] + body[at + 1 :])))
        assert set(whole) - set(found) <= ({whole[at // 2]} if not stray else set())


def test_what_cannot_be_read_has_its_line_and_reason() -> None:
    """Each piece that is no paper's is named with the line where it begins, why, and how it begins."""
    body = [BODY[0], BODY[1], BODY[3], BODY[4], BODY[5], "someone42", BODY[6], "x" * 30_000, BODY[7]]
    digest = read(page(body))
    assert cards(digest) == [CARDS[0], CARDS[2], CARDS[3]]
    assert [(u.line, u.reason) for u in digest.unreadable] == [
        (15, "an abstract, or a part of one, without its title"),
        (21, "neither a title nor an abstract"),
        (25, "a paragraph longer than 20,000 characters"),
    ]
    assert [u.text for u in digest.unreadable] == [BODY[3][:200], "someone42", "x" * 200]


def test_undecodable_text_is_set_aside_where_it_is() -> None:
    """A wrong byte in a paragraph is shown as such; a paragraph of them is unreadable; the rest is read."""
    text = page([*BODY[:4]]).encode().replace(b"recurrent", b"recurr\xe9nt") + b"\n\n" + b"\xff\xfeab" * 20
    digest = read(text)
    assert "recurr\ufffdnt" in digest.entries[0].abstract
    assert len(digest.entries) == 2
    assert [u.reason for u in digest.unreadable] == ["not readable as UTF-8 text"]


def test_a_title_alone_is_a_paper() -> None:
    """A title whose abstract is missing is kept with an empty one, also as the last line."""
    digest = read(page([BODY[2], *BODY[4:6], BODY[8]]))
    assert cards(digest) == [(BODY[2], ""), CARDS[2], (BODY[8], "")]


def test_a_line_printed_again_and_again_is_furniture() -> None:
    """A short line that stands by most cards is the page's own, even if it looks like a title."""
    body = [text for card in CARDS for text in (*card, "Ask About This Paper")]
    digest = read(page(body))
    assert cards(digest) == CARDS
    assert digest.unreadable == ()


WORDS = st.sampled_from(
    "sorting networks learn We is a the depth. Deep: 101 - · авс \n \n\n \r\n \x00 \ud7ff".split(" ")
)


@given(st.binary(max_size=400) | st.lists(WORDS).map(lambda words: " ".join(words).encode()))
@settings(deadline=None, max_examples=80)
def test_any_bytes_are_a_digest_or_an_error(data: bytes) -> None:
    """Whatever the bytes, there is a digest with well-formed entries, or a DigestError."""
    with suppress(DigestError):
        digest = read(data)
        assert digest.entries
        for entry in digest.entries:
            assert entry.title == entry.title.strip() != ""
            assert entry.line >= 1
            (entry.title + entry.abstract).encode()


@pytest.mark.parametrize(
    "unit", ["a ", "a\n\n", "Word\n", "A. ", "ab, Cd Ef, ", "https://", "1,", "\n", "x" * 99 + "\n\n"]
)
def test_reading_takes_linear_time(unit: str) -> None:
    """Eight times as much of anything takes not much more than eight times as long."""

    def seconds(size: int) -> float:
        began = time.process_time()
        with suppress(DigestError):
            read("Title\n\n" + unit * (size // len(unit)))
        return time.process_time() - began

    small = min(seconds(20_000) for _ in range(3))
    assert seconds(160_000) < 30 * max(small, 0.01)
