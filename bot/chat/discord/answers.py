"""What commands answer: records of the library → messages that only the person who asked sees.

An answer tells of the server it is given in alone: where else a paper was posted is not its members' concern.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from math import ceil

import discord

from bot.chat.discord import limits
from bot.chat.discord.render import (
    INK,
    UNTITLED,
    Button,
    Rendered,
    bookmark_button,
    colour_of,
    figure_line,
    link_buttons,
    long_date,
    page_of,
    papers,
    small,
    tag_line,
    title_of,
)
from bot.chat.discord.text import code, heading, joined, link, linked, marked, plain, titled
from bot.library import LONGEST_QUERY, Found, Kept, Why
from bot.models import Brief, Channel, Hit, Message, Placement, Post, State
from bot.sources.text import clean

PAGE = 5
"""Papers on one page of an answer that can be paged through: what is read without scrolling far."""

MOST = 10
"""Papers in an answer of one page: two rows of buttons."""

PAGE_ID = re.compile(r"page:(?P<page>\d{1,6}):(?P<last_id>\d{1,19})")
"""The id of a button that leads to another page of a search, among the papers up to ``last_id``."""

KEPT_ID = re.compile(r"kept:(?P<page>\d{1,6})")
"""The id of a button that leads to another page of a person's bookmarks."""

_ENTRY = 790
"""Room for one paper in a list: five of them fill a description."""

_TITLE, _ADDRESS, _SUMMARY, _TAGS, _WHERE, _FACTS = 110, 200, 220, 60, 140, 240
_ABSTRACT = 1500
_NOTE = 300
_SIGHTINGS = 5
_FOOTER = re.compile(r"Page \d+ of \S+ · (.*)", re.DOTALL)


def hits(query: str, found: Found, *, page: int, last_id: int, server: str | None) -> Rendered:
    """A page of a search: its papers with the words found, where they were posted, and buttons to keep them.

    ``last_id`` is the newest paper that there was when the first page was shown; the buttons carry it on.
    """
    if not found.hits:
        return said(
            f"Nothing found for “{_query(query)}”. Try fewer or other words."
            if page == 1
            else "No more papers."
        )
    total = f"more than {papers(found.total)}" if found.more else papers(found.total)
    hurried = (
        " The search took too long and was stopped: there may be better ones." if found.cut_short else ""
    )
    first = (page - 1) * PAGE + 1
    entries = [_hit(place, hit, server) for place, hit in enumerate(found.hits[:PAGE], first)]
    pages = max(ceil(found.total / PAGE), page)
    title = f"{total[0].upper()}{total[1:]} for “{titled(query, 80)}”"
    embed = _embed(title, "\n\n".join(entries), small(hurried.strip()))
    embed.set_footer(text=f"Page {page} of {pages}{'+' if found.more else ''} · {_query(query)}")
    turn = (
        Button("Previous", f"page:{page - 1}:{last_id}", emoji="◀️", disabled=page <= 1, row=1),
        Button(
            "Next", f"page:{page + 1}:{last_id}", emoji="▶️", disabled=page >= pages and not found.more, row=1
        ),
    )
    marks = _marks([hit.brief for hit in found.hits[:PAGE]], first)
    return Rendered("", (embed,), (*marks, *(turn if pages > 1 or found.more else ())))


def query_of(embed: discord.Embed) -> str:
    """The query that a page of hits was made for; empty when it names none."""
    found = _FOOTER.fullmatch(embed.footer.text or "")
    return clean(found[1]) if found else ""


def kept(some: Sequence[Kept], *, page: int, total: int) -> Rendered:
    """A page of a person's bookmarks (at most ``PAGE``), with their notes, and buttons to drop them."""
    if not some:
        return said("No bookmarks yet. Press Bookmark below a paper to keep it.")
    first = (page - 1) * PAGE + 1
    pages = max(ceil(total / PAGE), page)
    entries = [_kept(place, one) for place, one in enumerate(some[:PAGE], first)]
    embed = _embed(papers(total, "bookmarked"), "\n\n".join(entries))
    embed.set_footer(text=f"Page {page} of {pages}")
    turn = (
        Button("Previous", f"kept:{page - 1}", emoji="◀️", disabled=page <= 1, row=1),
        Button("Next", f"kept:{page + 1}", emoji="▶️", disabled=page >= pages, row=1),
    )
    return Rendered(
        "", (embed,), (*_marks([one.brief for one in some[:PAGE]], first), *(turn if pages > 1 else ()))
    )


