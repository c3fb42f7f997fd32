"""Untrusted text, made safe to show in Discord: what was printed is what is read, and it does nothing.

Discord renders Markdown of its own in messages and embeds, and with it mentions, times, commands and custom
emoji. There is a way for each place: ``plain`` for text with Markdown around it, ``heading`` for an embed's
title, ``label`` for the words of a masked link, ``code`` for a code span, ``titled`` where no Markdown is
rendered. All cut the text as printed and measure what comes of it, so that a cut never leaves half an escape.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from urllib.parse import quote, urlsplit

from bot.chat.discord.limits import EMBED_URL
from bot.sources.text import clean

_GAP = "\u200b"
"""Breaks what Discord looks for; a reader sees nothing, and no selection of a letter is lost."""

_MARKS = re.compile(r"[\\*_~|`<\[\]]")
# A line's first characters that make it a heading, a list, a quote or small print. Spaces don't hinder them.
_LINE_START = re.compile(r"^(\s*)(?:(\d+)(?=\.(?:\s|$))|(?=[#>+-]))")
_COLON = re.compile(r":(?=//|[\w+-]+:)")
# Links to servers are unfolded even without a scheme.
_INVITE = re.compile(r"(?:(?<=discord)|(?<=discordapp))\.(?=[a-z])", re.IGNORECASE)
_FOUND = re.compile("‹([^‹›]*)(?:›|$)")
_MENTION = re.compile(r"@(?=everyone|here|[!&]?\d)", re.IGNORECASE)

_BRACKETS = str.maketrans("[]", "()")
# Where there are no escapes look-alikes stand in for marks, but only if the marks would do something.
_ALIKE = (
    (re.compile(r"\*.*\*"), str.maketrans("*", "∗")),
    (re.compile("_.*_"), str.maketrans("_", "ˍ")),
    (re.compile("~~.*~~"), str.maketrans("~", "∼")),
    (re.compile(r"\|\|.*\|\|"), str.maketrans("|", "∣")),
    (re.compile("`.*`"), str.maketrans("`", "ˋ")),
    (re.compile("<.*>"), str.maketrans("<", "‹")),
    (re.compile(r"\\[^0-9A-Za-z\s]"), str.maketrans("\\", "∖")),
    (re.compile(r"\]\("), _BRACKETS),
)

_JOINER = "\u200d"
_LONGEST_GRAPHEME = 32
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]{1,59})")
_KEPT_IN_URL = "/?#@:!$&'*+,;=~%-._"


def plain(text: str, room: int) -> str:
    """Text for content, an embed's description or field: escaped, on one line, at most ``room`` long."""
    return _fitted(text, room, _escaped)


def heading(text: str, room: int) -> str:
    """An embed's title: inline marks are rendered there, but by some reports escapes show, so there are none."""
    return _fitted(text, room, lambda raw: _LINE_START.sub(rf"{_GAP}\g<0>", _alike(raw)))


def label(text: str, room: int) -> str:
    """The words of a masked link: escapes show there (discord-api-docs#6185), brackets or an address undo it."""
    return _fitted(text, room, lambda raw: _alike(raw.translate(_BRACKETS)))


def code(text: str, room: int) -> str:
    """Text in a code span, where nothing but its end means anything; empty when there is none."""
    inner = _fitted(text, room - 2, lambda raw: _broken(raw.replace("`", "ˋ")))
    return f"`{inner}`" if inner else ""


def titled(text: str, room: int) -> str:
    """Text for where no Markdown is rendered: a footer, an author, a thread's name, a button, a choice."""
    return _fitted(text, room, _broken)


def marked(snippet: str, room: int) -> str:
    """A search snippet, escaped, with the words in ‹ › in bold."""
    return _fitted(snippet, room, _bold)


def linked(text: str, url: str | None, room: int) -> str:
    """A masked link, for an embed's description or field; just the text, escaped, when no link can be made."""
    address = link(url) if url else None
    words = label(text, room - len(address) - 4) if address else ""
    return f"[{words}]({address})" if words else plain(text, room)


