"""What the commands print: text that fits the terminal, and JSON Lines. Pure, but for asking how wide it is."""

import json
import shutil
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from bot.models import Brief, Channel, Hit, Placement, Post, Receipt, State

# What only annotations name is not loaded: it would take longer than reading fifty papers.
if TYPE_CHECKING:
    from bot.app.doctor import Check
    from bot.library import Found, Kept, Why
    from bot.publish import Plan

WIDEST = 100
"""Columns beyond which lines of text get hard to read."""

CUT_SHORT = "the search took too long and was cut short; rarer words, or more of them, find better"

ANEW = "\r\x1b[K"
"""Begins the terminal's line again, and empties it."""


def json_line(record: Mapping[str, Any]) -> str:
    """A record as one line of JSON."""
    return json.dumps(record, ensure_ascii=False)


def receipt(of: Receipt) -> str:
    """One line: what became of a digest file."""
    remark = " (this content was read before)" if of.again else ""
    if of.unreadable and not of.again:
        remark = " ('broadsheet read' shows where and why)"
    return (
        f"{of.file}: {_count(of.entries, 'entry', 'entries')}: {of.new} new, "
        f"{of.seen} seen before, {of.unreadable} unreadable{remark}"
    )


def receipt_line(of: Receipt) -> dict[str, Any]:
    """A receipt for ``--json``; ``error`` only where there is one."""
    line: dict[str, Any] = {
        name: getattr(of, name) for name in ("file", "entries", "new", "seen", "unreadable")
    }
    return line if of.error is None else line | {"error": of.error}


def bar(label: str, done: int, total: int) -> str:
    """A progress bar as wide as the terminal allows, at most 79 columns."""
    room = max(10, min(79, _columns()) - 10 - min(len(label), 30))
    filled = room * done // total
    return f"{label[:30]} {'█' * filled}{'·' * (room - filled)} {100 * done // total:3d}%"


def reading(of: Brief) -> dict[str, Any]:
    """What the bot made of one entry, for ``--json``."""
    return {
        "title": of.paper.title,
        "title_as_printed": of.paper.title_as_printed,
        "abstract": of.paper.abstract,
        "summary": of.summary,
        "tags": list(of.tags),
        "figures": list(of.figures),
        "links": [{"kind": link.kind, "url": link.url} for link in of.links],
        "areas": list(of.areas),
        "areas_guessed": of.areas_guessed,
    }


def brief(of: Brief) -> str:
    """A paper as a few indented lines, with a blank one after."""
    facts = [", ".join(of.tags)]
    if of.figures:
        facts.append("; ".join(of.figures))
    lines = [_wrapped(of.paper.title, ""), _wrapped(of.summary, "  "), _wrapped(" | ".join(facts), "  ")]
    lines += [f"  {link.kind}: {link.url}" for link in of.links]
    return "\n".join(line for line in lines if line.strip()) + "\n"


def preview(channel: Channel, planned: "Plan | None", briefs: Mapping[int, Brief]) -> str:
    """The next post of a channel, as text."""
    if planned is None:
        return f"{channel.name}: nothing new to post"
    header = planned.header
    tags = ", ".join(f"{tag} ({count})" for tag, count in header.top_tags)
    parts = [
        _wrapped(
            f"{channel.name}, {header.local_date}: {_count(header.new, 'new paper')}, {header.seen} seen before",
            "",
        ),
        _wrapped(f"tags: {tags or 'none'}", "  "),
        _wrapped(f"files: {', '.join(header.files) or 'none'}", "  ") + "\n",
    ]
    parts += [brief(briefs[pick.paper_id]) for pick in planned.picks if pick.shown]
    if header.left_out:
        parts.append(f"and {header.left_out} more:")
        left_out = (pick for pick in planned.picks if not pick.shown and not pick.muted)
        parts += [_wrapped(f"- {briefs[pick.paper_id].paper.title}", "  ") for pick in left_out]
    return "\n".join(parts)


def preview_lines(
    channel: Channel, planned: "Plan | None", briefs: Mapping[int, Brief]
) -> Iterable[dict[str, Any]]:
    """The papers of the next post, in its order, for ``--json``."""
    for pick in planned.picks if planned is not None else ():
        if not pick.muted:
            yield {"channel": channel.name, "place": pick.place + 1, "shown": pick.shown} | reading(
                briefs[pick.paper_id]
            )


def posted(channel: Channel, post: Post | None, *, new: bool) -> str:
    """One line: what ``post`` did in a channel."""
    if post is None:
        return f"{channel.name}: nothing new to post"
    count = _count(post.header.shown, "paper")
    what = f"posted {count}" if new else f"already posted, {count}"
    return f"{channel.name}: {what} for {post.local_date}"


def found(hit: Hit) -> dict[str, Any]:
    """A search result for ``--json``."""
    return (
        {"id": hit.brief.paper.id}
        | reading(hit.brief)
        | {
            "snippet": hit.snippet,
            "bookmarks": hit.bookmarks,
            "posted": [
                {"channel": place.channel.name, "date": str(place.post.local_date)}
                for place in hit.placements
            ],
        }
    )


def search(of: "Found") -> str:
    """Search results as text, best first."""
    if not of.hits:
        return _wrapped(CUT_SHORT, "") if of.cut_short else "nothing found; try other words, or fewer"
    shown = _wrapped(
        f"{len(of.hits)} of {'more than ' if of.more else ''}{_count(of.total, 'paper')} found", ""
    )
    return f"{hits(of.hits)}\n\n{shown}" + ("\n" + _wrapped(CUT_SHORT, "") if of.cut_short else "")


