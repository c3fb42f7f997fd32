"""The paths of the fake Discord's REST API: which route answers, and which limit counts."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from tests.fakes.discord_commands import Commands
from tests.fakes.discord_interactions import Interactions
from tests.fakes.discord_rest import Answer, Call, Rest


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


def table(rest: Rest, commands: Commands, interactions: Interactions) -> list[Route]:
    """All routes there are, the more special path first."""
    message = "/channels/{channel}/messages/{message}"
    reaction = message + "/reactions/{emoji}"
    registered = "/applications/{application}/commands"
    registered_there = "/applications/{application}/guilds/{guild}/commands"
    answer = "/webhooks/{webhook}/{token}"
    lines: dict[str, Callable[[Call], Answer]] = {
        "POST /channels/{channel}/messages messages": rest.create_message,
        "GET /channels/{channel}/messages other": rest.get_messages,
        "PUT /channels/{channel}/messages/pins/{message} other": rest.pin,
        "DELETE /channels/{channel}/messages/pins/{message} other": rest.unpin,
        f"GET {message} other": rest.get_message,
        f"PATCH {message} messages": rest.edit_message,
        f"DELETE {message} deletes": rest.delete_message,
        f"POST {message}/crosspost other": rest.crosspost,
        f"POST {message}/threads threads": rest.start_thread,
        f"DELETE {message}/reactions reactions": rest.remove_reactions,
        f"GET {reaction} other": rest.get_reactions,
        f"DELETE {reaction} reactions": rest.remove_reactions,
        f"PUT {reaction}/@me reactions": rest.add_reaction,
        f"DELETE {reaction}/@me reactions": rest.remove_own_reaction,
        f"DELETE {reaction}/{{user}} reactions": rest.remove_reaction,
        "POST /channels/{channel}/typing other": rest.typing,
        "GET /channels/{channel} other": rest.get_channel,
        "PATCH /channels/{channel} other": rest.edit_channel,
        "DELETE /channels/{channel} other": rest.delete_channel,
        "POST /channels/{channel}/threads threads": rest.start_free_thread,
        "GET /channels/{channel}/threads/archived/public other": rest.archived_threads,
        "PUT /channels/{channel}/thread-members/@me other": rest.join_thread,
        "GET /guilds/{guild} other": rest.get_guild,
        "GET /guilds/{guild}/channels other": rest.guild_channels,
        "GET /guilds/{guild}/roles other": rest.guild_roles,
        "GET /guilds/{guild}/emojis other": rest.guild_emojis,
        "GET /guilds/{guild}/members/{user} other": rest.guild_member,
        "GET /guilds/{guild}/threads/active other": rest.active_threads,
        "GET /users/@me other": rest.own_user,
        "GET /users/@me/guilds other": rest.own_guilds,
        "DELETE /users/@me/guilds/{guild} other": rest.leave_guild,
        "POST /users/@me/channels other": rest.open_direct,
        "GET /users/{user} other": rest.get_user,
        "GET /oauth2/applications/@me other": rest.application,
        "GET /applications/@me other": rest.application,
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
