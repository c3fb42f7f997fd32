"""What is in the fake Discord: guilds, channels, threads, people, messages; and how Discord writes them down."""

import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import IntEnum

from tests.fakes.discord_errors import Json, Refused
from tests.fakes.discord_limits import EPHEMERAL, walk
from tests.fakes.discord_permissions import EVERYTHING, MEMBER, NOTHING, Overwrite, Permission, effective

EPOCH = 1_420_070_400_000  # reference, snowflakes: milliseconds of the first second of 2015
HAS_THREAD = 1 << 5  # resources/message, message flags
CROSSPOSTED = 1 << 0  # resources/message, message flags
REQUIRE_TAG = 1 << 4  # resources/channel, channel flags


class Kind(IntEnum):
    """Channel types: resources/channel."""

    TEXT = 0
    DM = 1
    VOICE = 2
    CATEGORY = 4
    ANNOUNCEMENT = 5
    ANNOUNCEMENT_THREAD = 10
    PUBLIC_THREAD = 11
    PRIVATE_THREAD = 12
    FORUM = 15


class Intent(IntEnum):
    """Which events a session asks for: events/gateway, list of intents."""

    NONE = 0
    GUILDS = 1 << 0
    GUILD_MEMBERS = 1 << 1
    GUILD_EXPRESSIONS = 1 << 3
    GUILD_PRESENCES = 1 << 8
    GUILD_MESSAGES = 1 << 9
    GUILD_MESSAGE_REACTIONS = 1 << 10
    DIRECT_MESSAGES = 1 << 12
    DIRECT_MESSAGE_REACTIONS = 1 << 13
    MESSAGE_CONTENT = 1 << 15


def stamp(seconds: float) -> str:
    """A time as Discord writes it."""
    return datetime.fromtimestamp(seconds, UTC).isoformat()


@dataclass(eq=False)
class User:
    """Somebody. Who has ``closed`` takes no direct messages."""

    id: int
    name: str
    bot: bool = False
    closed: bool = False

    def payload(self) -> Json:
        """As resources/user writes it."""
        return {
            "id": str(self.id),
            "username": self.name,
            "discriminator": "0",
            "global_name": None,
            "avatar": None,
            "bot": self.bot,
            "public_flags": 0,
        }


@dataclass(eq=False)
class Role:
    """A role with what it permits in its guild."""

    id: int
    name: str
    permissions: int

    def payload(self) -> Json:
        """As topics/permissions writes it."""
        return {
            "id": str(self.id),
            "name": self.name,
            "permissions": str(self.permissions),
            "color": 0,
            "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
            "hoist": False,
            "icon": None,
            "unicode_emoji": None,
            "position": 1,
            "managed": False,
            "mentionable": False,
            "flags": 0,
        }


