"""How fast the bot goes, and when it stops asking: before Discord slows it down, or shuts it out.

discord.py keeps the limits of each route. It has no limit for all routes together before Discord says 429, and
counts no invalid requests. ``Rates.trace`` hooks both into its HTTP session. Rules: Discord docs, Rate Limits.
"""

import asyncio
import itertools
import math
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import timedelta
from types import SimpleNamespace

import aiohttp
from yarl import URL

from bot.errors import PlatformRefused

GLOBAL = 50
"""Requests that Discord takes in a second, as it sees them come in."""

SPACING = 1 / GLOBAL
"""Seconds between two requests: evenly spaced, they get in nobody's way."""

SECOND = 1.02
"""Seconds between a request's coming in and that of the fiftieth after it; what is above a second is for what clocks
differ in one. When a request came in nobody says, but no later than its answer less the way back, and the one that
follows comes in no sooner than it is sent and the way there: both ways together take at least as long as the fastest
of many requests. So one counts until that much less than a second after its answer, whatever delays either."""

KNOWN = 20
"""Requests after which the fastest of them says how long the way is."""

MOST_OF_THEM = 3 * GLOBAL // 5
"""Counting requests above which those that can wait do; by themselves they are half of all that may."""

BURST = 0.5
"""Seconds of turns that may be taken at once after a rest."""

ON_THE_WAY = 5.0
"""Seconds after which a request without an answer has certainly come in."""

BACKGROUND_SPACING = 1 / 25
"""Seconds between two requests that can wait, so that half of the rate is left for those that can't."""

LOOK_AGAIN = 0.01
"""Seconds until another look whether fewer requests count, while none of those that do was answered."""

INVALID_WINDOW = 600.0
INVALID_MOST = 500
"""Answers 401, 403 and 429 (but for shared ones) that close the breaker's gate; at 10,000 in ten minutes
Cloudflare shuts out the whole address."""

WALL = 600.0
"""Seconds of rest when Cloudflare has shut the bot out and does not say for how long."""


class Closed(PlatformRefused):
    """No request goes out: Discord has refused too many. ``retry_after`` is None when that is for good."""

    def __init__(self, reason: str, retry_after: timedelta | None) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


@dataclass
class Pace:
    """Gives each request its turn. Times are seconds of one monotonic clock."""

    spacing: float = SPACING
    _next: float = -math.inf
    _counting: dict[int, float] = field(default_factory=dict)
    _sent: dict[int, float] = field(default_factory=dict)
    _times: list[float] = field(default_factory=list)
    _tickets: Iterator[int] = field(default_factory=itertools.count)

    def turn(self, now: float) -> float:
        """Take the next turn, and give the seconds until it comes."""
        turn = max(now - BURST, self._next)
        self._next = turn + self.spacing
        return max(turn - now, 0.0)

    def busy(self, now: float) -> bool:
        """Whether turns are waited for, or most of the requests that may count do."""
        counting = sum(until > now for until in self._counting.values())
        return self._next > now + 2 * SPACING or counting > MOST_OF_THEM

    def hold(self, until: float) -> None:
        """Give no more turns before then."""
        self._next = max(self._next, until)

    def leave(self, now: float) -> int | float:
        """Let a request onto the wire and give its ticket, for ``arrived``; or the seconds to wait, as a float."""
        self._counting = {ticket: until for ticket, until in self._counting.items() if until > now}
        if len(self._counting) >= GLOBAL:
            answered = [until for ticket, until in self._counting.items() if ticket not in self._sent]
            return min(answered, default=now + LOOK_AGAIN) - now
        ticket = next(self._tickets)
        self._sent[ticket] = now
        self._counting[ticket] = now + ON_THE_WAY + SECOND
        return ticket

    def arrived(self, ticket: int, now: float) -> None:
        """The request was answered, or its connection broke."""
        sent = self._sent.pop(ticket, None)
        if sent is None:
            return
        self._times = sorted([*self._times, now - sent])[:KNOWN]
        if ticket in self._counting:
            way = self._times[0] if len(self._times) == KNOWN else 0.0
            self._counting[ticket] = now + SECOND - way


@dataclass
class Breaker:
    """Counts what Discord refuses, and says when to stop asking."""

    refused: bool = False
    """Whether Discord said 401: no request will ever be right again."""
    _until: float = -math.inf
    _reason: str = ""
    _invalid: deque[float] = field(default_factory=deque)

    def heard(
        self, status: int, *, now: float, via: bool, scope: str | None, retry_after: float | None, ours: bool
    ) -> None:
        """Take an answer into account; ``ours`` says that it answers to the bot's token, not an interaction's."""
        if status == 429 and not via:
            self._open(now + (retry_after or WALL), "Cloudflare has shut this address out")
        if status not in (401, 403, 429) or (status == 429 and scope == "shared"):
            return
        self.refused = self.refused or (status == 401 and ours)
        self._invalid.append(now)
        while self._invalid[0] <= now - INVALID_WINDOW:
            self._invalid.popleft()
        if len(self._invalid) >= INVALID_MOST:
            self._open(now + INVALID_WINDOW, f"Discord refused {len(self._invalid)} requests in ten minutes")

    def closed(self, now: float) -> Closed | None:
        """Why no request may go out, if so."""
        if self.refused:
            return Closed(
                "Discord does not accept the bot's token any more; set a new one, then start again", None
            )
        if now < self._until:
            return Closed(
                f"{self._reason}; nothing is asked for a while", timedelta(seconds=self._until - now)
            )
        return None

    def _open(self, until: float, reason: str) -> None:
        if until > self._until:
            self._until, self._reason = until, reason


