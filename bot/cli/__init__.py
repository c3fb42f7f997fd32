"""The commands a person types. Exit codes: 0 done, 1 something is wrong, 2 usage or settings, 3 a digest file
could not be read, 4 the history cannot be used, 5 the address is taken, 6 there is no such thing, 130 stopped by
Ctrl-C."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

import click

from bot import __version__, app
from bot.cli import discord, history, terminal
from bot.cli.console import Load, as_json, complain, print_lines, progress, silent, tell_receipt, wait
from bot.errors import BroadsheetError, DigestError
from bot.ingest import made
from bot.models import Hit, Receipt
from bot.settings import Settings

a_few = click.option(
    "--limit", default=10, show_default=True, type=click.IntRange(1, 1000), help="How many at most."
)


class Commands(click.Group):
    """A group whose commands end with one line and an exit code when one of our errors ends them."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; an error of ours is told on standard error."""
        try:
            return super().invoke(ctx)
        except BroadsheetError as error:
            _fail(error)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80})
@click.version_option(__version__, prog_name="broadsheet")
@click.option("--config", type=click.Path(path_type=Path), help=f"Settings file, else {app.CONFIG} if there.")
@click.option(
    "--data", type=click.Path(path_type=Path), help="Folder of the history, else as in the settings."
)
@click.pass_context
def main(ctx: click.Context, config: Path | None, data: Path | None) -> None:
    """A daily paper-digest bot: reads digest files, remembers every paper, posts
    one threaded message a day.

    \b
    Example:
      broadsheet run                  then open http://127.0.0.1:8765
    """
    ctx.obj = lambda: _settings(config, data)


@main.command()
@click.pass_obj
def run(load: Load) -> None:
    """Read new digest files, post once a day, serve the web channel.

    Runs until Ctrl-C or SIGTERM.

    \b
    Example:
      broadsheet --data ~/papers run
    """
    from bot.app import runner

    wait(
        runner.run(
            load(),
            on_address=lambda address: click.echo(f"Broadsheet is at {address} (Ctrl-C stops it)"),
            on_receipt=_tell_new,
            on_progress=progress,
        )
    )


@main.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@as_json
@click.pass_obj
def ingest(load: Load, files: tuple[Path, ...], as_json: bool) -> None:
    """Read digest FILES, or all of digests/, into the history.

    \b
    Example:
      broadsheet ingest ~/Downloads/2026-11-20.txt
    """
    from bot.app import runner

    failed = False

    def tell(receipt: Receipt) -> None:
        nonlocal failed
        failed |= receipt.error is not None
        tell_receipt(receipt, as_json=as_json)

    told = wait(
        runner.ingest_files(load(), files, on_receipt=tell, on_progress=silent if as_json else progress)
    )
    if not told and not as_json:
        click.echo(f"no digest files in {load().digests}; put one there, or name it")
    if failed:
        raise SystemExit(DigestError.exit_code)


@main.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@as_json
@click.pass_obj
def read(load: Load, files: tuple[Path, ...], as_json: bool) -> None:
    """Show what the bot makes of each entry of FILES.

    Touches no history.

    \b
    Example:
      broadsheet read digests/2026-11-20.txt
    """
    settings = load()
    make_brief = app.brief_maker(settings)
    failed = False
    for path in files:
        try:
            digest = app.read_digest_file(settings, path)
        except DigestError as error:
            failed = True
            complain(str(error))
            continue
        for piece in digest.unreadable:
            complain(f"{path.name}, line {piece.line}: {piece.reason}: {piece.text[:60]!r}")
        with made(digest.entries, make_brief) as briefs:
            for brief in briefs:
                click.echo(terminal.json_line(terminal.reading(brief)) if as_json else terminal.brief(brief))
    if failed:
        raise SystemExit(DigestError.exit_code)


@main.command()
@as_json
@click.pass_obj
def preview(load: Load, as_json: bool) -> None:
    """Show the next post of each channel; changes nothing.

    \b
    Example:
      broadsheet preview | less
    """
    from bot.app import asking

    previews = wait(asking.previews(load()))
    for channel, planned, briefs in previews:
        if as_json:
            print_lines(terminal.json_line(line) for line in terminal.preview_lines(channel, planned, briefs))
        else:
            click.echo(terminal.preview(channel, planned, briefs))


@main.command()
@click.option("--channel", help="Only the channel of this name.")
@click.pass_obj
def post(load: Load, channel: str | None) -> None:
    """Post for today, now; try again what was refused or failed.

    \b
    Example:
      broadsheet post --channel papers
    """
    from bot.app import asking

    for one, out, new in wait(asking.post_now(load(), channel)):
        click.echo(terminal.posted(one, out, new=new))


