"""The commands that lead to posts: ``/today`` and ``/catchup``."""

from datetime import timedelta

import discord
from discord import app_commands

from bot.chat.discord import posted
from bot.chat.discord.commands.frame import Answer, Asker, Command, Desk, answer
from bot.library import posts
from bot.models import Channel
from bot.store import people

FIRST = timedelta(days=7)
"""How far back somebody catches up who never did before."""

FURTHEST = timedelta(days=30)
"""How far back anybody catches up."""


async def today(desk: Desk, asker: Asker) -> Answer:
    """Today's post of each channel that the person may look into."""
    latest = await posts.latest(desk.store, await _channels(desk, asker))
    return Answer(posted.today(latest, desk.clock()))


async def caught_up(desk: Desk, asker: Asker) -> Answer:
    """What was posted since the person last asked, which is now once they have the answer."""
    now = desk.clock()
    last = await desk.store.read(people.caught_up, asker.person, asker.server)
    since = now - FIRST if last is None else max(last, now - FURTHEST)
    channels = await _channels(desk, asker)
    days, total = await posts.arrived(desk.store, channels, since, posted.MOST)

    async def given() -> None:
        await desk.store.write(people.catch_up, asker.person, asker.server, now)

    return Answer(posted.since(days, total, since), given=given)


def commands(desk: Desk) -> tuple[Command, ...]:
    """These commands as Discord knows them."""

    @app_commands.command(name="today", description="Go to today's post of this server's channels")
    async def today_(interaction: discord.Interaction) -> None:
        await answer(interaction, lambda asker: today(desk, asker))

    @app_commands.command(description="See what was posted here since you last asked")
    async def catchup(interaction: discord.Interaction) -> None:
        await answer(interaction, lambda asker: caught_up(desk, asker))

    return today_, catchup


async def _channels(desk: Desk, asker: Asker) -> list[Channel]:
    here = await posts.channels_of(desk.store, "discord", asker.server)
    return [channel for channel in here if asker.sees(channel)]
