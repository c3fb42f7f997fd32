import re
import sqlite3
from datetime import timedelta
from urllib.parse import quote

import pytest
from markupsafe import escape

from bot import library
from bot.chat.web.commands import COMMANDS, OPERATORS
from bot.models import Bookmark, Channel, Decision
from bot.store import Store, bookmarks, channels, papers
from tests.unit.chat.web import world
from tests.unit.chat.web.world import HOSTILE, NOW, ODD, TODAY, Client, brief, hostile

DAY = f"/channels/papers/{TODAY}"


async def test_the_first_page_is_the_latest_day(client: Client) -> None:
    """The root goes to the first channel's latest thread, which shows its papers whole."""
    answer = await client.get("/")
    assert (answer.status, answer.headers["location"]) == (303, DAY)
    page = (await client.get(DAY)).text
    assert "Wednesday, 11 March 2026" in page
    assert "5 new papers" in page
    assert "3 papers in thread" in page
    assert "09:30" in page, "the time is local to the channel"
    for number in (3, 4, 5):
        assert f"Thrifty Transformers {number}" in page
        assert f"Dropping layer {number} loses nothing." in page
        assert f'href="https://github.com/example/thrifty-{number}"' in page
    assert page.count("<details") == 3
    assert "2.5× faster" in page
    assert "transformers" in page


async def test_days_stand_oldest_first(client: Client) -> None:
    """The timeline reads like a chat, and each day leads to its thread."""
    page = (await client.get("/channels/papers")).text
    assert page.index("day-2026-03-10") < page.index("day-2026-03-11")
    assert 'href="/channels/papers/2026-03-10"' in page


async def test_earlier_days_are_reached(empty: Store) -> None:
    """More days than fit are paged through, and an old day brings its own time line."""
    for number in range(16):
        await world.post(empty, world.PAPERS, [brief(number)], NOW + timedelta(days=number))
    browser = world.client(empty, now=NOW + timedelta(days=15))
    page = (await browser.get("/channels/papers")).text
    assert "day-2026-03-13" in page
    assert "day-2026-03-12" not in page
    earlier = re.search(r'href="(/channels/papers\?before=[^"]+)"', page)
    assert earlier is not None
    assert "day-2026-03-12" in (await browser.get(earlier[1])).text
    old = (await browser.get("/channels/papers/2026-03-11")).text
    assert "day-2026-03-11" in old
    assert "Latest days" in old


async def test_what_was_left_out_is_paged_through(client: Client) -> None:
    """The closing message names what was left out and leads to it; beyond the last page is nothing."""
    page = (await client.get(DAY)).text
    assert "2 more papers" in page
    assert 'href="/papers/6"' in page
    assert f'href="{DAY}?rest=1"' in page
    rest = (await client.get(f"{DAY}?rest=1")).text
    assert "Dropping layer 6 loses nothing." in rest
    assert "Dropping layer 7 loses nothing." in rest
    assert "Dropping layer 3 loses nothing." not in rest
    assert (await client.get(f"{DAY}?rest=2")).status == 404
    assert (await client.get("/channels/papers/2026-03-10?rest=1")).status == 404


async def test_many_left_out_come_twenty_a_page(empty: Store) -> None:
    """Each of them is on exactly one page."""
    await world.post(empty, world.PAPERS, [brief(number) for number in range(1, 46)])
    browser = world.client(empty)
    found: list[str] = []
    for page in (1, 2, 3):
        found += re.findall(r'id="paper-(\d+)"', (await browser.get(f"{DAY}?rest={page}")).text)
    assert sorted(map(int, found)) == list(range(4, 46))


async def test_a_search_answers_with_marks_and_places(client: Client) -> None:
    """Hits show why they match, where they were posted, and can be bookmarked; the form keeps the query."""
    page = (await client.get("/command?text=/search+layer+7&channel=papers")).text
    assert "<mark>layer</mark> <mark>7</mark>" in page
    assert f'href="{DAY}"' in page
    assert 'value="/search layer 7"' in page
    assert "Nothing found" in (await client.get("/command?text=zeppelin")).text
    assert "<mark>" in (await client.get("/command?text=layer")).text


async def test_a_tag_leads_to_the_papers_that_have_it(client: Client) -> None:
    """A tag on a paper, or on a day's header, leads to the page of that very tag."""
    page = (await client.get(DAY)).text
    links = set(re.findall(r'href="(/tags/[^"]+)"', page))
    assert links == {"/tags/transformers", "/tags/efficient%20inference"}
    for link in links:
        assert "7 papers, newest first" in (await client.get(link)).text


