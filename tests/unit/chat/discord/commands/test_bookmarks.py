"""What is kept, dropped and noted is what the person meant; how it is shown is tested in ``contract``."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot import library
from bot.chat.discord.commands import bookmarks
from bot.chat.discord.commands.frame import Asker, Desk
from bot.errors import NotFound
from bot.library.export import FORMATS
from bot.store import Store
from tests.store import samples
from tests.store.samples import NOW

ASKER, OTHER = Asker("discord:1", "77"), Asker("discord:2", "77")


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    """A desk over a history of twelve papers."""
    store = Store.open(tmp_path / "broadsheet.db")
    await store.write(samples.admit, 12)
    yield Desk(store, lambda: NOW)
    store.close()


async def test_pressing_again_undoes(desk: Desk) -> None:
    """For the person who presses, and nobody else."""
    for asker in (ASKER, OTHER):
        answer = await bookmarks.toggled(desk, asker, 3, "discord:button")
        assert answer.rendered.content.startswith("Kept: Frugal Attention 3")
    answer = await bookmarks.toggled(desk, ASKER, 3, "discord:button")
    assert answer.rendered.content.startswith("Dropped: Frugal Attention 3")
    assert await library.kept(desk.store, ASKER.person) == []
    assert len(await library.kept(desk.store, OTHER.person)) == 1
    with pytest.raises(NotFound, match="no such paper"):
        await bookmarks.toggled(desk, ASKER, 10**18, "discord:button")


async def test_a_number_is_a_number_and_words_are_first_one_s_own(desk: Desk) -> None:
    """A title with a 2 in it is not taken for paper 2; words that name one bookmark mean it."""
    for paper_id in (2, 12):
        await bookmarks.toggled(desk, ASKER, paper_id, "discord:button")
    await bookmarks.noted(desk, ASKER, "2", "two")
    await bookmarks.noted(desk, ASKER, "attention 12", "twelve")
    kept = await library.kept(desk.store, ASKER.person)
    assert {one.bookmark.paper_id: one.bookmark.note for one in kept} == {2: "two", 12: "twelve"}


async def test_a_page_that_is_not_there_is_the_last(desk: Desk) -> None:
    """However large its number."""
    for paper_id in range(1, 7):
        await bookmarks.toggled(desk, ASKER, paper_id, "discord:button")
    for page, footer in ((0, "Page 1 of 2"), (2, "Page 2 of 2"), (999_999, "Page 2 of 2")):
        answer = await bookmarks.listed(desk, ASKER, page)
        assert answer.rendered.embeds[0].footer.text == footer


def test_every_format_is_offered() -> None:
    """What the library writes, and nothing else."""
    assert sorted(choice.value for choice in bookmarks.FORMATS) == sorted(FORMATS)
