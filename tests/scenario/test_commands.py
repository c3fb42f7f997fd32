"""The commands a person types, as their user sees them."""

import json
import sqlite3
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.cli import main
from tests.scenario.conftest import ROOT, Home
from tests.scenario.test_run import DUCKS, GEESE, KITES

RECEIPT = ["file", "entries", "new", "seen", "unreadable"]
READING = ["title", "title_as_printed", "abstract", "summary", "tags", "figures", "links"]


@pytest.mark.parametrize("command", sorted(main.commands))
def test_help_shows_an_example_that_fits_the_terminal(home: Home, command: str) -> None:
    """Every command explains itself with an example, in 80 columns."""
    done = home.run(command, "--help")
    assert done.exit_code == 0
    assert f"Example:\n    broadsheet {'' if command == 'run' else command}" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80


def test_the_list_of_commands_is_cut_nowhere(home: Home) -> None:
    """In 80 columns, what each command does is told to its end."""
    shown = home.run("--help").stdout
    assert "..." not in shown.partition("Commands:")[2]


def test_ingest_prints_a_receipt_a_file(home: Home) -> None:
    """A person reads what became of each file; a program reads the same as JSON Lines."""
    first, second = home.digest("a.txt", KITES, DUCKS), home.digest("b.txt", DUCKS, GEESE)
    done = home.run("ingest", first)
    assert done.stdout == "a.txt: 2 entries: 2 new, 0 seen before, 0 unreadable\n"
    (receipt,) = home.lines("ingest", "--json", second)
    assert receipt == dict(zip(RECEIPT, ["b.txt", 2, 1, 1, 0], strict=True))


def test_ingest_without_files_reads_the_folder(home: Home) -> None:
    """With no file named, all of digests/ is read, and doing so again changes nothing."""
    home.digest("a.txt", KITES)
    home.digest("b.txt", DUCKS)
    assert [line["new"] for line in home.lines("ingest", "--json")] == [1, 1]
    assert [line["new"] for line in home.lines("ingest", "--json")] == [0, 0]


def test_read_touches_no_history(home: Home) -> None:
    """What the bot makes of a file can be looked at without any trace."""
    (reading,) = home.lines("read", "--json", home.digest("a.txt", KITES))
    assert set(READING) <= set(reading)
    assert reading["title"] == KITES[0]
    assert reading["summary"].startswith("We propose a network")
    assert {"kind": "code", "url": "https://github.com/kites/fly"} in reading["links"]
    assert any("44%" in figure for figure in reading["figures"])
    assert sorted(path.name for path in home.path.iterdir()) == ["digests"]


def test_text_output_fits_the_terminal(home: Home) -> None:
    """Lines of text are wrapped to the terminal; only a link may be longer, since cut links are useless."""
    home.digest("a.txt", KITES, DUCKS)
    home.run("ingest")
    commands = ["read digests/a.txt", "preview", "post", "search birds", "why 1", "doctor", "bookmarks"]
    for command in commands:
        for line in home.run(*command.split()).stdout.splitlines():
            assert len(line) <= 80 or "http" in line, (command, line)


def test_preview_changes_nothing_and_post_posts_once(home: Home) -> None:
    """Preview shows what post then posts; a second post says that it is already there."""
    home.digest("a.txt", KITES, DUCKS)
    home.run("ingest")
    before = [line["title"] for line in home.lines("preview", "--json")]
    assert before == [line["title"] for line in home.lines("preview", "--json")] == [KITES[0], DUCKS[0]]
    assert "posted 2 papers" in home.run("post").stdout
    assert "already posted, 2 papers" in home.run("post").stdout
    assert home.lines("preview", "--json") == []
    assert "nothing new" in home.run("preview").stdout


def test_after_todays_post_preview_shows_tomorrows(home: Home) -> None:
    """The next post has the date on which it will be made."""
    home.environ = {"BROADSHEET_ZONE": "UTC"}
    home.run("ingest", home.digest("a.txt", KITES))
    today = home.run("preview").stdout.partition(": ")[0].removeprefix("papers, ")
    assert f"posted 1 paper for {today}" in home.run("post").stdout
    home.run("ingest", home.digest("b.txt", DUCKS))
    tomorrow = date.fromisoformat(today) + timedelta(days=1)
    assert home.run("preview").stdout.startswith(f"papers, {tomorrow}: 1 new paper, ")


