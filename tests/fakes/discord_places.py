"""Guilds, channels and threads of the fake Discord, and how Discord writes them down."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.fakes.discord_errors import Json, Refused
from tests.fakes.discord_permissions import EVERYTHING, MEMBER, NOTHING, Overwrite, Permission, effective
from tests.fakes.discord_records import Intent, Kind, Msg, Role, User, stamp

if TYPE_CHECKING:
    from tests.fakes.discord_world import World

REQUIRE_TAG = 1 << 4  # resources/channel, channel flags


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

    def settle(self) -> None:
        """Archive a thread in which nothing happened for as long as it says (topics/threads)."""
        active = max([self.archived_at, *(message.at for message in self.messages[-1:])])
        if self.is_thread and not self.archived and self.world.wall() - active > self.auto_archive * 60:
            self.world.set_archived(self)

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

    def remove(self, *, deleted: bool = False) -> None:
        """The bot is thrown out, which leaves it without access to the channels; or the guild is deleted."""
        del self.members[self.world.bot_id]
        if deleted:
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
        for channel in self.channels:
            for thread in channel.threads:
                thread.settle()
        return itertools.chain.from_iterable(channel.threads for channel in self.channels)

    def payload(self) -> Json:
        """As the GUILD_CREATE of a guild that is joined just now writes it (events/gateway-events).

        Archived threads are not in it. After READY and after an outage Discord adds that it is available.
        """
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
