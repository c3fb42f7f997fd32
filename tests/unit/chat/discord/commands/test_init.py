"""What is registered keeps to what Discord takes of a client's commands."""

from datetime import datetime
from pathlib import Path

import discord
from discord import app_commands

from bot.chat.discord import limits
from bot.chat.discord.commands import install
from bot.settings import DiscordSettings
from bot.store import Store
from tests.store.samples import NOW


class Client(discord.Client):
    """A client that is never connected."""

    def __init__(self, store: Store) -> None:
        super().__init__(intents=discord.Intents.none())
        self.store = store
        self.settings = DiscordSettings()
        self.tree = app_commands.CommandTree(
            self,
            allowed_contexts=app_commands.AppCommandContext(guild=True),
            allowed_installs=app_commands.AppInstallationType(guild=True),
        )

    def clock(self) -> datetime:
        """The time."""
        return NOW


def texts(of: object) -> list[str]:
    """The names, descriptions and values in a command's payload."""
    if isinstance(of, list):
        return [text for one in of for text in texts(one)]
    if not isinstance(of, dict):
        return []
    own = [str(of[key]) for key in ("name", "description", "value") if of.get(key)]
    return own + [text for key in ("options", "choices") for text in texts(of.get(key) or [])]


async def test_commands_keep_to_discord_s_limits(tmp_path: Path) -> None:
    """Each by the sum of its texts, its options and its choices; all of them in servers only."""
    store = Store.open(tmp_path / "broadsheet.db")
    client = Client(store)
    install(client)
    payloads = [command.to_dict(client.tree) for command in client.tree.get_commands()]
    assert len(payloads) == 14
    for payload in payloads:
        assert sum(map(len, texts(payload))) <= limits.COMMAND_SUM
        assert len(payload.get("options") or []) <= limits.COMMAND_OPTIONS
        assert all(len(text) <= limits.COMMAND_DESCRIPTION for text in texts(payload))
        assert (payload["contexts"], payload["integration_types"]) == ([0], [0])
    store.close()


async def test_the_readme_names_every_command(tmp_path: Path) -> None:
    """Whoever reads it knows all that can be asked."""
    readme = (Path(__file__).parents[5] / "README.md").read_text("utf-8")
    table = next(part for part in readme.split("\n\n") if part.startswith("| in Discord |"))
    store = Store.open(tmp_path / "broadsheet.db")
    client = Client(store)
    install(client)
    for command in client.tree.walk_commands():
        if isinstance(command, app_commands.Command) and command.parent is None:
            assert f"/{command.name}" in table
        elif isinstance(command, app_commands.Group):
            assert f"/{command.name} " in table
            for sub in command.commands:
                assert f"`{sub.name}`" in table or f"/{command.name} {sub.name}" in table
    store.close()
