"""What people can ask for in Discord: slash commands, buttons, and a message's menu.

::

    queries ──► papers ◄── bookmarks      posts, following, privacy, setup      each: records → an answer
                   └──────────┴─────────────┘
                               ▼
                   failures ◄── frame             defers, asks, answers; tells what went wrong
"""

import discord
from discord import app_commands

from bot.chat.discord import answers
from bot.chat.discord.commands import bookmarks, following, papers, posts, privacy, setup
from bot.chat.discord.commands.frame import Answer, Asker, Client, Command, Desk, answer, refuse

__all__ = ["install"]


def install(client: Client) -> None:
    """Register every command and button. The client's tree says where they are offered: in servers alone."""
    desk = Desk(client.store, client.clock)
    tree = client.tree
    tree.error(refuse)
    for noun in (papers, bookmarks, posts, following, privacy, setup):
        for command in noun.commands(desk):
            tree.add_command(command)
    tree.add_command(_help(tree))
    client.add_dynamic_items(*papers.buttons(desk), *bookmarks.buttons(desk), *privacy.buttons(desk))


def _help(tree: app_commands.CommandTree[discord.Client]) -> Command:
    async def told(_: Asker) -> Answer:
        listed = [
            (command.qualified_name, command.description)
            for command in tree.walk_commands()
            if isinstance(command, app_commands.Command)
        ]
        return Answer(answers.help(sorted(listed)))

    @app_commands.command(name="help", description="Tell what I can do, and what a search understands")
    async def help_(interaction: discord.Interaction) -> None:
        await answer(interaction, told)

    return help_
