"""What people ask of the bot in Discord is answered: through the loopback Discord, by the unmodified client."""

import asyncio
import json
import re
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot import library
from bot.chat.discord import limits
from bot.store import Connection, Store, people
from bot.store.database import READERS
from tests.contract.discord_rig import FAST, point_at
from tests.contract.newsroom import NOW, TAGS, TODAY, Client, Newsroom, brief, ids_of, text_of
from tests.fakes import discord_interactions
from tests.fakes.discord_bot import world
from tests.fakes.discord_errors import Json
from tests.fakes.discord_server import DiscordServer, Fault, Permission, Reply

WITHIN = 3.0
"""Seconds in which Discord wants an interaction to be acknowledged."""


@pytest.fixture
async def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Newsroom]:
    """A server with one channel, and a history of twelve papers of which nothing is posted yet."""
    store = Store.open(tmp_path / "broadsheet.db")
    async with DiscordServer(rates=FAST) as server:
        point_at(server, monkeypatch)
        guild = server.add_guild()
        room = Newsroom(server, store, guild, guild.add_text(), guild.add_member("ada"), Client(store))
        try:
            await room.open()
            await room.admit(*(brief(number) for number in range(1, 13)))
            yield room
        finally:
            await room.close()
            store.close()
        assert server.violations == []


async def keep(room: Newsroom, *ids: int, person: int | None = None) -> None:
    """Bookmark these papers, one a minute."""
    for minute, paper_id in enumerate(ids):
        at = NOW + timedelta(minutes=minute)
        await library.bookmark(room.store, f"discord:{person or room.reader}", paper_id, at, "test")


async def kept(room: Newsroom) -> list[tuple[int, str, str]]:
    """What the reader keeps, as (paper, source, note), the newest first."""
    found = await library.kept(room.store, f"discord:{room.reader}")
    return [(one.bookmark.paper_id, one.bookmark.source, one.bookmark.note) for one in found]


def pages(reply: Reply) -> list[str]:
    """The buttons that lead to other pages."""
    return [one for one in ids_of(reply) if one.startswith(("page:", "kept:"))]


# Being offered


async def test_commands_are_for_servers_alone(room: Newsroom) -> None:
    """Discord takes them all, and offers them in servers only, to those who installed the bot there."""
    registered = room.server.commands.registered[None]
    assert sorted(command["name"] for command in registered) == [
        "Bookmark",
        "bookmarks",
        "catchup",
        "follow",
        "help",
        "paper",
        "privacy",
        "search",
        "setup",
        "similar",
        "today",
        "top",
        "unfollow",
        "why",
    ]
    for command in registered:
        assert (command["contexts"], command["integration_types"]) == ([0], [0])


async def test_options_offer_what_may_be_meant(room: Newsroom) -> None:
    """Titles with their numbers, tags, and spans of time."""
    titles = await room.offers("paper", "paper", "thrifty transformers 1")
    assert ("Thrifty Transformers 12: Less Is Enough", "12") in titles
    assert len(titles) == 4
    for command in ("similar", "why"):
        assert await room.offers(command, "paper", "2603.00007") == [
            ("Thrifty Transformers 7: Less Is Enough", "7")
        ]
    assert await room.offers("search", "tag", "infer") == [(TAGS[1], TAGS[1])]
    assert await room.offers("search", "since", "MONTH") == [("last month", "last month")]
    assert await room.offers("paper", "paper", 'zebras \x00’%"') == []


@pytest.mark.parametrize("sub", ["note", "remove"])
async def test_options_offer_one_s_own_bookmarks(room: Newsroom, sub: str) -> None:
    """The last kept first, and nobody else's."""
    await keep(room, 3, 2)
    await keep(room, 5, person=room.guild.add_member("eve"))
    offered = await room.offers("bookmarks", "paper", "thrifty", sub)
    assert [value for _, value in offered] == ["2", "3"]


async def test_a_title_of_any_length_is_offered(room: Newsroom) -> None:
    """Cut to what a choice may have, and none that only looks blank."""
    await room.admit(brief(20, "Zebras " * 40), brief(21, "\u200b\u202e"))
    offered = await room.offers("paper", "paper", "zebras")
    assert [(len(name) <= 100, value) for name, value in offered] == [(True, "13")]
    assert ("Untitled paper", "14") in await room.offers("paper", "paper", "")


