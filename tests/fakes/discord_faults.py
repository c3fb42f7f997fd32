"""What can go wrong on the way to Discord and back, planned by a test."""

import re
from dataclasses import dataclass
from enum import Enum, auto


class Fault(Enum):
    """What happens to a request instead of its ordinary answer."""

    HTTP_500 = auto()
    HTTP_502 = auto()
    HTTP_503 = auto()
    HTTP_500_AFTER = auto()
    """Accepted, but the answer is an error."""
    RATE_LIMITED = auto()
    """429 as Discord sends it: with Via, headers and JSON."""
    CLOUDFLARE = auto()
    """429 from the wall before Discord: HTML, no Via."""
    DROP_BEFORE = auto()
    """The connection closes; the request was not accepted."""
    DROP_AFTER = auto()
    """Accepted, and the connection closes without an answer."""
    RESET_BEFORE = auto()
    """The connection is reset (errno 104 on Linux); the request was not accepted."""
    RESET_AFTER = auto()
    """Accepted, and the connection is reset."""
    HANG_BEFORE = auto()
    """No answer ever; the request was not accepted."""
    HANG_AFTER = auto()
    """Accepted, and no answer ever."""
    SLOW = auto()
    """Accepted after a while."""
    SLOW_AFTER = auto()
    """Accepted at once, answered after a while."""
    UNAUTHORIZED = auto()
    FORBIDDEN = auto()
    NOT_FOUND = auto()


BEFORE = frozenset(Fault) - {
    Fault.HTTP_500_AFTER,
    Fault.DROP_AFTER,
    Fault.RESET_AFTER,
    Fault.HANG_AFTER,
    Fault.SLOW_AFTER,
}
"""Faults that strike before Discord has looked at the request."""


@dataclass
class Planned:
    """A fault with the requests that it strikes. ``times`` None is for ever; ``after`` lets so many pass first."""

    fault: Fault
    method: str | None = None
    path: str | None = None
    times: int | None = 1
    after: int = 0
    retry_after: float = 1.0
    scope: str = "user"
    seconds: float = 1.0

    def strikes(self, method: str, path: str) -> bool:
        """Whether it strikes this request; it is used up by that."""
        if self.times == 0 or (self.method or method) != method:
            return False
        if self.path is not None and not re.search(self.path, path):
            return False
        if self.after:
            self.after -= 1
            return False
        if self.times is not None:
            self.times -= 1
        return True
