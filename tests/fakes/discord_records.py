"""People, roles and messages of the fake Discord, and how Discord writes them down."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import IntEnum
from typing import TYPE_CHECKING

from tests.fakes.discord_errors import Json
from tests.fakes.discord_limits import EPHEMERAL

if TYPE_CHECKING:
    from tests.fakes.discord_places import Chan
    from tests.fakes.discord_world import World

HAS_THREAD = 1 << 5  # resources/message, message flags
CROSSPOSTED = 1 << 0  # resources/message, message flags


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
    extra: Json = field(default_factory=dict)
    """What Discord writes beside it because of where it comes from: an answer to an interaction says so."""
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
        return body | self.extra

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
