"""What a post says in Discord: header, papers and closing message, each an embed with its marker in the footer.

Whatever a paper brings, its message is one that Discord takes: texts are cut to the room they have, links that
Discord would refuse are left out, the title and the marker always stay.
"""

import colorsys
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import assert_never

import discord

from bot.chat.discord import limits
from bot.chat.discord.text import code, heading, joined, link, linked, plain, titled
from bot.models import Brief, Channel, Closing, Content, Followed, Header, Link, Message, Post
from bot.sources.text import clean

INK = 0xF0A07A
"""The colour of what is not about one paper: the accent of the web channel."""

GREY = 0x80848E
"""The colour of a paper without a topic."""

UNTITLED = "Untitled paper"

_SUMMARY = 1200
_FIGURES = 400
_TAGS = 400
_AREAS = 120
_FILES = 300
_LEFT_OUT_TITLE = 110
_LEFT_OUT_URL = 300
_MATCH = 700
"""Room for each part of a message: far more than papers need, and less than Discord gives in all."""

_MARKER = re.compile(r"(?:^|· )([a-z2-7]{24})$")
_BUTTON_NAMES = {"paper": "Paper", "find": "Find the paper", "code": "Code", "project": "Project"}


@dataclass(frozen=True, slots=True)
class Button:
    """A button below a message: with a ``custom_id`` it tells us, with a ``url`` it leads there."""

    label: str
    custom_id: str | None = None
    url: str | None = None
    emoji: str | None = None
    disabled: bool = False
    row: int = 0


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message as Discord gets it; ``limits.faults`` tells what of it Discord would refuse."""

    content: str = ""
    embeds: tuple[discord.Embed, ...] = ()
    buttons: tuple[Button, ...] = ()


def view_of(rendered: Rendered) -> discord.ui.View | None:
    """The buttons as discord.py sends them, or None without any. Presses are for the client's dynamic items."""
    if not rendered.buttons:
        return None
    view = discord.ui.View(timeout=None)
    for one in rendered.buttons:
        view.add_item(
            discord.ui.Button(
                label=one.label or None,
                custom_id=one.custom_id,
                url=one.url,
                emoji=one.emoji,
                disabled=one.disabled,
                row=one.row,
            )
        )
    # A view that has stopped is not kept by the client, which would hold one for every message ever sent.
    view.stop()
    return view


def message(post: Post, message: Message, content: Content, *, total: int) -> Rendered:
    """One message of a post; ``total`` is how many papers of the post have a message of their own."""
    match content:
        case Header():
            return _header(content, message.nonce)
        case Brief():
            return _paper(content, f"{message.part} of {total}", message.nonce)
        case Closing():
            return _closing(content, message.nonce)
        case Followed():
            return _followed(content, "People follow", message.nonce)
        case _:
            assert_never(content)


def notice(channel: Channel, post: Post, followed: Followed, marker: str) -> Rendered:
    """The direct message about what a person follows in a post, with the way to its thread."""
    place = f"https://discord.com/channels/{channel.server}/{post.thread_id}"
    where = f"{papers(len({paper for match in followed.matches for paper, _ in match.papers}))} for you in {place}"
    return Rendered(where, _followed(followed, "You follow", marker).embeds)


def thread_name(header: Header) -> str:
    """What the day's thread, or its post in a forum, is called: ``20 Nov 2026: 20 papers on pruning, speech``."""
    name = f"{header.local_date.day} {header.local_date:%b %Y}: {papers(header.new) if header.new else 'nothing new'}"
    tags = joined(
        (titled(tag, 60) for tag, _ in header.top_tags[:3]), ", ", limits.THREAD_NAME - len(name) - 4
    )
    return titled(f"{name} on {tags}" if tags and header.new else name, limits.THREAD_NAME)


BOOKMARK_ID = re.compile(r"bookmark:(?P<paper>\d{1,19})")
"""The id of a button that keeps a paper, or drops it."""


def bookmark_button(paper_id: int, label: str = "Bookmark", row: int = 0) -> Button:
    """The button that keeps a paper, or drops it."""
    return Button(label, custom_id=f"bookmark:{paper_id}", emoji="🔖", row=row)


def marker_of(embed: discord.Embed) -> str | None:
    """The marker that an embed of ours carries: the nonce of its message."""
    found = _MARKER.search(embed.footer.text or "")
    return found[1] if found else None


def title_of(brief: Brief) -> str:
    """A paper's title as untrusted text, never empty."""
    return clean(brief.paper.title) or UNTITLED


def page_of(brief: Brief) -> str | None:
    """The address of the paper's own page, or of where to look for it, as Discord takes it."""
    own = (one.url for one in brief.links if one.kind in ("paper", "find"))
    return next((url for one in own if (url := link(one))), None)


def link_buttons(links: Iterable[Link]) -> tuple[Button, ...]:
    """A button for the first link of each kind, at most four."""
    first: dict[str, Button] = {}
    for one in links:
        url = link(one.url, limits.BUTTON_URL)
        if url is not None:
            first.setdefault(one.kind, Button(_BUTTON_NAMES[one.kind], url=url))
    return tuple(first.values())


