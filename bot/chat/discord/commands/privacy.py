"""``/privacy``: get or delete everything that is kept about oneself."""

import io
import re

import discord
from discord import app_commands

from bot import library
from bot.chat.discord import answers
from bot.chat.discord.commands.frame import Answer, Asker, Command, Desk, Item, answer, button, said, turn
from bot.chat.discord.render import Button, Rendered

FORGET_ID = re.compile(r"forget")

KEPT = (
    "I keep what you bookmark, with your notes; what you react with on my papers; what you follow, and the messages "
    "about it; when you last caught up; and that you set up a channel, if you did. All under the number of your "
    "account, without your name."
)


async def told(desk: Desk, asker: Asker) -> Answer:
    """All that is kept about the person, as a file."""
    text = await library.kept_about(desk.store, asker.person)
    file = discord.File(io.BytesIO(text.encode("utf-8", "replace")), "kept-about-me.json")
    return Answer(answers.said(KEPT), file)


async def asked(desk: Desk, asker: Asker) -> Answer:
    """Ask whether everything is meant to be deleted."""
    warning = "This deletes your bookmarks, notes and follows, in all servers, for good. /privacy export saves them."
    really = Button("Delete everything about me", custom_id=FORGET_ID.pattern, emoji="🗑️")
    return Answer(Rendered(answers.said(warning).content, buttons=(really,)))


async def forgotten(desk: Desk, asker: Asker) -> Answer:
    """Delete everything that is kept about the person."""
    count = await library.forget(desk.store, asker.person)
    things = "1 thing" if count == 1 else f"{count:,} things"
    return said(
        f"Deleted: {things}. Reactions of yours on my papers of the last days are still in Discord; take them away "
        "there, too, or I count them again when I next connect."
    )


def commands(desk: Desk) -> tuple[Command, ...]:
    """These commands as Discord knows them."""
    group = app_commands.Group(name="privacy", description="What I keep about you")

    @group.command(description="Get everything that I keep about you, as a file")
    async def export(interaction: discord.Interaction) -> None:
        await answer(interaction, lambda asker: told(desk, asker))

    @group.command(description="Delete everything that I keep about you")
    async def delete(interaction: discord.Interaction) -> None:
        await answer(interaction, lambda asker: asked(desk, asker))

    return (group,)


def buttons(desk: Desk) -> tuple[Item, ...]:
    """The button that means it."""

    async def pressed(interaction: discord.Interaction, _: re.Match[str]) -> None:
        await turn(interaction, lambda asker: forgotten(desk, asker))

    return (button(FORGET_ID, pressed),)
