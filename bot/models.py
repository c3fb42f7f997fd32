"""The frozen records that pass between stages: Entry → Paper → Brief → Message.

Each stage takes one and gives the next. Nothing here does anything but say what it is.
Times are aware datetimes in UTC; dates are local to a channel or as printed in a digest.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from typing import Literal, NamedTuple


@dataclass(frozen=True, slots=True)
class Entry:
    """What a digest file says of one paper, as printed: untrusted, uncleaned.

    ``line`` is the 1-based line of the title in the file, ``position`` the 1-based place among its entries.
    """

    title: str
    abstract: str
    line: int
    position: int
    arxiv_id: str | None = None
    doi: str | None = None
    url: str | None = None
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    published: date | None = None
    upvotes: int | None = None


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A piece of a digest file that could not be read: where, why, and its beginning (200 characters)."""

    line: int
    reason: str
    text: str


@dataclass(frozen=True, slots=True)
class Digest:
    """All that one digest file says: its entries in order, and what could not be read."""

    format: str
    date: date | None
    entries: tuple[Entry, ...]
    unreadable: tuple[Unreadable, ...] = ()


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper: cleaned text beside the text as printed. ``id`` is None until the store has admitted it."""

    title: str
    abstract: str
    title_as_printed: str
    abstract_as_printed: str
    arxiv_id: str | None = None
    doi: str | None = None
    url: str | None = None
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    published: date | None = None
    upvotes: int | None = None
    id: int | None = None


class Candidate(NamedTuple):
    """What tells most stored papers from a new one, without the rest of them; a tuple, since so many are made."""

    id: int
    title: str
    arxiv_id: str | None
    doi: str | None


@dataclass(frozen=True, slots=True)
class Link:
    """A link found in an abstract (``code``, ``project``), the paper's own page (``paper``),
    or where to look for the paper when no id is known (``find``)."""

    kind: Literal["code", "project", "paper", "find"]
    url: str


@dataclass(frozen=True, slots=True)
class Brief:
    """What a reader needs of a paper: one sentence, one to five tags, up to three figures, links.

    ``areas`` are arXiv categories; ``areas_guessed`` says that no digest gave them and they were inferred.
    """

    paper: Paper
    summary: str
    tags: tuple[str, ...]
    figures: tuple[str, ...]
    links: tuple[Link, ...]
    areas: tuple[str, ...] = ()
    areas_guessed: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether two entries are the same paper, and the reason in words a person can check.

    ``rule`` names what decided: ``arxiv-id``, ``doi``, ``title``, ``near-title``, ``abstract``, ``new``.
    """

    verdict: Literal["same", "related", "different"]
    rule: str
    reason: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of one digest file: ``entries`` = ``new`` + ``seen`` + ``unreadable``.

    ``again`` says that a file of this content was read before, so that nothing of it was read now.
    """

    file: str
    entries: int
    new: int
    seen: int
    unreadable: int
    digest_date: date | None = None
    error: str | None = None
    again: bool = False


@dataclass(frozen=True, slots=True)
class Interests:
    """What a channel cares about: tags and keywords raise a paper, muted words hide it."""

    tags: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    muted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Channel:
    """Where posts go, and when. ``key`` is ``platform:address``, for good; ``time`` is local in ``zone``.

    ``server`` is the platform's id of the community that the channel belongs to, where there are such and it
    is known; ``owner`` the person (``platform:id``) who set it up in the platform, if it was set up there.
    """

    key: str
    platform: str
    address: str
    name: str
    zone: str
    time: time
    max_papers: int = 20
    quiet_line: bool = False
    interests: Interests = field(default_factory=Interests)
    server: str | None = None
    owner: str | None = None


class State(StrEnum):
    """The delivery state of a message; see ``publish``."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    REJECTED = "rejected"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Header:
    """What a post's header message states. ``files`` are digest file names, ``top_tags`` best first."""

    local_date: date
    entries: int
    new: int
    seen: int
    shown: int
    left_out: int
    top_tags: tuple[tuple[str, int], ...] = ()
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Closing:
    """What a post's closing message names: the papers that it left out, best first."""

    left_out: tuple[tuple[int, str, str | None], ...]
    """As (id, title, address of its page or of where to look for it)."""


@dataclass(frozen=True, slots=True)
class Match:
    """A tag or phrase that somebody follows, and the papers of a post (id, title) that match it."""

    kind: Literal["tag", "phrase"]
    value: str
    papers: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class Followed:
    """What a post has for those who follow something, without saying who does: by tag or phrase."""

    matches: tuple[Match, ...]


Content = Header | Brief | Closing | Followed
"""What a message says; each platform renders it in its own best form."""


@dataclass(frozen=True, slots=True)
class Pick:
    """A paper's place in a post: ``shown`` in a message of its own, else named in the closing message.

    ``muted`` is the word that hid it from the post altogether; ``score`` tells the parts of its rank.
    """

    paper_id: int
    place: int
    shown: bool
    score: tuple[tuple[str, float], ...] = ()
    muted: str | None = None


@dataclass(frozen=True, slots=True)
class Post:
    """One day's post in one channel. ``thread_id`` is the platform's, once the thread exists."""

    id: int
    channel: str
    local_date: date
    header: Header
    thread_id: str | None
    created: datetime


@dataclass(frozen=True, slots=True)
class Message:
    """One part of a post, a row of the outbox. Part 0 is the header; the last may be the closing message, and
    after it the one that says what of the post people follow.

    ``nonce`` is at most 25 characters, unique per channel, date and part, and doubles as the marker
    that the sent message carries.
    """

    id: int
    post_id: int
    channel: str
    part: int
    kind: Literal["header", "paper", "closing", "followed"]
    paper_id: int | None
    nonce: str
    state: State
    platform_id: str | None = None
    attempts: int = 0
    claimed: datetime | None = None
    not_before: datetime | None = None
    sent: datetime | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Follow:
    """A tag or phrase that a person follows in the channels of one server; ``direct`` asks for a direct message."""

    person: str
    server: str
    kind: Literal["tag", "phrase"]
    value: str
    direct: bool
    created: datetime


@dataclass(frozen=True, slots=True)
class Notice:
    """A direct message to a person who follows something in a post; its states are those of a message."""

    post_id: int
    person: str
    nonce: str
    state: State
    attempts: int = 0
    claimed: datetime | None = None


@dataclass(frozen=True, slots=True)
class Placement:
    """What became of one paper in one channel: its place in a post, and its message if it was given one."""

    channel: Channel
    post: Post
    pick: Pick
    message: Message | None


@dataclass(frozen=True, slots=True)
class Sighting:
    """One digest file naming one paper, as printed there, and how that was decided."""

    paper_id: int
    file: str
    digest_date: date | None
    seen: datetime
    line: int
    position: int
    title_as_printed: str
    decision: Decision


@dataclass(frozen=True, slots=True)
class Bookmark:
    """A paper that a person kept. ``person`` is ``platform:id``; ``source`` is where it was kept from."""

    person: str
    paper_id: int
    created: datetime
    note: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """A paper that a search found. ``snippet`` is its summary or abstract with the words found in ‹ ›."""

    brief: Brief
    snippet: str
    bookmarks: int
    placements: tuple[Placement, ...]
