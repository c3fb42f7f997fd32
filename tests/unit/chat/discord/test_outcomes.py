"""Each of Discord's errors, as the publisher understands it."""

from datetime import timedelta
from types import SimpleNamespace
from typing import cast

import aiohttp
import discord
import pytest

from bot.chat.discord.outcomes import code_of, outcome_of
from bot.chat.discord.rates import Closed, Trip
from bot.publish import Broken, Failed, Rejected, Unknown

SURE, UNSURE = Trip(), Trip(unsure=True)


def error(status: int, code: int = 0, headers: dict[str, str] | None = None) -> discord.HTTPException:
    """What discord.py raises for an answer."""
    response = cast(aiohttp.ClientResponse, SimpleNamespace(status=status, reason="", headers=headers or {}))
    kinds = {403: discord.Forbidden, 404: discord.NotFound}
    kind = discord.DiscordServerError if status >= 500 else kinds.get(status, discord.HTTPException)
    return kind(response, {"code": code, "message": "words"})


@pytest.mark.parametrize(
    ("status", "code", "outcome"),
    [
        (400, 50035, Rejected),
        (400, 50006, Rejected),
        (400, 200000, Rejected),
        (400, 200001, Rejected),
        (400, 240000, Rejected),
        (403, 200000, Rejected),
        (403, 240000, Rejected),
        (404, 50035, Rejected),
        (403, 50007, Rejected),
        (404, 10008, Rejected),
        (403, 50001, Broken),
        (403, 50013, Broken),
        (403, 160002, Broken),
        (404, 10003, Broken),
        (404, 10004, Broken),
        (400, 40067, Broken),
        (400, 50024, Broken),
        (400, 40058, Broken),
        (403, 0, Broken),
        (400, 160006, Failed),
        (400, 130000, Failed),
        (429, 0, Failed),
        (401, 0, Failed),
        (500, 0, Failed),
        (503, 0, Failed),
    ],
)
def test_each_answer_has_its_outcome(status: int, code: int, outcome: type) -> None:
    """By Discord's own code where it gives one, else by the status; always with a reason."""
    found = outcome_of(error(status, code), SURE)
    assert isinstance(found, outcome)
    assert not isinstance(found, Unknown)
    assert getattr(found, "reason", "")


def test_a_thread_that_is_gone_breaks_no_channel() -> None:
    """The day's thread was deleted, locked or archived: that post is given up, and tomorrow has another thread."""
    for status, code in ((404, 10003), (400, 160005), (400, 50083)):
        outcome = outcome_of(error(status, code), SURE, in_thread=True)
        assert isinstance(outcome, Rejected)
        assert outcome.whole_post


def test_a_wait_is_discords_own() -> None:
    """Whoever names a time is asked again then."""
    assert outcome_of(error(429, headers={"Retry-After": "7"}), SURE) == Failed(
        "Discord says 429, words (0)", timedelta(seconds=7)
    )
    slow = outcome_of(discord.RateLimited(90.0), SURE)
    assert isinstance(slow, Failed)
    assert slow.retry_after == timedelta(seconds=90)
    walled = outcome_of(Closed("walled", timedelta(seconds=3)), SURE)
    assert isinstance(walled, Failed)
    assert walled.retry_after == timedelta(seconds=3)
    assert outcome_of(error(429, headers={"Retry-After": "soon"}), SURE) == Failed(
        "Discord says 429, words (0)"
    )


@pytest.mark.parametrize(
    "broke",
    [
        error(503),
        error(401),
        error(403, 50013),
        discord.RateLimited(90.0),
        OSError(),
        aiohttp.ClientError(),
        TimeoutError(),
    ],
)
def test_what_may_have_arrived_is_unknown(broke: Exception) -> None:
    """Whatever ended a send in which a request may have been accepted, nobody knows."""
    assert isinstance(outcome_of(broke, UNSURE), Unknown)
    assert not isinstance(outcome_of(broke, SURE), Unknown)


def test_a_refusal_of_the_text_is_certain() -> None:
    """What Discord rejects now it rejected before."""
    assert isinstance(outcome_of(error(400, 50035), UNSURE), Rejected)


def test_only_discord_has_codes() -> None:
    """Other errors have none."""
    assert code_of(error(400, 50035)) == 50035
    assert code_of(OSError()) == code_of(None) == 0
