"""Bookmarks: ``/bookmarks`` and its subcommands, the button below a paper, and the entry of a message's menu."""

import asyncio
import io
import re
from collections.abc import Sequence
from math import ceil

import discord
from discord import app_commands
from discord.app_commands import Choice, Range

from bot import library
from bot.chat.discord import answers, limits
from bot.chat.discord.commands.frame import (
    Answer,
    Asker,
    Command,
    Desk,
    Item,
    answer,
    button,
    offered,
    said,
    turn,
)
from bot.chat.discord.commands.papers import LONGEST, LONGEST_NAME, searched
from bot.chat.discord.render import BOOKMARK_ID, title_of
from bot.errors import NotFound
from bot.library import export
from bot.store import outbox

NAMED = "One of your bookmarks, by words of its title"

FORMATS = [
    Choice(name=name, value=value)
    for value, name in (
        ("bibtex", "BibTeX"),
        ("ris", "RIS (Zotero, Mendeley, EndNote)"),
        ("csv", "CSV (spreadsheets)"),
        ("json", "JSON"),
        ("markdown", "Markdown"),
    )
]


async def listed(desk: Desk, asker: Asker, page: int = 1) -> Answer:
    """A page of what the person keeps, or the last one when there are not that many."""
    total = await library.kept_count(desk.store, asker.person)
    page = max(min(page, ceil(total / answers.PAGE)), 1)
    some = await library.kept(desk.store, asker.person, answers.PAGE, (page - 1) * answers.PAGE)
    return Answer(answers.kept(some, page=page, total=total))


async def noted(desk: Desk, asker: Asker, text: str, note: str | None) -> Answer:
    """Write a note on a bookmark, or drop the one that is there."""
    paper_id, title = await _own(desk, asker, text)
    note = " ".join((note or "").split())
    if not await library.note(desk.store, asker.person, paper_id, note):
        raise NotFound(f"{title}: not among your bookmarks, so it takes no note; keep it first")
    return said(f"Noted on “{title}”: {note}" if note else f"No note any more on “{title}”.")


async def removed(desk: Desk, asker: Asker, text: str) -> Answer:
    """Drop a bookmark."""
    paper_id, title = await _own(desk, asker, text)
    if not await library.unbookmark(desk.store, asker.person, paper_id):
        raise NotFound(f"{title}: not among your bookmarks")
    return said(f"Dropped: {title}")


async def exported(desk: Desk, asker: Asker, format: str) -> Answer:
    """The person's bookmarks as a file."""
    kept = await library.kept(desk.store, asker.person)
    text = await asyncio.to_thread(export.render, format, kept)
    data = text.encode("utf-8", "replace")
    if not kept:
        return Answer(answers.kept([], page=1, total=0))
    if len(data) > limits.FILE_BYTES:
        raise NotFound(
            f"Your {len(kept):,} bookmarks make a file of {len(data) / 2**20:.1f} MiB, and Discord takes "
            f"{limits.FILE_BYTES / 2**20:.0f}. Try another format, of which Markdown is the smallest; or whoever "
            f"runs the bot can write the file with: broadsheet bookmarks --export {format}"
        )
    papers = "paper" if len(kept) == 1 else "papers"
    file = discord.File(io.BytesIO(data), f"bookmarks{export.FORMATS[format].suffix}")
    return Answer(answers.said(f"Your bookmarks: {len(kept):,} {papers}."), file)


async def toggled(desk: Desk, asker: Asker, paper_id: int, source: str) -> Answer:
    """Keep a paper, or drop it when the person keeps it already."""
    title = title_of(await library.paper(desk.store, paper_id))
    if await library.bookmark(desk.store, asker.person, paper_id, desk.clock(), source):
        return said(f"Kept: {title}. Press again to drop it.")
    await library.unbookmark(desk.store, asker.person, paper_id)
    return said(f"Dropped: {title}. Press again to keep it.")


