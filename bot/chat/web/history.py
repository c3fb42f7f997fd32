"""What the web channel shows: the messages whose outbox rows say ``sent``, and nothing else."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.errors import NotFound
from bot.library import Day
from bot.models import Brief, Channel, Post, State
from bot.store import Connection, channels, outbox

DAYS = 14
"""Header messages that the timeline shows at a time."""

PLATFORM = "web"


@dataclass(frozen=True, slots=True)
class Listed:
    """A post in the timeline: its header message was sent then, and so many papers of its thread since."""

    post: Post
    sent: datetime
    papers: int


@dataclass(frozen=True, slots=True)
class Timeline:
    """Some days of a channel, oldest first, and whether there are others before and after them."""

    channel: Channel
    days: tuple[Listed, ...]
    earlier: bool
    later: bool


@dataclass(frozen=True, slots=True)
class Thread:
    """What of a day's thread was sent: papers with their times, and the closing message, if it was."""

    day: Day
    sent: datetime
    papers: tuple[tuple[Brief, datetime], ...]
    closed: datetime | None

    @property
    def updated(self) -> datetime:
        """When the latest of its messages was sent."""
        return max([self.sent, *(sent for _, sent in self.papers), *([self.closed] if self.closed else [])])


def web_channels(db: Connection) -> list[Channel]:
    """The active channels of this platform, by name."""
    return [channel for channel in channels.active(db) if channel.platform == PLATFORM]


def timeline(db: Connection, name: str, before: date | None = None, day: date | None = None) -> Timeline:
    """The latest days of a channel; those before a date; or, when ``day`` lies further back, those up to it.

    Raises NotFound when there is no such channel.
    """
    channel = channels.get(db, f"{PLATFORM}:{name}")
    if channel is None:
        raise NotFound(f"There is no channel called {name}.")
    listed = _listed(db, channel, before)
    if day is not None and listed and day < listed[:DAYS][-1].post.local_date:
        before = day + timedelta(days=1)
        listed = _listed(db, channel, before)
    days = tuple(reversed(listed[:DAYS]))
    return Timeline(channel, days, earlier=len(listed) > DAYS, later=before is not None)


def thread(day: Day) -> Thread:
    """The part of a day's post that is visible. Raises NotFound while not even its header is."""
    sent = {
        message.part: message.sent
        for message in day.messages
        if message.state is State.SENT and message.sent is not None
    }
    if 0 not in sent:
        raise NotFound(f"The post of {day.post.local_date} in {day.channel.name} is not out yet.")
    by_id = {brief.paper.id: brief for brief in day.shown}
    papers = tuple(
        (by_id[message.paper_id], sent[message.part])
        for message in day.messages
        if message.kind == "paper" and message.part in sent
    )
    closed = [
        sent[message.part] for message in day.messages if message.kind == "closing" and message.part in sent
    ]
    return Thread(day, sent[0], papers, closed[0] if closed else None)


def _listed(db: Connection, channel: Channel, before: date | None) -> list[Listed]:
    """One more than ``DAYS`` of the posts whose header was sent, newest first."""
    return [Listed(*one) for one in outbox.sent_posts(db, channel.key, DAYS + 1, before=before)]
