"""A reaction is a bookmark: each event, told any number of times, and who may drop what."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Literal

import discord
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chat.discord.reactions import SOURCE, Event, Inbox, apply, key_of
from bot.models import Bookmark
from bot.store import Connection, Store, bookmarks, channels, outbox, reactions
from bot.store.database import connect
from tests.store import samples
from tests.store.samples import NOW, on_discord

ADA, EVE, EMOJI = "discord:1", "discord:2", "🔖"
PAPER, TWIN, HEADER = "100", "200", "99"


def fill(db: Connection) -> None:
    """Two channels in which the same two papers were posted: messages 99 to 101, and 199 to 201."""
    ids = samples.admit(db, 2)
    for number, first in ((5, 99), (6, 199)):
        channel = on_discord(number)
        channels.set_up(db, channel)
        post = samples.insert(db, ids, channel=channel)
        assert post is not None
        for offset, message in enumerate(outbox.messages(db, post.id)):
            outbox.claim(db, message.id, NOW)
            outbox.record_sent(db, message.id, str(first + offset), NOW)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A history with those messages."""
    path = tmp_path / "history.db"
    made = Store.open(path)
    db = connect(path)
    fill(db)
    db.close()
    yield made
    made.close()


def event(
    kind: Literal["add", "remove", "clear"],
    message: str = PAPER,
    person: str | None = ADA,
    *,
    own: bool = False,
) -> Event:
    """An event of Ada's on a paper, if nothing else is said."""
    return Event(kind, message, person, own)


async def tell(store: Store, *events: Event) -> list[Event]:
    """Let events change the history."""
    return await store.write(apply, events, EMOJI, NOW)


async def kept(store: Store, person: str = ADA) -> list[Bookmark]:
    """A person's bookmarks."""
    return await store.read(bookmarks.of, person)


async def test_a_reaction_keeps_and_its_end_drops(store: Store) -> None:
    """The bookmark says where it was kept from; told twice, nothing changes."""
    for _ in range(2):
        await tell(store, event("add"))
        assert await kept(store) == [Bookmark(ADA, 1, NOW, source=SOURCE)]
    for _ in range(2):
        await tell(store, event("remove"))
        assert await kept(store) == []


async def test_a_reaction_elsewhere_holds_the_bookmark(store: Store) -> None:
    """The same paper in another channel: only the last of a person's reactions drops it."""
    await tell(store, event("add"), event("add", TWIN), event("remove"))
    assert len(await kept(store)) == 1
    await tell(store, event("remove", TWIN))
    assert await kept(store) == []


async def test_a_bookmark_of_other_origin_survives_a_stale_event(store: Store) -> None:
    """An unreaction that was never a reaction here drops nothing that was kept by button."""
    await store.write(bookmarks.add, Bookmark(ADA, 1, NOW, source="discord:button"))
    await tell(store, event("remove"))
    assert len(await kept(store)) == 1


async def test_a_bookmark_dropped_by_button_stays_dropped(store: Store) -> None:
    """A reaction that is told again does not bring it back."""
    await tell(store, event("add"))
    await store.write(bookmarks.remove, ADA, 1)
    await tell(store, event("add"))
    assert await kept(store) == []


async def test_a_moderator_drops_nobodys_bookmark(store: Store) -> None:
    """Clearing a message, or deleting it, ends the reactions only; a later reaction and its end count as ever."""
    await tell(store, event("add"), event("add", person=EVE), event("clear", person=None))
    assert len(await kept(store)) == len(await kept(store, EVE)) == 1
    assert await store.read(reactions.people, 2, EMOJI) == set()
    await tell(store, event("add"), event("remove"))
    assert await kept(store) == []
    assert len(await kept(store, EVE)) == 1


async def test_reactions_to_other_messages_change_nothing(store: Store) -> None:
    """The header is no paper, and what is not ours is given back as unknown."""
    strange = event("add", "12345")
    assert await tell(store, event("add", HEADER), strange) == [strange]
    assert await kept(store) == []


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    """A history of which each example undoes what it did."""
    path = tmp_path_factory.mktemp("reactions") / "history.db"
    Store.open(path).close()
    made = connect(path)
    fill(made)
    yield made
    made.close()


