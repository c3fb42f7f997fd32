from dataclasses import replace
from datetime import datetime, timedelta
from xml.etree import ElementTree as ET

from bot import library
from bot.chat.web import feed, history
from bot.store import Store
from tests.unit.chat.web import world
from tests.unit.chat.web.world import HOSTILE, NOW, PAPERS, TODAY, Client, hostile

ATOM = "{http://www.w3.org/2005/Atom}"


def texts(root: ET.Element, path: str) -> list[str]:
    """The texts at an Atom path such as ``entry/id``."""
    return [one.text or "" for one in root.findall("/".join(ATOM + part for part in path.split("/")))]


async def test_a_feed_has_what_atom_asks_for(client: Client) -> None:
    """Feed and entries have one id, title and date each, an author, and links to themselves and the pages."""
    answer = await client.get("/feed.atom")
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    root = ET.fromstring(answer.body)
    assert root.tag == f"{ATOM}feed"
    assert len(texts(root, "author/name")) == 1
    assert [link.attrib["href"] for link in root.findall(f"{ATOM}link[@rel='self']")] == [
        "http://127.0.0.1:8765/feed.atom"
    ]
    entries = root.findall(f"{ATOM}entry")
    assert len(entries) == 2
    for one in [root, *entries]:
        for name in ("id", "title", "updated"):
            assert len(texts(one, name)) == 1, name
        assert datetime.fromisoformat(texts(one, "updated")[0]).tzinfo is not None
    assert len({*texts(root, "id"), *texts(root, "entry/id")}) == 3
    assert all(id_.startswith("tag:") for id_ in texts(root, "id") + texts(root, "entry/id"))


async def test_the_newest_post_comes_first_with_its_papers(client: Client) -> None:
    """An entry's content names the papers of the thread, with links that work from anywhere."""
    root = ET.fromstring((await client.get("/channels/papers/feed.atom")).body)
    newest, older = texts(root, "entry/content")
    assert 'href="http://127.0.0.1:8765/papers/3"' in newest
    assert "Dropping layer 3 loses nothing." in newest
    assert "2 more papers" in newest
    assert "Dropping layer 1 loses nothing." in older


async def test_pages_name_their_feeds(client: Client) -> None:
    """A feed reader finds the feeds from any page of the channel."""
    page = (await client.get(f"/channels/papers/{TODAY}")).text
    assert 'type="application/atom+xml"' in page
    assert 'href="/channels/papers/feed.atom"' in page


async def test_ids_stay_and_dates_follow_the_messages(store: Store) -> None:
    """An entry keeps its id whoever asks and whenever; it is updated when a message was added."""
    thread = history.thread(await library.day(store, PAPERS.key, TODAY))
    later = replace(thread, closed=NOW + timedelta(hours=1))
    one = ET.fromstring(feed.render([thread], "a", "http://a", "/feed.atom", NOW))
    other = ET.fromstring(feed.render([later], "b", "https://b", "/feed.atom", NOW + timedelta(days=9)))
    assert texts(one, "entry/id") == texts(other, "entry/id")
    assert texts(one, "id") == texts(other, "id")
    assert texts(one, "entry/updated") == ["2026-03-11T08:30:00Z"]
    assert texts(other, "entry/updated") == texts(other, "updated") == ["2026-03-11T09:30:00Z"]


async def test_two_bots_never_share_an_id(store: Store) -> None:
    """The same channel and date posted by another bot, at another moment, is another entry."""
    day = await library.day(store, PAPERS.key, TODAY)
    elsewhere = replace(day, post=replace(day.post, created=NOW + timedelta(microseconds=1)))
    feeds = [
        feed.render([history.thread(one)], "a", "http://a", "/feed.atom", NOW) for one in (day, elsewhere)
    ]
    ids = {id_ for one in feeds for id_ in texts(ET.fromstring(one), "entry/id")}
    assert len(ids) == 2


async def test_hostile_text_stays_text(empty: Store) -> None:
    """Titles with tags and with characters that XML forbids leave the feed well formed."""
    bad = hostile(1)
    control = replace(bad, summary="a\x00b\x0bc\ufffed")
    await world.post(empty, PAPERS, [bad, replace(control, paper=replace(bad.paper, title="\x01 x"))])
    root = ET.fromstring((await world.client(empty).get("/feed.atom")).body)
    content = texts(root, "entry/content")[0]
    assert HOSTILE not in content
    assert "&lt;script&gt;" in content
    assert "abcd" in content
