"""The commands about the account on Discord."""

from click.testing import CliRunner

from bot.cli import main


def test_an_invite_without_a_token_says_what_to_do() -> None:
    """The link needs the account; the exit code is that of a platform that lets nobody in."""
    done = CliRunner(env={"BROADSHEET_DISCORD_TOKEN": None}).invoke(main, ["discord", "invite"])
    assert done.exit_code == 8
    assert "BROADSHEET_DISCORD_TOKEN" in done.stderr
