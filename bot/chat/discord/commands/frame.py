"""How a command answers: it defers, asks, answers. What goes wrong is told to the person, and to the log.

A command is a function that asks the library and gives an ``Answer``, and the few lines that Discord knows it by::

    async def likened(desk: Desk, asker: Asker, text: str) -> Answer:
        ...

    def commands(desk: Desk) -> tuple[Command, ...]:
        @app_commands.command(description="Find papers like one")
        async def similar(interaction: discord.Interaction, paper: str) -> None:
            await answer(interaction, lambda asker: likened(desk, asker, paper))

Nothing is read before the interaction is deferred: Discord waits three seconds for that, and fifteen minutes for the
rest (Receiving and Responding, "Interaction Callback").
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, Self, TypeAlias

import discord
import structlog
from discord import app_commands, ui

from bot.chat.discord import answers, limits
from bot.chat.discord.commands import failures
from bot.chat.discord.render import UNTITLED, Rendered, view_of
from bot.chat.discord.text import titled
from bot.models import Channel
from bot.settings import DiscordSettings
from bot.store import Store

PATIENCE = 60.0
"""Seconds that the library is given for an answer; then the person is told that it took too long."""

OFFERED_WITHIN = 2.0
"""Seconds after which an option offers nothing: Discord waits three, and the person goes on typing."""

log = structlog.get_logger()

Command: TypeAlias = app_commands.Command[Any, ..., Any] | app_commands.Group | app_commands.ContextMenu
Item: TypeAlias = type[ui.DynamicItem[ui.Button[ui.View]]]


class Client(Protocol):
    """What commands need of the bot's client."""

    @property
    def store(self) -> Store:
        """The history."""

    @property
    def clock(self) -> Callable[[], datetime]:
        """Gives the time."""

    @property
    def settings(self) -> DiscordSettings:
        """The bot's account."""

    @property
    def tree(self) -> app_commands.CommandTree[Any]:
        """Where commands are registered."""

    def add_dynamic_items(self, *items: type[ui.DynamicItem[Any]]) -> None:
        """Register buttons, which then work on messages of earlier runs, too."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What an answer is made of: the history, and the time."""

    store: Store
    clock: Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, in which server, and which of its channels are hidden from them."""

    person: str
    server: str
    hides: Callable[[str], bool] = lambda _: False
    """Whether the channel of this address is one that the person cannot look into."""

    def sees(self, channel: Channel) -> bool:
        """Whether the channel belongs to the server, and the person may look into it."""
        here = channel.platform == "discord" and channel.server == self.server
        return here and not self.hides(channel.address)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the person gets; ``given`` is done once they have it."""

    rendered: Rendered
    file: discord.File | None = None
    given: Callable[[], Awaitable[None]] | None = None


def said(text: str) -> Answer:
    """One plain sentence as an answer; whatever is in it is shown as it is."""
    return Answer(answers.said(text))


Ask: TypeAlias = Callable[[Asker], Awaitable[Answer]]
Offer: TypeAlias = Callable[[], Awaitable[Sequence[tuple[str, str]]]]
"""Gives values for an option, each with the name that the person sees."""


async def answer(interaction: discord.Interaction, ask: Ask) -> None:
    """Give an answer that only the person sees. Whatever goes wrong, nothing is raised."""
    if await _deferred(interaction, thinking=True):
        await _answer(interaction, ask, in_place=False)


async def turn(interaction: discord.Interaction, ask: Ask) -> None:
    """Put an answer in the place of the one whose button was pressed; what goes wrong is told beside it."""
    if await _deferred(interaction, thinking=False):
        await _answer(interaction, ask, in_place=True)


async def offered(interaction: discord.Interaction, find: Offer) -> list[app_commands.Choice[str]]:
    """What an option offers; nothing when that takes too long or goes wrong."""
    if interaction.guild_id is None:
        return []
    try:
        async with asyncio.timeout(OFFERED_WITHIN):
            choices = await find()
    except Exception as error:
        log.warning("an option offers nothing", command=_name(interaction), error=failures.words(error))
        return []
    return [
        app_commands.Choice(name=titled(name, limits.CHOICE) or UNTITLED, value=value)
        for value, name in choices
        if 0 < len(value) <= limits.CHOICE
    ][: limits.COMMAND_CHOICES]


