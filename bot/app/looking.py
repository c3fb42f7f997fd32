"""The commands that look back on the history, and those that carry it elsewhere."""

import os
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bot import app
from bot.errors import BroadsheetError
from bot.library import history as library
from bot.library.history import History
from bot.settings import Settings


async def history(settings: Settings) -> History:
    """The history at a glance, up to today."""
    with app.opened(settings, writes=False) as store:
        return await library.history(store, _today(settings, app.now()))


def draw(of: History, path: Path) -> None:
    """Draw it into a PNG file, whole or not at all, in place of one that is there. Raises BroadsheetError."""
    from bot.plots import png

    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        part.write_bytes(png(of))
        part.replace(path)
    except OSError as error:
        raise BroadsheetError(
            f"{path}: cannot be written ({error.strerror}); name a file in a folder that is there"
        ) from None
    finally:
        with suppress(OSError):
            part.unlink()


def _today(settings: Settings, now: datetime) -> date:
    zone = app.local_zone() if settings.zone == "local" else settings.zone
    return now.astimezone(ZoneInfo(zone)).date()