def ranked(title: str, some: Sequence[tuple[Brief, int]], empty: str) -> Rendered:
    """Papers with how many people keep each, as many as fit and at most ten; without any the sentence ``empty``."""
    if not some:
        return said(empty)
    entries = [
        _entry(place, brief, plain(brief.summary, _SUMMARY), [_tags(brief), _keepers(count)])
        for place, (brief, count) in enumerate(some[:MOST], 1)
    ]
    fits = next(
        count
        for count in range(len(entries), 0, -1)
        if len("\n\n".join(entries[:count])) <= limits.EMBED_DESCRIPTION - 40
    )
    rest = len(some) - fits
    embed = _embed(title, "\n\n".join(entries[:fits]), small(f"… and {papers(rest, 'more')}") if rest else "")
    return Rendered("", (embed,), _marks([brief for brief, _ in some[:fits]], 1))


def paper(
    brief: Brief, placements: Sequence[Placement], count: int, *, kept: bool, server: str | None
) -> Rendered:
    """All that a brief says of one paper, with its abstract, where it was posted, and a button to keep or drop it."""
    about = brief.paper
    lines = (
        small(joined((plain(author, 80) for author in about.authors), ", ", 300, "and {} more")),
        plain(brief.summary, 600),
        figure_line(brief),
        _quoted(about.abstract),
        small(tag_line(brief)),
        small(joined([_posted(placements, server), _keepers(count, kept)], " · ", 600)),
    )
    embed = discord.Embed(title=heading(title_of(brief), limits.EMBED_TITLE), colour=colour_of(brief))
    embed.url = page_of(brief)
    embed.description = joined(lines, "\n", limits.EMBED_DESCRIPTION) or None
    dated = f"published {long_date(about.published)}" if about.published else ""
    number = f"Paper {about.id}" if about.id is not None else ""
    ids = (
        number,
        f"arXiv {about.arxiv_id}" if about.arxiv_id else "",
        f"DOI {about.doi}" if about.doi else "",
        dated,
    )
    if any(ids):
        embed.set_footer(text=joined((titled(one, 200) for one in ids), " · ", limits.EMBED_FOOTER))
    mark = () if about.id is None else (bookmark_button(about.id, "Drop bookmark" if kept else "Bookmark"),)
    return Rendered("", (embed,), (*mark, *link_buttons(brief.links)))


def why(of: Why, *, server: str | None) -> Rendered:
    """How a paper came to be where it is: which digests named it, what is like it, what became of it here."""
    about = of.brief.paper
    seen = (
        f"- {code(one.file, 80)}{f' of {one.digest_date}' if one.digest_date else ''}, line {one.line}: "
        f"{plain(one.decision.reason, 200)}"
        for one in of.sightings[:_SIGHTINGS]
    )
    beyond = f"- and {len(of.sightings) - _SIGHTINGS} more times" if len(of.sightings) > _SIGHTINGS else ""
    like = (
        f"- {linked(title_of(other), link(page_of(other) or '', _ADDRESS), _TITLE + _ADDRESS)}: "
        f"{plain(decision.reason, 150)}"
        for other, decision in of.related[:3]
    )
    here = [_outcome(one) for one in of.placements if _is_here(one.channel, server)][:4]
    here += [
        f"#{plain(one.name, 60)}: waits for the next post" for one in of.waiting if _is_here(one, server)
    ][:4]
    printed = about.title_as_printed if about.title_as_printed != about.title else ""
    sections = (
        f"Printed as: {plain(printed, 300)}" if printed else "",
        _section("Named by", [*seen, beyond]),
        _section("Related", like),
        _section("In this server", [f"- {line}" for line in here or ["not posted here"]]),
        f"Kept by {of.bookmarks:,} {'person' if of.bookmarks == 1 else 'people'}",
    )
    embed = discord.Embed(title=heading(title_of(of.brief), limits.EMBED_TITLE), colour=colour_of(of.brief))
    embed.url = page_of(of.brief)
    embed.description = joined(sections, "\n", limits.EMBED_DESCRIPTION)
    return Rendered("", (embed,))


def help(commands: Iterable[tuple[str, str]]) -> Rendered:
    """The commands, as (name, description), and what a search understands."""
    listed = (f"{code(f'/{name}', 40)} {plain(does, 120)}" for name, does in commands)
    operators = (f"{code(example, 40)} {does}" for example, does in _OPERATORS)
    lines = (
        joined(listed, "\n", 3000),
        _section("A search finds titles, arXiv ids and any words, and understands", operators),
        small("Press Bookmark below a paper, or react to it, to keep it. Answers are seen by you alone."),
    )
    return Rendered("", (_embed("What I can do", joined(lines, "\n\n", limits.EMBED_DESCRIPTION)),))


def said(text: str) -> Rendered:
    """One plain sentence; whatever is in it is shown as it is."""
    return Rendered(plain(text, limits.CONTENT) or "…")


