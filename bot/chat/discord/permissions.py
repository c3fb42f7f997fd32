"""What the bot needs to be permitted, what breaks without each, and the link that invites it with just that.

Sources: Discord docs, Permissions, Message, Channel. Nothing here is privileged, or needs the owner's 2FA.
"""

from dataclasses import dataclass
from typing import Literal, get_args

import discord

Kind = Literal["text", "announcement", "forum"]
"""The kinds of channel that can hold a daily post."""

_KINDS: dict[discord.ChannelType, Kind] = {
    discord.ChannelType.text: "text",
    discord.ChannelType.news: "announcement",
    discord.ChannelType.forum: "forum",
    discord.ChannelType.media: "forum",
}


@dataclass(frozen=True, slots=True)
class Need:
    """A permission: discord.py's name of it, the one that people see, and what breaks without it.

    ``stops`` says that no daily post can be made without it.
    """

    flag: str
    name: str
    breaks: str
    stops: bool = True
    kinds: tuple[Kind, ...] = get_args(Kind)


_NOT_FORUM: tuple[Kind, ...] = ("text", "announcement")

NEEDS = (
    Need("view_channel", "View Channel", "the bot cannot see the channel at all"),
    Need("send_messages", "Send Messages", "the daily header cannot be posted", kinds=_NOT_FORUM),
    Need("send_messages", "Create Posts", "the daily post cannot be made", kinds=("forum",)),
    Need("embed_links", "Embed Links", "papers would be posted as empty messages"),
    Need(
        "create_public_threads",
        "Create Public Threads",
        "the day's thread cannot be opened",
        kinds=_NOT_FORUM,
    ),
    Need("send_messages_in_threads", "Send Messages in Threads", "no paper can be posted in the thread"),
    Need(
        "read_message_history",
        "Read Message History",
        "after a crash the bot cannot tell what was posted and waits for a person, and it misses reactions "
        "made while it was away",
        stops=False,
    ),
    Need(
        "add_reactions",
        "Add Reactions",
        "the bot cannot put its own reaction below papers, to tap on",
        stops=False,
    ),
)

PERMISSIONS = discord.Permissions(**{need.flag: True for need in NEEDS})
"""All of them: integer 309237730368."""


def kind_of(channel_type: discord.ChannelType) -> Kind | None:
    """The kind of a channel, None for one that can hold no daily post."""
    return _KINDS.get(channel_type)


def missing(permissions: discord.Permissions, kind: Kind) -> list[tuple[str, str]]:
    """What is not permitted in a channel of that kind: each permission's name, and what breaks without it."""
    return [(need.name, need.breaks) for need in _missing(permissions, kind)]


def stopping(permissions: discord.Permissions, kind: Kind) -> list[tuple[str, str]]:
    """The missing permissions without which no daily post can be made."""
    return [(need.name, need.breaks) for need in _missing(permissions, kind) if need.stops]


def in_words(lacking: list[tuple[str, str]]) -> str:
    """One sentence on what is missing, and what to do."""
    names = " and ".join(f'"{name}"' for name, _ in lacking)
    breaks = "; ".join(what for _, what in lacking)
    return f"the bot lacks {names} there ({breaks}); allow it in the channel's settings under Permissions"


def invite(application_id: int) -> str:
    """The link with which somebody who manages a server lets the bot in."""
    return discord.utils.oauth_url(application_id, permissions=PERMISSIONS)


def _missing(permissions: discord.Permissions, kind: Kind) -> list[Need]:
    return [need for need in NEEDS if kind in need.kinds and not getattr(permissions, need.flag)]
