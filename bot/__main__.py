"""The command ``broadsheet``, which is also ``python -m bot``."""

import gc
import sys


def main() -> None:
    """Run the command line; Ctrl-C while it is still being loaded ends it quietly, as it does later."""
    # What is loaded is never garbage: looking it over, again and again, takes a twentieth of a short command.
    gc.disable()
    try:
        from bot.cli import main as command
    except KeyboardInterrupt:
        sys.exit(130)
    finally:
        gc.enable()
    command(prog_name="broadsheet")


if __name__ == "__main__":
    main()