# What begins with a dash is a word to leave out, so that only options with two dashes are options.
@main.command(context_settings={"help_option_names": ["--help"], "ignore_unknown_options": True})
@click.argument("query", nargs=-1, required=True)
@a_few
@as_json
@click.pass_obj
def search(load: Load, query: tuple[str, ...], limit: int, as_json: bool) -> None:
    """Find papers by any words, by title or by arXiv id.

    \b
    Example:
      broadsheet search token pruning vision transformers

    QUERY also understands these; put one with quotes in it into single quotes:

    \b
      '"flow matching" protein'          these words, one after the other
      pruning -survey                    without this word
      'tag:"object detection"'           with this tag
      author:lovelace                    by a person of that name
      since:2025-03 before:2025-06-15    from then on, and from before then
      bookmarked:me code:yes             bookmarked, with a link to code
    """
    from bot.app import asking

    if query == ("-h",):
        click.echo(click.get_current_context().get_help())
        return
    found = wait(asking.search(load(), " ".join(query), limit))
    if as_json:
        print_lines(terminal.json_line(terminal.found(hit)) for hit in found.hits)
    else:
        click.echo(terminal.search(found))


@main.command()
@click.argument("paper", nargs=-1, required=True)
@a_few
@as_json
@click.pass_obj
def similar(load: Load, paper: tuple[str, ...], limit: int, as_json: bool) -> None:
    """Find papers like PAPER, the most alike first.

    PAPER is its number, arXiv id, DOI or title.

    \b
    Example:
      broadsheet similar attention is all you need
    """
    from bot.app import asking

    _tell_hits(wait(asking.similar(load(), " ".join(paper), limit)), "no paper is like it", as_json=as_json)


@main.command()
@click.option("--days", type=click.IntRange(1, 36_500), help="Count what was kept in so many last days.")
@a_few
@as_json
@click.pass_obj
def top(load: Load, days: int | None, limit: int, as_json: bool) -> None:
    """List the papers that most people bookmarked.

    \b
    Example:
      broadsheet top --days 30
    """
    from bot.app import asking

    _tell_hits(wait(asking.top(load(), days, limit)), "nothing was bookmarked then", as_json=as_json)


@main.command()
@click.option("--export", "format_", metavar="FORMAT", help="Print as bibtex, ris, csv, json or markdown.")
@as_json
@click.pass_obj
def bookmarks(load: Load, format_: str | None, as_json: bool) -> None:
    """List the bookmarked papers, newest first, or export them.

    \b
    Example:
      broadsheet bookmarks --export bibtex > papers.bib
    """
    from bot.app import asking
    from bot.library.export import render

    kept = wait(asking.kept(load()))
    if format_ is not None:
        click.echo(render(format_, kept), nl=False)
    elif as_json:
        print_lines(terminal.json_line(terminal.bookmark(one)) for one in kept)
    else:
        click.echo(terminal.bookmarks(kept))


@main.command()
@click.argument("paper", nargs=-1, required=True)
@as_json
@click.pass_obj
def why(load: Load, paper: tuple[str, ...], as_json: bool) -> None:
    """Tell how PAPER came to be where it is.

    How it was identified, which files named it, where it was posted or why not.
    PAPER is its number, arXiv id, DOI or title.

    \b
    Example:
      broadsheet why attention is all you need
    """
    from bot.app import asking

    found = wait(asking.why(load(), " ".join(paper)))
    click.echo(terminal.json_line(terminal.why_line(found)) if as_json else terminal.why(found))


@main.command()
@as_json
@click.pass_context
def doctor(ctx: click.Context, as_json: bool) -> None:
    """Check settings, history, clock and disk; say what to do.

    Also the folders' permissions, the zone, the outbox and the web address.

    \b
    Example:
      broadsheet doctor
    """
    from bot.app import doctor as checks

    results = wait(checks.examine(ctx.obj))
    print_lines(
        terminal.json_line(terminal.check_line(one)) if as_json else terminal.check(one) for one in results
    )
    if any(one.status == "bad" for one in results):
        raise SystemExit(1)


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_obj
def backup(load: Load, file: Path) -> None:
    """Copy the history to FILE, whole, even while the bot runs.

    \b
    Example:
      broadsheet backup ~/broadsheet-2026-11-20.db
    """
    from bot.store import backup as copy

    source = app.database(load())
    copy(source, file)
    click.echo(
        f"{file}: {file.stat().st_size:,} bytes; to restore, put it in place of {source} while stopped"
    )


for _command in (history.history, history.export, history.import_, discord.discord):
    main.add_command(_command)


def _settings(config: Path | None, data: Path | None) -> Settings:
    from bot.app import logs

    settings = app.settings(config, data)
    secrets = (settings.web.password, settings.discord.token)
    logs.configure(settings.log.level, [secret.get_secret_value() for secret in secrets if secret])
    return settings


def _fail(error: BroadsheetError) -> NoReturn:
    complain(str(error))
    raise SystemExit(error.exit_code) from None


def _tell_hits(hits: Sequence[Hit], nothing: str, *, as_json: bool) -> None:
    if as_json:
        print_lines(terminal.json_line(terminal.found(hit)) for hit in hits)
    else:
        click.echo(terminal.hits(hits) or nothing)


def _tell_new(receipt: Receipt) -> None:
    if not receipt.again:
        tell_receipt(receipt)
