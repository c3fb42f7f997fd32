"""Takes the README's pictures of Discord from what is really sent, shown in a likeness of Discord's dark look.

``python -m tests.browser.discord_pictures [DIR]`` posts the sample digest to a channel in memory, renders the
messages as Discord gets them, and reads their Markdown in a way of its own. Needs chromium and chromedriver.
"""

import asyncio
import re
import sys
import tempfile
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from functools import partial
from html import escape
from pathlib import Path
from typing import Any

from bot import library
from bot.chat.discord import answers, render
from bot.chat.web.html import HERE
from bot.ingest import ingest
from bot.models import Channel, Header
from bot.publish import Publisher, content
from bot.reading.brief import brief_of
from bot.reading.tags import load_taxonomy
from bot.store import Store, channels, papers
from tests.browser.conftest import installed, look, start
from tests.fakes.memory_chat import FakeChat

NOW = datetime(2026, 11, 20, 8, 0, 5, tzinfo=UTC)
SERVER = "7"
CHANNEL = Channel(
    "discord:70", "discord", "70", "papers", "Europe/Berlin", time(9), max_papers=9, server=SERVER
)
YESTERDAY = Header(
    date(2026, 11, 19),
    93,
    81,
    12,
    20,
    61,
    (("quantization", 14), ("reasoning", 9), ("speech", 4)),
    ("2026-11-19.txt",),
)
TAXONOMY = Path("config/tags.toml")
QUERY = "language models"
LOGO = (HERE / "static" / "icon.svg").read_text("utf-8")

ICONS = {
    "🔖": '<path fill="#ed4245" d="M5 1h8l3 3v19l-7-4-7 4V4z"/><path fill="#ffd983" d="M5 4h8v6H5z"/>',
    "📝": '<path fill="#e6e7e8" d="M4 1h16v22H4z"/><path stroke="#66757f" d="M7 7h10M7 12h10M7 17h6"/>',
    "◀️": '<rect width="24" height="24" rx="4" fill="#3b88c3"/><path fill="#fff" d="M5 12 18 4v16z"/>',
    "▶️": '<rect width="24" height="24" rx="4" fill="#3b88c3"/><path fill="#fff" d="M19 12 6 4v16z"/>',
}
"""Emoji as pictures: not every machine has a font for them."""

_MARKUP = re.compile(
    r"\\(?P<escaped>[^0-9A-Za-z\s])|`(?P<code>[^`]+)`|\*\*(?P<bold>(?:\\.|[^\\])+?)\*\*(?!\*)"
    r"|\[(?P<words>[^\[\]]+)\]\((?P<url>[^)\s]+)\)|<t:(?P<time>\d+):D>|(?P<emoji>🔖|📝|◀️|▶️)"
)

Payload = Mapping[str, Any]


def inline(text: str) -> str:
    """A line of Discord's Markdown as HTML: escapes, code, bold, links, dates and emoji."""
    made, at = "", 0
    for found in _MARKUP.finditer(text):
        made += escape(text[at : found.start()])
        at = found.end()
        match found.lastgroup:
            case "escaped":
                made += escape(found["escaped"])
            case "code":
                made += f"<code>{escape(found['code'])}</code>"
            case "bold":
                made += f"<b>{inline(found['bold'])}</b>"
            case "url":
                made += f'<a href="{escape(found["url"])}">{inline(found["words"])}</a>'
            case "time":
                day = datetime.fromtimestamp(int(found["time"]), UTC)
                made += f"{day.day} {day:%B %Y}"
            case _:
                made += icon(found[0])
    return made + escape(text[at:])


def icon(emoji: str) -> str:
    """An emoji as a picture."""
    return f'<svg class="icon" viewBox="0 0 24 24">{ICONS[emoji]}</svg>'


def block(text: str) -> str:
    """Lines of Discord's Markdown as HTML: small print, lists, quotes."""
    made = []
    for line in text.split("\n"):
        if line.startswith("-# "):
            made.append(f"<small>{inline(line[3:])}</small>")
        elif line.startswith("- "):
            made.append(f'<div class="item">{inline(line[2:])}</div>')
        elif line.startswith("> "):
            made.append(f"<blockquote>{inline(line[2:])}</blockquote>")
        else:
            made.append(f"<div>{inline(line)}</div>" if line else '<div class="blank"></div>')
    return "".join(made)


def embed(of: Payload) -> str:
    """An embed as HTML."""
    title = inline(of.get("title", ""))
    linked = f'<a href="{escape(of["url"])}">{title}</a>' if "url" in of else title
    heading = f"<h2>{linked}</h2>" if title else ""
    footer = f"<footer>{escape(of['footer']['text'])}</footer>" if "footer" in of else ""
    text = block(of.get("description", ""))
    return f'<div class="embed" style="border-color: #{of["color"]:06x}">{heading}{text}{footer}</div>'


