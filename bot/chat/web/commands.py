"""The command box: a line of text → what the person wants."""

import re
from dataclasses import dataclass
from typing import Literal

LONGEST = 200
"""Characters that a command may have."""

COMMANDS = {
    "/search": "find papers by any words: /search token pruning",
    "/similar": "find papers like one: /similar 2403.01234, or its title",
    "/top": "list what people keep most, ever or lately: /top 30 days",
    "/today": "go to today's post",
    "/bookmarks": "list the papers you keep, and download them",
    "/help": "show this list",
}
"""Every command and what it does, in the order in which help lists them."""

OPERATORS = {
    '"flow matching"': "these words, one after the other",
    "pruning -survey": "the first word without the second",
    'tag:"object detection"': "with this tag",
    "author:lovelace": "by a person of that name",
    "since:2025-03 before:2025-06-15": "from then on, and from before then",
    "bookmarked:me": "among the papers you keep",
    "code:yes": "with a link to code",
}
"""What a search understands beside words, by example, as help lists it."""

_DAYS = re.compile(r"(?:([1-9]\d{0,3})(?: days?)?)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Command:
    """What a person typed. ``text`` is the query of a search, the paper that others are to be like, the days that
    ``/top`` counts (none for all), or the word that is no command."""

    kind: Literal["search", "similar", "top", "today", "bookmarks", "help", "unknown", "too-long"]
    text: str = ""


def parse(line: str) -> Command:
    """Read a line; one that does not begin with a slash is a search, an empty one asks for help."""
    line = " ".join(line.split())
    if len(line) > LONGEST:
        return Command("too-long")
    name, _, rest = line.partition(" ")
    match name.casefold():
        case "" | "/help" | "/?":
            return Command("help")
        case "/search":
            return Command("search", rest) if rest else Command("help")
        case "/similar":
            return Command("similar", rest) if rest else Command("help")
        case "/top":
            days = _DAYS.fullmatch(rest.casefold())
            return Command("top", days[1] or "") if days else Command("help")
        case "/today":
            return Command("today")
        case "/bookmarks":
            return Command("bookmarks")
        case _ if name.startswith("/"):
            return Command("unknown", name)
        case _:
            return Command("search", line)
