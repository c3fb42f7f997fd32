import asyncio
import signal
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest

from bot.chat.web import serve
from bot.chat.web.server import address, listen
from bot.errors import AddressInUse, SettingsError
from bot.settings import WebSettings
from bot.store import Store
from tests.unit.chat.web.world import NOW

FREE = WebSettings(port=0)


@asynccontextmanager
async def served(store: Store, stop: asyncio.Event) -> AsyncIterator[str]:
    """The host and port of a real server on a free port."""
    async with serve(store, FREE, clock=lambda: NOW, stop=stop) as where:
        yield urlsplit(where).netloc


def fetch(host: str, path: str, method: str = "GET") -> tuple[int, bytes]:
    """What a real request is answered with."""
    connection = HTTPConnection(host, timeout=5)
    try:
        connection.request(method, path)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


async def test_the_address_answers_as_soon_as_it_is_known(store: Store) -> None:
    """A page comes over a real socket; HEAD has no body; no server software is named."""
    async with served(store, asyncio.Event()) as host:
        status, body = await asyncio.to_thread(fetch, host, "/channels/papers")
        assert (status, b"Thrifty Transformers" in body) == (200, True)
        assert await asyncio.to_thread(fetch, host, "/channels/papers", "HEAD") == (200, b"")


async def test_it_stops_within_a_second_with_open_streams(store: Store) -> None:
    """Neither an open event stream nor an idle connection holds up the end."""
    stop = asyncio.Event()
    async with served(store, stop) as host:
        name, port = host.split(":")
        reader, writer = await asyncio.open_connection(name, int(port))
        writer.write(f"GET /events HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        assert b"200" in await reader.readline()
        idle_reader, idle_writer = await asyncio.open_connection(name, int(port))
        idle_writer.write(f"GET /healthz HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        assert b"200" in await idle_reader.readline()
        started = time.monotonic()
        stop.set()
    assert time.monotonic() - started < 1
    writer.close()
    idle_writer.close()


async def test_signals_are_left_to_the_bot(store: Store) -> None:
    """The server takes over no signal handler."""
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    async with served(store, asyncio.Event()) as host:
        await asyncio.to_thread(fetch, host, "/healthz")
        assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before


def test_a_port_in_use_is_one_clear_line() -> None:
    """The error names the address, and what to do."""
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(AddressInUse, match=rf"127.0.0.1:{port}.*web.port"):
            listen("127.0.0.1", port)


@pytest.mark.parametrize("host", ["192.0.2.1", "no such host", "::ffff:zz"])
def test_an_address_that_is_not_ours_is_a_setting_to_change(host: str) -> None:
    """The error names the key."""
    with pytest.raises(SettingsError, match=r"web\.host"):
        listen(host, 0)


def test_the_address_is_one_that_a_browser_can_open() -> None:
    """Every interface is shown as loopback, and IPv6 in brackets."""
    with listen("0.0.0.0", 0) as everywhere:
        assert address(everywhere) == f"http://127.0.0.1:{everywhere.getsockname()[1]}"
    if socket.has_ipv6:
        with listen("::1", 0) as six:
            assert address(six).startswith("http://[::1]:")