@dataclass(eq=False)
class Msg:
    """A message as people see it. ``payload`` is what its author sent, with later edits laid over it."""

    id: int
    channel: "Chan"
    author: User
    payload: Json
    nonce: str | int | None
    at: float
    embedded: bool = True
    """Whether its author may embed: else nobody sees its embeds."""
    edits: list[Json] = field(default_factory=list)
    edited_at: float | None = None
    reactions: dict[str, set[int]] = field(default_factory=dict)
    bursts: dict[str, set[int]] = field(default_factory=dict)
    pinged: set[str] = field(default_factory=set)
    """Whom it pinged: ids of users and roles, "everyone", "here"."""
    files: dict[str, bytes] = field(default_factory=dict)
    thread: "Chan | None" = None
    crossposted: bool = False
    pinned: bool = False
    deleted: bool = False

    @property
    def content(self) -> str:
        """Its text."""
        return str(self.payload.get("content") or "")

    @property
    def embeds(self) -> list[Json]:
        """The embeds that people see."""
        return list(self.payload.get("embeds") or []) if self.embedded else []

    @property
    def components(self) -> list[Json]:
        """Its rows of buttons and selects."""
        return list(self.payload.get("components") or [])

    @property
    def ephemeral(self) -> bool:
        """Whether only one person sees it."""
        return bool(int(self.payload.get("flags") or 0) & EPHEMERAL)

    def reactors(self, emoji: str, *, burst: bool = False) -> set[int]:
        """Who reacted with an emoji."""
        return (self.bursts if burst else self.reactions).get(emoji, set())

    def emojis(self) -> list[str]:
        """The emoji on it, in order of their first use."""
        return [emoji for emoji in {**self.reactions, **self.bursts} if self._count(emoji)]

    def _count(self, emoji: str) -> int:
        return len(self.reactors(emoji)) + len(self.reactors(emoji, burst=True))

    def payload_for(self, world: "World", *, nonce: bool = False, content: bool = True) -> Json:
        """As resources/message writes it for the bot; ``nonce`` only where Discord sends it."""
        shown = content or self.author.id == world.bot_id or self.channel.guild is None
        shown = shown or str(world.bot_id) in self.pinged
        flags = int(self.payload.get("flags") or 0) | (HAS_THREAD if self.thread else 0)
        body: Json = {
            "id": str(self.id),
            "channel_id": str(self.channel.id),
            "author": self.author.payload(),
            "type": 0,
            "content": self.content if shown else "",
            "embeds": [{"type": "rich", **embed} for embed in self.embeds] if shown else [],
            "components": self.components if shown else [],
            "attachments": self._attachments() if shown else [],
            "timestamp": stamp(self.at),
            "edited_timestamp": stamp(self.edited_at) if self.edited_at is not None else None,
            "tts": bool(self.payload.get("tts")),
            "mention_everyone": bool(self.pinged & {"everyone", "here"}),
            "mentions": [
                world.users[int(one)].payload() for one in sorted(self.pinged) if world.is_user(one)
            ],
            "mention_roles": [],
            "pinned": self.pinned,
            "flags": flags | (CROSSPOSTED if self.crossposted else 0),
        }
        if self.emojis():
            body["reactions"] = [self._reaction(emoji, world) for emoji in self.emojis()]
        if self.thread:
            body["thread"] = self.thread.payload()
        if nonce and self.nonce is not None:
            body["nonce"] = self.nonce
        return body

    def _attachments(self) -> list[Json]:
        found = []
        for number, (name, data) in enumerate(self.files.items()):
            url = f"https://cdn.discordapp.com/attachments/{self.channel.id}/{self.id + number}/{name}"
            found.append(
                {
                    "id": str(self.id + number),
                    "filename": name,
                    "size": len(data),
                    "url": url,
                    "proxy_url": url,
                }
            )
        return found

    def _reaction(self, emoji: str, world: "World") -> Json:
        normal, burst = self.reactors(emoji), self.reactors(emoji, burst=True)
        return {
            "emoji": emoji_payload(emoji),
            "count": self._count(emoji),
            "count_details": {"normal": len(normal), "burst": len(burst)},
            "me": world.bot_id in normal,
            "me_burst": world.bot_id in burst,
            "burst_colors": [],
        }


def emoji_payload(emoji: str) -> Json:
    """A partial emoji of its own text, or of ``name:id``."""
    name, _, number = emoji.partition(":")
    return {"id": number or None, "name": name}


