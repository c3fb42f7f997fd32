"""What people follow, and what is kept about them."""

import json
from datetime import datetime
from typing import Literal

from bot.errors import NotFound
from bot.models import Follow
from bot.store import Connection, Store, completion, follows, privacy

MOST_FOLLOWS = 50
"""Tags and phrases that one person may follow in one server: each is looked for in every new paper."""

LONGEST_PHRASE = 80
"""Characters of a phrase that is followed."""

_ALL = 10_000


async def follow(store: Store, person: str, server: str, text: str, now: datetime, *, direct: bool) -> Follow:
    """Follow a tag, if the text is one that papers have, else a phrase; doing so again changes ``direct``.

    Raises NotFound when there is no letter or digit in the text, or the person follows too much already.
    """
    return await store.write(_follow, person, server, text, now, direct)


async def unfollow(store: Store, person: str, server: str, text: str) -> bool:
    """No longer follow a tag or phrase; False when the person did not."""
    return await store.write(_unfollow, person, server, text)


async def following(store: Store, person: str, server: str) -> list[Follow]:
    """What the person follows in a server, by name."""
    return await store.read(follows.of, person, server)


async def kept_about(store: Store, person: str) -> str:
    """All that is kept about a person, as JSON that people can read."""
    return json.dumps(await store.read(privacy.about, person), ensure_ascii=False, indent=2)


async def forget(store: Store, person: str) -> int:
    """Drop all that is kept about a person; gives how many things that were."""
    return await store.write(privacy.forget, person)


def _follow(db: Connection, person: str, server: str, text: str, now: datetime, direct: bool) -> Follow:
    value = _plain(text)
    if not any(character.isalnum() for character in value):
        raise NotFound("There is nothing to follow in that; name a tag, or a few words")
    known = follows.of(db, person, server)
    tag = next((tag for tag in completion.tags(db, value, _ALL) if tag.casefold() == value), None)
    kind: Literal["tag", "phrase"] = "phrase" if tag is None else "tag"
    wanted = Follow(person, server, kind, tag or value, direct, now)
    if len(known) >= MOST_FOLLOWS and wanted.value not in [one.value for one in known]:
        raise NotFound(f"You follow {MOST_FOLLOWS} tags and phrases already; let go of one with /unfollow")
    follows.add(db, wanted)
    return wanted


def _unfollow(db: Connection, person: str, server: str, text: str) -> bool:
    found = [one for one in follows.of(db, person, server) if one.value.casefold() == _plain(text)]
    for one in found:
        follows.remove(db, person, server, one.value)
    return bool(found)


def _plain(text: str) -> str:
    """As it is kept: small letters, single spaces."""
    return " ".join(text.casefold().split())[:LONGEST_PHRASE].strip()