# Searching


async def test_a_search_is_paged_after_a_restart_while_papers_arrive(room: Newsroom) -> None:
    """The buttons of a page that another process showed lead on, to what there was on the first page's day."""
    reply = await room.ask("search", {"query": "thrifty"})
    assert (reply.ephemeral, reply.deferred, reply.acknowledged is not None) == (True, True, True)
    assert reply.embeds[0]["title"].startswith("12 papers")
    first = text_of(reply)
    seen = re.findall(r"Transformers (\d+): Less Is Enough\]", first)
    await room.admit(*(brief(number) for number in range(30, 34)))
    await room.restart()
    for page in (2, 3):
        button = next(one for one in pages(reply) if one.startswith(f"page:{page}:"))
        turned = await room.press(reply, button)
        assert (turned.message, turned.followups) == (reply.message, [])
        seen += re.findall(r"Transformers (\d+): Less Is Enough\]", text_of(reply))
    assert seen == [str(number) for number in range(12, 0, -1)]
    await room.press(reply, next(one for one in pages(reply) if one.startswith("page:2:")))
    await room.press(reply, next(one for one in pages(reply) if one.startswith("page:1:")))
    assert text_of(reply) == first


async def test_a_search_takes_a_tag_and_a_time(room: Newsroom) -> None:
    """They go into one query, which is shown, and which further pages are of."""
    reply = await room.ask("search", {"query": "layer", "tag": TAGS[1], "since": "2026-03"})
    assert f'tag:"{TAGS[1]}" since:2026-03 layer' in text_of(reply)
    assert reply.embeds[0]["title"].startswith("12 papers")
    turned = await room.press(reply, next(one for one in pages(reply) if one.startswith("page:2:")))
    assert "Page 2 of 3" in text_of(turned)
    nothing = await room.ask("search", {"tag": TAGS[0], "since": "2026-04"})
    assert "Nothing found" in nothing.content
    week = await room.ask("search", {"since": "Last  Week"})
    assert week.embeds[0]["title"].startswith("12 papers")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({}, "Say what to look for"),
        ({"query": "  "}, "Say what to look for"),
        ({"query": "kites", "since": "lately"}, "since takes a year, a month or a day"),
        ({"query": "kites", "since": "2026-13"}, "since takes a year, a month or a day"),
        ({"query": "kites"}, "Nothing found for “kites”"),
        ({"query": '"'}, "Nothing found"),
        ({"query": "@everyone <@99> [zq](https://zq.org)"}, "Nothing found"),
    ],
)
async def test_whatever_is_searched_for_is_answered(room: Newsroom, options: Json, told: str) -> None:
    """In a sentence, for the person alone, that mentions nobody."""
    reply = await room.ask("search", options)
    assert told in reply.content
    assert reply.ephemeral
    assert [message.pinged for message in reply.all_messages()] == [set()]


async def test_a_paper_is_shown_by_title_or_number(room: Newsroom) -> None:
    """With what a reader needs, where it was posted in this server, and a button."""
    sent = await room.post([4, 5])
    for text in ("5", "2603.00005", "Thrifty Transformers 5: Less Is Enough"):
        reply = await room.ask("paper", {"paper": text})
        assert "Transformers 5" in text_of(reply)
        assert f"https://discord.com/channels/{room.guild.id}/{sent[0]}/{sent[2]}" in text_of(reply)
        assert "bookmark:5" in ids_of(reply)
    missing = await room.ask("paper", {"paper": "zebras"})
    assert missing.content.startswith("zebras: no such paper; try /search with a few words of its title")


async def test_similar_papers_are_listed(room: Newsroom) -> None:
    """Those that share words and tags, without the paper itself."""
    reply = await room.ask("similar", {"paper": "5"})
    assert "Like “Thrifty Transformers 5" in text_of(reply)
    assert "bookmark:5" not in ids_of(reply)
    assert len(ids_of(reply)) > 0
    (lonely,) = await room.admit(brief(40, "Zzz"))
    assert "No such paper" not in text_of(await room.ask("similar", {"paper": str(lonely)}))


