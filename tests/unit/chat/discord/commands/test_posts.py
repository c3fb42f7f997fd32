"""Catching up goes back as far as it should, and is remembered once the answer is given."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.chat.discord.commands import posts
from bot.chat.discord.commands.frame import Asker, Desk
from bot.store import Store, people
from tests.store.samples import NOW

ASKER = Asker("discord:1", "77")


@pytest.mark.parametrize(
    ("last", "since"),
    [
        (None, timedelta(days=7)),
        (timedelta(hours=1), timedelta(hours=1)),
        (timedelta(days=20), timedelta(days=20)),
        (timedelta(days=300), timedelta(days=30)),
    ],
)
async def test_one_catches_up_from_where_one_was(
    tmp_path: Path, last: timedelta | None, since: timedelta
) -> None:
    """A week at first, a month at most."""
    store = Store.open(tmp_path / "broadsheet.db")
    if last is not None:
        await store.write(people.catch_up, ASKER.person, "77", NOW - last)
    answer = await posts.caught_up(Desk(store, lambda: NOW), ASKER)
    began = int((NOW - since).timestamp())
    assert answer.rendered.content == f"Nothing was posted here since <t:{began}:f>."
    assert await store.read(people.caught_up, ASKER.person, "77") == (None if last is None else NOW - last)
    assert answer.given is not None
    await answer.given()
    assert await store.read(people.caught_up, ASKER.person, "77") == NOW
    store.close()
