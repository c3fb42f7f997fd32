"""Application commands of the fake Discord: what may be registered, and what a person's client makes of it.

Rules and limits: Discord docs, interactions/application-commands.
"""

import re
from dataclasses import dataclass, field

from tests.fakes.discord_calls import NOTHING, Answer, Call
from tests.fakes.discord_errors import Json, Refused
from tests.fakes.discord_limits import Form
from tests.fakes.discord_places import Chan
from tests.fakes.discord_world import World

SLASH, USER_MENU, MESSAGE_MENU = 1, 2, 3
COMMANDS = {SLASH: 100, USER_MENU: 15, MESSAGE_MENU: 15}
NAME, DESCRIPTION = 32, 100
OPTIONS = CHOICES = 25
CHOICE = 100
TOGETHER = 8000
CREATES_A_DAY = 200
SUBCOMMAND, GROUP = 1, 2
STRING, INTEGER, BOOLEAN, USER, CHANNEL, ROLE, NUMBER = 3, 4, 5, 6, 7, 8, 10
TYPES = {STRING: str, INTEGER: int, BOOLEAN: bool, USER: int, CHANNEL: int, ROLE: int, NUMBER: float}
SLASH_NAME = re.compile(r"[-_'\w]{1,32}")


class NotOffered(LookupError):
    """A person's client would not let them do this: no such command, option, button or permission."""


def _size(item: Json) -> int:
    """The texts of a command, an option or a choice; the longest localisation of each counts."""
    total = 0
    for key in ("name", "description"):
        texts = [str(item.get(key) or ""), *map(str, (item.get(f"{key}_localizations") or {}).values())]
        total += max(map(len, texts))
    total += len(item["value"]) if isinstance(item.get("value"), str) else 0
    return total + sum(_size(part) for key in ("options", "choices") for part in item.get(key) or [])


def _slash_name(form: Form, name: object, path: tuple[str | int, ...]) -> None:
    text = str(name or "")
    form.text(name, path, NAME, least=1, required=True)
    if text and (not SLASH_NAME.fullmatch(text) or text != text.lower()):
        form.add(path, "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")


def _options(form: Form, item: Json, path: tuple[str | int, ...], depth: int) -> None:
    names: list[object] = []
    optional = False
    for index, option in enumerate(form.count(item.get("options"), (*path, "options"), OPTIONS)):
        place = (*path, "options", index)
        _slash_name(form, option.get("name"), (*place, "name"))
        form.text(option.get("description"), (*place, "description"), DESCRIPTION, least=1, required=True)
        if option.get("name") in names:
            form.add(
                (*place, "name"),
                "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS",
                "Option name already exists",
            )
        names.append(option.get("name"))
        kind = option.get("type")
        if (kind == GROUP and depth > 0) or (kind == SUBCOMMAND and depth > 1):
            form.add(
                (*place, "type"),
                "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID",
                "Sub-command or group nested too deep",
            )
        if optional and option.get("required"):
            words = "Required options must be placed before non-required options"
            form.add(place, "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", words)
        optional = optional or not option.get("required")
        choices = form.count(option.get("choices"), (*place, "choices"), CHOICES)
        for number, choice in enumerate(choices):
            form.text(choice.get("name"), (*place, "choices", number, "name"), CHOICE, least=1, required=True)
            if isinstance(choice.get("value"), str):
                form.text(choice["value"], (*place, "choices", number, "value"), CHOICE, least=1)
        if choices and option.get("autocomplete"):
            form.add(
                place,
                "APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_CHOICES",
                "Choices and autocomplete exclude each other",
            )
        if kind in (SUBCOMMAND, GROUP):
            _options(form, option, place, 2 if kind == SUBCOMMAND else 1)


def check_command(form: Form, command: Json, path: tuple[str | int, ...]) -> None:
    """One command as it is registered."""
    if command.get("type", SLASH) == SLASH:
        _slash_name(form, command.get("name"), (*path, "name"))
        form.text(command.get("description"), (*path, "description"), DESCRIPTION, least=1, required=True)
        _options(form, command, path, 0)
        if _size(command) > TOGETHER:
            form.add(path, "APPLICATION_COMMAND_TOO_LARGE", f"Command exceeds maximum size ({TOGETHER})")
    else:
        form.text(command.get("name"), (*path, "name"), NAME, least=1, required=True)
        if command.get("description"):
            form.add(
                (*path, "description"), "APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION", "Not allowed here"
            )


