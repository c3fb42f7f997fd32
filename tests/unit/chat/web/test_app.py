"""Every address of the web channel, and what becomes of an error."""

import pytest

from bot.store import Store
from tests.unit.chat.web import world


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/channels", 200),
        ("/bookmarks", 200),
        ("/papers/1", 200),
        ("/papers/999999", 404),
        ("/papers/one", 404),
        ("/papers/99999999999999999999999", 404),
        ("/channels/none", 404),
        ("/channels/papers/2026-13-45", 404),
        ("/nothing", 404),
        ("/static/none.css", 404),
        ("/feed.atom", 200),
        ("/healthz", 200),
    ],
)
async def test_an_address_shows_its_page_or_says_that_there_is_none(
    client: world.Client, path: str, status: int
) -> None:
    """What a person can type never ends in an error of ours."""
    assert (await client.get(path)).status == status


async def test_a_method_that_a_page_does_not_know_is_refused(client: world.Client) -> None:
    """A page is not written to."""
    assert (await client.post("/bookmarks", "")).status == 405


async def test_a_history_that_cannot_be_read_is_a_page_that_says_so(store: Store) -> None:
    """A closed or broken history is one clear line with status 503, on every page."""
    client = world.client(store)
    store.close()
    for path in ("/channels", "/papers/1", "/nothing"):
        answer = await client.get(path)
        assert answer.status == 503
        assert "history" in answer.text.lower() or "database" in answer.text.lower()
