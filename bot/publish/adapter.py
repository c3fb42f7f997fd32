"""What the publisher asks of a chat platform, what the platform may answer, and when to ask again."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.models import Channel, Content, Followed, Message, Notice, Post

NONCE_WINDOW = timedelta(seconds=60)
"""How long a platform may be trusted to know a nonce again. Discord says "the past few minutes"."""

RETRY_FIRST, RETRY_MOST = timedelta(seconds=5), timedelta(hours=1)
"""The first and the longest wait before a failed message is tried again; it doubles in between."""


@dataclass(frozen=True, slots=True)
class Sent:
    """The platform has it, under this id."""

    platform_id: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """The platform said never; trying again as it is cannot help.

    ``whole_post`` says that it takes nothing more of this post, as when the post's thread was deleted.
    """

    reason: str
    whole_post: bool = False


@dataclass(frozen=True, slots=True)
class Failed:
    """The platform did not take it, for now. ``retry_after`` is the platform's own word, if it gave one."""

    reason: str
    retry_after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Unknown:
    """It may or may not be there: the answer was lost."""

    reason: str


@dataclass(frozen=True, slots=True)
class Broken:
    """Nothing can be posted in this channel until a person mends it: it is gone, or a permission is missing."""

    reason: str


Outcome = Sent | Rejected | Failed | Unknown | Broken


class ChatAdapter(Protocol):
    """What a platform does for a post. Expected failures are outcomes; only the unexpected raises."""

    async def send(self, channel: Channel, post: Post, message: Message, content: Content) -> Outcome:
        """Send one message with its nonce: part 0 to the channel, the others to the post's thread."""

    async def open_thread(self, channel: Channel, post: Post, header: Message) -> Outcome:
        """Open the thread under the sent header and give its id; one that is open already is a success.

        Without a thread the post has no place for its papers: Rejected gives them up.
        """

    async def find(self, channel: Channel, post: Post, message: Message) -> str | None:
        """Look for the message in the channel's history by its marker, and give the platform's id of it.

        None means that it is certainly not there. Raises HistoryUnavailable when that can't be told.
        """

    async def notify(self, channel: Channel, post: Post, notice: Notice, followed: Followed) -> Outcome:
        """Tell a person by direct message what of the sent post they follow."""

    async def tell(self, channel: Channel, text: str) -> None:
        """Tell the person who looks after the channel what is wrong with it, where that can be done; never raises."""


def retry_time(attempts: int, outcome: Failed | Unknown, now: datetime) -> datetime:
    """When a message that was tried ``attempts`` times is next: the platform's word, or a doubling wait."""
    asked = outcome.retry_after if isinstance(outcome, Failed) else None
    return now + (min(RETRY_FIRST * 2 ** min(attempts - 1, 20), RETRY_MOST) if asked is None else asked)


def nonce_holds(message: Message | Notice, now: datetime) -> bool:
    """Whether the platform would still know the nonce of the first uncertain send; not if the clock went back."""
    return message.claimed is not None and timedelta(0) <= now - message.claimed < NONCE_WINDOW
