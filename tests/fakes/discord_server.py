"""A Discord on the loopback interface, for the unmodified discord.py: REST API and gateway.

It holds a bot to what Discord documents: limits, permissions, intents, nonces, rate limits, deadlines; and it can be
told to fail as Discord and the way to it fail. People act through the methods of ``DiscordServer``::

    async with DiscordServer() as server:
        guild = server.add_guild()
        channel = guild.add_text()
        ...                                   # point discord.py at server.api_url and server.gateway_url
        reader = guild.add_member()
        await server.react(reader, server.messages(channel.id)[0].id, "🔖")
        reply = await server.command(reader, channel.id, "search", {"query": "graphs"})

``serving`` runs it in a thread of its own, for a bot that is a process. ``python -m tests.fakes.discord_server``
serves one for a developer.
"""

import argparse
import asyncio
import contextlib
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Self, TypeVar

from aiohttp import web

from tests.fakes.discord_api import PREFIX, Api, Request
from tests.fakes.discord_commands import Commands, NotOffered
from tests.fakes.discord_errors import Json
from tests.fakes.discord_faults import Fault, Planned
from tests.fakes.discord_gateway import Gateway
from tests.fakes.discord_interactions import Interactions
from tests.fakes.discord_permissions import Permission
from tests.fakes.discord_places import Chan, Guild
from tests.fakes.discord_rates import Limiter, Rates
from tests.fakes.discord_records import Kind, Msg, Role, User
from tests.fakes.discord_replies import Reply
from tests.fakes.discord_routes import table
from tests.fakes.discord_schema import DOCUMENT, schema
from tests.fakes.discord_world import World

__all__ = [
    "Chan",
    "DiscordServer",
    "Fault",
    "Guild",
    "Kind",
    "Msg",
    "NotOffered",
    "Permission",
    "Rates",
    "Reply",
    "Request",
    "Role",
    "Served",
    "User",
    "serving",
]

T = TypeVar("T")
RATES = Rates()
WHOLE_REQUEST = 25 * 1024 * 1024  # reference, uploading files


