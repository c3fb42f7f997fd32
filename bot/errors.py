"""Every error that Broadsheet raises on purpose.

::

    BroadsheetError
    ├── SettingsError          a key, a value or a file of the settings is wrong
    ├── DigestError            a digest file cannot be read at all
    ├── StoreError             the history cannot be used
    │   ├── StoreBusy          another process holds it, or its lock, for too long
    │   ├── StoreFull          the disk is full or read-only
    │   ├── StoreDamaged       the file is not a database, or is damaged
    │   └── StoreTooNew        written by a newer Broadsheet
    ├── AddressInUse           the web channel's port is taken
    ├── HistoryUnavailable     a platform's channel history could not be read
    ├── PlatformUnreachable    a platform did not answer, or not in its own words
    ├── PlatformRefused        a platform does not let the bot in: its token, or it was shut out
    ├── Stopped                told to stop before the work was done; nothing of it is kept
    └── NotFound               nothing by that name: a paper, a channel, a tag

The text of an error tells a person what happened, to what, and what to do.
Expected failures of one item (an entry that cannot be read, a message that a
platform refuses) are values, not exceptions: see ``models.Unreadable`` and
``publish.Outcome``. No exception of a dependency leaves the module that uses it.
"""


class BroadsheetError(Exception):
    """The base of every error raised on purpose; ``exit_code`` is what the command line ends with."""

    exit_code = 1


class SettingsError(BroadsheetError):
    """A key, a value or a file of the settings is wrong."""

    exit_code = 2


class DigestError(BroadsheetError):
    """A digest file cannot be read at all."""

    exit_code = 3


class StoreError(BroadsheetError):
    """The history cannot be used."""

    exit_code = 4


class StoreBusy(StoreError):
    """Another process holds the history."""


class StoreFull(StoreError):
    """The disk is full or may not be written."""


class StoreDamaged(StoreError):
    """The file is not a database of ours, or is damaged."""


class StoreTooNew(StoreError):
    """The history was written by a newer Broadsheet."""


class AddressInUse(BroadsheetError):
    """The web channel's port is taken."""

    exit_code = 5


class HistoryUnavailable(BroadsheetError):
    """A platform's channel history could not be read, so nothing may be concluded from it."""


class PlatformUnreachable(BroadsheetError):
    """A platform did not answer, or not in its own words; later it may."""

    exit_code = 7


class PlatformRefused(BroadsheetError):
    """A platform does not let the bot in: it knows no such token, or it has shut the bot out."""

    exit_code = 8


class Stopped(BroadsheetError):
    """Told to stop before the work was done; nothing of it is kept."""

    exit_code = 130


class NotFound(BroadsheetError):
    """Nothing by that name."""

    exit_code = 6
