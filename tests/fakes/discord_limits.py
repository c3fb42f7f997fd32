"""What Discord refuses in a request's body, with the error details that it gives for it.

Every limit stands here once, beside its source: ``resources/…``, ``components/…`` and ``interactions/…`` are pages
of the Discord docs, ``OpenAPI`` is Discord's own specification.
"""

import re
from collections.abc import Mapping
from typing import TypeGuard
from urllib.parse import urlsplit

from tests.fakes.discord_errors import Json, Refused

CONTENT = 2000  # resources/message, create message
NONCE = 25  # resources/message, create message
EMBEDS = 10  # resources/message, create message
EMBED_TITLE = 256  # resources/message, embed limits (and the next six)
EMBED_DESCRIPTION = 4096
EMBED_FIELDS = 25
FIELD_NAME = 256
FIELD_VALUE = 1024
FOOTER = 2048
AUTHOR = 256
EMBEDS_TOGETHER = 6000
URL = 2048  # OpenAPI, RichEmbed
FILES = 10  # OpenAPI, MessageCreateRequest.attachments
MENTIONS = 100  # resources/message, allowed mentions
ROWS = 5  # components/reference, legacy message
ROW_BUTTONS = 5  # components/reference, action row
CUSTOM_ID = 100  # components/reference, custom id
BUTTON_LABEL = 80  # components/reference, button
BUTTON_URL = 512  # components/reference, button
SELECT_OPTIONS = 25  # components/reference, string select (and the next two)
OPTION_TEXT = 100
PLACEHOLDER = 150
COMPONENTS_TOGETHER = 40  # components/reference, components V2
TEXT_DISPLAY = 4000  # OpenAPI, TextDisplayComponentForMessageRequest
MODAL_TITLE = 45  # interactions/receiving-and-responding, modal
MODAL_COMPONENTS = 5  # interactions/receiving-and-responding, modal
LABEL = 45  # components/reference, label
LABEL_DESCRIPTION = 100  # components/reference, label
TEXT_INPUT = 4000  # components/reference, text input
THREAD_NAME = 100  # resources/channel, start thread
ARCHIVE_MINUTES = (60, 1440, 4320, 10080)  # resources/channel, start thread
SLOWMODE = 21600  # resources/channel
APPLIED_TAGS = 5  # resources/channel, modify thread
CHOICES = 25  # interactions/receiving-and-responding, autocomplete

V2 = 1 << 15  # resources/message, flag IS_COMPONENTS_V2
EPHEMERAL = 1 << 6  # resources/message, flag EPHEMERAL

Path = tuple[str | int, ...]


