"""Which papers match what people follow."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.models import Brief, Follow, Match, Paper
from bot.publish.following import matches, to_be_told

NOW = datetime(2026, 3, 11, 9, tzinfo=UTC)
PAPER = Paper("State-Space Models\nfor Kites", "We tie knots; flow matching (FM) helps.", "", "", id=7)
BRIEF = Brief(PAPER, "We tie knots.", ("kites", "flow matching"), (), ())


def follow(
    value: str, kind: Literal["tag", "phrase"] = "phrase", person: str = "x:ada", *, direct: bool = False
) -> Follow:
    """What somebody follows."""
    return Follow(person, "1", kind, value, direct, NOW)


@pytest.mark.parametrize(
    ("value", "occurs"),
    [
        ("state space", True),
        ("State-space models", True),
        ("models for kites", True),
        ("KNOTS, flow", True),
        ("fm", True),
        ("space state", False),
        ("not", False),
        ("kite", False),
        ("…", False),
        ("", False),
    ],
)
def test_a_phrase_is_words_one_after_the_other(value: str, occurs: bool) -> None:
    """Case and what joins the words do not matter; parts of words do."""
    assert bool(matches([BRIEF], [follow(value)])) is occurs


def test_a_tag_is_the_tag_itself() -> None:
    """A word of a tag is not the tag."""
    assert matches([BRIEF], [follow("flow", "tag"), follow("flow matching", "tag")]) == (
        Match("tag", "flow matching", ((7, PAPER.title),)),
    )


def test_what_two_people_follow_is_named_once() -> None:
    """A match says what, not who; papers come in the order of the post."""
    second = replace(BRIEF, paper=replace(PAPER, id=3))
    follows = [follow("kites", person="x:ada"), follow("kites", person="x:bob", direct=True)]
    found = matches([BRIEF, second], follows)
    assert [(one.value, [paper for paper, _ in one.papers]) for one in found] == [("kites", [7, 3])]
    assert to_be_told(found, follows) == ["x:bob"]
    assert to_be_told((), follows) == []


@given(st.text(), st.text(), st.sampled_from(["tag", "phrase"]))
def test_any_text_can_be_followed(text: str, value: str, kind: Literal["tag", "phrase"]) -> None:
    """Nothing that a person types or a paper says gets in the way, and what is found is there."""
    brief = replace(BRIEF, paper=replace(PAPER, abstract=text), tags=(text,))
    for match in matches([brief], [follow(value, kind)]):
        assert match.value == value
        assert match.papers == ((7, PAPER.title),)