@dataclass
class Commands:
    """What the bot has registered, by guild id; None stands for everywhere."""

    world: World
    registered: dict[int | None, list[Json]] = field(default_factory=dict)
    writes: int = 0
    """Requests that registered something: a bot that syncs only what changed makes few."""
    _created: list[tuple[int | None, float]] = field(default_factory=list)

    def _scope(self, call: Call) -> int | None:
        if call.ids["application"] != self.world.application_id:
            raise Refused(50001)
        guild = call.ids.get("guild")
        if guild is not None and guild not in self.world.guilds:
            raise Refused(50001)
        return guild

    def _make(self, scope: int | None, body: Json, old: Json | None) -> Json:
        if old is None:
            since = self.world.wall() - 86_400
            if sum(where == scope and at > since for where, at in self._created) >= CREATES_A_DAY:
                raise Refused(30034)
            self._created.append((scope, self.world.wall()))
        command: Json = {
            "id": old["id"] if old else str(self.world.snowflake()),
            "application_id": str(self.world.application_id),
            "version": str(self.world.snowflake()),
            "type": SLASH,
            "description": "",
            "default_member_permissions": None,
            "nsfw": False,
            "integration_types": [0],
            "contexts": None,
        }
        command |= {
            key: value for key, value in body.items() if key not in ("id", "application_id", "version")
        }
        return command | ({"guild_id": str(scope)} if scope is not None else {})

    def overwrite(self, call: Call) -> Answer:
        """Replace all commands of a scope."""
        scope = self._scope(call)
        bodies: list[Json] = call.body["list"]
        form = Form()
        for index, body in enumerate(bodies):
            check_command(form, body, (index,))
        form.close()
        keys = [(body.get("type", SLASH), body["name"]) for body in bodies]
        if len(set(keys)) < len(keys):
            form.add(
                ("name",), "APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique"
            )
            form.close()
        for kind, most in COMMANDS.items():
            if sum(key[0] == kind for key in keys) > most:
                raise Refused(30032)
        old = {(command["type"], command["name"]): command for command in self.registered.get(scope, [])}
        made = [self._make(scope, body, old.get(key)) for body, key in zip(bodies, keys, strict=True)]
        self.registered[scope] = made
        self.writes += 1
        return 200, made

    def create(self, call: Call) -> Answer:
        """Register one command, in place of one of its name."""
        scope = self._scope(call)
        form = Form()
        check_command(form, call.body, ())
        form.close()
        kept = self.registered.setdefault(scope, [])
        key = (call.body.get("type", SLASH), call.body["name"])
        old = next((command for command in kept if (command["type"], command["name"]) == key), None)
        made = self._make(scope, call.body, old)
        if old is not None:
            kept.remove(old)
        kept.append(made)
        self.writes += 1
        return (200 if old else 201), made

    def listed(self, call: Call) -> Answer:
        """All commands of a scope."""
        return 200, self.registered.get(self._scope(call), [])

    def _one(self, call: Call) -> tuple[list[Json], Json]:
        kept = self.registered.get(self._scope(call), [])
        for command in kept:
            if command["id"] == str(call.ids["command"]):
                return kept, command
        raise Refused(10063)

    def get(self, call: Call) -> Answer:
        """One command."""
        return 200, self._one(call)[1]

    def delete(self, call: Call) -> Answer:
        """Take one command back."""
        kept, command = self._one(call)
        kept.remove(command)
        self.writes += 1
        return NOTHING

    # What a person's client makes of it

    def offered(self, channel: Chan, user_id: int, name: str, kind: int) -> Json:
        """The command of a name that somebody can use in a channel: the guild's own before the global one."""
        scopes = [channel.guild.id, None] if channel.guild else [None]
        for scope in scopes:
            for command in self.registered.get(scope, []):
                if (command["type"], command["name"]) == (kind, name):
                    self._allowed(command, channel, user_id)
                    return command
        raise NotOffered(f"no command {name!r} of type {kind} is registered")

    def _allowed(self, command: Json, channel: Chan, user_id: int) -> None:
        contexts = command.get("contexts")
        here = 0 if channel.guild else 1
        allowed = contexts is None or here in contexts
        if contexts is None and command.get("dm_permission") is False and not channel.guild:
            allowed = False
        if not allowed:
            raise NotOffered(f"/{command['name']} is not offered in this kind of channel")
        needed = command.get("default_member_permissions")
        if needed is not None and channel.guild:
            have = channel.permissions(user_id)
            if have & int(needed) != int(needed) or (int(needed) == 0 and not have & 8):
                raise NotOffered(f"/{command['name']} is not offered to this member")

    def data(
        self, command: Json, options: Json, sub: tuple[str, ...], channel: Chan, focused: str | None = None
    ) -> Json:
        """An interaction's data. Raises ``NotOffered`` for what a client would not send."""
        level = command
        for name in sub:
            found = [
                item for item in level.get("options") or [] if item["name"] == name and item["type"] in (1, 2)
            ]
            if not found:
                raise NotOffered(f"/{command['name']} has no {name!r}")
            level = found[0]
        if any(item["type"] in (SUBCOMMAND, GROUP) for item in level.get("options") or []):
            raise NotOffered(f"/{command['name']} can't be called without a subcommand")
        known = {item["name"]: item for item in level.get("options") or []}
        if stray := set(options) - set(known):
            raise NotOffered(f"/{command['name']} has no option {sorted(stray)}")
        if focused is not None and not known.get(focused, {}).get("autocomplete"):
            raise NotOffered(f"{focused!r} does not autocomplete")
        resolved: Json = {}
        made = []
        for name, item in known.items():
            if name not in options:
                if item.get("required") and focused is None:
                    raise NotOffered(f"/{command['name']} needs {name!r}")
                continue
            value = options[name]
            if focused is None:
                _fits(item, value)
            made.append(
                {"name": name, "type": item["type"], "value": self._value(item, value, channel, resolved)}
            )
            if name == focused:
                made[-1]["focused"] = True
        for name in reversed(sub):
            kind = GROUP if len(sub) == 2 and name == sub[0] else SUBCOMMAND
            made = [{"name": name, "type": kind, "options": made}]
        body = {"id": command["id"], "name": command["name"], "type": SLASH, "options": made}
        body |= {"resolved": resolved} if resolved else {}
        return body | ({"guild_id": command["guild_id"]} if "guild_id" in command else {})

    def _value(self, item: Json, value: object, channel: Chan, resolved: Json) -> object:
        if item["type"] in (USER, CHANNEL, ROLE):
            kind = {USER: "users", CHANNEL: "channels", ROLE: "roles"}[item["type"]]
            assert isinstance(value, int)
            resolve(self.world, channel, kind, value, resolved)
            return str(value)
        return value


