"""Delivery to Discord: what the publisher hands over, sent once, with a stable nonce.

Discord knows a nonce again "in the past few minutes" and then gives the message that it has (Message, "Create
Message"). It does so for messages, not for forum posts: those are looked for before one is made.
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final

import discord
import structlog

from bot.chat.discord import limits, permissions, render
from bot.chat.discord.history import find, find_in_forum
from bot.chat.discord.outcomes import (
    ERRORS,
    LACKING,
    THREAD_EXISTS,
    UNKNOWN_CHANNEL,
    UNKNOWN_MESSAGE,
    code_of,
    outcome_of,
)
from bot.chat.discord.places import Place, WrongKind, look, look_closely
from bot.chat.discord.rates import watched
from bot.chat.discord.seeds import SEEDED, Seeds
from bot.chat.discord.text import plain
from bot.errors import HistoryUnavailable
from bot.models import Channel, Content, Followed, Message, Notice, Post
from bot.publish import Broken, Failed, Outcome, Rejected, Sent
from bot.settings import DiscordSettings
from bot.store import Store, channels

log = structlog.get_logger()

ARCHIVE_MINUTES: Final = 4320
"""Three days until a thread leaves the channel's list; Discord takes 60, 1440, 4320 and 10080."""

LOGIN_RETRY = timedelta(seconds=10)

ASK_HISTORY = "the bot lacks Read Message History there; allow it in the channel's settings under Permissions"


class DiscordAdapter:
    """Discord as a ``publish.ChatAdapter``. ``client`` gives who is logged in, if anybody is."""

    def __init__(
        self,
        store: Store,
        settings: DiscordSettings,
        client: Callable[[], discord.Client | None],
        seeds: Seeds,
    ) -> None:
        self._store = store
        self._settings = settings
        self._client = client
        self._seeds = seeds

    async def send(self, channel: Channel, post: Post, message: Message, content: Content) -> Outcome:
        """Send a message, and react to a paper's later, when there is time."""
        rendered = render.message(post, message, content, total=post.header.shown)
        faults = limits.faults(rendered)
        if faults:
            return Rejected(f"it cannot be sent: {'; '.join(faults)}")

        async def act(client: discord.Client) -> Outcome:
            if message.part > 0:
                return await _send(client, _thread(post), rendered, message.nonce)
            place = await self._look(client, channel)
            if isinstance(place, Broken):
                return place
            if isinstance(place.channel, discord.ForumChannel):
                return await _send_to_forum(client, place.channel, post, rendered, message)
            return await _send(client, place.channel.id, rendered, message.nonce)

        outcome = await self._attempt(channel, act, in_thread=message.part > 0)
        seeded = self._settings.seed_reaction and post.header.shown <= SEEDED
        if isinstance(outcome, Sent) and message.kind == "paper" and seeded:
            self._seeds.add(_thread(post), int(outcome.platform_id))
        return outcome

    async def open_thread(self, channel: Channel, post: Post, header: Message) -> Outcome:
        """Open the thread, whose id is the header's. A forum post is one already."""
        opened = Sent(header.platform_id or "")

        async def act(client: discord.Client) -> Outcome:
            place = await look(client, int(channel.address))
            if isinstance(place.channel, discord.ForumChannel):
                return opened
            try:
                await place.channel.get_partial_message(int(opened.platform_id)).create_thread(
                    name=render.thread_name(post.header), auto_archive_duration=ARCHIVE_MINUTES
                )
            except discord.HTTPException as error:
                if error.code == THREAD_EXISTS:
                    return opened
                if error.code == UNKNOWN_MESSAGE:
                    return Rejected("somebody deleted the header, so that it can have no thread")
                raise
            return opened

        return await self._attempt(channel, act)

    async def find(self, channel: Channel, post: Post, message: Message) -> str | None:
        """Look for our marker among our own messages since the post was made. Raises HistoryUnavailable."""
        client = self._client()
        if client is None:
            raise HistoryUnavailable("the bot is not logged in to Discord yet")
        if message.part > 0 and post.thread_id is None:
            return None
        try:
            place = await look(client, int(channel.address))
            if place.permissions is None or not place.permissions.read_message_history:
                place = await look_closely(client, int(channel.address))
            # Without the permission Discord gives an empty history, not an error (Message, "Get Channel Messages").
            if place.permissions is None or not place.permissions.read_message_history:
                raise HistoryUnavailable(ASK_HISTORY)
            if message.part == 0 and isinstance(place.channel, discord.ForumChannel):
                return await find_in_forum(client, place.channel, post, message.nonce)
            return await find(client, channel, post, message)
        except WrongKind as error:
            raise HistoryUnavailable(str(error)) from error
        except ERRORS as error:
            if code_of(error) == UNKNOWN_CHANNEL:
                return None
            raise HistoryUnavailable(f"the history cannot be read: {error}") from error

    async def notify(self, channel: Channel, post: Post, notice: Notice, followed: Followed) -> Outcome:
        """Send a direct message. Who takes none has it rejected."""
        rendered = render.notice(channel, post, followed, notice.nonce)
        faults = limits.faults(rendered)
        if faults:
            return Rejected(f"it cannot be sent: {'; '.join(faults)}")

        async def act(client: discord.Client) -> Outcome:
            person = discord.Object(int(notice.person.removeprefix("discord:")))
            return await _send(client, (await client.create_dm(person)).id, rendered, notice.nonce)

        return await self._attempt(channel, act)

    async def tell(self, channel: Channel, text: str) -> None:
        """Send a direct message to who set the channel up, else to the bot's owner."""
        client = self._client()
        if client is None:
            return
        person = (channel.owner or "").removeprefix("discord:")
        try:
            whom = int(person) if person.isdecimal() else _owner(client)
            direct = await client.create_dm(discord.Object(whom))
            await direct.send(plain(text, limits.CONTENT))
        except ERRORS as error:
            log.warning("nobody could be told", channel=channel.key, text=text, reason=str(error))

    async def _look(self, client: discord.Client, channel: Channel) -> Place | Broken:
        """Where the channel is, and whether a post can be made there: refused requests add up to a ban."""
        try:
            place = await look(client, int(channel.address))
            if place.permissions is not None and permissions.stopping(place.permissions, place.kind):
                place = await look_closely(client, int(channel.address))
        except WrongKind as error:
            return Broken(str(error))
        if place.server != channel.server:
            await self._store.write(channels.place, channel.key, place.server)
        lacking = permissions.stopping(place.permissions, place.kind) if place.permissions is not None else []
        return Broken(permissions.in_words(lacking)) if lacking else place

    async def _attempt(
        self,
        channel: Channel,
        act: Callable[[discord.Client], Awaitable[Outcome]],
        *,
        in_thread: bool = False,
    ) -> Outcome:
        """Make requests and give what came of it, in the words of ``publish``."""
        client = self._client()
        if client is None:
            return Failed("the bot is not logged in to Discord yet", LOGIN_RETRY)
        with watched() as trip:
            try:
                return await act(client)
            except WrongKind as error:
                return Broken(str(error))
            except ERRORS as error:
                outcome = outcome_of(error, trip, in_thread=in_thread)
                lacking = code_of(error) in LACKING
        if isinstance(outcome, Broken) and lacking:
            return Broken(await self._explained(client, channel, outcome.reason))
        return outcome

    async def _explained(self, client: discord.Client, channel: Channel, reason: str) -> str:
        """Which permission is missing, if that can be told."""
        try:
            place = await look_closely(client, int(channel.address))
        except (*ERRORS, WrongKind):
            return reason
        lacking = permissions.missing(place.permissions or discord.Permissions.none(), place.kind)
        return permissions.in_words(lacking) if lacking else reason