@dataclass(eq=False)
class Chan:
    """A channel, a thread or a direct conversation. ``messages`` stand in the order in which people see them."""

    world: "World"
    id: int
    kind: Kind
    name: str
    guild: "Guild | None" = None
    parent: "Chan | None" = None
    recipient: User | None = None
    messages: list[Msg] = field(default_factory=list)
    threads: "list[Chan]" = field(default_factory=list)
    overwrites: dict[int, Overwrite] = field(default_factory=dict)
    """By the id of the role or of the member."""
    owner_id: int = 0
    archived: bool = False
    locked: bool = False
    archived_at: float = 0.0
    auto_archive: int = 1440
    applied_tags: list[str] = field(default_factory=list)
    tags: dict[str, str] = field(default_factory=dict)
    """A forum's tags: id → name."""
    require_tag: bool = False
    starter_id: int | None = None
    """A thread's own first entry, which points at the message that it hangs from."""

    @property
    def is_thread(self) -> bool:
        """Whether it hangs under another channel."""
        return self.kind in (Kind.ANNOUNCEMENT_THREAD, Kind.PUBLIC_THREAD, Kind.PRIVATE_THREAD)

    @property
    def last_id(self) -> str | None:
        """The id of its last message."""
        return str(self.messages[-1].id) if self.messages else None

    def find(self, message_id: int) -> Msg:
        """A message of it. Raises ``Refused``."""
        message = self.world.index.get(message_id)
        if message is None or message.channel is not self:
            raise Refused(10008)
        return message

    def permissions(self, user_id: int) -> int:
        """What somebody may do here."""
        if self.guild is None:
            return EVERYTHING & ~Permission.ADMINISTRATOR
        place = self.parent if self.parent and self.is_thread else self
        role = self.guild.role_of(user_id)
        if role is None:
            return 0
        if user_id == self.guild.owner_id:
            return EVERYTHING
        return effective(
            self.guild.everyone.permissions | role.permissions,
            everyone=place.overwrites.get(self.guild.id, NOTHING),
            roles=[place.overwrites.get(role.id, NOTHING)],
            member=place.overwrites.get(user_id, NOTHING),
            thread=self.is_thread,
        )

    def payload(self) -> Json:
        """As resources/channel writes it."""
        body: Json = {"id": str(self.id), "type": int(self.kind), "last_message_id": self.last_id, "flags": 0}
        if self.recipient is not None:
            return body | {"recipients": [self.recipient.payload()]}
        body |= {
            "name": self.name,
            "rate_limit_per_user": 0,
            "guild_id": str(self.guild.id) if self.guild else None,
        }
        if self.is_thread and self.parent:
            return body | self._thread(self.parent)
        body |= {
            "position": 0,
            "parent_id": None,
            "nsfw": False,
            "topic": None,
            "permission_overwrites": [
                {
                    "id": str(owner),
                    "type": 0 if self.guild and owner in self.guild.roles else 1,
                    "allow": str(over.allow),
                    "deny": str(over.deny),
                }
                for owner, over in self.overwrites.items()
            ],
        }
        if self.kind is Kind.VOICE:
            body |= {"bitrate": 64000, "user_limit": 0, "rtc_region": None}
        if self.kind is Kind.FORUM:
            body |= {
                "flags": REQUIRE_TAG if self.require_tag else 0,
                "available_tags": [
                    {"id": number, "name": name, "moderated": False, "emoji_id": None, "emoji_name": None}
                    for number, name in self.tags.items()
                ],
                "default_reaction_emoji": None,
                "default_sort_order": None,
                "default_forum_layout": 0,
                "template": "",
            }
        return body

    def _thread(self, parent: "Chan") -> Json:
        shown = len(self.messages) - (1 if parent.kind is Kind.FORUM else 0)
        member = {
            "id": str(self.id),
            "user_id": str(self.world.bot_id),
            "join_timestamp": stamp(0),
            "flags": 0,
        }
        body: Json = {
            "parent_id": str(parent.id),
            "owner_id": str(self.owner_id),
            "message_count": max(0, shown),
            "total_message_sent": max(0, shown),
            "member_count": 1,
            "thread_metadata": {
                "archived": self.archived,
                "locked": self.locked,
                "archive_timestamp": stamp(self.archived_at),
                "auto_archive_duration": self.auto_archive,
                "create_timestamp": stamp(self.world.time_of(self.id)),
            },
        }
        if self.applied_tags:
            body["applied_tags"] = self.applied_tags
        return body | ({"member": member} if self.owner_id == self.world.bot_id else {})

    def delete(self) -> None:
        """Take it away, with its threads."""
        assert self.guild is not None
        self.world.forget(self)
        for thread in self.threads:
            self.world.forget(thread)
        if self.is_thread and self.parent:
            self.parent.threads.remove(self)
            body = {"id": str(self.id), "guild_id": str(self.guild.id), "type": int(self.kind)}
            self.world.send(
                "THREAD_DELETE", body | {"parent_id": str(self.parent.id)}, Intent.GUILDS, self.guild
            )
        else:
            self.guild.channels.remove(self)
            self.world.send("CHANNEL_DELETE", self.payload(), Intent.GUILDS, self.guild)

    def announce(self) -> None:
        """Tell the bot that the channel or thread has changed."""
        event = "THREAD_UPDATE" if self.is_thread else "CHANNEL_UPDATE"
        self.world.send(event, self.payload(), Intent.GUILDS, self.guild, self)


