"""Doctor: each check says what it saw, and what to do when that is not good."""

import os
import socket
from pathlib import Path

import pytest

from bot import app
from bot.app import doctor
from bot.errors import SettingsError
from bot.settings import SearchSettings, Settings, WebSettings
from bot.store import outbox, papers
from tests.store import samples


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a digests folder, in which the command is run."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "digests").mkdir()
    return tmp_path


async def found(settings: Settings | None = None) -> dict[str, doctor.Check]:
    """The checks by their names."""
    free = WebSettings(port=0)
    return {one.name: one for one in await doctor.examine(lambda: settings or Settings(web=free))}


async def test_an_empty_folder_is_sound(folder: Path) -> None:
    """Before the first run there is nothing to complain of, and checking makes nothing."""
    assert {one.status for one in (await found()).values()} == {"good"}
    assert not app.database(Settings()).parent.exists()


async def test_wrong_settings_are_all_that_is_told() -> None:
    """Nothing else can be checked without them."""

    def broken() -> Settings:
        raise SettingsError("my.toml: zone: a zone such as UTC")

    (check,) = await doctor.examine(broken)
    assert (check.name, check.status, check.text) == ("settings", "bad", "my.toml: zone: a zone such as UTC")


async def test_a_missing_digests_folder_is_noted(folder: Path) -> None:
    """The owner is told to make it."""
    (folder / "digests").rmdir()
    check = (await found())["digests"]
    assert check.status == "warn"
    assert "make it" in check.text


async def test_a_folder_that_may_not_be_written_is_bad(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The owner is told to change its permissions."""
    (folder / "data").mkdir()
    monkeypatch.setattr(os, "access", lambda path, mode: not (mode & os.W_OK))
    check = (await found())["data"]
    assert check.status == "bad"
    assert "permissions" in check.text


async def test_a_file_in_the_place_of_a_folder_is_bad(folder: Path) -> None:
    """A data folder that is a file can hold nothing."""
    (folder / "data").write_text("")
    assert (await found())["data"].status == "bad"


async def test_a_sound_history_is_counted_and_a_broken_one_named(folder: Path) -> None:
    """The number of papers is told; a file that is no database is bad and says to restore a backup."""
    with app.opened(Settings(), writes=True):
        pass
    assert "0 papers" in (await found())["history"].text
    app.database(Settings()).write_bytes(b"scribble" * 1000)
    check = (await found())["history"]
    assert check.status == "bad"
    assert "backup" in check.text


async def test_papers_that_were_refused_are_named(folder: Path) -> None:
    """Each with the reason, so that nothing is lost without a word."""
    settings = Settings(web=WebSettings(port=0))
    with app.opened(settings, writes=True) as store:
        await store.write(samples.fill)
        title = samples.paper(1).title
        assert title not in (await found(settings))["outbox"].text
        count = await store.write(outbox.give_up, 1, "the day's thread is locked")
        assert count > 0
    check = (await found(settings))["outbox"]
    assert check.status == "warn"
    assert f"{count} rejected" in check.text
    assert f"“{title}” (the day's thread is locked)" in check.text


async def test_a_port_in_use_is_noted(folder: Path) -> None:
    """It may be the bot itself, so it is no more than a note."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        check = (await found(Settings(web=WebSettings(port=port))))["web address"]
    assert check.status == "warn"
    assert str(port) in check.text


async def test_an_encoder_is_tried_and_its_papers_are_counted(folder: Path) -> None:
    """Nothing is said of it when there is none; a missing one is told with what to do; one that works with how far."""
    assert "search by meaning" not in await found()
    web = WebSettings(port=0)
    check = (await found(Settings(web=web, search=SearchSettings(encoder="no-such-folder"))))[
        "search by meaning"
    ]
    assert check.status == "warn"
    assert "model.onnx" in check.text
    static = Settings(web=web, search=SearchSettings(encoder="static"))
    assert (await found(static))["search by meaning"].status == "good"
    with app.opened(static, writes=True) as store:
        await store.write(papers.admit, samples.brief(1), (), samples.NOW)
    check = (await found(static))["search by meaning"]
    assert check.status == "good"
    assert "0 of 1 papers are encoded" in check.text
