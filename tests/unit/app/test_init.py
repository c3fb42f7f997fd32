"""The composition root: which settings, which taxonomy, which history."""

from datetime import UTC
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot import app
from bot.errors import DigestError, SettingsError, StoreError
from bot.models import Paper
from bot.settings import Settings


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder in which the command is run."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_settings_file_need_not_exist(folder: Path) -> None:
    """In an empty folder the defaults hold."""
    assert app.settings(environ={}) == Settings()


def test_config_and_data_of_the_command_line_win(folder: Path) -> None:
    """A named settings file is read instead of the usual one; a named data folder wins over both."""
    (folder / "config").mkdir()
    (folder / "config" / "broadsheet.toml").write_text("max_papers = 1\n")
    (folder / "mine.toml").write_text('max_papers = 2\ndata = "there"\n')
    assert app.settings(environ={}).max_papers == 1
    mine = app.settings(Path("mine.toml"), Path("here"), {})
    assert (mine.max_papers, mine.data) == (2, Path("here"))
    assert app.database(mine) == Path("here/broadsheet.db")


def test_the_owners_taxonomy_stands_beside_the_settings(folder: Path) -> None:
    """tags.toml next to the settings file in use is the one that counts, else the one that is shipped."""
    paper = Paper("Kites and quantization", "", "Kites and quantization", "")
    assert app.brief_maker(app.settings(environ={}))(paper).tags == ("quantization",)
    (folder / "config").mkdir()
    (folder / "config" / "broadsheet.toml").write_text("")
    (folder / "config" / "tags.toml").write_text('["kites"]\nphrases = ["kite"]\n')
    assert app.brief_maker(app.settings(environ={}))(paper).tags == ("kites",)


@pytest.mark.parametrize("text", [None, "[[[", '["kites"]\nphrases = 3\n'])
def test_a_taxonomy_that_cannot_be_read_is_one_line(folder: Path, text: str | None) -> None:
    """A missing or broken tags file names itself."""
    if text is not None:
        (folder / "mine.toml").write_text(text)
    settings = app.settings(environ={"BROADSHEET_TAGS_FILE": "mine.toml"})
    with pytest.raises(SettingsError, match=r"mine\.toml") as caught:
        app.brief_maker(settings)
    assert "\n" not in str(caught.value)


def test_the_history_is_closed_at_the_end(folder: Path) -> None:
    """Its lock is free again for the next one, also when something failed meanwhile."""
    settings = Settings()
    with pytest.raises(ZeroDivisionError), app.opened(settings, writes=True):
        raise ZeroDivisionError
    with app.opened(settings, writes=True), pytest.raises(StoreError), app.opened(settings, writes=True):
        pass


def test_a_digest_file_is_read_without_a_history(folder: Path) -> None:
    """The entries come out, nothing is made, and the cap of the settings holds."""
    (folder / "a.jsonl").write_text('{"title": "Kites at dusk", "abstract": "We fly."}\n')
    assert app.read_digest_file(Settings(), Path("a.jsonl")).entries[0].title == "Kites at dusk"
    (folder / "big.txt").write_bytes(b"x" * (app.MEGABYTE + 1))
    with pytest.raises(DigestError):
        app.read_digest_file(Settings(max_digest_mb=1), Path("big.txt"))
    assert not (folder / "data").exists()


def test_time_is_aware_and_the_zone_is_known() -> None:
    """What the rest of the bot is given can be computed with."""
    assert app.now().tzinfo is UTC
    assert app.now().astimezone(ZoneInfo(app.local_zone())).tzinfo is not None
