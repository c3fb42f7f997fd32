"""Records → HTML: the Jinja2 environment and the filters that make untrusted text safe to show."""

import hashlib
import re
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from bot.models import Channel
from bot.plots import share_words

HERE = Path(__file__).parent

_FOUND = re.compile("‹([^‹›]*)›")


class Assets:
    """The static files, read once; each address holds a hash of the content, so it may be cached for good."""

    TYPES: Mapping[str, str] = {
        "style.css": "text/css; charset=utf-8",
        "live.js": "text/javascript; charset=utf-8",
        "icon.svg": "image/svg+xml",
    }

    def __init__(self) -> None:
        self.content = {name: (HERE / "static" / name).read_bytes() for name in self.TYPES}

    def url(self, name: str) -> str:
        """Where a page finds the file."""
        return f"/static/{name}?v={hashlib.sha256(self.content[name]).hexdigest()[:12]}"


def environment(assets: Assets) -> Environment:
    """The templates with autoescape on, and a mistake in a name an error."""
    env = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    env.filters.update(
        clock=clock_time,
        long_date=long_date,
        marked=marked,
        number=number,
        plural=plural,
        safe_url=safe_url,
        share=share_words,
        short_date=short_date,
        site=site,
    )
    env.globals.update(
        asset=assets.url,
        calendar_url=calendar_url,
        channel_url=channel_url,
        command_url=command_url,
        tag_url=tag_url,
        url=url,
    )
    return env


def long_date(day: date) -> str:
    """``Wednesday, 11 March 2026``."""
    return f"{day:%A}, {day.day} {day:%B} {day.year}"


def short_date(day: date, step: str = "day") -> str:
    """``11 Mar 2026``, and a month as ``Mar 2026``."""
    return f"{day:%b} {day.year}" if step == "month" else f"{day.day} {day:%b} {day.year}"


def clock_time(time: datetime, channel: Channel) -> str:
    """The local time in the channel, ``09:00``."""
    return f"{time.astimezone(ZoneInfo(channel.zone)):%H:%M}"


def marked(snippet: str) -> Markup:
    """A search snippet, escaped, with the words in ‹ › marked."""
    pieces = _FOUND.split(snippet)
    return Markup().join(
        Markup("<mark>{}</mark>").format(piece) if place % 2 else escape(piece)
        for place, piece in enumerate(pieces)
    )


def number(value: int) -> str:
    """A count with thin spaces between thousands."""
    return f"{value:,}".replace(",", "\u202f")


def plural(count: int, one: str, many: str | None = None) -> str:
    """``1 paper``, ``20 papers``."""
    return f"{number(count)} {one if count == 1 else many or one + 's'}"


def safe_url(address: str) -> str | None:
    """The address if it is one that a link may have: http or https, with a host, without blanks."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    plain = address.isprintable() and not any(letter.isspace() for letter in address)
    return address if plain and parts.scheme in ("http", "https") and parts.hostname else None


def site(address: str) -> str:
    """The host of an address as a person says it, ``github.com``."""
    return (urlsplit(address).hostname or "").removeprefix("www.")


def channel_url(name: str, day: date | None = None) -> str:
    """The page of a channel, or of one of its days."""
    return f"/channels/{quote(name, safe='')}" + (f"/{day.isoformat()}" if day else "")


def calendar_url(name: str, year: int | None = None) -> str:
    """The calendar of a channel: its latest year, or that one."""
    return url(f"{channel_url(name)}/calendar", {} if year is None else {"year": year})


def command_url(text: str, channel: str | None = None, page: int = 1, last: int | None = None) -> str:
    """The answer to a command, as a link; further pages are about the papers up to ``last``."""
    given = {"channel": channel, "page": page if page > 1 else None, "last": last if page > 1 else None}
    return url("/command", {"text": text} | {name: value for name, value in given.items() if value})


def tag_url(tag: str, before: int | None = None) -> str:
    """The papers with a tag, newest first, or those older than one of them."""
    return url(f"/tags/{quote(tag, safe='')}", {} if before is None else {"before": before})


def url(path: str, query: Mapping[str, object]) -> str:
    """A path with a query."""
    return f"{path}?{urlencode(query)}" if query else path
