from datetime import timedelta

import pytest
from pydantic import SecretStr

from bot.chat.web.guard import FREE_GUESSES, LONGEST_WAIT, Guesses, hostname
from bot.settings import WebSettings
from bot.store import Store
from tests.unit.chat.web import world
from tests.unit.chat.web.world import NOW, Client

PASSWORD = WebSettings(password=SecretStr("correct horse"))
RIGHT = {"authorization": "Basic YW55b25lOmNvcnJlY3QgaG9yc2U="}
WRONG = {"authorization": "Basic YW55b25lOndyb25n"}
OURS = {"origin": "http://127.0.0.1:8765"}
MARK = "/papers/1/bookmark"


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1:8765",
        "127.0.0.1",
        "localhost:1",
        "LOCALHOST",
        "[::1]:8765",
        "papers.example",
        "10.0.0.7:80",
    ],
)
async def test_known_hosts_are_served(store: Store, host: str) -> None:
    """Loopback, the address listened on and the names in the settings are ours, with any port."""
    settings = WebSettings(host="10.0.0.7", hosts=("Papers.Example",), password=SecretStr("correct horse"))
    answer = await world.client(store, settings).get("/healthz", RIGHT | {"host": host})
    assert answer.status == 200


@pytest.mark.parametrize(
    "host",
    ["", "evil.example", "127.0.0.1.evil.example", "localhost.evil.example:80", "[::1", "a@127.0.0.2", "<b>"],
)
async def test_unknown_hosts_are_refused(client: Client, host: str) -> None:
    """Another name, such as one rebound to our address, gets 400."""
    answer = await client.get("/", {"host": host})
    assert answer.status == 400
    assert answer.headers["content-type"].startswith("text/plain")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        (OURS, 303),
        ({"sec-fetch-site": "same-origin"}, 303),
        (OURS | {"sec-fetch-site": "same-origin"}, 303),
        ({"origin": "null"}, 403),
        ({"origin": "null", "sec-fetch-site": "same-origin"}, 403),
        ({"origin": "http://127.0.0.1:9999"}, 403),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "http://[::1"}, 403),
        (OURS | {"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"sec-fetch-site": "none"}, 403),
        ({}, 403),
    ],
)
async def test_writes_come_from_our_own_pages(client: Client, headers: dict[str, str], status: int) -> None:
    """A write from another site, from nowhere, or from something that does not say is refused."""
    answer = await client.post(MARK, "keep=1", headers)
    assert answer.status == status
    kept = (await client.get("/papers/1")).text
    assert ('aria-pressed="true"' in kept) == (status == 303)


async def test_every_answer_has_the_security_headers(client: Client, store: Store) -> None:
    """Pages, errors, refusals and files carry the policy; nothing of a person is cached."""
    answers = [
        await client.get("/channels/papers"),
        await client.get("/nope"),
        await client.get("/", {"host": "evil.example"}),
        await client.get("/static/style.css"),
        await client.get("/feed.atom"),
        await world.client(store, PASSWORD).get("/"),
    ]
    for answer in answers:
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "same-origin"
        assert answer.headers["cache-control"]
    assert answers[0].headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "path",
    ["/", "/channels/papers", "/papers/1", "/feed.atom", "/healthz", "/static/style.css", "/nope", "/events"],
)
async def test_with_a_password_every_address_needs_it(store: Store, path: str) -> None:
    """No page, file, feed or stream is shown without the password."""
    browser = world.client(store, PASSWORD)
    for headers in ({}, WRONG, {"authorization": "Basic ?"}, {"authorization": "Bearer x"}):
        answer = await browser.get(path, headers)
        assert answer.status == 401
        assert answer.headers["www-authenticate"].startswith("Basic ")
        assert "papers" not in answer.text


async def test_the_right_password_opens(store: Store) -> None:
    """With the password, and any user name, pages show and writes from our own pages work."""
    browser = world.client(store, PASSWORD)
    assert (await browser.get("/channels/papers", RIGHT)).status == 200
    assert (await browser.post(MARK, "keep=1", RIGHT | OURS)).status == 303
    assert (await browser.post(MARK, "keep=1", RIGHT | {"origin": "https://evil.example"})).status == 403


async def test_guessing_is_slowed_down(store: Store) -> None:
    """After a few wrong passwords even the right one has to wait, so that guesses can't be told apart."""
    browser = world.client(store, PASSWORD)
    for _ in range(FREE_GUESSES):
        assert (await browser.get("/", WRONG)).status == 401
    answer = await browser.get("/", RIGHT)
    assert answer.status == 429
    assert int(answer.headers["retry-after"]) >= 1


def test_waits_grow_and_end() -> None:
    """Each wrong guess doubles the wait up to a minute; another address, or time, or the right one, is free."""
    now = NOW
    guesses = Guesses(lambda: now)
    for _ in range(FREE_GUESSES):
        assert not guesses.wait("192.0.2.1")
        guesses.wrong("192.0.2.1")
    assert guesses.wait("192.0.2.1") == timedelta(seconds=1)
    guesses.wrong("192.0.2.1")
    assert guesses.wait("192.0.2.1") == timedelta(seconds=2)
    assert not guesses.wait("192.0.2.2")
    for _ in range(2000):
        guesses.wrong("192.0.2.1")
    assert guesses.wait("192.0.2.1") == LONGEST_WAIT
    now += LONGEST_WAIT
    assert not guesses.wait("192.0.2.1")
    now = NOW
    guesses.forget("192.0.2.1")
    assert not guesses.wait("192.0.2.1")


def test_one_ipv6_household_is_one_address() -> None:
    """Guesses from many addresses of one /64 count together."""
    guesses = Guesses(lambda: NOW)
    for number in range(FREE_GUESSES):
        guesses.wrong(f"2001:db8::{number + 1:x}")
    assert guesses.wait("2001:db8::ffff")
    assert not guesses.wait("2001:db8:0:1::1")


@pytest.mark.parametrize(
    ("host", "name"),
    [("a.Example:80", "a.example"), ("[::1]:80", "::1"), ("[::1", ""), ("", ""), (":80", "")],
)
def test_the_name_in_a_host_header(host: str, name: str) -> None:
    """Ports and brackets go; nonsense has no name."""
    assert hostname(host) == name
