"""A real Chromium before the real server, each test with a history of its own."""

import asyncio
import os
import shutil
import tempfile
import threading
from collections.abc import Coroutine, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pytest
from selenium import webdriver

from bot.chat.web import serve
from bot.settings import WebSettings
from bot.store import Store
from tests.unit.chat.web import world

T = TypeVar("T")

FLAGS = """--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking
--disable-component-update --disable-sync --disable-dev-shm-usage --force-color-profile=srgb
--hide-scrollbars""".split()


@dataclass(frozen=True)
class Site:
    """The bot's web channel, running: its address, its store, and a way into its event loop."""

    url: str
    store: Store
    loop: asyncio.AbstractEventLoop

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Do something where the bot runs, while the browser looks on."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(30)


@pytest.fixture(scope="session")
def chromium() -> tuple[str, str]:
    """Chromium and its driver; where there is none the tests are skipped, but never on a build machine."""
    found = installed()
    if found is None:
        reason = "needs chromium and chromedriver (Debian: apt-get install chromium chromium-driver)"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return found


@pytest.fixture(scope="session")
def chrome(chromium: tuple[str, str]) -> Iterator[webdriver.Chrome]:
    """One Chromium with a fresh profile for all tests."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        chrome = start(chromium, profile)
        yield chrome
        chrome.quit()


@pytest.fixture
def page(chrome: webdriver.Chrome) -> Iterator[webdriver.Chrome]:
    """The browser as a person finds it: a desktop window, light, scripts on, and no complaint at the end."""
    look(chrome)
    chrome.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
    complaints(chrome)
    yield chrome
    said = complaints(chrome)
    chrome.get("about:blank")
    assert said == []


@pytest.fixture(scope="session")
def history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a history with two days of posts, to be copied."""
    path = tmp_path_factory.mktemp("web") / "history.db"
    asyncio.run(world.make_two_days(path))
    return path


@pytest.fixture
def site(history: Path, tmp_path: Path) -> Iterator[Site]:
    """A channel with two days of posts."""
    yield from _running(Path(shutil.copy(history, tmp_path / "history.db")))


@pytest.fixture
def new_site(tmp_path: Path) -> Iterator[Site]:
    """A channel that never had a post."""
    yield from _running(tmp_path / "history.db")


def installed() -> tuple[str, str] | None:
    """The paths of Chromium and of its driver, if this machine has both. Nothing is downloaded."""
    browser, driver = shutil.which("chromium") or shutil.which("google-chrome"), shutil.which("chromedriver")
    return (browser, driver) if browser and driver else None


def start(chromium: tuple[str, str], profile: str) -> webdriver.Chrome:
    """A Chromium whose profile is in that folder."""
    browser, driver = chromium
    options = webdriver.ChromeOptions()
    options.binary_location = browser
    for flag in (*FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    return webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))


def look(
    chrome: webdriver.Chrome, width: int = 1440, height: int = 900, scheme: str = "light", scale: float = 1
) -> None:
    """A window of that size, with that colour scheme asked for."""
    size = {"width": width, "height": height, "deviceScaleFactor": scale, "mobile": width < 500}
    chrome.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    chrome.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})


def complaints(chrome: webdriver.Chrome) -> list[object]:
    """What the console said since it was last asked: errors, refused by the content security policy or not found."""
    said: list[object] = chrome.execute("getLog", {"type": "browser"})["value"]
    return said


def _running(path: Path) -> Iterator[Site]:
    """The bot's web channel in a thread of its own."""
    ready: Future[tuple[Site, asyncio.Event]] = Future()

    async def run() -> None:
        stop, store = asyncio.Event(), Store.open(path)
        async with serve(store, WebSettings(port=0), clock=lambda: world.NOW, stop=stop) as url:
            ready.set_result((Site(url, store, asyncio.get_running_loop()), stop))
            await stop.wait()
        store.close()

    thread = threading.Thread(target=lambda: asyncio.run(run()))
    thread.start()
    site, stop = ready.result(30)
    try:
        yield site
    finally:
        site.loop.call_soon_threadsafe(stop.set)
        thread.join(30)
