"""``python -m bot`` is ``broadsheet``."""

from bot.cli import main

main(prog_name="broadsheet")
