"""Requests to the fake Discord as its routes see them, and what all routes look at first."""

from dataclasses import dataclass, field

from tests.fakes.discord_errors import Json, Refused
from tests.fakes.discord_limits import Form
from tests.fakes.discord_permissions import Permission
from tests.fakes.discord_places import Chan, Guild
from tests.fakes.discord_world import World

PAGE = 100  # resources/message, get channel messages, get reactions


@dataclass
class Call:
    """A request, as a route needs it. ``ids`` are the numbers in its path, by name; ``emoji`` is decoded."""

    ids: dict[str, int]
    words: dict[str, str] = field(default_factory=dict)
    body: Json = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)

    def limit(self, default: int, *, least: int = 1, most: int = PAGE) -> int:
        """The size of a page. Raises ``Refused``."""
        text = self.query.get("limit", str(default))
        size = int(text) if text.isdigit() else -1
        if not least <= size <= most:
            form = Form()
            code = "NUMBER_TYPE_MAX" if size > most else "NUMBER_TYPE_MIN"
            form.add(("limit",), code, f"int value should be between {least} and {most}.")
            form.close()
        return size


Answer = tuple[int, Json | list[Json] | None]
NOTHING: Answer = (204, None)


def permitted(channel: Chan, *needed: Permission) -> None:
    """topics/permissions: who can't see a channel misses access, who can't act misses a permission."""
    have = channel.permissions(channel.world.bot_id)
    if not have & Permission.VIEW_CHANNEL:
        raise Refused(50001)
    for bit in needed:
        if not have & bit:
            raise Refused(50013)


def channel_of(world: World, call: Call, *needed: Permission) -> Chan:
    """The channel that a path names, if the bot may do this there. Raises ``Refused``."""
    channel = world.channel(call.ids["channel"])
    permitted(channel, *needed)
    return channel


def guild_of(world: World, call: Call) -> Guild:
    """The guild that a path names. Raises ``Refused``."""
    guild = world.guilds.get(call.ids["guild"])
    if guild is None or guild.out:
        raise Refused(10004)
    return guild