async def test_why_tells_of_this_server_alone(room: Newsroom) -> None:
    """A paper posted in another server is told of there, as is a channel that waits for it."""
    other = room.guild_beside()
    await room.post([4], place=other)
    await room.post([5])
    told = text_of(await room.ask("why", {"paper": "4"}))
    assert str(other.id) not in told
    assert "elsewhere" not in told
    assert "waits for the next post" in told
    posted = text_of(await room.ask("why", {"paper": "5"}))
    assert "place 1" in posted


async def test_a_hit_links_to_this_server_alone(room: Newsroom) -> None:
    """Where else a paper was posted is not its members' concern, nor is what they may not look into."""
    other = room.guild_beside()
    hidden = room.guild.add_text("board")
    await room.post([4], place=other)
    await room.post([5], place=hidden)
    await room.server.until(lambda: room.client.get_channel(hidden.id) is not None)
    links = re.compile(r"discord\.com/channels/\d+")
    assert links.findall(text_of(await room.ask("search", {"query": "2603.00004"}))) == []
    assert len(links.findall(text_of(await room.ask("search", {"query": "2603.00005"})))) == 1
    room.guild.deny(hidden, Permission.VIEW_CHANNEL, whom=room.reader)
    await room.server.until(lambda: room.hides(hidden))
    assert links.findall(text_of(await room.ask("search", {"query": "2603.00005"}))) == []
    for name in ("paper", "why"):
        assert links.findall(text_of(await room.ask(name, {"paper": "5"}))) == []
    for name in ("today", "catchup"):
        assert "board" not in text_of(await room.ask(name))


async def test_the_papers_most_kept_are_listed_by_time(room: Newsroom) -> None:
    """This week's, this month's, or all."""
    eve = room.guild.add_member("eve")
    await keep(room, 3)
    await keep(room, 3, 2, person=eve)
    room.client.now = NOW + timedelta(days=20)
    await keep_later(room, 7)
    for period, first in ((None, 7), ("week", 7), ("month", 3), ("ever", 3)):
        reply = await room.ask("top", {} if period is None else {"period": period})
        assert ids_of(reply)[0] == f"bookmark:{first}", period
    room.client.now = NOW + timedelta(days=200)
    assert "Nobody has kept a paper" in (await room.ask("top", {"period": "month"})).content


async def keep_later(room: Newsroom, paper_id: int) -> None:
    """Bookmark a paper now."""
    await library.bookmark(room.store, "discord:9", paper_id, room.client.now, "test")


async def test_help_names_every_command(room: Newsroom) -> None:
    """Those of a group one by one."""
    told = text_of(await room.ask("help"))
    for name in ("search", "bookmarks export", "bookmarks list", "catchup", "why"):
        assert f"`/{name}`" in told


# Keeping


async def test_the_button_keeps_and_drops_after_a_restart(room: Newsroom) -> None:
    """On a message that another process sent, each press turns it over, and only the person is told."""
    sent = await room.post([4, 5])
    await room.restart()
    reply = await room.press(sent[2], "bookmark:5")
    assert reply.content == "Kept: Thrifty Transformers 5: Less Is Enough. Press again to drop it."
    assert (reply.ephemeral, reply.deferred) == (True, True)
    assert await kept(room) == [(5, "discord:button", "")]
    dropped = await room.press(sent[2], "bookmark:5")
    assert dropped.content.startswith("Dropped: Thrifty Transformers 5")
    assert await kept(room) == []
    assert "bookmark:5" in ids_of(room.server.message(sent[2]))


async def test_the_button_of_an_answer_works(room: Newsroom) -> None:
    """As on a post."""
    reply = await room.ask("search", {"query": "2603.00006"})
    await room.press(reply, "bookmark:6")
    assert await kept(room) == [(6, "discord:button", "")]


