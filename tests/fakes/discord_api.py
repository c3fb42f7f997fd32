"""The fake Discord's REST API from a request to its answer: faults, token, limits, routes."""

import asyncio
import contextlib
import json
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from aiohttp import web

from tests.fakes.discord_calls import Answer, Call
from tests.fakes.discord_errors import Json, Refused
from tests.fakes.discord_faults import BEFORE, Fault, Planned
from tests.fakes.discord_gateway import Gateway
from tests.fakes.discord_rates import INVALID_LIMIT, OLD, Limiter, Slowed
from tests.fakes.discord_routes import NUMBERS, Route, find, resource
from tests.fakes.discord_schema import Schema

PREFIX = "/api/v10"
CUT = 499
"""Stands for an answer that nobody gets, because the connection is closed."""
FILE = 10 * 1024 * 1024  # reference, uploading files
STATUS = {Fault.HTTP_500: 500, Fault.HTTP_500_AFTER: 500, Fault.HTTP_502: 502, Fault.HTTP_503: 503}
VIA = {"Via": "1.1 google"}


@dataclass(eq=False)
class Request:
    """A request as it came in. ``at`` and ``answered`` are of the server's clock; no status means no answer."""

    method: str
    path: str
    query: dict[str, str]
    body: Json | list[Json] | None
    at: float
    status: int | None = None
    code: int | None = None
    """Discord's own error code."""
    answered: float | None = None
    fault: Fault | None = None


@dataclass(eq=False)
class Api:
    """Answers requests. ``changed`` is called whenever one comes in or is answered; ``clock`` gives seconds."""

    gateway: Gateway
    limiter: Limiter
    routes: list[Route]
    schema: Schema | None
    clock: Callable[[], float]
    changed: Callable[[], None]
    faults: list[Planned] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    too_many: int = 0
    stopping: asyncio.Event = field(default_factory=asyncio.Event)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """One request."""
        path = request.rel_url.raw_path.removeprefix(PREFIX)
        seen = Request(request.method, path, dict(request.query), None, self.clock())
        self.requests.append(seen)
        self.changed()
        try:
            body, files, readable = await _read(request)
        except web.HTTPRequestEntityTooLarge:
            return self._answered(seen, _refusal(Refused(40005)))
        seen.body = body
        planned = next((each for each in self.faults if each.strikes(request.method, path)), None)
        if planned is not None:
            seen.fault = planned.fault
            if (answer := await self._strike_before(planned, request)) is not None:
                return self._answered(seen, answer)
        answer = self._answer(request, seen, files) if readable else _refusal(Refused(50109))
        if planned is not None:
            answer = await self._strike_after(planned, request, answer)
        return self._answered(seen, answer)

    def _answered(self, seen: Request, answer: web.Response) -> web.Response:
        if answer.status != CUT:
            seen.status, seen.answered = answer.status, self.clock()
        self.limiter.answered(answer.status, answer.headers.get("X-RateLimit-Scope"))
        self.too_many += answer.status == 429
        self.changed()
        return answer

    async def _strike_before(self, planned: Planned, request: web.Request) -> web.Response | None:
        """What happens in place of the request; None lets it go on."""
        match planned.fault:
            case Fault.SLOW:
                await self._pause(planned.seconds)
                return None
            case fault if fault not in BEFORE:
                return None
            case Fault.HTTP_500 | Fault.HTTP_502 | Fault.HTTP_503:
                return web.Response(status=STATUS[planned.fault], text="upstream connect error", headers=VIA)
            case Fault.RATE_LIMITED:
                return _slowed(Slowed(planned.retry_after, planned.scope), {})
            case Fault.CLOUDFLARE:
                return _walled()
            case Fault.UNAUTHORIZED:
                return _json(401, {"message": "401: Unauthorized", "code": 0})
            case Fault.FORBIDDEN:
                return _refusal(Refused(50013))
            case Fault.NOT_FOUND:
                return _refusal(Refused(10003))
            case Fault.RESET_BEFORE:
                return _cut(request, reset=True)
            case Fault.HANG_BEFORE:
                await self.stopping.wait()
        return _cut(request)

    async def _strike_after(
        self, planned: Planned, request: web.Request, answer: web.Response
    ) -> web.Response:
        """What becomes of the answer."""
        match planned.fault:
            case Fault.SLOW_AFTER:
                await self._pause(planned.seconds)
            case Fault.HTTP_500_AFTER:
                return web.Response(status=500, text="upstream connect error", headers=VIA)
            case Fault.DROP_AFTER | Fault.RESET_AFTER:
                return _cut(request, reset=planned.fault is Fault.RESET_AFTER)
            case Fault.HANG_AFTER:
                await self.stopping.wait()
                return _cut(request)
        return answer

    async def _pause(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.stopping.wait(), seconds)

    def _answer(self, request: web.Request, seen: Request, files: dict[str, bytes]) -> web.Response:
        """What Discord says, if nothing goes wrong on the way."""
        if self.limiter.invalid >= INVALID_LIMIT:
            return _walled()
        if not request.headers.get("User-Agent"):
            # reference, user agent: requests without one are blocked before the API
            return _json(403, {"message": "internal network error", "code": 40333})
        if seen.path == "/gateway":
            return _json(200, {"url": self.gateway.url})
        if seen.path == "/gateway/bot":
            return self._gateway_info(request)
        found = find(self.routes, seen.method, seen.path)
        if found is None:
            return _json(404, {"message": "404: Not Found", "code": 0})
        route, names = found
        if not route.open:
            if not self._authorised(request):
                return _json(401, {"message": "401: Unauthorized", "code": 0})
            if (slowed := self.limiter.everything()) is not None:
                return _slowed(slowed, {})
        if any(len(data) > FILE for data in files.values()):
            return _refusal(Refused(40005))
        headers, slowed = self.limiter.take(route.kind, route.bucket, resource(names))
        slowed = slowed or self._old_edit(seen.method, names)
        if slowed is not None:
            return _slowed(slowed, headers)
        if self.schema is not None and seen.body is not None:
            self.violations += self.schema.complaints(seen.method, seen.path, seen.body)
        return self._routed(route, names, seen, files, headers)

    def _old_edit(self, method: str, names: dict[str, str]) -> Slowed | None:
        """Why the edit of an old message has to wait, if it has."""
        message = self.gateway.world.index.get(int(names.get("message", 0)))
        if method != "PATCH" or message is None or self.limiter.wall() - message.at < OLD:
            return None
        _, slowed = self.limiter.take("old_edits", "old_edits", names["channel"])
        return replace(slowed, code=30046) if slowed else None

    def _routed(
        self,
        route: Route,
        names: dict[str, str],
        seen: Request,
        files: dict[str, bytes],
        headers: dict[str, str],
    ) -> web.Response:
        ids = {name: int(value) for name, value in names.items() if name in NUMBERS}
        words = {name: value for name, value in names.items() if name not in NUMBERS}
        body = {"list": seen.body} if isinstance(seen.body, list) else seen.body or {}
        try:
            answer: Answer = route.act(Call(ids, words, body, seen.query, files))
        except Refused as error:
            seen.code = error.code
            return _refusal(error, headers)
        status, told = answer
        if told is None:
            return web.Response(status=status, headers=VIA | headers)
        return _json(status, told, headers)

    def _authorised(self, request: web.Request) -> bool:
        return request.headers.get("Authorization") == f"Bot {self.gateway.token}"

    def _gateway_info(self, request: web.Request) -> web.Response:
        if not self._authorised(request):
            return _json(401, {"message": "401: Unauthorized", "code": 0})
        limit = {
            "total": self.gateway.identify_limit,
            "remaining": self.gateway.identifies_left,
            "reset_after": 86_400_000,
            "max_concurrency": 1,
        }
        return _json(
            200, {"url": self.gateway.url, "shards": self.gateway.shards, "session_start_limit": limit}
        )