async def test_my_bookmarks_can_be_searched(client: Client) -> None:
    """``bookmarked:me`` is about the person before the web channel."""
    assert "Nothing found" in (await client.get("/command?text=bookmarked:me+layer")).text
    await client.post("/papers/1/bookmark", "keep=1")
    page = (await client.get("/command?text=bookmarked:me+layer")).text
    assert re.findall(r'id="paper-(\d+)"', page) == ["1"]


async def test_search_results_are_paged(empty: Store) -> None:
    """Every hit is on exactly one page, and there is none after the last."""
    await world.post(empty, world.PAPERS, [brief(number) for number in range(1, 26)])
    browser = world.client(empty)
    pages = [(await browser.get(f"/command?text=layer&page={page}")).text for page in (1, 2)]
    found = [int(number) for page in pages for number in re.findall(r'id="paper-(\d+)"', page)]
    assert sorted(found) == list(range(1, 26))
    assert "page=2" in pages[0]
    assert (await browser.get("/command?text=layer&page=3")).status == 404


async def test_search_results_stay_in_place_while_papers_arrive(empty: Store) -> None:
    """The link to the next page leads on from this one, whatever was read meanwhile."""
    await world.post(empty, world.PAPERS, [brief(number) for number in range(1, 26)])
    browser = world.client(empty)
    first = (await browser.get("/command?text=layer")).text
    await empty.write(world.read_digest, "more.txt", [brief(number) for number in range(26, 51)], NOW)
    (following,) = re.findall(r'rel="next" href="([^"]+)"', first)
    second = (await browser.get(following.replace("&amp;", "&"))).text
    found = [int(number) for page in (first, second) for number in re.findall(r'id="paper-(\d+)"', page)]
    assert sorted(found) == list(range(1, 26))


@pytest.mark.parametrize(
    "text", ['"', "AND OR NOT", "a*b^c:d", "title:x", "‹x›", "\x00", "😀", "%ED%A0%80", "'; --"]
)
async def test_any_query_is_answered(client: Client, text: str) -> None:
    """No text is an error."""
    assert (await client.get(f"/command?text={quote(text, safe='%')}")).status == 200


async def test_help_and_mistakes_name_every_command(client: Client) -> None:
    """A person who mistypes learns what there is."""
    for text in ("/help", "", "/serach", "/search"):
        page = (await client.get(f"/command?text={text}")).text
        for name in COMMANDS:
            assert f">{name}</a>" in page
        for example in OPERATORS:
            assert f">{escape(example)}</a>" in page
    assert (await client.get(f"/command?text={'x' * 201}")).status == 400


async def test_similar_papers_are_shown(client: Client) -> None:
    """/similar names a paper by number or title; one that is not there is told."""
    page = (await client.get("/command?text=/similar+1")).text
    assert "the most alike first" in page
    assert 'id="paper-2"' in page
    assert 'id="paper-1"' not in page
    assert "There is no paper" in (await client.get("/command?text=/similar+zeppelin")).text
    assert "/command?text=%2Fsimilar+1" in (await client.get("/papers/1")).text


async def test_what_people_keep_is_shown(client: Client) -> None:
    """/top lists it, ever or lately, and says when there is nothing."""
    assert "Nothing was kept" in (await client.get("/command?text=/top")).text
    await client.post("/papers/2/bookmark", "keep=1")
    for text in ("/top", "/top+1+day"):
        page = (await client.get(f"/command?text={text}")).text
        assert re.findall(r'id="paper-(\d+)"', page) == ["2"]


async def test_today_and_bookmarks_lead_to_their_pages(client: Client, store: Store) -> None:
    """/today goes to today's post, or says that there is none yet."""
    assert (await client.get("/command?text=/today")).headers["location"] == DAY
    assert (await client.get("/command?text=/bookmarks")).headers["location"] == "/bookmarks"
    tomorrow = world.client(store, now=NOW + timedelta(days=1))
    assert "No post yet today" in (await tomorrow.get("/command?text=/today")).text


async def test_a_bookmark_is_set_and_dropped(client: Client, store: Store) -> None:
    """A form sets what it says, as often as it is sent, and goes back to where it was; a script gets JSON."""
    for _ in range(2):
        answer = await client.post("/papers/3/bookmark", "keep=1&back=" + quote(f"{DAY}#paper-3"))
        assert (answer.status, answer.headers["location"]) == (303, f"{DAY}#paper-3")
    kept = await library.kept(store, "web:me")
    assert [(one.bookmark.paper_id, one.bookmark.source, one.bookmark.created) for one in kept] == [
        (3, "web", NOW)
    ]
    json = {"origin": "http://127.0.0.1:8765", "accept": "application/json"}
    assert (await client.post("/papers/3/bookmark", "keep=0", json)).text == '{"kept":false,"count":0}'
    assert await library.kept(store, "web:me") == []


