"""Takes the README's pictures of the web channel, from the sample digest: ``python -m tests.browser.pictures [DIR]``.

Needs chromium and chromedriver on the PATH.
"""

import asyncio
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime, time
from functools import partial
from pathlib import Path

from selenium.webdriver.common.by import By

from bot import library
from bot.chat.web import WebAdapter, serve
from bot.ingest import ingest
from bot.models import Channel
from bot.publish import Publisher
from bot.reading.brief import brief_of
from bot.reading.tags import load_taxonomy
from bot.settings import WebSettings
from bot.store import Store, channels
from tests.browser.conftest import installed, look, start

NOW = datetime(2026, 11, 20, 8, 0, 5, tzinfo=UTC)
CHANNEL = Channel("web:papers", "web", "papers", "papers", "Europe/Berlin", time(9))
TAXONOMY = Path("config/tags.toml")
SIZE = (1280, 800)


async def fill(store: Store, files: Sequence[Path], taxonomy: str) -> None:
    """Read the sample digest, post it, and keep two of its papers."""
    await store.write(channels.sync, [CHANNEL])
    make_brief = partial(brief_of, taxonomy=load_taxonomy(taxonomy, name=TAXONOMY.name))
    for path in files:
        await ingest(store, path, make_brief, NOW, max_bytes=1_000_000)
    await Publisher(store, {"web": WebAdapter()}, lambda: NOW).post_now(CHANNEL)
    first = await library.day(store, CHANNEL.key)
    for person, brief in (
        ("web:me", first.shown[0]),
        ("web:you", first.shown[0]),
        ("web:me", first.shown[2]),
    ):
        assert brief.paper.id is not None
        await library.bookmark(store, person, brief.paper.id, NOW, "web")


def take(url: str, folder: Path, profile: str) -> None:
    """One picture in light and one in dark."""
    chromium = installed()
    assert chromium is not None, "needs chromium and chromedriver"
    chrome = start(chromium, profile)
    try:
        for scheme in ("light", "dark"):
            look(chrome, *SIZE, scheme, scale=1.5)
            chrome.get(url)
            assert chrome.find_elements(By.CSS_SELECTOR, "#papers > li")
            chrome.save_screenshot(str(folder / f"web-{scheme}.png"))
    finally:
        chrome.quit()


async def main(folder: Path, files: Sequence[Path], taxonomy: str) -> None:
    """Serve a history made of the sample digest, and look at it."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        store = Store.open(Path(scratch) / "history.db")
        await fill(store, files, taxonomy)
        async with serve(store, WebSettings(port=0), clock=lambda: NOW, stop=asyncio.Event()) as url:
            await asyncio.to_thread(take, url, folder, f"{scratch}/profile")
        store.close()


if __name__ == "__main__":
    target = Path(sys.argv[1] if len(sys.argv) > 1 else "docs")
    target.mkdir(exist_ok=True)
    asyncio.run(main(target, sorted(Path("digests").glob("*.txt")), TAXONOMY.read_text("utf-8")))
