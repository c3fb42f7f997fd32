"""Who may do what in the fake Discord.

Bits, order of computing and implied denials: Discord docs, topics/permissions.
"""

from collections.abc import Iterable
from enum import IntFlag
from typing import NamedTuple


class Permission(IntFlag):
    """The bits that a bot which posts has to do with."""

    ADMINISTRATOR = 1 << 3
    MANAGE_CHANNELS = 1 << 4
    MANAGE_GUILD = 1 << 5
    ADD_REACTIONS = 1 << 6
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    SEND_TTS_MESSAGES = 1 << 12
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    USE_EXTERNAL_EMOJIS = 1 << 18
    USE_APPLICATION_COMMANDS = 1 << 31
    MANAGE_THREADS = 1 << 34
    CREATE_PUBLIC_THREADS = 1 << 35
    SEND_MESSAGES_IN_THREADS = 1 << 38
    PIN_MESSAGES = 1 << 51


EVERYTHING = (1 << 53) - 1

MEMBER = int(
    Permission.ADD_REACTIONS
    | Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.READ_MESSAGE_HISTORY
    | Permission.USE_APPLICATION_COMMANDS
    | Permission.SEND_MESSAGES_IN_THREADS
)
"""What an ordinary member may do."""

NEEDS_SENDING = int(
    Permission.MENTION_EVERYONE
    | Permission.SEND_TTS_MESSAGES
    | Permission.EMBED_LINKS
    | Permission.ATTACH_FILES
)
"""Who may not send may not do these either (topics/permissions, implicit permissions)."""


class Overwrite(NamedTuple):
    """What a channel allows and denies to a role or a member."""

    allow: int = 0
    deny: int = 0


NOTHING = Overwrite()


def effective(
    base: int,
    *,
    everyone: Overwrite = NOTHING,
    roles: Iterable[Overwrite] = (),
    member: Overwrite = NOTHING,
    thread: bool = False,
) -> int:
    """The bits that hold in a channel, or in its threads, for somebody with ``base`` in the guild."""
    if base & Permission.ADMINISTRATOR:
        return EVERYTHING
    bits = base & ~everyone.deny | everyone.allow
    allow = deny = 0
    for role in roles:
        allow |= role.allow
        deny |= role.deny
    bits = bits & ~deny | allow
    bits = bits & ~member.deny | member.allow
    if not bits & Permission.VIEW_CHANNEL:
        return 0
    sends = Permission.SEND_MESSAGES_IN_THREADS if thread else Permission.SEND_MESSAGES
    return bits if bits & sends else bits & ~NEEDS_SENDING
