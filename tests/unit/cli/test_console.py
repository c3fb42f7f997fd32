"""What all commands share."""

import asyncio

import pytest

from bot.cli import console


def test_ctrl_c_ends_a_command_without_a_traceback() -> None:
    """The exit code is that of a program stopped by SIGINT."""

    async def stopped() -> None:
        raise KeyboardInterrupt

    with pytest.raises(SystemExit) as ended:
        console.wait(stopped())
    assert ended.value.code == 130
    assert console.wait(asyncio.sleep(0, "done")) == "done"


def test_lines_and_complaints_go_their_own_ways(capsys: pytest.CaptureFixture[str]) -> None:
    """What was asked for is on standard output, what is wrong on standard error; no bar where nobody looks."""
    console.print_lines(["one", "two"])
    console.complain("no such file")
    said = capsys.readouterr()
    assert (said.out, said.err) == ("one\ntwo\n", "broadsheet: no such file\n")
    assert console.progress("a.txt") is None
