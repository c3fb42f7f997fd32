"""Everything that exists in the fake Discord, and what happens to it, whoever does it."""

import itertools
import re
from collections.abc import Callable

from tests.fakes.discord_errors import Json, Refused
from tests.fakes.discord_limits import walk
from tests.fakes.discord_permissions import Permission
from tests.fakes.discord_places import Chan, Guild
from tests.fakes.discord_records import Intent, Kind, Msg, Role, User, emoji_payload

EPOCH = 1_420_070_400_000  # reference, snowflakes: milliseconds of the first second of 2015


class World:
    """Everything that exists, and the way to tell sessions of what happens. ``wall`` gives seconds since 1970."""

    def __init__(self, wall: Callable[[], float]) -> None:
        self.wall = wall
        self.nonce_seconds = 180.0
        """How long a nonce is known again: "the past few minutes" (resources/message); no number is published."""
        self.blocked: re.Pattern[str] | None = None
        """Text that the guilds' AutoMod refuses."""
        self.thread_limit = 1000
        """Active threads in a guild; Discord publishes no number."""
        self.users: dict[int, User] = {}
        self.guilds: dict[int, Guild] = {}
        self.channels: dict[int, Chan] = {}
        self.index: dict[int, Msg] = {}
        self._increment = itertools.count()
        self._last = 0
        self.application_id = self.snowflake()
        self.bot_id = self.application_id
        self.users[self.bot_id] = User(self.bot_id, "Broadsheet", bot=True)
        self.owner_id = self.add_user("owner")

    def send(
        self, event: str, data: Json, intent: int, guild: Guild | None = None, place: Chan | None = None
    ) -> None:
        """Tell the sessions that asked for it. The server does."""

    def is_user(self, word: str) -> bool:
        """Whether this is somebody's id."""
        return word.isdigit() and int(word) in self.users

    def snowflake(self) -> int:
        """A new id, later than all others (reference, snowflakes)."""
        fresh = (int(self.wall() * 1000) - EPOCH) << 22 | (next(self._increment) & 0xFFF)
        self._last = fresh if fresh > self._last else self._last + 1
        return self._last

    def time_of(self, snowflake: int) -> float:
        """When an id was made, in seconds since 1970."""
        return ((snowflake >> 22) + EPOCH) / 1000

    def add_user(self, name: str = "reader") -> int:
        """Somebody who is in no guild yet; gives their id."""
        user = User(self.snowflake(), name)
        self.users[user.id] = user
        return user.id

    def add_guild(self, name: str = "Lab", *, permissions: int = 309237730368) -> Guild:
        """A guild whose owner is the bot's, with the bot in it and what it may do there."""
        guild = Guild(self, self.snowflake(), name, self.owner_id)
        guild.roles[guild.id] = Role(guild.id, "@everyone", 0)
        guild.add_member(user_id=self.owner_id)
        guild.add_member(user_id=self.bot_id, permissions=permissions)
        self.guilds[guild.id] = guild
        self.send("GUILD_CREATE", guild.payload(), Intent.GUILDS, guild)
        return guild

    def forget(self, channel: Chan) -> None:
        """A channel is gone, with its messages."""
        self.channels.pop(channel.id, None)
        for message in channel.messages:
            message.deleted = True
            self.index.pop(message.id, None)

    def channel(self, channel_id: int) -> Chan:
        """A channel or a thread. Raises ``Refused``."""
        found = self.channels.get(channel_id)
        if found is None:
            raise Refused(10003)
        found.settle()
        return found

    def messages(self, channel_id: int) -> list[Msg]:
        """What people see in a channel or a thread, in order."""
        return list(self.channel(channel_id).messages)

    def moderate(self, code: int, *texts: object) -> None:
        """Refuse text that AutoMod blocks: with 200000 in messages, 200001 in names. Raises ``Refused``."""
        if self.blocked is not None and any(self.blocked.search(str(text)) for text in texts):
            raise Refused(code)

    def message(self, message_id: int) -> Msg:
        """A message that is still there. Raises ``Refused``."""
        try:
            return self.index[message_id]
        except KeyError:
            raise Refused(10008) from None

    def direct(self, user_id: int) -> Chan:
        """The direct conversation of the bot with somebody. Raises ``Refused``."""
        user = self.users.get(user_id)
        if user is None:
            raise Refused(10013)
        for channel in self.channels.values():
            if channel.recipient is user:
                return channel
        channel = Chan(self, self.snowflake(), Kind.DM, "", recipient=user)
        self.channels[channel.id] = channel
        return channel

    def post(
        self,
        channel: Chan,
        author: User,
        body: Json,
        *,
        files: dict[str, bytes] | None = None,
        message_id: int | None = None,
    ) -> Msg:
        """Put a message where people see it, and tell the sessions."""
        message = self.compose(channel, author, body, files=files, message_id=message_id)
        self.show(message)
        return message

    def show(self, message: Msg) -> None:
        """Put a composed message where people see it, and tell the sessions."""
        channel = message.channel
        channel.messages.append(message)
        self.index[message.id] = message
        if channel.archived:
            channel.archived = False
            channel.announce()
        self._tell("MESSAGE_CREATE", message, nonce=True)

    def compose(
        self,
        channel: Chan,
        author: User,
        body: Json,
        *,
        files: dict[str, bytes] | None = None,
        message_id: int | None = None,
        parse: tuple[str, ...] = ("users", "roles", "everyone"),
    ) -> Msg:
        """A message that nobody sees yet. ``parse`` is what pings where the body does not say."""
        number = self.snowflake() if message_id is None else message_id
        embeds = bool(channel.permissions(author.id) & Permission.EMBED_LINKS) or not author.bot
        message = Msg(
            number, channel, author, dict(body), body.get("nonce"), self.wall(), embeds, files=files or {}
        )
        message.pinged = self.pings(message, body, parse)
        return message

    def edit(
        self, message: Msg, body: Json, *, parse: tuple[str, ...] = ("users", "roles", "everyone")
    ) -> None:
        """Lay an edit over a message, and tell the sessions."""
        message.edits.append(body)
        message.payload |= body
        message.edited_at = self.wall()
        # resources/message, edit: mentions are read again, by the defaults if the edit does not say.
        message.pinged |= self.pings(message, body, parse)
        if not message.ephemeral:
            self._tell("MESSAGE_UPDATE", message)

    def changed(self, message: Msg) -> None:
        """Tell the sessions that a message has changed by something other than an edit."""
        self._tell("MESSAGE_UPDATE", message)

    def _tell(self, event: str, message: Msg, *, nonce: bool = False) -> None:
        guild = message.channel.guild
        body = message.payload_for(self, nonce=nonce, content=False)
        if guild is not None:
            body |= {"guild_id": str(guild.id)}
            if message.author.id in guild.members:
                member = guild.member(message.author.id)
                del member["user"]
                body |= {"member": member}
        intent = Intent.GUILD_MESSAGES if guild else Intent.DIRECT_MESSAGES
        self.send(event, body, intent, guild, message.channel)

    def pings(self, message: Msg, body: Json, parse: tuple[str, ...]) -> set[str]:
        """Whom a body would ping there (resources/message, allowed mentions). Embeds never do."""
        allowed = body.get("allowed_mentions")
        if allowed is None:
            allowed = {"parse": list(parse), "replied_user": True}
        whom = set(allowed.get("parse") or [])
        texts = [str(body.get("content") or "")]
        texts += [str(item.get("content") or "") for _, item in walk(body.get("components"))]
        text = "\n".join(texts)
        found: set[str] = set()
        for one in re.findall(r"<@!?(\d+)>", text):
            if self.is_user(one) and ("users" in whom or one in map(str, allowed.get("users") or [])):
                found.add(one)
        loud = message.channel.permissions(message.author.id) & Permission.MENTION_EVERYONE
        for one in re.findall(r"<@&(\d+)>", text):
            if loud and ("roles" in whom or one in map(str, allowed.get("roles") or [])):
                found.add(one)
        if loud and "everyone" in whom:
            found |= set(re.findall(r"@(everyone|here)\b", text))
        reference = body.get("message_reference") or {}
        answered = self.index.get(int(reference.get("message_id") or 0))
        if answered is not None and allowed.get("replied_user", False):
            found.add(str(answered.author.id))
        return found

    def drop(self, message: Msg, *, dispatch: bool = True) -> None:
        """Delete a message; a thread that hangs from it stays."""
        self._remove(message)
        if dispatch:
            self._gone("MESSAGE_DELETE", message.channel, {"id": str(message.id)})

    def drop_many(self, messages: list[Msg]) -> None:
        """Delete messages of a channel at once."""
        for message in messages:
            self._remove(message)
        self._gone(
            "MESSAGE_DELETE_BULK", messages[0].channel, {"ids": [str(message.id) for message in messages]}
        )

    def _remove(self, message: Msg) -> None:
        message.deleted = True
        message.channel.messages.remove(message)
        self.index.pop(message.id, None)

    def _gone(self, event: str, channel: Chan, body: Json) -> None:
        guild = channel.guild
        body |= {"channel_id": str(channel.id)} | ({"guild_id": str(guild.id)} if guild else {})
        self.send(event, body, Intent.GUILD_MESSAGES if guild else Intent.DIRECT_MESSAGES, guild, channel)

    def open_thread(self, parent: Chan, body: Json, owner: User, *, on: Msg | None = None) -> Chan:
        """A thread that hangs from a message, whose id it gets, or from none."""
        kind = Kind.ANNOUNCEMENT_THREAD if parent.kind is Kind.ANNOUNCEMENT else Kind.PUBLIC_THREAD
        if on is None and parent.kind is not Kind.FORUM:
            kind = Kind(
                body.get("type") or Kind.PRIVATE_THREAD
            )  # resources/channel: private unless it is said
        thread = Chan(
            self,
            on.id if on else self.snowflake(),
            kind,
            str(body["name"]).strip(),
            guild=parent.guild,
            parent=parent,
            owner_id=owner.id,
            auto_archive=body.get("auto_archive_duration") or 1440,
            applied_tags=[str(tag) for tag in body.get("applied_tags") or []],
            archived_at=self.wall(),
            starter_id=self.snowflake() if on else None,
        )
        parent.threads.append(thread)
        self.channels[thread.id] = thread
        news = thread.payload() | {"newly_created": True}
        self.send("THREAD_CREATE", news, Intent.GUILDS, parent.guild, thread)
        if on is not None:
            on.thread = thread
            self._tell("MESSAGE_UPDATE", on)
        return thread

    def set_archived(self, thread: Chan, *, archived: bool = True) -> None:
        """Archive a thread, or bring it back."""
        if archived != thread.archived:
            thread.archived_at = self.wall()
        thread.archived = archived
        thread.announce()

    # Reactions

    def put_reaction(
        self, message: Msg, user_id: int, emoji: str, *, burst: bool = False, dispatch: bool = True
    ) -> None:
        """Put a reaction on a message, unless it is there."""
        kept = (message.bursts if burst else message.reactions).setdefault(emoji, set())
        if user_id in kept:
            return
        kept.add(user_id)
        if dispatch:
            self._reacted("MESSAGE_REACTION_ADD", message, emoji, user_id, burst=burst)

    def take_reaction(
        self, message: Msg, user_id: int, emoji: str, *, burst: bool = False, dispatch: bool = True
    ) -> None:
        """Take a reaction from a message, if it is there."""
        kept = (message.bursts if burst else message.reactions).get(emoji, set())
        if user_id in kept:
            kept.remove(user_id)
            if dispatch:
                self._reacted("MESSAGE_REACTION_REMOVE", message, emoji, user_id, burst=burst)

    def take_reactions(self, message: Msg, *, dispatch: bool = True) -> None:
        """Take all reactions from a message."""
        message.reactions.clear()
        message.bursts.clear()
        if dispatch:
            self._send_reaction("MESSAGE_REACTION_REMOVE_ALL", message, {})

    def take_emoji(self, message: Msg, emoji: str, *, dispatch: bool = True) -> None:
        """Take all reactions of one emoji from a message."""
        message.reactions.pop(emoji, None)
        message.bursts.pop(emoji, None)
        if dispatch:
            self._send_reaction("MESSAGE_REACTION_REMOVE_EMOJI", message, {"emoji": emoji_payload(emoji)})

    def _reacted(self, event: str, message: Msg, emoji: str, user_id: int, *, burst: bool) -> None:
        guild = message.channel.guild
        body: Json = {
            "user_id": str(user_id),
            "emoji": emoji_payload(emoji),
            "burst": burst,
            "type": int(burst),
        }
        if event.endswith("ADD"):
            body |= {"message_author_id": str(message.author.id)}
            body |= {"burst_colors": []} if burst else {}
            body |= {"member": guild.member(user_id)} if guild and user_id in guild.members else {}
        self._send_reaction(event, message, body)

    def _send_reaction(self, event: str, message: Msg, body: Json) -> None:
        guild = message.channel.guild
        place = {"channel_id": str(message.channel.id), "message_id": str(message.id)}
        place |= {"guild_id": str(guild.id)} if guild else {}
        intent = Intent.GUILD_MESSAGE_REACTIONS if guild else Intent.DIRECT_MESSAGE_REACTIONS
        self.send(event, place | body, intent, guild, message.channel)
