"""What is said of an error helps the person, gives nothing away, and can be found in the log."""

from unittest.mock import Mock

import discord
import pytest
from discord import app_commands

from bot.chat.discord.commands import failures
from bot.errors import BroadsheetError, NotFound, StoreBusy


def http_error(code: int) -> discord.HTTPException:
    """An answer of Discord's with an error code."""
    response = Mock(status=404, reason="Not Found")
    return discord.HTTPException(response, {"code": code, "message": "Unknown"})


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (NotFound("9: there is no such paper"), "9: there is no such paper"),
        (
            NotFound("x: no such paper; try 'broadsheet search' with a few words of its title"),
            "x: no such paper; try /search with a few words of its title",
        ),
        (BroadsheetError("**no**"), r"\*\*no\*\*"),
        (StoreBusy("/srv/data/broadsheet.db: locked"), "The history cannot be used just now"),
        (TimeoutError(), "That took too long"),
        (app_commands.CommandNotFound("gone", []), "This command has changed"),
        (app_commands.MissingPermissions(["manage_guild"]), "For this you need the permission Manage Guild"),
        (RuntimeError("secret"), "Something went wrong"),
    ],
)
def test_each_error_has_its_sentence(error: Exception, told: str) -> None:
    """Followed by the id under which the log has it."""
    sentence = failures.sentence(error, "0badcafe")
    assert sentence.startswith(told)
    assert sentence.endswith("\n-# Error 0badcafe")
    assert "/srv" not in sentence
    assert "secret" not in sentence


def test_an_id_is_short_and_its_interaction_s() -> None:
    """The same whenever it is made, and another for another interaction."""
    ids = [failures.id_of(number) for number in range(10**18, 10**18 + 1000)]
    assert {len(one) for one in ids} == {8}
    assert len(set(ids)) == 1000
    assert failures.id_of(10**18) == ids[0]


def test_only_discord_s_own_codes_say_expired() -> None:
    """For an unknown interaction, an unknown webhook, a token that is no longer valid."""
    assert [failures.is_expired(http_error(code)) for code in (10062, 10015, 50027, 50013)] == [
        True,
        True,
        True,
        False,
    ]
    assert not failures.is_expired(RuntimeError())


def test_what_a_person_can_mend_is_expected() -> None:
    """A paper that is not there is; a history that is not, or an error of ours, is no such thing."""
    assert failures.is_expected(NotFound("x"))
    assert failures.is_expected(app_commands.CommandNotFound("gone", []))
    assert not failures.is_expected(StoreBusy("x"))
    assert not failures.is_expected(RuntimeError())


def test_an_error_without_words_is_named() -> None:
    """By its kind."""
    assert failures.words(TimeoutError()) == "TimeoutError"
    assert failures.words(NotFound("x")) == "x"
