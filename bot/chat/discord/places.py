"""Where a post goes, looked up anew for each: a person may convert, move or forbid a channel at any time."""

from dataclasses import dataclass

import discord

from bot.chat.discord.permissions import Kind, kind_of
from bot.errors import BroadsheetError

PostChannel = discord.TextChannel | discord.ForumChannel
"""What can hold a daily post; announcement channels are text channels to discord.py."""


class WrongKind(BroadsheetError):
    """The channel is of a kind that can hold no daily post."""


@dataclass(frozen=True, slots=True)
class Place:
    """A channel as it is now. ``permissions`` are the bot's there, None when only the gateway could tell."""

    channel: PostChannel
    kind: Kind
    server: str
    permissions: discord.Permissions | None


async def look(client: discord.Client, channel_id: int) -> Place:
    """The channel as the gateway last told, which costs nothing, else as one request tells.

    Raises WrongKind, and what requests raise.
    """
    known = client.get_channel(channel_id)
    if isinstance(known, PostChannel) and known.guild.me is not None:
        return _place(known, known.permissions_for(known.guild.me))
    return _place(_checked(await client.fetch_channel(channel_id)), None)


async def look_closely(client: discord.Client, channel_id: int) -> Place:
    """The channel with the bot's permissions as they are at this moment: four requests.

    Raises WrongKind, and what requests raise.
    """
    assert client.user is not None
    found = _checked(await client.fetch_channel(channel_id))
    guild = await client.fetch_guild(found.guild.id, with_counts=False)
    me = await guild.fetch_member(client.user.id)
    channel = _checked(await guild.fetch_channel(channel_id))
    return _place(channel, channel.permissions_for(me))


def _checked(channel: object) -> PostChannel:
    if isinstance(channel, PostChannel):
        return channel
    raise WrongKind(
        f"it is a {getattr(channel, 'type', 'channel')} channel; choose a text, announcement or forum channel"
    )


def _place(channel: PostChannel, permissions: discord.Permissions | None) -> Place:
    kind = kind_of(channel.type)
    assert kind is not None
    return Place(channel, kind, str(channel.guild.id), permissions)
