"""Logs: readable in a terminal, JSON otherwise, on standard error; no secret in either."""

import logging
import sys
from collections.abc import Iterable, MutableMapping
from typing import Any

import structlog

Event = MutableMapping[str, Any]


def configure(level: str, secrets: Iterable[str]) -> None:
    """Send everything that is logged, by us or by a library, to standard error from ``level`` up."""
    hidden = [secret for secret in secrets if secret]

    def without_secrets(value: object) -> object:
        text = str(value)
        if not any(secret in text for secret in hidden):
            return value
        for secret in hidden:
            text = text.replace(secret, "[secret]")
        return text

    def redact(_: object, __: str, event: Event) -> Event:
        for key, value in event.items():
            event[key] = without_secrets(value)
        return event

    renderer: Any = (
        structlog.dev.ConsoleRenderer() if sys.stderr.isatty() else structlog.processors.JSONRenderer()
    )
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        redact,
    ]
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level.upper())),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, redact, renderer],
        )
    )
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