async def test_the_menu_keeps_the_paper_of_a_message(room: Newsroom) -> None:
    """And says so when a message shows none, be it ours or anybody's."""
    sent = await room.post([4, 5])
    reply = await room.server.menu(room.reader, sent[1], "Bookmark")
    assert reply.content.startswith("Kept: Thrifty Transformers 4")
    assert await kept(room) == [(4, "discord:menu", "")]
    chat = await room.server.say(room.reader, room.place.id, "hello")
    for message_id in (sent[0], chat.id):
        reply = await room.server.menu(room.reader, message_id, "Bookmark")
        assert (reply.ephemeral, reply.content) == (
            True,
            "That message is not one of my papers; choose this on a message that shows one.",
        )


async def test_one_s_own_bookmarks_are_listed_in_pages(room: Newsroom) -> None:
    """The last kept first, with notes; nobody else's; a page that has gone leads to the last there is."""
    await keep(room, *range(1, 8))
    await keep(room, 9, person=room.guild.add_member("eve"))
    await library.note(room.store, f"discord:{room.reader}", 7, "read *again*")
    reply = await room.ask("bookmarks", sub="list")
    assert reply.embeds[0]["title"] == "7 bookmarked papers"
    assert r"read \*again\*" in text_of(reply)
    await room.restart()
    turned = await room.press(reply, "kept:2")
    assert [one for one in ids_of(turned) if one.startswith("bookmark:")] == ["bookmark:2", "bookmark:1"]
    for paper_id in (1, 2, 3):
        await library.unbookmark(room.store, f"discord:{room.reader}", paper_id)
    await room.press(reply, "kept:1")
    assert reply.embeds[0]["title"] == "4 bookmarked papers"


async def test_without_bookmarks_there_is_a_sentence(room: Newsroom) -> None:
    """Whatever is asked of them."""
    assert (await room.ask("bookmarks", sub="list")).content.startswith("No bookmarks yet.")
    for format in ("ris", "csv"):
        assert (await room.ask("bookmarks", {"format": format}, "export")).content.startswith(
            "No bookmarks yet."
        )
    reply = await room.ask("bookmarks", {"query": "thrifty"}, "search")
    assert reply.content.startswith("Nothing found")
    for sub in ("note", "remove"):
        reply = await room.ask("bookmarks", {"paper": "3"}, sub)
        assert reply.content.startswith("Thrifty Transformers 3: Less Is Enough: not among your bookmarks")
        missing = await room.ask("bookmarks", {"paper": "zebras"}, sub)
        assert missing.content.startswith("zebras: no such paper")


async def test_one_s_own_bookmarks_are_searched(room: Newsroom) -> None:
    """Only they, however the query is quoted, and on further pages, too."""
    await keep(room, *range(1, 8))
    await keep(room, 9, person=room.guild.add_member("eve"))
    reply = await room.ask("bookmarks", {"query": 'thrifty "'}, "search")
    assert reply.embeds[0]["title"].startswith("7 papers")
    turned = await room.press(reply, next(one for one in pages(reply) if one.startswith("page:2:")))
    assert len([one for one in ids_of(turned) if one.startswith("bookmark:")]) == 2


async def test_a_note_is_written_and_dropped(room: Newsroom) -> None:
    """On the paper that was chosen, or that one's own titles lead to."""
    await keep(room, 3, 12)
    reply = await room.ask("bookmarks", {"paper": "3", "text": "see  **this**"}, "note")
    assert reply.content == r"Noted on “Thrifty Transformers 3: Less Is Enough”: see \*\*this\*\*"
    await room.ask("bookmarks", {"paper": "transformers 12", "text": "later"}, "note")
    assert await kept(room) == [(12, "test", "later"), (3, "test", "see **this**")]
    assert "No note any more" in (await room.ask("bookmarks", {"paper": "3"}, "note")).content
    assert await kept(room) == [(12, "test", "later"), (3, "test", "")]


async def test_a_bookmark_is_removed(room: Newsroom) -> None:
    """And removing it twice is told."""
    await keep(room, 3)
    assert (await room.ask("bookmarks", {"paper": "3"}, "remove")).content.startswith("Dropped: Thrifty")
    assert await kept(room) == []
    assert "not among your bookmarks" in (await room.ask("bookmarks", {"paper": "3"}, "remove")).content


