"""The pages that look back: drawings, calendars, tags and their feeds."""

import re
from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest

from bot import library, plots
from bot.errors import BroadsheetError
from bot.store import Store, channels
from tests.unit.chat.web import world
from tests.unit.chat.web.world import HOSTILE, NOW, ODD, Client, brief, hostile

ATOM = "{http://www.w3.org/2005/Atom}"


async def test_a_history_is_drawn_and_told(client: Client, store: Store) -> None:
    """Each plot comes with a table of the same numbers, and nothing that the security policy refuses."""
    await library.bookmark(store, "web:me", 3, NOW, "web")
    answer = await client.get("/history")
    assert answer.status == 200
    assert answer.text.count("<svg xmlns=") == 6
    assert answer.text.count('role="img"') == 6
    assert "style=" not in answer.text
    assert '<tr><th scope="row">11 Mar 2026</th><td>7</td><td>3</td><td>1</td></tr>' in answer.text
    assert (
        '<th scope="row"><a href="/tags/transformers">transformers</a></th><td>5</td><td>1</td>'
        in answer.text
    )
    assert 'href="/history" aria-current="page"' in answer.text


async def test_a_new_history_has_its_page_too(empty: Store) -> None:
    """With nothing read, the page says so in words."""
    page = (await world.client(empty).get("/history")).text
    assert "No paper with a tag" in page
    assert "is bookmarked yet" in page


async def test_a_drawing_is_made_once(client: Client, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same numbers are drawn once; a page whose drawing failed still has its tables."""
    made = []

    def draw(function: object, of: object) -> plots.Drawings:
        made.append(of)
        raise BroadsheetError("no room")

    monkeypatch.setattr(plots, "apart", draw)
    for _ in range(2):
        answer = await client.get("/history")
        assert answer.status == 200
        assert "As a table" in answer.text
        assert "<svg xmlns=" not in answer.text
    assert len(made) == 1
    await library.bookmark(store, "web:me", 3, NOW, "web")
    await client.get("/history")
    assert len(made) == 2


async def test_a_calendar_opens_each_days_post(client: Client) -> None:
    """A day with a post is a link that says how much it holds; others are plain, and years lead on."""
    page = (await client.get("/channels/papers/calendar")).text
    assert (
        'href="/channels/papers/2026-03-11" aria-label="Wednesday, 11 March 2026: 3 papers" title="3 papers">11</a>'
        in page
    )
    assert len(re.findall(r'<a class="q\d"', page)) == 2
    assert "<td>12</td>" in page
    assert (await client.get("/channels/papers/calendar?year=2026")).status == 200
    for wrong in (
        "/channels/papers/calendar?year=2020",
        "/channels/papers/calendar?year=x",
        "/channels/no/calendar",
    ):
        assert (await client.get(wrong)).status == 404


async def test_years_lead_to_each_other(empty: Store) -> None:
    """The latest year comes first, whatever lies between; a channel without posts has an empty calendar."""
    await empty.write(channels.sync, [world.PAPERS])
    browser = world.client(empty)
    assert "No post yet in #papers" in (await browser.get("/channels/papers/calendar")).text
    await world.post(empty, world.PAPERS, [brief(1)], NOW - timedelta(days=900))
    await world.post(empty, world.PAPERS, [brief(2)])
    page = (await browser.get("/channels/papers/calendar")).text
    assert '<h1 class="bar-title">2026</h1>' in page
    assert '<a rel="prev" href="/channels/papers/calendar?year=2023">' in page
    assert (
        'href="/channels/papers/calendar?year=2026"'
        in (await browser.get("/channels/papers/calendar?year=2023")).text
    )


async def test_tags_have_pages(client: Client) -> None:
    """All tags are listed with their counts; a tag's papers come newest first, and each tag of a paper leads there."""
    assert (
        'href="/tags/efficient%20inference">efficient inference <span class="n">7</span>'
        in (await client.get("/tags")).text
    )
    page = (await client.get("/tags/efficient%20inference")).text
    assert page.index("paper-7") < page.index("paper-1")
    assert (
        '<link rel="alternate" type="application/atom+xml" title="Broadsheet · efficient inference"' in page
    )
    assert 'href="/tags/transformers"' in (await client.get("/papers/3")).text
    assert (await client.get("/tags/cookery")).status == 404


async def test_pages_of_a_tag_stay_in_place(empty: Store) -> None:
    """The second page is the same though papers have come since."""
    await world.post(empty, world.PAPERS, [brief(number) for number in range(1, 26)])
    browser = world.client(empty)
    older = re.search(r'rel="next" href="([^"]+)"', (await browser.get("/tags/transformers")).text)
    assert older is not None
    before = (await browser.get(older[1])).text
    await world.post(empty, world.PAPERS, [brief(99)], NOW + timedelta(days=1))
    ids = re.findall(r'id="paper-(\d+)"', (await browser.get(older[1])).text)
    assert ids == re.findall(r'id="paper-(\d+)"', before) == ["5", "4", "3", "2", "1"]
    for wrong in ("x", "-1", "9" * 30):
        assert (await browser.get(f"/tags/transformers?before={wrong}")).status == 404


async def test_a_tag_has_a_feed(client: Client) -> None:
    """An Atom entry a paper, newest first, that leads to it."""
    answer = await client.get("/tags/efficient%20inference/feed.atom")
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    root = ET.fromstring(answer.text)
    assert root.findtext(f"{ATOM}title") == "Broadsheet · efficient inference"
    entries = root.findall(f"{ATOM}entry")
    assert len({entry.findtext(f"{ATOM}id") for entry in entries}) == len(entries) == 7
    assert entries[0].findtext(f"{ATOM}title") == "Thrifty Transformers 7: Less Is Enough"
    link = entries[0].find(f"{ATOM}link")
    assert link is not None
    assert link.get("href") == "http://127.0.0.1:8765/papers/7"


async def test_hostile_text_stays_text_when_one_looks_back(empty: Store) -> None:
    """A tag and a channel that want to be markup are letters on every page and in the feed."""
    await world.post(empty, ODD, [hostile(1)])
    await library.bookmark(empty, "web:me", 1, NOW, "web")
    browser = world.client(empty)
    link = re.search(r'href="(/tags/[^"]+)"', (await browser.get("/tags")).text)
    assert link is not None
    paths = ["/history", "/tags", link[1], "/channels/a%2Fb%20%C3%BC%3F%23/calendar"]
    for path in paths:
        answer = await browser.get(path)
        assert answer.status == 200, path
        assert "<script>alert" not in answer.text
        assert "<b onclick" not in answer.text
    assert ET.fromstring((await browser.get(f"{link[1]}/feed.atom")).text).findtext(f"{ATOM}title") == (
        f"Broadsheet · {HOSTILE}"
    )
