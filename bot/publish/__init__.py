"""What goes into a post, when it is due, and how it reaches a platform exactly once.

::

    due ─► plan ─► insert post and messages ─► claim ─► adapter.send ─► record
    (pure) (pure)      (one transaction)       (committed before the request goes out)

    pending ──► sending ──► sent         the platform has it, and its id
                        ├─► rejected     the platform said never (400, 403, 404)
                        ├─► failed       not accepted; tried again at ``not_before``
                        └─► unknown      we died, or the answer did, between send and record

    A post that has what people follow says so in its last message, and by a notice to those who asked for it.

    What is rejected for the whole post (its header is refused, its thread is locked or deleted) gives up the rest of
    that post: each message is rejected with the reason, its owner is told, and newer posts go out.

    A broken channel (gone, or a permission is missing) rests with all that it has yet to get, its owner is told
    once, and it is tried again every ``BROKEN_RETRY``.

An ``unknown`` message younger than ``NONCE_WINDOW`` is sent again with the same nonce. An older one is
first looked for in the channel's history; only what is not there is sent. If history can't be read it stays
``unknown`` and the log says so: nothing is ever resent blindly.
"""

from bot.publish.adapter import (
    Broken,
    ChatAdapter,
    Failed,
    Outcome,
    Rejected,
    Sent,
    Unknown,
)
from bot.publish.delivery import Publisher
from bot.publish.planning import Plan, compose, content, due, plan, preview

__all__ = [
    "Broken",
    "ChatAdapter",
    "Failed",
    "Outcome",
    "Plan",
    "Publisher",
    "Rejected",
    "Sent",
    "Unknown",
    "compose",
    "content",
    "due",
    "plan",
    "preview",
]