@pytest.mark.parametrize(
    ("format", "name", "begins"),
    [
        ("bibtex", "bookmarks.bib", b"@misc{"),
        ("ris", "bookmarks.ris", b"TY  - UNPB\r\n"),
        ("csv", "bookmarks.csv", b'"id",'),
        ("json", "bookmarks.json", b"[\n"),
        ("markdown", "bookmarks.md", b"- ["),
    ],
)
async def test_bookmarks_are_exported_as_a_file(
    room: Newsroom, format: str, name: str, begins: bytes
) -> None:
    """For the person alone, with what they keep and nothing else."""
    await keep(room, 3, 4)
    await keep(room, 9, person=room.guild.add_member("eve"))
    reply = await room.ask("bookmarks", {"format": format}, "export")
    assert (reply.ephemeral, list(reply.files)) == (True, [name])
    data = reply.files[name]
    assert data.startswith(begins)
    assert (b"Transformers 3" in data, b"Transformers 4" in data, b"Transformers 9" in data) == (
        True,
        True,
        False,
    )


async def test_a_file_that_discord_would_refuse_is_told(
    room: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With what the person can do."""
    monkeypatch.setattr(limits, "FILE_BYTES", 100)
    await keep(room, 3)
    reply = await room.ask("bookmarks", {"format": "json"}, "export")
    assert reply.files == {}
    assert "broadsheet bookmarks \\-\\-export json" in reply.content.replace("--", "\\-\\-")


# Posts


async def test_today_leads_to_today_s_posts(room: Newsroom) -> None:
    """To each post and its papers; where there is none yet, when it is due and which was the last."""
    assert "No channel of this server" in (await room.ask("today")).content
    late = room.guild.add_text("late")
    sent = await room.post([4, 5])
    await room.post([6], place=late, day=TODAY - timedelta(days=1))
    room.client.now = NOW.replace(hour=8)
    told = text_of(await room.ask("today"))
    assert f"(https://discord.com/channels/{room.guild.id}/{sent[0]})" in told
    for message_id, number in zip(sent[1:], (4, 5), strict=True):
        link = f"https://discord.com/channels/{room.guild.id}/{sent[0]}/{message_id}"
        assert f"[Thrifty Transformers {number}: Less Is Enough]({link})" in told
    assert "2 new papers" in told
    assert re.search(r"#late\*\* due <t:1773219600:t> · \[the last of 2026-03-10\]\(https://discord", told)


async def test_catching_up_gives_what_is_new_to_the_person(room: Newsroom) -> None:
    """At first a week, then what arrived since; another person and another server have their own."""
    other, eve = room.guild_beside(), room.guild.add_member("eve")
    await room.post([1], day=TODAY - timedelta(days=9), at=NOW - timedelta(days=9))
    await room.post([2], day=TODAY - timedelta(days=2), at=NOW - timedelta(days=2))
    await room.post([3], at=NOW - timedelta(minutes=5))
    await room.post([4], place=other, at=NOW - timedelta(minutes=5))
    reply = await room.ask("catchup")
    told = text_of(reply)
    assert told.startswith("2 posts since you last asked")
    assert re.findall(r"Transformers (\d)", told) == ["3", "2"]
    await has_caught_up(room, NOW)
    again = await room.ask("catchup")
    assert again.content == f"Nothing was posted here since <t:{int(NOW.timestamp())}:f>."
    room.client.now = NOW + timedelta(hours=25)
    await room.post([5], day=TODAY + timedelta(days=1), at=NOW + timedelta(hours=24))
    assert re.findall(r"Transformers (\d)", text_of(await room.ask("catchup"))) == ["5"]
    reply = await room.server.command(eve, room.place.id, "catchup", {})
    assert re.findall(r"Transformers (\d)", text_of(reply)) == ["5", "3", "2"]
    assert await caught_up(room, str(other.guild.id if other.guild else 0)) is None


async def caught_up(room: Newsroom, server: str | None = None) -> object:
    """Up to when the reader has caught up."""
    return await room.store.read(people.caught_up, f"discord:{room.reader}", server or str(room.guild.id))


async def has_caught_up(room: Newsroom, when: datetime) -> None:
    """Wait until it is remembered that the reader has caught up by then: just after the answer."""
    for _ in range(500):
        if await caught_up(room) == when:
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it is never remembered")


async def test_who_got_no_answer_has_not_caught_up(room: Newsroom) -> None:
    """The time moves only once the person has what was posted until then."""
    await room.post([3], at=NOW - timedelta(minutes=5))
    room.server.fail(Fault.FORBIDDEN, method="PATCH", path="/messages/@original")
    with capture_logs() as logs:
        await room.ask("catchup")
    assert [one["log_level"] for one in logs] == ["error"]
    assert await caught_up(room) is None
    assert text_of(await room.ask("catchup")).startswith("1 post since")
    await has_caught_up(room, NOW)


# Trouble


@contextmanager
def waiting_store(room: Newsroom) -> Iterator[threading.Event]:
    """A history whose reads all wait, until the event is set."""
    released = threading.Event()
    held = threading.Semaphore(0)

    def wait(_: Connection) -> None:
        held.release()
        released.wait(30)

    tasks = [asyncio.ensure_future(room.store.read(wait)) for _ in range(READERS)]
    yield released
    released.set()
    assert len(tasks) == READERS


async def test_a_waiting_history_keeps_nobody_waiting_for_a_sign(room: Newsroom) -> None:
    """Whatever is asked is acknowledged within three seconds, and answered once the history is."""
    sent = await room.post([4])
    asked: list[tuple[str, Json, str | None]] = [
        ("search", {"query": "thrifty"}, None),
        ("paper", {"paper": "3"}, None),
        ("similar", {"paper": "3"}, None),
        ("why", {"paper": "3"}, None),
        ("top", {}, None),
        ("today", {}, None),
        ("catchup", {}, None),
        ("bookmarks", {}, "list"),
        ("bookmarks", {"query": "x"}, "search"),
        ("bookmarks", {"paper": "3"}, "note"),
        ("bookmarks", {"paper": "3"}, "remove"),
        ("bookmarks", {"format": "csv"}, "export"),
    ]
    with waiting_store(room) as released:
        replies = [asyncio.ensure_future(room.ask(*one)) for one in asked]
        replies.append(asyncio.ensure_future(room.press(sent[1], "bookmark:4")))
        replies.append(asyncio.ensure_future(room.server.menu(room.reader, sent[1], "Bookmark")))
        await room.server.until(
            lambda: len(room.server.made("POST", "/interactions/*/*/callback")) == len(replies)
        )
        assert not any(reply.done() for reply in replies)
        released.set()
        for reply in await asyncio.gather(*replies):
            assert reply.acknowledged is not None
            assert reply.acknowledged < WITHIN
            assert reply.ephemeral
            assert text_of(reply)


async def test_a_waiting_history_offers_nothing_in_time(room: Newsroom) -> None:
    """An empty list within three seconds is better than an error after them."""
    with waiting_store(room), capture_logs() as logs:
        began = room.server.clock()
        assert await room.offers("paper", "paper", "thrifty") == []
        assert room.server.clock() - began < WITHIN
    assert [one["event"] for one in logs] == ["an option offers nothing"]


async def test_a_history_that_cannot_be_read_is_told_with_an_id(room: Newsroom) -> None:
    """The same id stands in the log with the reason; the person learns no path of the machine."""
    room.store.close()
    with capture_logs() as logs:
        reply = await room.ask("search", {"query": "thrifty"})
        assert await room.offers("paper", "paper", "thrifty") == []
    told = re.fullmatch(
        r"The history cannot be used just now\. Try again .*\n-# Error ([0-9a-f]{8})", reply.content
    )
    assert told is not None
    (line,) = [one for one in logs if one.get("id") == told[1]]
    assert (line["log_level"], line["command"]) == ("error", "search")
    assert str(room.store.path) in str(line["error"])
    assert str(room.store.path) not in text_of(reply)


async def test_an_error_of_ours_is_told_with_an_id(room: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    """The person learns nothing of it but the id; a page that failed to turn stays as it is."""

    async def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("secret")

    page = await room.ask("search", {"query": "thrifty"})
    before = text_of(page)
    monkeypatch.setattr(library, "search", broken)
    with capture_logs() as logs:
        reply = await room.ask("search", {"query": "thrifty"})
        turned = await room.press(page, next(one for one in pages(page) if one.startswith("page:2:")))
    told = re.search(r"^Something went wrong\..*\n-# Error ([0-9a-f]{8})$", reply.content)
    assert told is not None
    assert logs[0]["id"] == told[1]
    assert isinstance(logs[0]["exc_info"], ZeroDivisionError)
    assert text_of(page) == before
    assert turned.followups[0].ephemeral
    assert "Something went wrong" in turned.followups[0].content


async def test_who_asks_too_late_is_in_the_log(room: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    """An interaction that has expired is nobody's error."""
    monkeypatch.setattr(discord_interactions, "ACKNOWLEDGE_SECONDS", 0.1)
    room.server.fail(Fault.SLOW, path="/callback", seconds=0.2)
    with capture_logs() as logs:
        await room.ask("search", {"query": "thrifty"})
        await room.server.until(lambda: bool(logs))
    assert [(one["event"], one["log_level"]) for one in logs] == [
        ("an interaction is not answered", "warning")
    ]
    assert "10062" in logs[0]["error"]
    assert room.server.made("PATCH", "/webhooks/*/*/messages/@original") == []


async def test_an_answer_is_tried_once_more_as_a_sentence(room: Newsroom) -> None:
    """What Discord refuses is an error with an id like any other."""
    room.server.fail(Fault.FORBIDDEN, method="PATCH", path="/messages/@original")
    with capture_logs() as logs:
        reply = await room.ask("search", {"query": "thrifty"})
    assert "Something went wrong" in reply.content
    assert [one["event"] for one in logs] == ["a command failed"]


async def test_outside_of_servers_nothing_is_told(room: Newsroom) -> None:
    """A direct message is answered with a sentence, wherever it came from."""
    direct = room.server.direct(room.reader)
    for name in ("search", "catchup"):
        command = next(one for one in room.server.commands.registered[None] if one["name"] == name)
        data = {"id": command["id"], "name": name, "type": 1, "options": []}
        reply = await room.server.interactions.begin(discord_interactions.COMMAND, room.reader, direct, data)
        assert (reply.ephemeral, reply.deferred) == (True, False)
        assert reply.content.startswith("I answer in servers only")


async def test_a_command_of_another_version_is_told(room: Newsroom) -> None:
    """Who still sees an old command is told to reload."""
    data = {"id": "1", "name": "gone", "type": 1, "options": []}
    with capture_logs() as logs:
        reply = await room.server.interactions.begin(
            discord_interactions.COMMAND, room.reader, room.place, data
        )
    assert reply.ephemeral
    assert reply.content.startswith("This command has changed.")
    assert len(logs) == 1


async def test_nothing_is_kept_in_memory_for_a_message(room: Newsroom) -> None:
    """However many answers with buttons were given, the client remembers none of them."""
    for _ in range(3):
        await room.ask("search", {"query": "thrifty"})
    assert room.client.persistent_views == []
    assert json.dumps(sorted(map(str, room.client._connection._view_store._views))) == "[]"


async def test_the_bot_as_it_runs_answers(tmp_path: Path) -> None:
    """Its own client, told the commands when it connected, leads to a post of its own and keeps a paper of it."""
    async with world(tmp_path, runs=True) as here:
        post = await here.posted(2)
        message = await here.message(post, 1)
        reader = here.guild.add_member("ada")
        assert message.platform_id is not None
        kept = await here.server.press(reader, int(message.platform_id), f"bookmark:{message.paper_id}")
        assert kept.content.startswith("Kept: Paper ")
        for _ in range(500):
            today = text_of(await here.server.command(reader, here.place.id, "today", {}))
            if "No channel" not in today:
                break
        thread = f"https://discord.com/channels/{here.guild.id}/{post.thread_id}"
        assert f"]({thread})** today: 2 new papers" in today
        assert f"]({thread}/{message.platform_id})" in today