async def _send(client: discord.Client, where: int, rendered: render.Rendered, nonce: str) -> Outcome:
    """Send to a channel or thread. discord.py sets ``enforce_nonce`` with every nonce."""
    sent = await client.get_partial_messageable(where).send(
        content=rendered.content or None,
        embeds=list(rendered.embeds),
        nonce=nonce,
        view=_view(rendered),
    )
    return Sent(str(sent.id))


async def _send_to_forum(
    client: discord.Client,
    forum: discord.ForumChannel,
    post: Post,
    rendered: render.Rendered,
    message: Message,
) -> Outcome:
    """Make the forum post, unless it is there."""
    found = await find_in_forum(client, forum, post, message.nonce)
    if found is not None:
        return Sent(found)
    tags = [tag for tag in forum.available_tags if not tag.moderated][: 1 if forum.flags.require_tag else 0]
    if forum.flags.require_tag and not tags:
        return Broken("the forum requires a tag that only moderators may set; add one that all may set")
    made = await forum.create_thread(
        name=render.thread_name(post.header),
        auto_archive_duration=ARCHIVE_MINUTES,
        applied_tags=tags,
        content=rendered.content or None,
        embeds=list(rendered.embeds),
        view=_view(rendered),
    )
    return Sent(str(made.thread.id))


def _view(rendered: render.Rendered) -> discord.ui.View:
    """The buttons, in a view that discord.py does not keep: presses are matched by their id."""
    view = render.view_of(rendered) or discord.ui.View(timeout=None)
    view.stop()
    return view


def _owner(client: discord.Client) -> int:
    """Who owns the bot; of a team, who owns that."""
    about = client.application
    assert about is not None
    return about.team.owner_id or about.owner.id if about.team else about.owner.id


def _thread(post: Post) -> int:
    assert post.thread_id is not None
    return int(post.thread_id)