class Form:
    """The errors of one body, nested as Discord nests them."""

    def __init__(self) -> None:
        self.errors: Json = {}

    def add(self, path: Path, code: str, message: str) -> None:
        """One error at a place."""
        place = self.errors
        for key in path:
            place = place.setdefault(str(key), {})
        place.setdefault("_errors", []).append({"code": code, "message": message})

    def text(self, value: object, path: Path, most: int, *, least: int = 0, required: bool = False) -> int:
        """A text of some length, measured in code points without the white space around it; gives that length."""
        if value is None and not required:
            return 0
        if value is None or (required and value == ""):
            self.add(path, "BASE_TYPE_REQUIRED", "This field is required")
            return 0
        size = len(str(value).strip())
        if size > most and not least:
            self.add(path, "BASE_TYPE_MAX_LENGTH", f"Must be {most} or fewer in length.")
        elif not least <= size <= most:
            self.add(path, "BASE_TYPE_BAD_LENGTH", f"Must be between {least} and {most} in length.")
        return size

    def count(self, value: object, path: Path, most: int, *, least: int = 0) -> list[Json]:
        """A list of some length; gives what of it can be looked at further."""
        if value is None:
            return []
        if not isinstance(value, list):
            self.add(path, "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
            return []
        if not least <= len(value) <= most:
            words = f"{most} or fewer" if not least else f"between {least} and {most}"
            self.add(path, "BASE_TYPE_BAD_LENGTH", f"Must be {words} in length.")
        return [item for item in value if isinstance(item, dict)]

    def url(
        self, value: object, path: Path, *, most: int = URL, schemes: tuple[str, ...] = ("http", "https")
    ) -> None:
        """An address."""
        if value is None:
            return
        text = str(value)
        self.text(text, path, most)
        try:
            parts = urlsplit(text)
        except ValueError:
            parts = urlsplit("")
        if not parts.netloc or re.search(r"\s", text.strip()):
            self.add(path, "URL_TYPE_INVALID_URL", "Not a well formed URL.")
        elif parts.scheme not in schemes:
            self.add(
                path,
                "URL_TYPE_INVALID_SCHEME",
                f'Scheme "{parts.scheme}" is not supported. Scheme must be one of {schemes}.',
            )

    def close(self) -> None:
        """Refuse the request, if anything was wrong."""
        if self.errors:
            raise Refused(50035, self.errors)


def _embed(form: Form, embed: Json, path: Path) -> int:
    total = form.text(embed.get("title"), (*path, "title"), EMBED_TITLE)
    total += form.text(embed.get("description"), (*path, "description"), EMBED_DESCRIPTION)
    form.url(embed.get("url"), (*path, "url"))
    for index, field in enumerate(form.count(embed.get("fields"), (*path, "fields"), EMBED_FIELDS)):
        place = (*path, "fields", index)
        total += form.text(field.get("name"), (*place, "name"), FIELD_NAME, required=True)
        total += form.text(field.get("value"), (*place, "value"), FIELD_VALUE, required=True)
    footer, author = embed.get("footer") or {}, embed.get("author") or {}
    total += form.text(footer.get("text"), (*path, "footer", "text"), FOOTER)
    total += form.text(author.get("name"), (*path, "author", "name"), AUTHOR)
    form.url(author.get("url"), (*path, "author", "url"))
    pictures = ("http", "https", "attachment")
    for owner, key in (
        ("footer", "icon_url"),
        ("author", "icon_url"),
        ("image", "url"),
        ("thumbnail", "url"),
    ):
        form.url((embed.get(owner) or {}).get(key), (*path, owner, key), schemes=pictures)
    return total


def check_embeds(form: Form, embeds: object, path: Path) -> None:
    """Each embed, and their texts taken together."""
    total = 0
    for index, embed in enumerate(form.count(embeds, path, EMBEDS)):
        total += _embed(form, embed, (*path, index))
        if total > EMBEDS_TOGETHER:
            message = f"Embed size exceeds maximum size of {EMBEDS_TOGETHER}"
            form.add((*path, index), "MAX_EMBED_SIZE_EXCEEDED", message)


def shows_something(embed: Json) -> bool:
    """Whether anything of an embed can be seen."""
    keys = ("title", "description", "fields", "footer", "author", "image", "thumbnail")
    return any(embed.get(key) for key in keys)


# Component types: components/reference.
ROW, BUTTON, STRING_SELECT, TEXT_FIELD, SECTION, TEXT, CONTAINER, LABELLED = 1, 2, 3, 4, 9, 10, 17, 18
SELECTS = (3, 5, 6, 7, 8)
V2_ONLY = (9, 10, 11, 12, 13, 14, 17)
LINK, PREMIUM = 5, 6


def walk(components: object, path: Path = ("components",)) -> list[tuple[Path, Json]]:
    """All components with their places, nested ones too."""
    found: list[tuple[Path, Json]] = []
    for index, item in enumerate(components if isinstance(components, list) else []):
        if not isinstance(item, dict):
            continue
        place = (*path, index)
        found.append((place, item))
        found.extend(walk(item.get("components"), (*place, "components")))
        for key in ("accessory", "component"):
            if isinstance(item.get(key), dict):
                found.append(((*place, key), item[key]))
    return found


def _button(form: Form, item: Json, path: Path) -> None:
    style = item.get("style")
    form.text(item.get("label"), (*path, "label"), BUTTON_LABEL)
    if style == LINK:
        form.url(item.get("url"), (*path, "url"), most=BUTTON_URL, schemes=("http", "https", "discord"))
        if item.get("url") is None:
            form.add((*path, "url"), "BASE_TYPE_REQUIRED", "This field is required")
        if "custom_id" in item:
            form.add(
                path,
                "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE",
                "A custom id and url cannot both be given",
            )
    elif style != PREMIUM:
        form.text(item.get("custom_id"), (*path, "custom_id"), CUSTOM_ID, least=1, required=True)
    if style != PREMIUM and not item.get("label") and not item.get("emoji"):
        form.add(path, "BUTTON_COMPONENT_LABEL_OR_EMOJI_REQUIRED", "A label or an emoji is required")


def _select(form: Form, item: Json, path: Path) -> None:
    form.text(item.get("custom_id"), (*path, "custom_id"), CUSTOM_ID, least=1, required=True)
    form.text(item.get("placeholder"), (*path, "placeholder"), PLACEHOLDER)
    if item.get("type") != STRING_SELECT:
        return
    values: list[object] = []
    for index, option in enumerate(
        form.count(item.get("options"), (*path, "options"), SELECT_OPTIONS, least=1)
    ):
        place = (*path, "options", index)
        form.text(option.get("label"), (*place, "label"), OPTION_TEXT, least=1, required=True)
        form.text(option.get("value"), (*place, "value"), OPTION_TEXT, least=1, required=True)
        form.text(option.get("description"), (*place, "description"), OPTION_TEXT)
        if option.get("value") in values:
            form.add(
                (*place, "value"),
                "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED",
                "The specified value is duplicated",
            )
        values.append(option.get("value"))


def check_components(form: Form, components: object, flags: int, *, modal: bool = False) -> None:
    """The components of a message or of a modal."""
    form.count(components, ("components",), COMPONENTS_TOGETHER if flags & V2 else ROWS)
    everything = walk(components)
    if flags & V2 and len(everything) > COMPONENTS_TOGETHER:
        words = f"Must be {COMPONENTS_TOGETHER} or fewer in length."
        form.add(("components",), "BASE_TYPE_BAD_LENGTH", words)
    seen: set[str] = set()
    for path, item in everything:
        kind, name = item.get("type"), item.get("custom_id")
        if not modal and not flags & V2 and (kind in V2_ONLY or (len(path) == 2 and kind != ROW)):
            form.add((*path, "type"), "UNION_TYPE_CHOICES", 'Value of field "type" must be one of (1,).')
        if isinstance(name, str):
            if name in seen:
                form.add(
                    (*path, "custom_id"),
                    "COMPONENT_CUSTOM_ID_DUPLICATED",
                    "Component custom id cannot be duplicated",
                )
            seen.add(name)
        if kind == ROW:
            inside = form.count(item.get("components"), (*path, "components"), ROW_BUTTONS, least=1)
            if len(inside) > 1 and any(each.get("type") in SELECTS for each in inside):
                words = "A select takes a whole row"
                form.add((*path, "components"), "COMPONENT_LAYOUT_WIDTH_EXCEEDED", words)
        elif kind == BUTTON:
            _button(form, item, path)
        elif kind in SELECTS:
            _select(form, item, path)
        elif kind == TEXT:
            form.text(item.get("content"), (*path, "content"), TEXT_DISPLAY, least=1, required=True)
        elif kind == TEXT_FIELD:
            form.text(item.get("custom_id"), (*path, "custom_id"), CUSTOM_ID, least=1, required=True)
            form.text(item.get("value"), (*path, "value"), TEXT_INPUT)
            form.text(
                item.get("placeholder"), (*path, "placeholder"), 100
            )  # components/reference, text input
        elif kind == LABELLED:
            form.text(item.get("label"), (*path, "label"), LABEL, least=1, required=True)
            form.text(item.get("description"), (*path, "description"), LABEL_DESCRIPTION)


def check_modal(data: Json) -> None:
    """The form of an answer that opens one."""
    form = Form()
    form.text(data.get("title"), ("title",), MODAL_TITLE, least=1, required=True)
    form.text(data.get("custom_id"), ("custom_id",), CUSTOM_ID, least=1, required=True)
    form.count(data.get("components"), ("components",), MODAL_COMPONENTS, least=1)
    check_components(form, data.get("components"), 0, modal=True)
    form.close()


def check_choices(choices: object) -> None:
    """What an autocomplete offers."""
    form = Form()
    for index, choice in enumerate(form.count(choices, ("choices",), CHOICES)):
        form.text(choice.get("name"), ("choices", index, "name"), OPTION_TEXT, least=1, required=True)
        if isinstance(choice.get("value"), str):
            form.text(choice["value"], ("choices", index, "value"), OPTION_TEXT, least=1)
    form.close()


def _is_ids(value: object) -> TypeGuard[list[str]]:
    return isinstance(value, list) and all(re.fullmatch(r"\d{1,20}", str(item)) for item in value)


def _mentions(form: Form, allowed: Json) -> None:
    parse = allowed.get("parse") or []
    for index, word in enumerate(parse):
        if word not in ("users", "roles", "everyone"):
            words = "Value must be one of ('users', 'everyone', 'roles')."
            form.add(("allowed_mentions", "parse", index), "BASE_TYPE_CHOICES", words)
    for kind in ("users", "roles"):
        ids = allowed.get(kind)
        if ids is None:
            continue
        if not _is_ids(ids):
            form.add(("allowed_mentions", kind), "NUMBER_TYPE_COERCE", "Value is not snowflake.")
        elif len(ids) > MENTIONS:
            form.add(
                ("allowed_mentions", kind), "BASE_TYPE_BAD_LENGTH", f"Must be {MENTIONS} or fewer in length."
            )
        if ids and kind in parse:
            # resources/message, allowed mentions: the two exclude each other
            words = f'parse:["{kind}"] and {kind}: [ids...] are mutually exclusive.'
            form.add(("allowed_mentions",), "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", words)


def check_message(body: Json, *, files: Mapping[str, bytes] | None = None, old: Json | None = None) -> None:
    """A message as it is created, or, over what was there (``old``), as it would be after an edit."""
    form = Form()
    whole = (old or {}) | body
    flags = int(whole.get("flags") or 0)
    form.text(body.get("content"), ("content",), CONTENT)
    check_embeds(form, body.get("embeds"), ("embeds",))
    check_components(form, body.get("components"), flags)
    form.count(body.get("attachments"), ("attachments",), FILES)
    nonce = body.get("nonce")
    if isinstance(nonce, str):
        form.text(nonce, ("nonce",), NONCE)
    elif nonce is not None and not -(2**63) <= int(nonce) < 2**63:
        form.add(
            ("nonce",), "NUMBER_TYPE_MAX", "int value should be less than or equal to 9223372036854775807."
        )
    if isinstance(body.get("allowed_mentions"), dict):
        _mentions(form, body["allowed_mentions"])
    if flags & V2:
        for key in ("content", "embeds"):
            if whole.get(key):
                words = "The 'content' and 'embeds' fields cannot be used with components V2"
                form.add((key,), "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2", words)
    form.close()
    told = [str(whole.get("content") or "").strip(), whole.get("sticker_ids"), whole.get("poll"), files]
    told += [whole.get("attachments"), whole.get("components") if flags & V2 else None]
    if not any(told) and not any(shows_something(embed) for embed in whole.get("embeds") or []):
        raise Refused(50006)


def check_thread(body: Json) -> None:
    """A thread as it is created or changed."""
    form = Form()
    if "name" in body:
        form.text(body["name"], ("name",), THREAD_NAME, least=1, required=True)
    minutes = body.get("auto_archive_duration")
    if minutes is not None and minutes not in ARCHIVE_MINUTES:
        words = f"Value must be one of {set(ARCHIVE_MINUTES)}."
        form.add(("auto_archive_duration",), "BASE_TYPE_CHOICES", words)
    slow = body.get("rate_limit_per_user")
    if slow is not None and not 0 <= slow <= SLOWMODE:
        form.add(
            ("rate_limit_per_user",),
            "NUMBER_TYPE_MAX",
            f"int value should be less than or equal to {SLOWMODE}.",
        )
    if len(body.get("applied_tags") or []) > APPLIED_TAGS:
        form.add(("applied_tags",), "BASE_TYPE_BAD_LENGTH", f"Must be {APPLIED_TAGS} or fewer in length.")
    form.close()
