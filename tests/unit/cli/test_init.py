"""The command line itself: errors of ours end in one line and their exit code."""

import pytest
from click.testing import CliRunner

from bot import errors
from bot.cli import Commands, main


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.SettingsError, 2),
        (errors.DigestError, 3),
        (errors.StoreError, 4),
        (errors.StoreBusy, 4),
        (errors.AddressInUse, 5),
        (errors.NotFound, 6),
        (errors.BroadsheetError, 1),
    ],
)
def test_an_error_of_ours_is_one_line_and_its_exit_code(
    error: type[errors.BroadsheetError], code: int
) -> None:
    """No traceback reaches a person for what was foreseen."""
    group = Commands("broadsheet")

    @group.command()
    def fail() -> None:
        raise error("a.txt: too long; split it")

    result = CliRunner().invoke(group, ["fail"])
    assert (result.exit_code, result.stderr) == (code, "broadsheet: a.txt: too long; split it\n")


def test_an_unforeseen_error_is_not_hidden() -> None:
    """A mistake of ours is shown whole, so that it can be mended."""
    group = Commands("broadsheet")

    @group.command()
    def fail() -> None:
        raise ZeroDivisionError

    assert isinstance(CliRunner().invoke(group, ["fail"]).exception, ZeroDivisionError)


def test_an_unknown_command_is_a_usage_error() -> None:
    """The exit code for usage is 2."""
    assert CliRunner().invoke(main, ["pots"]).exit_code == 2