def hits(of: Sequence[Hit]) -> str:
    """Papers that were found as text, best first; empty when there are none."""
    parts = []
    for hit in of:
        posted_on = "; ".join(f"{place.channel.name} {place.post.local_date}" for place in hit.placements)
        facts = [
            f"#{hit.brief.paper.id}",
            ", ".join(hit.brief.tags),
            posted_on or "not posted",
            _count(hit.bookmarks, "bookmark"),
        ]
        parts.append(
            "\n".join(
                line
                for line in (
                    _wrapped(hit.brief.paper.title, ""),
                    _wrapped(hit.brief.summary, "  "),
                    _wrapped(" | ".join(facts), "  "),
                )
                if line.strip()
            )
        )
    return "\n\n".join(parts)


def bookmark(one: "Kept") -> dict[str, Any]:
    """A bookmark for ``--json``."""
    kept = one.bookmark
    facts = {
        "person": kept.person,
        "since": kept.created.isoformat(),
        "note": kept.note,
        "source": kept.source,
    }
    return {"id": kept.paper_id} | reading(one.brief) | facts


def bookmarks(kept: "Sequence[Kept]") -> str:
    """Bookmarks as text, newest first."""
    if not kept:
        return "no bookmarks yet; press 🔖 under a paper"
    parts = []
    for one in kept:
        about = f"#{one.bookmark.paper_id}, kept {one.bookmark.created:%Y-%m-%d} by {one.bookmark.person}"
        lines = [_wrapped(one.brief.paper.title, "")]
        lines += [_wrapped(line, "  ") for line in (one.brief.summary, about, one.bookmark.note) if line]
        parts.append("\n".join(lines))
    return "\n\n".join(parts)


def why(of: "Why") -> str:
    """How a paper came to be where it is, as text."""
    paper = of.brief.paper
    lines = [_wrapped(f"#{paper.id} {paper.title}", "")]
    if paper.title_as_printed != paper.title:
        lines.append(_wrapped(f"printed as: {paper.title_as_printed}", "  "))
    for name, value in (("arXiv", paper.arxiv_id), ("DOI", paper.doi)):
        if value:
            lines.append(f"  {name}: {value}")
    lines.append("named by")
    for sighting in of.sightings:
        dated = f" of {sighting.digest_date}" if sighting.digest_date else ""
        lines.append(
            _wrapped(f"{sighting.file}{dated}, line {sighting.line}: {sighting.decision.reason}", "  ")
        )
    if of.related:
        lines.append("related to")
        lines += [
            _wrapped(f"#{one.paper.id} {one.paper.title}: {said.reason}", "  ") for one, said in of.related
        ]
    lines.append("posted")
    lines += [_wrapped(placement(place), "  ") for place in of.placements]
    lines += [_wrapped(f"{channel.name}: waits for the next post", "  ") for channel in of.waiting]
    lines.append(f"kept by {_count(of.bookmarks, 'person', 'people')}")
    return "\n".join(lines)


def why_line(of: "Why") -> dict[str, Any]:
    """How a paper came to be where it is, for ``--json``."""
    return (
        {"id": of.brief.paper.id}
        | reading(of.brief)
        | {
            "sightings": [
                {
                    "file": one.file,
                    "date": None if one.digest_date is None else str(one.digest_date),
                    "line": one.line,
                    "title_as_printed": one.title_as_printed,
                    "verdict": one.decision.verdict,
                    "rule": one.decision.rule,
                    "reason": one.decision.reason,
                }
                for one in of.sightings
            ],
            "related": [{"id": one.paper.id, "reason": said.reason} for one, said in of.related],
            "posted": [placement(place) for place in of.placements],
            "waiting": [channel.name for channel in of.waiting],
            "bookmarks": of.bookmarks,
        }
    )


def placement(place: Placement) -> str:
    """One sentence: what became of a paper in a channel, and the parts of its rank."""
    where, pick = f"{place.channel.name}, {place.post.local_date}", place.pick
    if pick.muted:
        return f"{where}: not posted, the channel mutes “{pick.muted}”"
    score = ", ".join(f"{name} {value:+.2f}" for name, value in pick.score if value)
    because = f" ({score})" if score else ""
    if place.message is None:
        return f"{where}: place {pick.place + 1}, named in the closing message{because}"
    state = place.message.state
    said = "" if state is State.SENT else f", {state}: {place.message.error or 'not sent yet'}"
    return f"{where}: place {pick.place + 1}{because}{said}"


def check(of: "Check") -> str:
    """One check of ``doctor`` as text."""
    mark = {"good": "ok  ", "warn": "note", "bad": "BAD "}[of.status]
    return textwrap.fill(f"{mark} {of.name}: {of.text}", _width(), subsequent_indent="     ")


def check_line(of: "Check") -> dict[str, Any]:
    """One check of ``doctor`` for ``--json``."""
    return {"name": of.name, "status": of.status, "text": of.text}


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def _columns() -> int:
    return shutil.get_terminal_size((80, 24)).columns


def _width() -> int:
    return max(20, min(_columns(), WIDEST))


def _wrapped(text: str, indent: str) -> str:
    return textwrap.fill(
        text,
        _width(),
        initial_indent=indent,
        subsequent_indent=indent if text[:2] != "- " else f"{indent}  ",
        break_on_hyphens=False,
    )