async def marked(desk: Desk, asker: Asker, message_id: int) -> Answer:
    """Keep or drop the paper that a message shows."""
    message = await desk.store.read(outbox.message_of_platform, "discord", str(message_id))
    if message is None or message.paper_id is None:
        return said("That message is not one of my papers; choose this on a message that shows one.")
    return await toggled(desk, asker, message.paper_id, "discord:menu")


def commands(desk: Desk) -> tuple[Command, ...]:
    """These commands as Discord knows them."""
    group = app_commands.Group(name="bookmarks", description="The papers that you keep")

    async def own(interaction: discord.Interaction, typed: str) -> list[Choice[str]]:
        async def find() -> Sequence[tuple[str, str]]:
            kept = await library.complete_kept(desk.store, f"discord:{interaction.user.id}", typed)
            return [(str(paper_id), title) for paper_id, title in kept]

        return await offered(interaction, find)

    @group.command(name="list", description="List what you keep, newest first, with your notes")
    async def list_(interaction: discord.Interaction) -> None:
        await answer(interaction, lambda asker: listed(desk, asker))

    @group.command(description="Find papers among those that you keep")
    @app_commands.describe(query="Words of a title or abstract; /help tells what else a search understands")
    async def search(interaction: discord.Interaction, query: Range[str, 1, LONGEST]) -> None:
        # First, so that a quotation mark left open in the query cannot swallow it.
        asked = f"bookmarked:me {' '.join(query.split())}"
        await answer(interaction, lambda asker: searched(desk, asker, asked))

    @group.command(description="Write a note on a paper that you keep")
    @app_commands.describe(paper=NAMED, text="Your note; without one, the note that is there is dropped")
    @app_commands.autocomplete(paper=own)
    async def note(
        interaction: discord.Interaction,
        paper: Range[str, 1, LONGEST_NAME],
        text: Range[str, 1, library.LONGEST_NOTE] | None = None,
    ) -> None:
        await answer(interaction, lambda asker: noted(desk, asker, paper, text))

    @group.command(name="export", description="Get your bookmarks as a file")
    @app_commands.describe(format="What the file is for")
    @app_commands.choices(format=FORMATS)
    async def export_(interaction: discord.Interaction, format: str) -> None:
        await answer(interaction, lambda asker: exported(desk, asker, format))

    @group.command(description="Drop a paper from your bookmarks")
    @app_commands.describe(paper=NAMED)
    @app_commands.autocomplete(paper=own)
    async def remove(interaction: discord.Interaction, paper: Range[str, 1, LONGEST_NAME]) -> None:
        await answer(interaction, lambda asker: removed(desk, asker, paper))

    @app_commands.context_menu(name="Bookmark")
    async def menu(interaction: discord.Interaction, message: discord.Message) -> None:
        await answer(interaction, lambda asker: marked(desk, asker, message.id))

    return group, menu


def buttons(desk: Desk) -> tuple[Item, ...]:
    """The button that keeps a paper, and those that lead to other pages of bookmarks."""

    async def pressed(interaction: discord.Interaction, match: re.Match[str]) -> None:
        await answer(interaction, lambda asker: toggled(desk, asker, int(match["paper"]), "discord:button"))

    async def turned(interaction: discord.Interaction, match: re.Match[str]) -> None:
        await turn(interaction, lambda asker: listed(desk, asker, int(match["page"])))

    return button(BOOKMARK_ID, pressed), button(answers.KEPT_ID, turned)


async def _own(desk: Desk, asker: Asker, text: str) -> tuple[int, str]:
    """The (id, title) of the paper that a person names: by number, else best among their own, else at all."""
    mine = [] if text.strip().isdecimal() else await library.complete_kept(desk.store, asker.person, text, 2)
    if len(mine) == 1:
        return mine[0]
    paper_id = await library.resolve(desk.store, text)
    return paper_id, title_of(await library.paper(desk.store, paper_id))
