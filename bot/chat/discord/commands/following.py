"""``/follow`` and ``/unfollow``: be told when a tag or phrase occurs in a post."""

from collections.abc import Sequence

import discord
from discord import app_commands
from discord.app_commands import Choice, Range

from bot import library
from bot.chat.discord.commands.frame import Answer, Asker, Command, Desk, answer, offered, said
from bot.errors import NotFound
from bot.library.people import LONGEST_PHRASE


async def followed(desk: Desk, asker: Asker, what: str | None, direct: bool) -> Answer:
    """Follow a tag or phrase, or without one tell what the person follows."""
    if what is not None:
        made = await library.follow(desk.store, asker.person, asker.server, what, desk.clock(), direct=direct)
        told = "and I tell you in a direct message" if direct else "without a message to you"
        kind = "the tag" if made.kind == "tag" else "papers that say"
        return said(f"You follow {kind} “{made.value}”: each post's thread has a line about it, {told}.")
    known = await library.following(desk.store, asker.person, asker.server)
    if not known:
        return said("You follow nothing here yet. Name a tag or a phrase: /follow what:pruning")
    listed = ", ".join(f"{one.value}{'' if one.direct else ' (no message)'}" for one in known)
    return said(f"You follow {len(known)} here: {listed}. Let go of one with /unfollow.")


async def unfollowed(desk: Desk, asker: Asker, what: str) -> Answer:
    """No longer follow a tag or phrase."""
    if not await library.unfollow(desk.store, asker.person, asker.server, what):
        raise NotFound(f"{what[:LONGEST_PHRASE]}: you do not follow that here; /follow tells what you do")
    return said(f"You no longer follow “{what}”.")


def commands(desk: Desk) -> tuple[Command, ...]:
    """These commands as Discord knows them."""

    async def tags(interaction: discord.Interaction, typed: str) -> list[Choice[str]]:
        async def find() -> Sequence[tuple[str, str]]:
            return [(tag, tag) for tag in await library.complete_tags(desk.store, typed)]

        return await offered(interaction, find)

    async def own(interaction: discord.Interaction, typed: str) -> list[Choice[str]]:
        async def find() -> Sequence[tuple[str, str]]:
            person, server = f"discord:{interaction.user.id}", str(interaction.guild_id)
            known = await library.following(desk.store, person, server)
            return [(one.value, one.value) for one in known if typed.casefold() in one.value.casefold()]

        return await offered(interaction, find)

    @app_commands.command(description="Be told when papers with a tag or a phrase are posted here")
    @app_commands.describe(
        what="A tag, or words that stand one after the other; without any, I tell what you follow",
        message="Whether I send you a direct message, too (yes, unless you say no)",
    )
    @app_commands.autocomplete(what=tags)
    async def follow(
        interaction: discord.Interaction,
        what: Range[str, 1, LONGEST_PHRASE] | None = None,
        message: bool = True,
    ) -> None:
        await answer(interaction, lambda asker: followed(desk, asker, what, message))

    @app_commands.command(description="No longer be told about a tag or phrase")
    @app_commands.describe(what="What you follow")
    @app_commands.autocomplete(what=own)
    async def unfollow(interaction: discord.Interaction, what: Range[str, 1, LONGEST_PHRASE]) -> None:
        await answer(interaction, lambda asker: unfollowed(desk, asker, what))

    return follow, unfollow
