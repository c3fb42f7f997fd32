"""The commands that look back, and that carry a history elsewhere."""

from pathlib import Path

import click

from bot.cli.console import Load, as_json, print_lines, progress, silent, tell_receipt, wait


@click.command()
@as_json
@click.option("--png", type=click.Path(path_type=Path), help="Draw it as a picture into this file.")
@click.pass_obj
def history(load: Load, as_json: bool, png: Path | None) -> None:
    """Show papers, posts, bookmarks and tags over time.

    \b
    Example:
      broadsheet history --png history.png
    """
    from bot.app import looking
    from bot.cli import report, terminal

    found = wait(looking.history(load()))
    if as_json:
        print_lines(terminal.json_line(line) for line in report.records(found))
    elif png is None:
        click.echo(report.report(found))
    if png is not None:
        looking.draw(found, png)
        if not as_json:
            click.echo(f"{png}: {png.stat().st_size:,} bytes")


@click.command()
@click.option("--to", required=True, type=click.Path(path_type=Path), help="A new folder or file.")
@click.pass_obj
def export(load: Load, to: Path) -> None:
    """Write everything, to be read elsewhere.

    Into a new folder: a copy of the history, JSON Lines, and CSV; into a file
    whose name ends in .db or .jsonl that alone.

    \b
    Example:
      broadsheet export --to ~/papers-2026-11-20
    """
    from bot.app import carrying

    for file in wait(carrying.export(load(), to, progress(to.name))):
        click.echo(f"{file}: {file.stat().st_size:,} bytes")


@click.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@as_json
@click.pass_obj
def import_(load: Load, files: tuple[Path, ...], as_json: bool) -> None:
    """Take over what was seen elsewhere.

    FILES are libraries as Zotero and others export them (BibTeX, RIS, CSL-JSON,
    CSV), any digest file, or the JSON Lines of an export, which bring posts and
    bookmarks, too. Their papers can be found, and are never posted.

    \b
    Example:
      broadsheet import "My Library.bib"
    """
    from bot.app import restoring, runner
    from bot.errors import DigestError
    from bot.models import Receipt

    failed = False

    def tell(receipt: Receipt) -> None:
        nonlocal failed
        failed |= receipt.error is not None
        tell_receipt(receipt, as_json=as_json)

    on_progress = silent if as_json else progress
    for path in files:
        if restoring.is_export(path):
            tell(wait(restoring.take_in(load(), path, on_progress(path.name))))
        else:
            wait(
                runner.ingest_files(
                    load(), [path], on_receipt=tell, on_progress=on_progress, origin="library"
                )
            )
    if failed:
        raise SystemExit(DigestError.exit_code)
