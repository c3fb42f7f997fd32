"""The commands that carry a history elsewhere: a copy, JSON Lines and CSV, whole or not at all."""

import csv
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, TextIO

from bot import app
from bot.errors import BroadsheetError
from bot.library.export import cell
from bot.settings import Settings
from bot.store import Connection, backup
from bot.store import export as whole
from bot.store.export import Facts, Kind, Take

VERSION = 1
"""Of the JSON Lines that an export writes; the first line says it."""

STEP = 200
"""Records between two words of progress."""

Tell = Callable[[int, int], None]

DATABASES = (".db", ".sqlite", ".sqlite3")


async def export(settings: Settings, to: Path, tell: Tell | None) -> list[Path]:
    """Write everything to a new file or folder, and give the files.

    A name that ends in ``.db`` is a copy of the history, one in ``.jsonl`` JSON Lines; any other is a folder with
    both, and a CSV file for each kind of record. Raises BroadsheetError; then nothing is left behind.
    """
    part = _beside(to)
    with app.opened(settings, writes=False) as store, _said(to), _cleared(part):
        if to.suffix in DATABASES:
            backup(app.database(settings), part)
        elif to.suffix == ".jsonl":
            await store.read(_write_lines, to, part, tell)
        else:
            await store.read(_write_folder, to, part, tell)
            backup(app.database(settings), part / app.DATABASE)
        return _finished(part, to)


def _beside(to: Path) -> Path:
    """Where it is written until it is whole."""
    if to.exists():
        raise BroadsheetError(f"{to}: exists already; name a file or folder that does not")
    return to.with_name(f"{to.name}.{os.getpid()}.part")


def _finished(part: Path, to: Path) -> list[Path]:
    part.rename(to)
    return sorted(to.iterdir()) if to.is_dir() else [to]


def _write_lines(db: Connection, to: Path, part: Path, tell: Tell | None) -> None:
    with _said(to):
        _write(db, part, None, tell)


def _write_folder(db: Connection, to: Path, part: Path, tell: Tell | None) -> None:
    with _said(to):
        part.mkdir()
        _write(db, part / "broadsheet.jsonl", part, tell)


@contextmanager
def _cleared(part: Path) -> Iterator[None]:
    """Take away what is half written at the end."""
    try:
        yield
    finally:
        if part.is_dir():
            shutil.rmtree(part, ignore_errors=True)
        with suppress(OSError):
            part.unlink()


@contextmanager
def _said(to: Path) -> Iterator[None]:
    """Say in our words, and of this file, what the file system did not allow."""
    try:
        yield
    except OSError as error:
        raise BroadsheetError(
            f"{to}: cannot be written ({error.strerror or error}); check the folder and the space on its disk"
        ) from None


def _write(db: Connection, lines: Path, tables: Path | None, tell: Tell | None) -> None:
    """Write every record as a line, and into tables if there is a folder for them; keeps none in memory."""
    total, done = whole.size(db), 0
    with ExitStack() as stack:
        out = stack.enter_context(lines.open("w", encoding="utf-8", newline="\n"))
        out.write(json.dumps({"type": "broadsheet", "version": VERSION}) + "\n")
        table = None if tables is None else _tables(tables, stack)

        def take(kind: Kind, facts: Facts) -> None:
            nonlocal done
            out.write(json.dumps({"type": kind} | facts, ensure_ascii=False) + "\n")
            if table is not None:
                table(kind, facts)
            done += 1
            if tell is not None and (done % STEP == 0 or done == total):
                tell(done, total)

        whole.each(db, take)


def _tables(folder: Path, stack: ExitStack) -> Take:
    """Write records as rows: a table for each kind, and one for each list of objects inside of it."""
    writers: dict[str, Any] = {}

    def row(name: str, facts: Facts) -> None:
        if name not in writers:
            file: TextIO = stack.enter_context(
                (folder / f"{name}.csv").open("w", encoding="utf-8", newline="")
            )
            writers[name] = csv.writer(file, quoting=csv.QUOTE_ALL)
            writers[name].writerow(facts)
        writers[name].writerow([_cell(value) for value in facts.values()])

    def take(kind: Kind, facts: Facts) -> None:
        inside = {name: value for name, value in facts.items() if name in _INSIDE}
        row(f"{kind}s", {name: value for name, value in facts.items() if name not in inside})
        owner = (
            {"of": facts["id"]}
            if kind == "paper"
            else {"channel": facts.get("channel"), "date": facts.get("date")}
        )
        for name, items in inside.items():
            assert isinstance(items, list)
            for item in items:
                row(_INSIDE[name], owner | item)

    return take


_INSIDE = {"sightings": "sightings", "papers": "post_papers", "messages": "messages"}
"""What stands inside of a record and gets a table of its own, by that table's name."""


def _cell(value: object) -> str:
    match value:
        case None | int() | str():
            return cell(value)
        case list() if all(isinstance(item, str) for item in value):
            return cell(value)
        case _:
            return cell(json.dumps(value, ensure_ascii=False))
