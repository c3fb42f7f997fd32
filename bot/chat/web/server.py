"""uvicorn inside the bot's own loop: its socket is ours, and so are the signals."""

import asyncio
import contextlib
import errno
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import datetime
from ipaddress import ip_address

from bot.chat.web.app import create_app
from bot.errors import AddressInUse, SettingsError
from bot.settings import WebSettings
from bot.store import Store

GRACE = 1
"""Seconds that answers in hand get when the bot is told to stop. Event streams end at once."""


@contextlib.asynccontextmanager
async def serve(
    store: Store, settings: WebSettings, *, clock: Callable[[], datetime], stop: asyncio.Event
) -> AsyncIterator[str]:
    """Serve the web channel while the block runs, and give its address, such as ``http://127.0.0.1:8765``.

    The address answers from the start of the block. ``stop`` ends the event streams and the server; so does
    leaving the block. Raises AddressInUse, or SettingsError for an address that this machine does not have.
    """
    import uvicorn

    class Server(uvicorn.Server):
        @contextlib.contextmanager
        def capture_signals(self) -> Iterator[None]:
            yield  # the bot handles them

    app = create_app(store, settings, clock=clock, stop=stop)
    listening = listen(settings.host, settings.port)
    config = uvicorn.Config(
        app,
        http="h11",
        ws="none",
        lifespan="off",
        interface="asgi3",
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE,
    )
    server = Server(config)
    serving = asyncio.create_task(server.serve([listening]), name="web channel")

    async def end() -> None:
        await stop.wait()
        server.should_exit = True

    ending = asyncio.create_task(end(), name="web channel stop")
    try:
        yield address(listening)
    finally:
        stop.set()
        await ending
        await serving


def listen(host: str, port: int) -> socket.socket:
    """A listening socket on exactly that address; port 0 takes a free one. Raises AddressInUse, SettingsError."""
    try:
        family, kind, protocol, _, where = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listening = socket.socket(family, kind, protocol)
    except OSError as error:
        raise SettingsError(f"web.host: {host!r} is no address to listen on: {error.strerror}") from error
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(where)
        listening.listen(128)
        listening.setblocking(False)
    except OSError as error:
        listening.close()
        if error.errno == errno.EADDRINUSE:
            raise AddressInUse(
                f"{host}:{port}: another program listens there, maybe another Broadsheet; "
                "stop that one, or set web.port to another port (0 takes a free one)"
            ) from error
        if error.errno == errno.EACCES:
            raise SettingsError(
                f"web.port: {port} may not be listened on by this user; take one above 1023"
            ) from error
        raise SettingsError(f"web.host: {host} is no address of this machine: {error.strerror}") from error
    return listening


def address(listening: socket.socket) -> str:
    """The address at which a browser on this machine reaches the socket."""
    host, port, *_ = listening.getsockname()
    ip = ip_address(host)
    if ip.is_unspecified:
        ip = ip_address("127.0.0.1" if ip.version == 4 else "::1")
    return f"http://{ip if ip.version == 4 else f'[{ip}]'}:{port}"