async def _read(request: web.Request) -> tuple[Json | list[Json] | None, dict[str, bytes], bool]:
    """The body as JSON, the files sent with it, and whether it could be read."""
    files: dict[str, bytes] = {}
    if request.content_type.startswith("multipart/"):
        form = await request.post()
        for value in form.values():
            if isinstance(value, web.FileField):
                files[value.filename] = value.file.read()
        text = str(form.get("payload_json", "{}"))
    else:
        text = (await request.read()).decode("utf-8", "replace")
    if not text:
        return None, files, True
    try:
        return json.loads(text), files, True
    except ValueError:
        return None, files, False


def _json(status: int, body: Json | list[Json], headers: dict[str, str] | None = None) -> web.Response:
    """JSON, of a content type without a charset, as Discord sends it."""
    kind = {"Content-Type": "application/json"}
    return web.Response(status=status, body=json.dumps(body).encode(), headers=VIA | kind | (headers or {}))


def _refusal(error: Refused, headers: dict[str, str] | None = None) -> web.Response:
    return _json(error.status, error.body, headers)


def _slowed(slowed: Slowed, headers: dict[str, str]) -> web.Response:
    return _json(429, slowed.body, headers | slowed.headers)


def _walled() -> web.Response:
    """What Cloudflare says to who has made too many invalid requests: no Via, no JSON."""
    text = "<html><title>Access denied</title>error code: 1015</html>"
    return web.Response(status=429, text=text, content_type="text/html", headers={"Retry-After": "3600"})


def _cut(request: web.Request, *, reset: bool = False) -> web.Response:
    """Close the connection; what is returned reaches nobody."""
    if request.transport is not None:
        if reset:
            # A socket that does not linger is closed by a reset.
            linger = struct.pack("ii", 1, 0)
            request.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        request.transport.abort()
    return web.Response(status=CUT)
