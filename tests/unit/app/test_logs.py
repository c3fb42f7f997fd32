"""Logs: one line of JSON an event, with no secret, whoever logs."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from bot.app.logs import configure

CANARY = "canary-77aa"


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    yield
    logging.basicConfig(handlers=[logging.NullHandler()], force=True)


def logged(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    """The events on standard error."""
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_ours_and_a_librarys_events_are_json_lines(capsys: pytest.CaptureFixture[str]) -> None:
    """Where no terminal is, a program can read every line."""
    configure("info", [])
    structlog.get_logger().info("posting", papers=3)
    logging.getLogger("a.library").warning("slow %s", "disk")
    ours, theirs = logged(capsys)
    assert (ours["event"], ours["papers"], ours["level"]) == ("posting", 3, "info")
    assert (theirs["event"], theirs["level"]) == ("slow disk", "warning")


def test_only_what_matters_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """Below the level nothing is printed."""
    configure("warning", [])
    structlog.get_logger().info("posting")
    logging.getLogger("a.library").info("posting")
    assert logged(capsys) == []


def test_a_secret_is_in_no_line(capsys: pytest.CaptureFixture[str]) -> None:
    """Neither in a message, nor in a value, nor in a traceback, nor in what a library says."""
    configure("debug", [CANARY, ""])
    log = structlog.get_logger()
    log.info(f"told {CANARY}", value=CANARY, nested={"inner": CANARY})
    logging.getLogger("a.library").warning("it is %s", CANARY)
    try:
        float(CANARY)
    except ValueError:
        log.exception("failed")
        logging.getLogger("a.library").exception("failed")
    text = capsys.readouterr().err
    assert CANARY not in text
    assert text.count("[secret]") >= 6
