"""What ``/today`` and ``/catchup`` say: posts, each with its link and links to its papers."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import discord

from bot.chat.discord import limits
from bot.chat.discord.answers import message_link, said, timestamp
from bot.chat.discord.render import INK, Rendered, papers, title_of
from bot.chat.discord.text import code, joined, linked, plain
from bot.library import Day
from bot.models import Channel

MOST = 20
"""Posts that an answer names one by one."""

_ROOM = limits.EMBED_DESCRIPTION - 100
_TITLE, _NAME, _LINK, _TAG = 90, 60, 100, 40


def today(latest: Sequence[tuple[Channel, Day | None]], now: datetime) -> Rendered:
    """Today's post of each channel; of one without, when it is due and which was the last."""
    if not latest:
        return said("No channel of this server that you can see gets posts yet.")
    room = _ROOM // min(len(latest), MOST)
    sections = (
        _post(day, "today", room)
        if day is not None and day.post.local_date == now.astimezone(ZoneInfo(channel.zone)).date()
        else _waiting(channel, day, now)
        for channel, day in latest[:MOST]
    )
    return _embedded("Today", sections, len(latest) - MOST, "channel")


def since(days: Sequence[Day], total: int, since: datetime) -> Rendered:
    """The posts that arrived since then, at most ``MOST``; ``total`` is how many there are."""
    if not days:
        return Rendered(f"Nothing was posted here since {timestamp(since, 'f')}.")
    room = _ROOM // min(len(days), MOST)
    sections = (_post(day, timestamp(day.post.created), room) for day in days[:MOST])
    title = f"{total:,} {'post' if total == 1 else 'posts'} since you last asked"
    return _embedded(title, sections, total - MOST, "post")


def _post(day: Day, when: str, room: int) -> str:
    """One post: where it is, what it is about, and as many of its papers as there is room for."""
    post = day.post
    address = message_link(day.channel, post, None) or (
        message_link(day.channel, post, day.messages[0]) if day.messages else None
    )
    where = linked(f"#{day.channel.name}", address, _NAME + _LINK)
    tags = joined((code(tag, _TAG) for tag, _ in post.header.top_tags[:3]), " ", 3 * _TAG)
    count = len(day.shown) + len(day.left_out)
    told = papers(count, "new") if count else "nothing new"
    head = joined((f"**{where}** {when}: {told}", tags), " · ", room)
    return joined((head, *_papers(day)), "\n", room, "… and {} more")


def _papers(day: Day) -> Iterator[str]:
    sent = {message.paper_id: message for message in day.messages}
    for brief in day.shown:
        message = sent.get(brief.paper.id)
        address = None if message is None else message_link(day.channel, day.post, message)
        yield f"- {linked(title_of(brief), address, _TITLE + _LINK)}"


def _waiting(channel: Channel, last: Day | None, now: datetime) -> str:
    """A channel without a post today: when one is due, and where the last one is."""
    local = now.astimezone(ZoneInfo(channel.zone))
    due = local.replace(hour=channel.time.hour, minute=channel.time.minute, second=0, microsecond=0)
    when = f"due {timestamp(due, 't')}" if due > now else "none yet today"
    address = None if last is None else message_link(last.channel, last.post, None)
    before = linked(f"the last of {last.post.local_date}", address, _NAME + _LINK) if last is not None else ""
    return joined((f"**#{plain(channel.name, _NAME)}** {when}", before), " · ", _ROOM)


def _embedded(title: str, sections: Iterable[str], beyond: int, what: str) -> Rendered:
    more = f"… and {beyond:,} more {what}{'' if beyond == 1 else 's'}" if beyond > 0 else ""
    text = joined((*sections, more), "\n", limits.EMBED_DESCRIPTION)
    return Rendered("", (discord.Embed(title=title, description=text, colour=INK),))
