"""``broadsheet doctor``: what could keep the bot from its work, and what to do about it."""

import asyncio
import os
import shutil
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from bot import app
from bot.errors import DigestError, SettingsError, StoreError
from bot.models import State
from bot.reading import vectors
from bot.settings import Settings
from bot.sources.inbox import scan
from bot.store import Store, channels, digests, health, outbox, papers
from bot.store import vectors as kept

ROOM = 200 * app.MEGABYTE
"""Free bytes below which the disk is worth a word; the history of 10,000 papers takes about 50 MB."""

NAMED = 20
"""Rejected papers that are named one by one."""

BUILT = 2026
"""A clock that shows an earlier year is wrong."""


@dataclass(frozen=True, slots=True)
class Check:
    """What one check found; ``text`` says what to do wherever ``status`` is not good."""

    name: str
    status: Literal["good", "warn", "bad"]
    text: str


async def examine(load: Callable[[], Settings]) -> list[Check]:
    """Make every check, in the order in which a person would mend what they find."""
    try:
        settings = load()
        app.brief_maker(settings)
    except SettingsError as error:
        return [Check("settings", "bad", str(error))]
    names = ", ".join(channel.name for channel in settings.channels)
    return [
        Check("settings", "good", f"valid; channels: {names}"),
        _clock(settings, app.now()),
        _folder("digests", settings.digests, needs=os.R_OK | os.X_OK),
        _folder("data", settings.data, needs=os.R_OK | os.W_OK | os.X_OK),
        _disk(settings.data),
        *await _history(settings),
        *await _meaning(settings),
        *await _discord(settings),
        _address(settings),
    ]


def _clock(settings: Settings, now: datetime) -> Check:
    if now.year < BUILT:
        return Check("clock", "bad", f"it shows {now:%Y-%m-%d}, which is past; set the machine's clock")
    times = "; ".join(
        f"{one.name} posts at {one.time:%H:%M} in {one.zone}, where it is {now.astimezone(ZoneInfo(one.zone)):%H:%M}"
        for one in settings.channel_records(app.local_zone())
    )
    return Check("clock and zone", "good", times)


def _folder(name: str, path: Path, *, needs: int) -> Check:
    if not path.exists():
        if name == "data":
            return Check(name, "good", f"{path} is made at the first run")
        return Check(name, "warn", f"{path} is not there; make it and put digest files into it")
    if not path.is_dir():
        return Check(name, "bad", f"{path} is not a folder; name one in the settings")
    if not os.access(path, needs):
        return Check(name, "bad", f"{path} may not be used by this account; change its permissions")
    if name == "digests":
        try:
            return Check(name, "good", f"{path}: {len(scan(path))} digest files")
        except DigestError as error:
            return Check(name, "bad", str(error))
    return Check(name, "good", f"{path} may be written")


def _disk(path: Path) -> Check:
    there = next(folder for folder in (path.absolute(), *path.absolute().parents) if folder.exists())
    free = shutil.disk_usage(there).free
    if free < ROOM:
        return Check(
            "disk", "bad", f"{free // app.MEGABYTE} MB free under {path}; make room, 200 MB at least"
        )
    return Check("disk", "good", f"{free // app.MEGABYTE:,} MB free")


async def _history(settings: Settings) -> list[Check]:
    path = app.database(settings)
    if not path.exists():
        return [Check("history", "good", f"{path} is made at the first run")]
    try:
        with app.opened(settings, writes=False) as store:
            return [
                await _whole(store, path),
                await _unread(store),
                await _outbox(store),
                *await _broken(store),
            ]
    except StoreError as error:
        return [Check("history", "bad", str(error))]


async def _whole(store: Store, path: Path) -> Check:
    faults = await store.read(health.faults)
    if faults:
        return Check("history", "bad", f"{path} is damaged ({faults[0]}); restore a backup")
    count, size = await store.read(papers.count), await store.read(health.size)
    return Check("history", "good", f"{path}: whole, {count:,} papers, {size / app.MEGABYTE:,.1f} MB")


async def _unread(store: Store) -> Check:
    failed = [receipt for receipt in await store.read(digests.latest, 50) if receipt.error is not None]
    if failed:
        return Check(
            "digest files", "warn", f"{len(failed)} of the last 50 could not be read: {failed[0].error}"
        )
    return Check("digest files", "good", "the last ones were all read")


async def _broken(store: Store) -> list[Check]:
    """The channels that rest until a person mends them."""
    return [
        Check("channel", "bad", f"{key}: {reason}; it is tried again every hour")
        for key, reason in (await store.read(channels.broken)).items()
    ]


async def _outbox(store: Store) -> Check:
    states = await store.read(outbox.states)
    stuck = {
        state: states[state] for state in (State.REJECTED, State.FAILED, State.UNKNOWN) if state in states
    }
    if stuck:
        told = ", ".join(f"{count} {state}" for state, count in stuck.items())
        return Check(
            "outbox",
            "warn",
            f"{told}; 'broadsheet post' tries today's again, 'broadsheet why' tells more"
            f"{_named(await store.read(outbox.rejected))}",
        )
    return Check("outbox", "good", f"{states.get(State.SENT, 0)} messages sent, none stuck")


def _named(refused: Sequence[tuple[str, str]]) -> str:
    """The papers that were refused, by title and reason."""
    if not refused:
        return ""
    named = "; ".join(f"“{title}” ({reason})" for title, reason in refused[:NAMED])
    return f". Rejected: {named}{f'; and {len(refused) - NAMED} more' if len(refused) > NAMED else ''}"


async def _meaning(settings: Settings) -> list[Check]:
    """Nothing without an encoder; else whether it works, and how many papers have their vectors."""
    name = "search by meaning"
    try:
        encoder = vectors.encoder(settings.search.encoder)
        if encoder is None:
            return []
        await asyncio.to_thread(encoder.encode, [name])
    except SettingsError as error:
        return [Check(name, "warn", f"{error}; until then papers are found by their words alone")]
    try:
        if not app.database(settings).exists():
            return [Check(name, "good", f"{encoder.name} works; papers are encoded while the bot runs")]
        with app.opened(settings, writes=False) as store:
            encoded, total = await store.read(kept.count, encoder.name), await store.read(papers.count)
    except StoreError:
        return []
    rest = "" if encoded >= total else "; the others follow while the bot runs"
    return [Check(name, "good", f"{encoder.name}: {encoded:,} of {total:,} papers are encoded{rest}")]


async def _discord(settings: Settings) -> list[Check]:
    """Nothing without a token and without a channel there; else the token, the gateway, and each channel."""
    records = {record.key: record for record in settings.channel_records(app.local_zone())}
    try:
        if app.database(settings).exists():
            with app.opened(settings, writes=False) as store:
                records |= {one.key: one for one in await store.read(channels.from_setup)}
    except StoreError:
        pass
    there = [record for record in records.values() if record.platform == "discord"]
    if settings.discord.token is None and not there:
        return []
    from bot.chat.discord.checkup import examine

    return [Check(*finding) for finding in await examine(settings.discord, there)]


def _address(settings: Settings) -> Check:
    host, port = settings.web.host, settings.web.port
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            why = error.strerror or str(error)
            return Check(
                "web address", "warn", f"{host}:{port}: {why}; fine if that is the bot, else change web.port"
            )
    return Check("web address", "good", f"http://{host}:{port} is free")
