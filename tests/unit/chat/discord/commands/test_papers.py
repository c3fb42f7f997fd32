"""What is asked of papers is answered for the server it is asked in; how it is shown is tested in ``contract``."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.chat.discord.commands import papers
from bot.chat.discord.commands.frame import Asker, Desk
from bot.errors import NotFound
from bot.store import Connection, Store, channels, outbox
from tests.store import samples
from tests.store.samples import NOW, on_discord

HERE, THERE = on_discord(5), on_discord(6, server="88")
ASKER = Asker("discord:1", "77")


def fill(db: Connection) -> None:
    """Eleven papers, of which the first was posted in two servers."""
    channels.sync(db, [HERE, THERE])
    samples.read_digest(db, "a.txt", 11)
    for channel in (HERE, THERE):
        post = samples.insert(db, [1], channel=channel)
        assert post is not None
        outbox.record_thread(db, post.id, f"9{channel.address}")


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    """A desk over that history."""
    store = Store.open(tmp_path / "broadsheet.db")
    await store.write(fill)
    yield Desk(store, lambda: NOW)
    store.close()


async def test_placements_are_those_that_the_asker_sees(desk: Desk) -> None:
    """Neither another server's, nor those of a channel that is hidden from them."""
    for asker, seen, unseen in (
        (ASKER, "channels/77/95", "channels/88"),
        (replace(ASKER, server="88"), "channels/88/96", "channels/77"),
        (replace(ASKER, hides=lambda address: address == "5"), "", "discord.com/channels"),
    ):
        for answer in (
            await papers.searched(desk, asker, "frugal 1"),
            await papers.shown(desk, asker, "1"),
            await papers.explained(desk, asker, "1"),
        ):
            text = answer.rendered.embeds[0].description or ""
            assert seen in text
            assert unseen not in text


async def test_a_page_stays_among_the_papers_of_its_first(desk: Desk) -> None:
    """Its buttons carry on which was the last paper then."""
    first = await papers.searched(desk, ASKER, "frugal")
    assert [one.custom_id for one in first.rendered.buttons][-2:] == ["page:0:11", "page:2:11"]
    later = await papers.searched(desk, ASKER, "frugal", 1, 4)
    assert later.rendered.embeds[0].title == "4 papers for “frugal”"


async def test_no_such_paper_is_an_error(desk: Desk) -> None:
    """Which the frame tells of."""
    for ask in (papers.shown, papers.likened, papers.explained):
        with pytest.raises(NotFound, match="zebras"):
            await ask(desk, ASKER, "zebras")
