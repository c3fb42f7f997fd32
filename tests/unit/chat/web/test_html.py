import re
from datetime import date
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup

from bot.chat.web.html import (
    calendar_url,
    channel_url,
    command_url,
    long_date,
    marked,
    number,
    plural,
    safe_url,
    short_date,
    site,
    tag_url,
)


@given(st.text())
@settings(deadline=None)
def test_a_snippet_has_no_markup_but_marks(text: str) -> None:
    """Whatever a snippet holds, the only tags that come out are marks."""
    html = str(marked(text)).replace("<mark>", "").replace("</mark>", "")
    assert "<" not in html
    assert ">" not in html
    assert Markup(html).unescape() == text.replace("‹", "").replace("›", "") or "‹" in html or "›" in html


def test_found_words_are_marked() -> None:
    """The words in ‹ › are marked, and what they contain stays text."""
    assert marked("a ‹b› <i> ‹c&d›") == "a <mark>b</mark> &lt;i&gt; <mark>c&amp;d</mark>"
    assert marked("5 › 3") == "5 › 3"


@pytest.mark.parametrize(
    ("address", "safe"),
    [
        ("https://example.org/a?b=c#d", True),
        ("http://example.org", True),
        ("HTTPS://EXAMPLE.ORG/", True),
        ("javascript:alert(1)", False),
        ("JavaScript:alert(1)", False),
        ("java\nscript:alert(1)", False),
        (" https://example.org", False),
        ("https://example.org/a b", False),
        ("https://", False),
        ("//example.org", False),
        ("/papers/1", False),
        ("data:text/html,x", False),
        ("https://[::1", False),
        ("", False),
    ],
)
def test_only_web_addresses_become_links(address: str, safe: bool) -> None:
    """A link leads to http or https with a host, or is not a link."""
    assert safe_url(address) == (address if safe else None)


def test_addresses_are_encoded() -> None:
    """Names and queries with any sign make one path or query value."""
    assert channel_url("a/b ü?#", date(2026, 3, 1)) == "/channels/a%2Fb%20%C3%BC%3F%23/2026-03-01"
    assert command_url("/search a&b", "x", 2) == "/command?text=%2Fsearch+a%26b&channel=x&page=2"
    assert command_url("a") == "/command?text=a"


def test_words_and_numbers() -> None:
    """Dates, counts and sites as a person writes them."""
    assert long_date(date(2026, 3, 1)) == "Sunday, 1 March 2026"
    assert number(1234567) == "1\u202f234\u202f567"
    assert (plural(1, "paper"), plural(0, "paper"), plural(2, "box", "boxes")) == (
        "1 paper",
        "0 papers",
        "2 boxes",
    )
    assert site("https://www.github.com/x") == "github.com"


@pytest.mark.parametrize("tag", ["pruning", "object detection", "a/b", "50%?", "../x", "ü#"])
def test_a_tag_has_one_address(tag: str) -> None:
    """Whatever its letters are, they stay one piece of the path, and come back whole."""
    path = tag_url(tag)
    assert path.startswith("/tags/")
    assert re.fullmatch(r"[\w.~%-]+", path.removeprefix("/tags/"), re.ASCII)
    assert unquote(path.removeprefix("/tags/")) == tag
    assert tag_url(tag, 7) == f"{path}?before=7"


def test_calendars_and_short_dates() -> None:
    """A year is part of a calendar's address only when it is not the latest."""
    assert (calendar_url("a b"), calendar_url("a b", 2025)) == (
        "/channels/a%20b/calendar",
        "/channels/a%20b/calendar?year=2025",
    )
    assert (short_date(date(2026, 3, 1)), short_date(date(2026, 3, 1), "month")) == ("1 Mar 2026", "Mar 2026")