@dataclass
class Trip:
    """What became of the requests that post something, made within a block; see ``watched``."""

    unsure: bool = False
    """Whether one of them may have been accepted though no answer says so."""
    _before: bool = False

    def left(self) -> None:
        """A request is on its way."""
        self._before = self.unsure
        self.unsure = True

    def answered(self, status: int) -> None:
        """Its answer began: a refusal is certain, anything else not before all of it is there."""
        if 300 <= status < 500:
            self.unsure = self._before


_trip: ContextVar[Trip | None] = ContextVar("trip", default=None)


@contextmanager
def watched() -> Iterator[Trip]:
    """Watch what becomes of the posting requests in this block, discord.py's own retries included."""
    trip = Trip()
    token = _trip.set(trip)
    try:
        yield trip
    finally:
        _trip.reset(token)


class Rates:
    """Pace and breaker for all the requests of a bot to ``api_url``, over all its clients."""

    def __init__(self, api_url: str, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._api_url = api_url.rstrip("/")
        self._monotonic = monotonic
        self._pace = Pace()
        self._breaker = Breaker()
        self._background = asyncio.Lock()
        self._wire = asyncio.Lock()
        self.refused = asyncio.Event()
        """Set once Discord no longer accepts the token."""

    def trace(self) -> aiohttp.TraceConfig:
        """The hooks for a client's ``http_trace``. Requests raise Closed while the breaker is open."""
        trace = aiohttp.TraceConfig()
        trace.on_request_start.append(self._on_start)
        trace.on_request_headers_sent.append(self._on_wire)
        trace.on_request_end.append(self._on_end)
        trace.on_request_exception.append(self._on_exception)
        return trace

    async def background(self) -> None:
        """Wait until a request that can wait delays no other one. Raises Closed."""
        async with self._background:
            busy = self._pace.busy(self._monotonic())
            while busy:
                await asyncio.sleep(BACKGROUND_SPACING)
                busy = self._pace.busy(self._monotonic())
            self._check()
            await asyncio.sleep(BACKGROUND_SPACING)

    def _check(self) -> None:
        closed = self._breaker.closed(self._monotonic())
        if closed is not None:
            raise closed

    async def _on_start(
        self, _: aiohttp.ClientSession, __: SimpleNamespace, params: aiohttp.TraceRequestStartParams
    ) -> None:
        if self._is_api(params.url):
            self._check()
            if self._is_ours(params.url):
                await asyncio.sleep(self._pace.turn(self._monotonic()))
                self._check()

    async def _on_wire(
        self,
        _: aiohttp.ClientSession,
        context: SimpleNamespace,
        params: aiohttp.TraceRequestHeadersSentParams,
    ) -> None:
        if self._is_ours(params.url):
            self._arrived(context)
            async with self._wire:
                ticket = self._pace.leave(self._monotonic())
                while isinstance(ticket, float):
                    await asyncio.sleep(ticket)
                    ticket = self._pace.leave(self._monotonic())
            context.ticket = ticket
        trip = _trip.get()
        if trip is not None and params.method == "POST":
            trip.left()

    async def _on_exception(
        self, _: aiohttp.ClientSession, context: SimpleNamespace, __: aiohttp.TraceRequestExceptionParams
    ) -> None:
        self._arrived(context)

    async def _on_end(
        self, _: aiohttp.ClientSession, context: SimpleNamespace, params: aiohttp.TraceRequestEndParams
    ) -> None:
        self._arrived(context)
        if not self._is_api(params.url):
            return
        status, headers, now = params.response.status, params.response.headers, self._monotonic()
        trip = _trip.get()
        if trip is not None and params.method == "POST":
            trip.answered(status)
        wait = _seconds(headers.get("Retry-After"))
        if status == 429 and wait and headers.get("X-RateLimit-Scope") == "global":
            self._pace.hold(now + wait)
        self._breaker.heard(
            status,
            now=now,
            via="Via" in headers,
            scope=headers.get("X-RateLimit-Scope"),
            retry_after=wait,
            ours=self._is_ours(params.url),
        )
        if self._breaker.refused:
            self.refused.set()

    def _arrived(self, context: SimpleNamespace) -> None:
        """Whatever became of the request with this context's ticket; aiohttp itself may send one twice."""
        ticket: int | None = getattr(context, "ticket", None)
        if ticket is not None:
            self._pace.arrived(ticket, self._monotonic())

    def _is_api(self, url: URL) -> bool:
        return str(url).startswith(f"{self._api_url}/")

    def _is_ours(self, url: URL) -> bool:
        """Whether it counts for the global limit: answers to interactions do not."""
        path = str(url).removeprefix(self._api_url)
        return self._is_api(url) and not path.startswith(("/interactions/", "/webhooks/"))


def _seconds(text: str | None) -> float | None:
    try:
        seconds = float(text or "")
    except ValueError:
        return None
    return seconds if 0 < seconds < math.inf else None
