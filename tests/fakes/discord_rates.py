"""The rate limits of the fake Discord: buckets, the global limit, and the count of invalid requests.

Rules: Discord docs, topics/rate-limits. Discord forbids to rely on numbers of buckets and publishes none; those
here were observed by people who write libraries, and are settings.
"""

import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.fakes.discord_errors import REFUSALS, Json

GLOBAL_SECONDS = 1.0
INVALID_SECONDS = 600.0
OLD = 3600.0
"""Seconds after which edits of a message are limited once more (opcodes-and-status-codes, 30046)."""
INVALID_LIMIT = 10_000
"""401, 403 and 429 (but for shared ones) in ten minutes, before Cloudflare bars the address."""

Limit = tuple[int, float] | None
"""How many requests in how many seconds, or no limit at all."""


@dataclass(frozen=True)
class Rates:
    """How fast a bot may go. None switches a limit off; ``enforce`` off makes all of them mere headers."""

    messages: Limit = (5, 5.0)
    """Creating and editing, together, in a channel (discord-api-docs issue 20; sharing, 981)."""
    old_edits: Limit = (3, 6.0)
    """Edits of messages older than an hour, in a channel: 30046. Discord publishes no number; userdoccers does."""
    deletes: Limit = (5, 1.0)
    reactions: Limit = (1, 0.25)
    """Adding, removing and clearing, together, in a channel (discord-api-docs issue 981)."""
    threads: Limit = None
    """Creating threads in a channel; a shared limit of unknown size (discord-api-docs issue 7816)."""
    webhooks: Limit = (5, 2.0)
    """Follow-ups and edits of one interaction's answer."""
    other: Limit = (50, 1.0)
    """Everything else, a route and top-level resource."""
    everything: int | None = 50
    """All requests of a bot in a second, but for answers to interactions."""
    enforce: bool = True


@dataclass
class Bucket:
    """One fixed window of a limit."""

    name: str
    limit: int
    seconds: float
    ends: float = 0.0
    used: int = 0


@dataclass(frozen=True)
class Slowed:
    """Why a request has to wait, and how long. ``scope`` is user, global or shared."""

    retry_after: float
    scope: str
    code: int | None = None

    @property
    def body(self) -> Json:
        """What a 429 says."""
        message = REFUSALS[self.code][1] if self.code else "You are being rate limited."
        return ({"code": self.code} if self.code else {}) | {
            "message": message,
            "retry_after": math.ceil(self.retry_after * 1000) / 1000,
            "global": self.scope == "global",
        }

    @property
    def headers(self) -> dict[str, str]:
        """What a 429 carries beside the bucket's own headers."""
        extra = {"X-RateLimit-Global": "true"} if self.scope == "global" else {}
        return extra | {"Retry-After": str(int(self.retry_after) + 1), "X-RateLimit-Scope": self.scope}


@dataclass
class Limiter:
    """Counts requests against the limits. ``clock`` and ``wall`` give seconds."""

    rates: Rates
    clock: Callable[[], float]
    wall: Callable[[], float]
    _buckets: dict[tuple[str, str], Bucket] = field(default_factory=dict)
    _recent: deque[float] = field(default_factory=deque)
    _invalid: deque[float] = field(default_factory=deque)

    def everything(self) -> Slowed | None:
        """Count a request against the global limit, unless it is over."""
        limit = self.rates.everything
        if limit is None or not self.rates.enforce:
            return None
        now = self.clock()
        while self._recent and self._recent[0] <= now - GLOBAL_SECONDS:
            self._recent.popleft()
        if len(self._recent) >= limit:
            return Slowed(self._recent[0] + GLOBAL_SECONDS - now, "global")
        self._recent.append(now)
        return None

    def take(self, kind: str, name: str, resource: str) -> tuple[dict[str, str], Slowed | None]:
        """Count a request against its bucket: the headers to send, and why it has to wait, if it has.

        ``kind`` is the limit's name in ``Rates``, ``name`` the bucket's own, ``resource`` the channel, guild or
        webhook at the top of the path: each has a bucket for itself.
        """
        limit: Limit = getattr(self.rates, kind)
        if limit is None:
            return {}, None
        now = self.clock()
        bucket = self._buckets.setdefault((name, resource), Bucket(name, *limit))
        if now >= bucket.ends:
            bucket.ends = now + bucket.seconds
            bucket.used = 0
        slowed = None
        if bucket.used < bucket.limit:
            bucket.used += 1
        elif self.rates.enforce:
            slowed = Slowed(bucket.ends - now, "shared" if kind == "threads" else "user")
        return self._headers(bucket, now), slowed

    def _headers(self, bucket: Bucket, now: float) -> dict[str, str]:
        left = math.ceil((bucket.ends - now) * 1000) / 1000
        return {
            "X-RateLimit-Limit": str(bucket.limit),
            "X-RateLimit-Remaining": str(bucket.limit - bucket.used),
            "X-RateLimit-Reset": f"{self.wall() + left:.3f}",
            "X-RateLimit-Reset-After": f"{left:.3f}",
            "X-RateLimit-Bucket": bucket.name,
        }

    def answered(self, status: int, scope: str | None) -> None:
        """Count an answer among the invalid ones, if it is."""
        if status in (401, 403) or (status == 429 and scope != "shared"):
            self._invalid.append(self.clock())

    @property
    def invalid(self) -> int:
        """The invalid requests of the last ten minutes."""
        while self._invalid and self._invalid[0] <= self.clock() - INVALID_SECONDS:
            self._invalid.popleft()
        return len(self._invalid)
