"""Pictures of the history: for a page, and for a chat."""

import io
import os
from dataclasses import replace
from datetime import date, timedelta
from xml.etree import ElementTree as ET

import matplotlib.image
import pytest

from bot import plots
from bot.errors import BroadsheetError
from bot.library.history import History, Keeping, Span, TagRow

FIRST = date(2025, 12, 29)
MONTHS = tuple(date(2025, month, 1) for month in range(1, 13))
EXAMPLE = History(
    step="week",
    spans=tuple(Span(FIRST + timedelta(weeks=week), 90 + week, 20, week % 5) for week in range(30)),
    months=MONTHS,
    tags=(TagRow("object detection", tuple(range(12))), TagRow("$x^2$ & <b>", (3,) * 12)),
    keeping=(Keeping("object detection", 20, 3), Keeping("图 🙂", 4, 4)),
)
EMPTY = History("day", EXAMPLE.spans[:14], (), (), ())


def words(svg: str) -> list[str]:
    """The texts that a drawing has."""
    return [
        "".join(element.itertext()).strip()
        for element in ET.fromstring(svg).iter()
        if element.tag.endswith("text")
    ]


def test_a_page_gets_drawings_that_need_no_style_of_their_own() -> None:
    """Nothing that a content security policy refuses, no id twice, no colour but the page's own, a name for each."""
    drawn = plots.svgs(EXAMPLE)
    assert set(drawn) == {(part, size) for part in plots.PARTS for size in ("wide", "narrow")}
    for svg in drawn.values():
        root = ET.fromstring(svg)
        assert (root.get("role"), bool(root.get("aria-label"))) == ("img", True)
        for element in root.iter():
            assert not {"style", "id", "class"} & element.attrib.keys()
            assert element.tag.rpartition("}")[2] in ("svg", "g", "path", "text", "tspan")
            for key in ("fill", "stroke"):
                assert element.get(key, "none") in {
                    "none",
                    "currentColor",
                    "var(--soft)",
                    "var(--line)",
                    "var(--accent)",
                }


def test_texts_are_texts() -> None:
    """A tag is drawn letter by letter, whatever a formula or markup would make of it."""
    drawn = plots.svgs(EXAMPLE)
    assert "$x^2$ & <b>" in words(drawn["tags", "wide"])
    assert "3 of 20, 15%" in words(drawn["keeping", "wide"])
    assert "119" in words(drawn["activity", "narrow"])


def test_a_narrow_drawing_shows_the_latest_months() -> None:
    """There is room for fewer months on a phone, so that letters stay as large."""
    drawn = plots.svgs(EXAMPLE)
    assert {"Mar", "Nov"} <= set(words(drawn["tags", "wide"]))
    narrow = words(drawn["tags", "narrow"])
    assert "Nov" in narrow
    assert "Mar" not in narrow


def test_what_there_is_nothing_of_is_not_drawn() -> None:
    """A history without tags and bookmarks is its activity alone."""
    assert set(plots.svgs(EMPTY)) == {("activity", "wide"), ("activity", "narrow")}


def test_a_picture_for_a_chat_is_a_png() -> None:
    """1440 pixels wide, the same each time, and a letter that no font has does no harm."""
    drawn = plots.png(EXAMPLE)
    assert drawn == plots.png(EXAMPLE)
    assert matplotlib.image.imread(io.BytesIO(drawn)).shape[1] == 1440
    assert len(plots.png(EMPTY)) < len(drawn)


def test_drawing_apart_gives_the_same_and_ends() -> None:
    """A process of its own draws, and what it cannot draw is an error of ours."""
    assert plots.apart(plots.svgs, EMPTY) == plots.svgs(EMPTY)
    with pytest.raises(BroadsheetError, match="could not be drawn"):
        plots.apart(os._exit, 3)


@pytest.mark.parametrize(
    "tag", ["\x1f\x00", "a\nb", "\ud800", "$\\frac{", "</text>&amp;", "\u202eabc", "_", "%"]
)
def test_any_tag_can_be_drawn(tag: str) -> None:
    """Whatever a taxonomy calls a tag, the drawing is well-formed."""
    one = replace(EMPTY, months=MONTHS, tags=(TagRow(tag, (10**9,) * 12),))
    for svg in plots.svgs(one).values():
        ET.fromstring(svg)


def test_labels_are_few_and_say_the_year_once() -> None:
    """At most as many as there is room for, evenly apart; a year stands where it is another than before."""
    starts = [FIRST + timedelta(weeks=week) for week in range(30)]
    assert plots.labels(starts, "week", 4) == [
        (0, "29 Dec\n2025"),
        (8, "23 Feb\n2026"),
        (16, "20 Apr"),
        (24, "15 Jun"),
    ]
    assert plots.labels(MONTHS[:2], "month", 12) == [(0, "Jan\n2025"), (1, "Feb")]
    assert plots.labels([], "day", 5) == []
