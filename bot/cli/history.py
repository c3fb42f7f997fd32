"""The commands that look back, and that carry a history elsewhere."""

from pathlib import Path

import click

from bot.cli.console import Load, as_json, print_lines, wait


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
