"""CSL-JSON, as Zotero writes it."""

import json
from datetime import UTC, date, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.models import Digest
from bot.sources import csl_json

NOW = datetime(2026, 3, 11, tzinfo=UTC)
GOOD = """[
  {"id": 1, "type": "article", "title": "Kites at Dusk", "abstract": "We fly kites.", "DOI": "10.1234/kites.5",
   "URL": "https://example.org/kites", "author": [{"family": "Lovelace", "given": "Ada"}, {"literal": "Kites Inc"}, 7],
   "issued": {"date-parts": [["2024", 5, 6]]}},
  "stray",
  {"title": "Ducks at Dawn", "number": "arXiv:2503.01234", "issued": {"date-parts": [[2024]]}}
]
"""


def read(text: str) -> Digest:
    """Read it as a file of this format."""
    return csl_json.read(text, name="library.json", modified=NOW)


def test_a_library_becomes_entries() -> None:
    """Objects come out with their lines; what is no object is set aside."""
    digest = read(GOOD)
    kites, ducks = digest.entries
    assert (kites.title, kites.abstract, kites.doi) == ("Kites at Dusk", "We fly kites.", "10.1234/kites.5")
    assert (kites.authors, kites.published, kites.line) == (
        ("Ada Lovelace", "Kites Inc"),
        date(2024, 5, 6),
        2,
    )
    assert (ducks.title, ducks.arxiv_id, ducks.published, ducks.line) == (
        "Ducks at Dawn",
        "2503.01234",
        None,
        6,
    )
    assert [(one.line, one.reason) for one in digest.unreadable] == [(5, "not a JSON object")]


def test_what_breaks_off_keeps_what_came_before() -> None:
    """Where the JSON breaks, the rest is set aside with its line."""
    digest = read(GOOD[: GOOD.index("Ducks")])
    assert [entry.title for entry in digest.entries] == ["Kites at Dusk"]
    assert [one.line for one in digest.unreadable] == [5, 6]
    assert "not JSON" in digest.unreadable[1].reason
    assert read("[" * 100_000).unreadable[0].reason == "nested too deeply"


def test_sniffing() -> None:
    """An array of objects with titles is ours; a line of JSON is not."""
    assert csl_json.sniff(GOOD, "a.json") > csl_json.sniff('[{"x": 1}]', "a.json") == 0
    assert csl_json.sniff('{"title": "x"}', "a.jsonl") == csl_json.sniff("[draft] title", "a.txt") == 0


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["title", "author", "issued", "date-parts", "URL"]), inner, max_size=4
        )
    ),
    max_leaves=8,
)


@settings(deadline=None, max_examples=100)
@given(st.lists(_JSON, max_size=4), st.integers(0, 20))
def test_any_json_is_read(items: list[object], cut: int) -> None:
    """Nothing raises, cut off or whole, and what is read has a title."""
    text = json.dumps(items)
    for one in (text, text[: max(1, len(text) - cut)]):
        assert all(entry.title for entry in read(one).entries)
