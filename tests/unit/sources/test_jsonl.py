"""JSON Lines: tolerant line by line."""

import json
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import DigestError
from bot.models import Digest, Entry
from bot.sources import read_digest

GOOD = '{"title": "Sorting Networks That Learn", "abstract": "We sort."}'


def read(text: str | bytes, name: str = "x.jsonl") -> Digest:
    """Read a digest of that name."""
    data = text if isinstance(text, bytes) else text.encode()
    return read_digest(data, name=name, modified=datetime(2026, 11, 20, tzinfo=UTC))


def test_every_field_is_read() -> None:
    """All that a line says of a paper is in its entry, ids in their normal form."""
    record = {
        "title": " Sorting  Networks\n That Learn ",
        "abstract": "We sort.",
        "id": "https://arxiv.org/abs/2401.01234v2",
        "url": "https://example.org/sort",
        "authors": ["Ada Bell", {"name": "Carl Dorn"}, None, 5],
        "categories": "cs.LG cs.DS",
        "published": "2024-01-05T12:00:00Z",
    }
    digest = read(json.dumps(record), "2025-03-11.jsonl")
    assert digest.format == "jsonl"
    assert digest.date == date(2025, 3, 11)
    assert digest.entries == (
        Entry(
            title="Sorting Networks That Learn",
            abstract="We sort.",
            line=1,
            position=1,
            arxiv_id="2401.01234",
            url="https://example.org/sort",
            authors=("Ada Bell", "Carl Dorn"),
            categories=("cs.LG", "cs.DS"),
            published=date(2024, 1, 5),
        ),
    )


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "not JSON"),
        ("[1]", "not a JSON object"),
        ("null", "not a JSON object"),
        ("{}", "no title"),
        ('{"title": null}', "no title"),
        ('{"title": " "}', "no title"),
        ('{"title": 5}', "title is not text"),
        ('{"title": "A", "abstract": ["B"]}', "abstract is not text"),
        ('{"title": "%s"}' % ("x" * 501), "title longer than 500"),
        ('{"title": "A", "abstract": "%s"}' % ("x" * 20_001), "abstract longer than 20,000"),
        ('{"title": "A", "x": "%s"}' % ("x" * 1_000_000), "line longer than 1,000,000"),
        ('{"a":' * 100_000, "nested too deeply"),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_a_bad_line_is_set_aside_alone(line: str, reason: str) -> None:
    """A line that is no entry is set aside with its number and the reason; its neighbours are read."""
    digest = read(f"{GOOD}\n\n{line}\n{GOOD}\n")
    assert [(e.line, e.position) for e in digest.entries] == [(1, 1), (4, 2)]
    (unreadable,) = digest.unreadable
    assert unreadable.line == 3
    assert reason in unreadable.reason
    assert len(unreadable.text) <= 200


@pytest.mark.parametrize(
    "line",
    [
        '{"title": "A Title", "authors": 7, "categories": {}, "published": "soon", "abstract": null}',
        '{"title": "A Title", "x": NaN, "y": 1e999, "z": %s}' % ("9" * 5000),
        '\ufeff{"title": "A Title"}\r',
    ],
)
def test_odd_values_cost_nothing_but_themselves(line: str) -> None:
    """What is not a title or an abstract may be anything: it is left out and the paper is read."""
    (entry,) = read(line).entries
    assert (entry.title, entry.abstract, entry.authors, entry.published) == ("A Title", "", (), None)


def test_ids_may_be_dois_numbers_or_addresses() -> None:
    """A DOI is kept as one, a number does no harm, an address serves as the link."""
    lines = [
        '{"title": "A", "id": "doi:10.1109/CVPR.2016.90"}',
        '{"title": "B", "id": 12345}',
        '{"title": "C", "id": "https://example.org/c"}',
        '{"title": "D", "url": "https://arxiv.org/abs/2401.01234"}',
        '{"title": "E", "id": "\\ud800x", "authors": "Ada Bell and Carl Dorn", "categories": ["cs.LG"]}',
    ]
    a, b, c, d, e = read("\n".join(lines)).entries
    assert a.doi == "10.1109/cvpr.2016.90"
    assert (b.arxiv_id, b.doi, b.url) == (None, None, None)
    assert c.url == "https://example.org/c"
    assert d.arxiv_id == "2401.01234"
    assert (e.authors, e.categories) == (("Ada Bell", "Carl Dorn"), ("cs.LG",))


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
KEYS = st.sampled_from(["title", "abstract", "id", "url", "authors", "categories", "published"])


@given(st.lists(st.dictionaries(KEYS, JSON), max_size=5))
@settings(deadline=None, max_examples=40)
def test_any_json_is_read_or_set_aside(records: list[dict[str, object]]) -> None:
    """Each line of any JSON is an entry or unreadable, or the file has no entries."""
    try:
        digest = read("\n".join([GOOD, *(json.dumps(r) for r in records)]))
    except DigestError:
        raise AssertionError("the first line is an entry") from None
    assert len(digest.entries) + len(digest.unreadable) == len(records) + 1
