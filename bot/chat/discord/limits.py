"""What Discord takes, in one table, and what of a message is beyond it. discord.py checks almost none of this.

Sources are pages of Discord's developer documentation; "schema" is its OpenAPI document. Lengths are Unicode
code points, counted after the white space around a text is dropped (Message, "Embed Limits").
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import discord

if TYPE_CHECKING:
    from bot.chat.discord.render import Button, Rendered

CONTENT = 2000  # Message, "Create Message"; the schema's 4,000 is for paying users
NONCE = 25  # Message, "Create Message"

EMBEDS = 10  # Message, "Create Message"
EMBED_TITLE = 256  # Message, "Embed Limits", as the next eight
EMBED_DESCRIPTION = 4096
EMBED_FIELDS = 25
EMBED_FIELD_NAME = 256
EMBED_FIELD_VALUE = 1024
EMBED_FOOTER = 2048
EMBED_AUTHOR = 256
EMBEDS_SUM = 6000  # over all embeds of one message
EMBED_URL = 2048  # schema; of two embeds with one address only the first is shown

ROWS = 5  # Component Reference, "Action Row"
BUTTONS_A_ROW = 5  # the same
CUSTOM_ID = 100  # Component Reference, "Custom ID"; at least 1, and unique in its message
BUTTON_LABEL = 80  # Component Reference, "Button"
BUTTON_URL = 512  # the same
SELECT_OPTIONS = 25  # Component Reference, "String Select"
SELECT_TEXT = 100  # the same: label, value and description of an option
MODAL_TITLE = 45  # Receiving and Responding, "Modal"
MODAL_INPUT = 4000  # Component Reference, "Text Input"

THREAD_NAME = 100  # Channel, "Start Thread from Message"
AUTO_ARCHIVE_MINUTES = (60, 1440, 4320, 10080)  # Channel, the same; nothing in between
FORUM_TAGS_APPLIED = 5  # Channel, "Channel Object"

COMMAND_OPTIONS = 25  # Application Commands, "Application Command Structure", as the next four
COMMAND_CHOICES = 25  # also of an autocompletion
COMMAND_NAME = 32
COMMAND_DESCRIPTION = 100
COMMAND_SUM = 8000  # names, descriptions and values of one command
CHOICE = 100  # Application Commands, "Choice Structure": a choice's name, and its value

ATTACHMENTS = 10  # Message, "Create Message"
FILE_BYTES = 10 * 1024 * 1024  # Reference, "Uploading Files", where no boost raises it


def length(text: str | None) -> int:
    """Characters as Discord counts them."""
    return len(text.strip()) if text else 0


def faults(rendered: "Rendered") -> tuple[str, ...]:
    """What Discord would refuse of a message, one line each; empty when it may be sent."""
    found = list(_beyond("content", rendered.content, CONTENT))
    if not length(rendered.content) and not any(map(_shows, rendered.embeds)):
        found.append("the message is empty")
    if len(rendered.embeds) > EMBEDS:
        found.append(f"{len(rendered.embeds)} embeds, of {EMBEDS}")
    for place, embed in enumerate(rendered.embeds):
        found += (f"embed {place}: {fault}" for fault in _embed_faults(embed))
    total = sum(map(_sum, rendered.embeds))
    if total > EMBEDS_SUM:
        found.append(f"embeds have {total} characters in all, of {EMBEDS_SUM}")
    found += _twice("embed address", (embed.url for embed in rendered.embeds if embed.url))
    return (*found, *_buttons_faults(rendered.buttons))


def _embed_faults(embed: discord.Embed) -> Iterator[str]:
    yield from _beyond("title", embed.title, EMBED_TITLE)
    yield from _beyond("description", embed.description, EMBED_DESCRIPTION)
    yield from _beyond("footer", embed.footer.text, EMBED_FOOTER)
    yield from _beyond("author", embed.author.name, EMBED_AUTHOR)
    yield from _address_faults(embed.url, EMBED_URL)
    if len(embed.fields) > EMBED_FIELDS:
        yield f"{len(embed.fields)} fields, of {EMBED_FIELDS}"
    for field in embed.fields:
        if not length(field.name) or not length(field.value):
            yield "a field is empty"
        yield from _beyond("field name", field.name, EMBED_FIELD_NAME)
        yield from _beyond("field value", field.value, EMBED_FIELD_VALUE)


def _buttons_faults(buttons: "tuple[Button, ...]") -> Iterator[str]:
    rows = Counter(button.row for button in buttons)
    if any(row >= ROWS or count > BUTTONS_A_ROW for row, count in rows.items()):
        yield f"buttons beyond {ROWS} rows of {BUTTONS_A_ROW}"
    for button in buttons:
        if not length(button.label) and not button.emoji:
            yield "a button is blank"
        yield from _beyond("button label", button.label, BUTTON_LABEL)
        if (button.custom_id is None) == (button.url is None):
            yield "a button has an id or else an address"
        if button.custom_id is not None and not button.custom_id:
            yield "a button's id is empty"
        yield from _beyond("button id", button.custom_id, CUSTOM_ID)
        yield from _address_faults(button.url, BUTTON_URL)
    yield from _twice("button id", (button.custom_id for button in buttons if button.custom_id))


def _beyond(what: str, text: str | None, most: int) -> Iterator[str]:
    if length(text) > most:
        yield f"{what} has {length(text)} characters, of {most}"


def _address_faults(url: str | None, most: int) -> Iterator[str]:
    if url is not None:
        yield from _beyond("address", url, most)
        if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
            yield "an address is neither http nor https"


def _twice(what: str, values: Iterable[str]) -> Iterator[str]:
    yield from (f"{what} {value!r} is there twice" for value, count in Counter(values).items() if count > 1)


def _shows(embed: discord.Embed) -> bool:
    return _sum(embed) > 0


def _sum(embed: discord.Embed) -> int:
    """What counts towards the sum over all embeds: title, description, fields, footer and author."""
    fields = (text for field in embed.fields for text in (field.name, field.value))
    return sum(map(length, (embed.title, embed.description, embed.footer.text, embed.author.name, *fields)))
