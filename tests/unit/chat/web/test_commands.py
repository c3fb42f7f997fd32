import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.web.commands import COMMANDS, LONGEST, Command, parse


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("/search token pruning", Command("search", "token pruning")),
        ("  /SEARCH   token \t pruning ", Command("search", "token pruning")),
        ("token pruning", Command("search", "token pruning")),
        ("and/or trees", Command("search", "and/or trees")),
        ("/search", Command("help")),
        ("", Command("help")),
        ("/help me", Command("help")),
        ("/similar 2403.01234", Command("similar", "2403.01234")),
        ("/similar", Command("help")),
        ("/top", Command("top")),
        ("/top 30 days", Command("top", "30")),
        ("/TOP 1 DAY", Command("top", "1")),
        ("/top 0", Command("help")),
        ("/top of the pops", Command("help")),
        ("/Today", Command("today")),
        ("/bookmarks", Command("bookmarks")),
        ("/serach x", Command("unknown", "/serach")),
        ("x" * LONGEST, Command("search", "x" * LONGEST)),
        ("x" * (LONGEST + 1), Command("too-long")),
    ],
)
def test_a_line_is_read_as_a_person_means_it(line: str, command: Command) -> None:
    """Commands begin with a slash, in any case; all else is a search."""
    assert parse(line) == command


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_that_help_names_exists(name: str) -> None:
    """No name in the list of commands is unknown."""
    assert name.removeprefix("/") in {parse(name).kind, parse(f"{name} words").kind}


@given(st.text(max_size=400))
def test_any_text_is_a_command(line: str) -> None:
    """Nothing that is typed raises, and a search always has words."""
    command = parse(line)
    assert command.kind != "search" or command.text