def button(of: Payload) -> str:
    """A button as HTML."""
    mark = icon(of["emoji"]["name"]) if "emoji" in of else ""
    kind = f"button{' out' if 'url' in of else ''}{' off' if of.get('disabled') else ''}"
    return f'<span class="{kind}">{mark}{escape(of.get("label", ""))}</span>'


def shown(rendered: render.Rendered, below: str = "") -> str:
    """A message of the bot as HTML, made from nothing but what Discord is sent."""
    view = render.view_of(rendered)
    rows = view.to_components() if view else []
    buttons = "".join(f'<div class="row">{"".join(map(button, row["components"]))}</div>' for row in rows)
    embeds = "".join(embed(dict(one.to_dict())) for one in rendered.embeds)
    return (
        f'<article><div class="avatar">{LOGO}</div><div class="body"><p class="byline"><b>Broadsheet</b> '
        f'<span class="app">APP</span> <time>09:00</time></p>{block(rendered.content) if rendered.content else ""}'
        f"{embeds}{buttons}{below}</div></article>"
    )


async def post(store: Store, files: Sequence[Path], taxonomy: str) -> str:
    """Post the sample digest: the channel, and the day's thread beside it."""
    await store.write(channels.sync, [CHANNEL])
    make_brief = partial(brief_of, taxonomy=load_taxonomy(taxonomy, name=TAXONOMY.name))
    for path in files:
        await ingest(store, path, make_brief, NOW, max_bytes=1_000_000)
    await Publisher(store, {"discord": FakeChat(lambda: NOW)}, lambda: NOW).post_now(CHANNEL)
    day = await library.day(store, CHANNEL.key)
    made = []
    for one in day.messages:
        says = await store.read(content, day.post, one)
        made.append(render.message(day.post, one, says, total=len(day.shown)))
    before = render.message(day.post, day.messages[0], YESTERDAY, total=YESTERDAY.shown)
    days = shown(before, opened(YESTERDAY, 22)) + shown(made[0], opened(day.post.header, len(made) - 1))
    reacted = f'<p class="reaction">{icon("🔖")} 3</p>'
    some = "".join(shown(one, "" if place else reacted) for place, one in enumerate(made[3:6]))
    name = escape(render.thread_name(day.post.header))
    return (
        f'<section class="channel"><h1>{CHANNEL.name}</h1>{days}</section>'
        f'<section class="thread"><h1>{name}</h1>{some}</section>'
    )


def opened(header: Header, count: int) -> str:
    """The thread below a header, as Discord lists it."""
    return f'<div class="opened"><b>{escape(render.thread_name(header))}</b><i>{count} Messages ›</i></div>'


async def search(store: Store) -> str:
    """The answer to a search, below the command that asked for it."""
    last_id = await store.read(papers.last_id)
    day = await library.day(store, CHANNEL.key)
    for person, brief in (
        ("discord:1", day.shown[0]),
        ("discord:2", day.shown[0]),
        ("discord:1", day.shown[2]),
    ):
        assert brief.paper.id is not None
        await library.bookmark(store, person, brief.paper.id, NOW, "discord")
    found = await library.search(store, QUERY, answers.PAGE, last_id=last_id)
    rendered = answers.hits(QUERY, found, page=1, last_id=last_id, server=SERVER)
    asked = '<p class="asked"><b>ada</b> used <span>/search</span></p>'
    private = '<p class="private">Only you can see this · Dismiss message</p>'
    return f'<section class="narrow"><h1>{CHANNEL.name}</h1>{asked}{shown(rendered, private)}</section>'


def take(pages: Mapping[str, tuple[str, int]], folder: Path, profile: str) -> None:
    """A picture of each page, as wide as it says and as high as it gets."""
    chromium = installed()
    assert chromium is not None, "needs chromium and chromedriver"
    style = (Path(__file__).parent / "discord.css").read_text("utf-8")
    chrome = start(chromium, f"{profile}/chromium")
    try:
        for name, (body, width) in pages.items():
            file = Path(profile) / f"{name}.html"
            file.write_text(
                f'<!doctype html><meta charset="utf-8"><style>{style}</style><main>{body}</main>', "utf-8"
            )
            look(chrome, width, 100, "dark", scale=1.5)
            chrome.get(file.as_uri())
            height = chrome.execute_script("return document.documentElement.scrollHeight")
            look(chrome, width, height, "dark", scale=1.5)
            chrome.save_screenshot(str(folder / f"{name}.png"))
    finally:
        chrome.quit()


async def main(folder: Path, files: Sequence[Path], taxonomy: str) -> None:
    """Make a history of the sample digest, and show what Discord would."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        store = Store.open(Path(scratch) / "history.db")
        posted = await post(store, files, taxonomy)
        pages = {"discord-post": (posted, 1180), "discord-search": (await search(store), 640)}
        await asyncio.to_thread(take, pages, folder, scratch)
        store.close()


if __name__ == "__main__":
    target = Path(sys.argv[1] if len(sys.argv) > 1 else "docs")
    target.mkdir(exist_ok=True)
    asyncio.run(main(target, sorted(Path("digests").glob("*.txt")), TAXONOMY.read_text("utf-8")))
