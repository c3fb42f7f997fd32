"""Commands are told to Discord when they changed, and only then."""

from pathlib import Path

from discord import Interaction

from bot.chat.discord.client import Client
from bot.chat.discord.sync import digest, sync_commands
from tests.fakes.discord_bot import world
from tests.fakes.discord_server import Fault

COMMANDS = "/applications/*/commands"


async def ping(interaction: Interaction[Client], word: str) -> None:
    """A command."""


async def test_commands_are_told_once(tmp_path: Path) -> None:
    """A restart tells nothing; another command does; all are for servers only."""
    async with world(tmp_path) as here:
        client = here.bot.client
        assert client is not None
        before = digest(client)
        client.tree.command(name="ping", description="Answer")(ping)
        assert digest(client) != before
        assert await sync_commands(client, here.store)
        assert not await sync_commands(client, here.store)
        (told,) = here.server.made("PUT", COMMANDS)
        assert isinstance(told.body, list)
        mine = next(command for command in told.body if command["name"] == "ping")
        assert (mine["contexts"], mine["integration_types"]) == ([0], [0])


async def test_commands_that_were_not_taken_are_told_again(tmp_path: Path) -> None:
    """An outage is made good at the next connection."""
    async with world(tmp_path) as here:
        client = here.bot.client
        assert client is not None
        client.tree.command(name="ping", description="Answer")(ping)
        here.server.fail(Fault.HTTP_503, method="PUT")
        assert not await sync_commands(client, here.store)
        assert await sync_commands(client, here.store)
