"""The commands that ask: each opens the history, asks, and leaves it as it was."""

from pathlib import Path

import pytest

from bot import app
from bot.app import asking, runner
from bot.errors import NotFound
from bot.settings import ChannelSettings, Settings

SETTINGS = Settings(channels=(ChannelSettings(name="one"), ChannelSettings(name="two", max_papers=1)))


@pytest.fixture(autouse=True)
async def _history(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A history of two papers, in the folder in which the command is run."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.jsonl").write_text(
        '{"title": "Kites at dusk", "abstract": "We fly kites in the evening."}\n'
        '{"title": "Ducks at dawn", "abstract": "We order ducks in the morning."}\n'
    )
    await runner.ingest_files(
        SETTINGS, [tmp_path / "a.jsonl"], on_receipt=lambda _: None, on_progress=lambda _: None
    )


async def test_each_channel_has_its_own_next_post() -> None:
    """Two channels show the same papers, each in its own number."""
    one, two = await asking.previews(SETTINGS)
    assert (one[0].name, two[0].name) == ("one", "two")
    assert one[1] is not None
    assert two[1] is not None
    assert (one[1].header.shown, two[1].header.shown, two[1].header.left_out) == (2, 1, 1)
    assert {brief.paper.title for brief in one[2].values()} == {"Kites at dusk", "Ducks at dawn"}


async def test_posting_in_one_channel_leaves_the_other_waiting() -> None:
    """Only the channel that is named gets its post, once."""
    ((channel, post, new),) = await asking.post_now(SETTINGS, "two")
    assert (channel.name, new) == ("two", True)
    assert post is not None
    ((_, again, new),) = await asking.post_now(SETTINGS, "two")
    assert again == post or (again is not None and again.id == post.id)
    assert not new
    told = await asking.why(SETTINGS, "Kites at dusk")
    assert [channel.name for channel in told.waiting] == ["one"]


async def test_a_channel_that_is_not_there_is_named_with_those_that_are() -> None:
    """A misspelt channel posts nothing."""
    with pytest.raises(NotFound, match="three: no such channel; there is one, two"):
        await asking.post_now(SETTINGS, "three")


async def test_asking_needs_no_lock() -> None:
    """People ask while the bot runs."""
    with app.opened(SETTINGS, writes=True):
        found = await asking.search(SETTINGS, "evening kites", 5)
        assert (found.hits[0].brief.paper.title, found.total) == ("Kites at dusk", 1)
        assert await asking.kept(SETTINGS) == []