class DiscordServer(World):
    """Discord on 127.0.0.1, on a port that the system chooses.

    ``clock`` gives seconds for limits and deadlines, ``wall`` those since 1970, for ids and nonces. ``document`` is
    Discord's OpenAPI document, against which requests are checked if it is there; None leaves that out.
    """

    def __init__(
        self,
        *,
        token: str = "fake-token",
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
        rates: Rates = RATES,
        document: Path | None = DOCUMENT,
        port: int = 0,
    ) -> None:
        super().__init__(wall)
        self.clock = clock
        self.api_url = ""
        self.gateway_url = ""
        self.limiter = Limiter(rates, clock, wall)
        self.gateway = Gateway(self, clock, token)
        self.gateway.changed = self._tell_waiting
        self.commands = Commands(self)
        self.interactions = Interactions(self, self.commands, clock)
        routes = table(self, self.commands, self.interactions)
        checked = schema(document) if document is not None and document.exists() else None
        self.api = Api(self.gateway, self.limiter, routes, checked, clock, self._tell_waiting)
        self._port = port
        self._runner: web.AppRunner | None = None
        self._news = asyncio.Event()

    # Life

    async def start(self) -> None:
        """Listen."""
        app = web.Application(client_max_size=WHOLE_REQUEST)
        app.router.add_get("/gateway", self.gateway.handle)
        app.router.add_get("/gateway/", self.gateway.handle)
        app.router.add_route("*", PREFIX + "/{path:.*}", self.api.handle)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0, handler_cancellation=False)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        _, port = self._runner.addresses[0][:2]
        self.api_url = f"http://127.0.0.1:{port}{PREFIX}"
        self.gateway_url = self.gateway.url = f"ws://127.0.0.1:{port}/gateway"

    async def stop(self) -> None:
        """Let all connections go."""
        self.api.stopping.set()
        self.gateway.drop(1001)
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def until(self, true: Callable[[], object], *, seconds: float = 10.0) -> None:
        """Wait until something holds, on the server or in the bot. Raises TimeoutError."""
        async with asyncio.timeout(seconds):
            while not true():
                self._news.clear()
                with contextlib.suppress(TimeoutError):
                    # What happens in the bot rings no bell here: look again by ourselves.
                    await asyncio.wait_for(self._news.wait(), 0.01)

    def _tell_waiting(self) -> None:
        self._news.set()

    def send(
        self, event: str, data: Json, intent: int, guild: Guild | None = None, place: Chan | None = None
    ) -> None:
        """Tell the sessions of it."""
        self.gateway.send(event, data, intent, guild, place)
        self._tell_waiting()

    # What goes wrong

    def fail(
        self,
        fault: Fault,
        *,
        method: str | None = None,
        path: str | None = None,
        times: int | None = 1,
        after: int = 0,
        retry_after: float = 1.0,
        scope: str = "user",
        seconds: float = 1.0,
    ) -> Planned:
        """Let requests fail: of a method, whose path (without ``/api/v10``) has a match of a regular expression.

        ``after`` pass first, then ``times`` fail, None for all. ``retry_after`` and ``scope`` are a 429's;
        ``seconds`` is how slow SLOW is.
        """
        planned = Planned(fault, method, path, times, after, retry_after, scope, seconds)
        self.api.faults.append(planned)
        return planned

    def heal(self) -> None:
        """Let nothing that was planned go wrong any more."""
        self.api.faults.clear()
        self.gateway.refusing = 0

    def drop_gateway(self, code: int | None = None, *, resumable: bool = True) -> None:
        """Cut the gateway's connections, with a close code or as a network does."""
        self.gateway.drop(code, resumable=resumable)

    def refuse_gateway(self, times: int = 1) -> None:
        """Answer the next connections with 503."""
        self.gateway.refusing = times

    def repeat_event(self) -> None:
        """Tell the last event again: Discord delivers any number of times (reference, consistency)."""
        self.gateway.repeat()

    def reconnect_gateway(self) -> None:
        """Ask clients to reconnect (opcode 7)."""
        self.gateway.reconnect()

    def invalidate_sessions(self, *, resumable: bool = False) -> None:
        """Invalidate all sessions (opcode 9)."""
        self.gateway.invalidate(resumable=resumable)

    # What was seen

    @property
    def requests(self) -> list[Request]:
        """All requests, in the order in which they came."""
        return self.api.requests

    @property
    def violations(self) -> list[str]:
        """Requests that Discord's OpenAPI document does not allow, in words."""
        return self.api.violations

    @property
    def too_many(self) -> int:
        """How often 429 was answered."""
        return self.api.too_many

    @property
    def token(self) -> str:
        """The token that is valid now."""
        return self.gateway.token

    @property
    def connected(self) -> int:
        """How many sessions are listened to."""
        return len(self.gateway.connected)

    @property
    def identifies(self) -> int:
        """How often somebody identified."""
        return self.gateway.identifies

    @property
    def resumes(self) -> int:
        """How often somebody resumed."""
        return self.gateway.resumes

    @property
    def invalid_requests(self) -> int:
        """Answers in the last ten minutes that count against the address."""
        return self.limiter.invalid

    def made(self, method: str, path: str) -> list[Request]:
        """The requests of a method whose whole path is this, ``*`` standing for one part of it."""
        parts = path.split("/")
        found = []
        for request in self.requests:
            own = request.path.split("/")
            same = len(own) == len(parts) and all(b in ("*", a) for a, b in zip(own, parts, strict=True))
            if request.method == method and same:
                found.append(request)
        return found

    # What people do

    async def say(self, user_id: int, channel_id: int, content: str) -> Msg:
        """Somebody writes a message."""
        return self.post(self.channel(channel_id), self.users[user_id], {"content": content})

    async def react(
        self, user_id: int, message_id: int, emoji: str, *, burst: bool = False, dispatch: bool = True
    ) -> None:
        """Somebody reacts. Without ``dispatch`` the bot is not told, as when it was away."""
        self.put_reaction(self.message(message_id), user_id, emoji, burst=burst, dispatch=dispatch)

    async def unreact(
        self, user_id: int, message_id: int, emoji: str, *, burst: bool = False, dispatch: bool = True
    ) -> None:
        """Somebody takes a reaction back."""
        self.take_reaction(self.message(message_id), user_id, emoji, burst=burst, dispatch=dispatch)

    async def clear_reactions(self, message_id: int, *, dispatch: bool = True) -> None:
        """A moderator clears a message's reactions."""
        self.take_reactions(self.message(message_id), dispatch=dispatch)

    async def clear_emoji(self, message_id: int, emoji: str, *, dispatch: bool = True) -> None:
        """A moderator clears one emoji of a message."""
        self.take_emoji(self.message(message_id), emoji, dispatch=dispatch)

    async def delete_message(self, message_id: int, *, dispatch: bool = True) -> None:
        """A moderator deletes a message."""
        self.drop(self.message(message_id), dispatch=dispatch)

    async def bulk_delete(self, message_ids: list[int]) -> None:
        """A moderator deletes many messages of a channel at once."""
        self.drop_many([self.message(message_id) for message_id in message_ids])

    async def archive(self, thread_id: int, *, archived: bool = True, locked: bool | None = None) -> None:
        """A thread is archived, or brought back; a moderator may lock it."""
        thread = self.channel(thread_id)
        thread.locked = thread.locked if locked is None else locked
        self.set_archived(thread, archived=archived)

    async def command(
        self,
        user_id: int,
        channel_id: int,
        name: str,
        options: Json | None = None,
        *,
        sub: str | tuple[str, ...] | None = None,
        wait: float = 5.0,
    ) -> Reply:
        """Somebody calls a slash command; ``wait`` is how long a deferred answer may take.

        Options are texts, numbers, booleans, or ids as ``int``. Raises ``NotOffered`` for what a client forbids.
        """
        return await self.interactions.command(user_id, channel_id, name, options, sub=sub, wait=wait)

    async def autocomplete(
        self,
        user_id: int,
        channel_id: int,
        name: str,
        option: str,
        typed: str,
        *,
        options: Json | None = None,
        sub: str | tuple[str, ...] | None = None,
    ) -> list[Json]:
        """Somebody types in an option; gives what is offered, each with name and value."""
        return await self.interactions.autocomplete(
            user_id, channel_id, name, option, typed, options=options, sub=sub
        )

    async def press(self, user_id: int, on: Msg | Reply | int, custom_id: str, *, wait: float = 5.0) -> Reply:
        """Somebody presses a button."""
        return await self.interactions.press(user_id, on, custom_id, wait=wait)

    async def choose(
        self,
        user_id: int,
        on: Msg | Reply | int,
        custom_id: str,
        values: list[str] | list[int],
        *,
        wait: float = 5.0,
    ) -> Reply:
        """Somebody chooses in a select."""
        return await self.interactions.choose(user_id, on, custom_id, values, wait=wait)

    async def menu(self, user_id: int, message_id: int, name: str, *, wait: float = 5.0) -> Reply:
        """Somebody chooses an entry of a message's context menu."""
        return await self.interactions.menu(user_id, message_id, name, wait=wait)

    async def submit(self, reply: Reply, values: dict[str, str], *, wait: float = 5.0) -> Reply:
        """Somebody sends the form that an answer opened."""
        return await self.interactions.submit(reply, values, wait=wait)