@pytest.mark.parametrize(
    "back", ["https://evil.example", "//evil.example", "/\\evil.example", "x", "/a\r\nb", ""]
)
async def test_a_form_leads_nowhere_else(client: Client, back: str) -> None:
    """A way back that leaves the site is not taken."""
    answer = await client.post("/papers/3/bookmark", f"keep=1&back={quote(back)}")
    assert answer.headers["location"] == "/papers/3"


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/papers/999/bookmark", "keep=1", 404),
        ("/papers/999/bookmark", "keep=0", 404),
        ("/papers/3/bookmark", "", 400),
        ("/papers/3/bookmark", "keep=2", 400),
        ("/papers/3/bookmark", "&".join(["keep=1"] * 50), 400),
        ("/papers/3/bookmark", "keep=1&back=/" + "x" * 9000, 413),
        ("/papers/3", "keep=1", 405),
    ],
)
async def test_bad_forms_change_nothing(
    client: Client, store: Store, path: str, body: str, status: int
) -> None:
    """An unknown paper, a missing choice, too many fields and too large a body are refused."""
    assert (await client.post(path, body)).status == status
    assert await library.kept(store, "web:me") == []


async def test_bookmarks_come_twenty_a_page(empty: Store) -> None:
    """Each of them is on exactly one page, and there is none after the last."""
    await world.post(empty, world.PAPERS, [brief(number) for number in range(1, 26)])
    for number in range(1, 26):
        await empty.write(bookmarks.add, Bookmark("web:me", number, NOW + timedelta(seconds=number)))
    browser = world.client(empty)
    pages = [(await browser.get(f"/bookmarks?page={page}")).text for page in (1, 2)]
    found = [int(number) for page in pages for number in re.findall(r'id="paper-(\d+)"', page)]
    assert found == list(range(25, 0, -1))
    assert "25 papers" in pages[1]
    assert (await browser.get("/bookmarks?page=3")).status == 404


async def test_bookmarks_show_notes_and_can_be_downloaded(client: Client, store: Store) -> None:
    """The newest comes first, with its note; every format of the library is offered."""
    await store.write(bookmarks.add, Bookmark("web:me", 2, NOW - timedelta(days=1), note="read <b>this</b>"))
    await store.write(bookmarks.add, Bookmark("web:me", 5, NOW))
    await store.write(bookmarks.add, Bookmark("discord:1", 4, NOW))
    page = (await client.get("/bookmarks")).text
    assert page.index("Thrifty Transformers 5") < page.index("Thrifty Transformers 2")
    assert "read &lt;b&gt;this&lt;/b&gt;" in page
    assert "Thrifty Transformers 4" not in page
    offered = re.findall(r'href="(/bookmarks/export\?format=(\w+))"', page)
    assert {name for _, name in offered} == {"bibtex", "ris", "csv", "json", "markdown"}
    for path, _ in offered:
        answer = await client.get(path)
        assert answer.headers["content-disposition"].startswith('attachment; filename="bookmarks.')
        assert "Thrifty Transformers 5" in answer.text
        assert "Thrifty Transformers 4" not in answer.text
    assert (await client.get("/bookmarks/export?format=exe")).status == 404


async def test_a_note_is_written_on_what_one_keeps(client: Client, store: Store) -> None:
    """It can be changed and taken away; on a paper that is not kept, or too long, it changes nothing."""
    assert (await client.post("/papers/2/note", "note=later")).status == 404
    await store.write(bookmarks.add, Bookmark("web:me", 2, NOW))
    answer = await client.post("/papers/2/note", "note=" + quote("  read\r\nagain <b>"))
    assert (answer.status, answer.headers["location"]) == (303, "/bookmarks#paper-2")
    assert "read again &lt;b&gt;" in (await client.get("/bookmarks")).text
    assert (await client.post("/papers/2/note", "note=" + quote("😀" * 500))).status == 303
    assert (await client.post("/papers/2/note", "note=" + "x" * 501)).status == 400
    assert (await client.post("/papers/2/note", "note=x", {"origin": "https://evil.example"})).status == 403
    assert (await library.kept(store, "web:me"))[0].bookmark.note == "😀" * 500
    await client.post("/papers/2/note", "")
    assert (await library.kept(store, "web:me"))[0].bookmark.note == ""


async def test_counts_are_of_everyone_and_marks_ones_own(client: Client, store: Store) -> None:
    """Another person's bookmark counts, but does not press one's own button."""
    await store.write(bookmarks.add, Bookmark("discord:1", 4, NOW))
    page = (await client.get("/papers/4")).text
    assert 'aria-pressed="false"' in page
    assert "kept by 1" in page


