"""The tick: every few seconds it asks whether anything is due. What was posted is the store's to say."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import structlog
from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MAX_INSTANCES, EVENT_JOB_MISSED, JobEvent
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

log = structlog.get_logger()

TICK = timedelta(seconds=15)
"""How often the tick comes: how late a post may start."""


def start_ticker(tick: Callable[[], Awaitable[None]], every: timedelta = TICK) -> AsyncIOScheduler:
    """Call ``tick`` again and again on the running loop, one at a time, until ``shutdown``.

    A late tick is never dropped (no misfire limit) and several late ones are one (coalesced). Job errors are
    swallowed by APScheduler, so they are logged here, as are ticks that were missed or overrun.
    """
    scheduler = AsyncIOScheduler(timezone="UTC")
    scheduler.add_job(
        tick,
        IntervalTrigger(seconds=every.total_seconds(), timezone="UTC"),
        misfire_grace_time=None,
        coalesce=True,
        max_instances=1,
    )
    scheduler.add_listener(_complain, EVENT_JOB_ERROR | EVENT_JOB_MISSED | EVENT_JOB_MAX_INSTANCES)
    scheduler.start()
    return scheduler


def _complain(event: JobEvent) -> None:
    """Listeners run inside the scheduler: they must not raise."""
    if event.code == EVENT_JOB_ERROR:
        log.error("a tick failed", error=repr(event.exception))
    elif event.code == EVENT_JOB_MISSED:
        log.warning("a tick was missed; the next one catches up")
    else:
        log.warning("a tick takes longer than the time between two; the next one was skipped")
