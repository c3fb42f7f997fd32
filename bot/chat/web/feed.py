"""Atom feeds (RFC 4287): of posts, one entry a day and channel, and of a tag, one entry a paper."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

from markupsafe import escape

from bot.chat.web.history import Thread
from bot.chat.web.html import channel_url, long_date, plural, tag_url
from bot.library.history import Tagged
from bot.models import Brief

ATOM = "http://www.w3.org/2005/Atom"

AUTHORITY = "tag:broadsheet.localhost,2026"
"""Begins every id (RFC 4151). Our feeds have no domain of their own: what follows makes them unique."""

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(threads: Sequence[Thread], title: str, base: str, path: str, now: datetime) -> bytes:
    """The feed of these threads, newest first. ``base`` is the site's address, ``path`` the feed's own.

    Ids hold the moment at which a post was put together, so that two bots with a channel of the same name differ.
    """
    latest = sorted(threads, key=lambda thread: thread.updated, reverse=True)
    root = _feed(title, base, path, "/", latest[0].updated if latest else now)
    for thread in latest:
        _entry(root, thread, base)
    return _bytes(root)


def render_tag(of: Tagged, base: str, path: str, now: datetime) -> bytes:
    """The feed of the papers with a tag, newest first, one entry a paper."""
    root = _feed(f"Broadsheet · {of.tag}", base, path, tag_url(of.tag), of.papers[0][1] if of.papers else now)
    for brief, seen in of.papers:
        _paper(root, brief, seen, base)
    return _bytes(root)


def _feed(title: str, base: str, path: str, page: str, updated: datetime) -> ET.Element:
    ET.register_namespace("", ATOM)
    root = ET.Element(f"{{{ATOM}}}feed", {"xml:lang": "en"})
    _add(root, "id", f"{AUTHORITY}:{path}")
    _add(root, "title", title)
    _add(root, "updated", _time(updated))
    _add(root, "link", rel="self", type="application/atom+xml", href=base + path)
    _add(root, "link", rel="alternate", type="text/html", href=base + page)
    _add(_add(root, "author"), "name", "Broadsheet")
    return root


def _bytes(root: ET.Element) -> bytes:
    text: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return text


def _paper(root: ET.Element, brief: Brief, seen: datetime, base: str) -> None:
    page = f"/papers/{brief.paper.id}"
    entry = _add(root, "entry")
    _add(entry, "id", f"{AUTHORITY}:{page}/{seen.astimezone(UTC):%Y%m%dT%H%M%S%f}")
    _add(entry, "title", brief.paper.title)
    _add(entry, "published", _time(seen))
    _add(entry, "updated", _time(seen))
    _add(entry, "link", rel="alternate", type="text/html", href=base + page)
    for author in brief.paper.authors:
        _add(_add(entry, "author"), "name", author)
    for tag in brief.tags:
        _add(entry, "category", term=tag)
    _add(entry, "summary", brief.summary or brief.paper.title)


def _entry(root: ET.Element, thread: Thread, base: str) -> None:
    post, channel = thread.day.post, thread.day.channel
    page = base + channel_url(channel.name, post.local_date)
    entry = _add(root, "entry")
    unique = f"{channel_url(channel.name, post.local_date)}/{post.created.astimezone(UTC):%Y%m%dT%H%M%S%f}"
    _add(entry, "id", f"{AUTHORITY}:{unique}")
    _add(
        entry,
        "title",
        f"{channel.name}: {plural(post.header.new, 'new paper')}, {long_date(post.local_date)}",
    )
    _add(entry, "published", _time(thread.sent))
    _add(entry, "updated", _time(thread.updated))
    _add(entry, "link", rel="alternate", type="text/html", href=page)
    for tag, _ in post.header.top_tags:
        _add(entry, "category", term=tag)
    items = "".join(_item(brief, base) for brief, _ in thread.papers)
    more = f"<p>{plural(post.header.left_out, 'more paper')} in the channel.</p>" if thread.closed else ""
    _add(entry, "content", f"<ol>{items}</ol>{more}", type="html")


def _item(brief: Brief, base: str) -> str:
    link = f"{base}/papers/{brief.paper.id}"
    return (
        f'<li><p><a href="{escape(link)}">{escape(brief.paper.title)}</a><br>{escape(brief.summary)}</p></li>'
    )


def _add(parent: ET.Element, tag: str, text: str | None = None, **attributes: str) -> ET.Element:
    clean = {name: _NOT_XML.sub("", value) for name, value in attributes.items()}
    child = ET.SubElement(parent, f"{{{ATOM}}}{tag}", clean)
    child.text = None if text is None else _NOT_XML.sub("", text)
    return child


def _time(value: datetime) -> str:
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
