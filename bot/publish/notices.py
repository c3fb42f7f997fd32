"""The direct messages that tell people what of a sent post they follow."""

from collections.abc import Callable
from datetime import datetime

import structlog

from bot.models import Channel, Notice, State
from bot.publish.adapter import (
    Broken,
    ChatAdapter,
    Failed,
    Outcome,
    Rejected,
    Sent,
    Unknown,
    nonce_holds,
    retry_time,
)
from bot.store import Store, follows, outbox

log = structlog.get_logger()


async def deliver_notices(
    store: Store,
    adapter: ChatAdapter,
    channel: Channel,
    clock: Callable[[], datetime],
    stops: Callable[[], bool],
) -> None:
    """Send the notices of a channel's posts, once their thread is open, until ``stops`` says so.

    A notice that may have arrived is sent again only while the platform knows its nonce, else given up.
    """
    for notice in await store.read(follows.open_notices, channel.key, clock()):
        now = clock()
        post = await store.read(outbox.post, notice.post_id)
        if stops() or post is None:
            return
        if post.thread_id is None:
            continue
        unsure = notice.state in (State.SENDING, State.UNKNOWN)
        if unsure and not nonce_holds(notice, now):
            lost = "it may have arrived; not sent again"
            await store.write(follows.record_notice, notice, State.REJECTED, lost)
            continue
        claimed = await store.write(follows.claim_notice, notice, now)
        if claimed is None:
            continue
        followed = await store.read(follows.followed, notice.post_id, notice.person)
        try:
            outcome = await adapter.notify(channel, post, claimed, followed)
        except Exception as error:
            log.exception("a notice ended in an unexpected error", channel=channel.key)
            outcome = Unknown(f"{type(error).__name__}: {error}")
        await _record(store, claimed, outcome, clock(), unsure=unsure)


async def _record(store: Store, notice: Notice, outcome: Outcome, now: datetime, *, unsure: bool) -> None:
    match outcome:
        case Sent():
            await store.write(follows.record_notice, notice, State.SENT)
        case Rejected(reason) | Broken(reason):
            log.warning("a direct message is refused", person=notice.person, reason=reason)
            await store.write(follows.record_notice, notice, State.REJECTED, reason)
        case Failed(reason) | Unknown(reason):
            state = State.UNKNOWN if unsure or isinstance(outcome, Unknown) else State.FAILED
            again = retry_time(notice.attempts, outcome, now)
            await store.write(follows.record_notice, notice, state, reason, again)
