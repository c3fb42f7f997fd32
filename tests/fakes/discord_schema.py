"""Requests checked against Discord's own OpenAPI document, where it is at hand."""

import json
import re
from functools import cache
from pathlib import Path

from jsonschema import Draft202012Validator

from tests.fakes.discord_errors import Json

DOCUMENT = Path(__file__).parents[3] / "shared" / "data" / "discord-openapi.json"


class Schema:
    """Discord's OpenAPI document."""

    def __init__(self, path: Path) -> None:
        document: Json = json.loads(path.read_text("utf-8"))
        self._components = document["components"]
        # reference, snowflakes: the API takes them as numbers, too, which discord.py sends; the document forgets it.
        schemas = self._components["schemas"]
        schemas["SnowflakeType"] = {"anyOf": [schemas["SnowflakeType"], {"type": "integer", "minimum": 0}]}
        self._routes: list[tuple[re.Pattern[str], Json]] = []
        # A path with fewer parameters goes first: @original before {message_id}.
        for template, item in sorted(document["paths"].items(), key=lambda pair: pair[0].count("{")):
            pattern = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(template))
            self._routes.append((re.compile(pattern), item))
        self._validators: dict[tuple[str, int], Draft202012Validator | None] = {}

    def complaints(self, method: str, path: str, body: object) -> list[str]:
        """What is wrong with a body, in words; empty if all is well or the document tells nothing of it."""
        for number, (pattern, item) in enumerate(self._routes):
            if pattern.fullmatch(path) and method.lower() in item:
                validator = self._validator(method.lower(), number, item)
                if validator is None:
                    return []
                return [
                    f"{method} {path}: {error.json_path}: {error.message[:200]}"
                    for error in validator.iter_errors(body)
                ]
        return [f"{method} {path}: no such route in Discord's OpenAPI document"]

    def _validator(self, method: str, number: int, item: Json) -> Draft202012Validator | None:
        key = (method, number)
        if key not in self._validators:
            content: Json = item[method].get("requestBody", {}).get("content", {})
            schema = content.get("application/json", {}).get("schema")
            made = (
                None if schema is None else Draft202012Validator({**schema, "components": self._components})
            )
            self._validators[key] = made
        return self._validators[key]


@cache
def schema(path: Path) -> Schema:
    """The document at a path, read once."""
    return Schema(path)