def test_search_finds_and_says_where_it_was_posted(home: Home) -> None:
    """A result carries its reading and the post it was in; any text at all is a query."""
    home.digest("a.txt", KITES, DUCKS)
    home.run("ingest")
    home.run("post")
    (hit,) = home.lines("search", "--json", "ordering ducklings by weight")[:1]
    assert hit["title"] == DUCKS[0]
    assert hit["posted"][0]["channel"] == "papers"
    for query in ('"', "a AND", "NEAR(", "*", "-", "título", "x" * 5000, "'; DROP TABLE papers"):
        assert home.run("search", "--", query).exit_code == 0


def test_search_takes_operators_as_they_are_typed(home: Home) -> None:
    """A word with a dash is left out rather than taken for an option, and one's own bookmarks are found."""
    home.digest("a.txt", KITES, DUCKS)
    home.run("ingest")
    everything = {hit["title"] for hit in home.lines("search", "--json", "since:2000")}
    assert everything == {KITES[0], DUCKS[0]}
    left = {hit["title"] for hit in home.lines("search", "since:2000", "-ducklings", "--json")}
    assert left == {KITES[0]}
    assert home.lines("search", "--json", "bookmarked:me") == []
    for help_ in ("-h", "--help"):
        assert "-survey" in home.run("search", help_).output


def test_why_tells_the_whole_story(home: Home) -> None:
    """Which files named a paper, how it was recognised, and where it was posted."""
    home.digest("2026-03-11.txt", KITES)
    home.digest("2026-03-12.txt", KITES, DUCKS)
    home.run("ingest")
    home.run("post")
    (story,) = home.lines("why", "--json", KITES[0].lower())
    assert [one["file"] for one in story["sightings"]] == ["2026-03-11.txt", "2026-03-12.txt"]
    assert story["sightings"][1]["verdict"] == "same"
    assert "place" in story["posted"][0]
    assert home.run("why", "zzzz").exit_code == 6


def test_muted_papers_are_not_posted_and_why_says_so(home: Home) -> None:
    """A muted word keeps a paper from the channel; the reason can be asked for."""
    home.digest("a.txt", KITES, DUCKS)
    (home.path / "config").mkdir()
    (home.path / "config" / "broadsheet.toml").write_text('[[channels]]\nname = "calm"\nmuted = ["kite"]\n')
    home.run("ingest")
    assert "posted 1 paper for" in home.run("post").stdout
    assert "calm" in home.run("why", "1").stdout
    assert "mutes “kite”" in home.run("why", "1").stdout


def test_bookmarks_export_in_every_format(home: Home) -> None:
    """An unknown format names those there are; an empty library exports without an error."""
    home.digest("a.txt", KITES)
    home.run("ingest")
    for name in ("bibtex", "ris", "csv", "json", "markdown"):
        assert home.run("bookmarks", "--export", name).exit_code == 0
    refused = home.run("bookmarks", "--export", "docx")
    assert refused.exit_code != 0
    assert "bibtex" in refused.stderr


def test_backup_is_whole_and_never_overwrites(home: Home) -> None:
    """The copy opens and holds the same papers; an existing file is left alone."""
    home.digest("a.txt", KITES, DUCKS)
    home.run("ingest")
    assert home.run("backup", "copy.db").exit_code == 0
    with sqlite3.connect(home.path / "copy.db") as copy:
        assert copy.execute("SELECT count(*) FROM papers").fetchone() == (2,)
        assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    copy.close()
    refused = home.run("backup", "copy.db")
    assert refused.exit_code == 4
    assert "exists" in refused.stderr


def test_doctor_is_content_with_a_sound_folder_and_names_what_is_not(home: Home) -> None:
    """Every check says what it saw; what is wrong makes the exit code 1 and says what to do."""
    home.digest("a.txt", KITES)
    home.environ = {"BROADSHEET_WEB_PORT": "0"}
    home.run("ingest")
    assert {line["status"] for line in home.lines("doctor", "--json")} == {"good"}
    (home.path / "data" / "broadsheet.db").write_bytes(b"not a database at all" * 100)
    sick = home.run("doctor")
    assert sick.exit_code == 1
    assert "BAD" in sick.stdout
    assert "backup" in sick.stdout