@dataclass(eq=False)
class Guild:
    """A server, as people call it: its channels, roles and members."""

    world: "World"
    id: int
    name: str
    owner_id: int
    roles: dict[int, Role] = field(default_factory=dict)
    members: dict[int, int] = field(default_factory=dict)
    """User id → role id."""
    channels: list[Chan] = field(default_factory=list)
    emojis: dict[str, str] = field(default_factory=dict)
    """Id → name of its own emoji."""
    out: bool = False
    """Whether an outage has made it unavailable."""

    @property
    def everyone(self) -> Role:
        """The role that all have; its id is the guild's."""
        return self.roles[self.id]

    def role_of(self, user_id: int) -> Role | None:
        """The role that a member has beside it."""
        number = self.members.get(user_id)
        return self.roles[number] if number is not None else None

    def add_member(
        self, name: str = "reader", *, permissions: int = MEMBER, user_id: int | None = None
    ) -> int:
        """Somebody joins, with permissions that hold in the whole guild; gives their id."""
        if user_id is None:
            user_id = self.world.add_user(name)
        same = [
            role
            for role in self.roles.values()
            if role.permissions == permissions and role is not self.everyone
        ]
        role = same[0] if same else Role(self.world.snowflake(), f"role-{len(self.roles)}", permissions)
        self.roles[role.id] = role
        self.members[user_id] = role.id
        return user_id

    def permit(self, user_id: int, permissions: int) -> None:
        """Give a member, or the bot, other permissions in the whole guild."""
        role = Role(self.world.snowflake(), f"role-{len(self.roles)}", permissions)
        self.roles[role.id] = role
        self.members[user_id] = role.id
        body = {"guild_id": str(self.id)}
        self.world.send("GUILD_ROLE_CREATE", body | {"role": role.payload()}, Intent.GUILDS, self)
        own = Intent.NONE if user_id == self.world.bot_id else Intent.GUILD_MEMBERS
        self.world.send("GUILD_MEMBER_UPDATE", body | self.member(user_id), own, self)

    def _add(self, kind: Kind, name: str) -> Chan:
        channel = Chan(self.world, self.world.snowflake(), kind, name, guild=self)
        self.channels.append(channel)
        self.world.channels[channel.id] = channel
        self.world.send("CHANNEL_CREATE", channel.payload(), Intent.GUILDS, self, channel)
        return channel

    def add_text(self, name: str = "papers") -> Chan:
        """A text channel."""
        return self._add(Kind.TEXT, name)

    def add_announcement(self, name: str = "news") -> Chan:
        """An announcement channel."""
        return self._add(Kind.ANNOUNCEMENT, name)

    def add_voice(self, name: str = "talk") -> Chan:
        """A voice channel."""
        return self._add(Kind.VOICE, name)

    def add_forum(
        self, name: str = "reading", *, tags: tuple[str, ...] = (), require_tag: bool = False
    ) -> Chan:
        """A forum, with tags for its posts."""
        channel = self._add(Kind.FORUM, name)
        channel.tags = {str(self.world.snowflake()): tag for tag in tags}
        channel.require_tag = require_tag
        channel.announce()
        return channel

    def add_emoji(self, name: str) -> str:
        """An emoji of its own, as ``name:id``."""
        number = str(self.world.snowflake())
        self.emojis[number] = name
        body = {"guild_id": str(self.id), "emojis": self._emojis()}
        self.world.send("GUILD_EMOJIS_UPDATE", body, Intent.GUILD_EXPRESSIONS, self)
        return f"{name}:{number}"

    def deny(self, channel: Chan, bits: int, *, whom: int | None = None) -> None:
        """Take permissions away in a channel from a role or a member: from the bot, if none is named."""
        self._overwrite(channel, whom, Overwrite(deny=int(bits)))

    def allow(self, channel: Chan, bits: int, *, whom: int | None = None) -> None:
        """Give permissions in a channel, in place of what was allowed or denied there before."""
        self._overwrite(channel, whom, Overwrite(allow=int(bits)))

    def _overwrite(self, channel: Chan, whom: int | None, over: Overwrite) -> None:
        channel.overwrites[self.world.bot_id if whom is None else whom] = over
        # The bot hears of it even where it loses sight of the channel by it.
        self.world.send("CHANNEL_UPDATE", channel.payload(), Intent.GUILDS, self)

    def remove(self) -> None:
        """The bot is thrown out, or the guild deleted."""
        for channel in self.channels:
            for each in (channel, *channel.threads):
                self.world.forget(each)
        del self.world.guilds[self.id]
        self.world.send("GUILD_DELETE", {"id": str(self.id)}, Intent.GUILDS, self)

    def unavailable(self) -> None:
        """An outage takes it away for a while."""
        self.out = True
        self.world.send("GUILD_DELETE", {"id": str(self.id), "unavailable": True}, Intent.GUILDS, self)

    def available(self) -> None:
        """The outage is over."""
        self.out = False
        self.world.send("GUILD_CREATE", self.payload() | {"unavailable": False}, Intent.GUILDS, self)

    def member(self, user_id: int) -> Json:
        """As resources/guild writes a member."""
        return {
            "user": self.world.users[user_id].payload(),
            "roles": [str(self.members[user_id])] if user_id in self.members else [],
            "nick": None,
            "avatar": None,
            "joined_at": stamp(self.world.time_of(self.id)),
            "premium_since": None,
            "deaf": False,
            "mute": False,
            "flags": 0,
            "pending": False,
            "communication_disabled_until": None,
        }

    def _emojis(self) -> list[Json]:
        keys = {"roles": [], "require_colons": True, "managed": False, "animated": False, "available": True}
        return [{"id": number, "name": name, **keys} for number, name in self.emojis.items()]

    def threads(self) -> Iterator[Chan]:
        """All its threads."""
        return itertools.chain.from_iterable(channel.threads for channel in self.channels)

    def payload(self) -> Json:
        """As a gateway's GUILD_CREATE writes it (events/gateway-events); archived threads are not in it."""
        bot = self.world.bot_id
        seen = [thread for thread in self.threads() if not thread.archived]
        seen = [thread for thread in seen if thread.permissions(bot) & Permission.VIEW_CHANNEL]
        return {
            "id": str(self.id),
            "name": self.name,
            "icon": None,
            "owner_id": str(self.owner_id),
            "region": "",
            "afk_channel_id": None,
            "afk_timeout": 300,
            "verification_level": 0,
            "default_message_notifications": 1,
            "explicit_content_filter": 0,
            "roles": [role.payload() for role in self.roles.values()],
            "emojis": self._emojis(),
            "features": [],
            "mfa_level": 0,
            "system_channel_id": None,
            "system_channel_flags": 0,
            "rules_channel_id": None,
            "public_updates_channel_id": None,
            "safety_alerts_channel_id": None,
            "max_members": 500000,
            "preferred_locale": "en-US",
            "nsfw_level": 0,
            "premium_tier": 0,
            "premium_progress_bar_enabled": False,
            "stickers": [],
            "joined_at": stamp(self.world.time_of(self.id)),
            "large": False,
            "unavailable": self.out,
            "member_count": len(self.members),
            "members": [self.member(bot)] if bot in self.members else [],
            "voice_states": [],
            "presences": [],
            "stage_instances": [],
            "guild_scheduled_events": [],
            "soundboard_sounds": [],
            "channels": [channel.payload() for channel in self.channels],
            "threads": [thread.payload() for thread in seen],
        }


class World:
    """Everything that exists, and the way to tell sessions of what happens. ``wall`` gives seconds since 1970."""

    def __init__(self, wall: Callable[[], float]) -> None:
        self.wall = wall
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
        if found is None or (found.guild is not None and found.guild.id not in self.guilds):
            raise Refused(10003)
        return found

    def messages(self, channel_id: int) -> list[Msg]:
        """What people see in a channel or a thread, in order."""
        return list(self.channel(channel_id).messages)

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

    def drop(self, message: Msg) -> None:
        """Delete a message; a thread that hangs from it stays."""
        message.deleted = True
        message.channel.messages.remove(message)
        self.index.pop(message.id, None)
        guild = message.channel.guild
        body = {"id": str(message.id), "channel_id": str(message.channel.id)}
        body |= {"guild_id": str(guild.id)} if guild else {}
        self.send(
            "MESSAGE_DELETE",
            body,
            Intent.GUILD_MESSAGES if guild else Intent.DIRECT_MESSAGES,
            guild,
            message.channel,
        )

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
