"""What the commands print fits the terminal and says what a person needs."""

import json
from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.app.doctor import Check
from bot.cli import terminal
from bot.library import Found, Kept, Why
from bot.models import (
    Bookmark,
    Brief,
    Channel,
    Decision,
    Header,
    Hit,
    Link,
    Message,
    Paper,
    Pick,
    Placement,
    Post,
    Receipt,
    Sighting,
    State,
)
from bot.publish import Plan

NOW = datetime(2026, 3, 11, 9, tzinfo=UTC)
CHANNEL = Channel("web:papers", "web", "papers", "papers", "UTC", time(9))
HEADER = Header(date(2026, 3, 11), 3, 2, 1, 1, 1, (("kites", 2),), ("a.txt",))
POST = Post(1, CHANNEL.key, HEADER.local_date, HEADER, "t", NOW)
MESSAGE = Message(1, 1, CHANNEL.key, 1, "paper", 1, "n", State.SENT)


def a_brief(title: str = "Kites", summary: str = "We fly.", number: int = 1) -> Brief:
    """A brief with this much text."""
    paper = Paper(title, "An abstract.", f"{title} ", "An abstract.", arxiv_id="2603.00001", id=number)
    return Brief(paper, summary, ("kites", "wind"), ("44% faster",), (Link("code", "https://a.example/x"),))


def everything(brief: Brief) -> list[str]:
    """Each kind of text that a command prints about a paper."""
    place = Placement(CHANNEL, POST, Pick(1, 0, True, (("tag kites", 1.0),)), MESSAGE)
    muted = Placement(CHANNEL, POST, Pick(1, 0, False, muted="kite"), None)
    decision = Decision("same", "title", "equal titles")
    sighting = Sighting(1, "a.txt", date(2026, 3, 11), NOW, 7, 1, "Kites", decision)
    kept = Kept(Bookmark("web:me", 1, NOW, note="read this on the train"), brief)
    related = (brief, Decision("related", "title", "alike"))
    plan = Plan(
        HEADER, (Pick(1, 0, True), Pick(1, 1, False)), (("header", None), ("paper", 1), ("closing", None))
    )
    return [
        terminal.brief(brief),
        terminal.preview(CHANNEL, plan, {1: brief}),
        terminal.search(Found([Hit(brief, "‹kites›", 1, (place,))], 1000, more=True, cut_short=True)),
        terminal.bookmarks([kept]),
        terminal.why(Why(brief, (sighting,), (related,), (place, muted), (CHANNEL,), 2)),
        terminal.check(Check("disk", "bad", "3 MB free; make room")),
    ]


@pytest.mark.parametrize("columns", [20, 40, 80, 200])
def test_no_line_is_wider_than_the_terminal(monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    """Only what would be useless when cut, such as a link, may be longer."""
    monkeypatch.setenv("COLUMNS", str(columns))
    long = a_brief("Kites over the wide hills " * 5, "We fly many kites over hills. " * 8)
    for text in everything(long):
        for line in text.splitlines():
            assert len(line) <= columns or "http" in line


@settings(deadline=None, max_examples=50)
@given(st.text(max_size=300), st.text(max_size=300))
def test_any_text_can_be_shown_and_is_one_line_of_json(title: str, summary: str) -> None:
    """Whatever a paper is called, every command can show it, and a JSON line stays one line."""
    brief = a_brief(title, summary)
    assert all(everything(brief))
    line = terminal.json_line(terminal.reading(brief))
    assert len(line.split("\n")) == 1
    assert json.loads(line)["title"] == title


def test_a_receipt_is_one_sentence() -> None:
    """It names the file and counts, with the right plural, and says when nothing was read anew."""
    receipt = terminal.receipt(Receipt("a.txt", 93, 75, 18, 0))
    assert receipt == "a.txt: 93 entries: 75 new, 18 seen before, 0 unreadable"
    assert terminal.receipt(Receipt("a.txt", 1, 1, 0, 0)).startswith("a.txt: 1 entry: ")
    assert "read before" in terminal.receipt(Receipt("a.txt", 1, 0, 1, 0, again=True))


def test_a_placement_says_what_happened_and_why() -> None:
    """Posted, left out, muted, refused: each is a sentence that gives the reason."""
    pick = Pick(1, 2, True, (("tag kites", 1.0), ("order", 0.25)))
    refused = Message(1, 1, CHANNEL.key, 1, "paper", 1, "n", State.REJECTED, error="too long")
    said = terminal.placement(Placement(CHANNEL, POST, pick, MESSAGE))
    assert said == "papers, 2026-03-11: place 3 (tag kites +1.00, order +0.25)"
    assert "rejected: too long" in terminal.placement(Placement(CHANNEL, POST, pick, refused))
    left_out = Placement(CHANNEL, POST, Pick(1, 30, False), None)
    assert "place 31, named in the closing message" in terminal.placement(left_out)
    muted = Placement(CHANNEL, POST, Pick(1, 0, False, muted="kite"), None)
    assert "mutes “kite”" in terminal.placement(muted)


def test_a_bar_grows_from_nothing_to_all() -> None:
    """The share done is shown as a number too."""
    assert terminal.bar("a.txt", 0, 10).endswith("  0%")
    assert "·" not in terminal.bar("a.txt", 10, 10)
    assert terminal.bar("a.txt", 10, 10).endswith("100%")


def test_nothing_found_and_nothing_new_are_said() -> None:
    """An empty answer is a sentence, not silence."""
    assert "nothing found" in terminal.search(Found([], 0))
    assert "no bookmarks yet" in terminal.bookmarks([])
    assert "nothing new" in terminal.preview(CHANNEL, None, {})
    assert "nothing new" in terminal.posted(CHANNEL, None, new=False)
    assert list(terminal.preview_lines(CHANNEL, None, {})) == []


def test_json_of_why_has_every_part() -> None:
    """A program gets what a person gets."""
    brief = a_brief()
    sighting = Sighting(1, "a.txt", None, NOW, 7, 1, "Kites", Decision("different", "new", "nothing like it"))
    line = terminal.why_line(Why(brief, (sighting,), ((brief, sighting.decision),), (), (CHANNEL,), 2))
    assert line["sightings"][0]["date"] is None
    assert line["waiting"] == ["papers"]
    assert line["related"] == [{"id": 1, "reason": "nothing like it"}]
