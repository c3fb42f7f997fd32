"""The commands that find papers: ``/search``, ``/paper``, ``/similar``, ``/why``, ``/top``."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Literal

import discord
from discord import app_commands
from discord.app_commands import Choice, Range

from bot import library
from bot.chat.discord import answers
from bot.chat.discord.commands import queries
from bot.chat.discord.commands.frame import Answer, Asker, Command, Desk, Item, answer, button, offered, turn
from bot.chat.discord.commands.queries import SPANS
from bot.models import Brief, Hit, Placement
from bot.store import papers

LONGEST = 200
"""Characters of the words of a search."""

LONGEST_NAME = 300
"""Characters by which a paper may be named: the longest titles have as many."""

NAMED = "Words of its title, its arXiv id, DOI or number"

Period = Literal["week", "month", "ever"]
_PERIODS: dict[Period, tuple[int | None, str]] = {
    "week": (7, "Kept by most people this week"),
    "month": (30, "Kept by most people this month"),
    "ever": (None, "Kept by most people"),
}


async def searched(desk: Desk, asker: Asker, asked: str, page: int = 1, last_id: int = 0) -> Answer:
    """A page of what was found, among the papers that there were when the first page was shown."""
    last_id = last_id or await desk.store.read(papers.last_id)
    found = await library.search(
        desk.store, asked, answers.PAGE, (page - 1) * answers.PAGE, person=asker.person, last_id=last_id
    )
    seen = replace(found, hits=[_seen(asker, hit) for hit in found.hits])
    return Answer(answers.hits(asked, seen, page=page, last_id=last_id, server=asker.server))


async def shown(desk: Desk, asker: Asker, text: str) -> Answer:
    """One paper with all that a reader needs."""
    known = await library.why(desk.store, text)
    paper_id = known.brief.paper.id
    assert paper_id is not None
    _, mine = await library.marks(desk.store, asker.person, [paper_id])
    placements = _placements(asker, known.placements)
    return Answer(
        answers.paper(known.brief, placements, known.bookmarks, kept=paper_id in mine, server=asker.server)
    )


async def likened(desk: Desk, asker: Asker, text: str) -> Answer:
    """The papers most like one."""
    brief = await library.paper(desk.store, await library.resolve(desk.store, text))
    assert brief.paper.id is not None
    hits = await library.similar(desk.store, brief.paper.id, answers.MOST)
    title = brief.paper.title
    return Answer(answers.ranked(f"Like “{title}”", _counted(hits), f"No paper is like “{title}”."))


async def explained(desk: Desk, asker: Asker, text: str) -> Answer:
    """How a paper came to be where it is, as far as that is this server's concern."""
    known = await library.why(desk.store, text)
    here = replace(
        known,
        placements=_placements(asker, known.placements),
        waiting=tuple(channel for channel in known.waiting if asker.sees(channel)),
    )
    return Answer(answers.why(here, server=asker.server))


async def most_kept(desk: Desk, period: Period) -> Answer:
    """The papers that most people keep."""
    days, title = _PERIODS[period]
    since = None if days is None else desk.clock() - timedelta(days=days)
    hits = await library.top(desk.store, since, answers.MOST)
    return Answer(answers.ranked(title, _counted(hits), "Nobody has kept a paper in that time."))


def commands(desk: Desk) -> tuple[Command, ...]:
    """These commands as Discord knows them."""

    async def titles(interaction: discord.Interaction, typed: str) -> list[Choice[str]]:
        async def find() -> list[tuple[str, str]]:
            return [(str(paper_id), title) for paper_id, title in await library.complete(desk.store, typed)]

        return await offered(interaction, find)

    async def tags(interaction: discord.Interaction, typed: str) -> list[Choice[str]]:
        async def find() -> list[tuple[str, str]]:
            return [(tag, tag) for tag in await library.complete_tags(desk.store, typed)]

        return await offered(interaction, find)

    async def spans(interaction: discord.Interaction, typed: str) -> list[Choice[str]]:
        return [Choice(name=span, value=span) for span in SPANS if typed.casefold() in span]

    @app_commands.command(description="Find papers by words, by tag, since a date")
    @app_commands.describe(
        query="Words of a title or abstract; /help tells what else a search understands",
        tag="Only papers with this tag",
        since="A year, month or day (2025, 2025-03, 2025-03-11), or a span: 30 days, last week",
    )
    @app_commands.autocomplete(tag=tags, since=spans)
    async def search(
        interaction: discord.Interaction,
        query: Range[str, 1, LONGEST] | None = None,
        tag: Range[str, 1, 100] | None = None,
        since: Range[str, 1, 40] | None = None,
    ) -> None:
        async def ask(asker: Asker) -> Answer:
            asked = queries.query(query, tag, since, desk.clock().date())
            return await searched(desk, asker, asked)

        await answer(interaction, ask)

    @app_commands.command(
        description="Show a paper: its summary, abstract and links, and where it was posted"
    )
    @app_commands.describe(paper=NAMED)
    @app_commands.autocomplete(paper=titles)
    async def paper(interaction: discord.Interaction, paper: Range[str, 1, LONGEST_NAME]) -> None:
        await answer(interaction, lambda asker: shown(desk, asker, paper))

    @app_commands.command(description="Find papers like one, the most alike first")
    @app_commands.describe(paper=NAMED)
    @app_commands.autocomplete(paper=titles)
    async def similar(interaction: discord.Interaction, paper: Range[str, 1, LONGEST_NAME]) -> None:
        await answer(interaction, lambda asker: likened(desk, asker, paper))

    @app_commands.command(description="Tell why a paper was posted, and where it came from")
    @app_commands.describe(paper=NAMED)
    @app_commands.autocomplete(paper=titles)
    async def why(interaction: discord.Interaction, paper: Range[str, 1, LONGEST_NAME]) -> None:
        await answer(interaction, lambda asker: explained(desk, asker, paper))

    @app_commands.command(description="List the papers that most people keep")
    @app_commands.describe(period="Counting what was kept in which time; without it, this week")
    async def top(interaction: discord.Interaction, period: Period = "week") -> None:
        await answer(interaction, lambda asker: most_kept(desk, period))

    return search, paper, similar, why, top


def buttons(desk: Desk) -> tuple[Item, ...]:
    """The buttons that lead to other pages of a search."""

    async def turned(interaction: discord.Interaction, match: re.Match[str]) -> None:
        async def ask(asker: Asker) -> Answer:
            page, last_id = max(int(match["page"]), 1), int(match["last_id"])
            return await searched(desk, asker, asked_on(interaction), page, last_id)

        await turn(interaction, ask)

    return (button(answers.PAGE_ID, turned),)


def asked_on(interaction: discord.Interaction) -> str:
    """The query of the page whose button was pressed."""
    message = interaction.message
    return answers.query_of(message.embeds[0]) if message is not None and message.embeds else ""


def _seen(asker: Asker, hit: Hit) -> Hit:
    return replace(hit, placements=_placements(asker, hit.placements))


def _placements(asker: Asker, placements: Sequence[Placement]) -> tuple[Placement, ...]:
    return tuple(placement for placement in placements if asker.sees(placement.channel))


def _counted(hits: Sequence[Hit]) -> list[tuple[Brief, int]]:
    return [(hit.brief, hit.bookmarks) for hit in hits]
