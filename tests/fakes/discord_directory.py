"""Guilds, people and the application over the fake Discord's REST API."""

from tests.fakes.discord_calls import NOTHING, Answer, Call, guild_of
from tests.fakes.discord_errors import Json, Refused
from tests.fakes.discord_world import World


class Directory:
    """The routes of guilds and people. Each takes a ``Call`` and gives status and body, or raises ``Refused``."""

    def __init__(self, world: World) -> None:
        self.world = world

    def get_guild(self, call: Call) -> Answer:
        """A guild."""
        return 200, guild_of(self.world, call).payload()

    def guild_channels(self, call: Call) -> Answer:
        """A guild's channels, without threads."""
        return 200, [channel.payload() for channel in guild_of(self.world, call).channels]

    def guild_member(self, call: Call) -> Answer:
        """A member."""
        guild = guild_of(self.world, call)
        if call.ids["user"] not in guild.members:
            raise Refused(10007)
        return 200, guild.member(call.ids["user"])

    def guild_roles(self, call: Call) -> Answer:
        """A guild's roles."""
        return 200, [role.payload() for role in guild_of(self.world, call).roles.values()]

    def guild_emojis(self, call: Call) -> Answer:
        """A guild's own emoji."""
        emojis: list[Json] = guild_of(self.world, call).payload()["emojis"]
        return 200, emojis

    def own_guilds(self, call: Call) -> Answer:
        """The guilds that the bot is in."""
        keys = ("id", "name", "icon", "features")
        found = []
        for guild in self.world.guilds.values():
            role = guild.role_of(self.world.bot_id)
            part = {key: value for key, value in guild.payload().items() if key in keys}
            found.append(
                part | {"owner": False, "permissions": str(role.permissions if role else 0), "banner": None}
            )
        return 200, found[: call.limit(200, most=200)]

    def leave_guild(self, call: Call) -> Answer:
        """The bot goes."""
        guild_of(self.world, call).remove()
        return NOTHING

    def own_user(self, call: Call) -> Answer:
        """The bot itself."""
        return 200, self.world.users[self.world.bot_id].payload()

    def get_user(self, call: Call) -> Answer:
        """Somebody."""
        if call.ids["user"] not in self.world.users:
            raise Refused(10013)
        return 200, self.world.users[call.ids["user"]].payload()

    def open_direct(self, call: Call) -> Answer:
        """The direct conversation with somebody."""
        return 200, self.world.direct(int(call.body.get("recipient_id") or 0)).payload()

    def application(self, call: Call) -> Answer:
        """The bot's application."""
        return 200, {
            "id": str(self.world.application_id),
            "name": "Broadsheet",
            "icon": None,
            "description": "",
            "bot_public": True,
            "bot_require_code_grant": False,
            "owner": self.world.users[self.world.owner_id].payload(),
            "verify_key": "0" * 64,
            "flags": 0,
            "team": None,
            "approximate_guild_count": len(self.world.guilds),
        }
