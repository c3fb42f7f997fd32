"""What is said of an error: to the person a sentence with a short id, to the log the rest under the same id."""

import re
import zlib

import discord
from discord import app_commands

from bot.chat.discord.answers import said
from bot.chat.discord.render import small
from bot.errors import BroadsheetError, StoreError

SERVER_ONLY = "I answer in servers only: what I know of papers and posts belongs to one."

EXPIRED = frozenset({10062, 10015, 50027})
"""Discord's codes for an interaction, or its token, whose time has passed (Opcodes and Status Codes, "JSON")."""

_COMMAND = re.compile(r"'broadsheet (search|similar|why|top|bookmarks)\b[^']*'")


def id_of(interaction_id: int) -> str:
    """A short id that names the interaction, the same in what the person reads and in the log."""
    return f"{zlib.crc32(str(interaction_id).encode()):08x}"


def is_expired(error: Exception) -> bool:
    """Whether the interaction's time has passed, so that nobody waits for an answer."""
    return isinstance(error, discord.HTTPException) and error.code in EXPIRED


def is_expected(error: Exception) -> bool:
    """Whether it says what the person can do, and nothing is broken."""
    if isinstance(error, app_commands.AppCommandError):
        return not isinstance(error, app_commands.CommandInvokeError)
    return isinstance(error, BroadsheetError) and not isinstance(error, StoreError)


def words(error: Exception) -> str:
    """The error for the log, named for its kind if it says nothing."""
    return str(error) or type(error).__name__


def sentence(error: Exception, number: str) -> str:
    """What the person is told, in Discord's markup."""
    return f"{said(_told(error)).content}\n{small(f'Error {number}')}"


def _told(error: Exception) -> str:
    match error:
        case StoreError():
            # Its text names files of the machine that the bot runs on.
            return "The history cannot be used just now. Try again in a moment."
        case BroadsheetError():
            return _COMMAND.sub(r"/\1", str(error))
        case TimeoutError():
            return "That took too long. Try again in a moment; if it was to change something, that may yet be done."
        case app_commands.CommandNotFound() | app_commands.CommandSignatureMismatch():
            return "This command has changed. Reload Discord (Ctrl+R, or close and open it) and try again."
        case app_commands.MissingPermissions():
            named = ", ".join(name.replace("_", " ").title() for name in error.missing_permissions)
            return f"For this you need the permission {named}."
        case app_commands.TransformerError():
            return "One of the options is not what this command takes."
        case _:
            return "Something went wrong. Whoever runs the bot finds more in its log, under this id:"
