"""What an answer of Discord, or the lack of one, means for a message. Codes: Discord docs, JSON Error Codes."""

from datetime import timedelta

import aiohttp
import discord

from bot.chat.discord.rates import Closed, Trip
from bot.publish import Broken, Failed, Outcome, Rejected, Unknown

ERRORS = (discord.DiscordException, aiohttp.ClientError, OSError, RuntimeError, Closed)
"""What a request through discord.py may end in. RuntimeError is aiohttp's, of a session that was closed."""

UNKNOWN_CHANNEL = 10003
UNKNOWN_MESSAGE = 10008
NO_DIRECT_MESSAGES = 50007
MISSING_ACCESS = 50001
MISSING_PERMISSIONS = 50013
NO_HISTORY = 160002
THREAD_EXISTS = 160004

LACKING = frozenset({MISSING_ACCESS, MISSING_PERMISSIONS, NO_HISTORY})
"""Codes that mean a missing permission."""

FULL_RETRY = timedelta(minutes=30)
"""The wait before a server that is full of threads is tried again."""

_BROKEN = {
    UNKNOWN_CHANNEL: "the channel is gone; choose another with /setup, or take it out of the settings",
    10004: "the server is gone; take its channel out of the settings",
    MISSING_ACCESS: "the bot cannot see the channel; give it View Channel there",
    MISSING_PERMISSIONS: "the bot lacks a permission there; /setup shows which",
    NO_HISTORY: "the bot lacks Read Message History there; allow it in the channel's settings under Permissions",
    40058: "the channel has become a forum; it is tried again as one",
    40066: "the forum requires a tag that only moderators may set; add one that all may set",
    40067: "the forum requires a tag; add one that all may set",
    50024: "a channel of that kind can hold no daily post; choose a text, announcement or forum channel",
    50008: "a channel of that kind can hold no daily post; choose a text, announcement or forum channel",
}
_REFUSED = frozenset({40005, 50006, 50035, 50045, 200000, 200001, 240000})
"""What is about one message alone, whatever the status: too large, empty, not valid, blocked by a moderation rule."""

_OVERLOADED = 130000

_SHUT = {
    UNKNOWN_CHANNEL: "somebody deleted the day's thread",
    50083: "the day's thread is archived; bring it back, then 'broadsheet post' sends today's rest",
    160005: "the day's thread is locked; unlock it, then 'broadsheet post' sends today's rest",
}
"""What is about a post's thread alone: the channel takes other posts."""

_FULL = {
    160006: "the server has as many active threads as Discord allows",
    160007: "the server has as many active announcement threads as Discord allows",
}


def code_of(error: BaseException | None) -> int:
    """Discord's own code of an error, 0 without one."""
    return error.code if isinstance(error, discord.HTTPException) else 0


def outcome_of(error: Exception, trip: Trip, *, in_thread: bool = False) -> Outcome:
    """What became of a message whose sending ended in ``error``, one of ``ERRORS``.

    ``trip`` watched the requests: what failed only for now, after a request that may have been accepted, is
    unknown. ``in_thread`` says that the message went to the day's thread, not to the channel itself.
    """
    outcome = _verdict(error, in_thread=in_thread)
    return Unknown(outcome.reason) if trip.unsure and isinstance(outcome, Failed | Broken) else outcome


def _verdict(error: Exception, *, in_thread: bool) -> Rejected | Failed | Broken:
    match error:
        case Closed():
            return Failed(str(error), error.retry_after or timedelta(hours=1))
        case discord.RateLimited():
            return Failed("Discord asks to wait", timedelta(seconds=error.retry_after))
        case discord.HTTPException():
            return _answered(error, in_thread=in_thread)
        case aiohttp.ClientConnectorError():
            return Failed(f"Discord cannot be reached: {error}")
        case _:
            return Failed(f"the connection to Discord broke: {type(error).__name__} {error}".rstrip())


def _answered(error: discord.HTTPException, *, in_thread: bool) -> Rejected | Failed | Broken:
    said = f"Discord says {error.status}, {error.text or 'and no more'} ({error.code})"
    if error.code in _FULL:
        return Failed(_FULL[error.code], FULL_RETRY)
    if in_thread and error.code in _SHUT:
        return Rejected(_SHUT[error.code], whole_post=True)
    if error.code in _BROKEN:
        return Broken(_BROKEN[error.code])
    if error.code in _REFUSED:
        return Rejected(said)
    if error.code == UNKNOWN_MESSAGE:
        return Rejected("it was posted, and somebody deleted it")
    if error.code == NO_DIRECT_MESSAGES:
        return Rejected("they take no direct messages")
    if error.status == 429:
        return Failed(said, _retry_after(error))
    if error.status == 401 or error.status >= 500 or error.code == _OVERLOADED:
        return Failed(said)
    return Broken(said) if error.status in (403, 404) else Rejected(said)


def _retry_after(error: discord.HTTPException) -> timedelta | None:
    try:
        return timedelta(seconds=float(error.response.headers["Retry-After"]))
    except (KeyError, ValueError, OverflowError):
        return None
