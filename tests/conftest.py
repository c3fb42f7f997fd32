"""What tests of every tier may ask for."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

NOBODY = 65534


@pytest.fixture(autouse=True)
def _plain_logs() -> Iterator[None]:
    """What a test sets up for its log, such as a standard error of its own, ends with it."""
    yield
    structlog.reset_defaults()


@pytest.fixture
def plain_folder() -> Iterator[Path]:
    """A folder of an account without privileges, which the test is run as: even where that is the superuser's."""
    superuser = os.geteuid() == 0
    folder = Path(tempfile.mkdtemp(prefix="broadsheet-"))
    if superuser:
        os.chown(folder, NOBODY, NOBODY)
        os.seteuid(NOBODY)
    try:
        yield folder
    finally:
        if superuser:
            os.seteuid(0)
        shutil.rmtree(folder)