@settings(deadline=None, max_examples=40)
@given(
    told=st.lists(
        st.tuples(
            st.sampled_from(["add", "remove"]), st.sampled_from([PAPER, TWIN]), st.sampled_from([ADA, EVE])
        ),
        max_size=12,
    ),
    again=st.integers(1, 3),
)
def test_events_told_again_at_once_change_nothing(
    db: Connection, told: list[tuple[Literal["add", "remove"], str, str]], again: int
) -> None:
    """However often each event comes, who keeps the paper is who has a reaction left."""
    reacted: set[tuple[str, str]] = set()
    db.execute("BEGIN")
    for kind, message, person in told:
        apply(db, [event(kind, message, person)] * again, EMOJI, NOW)
        (reacted.add if kind == "add" else reacted.discard)((message, person))
    people = {one.person for one in bookmarks.of(db)}
    db.execute("ROLLBACK")
    assert people == {person for _, person in reacted}


class Working:
    """An inbox at work, on a clock that a test puts forward."""

    def __init__(self, store: Store) -> None:
        self.now = NOW
        self.overflows = 0
        self.inbox = Inbox(store, EMOJI, lambda: self.now, self._overflow)

    def _overflow(self) -> None:
        self.overflows += 1

    async def __aenter__(self) -> "Working":
        self._task = asyncio.create_task(self.inbox.work())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)


async def until(true: Callable[[], Awaitable[bool]]) -> None:
    """Wait until something holds."""
    async with asyncio.timeout(10):
        while True:
            if await true():
                return
            await asyncio.sleep(0.01)


async def test_the_inbox_brings_all_to_the_store_in_order(store: Store) -> None:
    """More than one transaction holds; the last event of each person counts."""
    async with Working(store) as working:
        for number in range(700):
            working.inbox.put(event("add", person=f"discord:{number}"))
        for number in range(0, 700, 2):
            working.inbox.put(event("remove", person=f"discord:{number}"))
        await working.inbox.settled()
    assert len(await store.read(reactions.people, 2, EMOJI)) == 350
    assert len(await store.read(bookmarks.of)) == 350


async def test_a_reaction_before_its_message_is_recorded_waits_for_it(store: Store) -> None:
    """People see a message before we have its id; what they then do, and undo, is in order."""

    def record(db: Connection) -> None:
        post = samples.insert(
            db, samples.admit(db, 2, first=8), channel=on_discord(5), local_date=date(2025, 3, 12)
        )
        assert post is not None
        message = outbox.messages(db, post.id)[1]
        outbox.claim(db, message.id, NOW)
        outbox.record_sent(db, message.id, "300", NOW)

    async def is_kept() -> bool:
        return [one.person for one in await store.read(bookmarks.of)] == [EVE]

    async with Working(store) as working:
        working.inbox.put(event("add", "300", own=True))
        await working.inbox.settled()
        working.inbox.put(event("remove", "300"))
        working.inbox.put(event("add", "300", EVE, own=True))
        await working.inbox.settled()
        await store.write(record)
        await until(is_kept)


async def test_what_the_store_cannot_take_waits(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A history that is locked for a while loses no reaction, and keeps their order."""
    monkeypatch.setattr("bot.chat.discord.reactions.STORE_RETRY", 0.05)
    other = connect(store.path, 0.1)
    other.execute("BEGIN IMMEDIATE")
    async with Working(store) as working:
        working.inbox.put(event("add"))
        working.inbox.put(event("remove"))
        working.inbox.put(event("add", person=EVE))
        await asyncio.sleep(0.3)
        other.execute("ROLLBACK")
        await working.inbox.settled()
    other.close()
    assert [one.person for one in await store.read(bookmarks.of)] == [EVE]


async def test_too_many_events_are_made_good_by_looking(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Memory is bounded: what does not fit is dropped, and whoever looks at the messages is asked to."""
    monkeypatch.setattr("bot.chat.discord.reactions.MOST", 2)
    async with Working(store) as working:
        for number in range(5):
            working.inbox.put(event("add", person=f"discord:{number}"))
        await working.inbox.settled()
        assert working.overflows == 1
    assert len(await store.read(bookmarks.of)) == 2


@pytest.mark.parametrize(
    ("emoji", "key"),
    [
        ("🔖", "🔖"),
        ("❤️", "❤"),
        ("kept:123", "123"),
        (discord.PartialEmoji(name="🔖"), "🔖"),
        (discord.PartialEmoji(name="❤️"), "❤"),
        (discord.PartialEmoji(name="renamed", id=123), "123"),
    ],
)
def test_an_emoji_is_known_by_what_does_not_change(emoji: discord.PartialEmoji | str, key: str) -> None:
    """Variation selectors come and go, and names of custom emoji change."""
    assert key_of(emoji) == key