async def test_a_paper_tells_all_that_is_known(client: Client, store: Store) -> None:
    """Its page has authors, areas, where and why it was seen, where it was posted, and what is related."""
    await store.write(papers.relate, 3, 1, Decision("related", "near-title", "a later version"))
    page = (await client.get("/papers/3")).text
    assert "Ada Example, Émile Échantillon" in page
    assert "guessed from the text" in page
    assert "2026-03-11-083000.txt" in page
    assert "line 2" in page
    assert "nothing like it in the history" in page
    assert f'href="{DAY}#paper-3"' in page
    assert "Thrifty Transformers 1" in page
    assert "a later version" in page
    assert "named in the closing message" in (await client.get("/papers/6")).text


@pytest.mark.parametrize(
    "path",
    [
        "/papers/0",
        "/papers/999",
        "/papers/-1",
        "/papers/x",
        "/papers/%F0%9D%9F%9A",
        "/papers/" + "9" * 5000,
        "/channels/nope",
        "/channels/papers/2026-13-45",
        "/channels/papers/2020-01-01",
        f"/channels/papers/{TODAY}?rest=x",
        "/channels/papers?before=yesterday",
        "/command?text=layer&page=0",
        "/command?text=layer&page=99999999999",
        "/command?text=x&channel=nope",
        "/static/nope",
        "/static/..%2Fapp.py",
        "/nope",
    ],
)
async def test_what_is_not_there_says_so(client: Client, path: str) -> None:
    """An address of nothing is a helpful page, not a failure."""
    answer = await client.get(path)
    assert answer.status == 404
    assert "the latest papers" in answer.text


@pytest.mark.parametrize(
    "path", ["/", "/channels", DAY, "/papers/3", "/bookmarks", "/feed.atom", "/healthz", "/events"]
)
async def test_head_answers_like_get(client: Client, path: str) -> None:
    """HEAD has the same status and kind."""
    head = await client.get(path, method="HEAD")
    assert head.status in (200, 303)


async def test_no_text_of_a_paper_is_markup(empty: Store) -> None:
    """Titles, summaries, tags and notes stay text wherever they stand, and links lead only to the web."""
    await world.post(empty, world.PAPERS, [hostile(number) for number in range(1, 6)])
    await empty.write(bookmarks.add, Bookmark("web:me", 1, NOW, note=HOSTILE))
    browser = world.client(empty)
    paths = [
        DAY,
        f"{DAY}?rest=1",
        "/papers/1",
        "/bookmarks",
        "/command?text=script",
        "/command?text=" + quote(HOSTILE),
    ]
    for path in paths:
        page = (await browser.get(path)).text
        assert "<script>" not in page, path
        assert "<b onclick" not in page, path
        assert "javascript:" not in page, path
        assert '"onclick' not in page, path
        assert "alert" in page, path


async def test_any_channel_name_makes_working_addresses(empty: Store) -> None:
    """Slashes, blanks, letters beyond ASCII and signs in a channel's name survive in its links."""
    await world.post(empty, ODD, [brief(number) for number in range(1, 6)])
    browser = world.client(empty)
    first = (await browser.get("/")).headers["location"]
    page = await browser.get(first)
    assert page.status == 200
    for link in set(re.findall(r'href="(/(?:channels|command)[^"#]*)', page.text)):
        assert (await browser.get(link.replace("&amp;", "&"))).status == 200, link


async def test_a_new_channel_says_how_to_feed_it(empty: Store) -> None:
    """Without any post the pages tell what to do, and without a channel too."""
    browser = world.client(empty)
    assert (await browser.get("/")).headers["location"] == "/channels"
    assert "No channel yet" in (await browser.get("/channels")).text
    await empty.write(channels.sync, [world.PAPERS])
    assert (await browser.get("/")).headers["location"] == "/channels/papers"
    assert "digests/" in (await browser.get("/channels/papers")).text
    assert "no post yet" in (await browser.get("/channels")).text
    assert (await browser.get("/feed.atom")).status == 200


async def test_other_platforms_channels_are_not_shown_here(client: Client, store: Store) -> None:
    """The web channel lists web channels only."""
    discord = Channel("discord:1", "discord", "1", "secret-club", "UTC", world.PAPERS.time)
    await store.write(channels.sync, [world.PAPERS, discord])
    assert "secret-club" not in (await client.get("/channels/papers")).text
    assert (await client.get("/channels/secret-club")).status == 404


async def test_a_broken_history_is_one_line(client: Client, store: Store) -> None:
    """When the store can't be read, a page says so with 503 and the health check too."""
    with sqlite3.connect(store.path) as db:
        db.execute("DROP TABLE channels")
    for path in ("/", DAY, "/papers/3", "/nope"):
        answer = await client.get(path)
        assert answer.status == 503, path
        assert answer.text.count("\n") == 1
    health = await client.get("/healthz")
    assert (health.status, '"status":"unavailable"' in health.text) == (503, True)


async def test_health(client: Client) -> None:
    """The health check is small and in JSON."""
    assert (await client.get("/healthz")).text == '{"status":"ok","channels":1}'
