"""What all commands share: how they wait, complain, and show how far they are."""

import asyncio
import sys
from collections.abc import Callable, Coroutine, Iterable
from typing import Any, TypeVar

import click

from bot.cli import terminal
from bot.ingest import Progress
from bot.models import Receipt
from bot.settings import Settings

T = TypeVar("T")

Load = Callable[[], Settings]

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON Lines, nothing else.")

PROGRESS_FROM = 300
"""A file with fewer entries is read before a progress bar would help."""


def wait(work: Coroutine[Any, Any, T]) -> T:
    """What the work gives; Ctrl-C ends the command without a traceback."""
    try:
        return asyncio.run(work)
    except KeyboardInterrupt:
        raise SystemExit(130) from None


def print_lines(lines: Iterable[str]) -> None:
    """Each line by itself."""
    for line in lines:
        click.echo(line)


def complain(text: str) -> None:
    """One line on standard error, in a terminal in the place of a bar that came to no end."""
    click.echo(f"{terminal.ANEW if sys.stderr.isatty() else ''}broadsheet: {text}", err=True)


def tell_receipt(receipt: Receipt, *, as_json: bool = False) -> None:
    """What became of a file: a line, or what is wrong with it."""
    if receipt.error is not None:
        complain(receipt.error)
    if as_json:
        click.echo(terminal.json_line(terminal.receipt_line(receipt)))
    elif receipt.error is None:
        click.echo(terminal.receipt(receipt))


def silent(_: str) -> None:
    """Nobody is told how far a file is."""
    return


def progress(file: str) -> Progress | None:
    """A bar on standard error when that is a terminal and the file is long."""

    def show(done: int, total: int) -> None:
        if total >= PROGRESS_FROM:
            click.echo(f"\r{terminal.bar(file, done, total)}", err=True, nl=done == total)

    return show if sys.stderr.isatty() else None