def resolve(world: World, channel: Chan, kind: str, number: int, resolved: Json) -> None:
    """Add the object that an option or a select names to what an interaction brings along."""
    guild = channel.guild
    if kind == "users":
        resolved.setdefault("users", {})[str(number)] = world.users[number].payload()
        if guild and number in guild.members:
            member = guild.member(number) | {"permissions": str(channel.permissions(number))}
            del member["user"]
            resolved.setdefault("members", {})[str(number)] = member
    elif kind == "channels":
        place = world.channels[number]
        permissions = {"permissions": str(place.permissions(world.bot_id))}
        resolved.setdefault("channels", {})[str(number)] = place.payload() | permissions
    elif guild:
        resolved.setdefault("roles", {})[str(number)] = guild.roles[number].payload()


def _fits(item: Json, value: object) -> None:
    """What a client checks before it sends a value."""
    name, kind = item["name"], TYPES[item["type"]]
    if not isinstance(value, (int, float) if kind is float else kind) or (
        kind is int and isinstance(value, bool)
    ):
        raise NotOffered(f"{name!r} wants {kind.__name__}, not {value!r}")
    choices = item.get("choices")
    if choices and value not in [choice["value"] for choice in choices]:
        raise NotOffered(f"{name!r} has no choice {value!r}")
    if isinstance(value, str) and not item.get("min_length", 0) <= len(value) <= item.get("max_length", 6000):
        raise NotOffered(f"{name!r} is too long or too short")
    if item["type"] in (INTEGER, NUMBER) and isinstance(value, int | float):
        low, high = item.get("min_value"), item.get("max_value")
        if (low is not None and value < low) or (high is not None and value > high):
            raise NotOffered(f"{name!r} is out of range")
