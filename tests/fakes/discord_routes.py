"""The paths of the fake Discord's REST API: which route answers, and which limit counts."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from tests.fakes.discord_calls import Answer, Call
from tests.fakes.discord_commands import Commands
from tests.fakes.discord_directory import Directory
from tests.fakes.discord_interactions import Interactions
from tests.fakes.discord_messages import Messages
from tests.fakes.discord_threads import Threads
from tests.fakes.discord_world import World


@dataclass(frozen=True)
class Route:
    """One method of one path. ``kind`` is the limit's name in ``Rates``, ``bucket`` what Discord calls its bucket."""

    method: str
    pattern: re.Pattern[str]
    kind: str
    bucket: str
    act: Callable[[Call], Answer]
    open: bool
    """Whether its path is the credential (topics/rate-limits: such routes are outside the global limit, too)."""


NUMBERS = ("channel", "guild", "message", "user", "application", "command", "interaction", "webhook")
TOP = ("channel", "guild", "webhook", "interaction")
"""Resources with buckets for themselves (topics/rate-limits, top-level resources)."""


def _route(line: str, act: Callable[[Call], Answer]) -> Route:
    """A route from ``METHOD /path limit``."""
    method, template, kind = line.split()
    pattern = template
    for name in re.findall(r"\{(\w+)\}", template):
        what = r"\d+" if name in NUMBERS else "[^/]+"
        pattern = pattern.replace(f"{{{name}}}", f"(?P<{name}>{what})")
    bucket = kind if kind != "other" else re.sub(r"\W+", "-", f"{method}{template}").strip("-").lower()
    is_open = template.startswith(("/webhooks/", "/interactions/"))
    return Route(method, re.compile(pattern), kind, bucket, act, is_open)


def table(world: World, commands: Commands, interactions: Interactions) -> list[Route]:
    """All routes there are, the more special path first."""
    messages, threads, directory = Messages(world), Threads(world), Directory(world)
    message = "/channels/{channel}/messages/{message}"
    reaction = message + "/reactions/{emoji}"
    registered = "/applications/{application}/commands"
    registered_there = "/applications/{application}/guilds/{guild}/commands"
    answer = "/webhooks/{webhook}/{token}"
    lines: dict[str, Callable[[Call], Answer]] = {
        "POST /channels/{channel}/messages messages": messages.create_message,
        "GET /channels/{channel}/messages other": messages.get_messages,
        "PUT /channels/{channel}/messages/pins/{message} other": messages.pin,
        "DELETE /channels/{channel}/messages/pins/{message} other": messages.unpin,
        f"GET {message} other": messages.get_message,
        f"PATCH {message} messages": messages.edit_message,
        f"DELETE {message} deletes": messages.delete_message,
        f"POST {message}/crosspost other": messages.crosspost,
        f"POST {message}/threads threads": threads.start_thread,
        f"DELETE {message}/reactions reactions": messages.remove_reactions,
        f"GET {reaction} other": messages.get_reactions,
        f"DELETE {reaction} reactions": messages.remove_reactions,
        f"PUT {reaction}/@me reactions": messages.add_reaction,
        f"DELETE {reaction}/@me reactions": messages.remove_own_reaction,
        f"DELETE {reaction}/{{user}} reactions": messages.remove_reaction,
        "POST /channels/{channel}/typing other": messages.typing,
        "GET /channels/{channel} other": threads.get_channel,
        "PATCH /channels/{channel} other": threads.edit_channel,
        "DELETE /channels/{channel} other": threads.delete_channel,
        "POST /channels/{channel}/threads threads": threads.start_free_thread,
        "GET /channels/{channel}/threads/archived/public other": threads.archived_threads,
        "PUT /channels/{channel}/thread-members/@me other": threads.join_thread,
        "GET /guilds/{guild} other": directory.get_guild,
        "GET /guilds/{guild}/channels other": directory.guild_channels,
        "GET /guilds/{guild}/roles other": directory.guild_roles,
        "GET /guilds/{guild}/emojis other": directory.guild_emojis,
        "GET /guilds/{guild}/members/{user} other": directory.guild_member,
        "GET /guilds/{guild}/threads/active other": threads.active_threads,
        "GET /users/@me other": directory.own_user,
        "GET /users/@me/guilds other": directory.own_guilds,
        "DELETE /users/@me/guilds/{guild} other": directory.leave_guild,
        "POST /users/@me/channels other": directory.open_direct,
        "GET /users/{user} other": directory.get_user,
        "GET /oauth2/applications/@me other": directory.application,
        "GET /applications/@me other": directory.application,
    }
    for path in (registered, registered_there):
        lines |= {
            f"GET {path} other": commands.listed,
            f"PUT {path} other": commands.overwrite,
            f"POST {path} other": commands.create,
            f"GET {path}/{{command}} other": commands.get,
            f"DELETE {path}/{{command}} other": commands.delete,
        }
    lines |= {
        "POST /interactions/{interaction}/{token}/callback webhooks": interactions.callback,
        f"POST {answer} webhooks": interactions.follow_up,
        f"GET {answer}/messages/@original webhooks": interactions.get,
        f"PATCH {answer}/messages/@original webhooks": interactions.edit,
        f"DELETE {answer}/messages/@original webhooks": interactions.delete,
        f"GET {answer}/messages/{{message}} webhooks": interactions.get,
        f"PATCH {answer}/messages/{{message}} webhooks": interactions.edit,
        f"DELETE {answer}/messages/{{message}} webhooks": interactions.delete,
    }
    return [_route(line, act) for line, act in lines.items()]


def find(routes: list[Route], method: str, path: str) -> tuple[Route, dict[str, str]] | None:
    """The route of a path, with the names in it."""
    for route in routes:
        if route.method == method and (match := route.pattern.fullmatch(path)):
            return route, match.groupdict()
    return None


def resource(names: dict[str, str]) -> str:
    """The top-level resource of a path; a webhook's token belongs to it."""
    found = [names[name] for name in (*TOP, "token") if name in names]
    return found[0] + found[-1] if "token" in names else "".join(found[:1])