def tag_line(brief: Brief) -> str:
    """Tags, and the areas if a digest named them or else as guessed, in small print; maybe empty."""
    tags = joined((code(tag, 60) for tag in brief.tags if tag != "other"), " ", _TAGS)
    areas = plain(joined(brief.areas, ", ", _AREAS), _AREAS)
    guessed = f"{areas} (guessed)" if areas and brief.areas_guessed else areas
    return joined((tags, guessed), "  ", _TAGS + _AREAS + 20)


def figure_line(brief: Brief) -> str:
    """Key figures in bold; maybe empty."""
    return joined((f"**{plain(figure, 120)}**" for figure in brief.figures if clean(figure)), " · ", _FIGURES)


def small(text: str) -> str:
    """A line of small print, if there is anything to print."""
    return f"-# {text}" if text else ""


def colour_of(brief: Brief) -> int:
    """The colour of the paper's first tag: the same every day, bright enough for a dark and a light ground."""
    tag = next((tag for tag in brief.tags if tag != "other"), None)
    if tag is None:
        return GREY
    hue = int.from_bytes(hashlib.sha256(tag.encode("utf-8", "replace")).digest()[:2], "big") / 65536
    red, green, blue = (round(255 * part) for part in colorsys.hls_to_rgb(hue, 0.58, 0.6))
    return red << 16 | green << 8 | blue


def papers(count: int, kind: str = "") -> str:
    """``1 paper``, ``1,200 new papers``."""
    return f"{count:,} {kind + ' ' if kind else ''}{'paper' if count == 1 else 'papers'}"


def long_date(day: date) -> str:
    """``Friday, 20 November 2026``."""
    return f"{day:%A}, {day.day} {day:%B} {day.year}"


def _header(header: Header, marker: str) -> Rendered:
    day = long_date(header.local_date)
    says = f"**{papers(header.new, 'new')}** · {day}" if header.new else f"Nothing new · {day}"
    tags = (f"{code(tag, 60)} {count:,}" for tag, count in header.top_tags)
    read = f"{header.entries:,} read, {header.seen:,} seen before" if header.entries else "no new digest"
    places = f"the best {header.shown:,} in the thread, {header.left_out:,} more named at its end"
    files = joined((code(file, 80) for file in header.files), ", ", _FILES, "and {} more")
    facts = (
        "" if header.new and not header.seen else read,
        places if header.left_out else "",
        f"from {files}" if files else "",
    )
    said = joined(facts, " · ", 3 * _FILES)
    lines = (joined(tags, "  ", _TAGS), small(f"{said[:1].upper()}{said[1:]}"))
    text = joined(lines, "\n", limits.EMBED_DESCRIPTION)
    return Rendered(says, (_embed(None, text, "Broadsheet", marker, INK),))


def _paper(brief: Brief, place: str, marker: str) -> Rendered:
    lines = (plain(brief.summary, _SUMMARY), figure_line(brief), small(tag_line(brief)))
    title = heading(title_of(brief), limits.EMBED_TITLE)
    text = joined(lines, "\n", limits.EMBED_DESCRIPTION)
    embed = _embed(title, text, place, marker, colour_of(brief))
    embed.url = page_of(brief)
    mark = () if brief.paper.id is None else (bookmark_button(brief.paper.id),)
    return Rendered("", (embed,), (*mark, *link_buttons(brief.links)))


def _closing(closing: Closing, marker: str) -> Rendered:
    titles = (f"- {_left_out(title, url)}" for _, title, url in closing.left_out)
    listed = joined(titles, "\n", limits.EMBED_DESCRIPTION - 100, "… and {:,} more")
    text = joined(
        (listed, small("They did not fit into this thread. `/search` finds them, too.")),
        "\n",
        limits.EMBED_DESCRIPTION,
    )
    return Rendered("", (_embed(papers(len(closing.left_out), "more"), text, "Broadsheet", marker, INK),))


def _followed(followed: Followed, says: str, marker: str) -> Rendered:
    """A line for each tag or phrase; who follows it is nobody's business."""
    lines = (f"{code(match.value, 100)} {_titles(match.papers)}" for match in followed.matches)
    text = joined(lines, "\n", limits.EMBED_DESCRIPTION - 100, "… and {:,} more")
    return Rendered("", (_embed(None, text, says, marker, INK),))


def _titles(named: Iterable[tuple[int, str]]) -> str:
    titles = (plain(clean(title) or UNTITLED, _LEFT_OUT_TITLE) for _, title in named)
    return joined(titles, " · ", _MATCH, "and {:,} more")


def _left_out(title: str, url: str | None) -> str:
    address = link(url, _LEFT_OUT_URL) if url else None
    return linked(clean(title) or UNTITLED, address, _LEFT_OUT_TITLE + len(address or ""))


def _embed(title: str | None, text: str, says: str, marker: str, colour: int) -> discord.Embed:
    embed = discord.Embed(title=title, description=text or None, colour=colour)
    return embed.set_footer(text=f"{says} · {marker}")
