import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.store import Store
from tests.unit.chat.web import world


@pytest.fixture(scope="session")
def history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a history that has a channel with two days of posts, to be copied."""
    path = tmp_path_factory.mktemp("web") / "history.db"
    asyncio.run(world.make_two_days(path))
    return path


@pytest.fixture
async def store(history: Path, tmp_path: Path) -> AsyncIterator[Store]:
    """A channel with two days of posts."""
    opened = Store.open(Path(shutil.copy(history, tmp_path / "history.db")))
    yield opened
    opened.close()


@pytest.fixture
async def empty(tmp_path: Path) -> AsyncIterator[Store]:
    """A history with nothing in it."""
    opened = Store.open(tmp_path / "history.db")
    yield opened
    opened.close()


@pytest.fixture
def client(store: Store) -> world.Client:
    """A browser before the two days."""
    return world.client(store)