@dataclass
class Served:
    """A server that runs in a thread of its own. Whatever touches it goes through ``do`` or ``call``."""

    server: DiscordServer
    _loop: asyncio.AbstractEventLoop
    seconds: float = 30.0

    def do(self, work: Coroutine[object, object, T]) -> T:
        """Run something there, and give what it gives."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(self.seconds)

    def call(self, act: Callable[[], T]) -> T:
        """Call something there, and give what it gives."""

        async def work() -> T:
            return act()

        return self.do(work())


@contextlib.contextmanager
def serving(make: Callable[[], DiscordServer] = DiscordServer) -> Iterator[Served]:
    """A server in a thread of its own, for a bot that is a process."""
    began: Future[Served] = Future()
    end = asyncio.Event()

    async def serve() -> None:
        try:
            async with make() as server:
                began.set_result(Served(server, asyncio.get_running_loop()))
                await end.wait()
        except Exception as error:
            if began.done():
                raise
            began.set_exception(error)

    thread = threading.Thread(target=lambda: asyncio.run(serve()), name="discord")
    thread.start()
    served = began.result()
    try:
        yield served
    finally:
        served.call(end.set)
        thread.join()


def main() -> None:
    """Serve a guild with a text and a forum channel until Ctrl-C, and print where."""
    parser = argparse.ArgumentParser(description="A Discord on this machine, for a developer's bot.")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--token", default="fake-token")
    chosen = parser.parse_args()

    async def serve() -> None:
        async with DiscordServer(token=chosen.token, port=chosen.port) as server:
            guild = server.add_guild()
            text, forum = guild.add_text(), guild.add_forum(tags=("papers",))
            print(
                f"api_url      {server.api_url}\ngateway_url  {server.gateway_url}\ntoken        {server.token}"
            )
            print(f"guild        {guild.id}\ntext         {text.id}\nforum        {forum.id}", flush=True)
            await asyncio.Event().wait()

    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve())


if __name__ == "__main__":
    main()