def test_asking_before_there_is_a_history_says_what_to_do(home: Home) -> None:
    """Each command that asks gives one helpful line, and makes nothing."""
    for command in (["search", "x"], ["bookmarks"], ["preview"], ["why", "x"], ["backup", "b.db"]):
        done = home.run(*command)
        assert done.exit_code == 4
        assert len(done.stderr.splitlines()) == 1
        assert "history" in done.stderr
    assert list(home.path.iterdir()) == []


def test_config_and_data_come_before_the_command(home: Home) -> None:
    """The named settings and folder are used."""
    (home.path / "my.toml").write_text('[[channels]]\nname = "mine"\n')
    digest = home.digest("a.txt", KITES)
    assert home.run("--config", "my.toml", "--data", "here", "ingest", digest).exit_code == 0
    assert (home.path / "here" / "broadsheet.db").is_file()
    assert "mine" in home.run("--config", "my.toml", "--data", "here", "preview").stdout


def test_a_wrong_setting_is_one_line_and_exit_code_2(home: Home) -> None:
    """The line names the file, the key, and what it may be."""
    (home.path / "my.toml").write_text('zone = "Mars"\n')
    done = home.run("--config", "my.toml", "ingest")
    assert done.exit_code == 2
    assert done.stderr.startswith("broadsheet: my.toml: zone: ")
    assert len(done.stderr.splitlines()) == 1


SHARED = ROOT.parent / "shared" / "digests"


@pytest.mark.skipif(not SHARED.is_dir(), reason="the real digest files are not beside this checkout")
def test_the_real_digests_hold_255_papers(home: Home) -> None:
    """Three real files with 266 entries name 255 papers, and every sighting is remembered."""
    receipts = home.lines("ingest", "--json", *sorted(SHARED.glob("*.txt")))
    assert [(one["entries"], one["unreadable"]) for one in receipts] == [(93, 0), (85, 0), (88, 0)]
    assert sum(one["new"] for one in receipts) == 255
    assert sum(one["seen"] for one in receipts) == 11
    with sqlite3.connect(home.path / "data" / "broadsheet.db") as db:
        assert db.execute("SELECT count(*) FROM papers").fetchone() == (255,)
        assert db.execute("SELECT count(*) FROM sightings").fetchone() == (266,)
    db.close()


def test_output_that_nobody_reads_is_no_traceback(home: Home) -> None:
    """A closed pipe, as in ``| head``, ends a command quietly."""
    digest = home.digest("a.txt", *[(f"{KITES[0]} {number}", KITES[1]) for number in range(10, 400)])
    command = f"{sys.executable} -m bot read {digest} | head -1"
    done = subprocess.run(
        command,
        shell=True,
        cwd=home.path,
        env=home.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr
    assert KITES[0].split()[0] in done.stdout


def test_json_is_valid_and_alone_on_standard_output(home: Home) -> None:
    """With --json every line is a JSON object, also when a file could not be read."""
    (home.path / "empty.txt").write_bytes(b"")
    done = home.run("ingest", "--json", "empty.txt", home.digest("a.txt", KITES))
    assert done.exit_code == 3
    first, second = map(json.loads, done.stdout.splitlines())
    assert first["error"]
    assert second["new"] == 1
    assert done.stderr.splitlines() == [f"broadsheet: {first['error']}"]


def test_the_readme_names_every_command_setting_and_variable() -> None:
    """Whoever reads the README knows all there is."""
    from bot.settings import ChannelSettings, variables

    readme = (ROOT / "README.md").read_text("utf-8")
    config = (ROOT / "config" / "broadsheet.toml").read_text("utf-8")
    for command in main.commands:
        assert f"`broadsheet {command}" in readme
    for variable, key in variables().items():
        assert f"`{variable}`" in readme
        assert f"`{key}`" in readme
        assert key == "web.password" or key.rpartition(".")[2] in config
    for key in ChannelSettings.model_fields:
        assert f"`channels.{key}`" in readme
        assert key in config


def test_paths_are_relative_to_where_the_command_runs(home: Home) -> None:
    """A bot run in a folder keeps to it: nothing is written anywhere else."""
    home.digest("a.txt", KITES)
    home.run("ingest")
    made = sorted(str(path.relative_to(home.path)) for path in home.path.rglob("*") if path.is_file())
    assert set(made) <= {
        "digests/a.txt",
        "data/broadsheet.db",
        "data/broadsheet.db.lock",
        "data/broadsheet.db-wal",
        "data/broadsheet.db-shm",
    }
    assert "data/broadsheet.db" in made
    assert not Path(ROOT / "data").exists()
