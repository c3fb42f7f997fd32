"""The composition root: settings become objects with lifetimes. The only reader of clock and environment."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from importlib.resources import files
from pathlib import Path

from bot.app import meaning
from bot.errors import SettingsError
from bot.ingest import MakeBrief
from bot.models import Digest
from bot.reading.brief import brief_of
from bot.reading.summary import Summariser, summarise
from bot.reading.tags import load_taxonomy
from bot.settings import Settings, load
from bot.sources import read_digest
from bot.sources.inbox import load as load_file
from bot.store import Store

CONFIG = Path("config/broadsheet.toml")
"""The settings file that is read when none is named; it need not exist."""

DATABASE = "broadsheet.db"
"""The history's file in the data folder."""


MEGABYTE = 1_000_000
"""Bytes in a megabyte of the settings."""


def now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


def settings(
    config: Path | None = None, data: Path | None = None, environ: Mapping[str, str] = os.environ
) -> Settings:
    """The settings of this run; ``config`` and ``data`` are what the command line names. Raises SettingsError."""
    path = config or (CONFIG if CONFIG.is_file() else None)
    found = load(path, environ)
    changes: dict[str, Path] = {}
    if data is not None:
        changes["data"] = data
    if found.tags_file is None and path is not None and (path.parent / "tags.toml").is_file():
        changes["tags_file"] = path.parent / "tags.toml"
    return found.model_copy(update=changes)


def database(of: Settings) -> Path:
    """Where the history is."""
    return of.data / DATABASE


@contextmanager
def opened(of: Settings, *, writes: bool) -> Iterator[Store]:
    """The history, closed at the end; with ``writes`` it is made when missing. Raises StoreError."""
    store = Store.open(database(of), writes=writes, summarise=summarise, encoder=meaning.encoder(of))
    try:
        yield store
    finally:
        store.close()


def brief_maker(of: Settings, summariser: Summariser = summarise) -> MakeBrief:
    """How this run makes a brief of a paper: with the owner's taxonomy. Raises SettingsError."""
    name, text = _taxonomy(of.tags_file)
    return partial(brief_of, taxonomy=load_taxonomy(text, name=name), summariser=summariser)


def summary_later(*_: str) -> str:
    """No summary for now: making one takes longer than all else, so the store asks for it when it is wanted."""
    return ""


def read_digest_file(of: Settings, path: Path) -> Digest:
    """Read a digest file without the history. Raises DigestError."""
    file = load_file(path, folder=None, max_bytes=of.max_digest_mb * MEGABYTE)
    return read_digest(file.data, name=file.name, modified=file.modified)


def local_zone() -> str:
    """The name of this machine's zone, UTC when it has none that is known."""
    from tzlocal import get_localzone_name

    try:
        return get_localzone_name() or "UTC"
    except (LookupError, ValueError, OSError):
        return "UTC"


def _taxonomy(path: Path | None) -> tuple[str, str]:
    """The owner's taxonomy, else the one that comes with the package, or stands beside it in a checkout."""
    if path is not None:
        try:
            return str(path), path.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(f"tags_file: cannot read {path}: {error}") from None
    package = files("bot")
    shipped = package / "config" / "tags.toml"
    if not shipped.is_file():
        shipped = Path(str(package)).parent / "config" / "tags.toml"
    return "tags.toml", shipped.read_text("utf-8")
