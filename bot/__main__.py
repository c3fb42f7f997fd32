"""The command ``broadsheet``, which is also ``python -m bot``."""

import sys


def main() -> None:
    """Run the command line; Ctrl-C while it is still being loaded ends it quietly, as it does later."""
    try:
        from bot.cli import main as command
    except KeyboardInterrupt:
        sys.exit(130)
    command(prog_name="broadsheet")


if __name__ == "__main__":
    main()