def message_link(channel: Channel, post: Post, message: Message | None) -> str | None:
    """The address of a paper's message, or else of the post's thread, where that is in a Discord server."""
    if channel.server is None or channel.platform != "discord":
        return None
    place = f"https://discord.com/channels/{channel.server}/{post.thread_id or channel.address}"
    sent = message is not None and message.platform_id
    return f"{place}/{sent}" if sent else place if post.thread_id else None


def timestamp(time: datetime, style: str = "D") -> str:
    """A time that each reader sees in their own zone and language: ``D`` is a date, ``R`` how long ago."""
    return f"<t:{int(time.timestamp())}:{style}>"


_OPERATORS = (
    ('"flow matching"', "these words, one after the other"),
    ("pruning -survey", "the first word without the second"),
    ("tag:pruning", "papers with this tag"),
    ("author:lovelace", "by a person of that name"),
    ("since:2025-03", "from then on; before:2025-03 until then"),
    ("bookmarked:me", "papers that you keep"),
    ("code:yes", "papers with code"),
)


def _hit(place: int, hit: Hit, server: str | None) -> str:
    facts = [_tags(hit.brief), _posted(hit.placements, server), _keepers(hit.bookmarks)]
    return _entry(place, hit.brief, marked(hit.snippet, _SUMMARY), facts)


def _kept(place: int, one: Kept) -> str:
    note = plain(one.bookmark.note, _NOTE)
    text = joined(
        (f"📝 {note}" if note else "", plain(one.brief.summary, _SUMMARY // (2 if note else 1))), "\n", 600
    )
    return _entry(place, one.brief, text, [_tags(one.brief), f"kept {timestamp(one.bookmark.created)}"])


def _entry(place: int, brief: Brief, text: str, facts: Sequence[str]) -> str:
    """One paper of a list: its title, a sentence, and a line of small print."""
    address = link(page_of(brief) or "", _ADDRESS)
    title = linked(title_of(brief), address, _TITLE + len(address or "") + 4)
    return joined((f"**{place}. {title}**", text, small(joined(facts, " · ", _FACTS))), "\n", _ENTRY)


def _marks(briefs: Sequence[Brief], first: int) -> tuple[Button, ...]:
    """A button to keep each paper of a list, under its number there, five a row."""
    numbered = ((place, brief.paper.id) for place, brief in enumerate(briefs))
    return tuple(
        bookmark_button(paper_id, str(first + place), row=place // limits.BUTTONS_A_ROW)
        for place, paper_id in numbered
        if paper_id is not None
    )


def _tags(brief: Brief) -> str:
    return joined((code(tag, _TAGS) for tag in brief.tags if tag != "other"), " ", _TAGS)


def _keepers(count: int, kept: bool = False) -> str:
    you = " (you too)" if kept and count > 1 else " (you)" if kept else ""
    return f"🔖 {count:,}{you}" if count else ""


def _posted(placements: Sequence[Placement], server: str | None) -> str:
    """When and where a paper was last posted in this server."""
    here = [one for one in placements if _is_here(one.channel, server) and one.pick.muted is None]
    if not here:
        return ""
    latest = max(here, key=lambda one: one.post.created)
    return f"{timestamp(latest.post.created)} in {_where(latest)}"


def _where(placement: Placement) -> str:
    return linked(
        f"#{placement.channel.name}",
        message_link(placement.channel, placement.post, placement.message),
        _WHERE,
    )


def _outcome(placement: Placement) -> str:
    """What became of a paper in a channel, and the parts of its rank."""
    pick = placement.pick
    where = f"{_where(placement)}, {timestamp(placement.post.created)}"
    if pick.muted:
        return f"{where}: not posted, “{plain(pick.muted, 60)}” is muted there"
    parts = ", ".join(f"{name} {value:+.2f}" for name, value in pick.score if value)
    because = f" ({plain(parts, 200)})" if parts else ""
    if placement.message is None:
        return f"{where}: place {pick.place + 1}, named in the closing message{because}"
    state, error = placement.message.state, plain(placement.message.error or "", 150)
    became = "" if state is State.SENT else f", {state}{': ' if error else ''}{error}"
    return f"{where}: place {pick.place + 1}{because}{became}"


def _is_here(channel: Channel, server: str | None) -> bool:
    return channel.platform == "discord" and server is not None and channel.server == server


def _section(heading: str, lines: Iterable[str]) -> str:
    listed = joined(lines, "\n", 1500)
    return f"**{heading}**\n{listed}" if listed else ""


def _quoted(text: str) -> str:
    quote = plain(text, _ABSTRACT)
    return f"> {quote}" if quote else ""


def _query(query: str) -> str:
    return titled(query[:LONGEST_QUERY], LONGEST_QUERY)


def _embed(title: str, *lines: str) -> discord.Embed:
    text = joined(lines, "\n\n", limits.EMBED_DESCRIPTION)
    return discord.Embed(title=heading(title, limits.EMBED_TITLE) or UNTITLED, description=text, colour=INK)
