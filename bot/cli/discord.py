"""The commands about the bot's account on Discord."""

import click

from bot.cli.console import Load, wait


@click.group()
def discord() -> None:
    """Let the bot into Discord.

    \b
    Example:
      broadsheet discord invite
    """


@discord.command()
@click.pass_obj
def invite(load: Load) -> None:
    """Print the link that lets the bot into a server.

    Open it in a browser, as somebody who may manage the server. It asks for what a daily post needs, and nothing more.

    \b
    Example:
      broadsheet discord invite
    """
    from bot.app import asking

    click.echo(wait(asking.invitation(load())))
