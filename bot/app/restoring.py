"""Bringing in another history's export: its papers as already seen, its posts as past, its bookmarks."""

import asyncio
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from bot import app
from bot.errors import DigestError
from bot.ingest import MakeBrief, admit
from bot.models import Bookmark, Entry, Receipt, Unreadable
from bot.reading.brief import paper_of
from bot.settings import Settings
from bot.sources.text import ABSTRACT_CAP, EXCERPT, TITLE_CAP, clean
from bot.store import Connection, bookmarks, digests, papers, restore
from bot.store.rows import must_time

FORMAT = "export"

LINE_CAP = 5_000_000
"""Bytes of one record; the largest is a post with its papers."""

STEP = 1_000_000
"""Bytes between two words of progress."""

Tell = Callable[[int, int], None]


def is_export(path: Path) -> bool:
    """Whether the file begins as an export in JSON Lines does."""
    try:
        with path.open("rb") as file:
            return file.readline(200).startswith(b'{"type": "broadsheet", "version": ')
    except OSError:
        return False


async def take_in(settings: Settings, path: Path, tell: Tell | None) -> Receipt:
    """Read an export into the history, all of it or nothing; a record that is none is quarantined.

    Nothing of it is ever posted. Done twice, it changes nothing. Raises StoreError, SettingsError.
    """
    make_brief = app.brief_maker(settings, app.summary_later)
    try:
        sha256 = await asyncio.to_thread(_sha256, path)
    except OSError as error:
        return Receipt(path.name, 0, 0, 0, 0, error=f"{path}: cannot be read ({error.strerror})")
    with app.opened(settings, writes=True) as store:
        known = await store.read(digests.receipt, sha256)
        if known is not None and known.error is None:
            return replace(known, file=path.name, new=0, seen=known.new + known.seen, again=True)
        return await store.write(_take_in, path, sha256, make_brief, app.now(), tell)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _take_in(
    db: Connection, path: Path, sha256: str, make_brief: MakeBrief, now: datetime, tell: Tell | None
) -> Receipt:
    digests.forget_failure(db, sha256)
    digest_id = digests.record(db, sha256, path.name, now, format=FORMAT, origin="library")
    ids: dict[int, int] = {}
    unreadable: list[Unreadable] = []
    new = named = 0
    for number, line in _lines(path, tell):
        try:
            facts = _record(line)
            match facts["type"]:
                case "channel":
                    restore.channel(db, facts)
                case "paper":
                    entry = _entry(facts, number, named + 1)
                    seen = must_time(facts["first_seen"])
                    brief = make_brief(paper_of(entry))
                    paper_id, is_new = admit(
                        db, digest_id, path.name, None, entry, brief, make_brief, seen if seen.tzinfo else now
                    )
                    ids[int(facts["id"])] = paper_id
                    named, new = named + 1, new + is_new
                case "post":
                    restore.post(db, facts, ids)
                case "bookmark":
                    bookmarks.add(db, _bookmark(facts, ids))
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError, RecursionError) as error:
            reason = f"no record of an export: {type(error).__name__}: {clean(str(error))[:100]}"
            text = clean(line[: 2 * EXCERPT].decode("utf-8", "replace"))[:EXCERPT]
            unreadable.append(Unreadable(number, reason, text))
    papers.index(db)
    digests.quarantine(db, digest_id, unreadable)
    receipt = Receipt(path.name, named + len(unreadable), new, named - new, len(unreadable))
    digests.finish(db, digest_id, receipt)
    return receipt


def _lines(path: Path, tell: Tell | None) -> Iterator[tuple[int, bytes]]:
    """Each line but the first, with its number, one at a time."""
    try:
        total, told = path.stat().st_size, 0
        with path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                if tell is not None and file.tell() - told >= STEP:
                    told = file.tell()
                    tell(told, total)
                if number > 1 and line.strip():
                    yield number, line
    except OSError as error:
        raise DigestError(f"{path}: cannot be read ({error.strerror}); nothing of it was kept") from None


def _record(line: bytes) -> Mapping[str, Any]:
    if len(line) > LINE_CAP:
        raise ValueError(f"longer than {LINE_CAP:,} bytes")
    facts = json.loads(line)
    if not isinstance(facts, dict):
        raise TypeError("not a JSON object")
    return facts


def _entry(facts: Mapping[str, Any], line: int, position: int) -> Entry:
    title, abstract = clean(facts["title_as_printed"]), clean(facts["abstract_as_printed"])
    if not title or len(title) > TITLE_CAP or len(abstract) > ABSTRACT_CAP:
        raise ValueError("no title, or one or an abstract that is too long")
    published, upvotes = facts["published"], facts["upvotes"]
    return Entry(
        title=title,
        abstract=abstract,
        line=line,
        position=position,
        arxiv_id=_text(facts["arxiv_id"]),
        doi=_text(facts["doi"]),
        url=_text(facts["url"]),
        authors=tuple(clean(name) for name in facts["authors"]),
        categories=tuple(clean(name) for name in facts["categories"]),
        published=None if published is None else date.fromisoformat(published),
        upvotes=None if upvotes is None else int(upvotes),
    )


def _bookmark(facts: Mapping[str, Any], ids: Mapping[int, int]) -> Bookmark:
    created = must_time(facts["created"])
    if created.tzinfo is None:
        raise ValueError("a time without a zone")
    return Bookmark(
        clean(facts["person"]), ids[facts["paper"]], created, clean(facts["note"]), clean(facts["source"])
    )


def _text(value: str | None) -> str | None:
    return None if value is None else clean(value)
