import hashlib
import re
from pathlib import Path

import pytest

from bot.chat.web.pages import Pages
from bot.store import Store
from tests.unit.chat.web import world
from tests.unit.chat.web.world import TODAY, Client

STATIC = Path("bot/chat/web/static")
FILES = {file.name for file in STATIC.iterdir()}


async def test_files_are_named_by_their_content(client: Client) -> None:
    """Every file that a page names is there, of its kind, and may be kept for good under that address."""
    page = (await client.get(f"/channels/papers/{TODAY}")).text
    named = dict(re.findall(r'"/static/([\w.]+)\?v=(\w+)"', page))
    assert set(named) == FILES
    for name, version in named.items():
        answer = await client.get(f"/static/{name}?v={version}")
        assert hashlib.sha256(answer.body).hexdigest().startswith(version)
        assert "immutable" in answer.headers["cache-control"]
    assert (await client.get("/static/style.css")).headers["content-type"].startswith("text/css")
    assert (await client.get("/static/icon.svg")).headers["content-type"] == "image/svg+xml"
    assert (await client.get("/static/live.js")).headers["content-type"].startswith("text/javascript")


def test_no_template_needs_more_than_the_policy_allows() -> None:
    """No inline script, style or handler stands in any template, and nothing is loaded from elsewhere."""
    for template in (STATIC.parent / "templates").iterdir():
        text = template.read_text("utf-8")
        assert not re.search(
            r"<style|\sstyle=|\son\w+=|<script(?! src)|(?:src|stylesheet\" href)=\"http", text
        ), template


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
async def test_other_methods_are_not_allowed(client: Client, method: str) -> None:
    """A page can be read only."""
    answer = await client.send(method, "/papers/3", {"origin": "http://127.0.0.1:8765"}, b"")
    assert answer.status == 405


async def test_a_failing_page_is_told_and_the_next_one_works(
    store: Store, client: Client, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What nobody expected is one plain line with the headers of any page, and the log has the rest."""

    async def fail(self: Pages, request: object) -> None:
        raise RuntimeError("a secret detail")

    monkeypatch.setattr(Pages, "health", fail)
    answer = await world.client(store).get("/healthz")
    assert answer.status == 500
    assert "secret" not in answer.text
    assert "content-security-policy" in answer.headers
    assert "a secret detail" in capsys.readouterr().out
    assert (await client.get("/papers/3")).status == 200