def link(url: str, most: int = EMBED_URL) -> str | None:
    """The address as Discord takes it, or None: http or https, a host with a dot, no user name, no bracket.

    What could end a masked link is percent-encoded. Discord refuses a message for one address that is none.
    """
    address = clean(url)
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").encode("idna").decode("ascii")
        port = f":{parts.port}" if parts.port else ""
    except (ValueError, UnicodeError):
        return None
    if parts.scheme not in ("http", "https") or "@" in parts.netloc or not _HOST.fullmatch(host):
        return None
    rest = address.split("//", 1)[1][len(parts.netloc) :]
    safe = f"{parts.scheme}://{host}{port}{_quoted(rest)}"
    return safe if len(safe) <= most else None


def joined(pieces: Iterable[str], between: str, room: int, more: str = "") -> str:
    """As many whole pieces as fit, and ``more`` (``{}`` is how many) if some do not; blank ones are passed over."""
    wanted = [piece for piece in pieces if piece]
    taken, tail, used = 0, "", -len(between)
    for count, piece in enumerate(wanted, 1):
        used += len(between) + len(piece)
        rest = between + more.format(len(wanted) - count) if more and count < len(wanted) else ""
        if used > room:
            break
        if used + len(rest) <= room:
            taken, tail = count, rest
    return between.join(wanted[:taken]) + tail


def cut(text: str, most: int) -> str:
    """The text's beginning, with a ``…`` for what was cut: at a word's end if near, never inside a grapheme."""
    if len(text) <= most:
        return text
    if most < 1:
        return ""
    end = most - 1
    for _ in range(_LONGEST_GRAPHEME):
        if end <= 0 or not _continues(text, end):
            break
        end -= 1
    else:
        end = most - 1
    space = text.rfind(" ", max(0, end - 20), end + 1)
    return text[: space if space > end // 2 else end].rstrip() + "…"


def _fitted(text: str, room: int, safe: Callable[[str], str]) -> str:
    whole = clean(text)
    most = min(len(whole), max(room, 0))
    while True:
        some = safe(cut(whole, most))
        excess = len(some) - room
        if excess <= 0 or most <= 0:
            return some if excess <= 0 else ""
        # Nothing grows to more than double, so half of what is too much can't be too much to cut.
        most -= max(1, excess // 2)


def _escaped(text: str) -> str:
    text = _COLON.sub(r"\\:", _MARKS.sub(r"\\\g<0>", text))
    text = _LINE_START.sub(lambda found: f"{found[1]}{found[2] or ''}\\", text)
    return _broken(text)


def _alike(text: str) -> str:
    for meaning, look_alikes in _ALIKE:
        if meaning.search(text):
            text = text.translate(look_alikes)
    return _broken(_COLON.sub(f":{_GAP}", text))


def _broken(text: str) -> str:
    """What the server looks for, whatever is around it, no longer in one piece."""
    return _MENTION.sub(f"@{_GAP}", _INVITE.sub(f".{_GAP}", text))


def _bold(snippet: str) -> str:
    pieces = map(_escaped, _FOUND.split(snippet))
    return "".join(f"**{piece}**" if place % 2 and piece else piece for place, piece in enumerate(pieces))


def _continues(text: str, at: int) -> bool:
    """Whether the character there belongs to the one before it."""
    here, before = text[at], text[at - 1]
    return (
        unicodedata.category(here) in ("Mn", "Me", "Mc")
        or _JOINER in (here, before)
        or "\U0001f3fb" <= here <= "\U0001f3ff"
        or ("\U0001f1e6" <= here <= "\U0001f1ff" and _flags_before(text, at) % 2 == 1)
    )


def _flags_before(text: str, at: int) -> int:
    start = at
    while start and at - start < _LONGEST_GRAPHEME and "\U0001f1e6" <= text[start - 1] <= "\U0001f1ff":
        start -= 1
    return at - start


def _quoted(rest: str) -> str:
    return quote(rest, safe=_KEPT_IN_URL, errors="replace")