def button(
    template: re.Pattern[str], pressed: Callable[[discord.Interaction, re.Match[str]], Awaitable[None]]
) -> Item:
    """A button that is known by its id alone, so that it works on whichever message, whenever that was sent."""

    class Pressed(ui.DynamicItem[ui.Button[ui.View]], template=template):
        def __init__(self, item: ui.Button[ui.View], match: re.Match[str]) -> None:
            super().__init__(item)
            self._match = match

        @classmethod
        async def from_custom_id(
            cls, _: discord.Interaction, item: ui.Item[Any], match: re.Match[str], /
        ) -> Self:
            assert isinstance(item, ui.Button)
            return cls(item, match)

        async def callback(self, interaction: discord.Interaction) -> None:
            await pressed(interaction, self._match)

    return Pressed


async def refuse(interaction: discord.Interaction, error: Exception) -> None:
    """Tell of an error that kept a command from being run at all."""
    sentence = _logged(interaction, error)
    try:
        if interaction.response.is_done():
            await interaction.followup.send(sentence, ephemeral=True)
        elif interaction.type is not discord.InteractionType.autocomplete:
            await interaction.response.send_message(sentence, ephemeral=True)
    except Exception as unsaid:
        log.warning("an error was not told", id=failures.id_of(interaction.id), error=failures.words(unsaid))


async def _deferred(interaction: discord.Interaction, *, thinking: bool) -> bool:
    """Buy time for the answer. False when there is none to give: not in a server, or too late."""
    try:
        if interaction.guild_id is None:
            await interaction.response.send_message(failures.SERVER_ONLY, ephemeral=True)
            return False
        await interaction.response.defer(ephemeral=True, thinking=thinking)
    except Exception as error:
        log.warning("an interaction is not answered", command=_name(interaction), error=failures.words(error))
        return False
    return True


async def _answer(interaction: discord.Interaction, ask: Ask, *, in_place: bool) -> None:
    try:
        async with asyncio.timeout(PATIENCE):
            made = await ask(_asker(interaction))
        await _edit(interaction, made)
        if made.given is not None:
            await made.given()
    except Exception as error:
        sentence = _logged(interaction, error)
        if failures.is_expired(error):
            return
        try:
            if in_place:
                await interaction.followup.send(sentence, ephemeral=True)
            else:
                await _edit(interaction, Answer(Rendered(sentence)))
        except Exception as unsaid:
            log.warning(
                "an error was not told", id=failures.id_of(interaction.id), error=failures.words(unsaid)
            )


async def _edit(interaction: discord.Interaction, made: Answer) -> None:
    await interaction.edit_original_response(
        content=made.rendered.content or None,
        embeds=made.rendered.embeds,
        view=view_of(made.rendered),
        attachments=[] if made.file is None else [made.file],
        allowed_mentions=discord.AllowedMentions.none(),
    )


def _asker(interaction: discord.Interaction) -> Asker:
    guild, user = interaction.guild, interaction.user

    def hides(address: str) -> bool:
        channel = guild.get_channel(int(address)) if guild is not None and address.isdecimal() else None
        if channel is None or not isinstance(user, discord.Member):
            return False
        return not channel.permissions_for(user).view_channel

    return Asker(f"discord:{user.id}", str(interaction.guild_id), hides)


def _logged(interaction: discord.Interaction, error: Exception) -> str:
    """Log an error, and give the sentence that tells the person of it, with the id that the log has."""
    number = failures.id_of(interaction.id)
    facts = {"id": number, "command": _name(interaction), "server": interaction.guild_id}
    if failures.is_expired(error):
        log.info("an interaction expired before it was answered", **facts, error=failures.words(error))
    elif failures.is_expected(error):
        log.info("a command found nothing to do", **facts, error=failures.words(error))
    else:
        log.error("a command failed", **facts, error=failures.words(error), exc_info=error)
    return failures.sentence(error, number)


def _name(interaction: discord.Interaction) -> str:
    """The command's name, or the id of the button."""
    if interaction.command is not None:
        return interaction.command.qualified_name
    return str(dict(interaction.data or {}).get("custom_id", "unknown"))
