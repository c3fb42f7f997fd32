"""Following tags and phrases, and what is kept about a person."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot import library
from bot.errors import NotFound
from bot.library.people import LONGEST_PHRASE, MOST_FOLLOWS
from bot.store import Connection, Store
from tests.store import samples

NOW = datetime(2026, 3, 11, 9, tzinfo=UTC)
ADA = "discord:1"


def fill(db: Connection) -> None:
    """Papers with tags."""
    samples.fill(db)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    """A history with papers on pruning."""
    opened = Store.open(tmp_path / "broadsheet.db")
    await opened.write(fill)
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("pruning", "tag", "pruning"),
        ("  Pruning ", "tag", "pruning"),
        ("prun", "phrase", "prun"),
        ("State  Space", "phrase", "state space"),
    ],
)
async def test_what_papers_are_tagged_with_is_a_tag(store: Store, text: str, kind: str, value: str) -> None:
    """Anything else is a phrase; case and spaces do not matter, and it is let go by the same words."""
    made = await library.follow(store, ADA, "77", text, NOW, direct=True)
    assert (made.kind, made.value) == (kind, value)
    assert await library.following(store, ADA, "77") == [made]
    assert await library.following(store, ADA, "88") == []
    assert await library.unfollow(store, ADA, "77", text)
    assert not await library.unfollow(store, ADA, "77", text)


async def test_nothing_and_too_much_cannot_be_followed(store: Store) -> None:
    """Each is told in a sentence; what is followed already may be followed again."""
    with pytest.raises(NotFound, match="nothing to follow"):
        await library.follow(store, ADA, "77", " … ", NOW, direct=True)
    for number in range(MOST_FOLLOWS):
        await library.follow(store, ADA, "77", f"phrase {number}", NOW, direct=True)
    with pytest.raises(NotFound, match="/unfollow"):
        await library.follow(store, ADA, "77", "one more", NOW, direct=True)
    assert not (await library.follow(store, ADA, "77", "phrase 3", NOW, direct=False)).direct
    assert (await library.follow(store, ADA, "88", "one more", NOW, direct=True)).server == "88"


async def test_what_is_kept_can_be_read_and_dropped(store: Store) -> None:
    """The export names what the person did; after forgetting it is empty."""
    await library.bookmark(store, ADA, 1, NOW, "search")
    await library.follow(store, ADA, "77", "pruning", NOW, direct=True)
    told = json.loads(await library.kept_about(store, ADA))
    assert told["follows"][0]["value"] == "pruning"
    assert told["bookmarks"][0]["title"] == samples.paper(1).title
    assert await library.forget(store, ADA) == 2
    assert json.loads(await library.kept_about(store, ADA)) == {}


@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=300))
async def test_any_text_is_followed_or_refused_in_words(store: Store, text: str) -> None:
    """Whatever a person types, it is kept short and can be let go again, or a sentence says why not."""
    typed = text.encode("utf-8", "ignore").decode()
    if not any(character.isalnum() for character in " ".join(typed.casefold().split())[:LONGEST_PHRASE]):
        with pytest.raises(NotFound, match="nothing to follow"):
            await library.follow(store, "discord:2", "77", typed, NOW, direct=True)
        return
    made = await library.follow(store, "discord:2", "77", typed, NOW, direct=True)
    assert 0 < len(made.value) <= LONGEST_PHRASE
    assert await library.unfollow(store, "discord:2", "77", made.value)
