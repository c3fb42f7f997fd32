"""Looking for our own message where its answer was lost: by its marker, among what we posted there since.

Reading takes the permission Read Message History: without it Discord gives an empty history, not an error.
"""

from collections.abc import AsyncIterator
from datetime import timedelta

import discord

from bot.chat.discord import render
from bot.errors import HistoryUnavailable
from bot.models import Channel, Message, Post

CLOCK_SKEW = timedelta(minutes=15)
"""How far this machine's clock may be ahead of Discord's, whose time is in the ids of messages."""

HISTORY = 1000
"""Messages of a channel's history that are searched: ten requests."""

FORUM_POSTS = 50
"""Posts of our own in a forum that are searched, newest first: a request each."""


async def find(client: discord.Client, channel: Channel, post: Post, message: Message) -> str | None:
    """The id of a message in a channel or in the post's thread. Raises HistoryUnavailable, and what requests raise."""
    where = int(channel.address) if message.part == 0 else int(post.thread_id or 0)
    since = _since(post) if message.part == 0 else where
    searched = 0
    history = client.get_partial_messageable(where).history(
        limit=HISTORY, after=discord.Object(since), oldest_first=True
    )
    async for one in history:
        searched += 1
        if _is_ours(client, one, message.nonce):
            return str(one.id)
    if searched == HISTORY:
        raise HistoryUnavailable(f"more than {HISTORY} messages were posted there since")
    return None


async def find_in_forum(
    client: discord.Client, forum: discord.ForumChannel, post: Post, marker: str
) -> str | None:
    """The id of the forum post that carries the marker. Raises HistoryUnavailable, and what requests raise."""
    since, searched = _since(post), 0
    async for thread in _own_posts(client, forum, since):
        searched += 1
        if searched > FORUM_POSTS:
            raise HistoryUnavailable(f"more than {FORUM_POSTS} posts of the bot were made there since")
        try:
            first = await thread.fetch_message(thread.id)
        except discord.NotFound:
            continue
        if _is_ours(client, first, marker):
            return str(thread.id)
    return None


async def _own_posts(
    client: discord.Client, forum: discord.ForumChannel, since: int
) -> AsyncIterator[discord.Thread]:
    """The bot's posts in a forum made since then, open ones first."""
    for thread in await forum.guild.active_threads():
        if thread.parent_id == forum.id and _is_own(client, thread, since):
            yield thread
    async for thread in forum.archived_threads(limit=4 * FORUM_POSTS):
        if _is_own(client, thread, since):
            yield thread


def _is_own(client: discord.Client, thread: discord.Thread, since: int) -> bool:
    return client.user is not None and thread.owner_id == client.user.id and thread.id >= since


def _is_ours(client: discord.Client, message: discord.Message, marker: str) -> bool:
    own = client.user is not None and message.author.id == client.user.id
    return own and any(render.marker_of(embed) == marker for embed in message.embeds)


def _since(post: Post) -> int:
    """The least id that a message of the post can have."""
    return discord.utils.time_snowflake(post.created - CLOCK_SKEW)
