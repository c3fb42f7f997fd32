"""A history that is carried elsewhere, and what was seen elsewhere brought in."""

import csv
import json
import sqlite3
from contextlib import closing
from pathlib import Path

from tests.scenario.conftest import Home
from tests.scenario.test_run import DUCKS, GEESE, KITES


def waiting(home: Home) -> list[str]:
    """The titles of the next post."""
    return [line["title"] for line in home.lines("preview", "--json")]


def library(home: Home, name: str, *titles: str) -> Path:
    """A BibTeX library of these titles."""
    path = home.path / name
    path.write_text(
        "".join(f"@misc{{k{i},\n  title = {{{{{t}}}}}\n}}\n" for i, t in enumerate(titles)), "utf-8"
    )
    return path


def test_a_library_is_already_seen(home: Home) -> None:
    """What a library names is found by a search and never posted, though it waited or comes again in a digest."""
    home.digest("a.txt", KITES, DUCKS)
    home.run("ingest")
    path = library(home, "zotero.bib", KITES[0], GEESE[0])
    with path.open("a") as file:
        file.write("@misc{broken, title = {never closed\n")
    done = home.run("import", path)
    assert done.stdout.startswith("zotero.bib: 3 entries: 1 new, 1 seen before, 1 unreadable")
    assert waiting(home) == [DUCKS[0]]
    home.digest("b.txt", GEESE, KITES)
    assert home.lines("ingest", "--json")[-1]["new"] == 0
    assert "posted 1 paper" in home.run("post").stdout
    assert GEESE[0] in home.run("search", *GEESE[0].split()[:3]).stdout
    why = home.run("why", GEESE[0]).stdout
    assert "zotero.bib" in why
    assert "waits for the next post" not in why


def test_importing_twice_changes_nothing(home: Home) -> None:
    """The second time says so, and a file that was ingested first can still be declared seen."""
    path = library(home, "mine.bib", KITES[0])
    home.run("ingest", path)
    assert waiting(home) == [KITES[0]]
    assert "read before" in home.run("import", path).stdout
    assert waiting(home) == []
    (receipt,) = home.lines("import", "--json", path)
    assert (receipt["new"], receipt["seen"]) == (0, 1)
    assert home.run("import", home.path / "none.bib").exit_code == 3


def test_an_export_holds_everything(home: Home) -> None:
    """A copy that opens, a line for each record, a table for each kind; what is there is never written over."""
    home.digest("a.txt", KITES, DUCKS)
    home.run("ingest")
    home.run("post")
    done = home.run("export", "--to", "out")
    assert done.exit_code == 0, done.stderr
    folder = home.path / "out"
    lines = [json.loads(line) for line in (folder / "broadsheet.jsonl").read_text("utf-8").splitlines()]
    assert lines[0] == {"type": "broadsheet", "version": 1}
    assert [line["type"] for line in lines[1:]] == ["channel", "digest", "paper", "paper", "post"]
    assert {KITES[0], DUCKS[0]} == {line["title"] for line in lines if line["type"] == "paper"}
    assert all(line["sightings"] and line["tags"] for line in lines if line["type"] == "paper")
    assert {message["state"] for message in lines[-1]["messages"]} == {"sent"}
    with (folder / "papers.csv").open(newline="", encoding="utf-8") as file:
        assert {row["title"] for row in csv.DictReader(file)} == {KITES[0], DUCKS[0]}
    assert {
        "channels.csv",
        "digests.csv",
        "messages.csv",
        "post_papers.csv",
        "posts.csv",
        "sightings.csv",
    } < {path.name for path in folder.iterdir()}
    with closing(sqlite3.connect(folder / "broadsheet.db")) as db:
        assert db.execute("SELECT count(*) FROM papers").fetchone() == (2,)
    assert home.run("export", "--to", "out").exit_code == 1
    assert (
        home.run("export", "--to", "one.jsonl").exit_code
        == home.run("export", "--to", "one.db").exit_code
        == 0
    )
    assert (home.path / "one.jsonl").read_text("utf-8") == (folder / "broadsheet.jsonl").read_text("utf-8")


def test_an_export_leaves_nothing_half_written(home: Home) -> None:
    """Where it cannot be written, one line says so."""
    home.digest("a.txt", KITES)
    home.run("ingest")
    before = sorted(home.path.rglob("*"))
    done = home.run("export", "--to", "none/out")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "cannot be written" in done.stderr
    assert sorted(home.path.rglob("*")) == before


def test_an_export_moves_to_another_machine(home: Home, tmp_path: Path) -> None:
    """Papers, posts and bookmarks come along, once; nothing of it is posted again, and broken lines are told."""
    home.digest("a.txt", KITES, DUCKS)
    home.run("ingest")
    home.run("post")
    assert home.run("export", "--to", "history.jsonl").exit_code == 0
    lines = (home.path / "history.jsonl").read_text("utf-8").splitlines()
    mark = {"type": "bookmark", "person": "web:me", "paper": 1, "created": "2026-03-11T08:00:00Z"}
    lines += [json.dumps(mark | {"note": "read again", "source": "web"}), '{"type": "paper"}', "[1]"]
    (tmp_path / "new").mkdir()
    new = Home(tmp_path / "new")
    (new.path / "history.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    (first,) = new.lines("import", "--json", "history.jsonl")
    assert (first["new"], first["seen"], first["unreadable"]) == (2, 0, 2)
    assert "read before" in new.run("import", "history.jsonl").stdout
    (kept,) = new.lines("bookmarks", "--json")
    assert (kept["title"], kept["note"]) == (KITES[0], "read again")
    assert waiting(new) == []
    assert "posted" in new.run("post").stdout
    assert len(new.lines("why", "1", "--json")[0]["posted"]) == 1
    new.digest("b.txt", DUCKS, GEESE)
    assert new.lines("ingest", "--json")[-1]["new"] == 1
    assert sum(line.get("posted", 0) for line in new.lines("history", "--json")) == 2
