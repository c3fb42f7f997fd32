"""Where a channel is and what the bot may do there, from the gateway or by asking."""

from pathlib import Path

import discord
import pytest

from bot.chat.discord.places import WrongKind, look, look_closely
from bot.store import channels
from tests.fakes.discord_bot import Kind, world
from tests.fakes.discord_server import Permission


@pytest.mark.parametrize("kind", ["text", "announcement", "forum"])
async def test_a_close_look_tells_permissions_without_the_gateway(tmp_path: Path, kind: Kind) -> None:
    """Roles, members and the channel's own rules are asked for."""
    async with world(tmp_path, kind=kind) as here:
        here.guild.deny(here.place, Permission.EMBED_LINKS)
        client = here.bot.client
        assert client is not None
        place = await look(client, here.place.id)
        assert (place.kind, place.server, place.permissions) == (kind, str(here.guild.id), None)
        place = await look_closely(client, here.place.id)
        assert place.kind == kind
        assert place.permissions is not None
        assert place.permissions.send_messages
        assert not place.permissions.embed_links


async def test_the_gateway_tells_for_nothing(tmp_path: Path) -> None:
    """A channel that is known costs no request, and is as it is now."""
    async with world(tmp_path, runs=True) as here:
        client = here.bot.client
        assert client is not None
        await here.server.until(client.is_ready)
        before = len(here.server.requests)
        here.guild.deny(here.place, Permission.ADD_REACTIONS)

        def told() -> bool:
            known = client.get_channel(here.place.id)
            assert isinstance(known, discord.TextChannel)
            return not known.permissions_for(known.guild.me).add_reactions

        await here.server.until(told)
        place = await look(client, here.place.id)
        assert place.permissions is not None
        assert not place.permissions.add_reactions
        assert len(here.server.requests) == before


async def test_a_voice_channel_is_of_the_wrong_kind(tmp_path: Path) -> None:
    """Which is said in words."""
    async with world(tmp_path, kind="voice") as here:
        client = here.bot.client
        assert client is not None
        with pytest.raises(WrongKind, match="voice"):
            await look(client, here.place.id)


async def test_a_channel_learns_its_server(tmp_path: Path) -> None:
    """A channel that the settings name is of no known server until a post was sent there."""
    async with world(tmp_path) as here:
        await here.posted(1)
        found = await here.store.read(channels.get, here.channel.key)
        assert found is not None
        assert found.server == str(here.guild.id)
