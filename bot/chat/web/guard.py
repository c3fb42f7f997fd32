"""What every request passes first: a known host, the password if there is one, no writes from other sites.

HTTP Basic rather than a login form: the browser keeps the password, feed readers and curl can use it too, and
there is no session to steal or to expire. Beyond loopback it wants TLS in front, as a form would.
"""

import base64
import binascii
import hmac
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit

import structlog
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.settings import WebSettings

log = structlog.get_logger()

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})

FREE_GUESSES = 5
"""Wrong passwords that an address may give before it has to wait."""

LONGEST_WAIT = timedelta(minutes=1)

REMEMBERED = 1000
"""Addresses whose wrong guesses are remembered; the oldest is forgotten first."""

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    # Not no-referrer: under that, browsers send "Origin: null" with our own forms too.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Guard:
    """ASGI middleware. Refuses with one line of text, and puts the security headers on every answer."""

    def __init__(self, app: ASGIApp, settings: WebSettings, clock: Callable[[], datetime]) -> None:
        self._app = app
        self._hosts = LOOPBACK | {settings.host.casefold()} | {host.casefold() for host in settings.hosts}
        self._password = settings.password
        self._guesses = Guesses(clock)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or hand it on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def send_guarded(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                headers.update(HEADERS)
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        request = Request(scope)
        try:
            answer: ASGIApp = self._refusal(request) or self._app
            await answer(scope, receive, send_guarded)
        except Exception:
            log.exception("a page failed", path=request.url.path)
            if not started:
                failed = PlainTextResponse("This page failed; the bot's log says why.\n", 500)
                await failed(scope, receive, send_guarded)

    def _refusal(self, request: Request) -> Response | None:
        host = request.headers.get("host", "")
        if hostname(host) not in self._hosts:
            return PlainTextResponse(
                f"{host[:100]!a} is no name of this Broadsheet; if it should be, add it to web.hosts.\n",
                400,
            )
        if self._password is not None:
            refusal = self._authenticate(request, self._password.get_secret_value())
            if refusal is not None:
                return refusal
        if request.method not in ("GET", "HEAD") and not same_origin(request):
            return PlainTextResponse("Only Broadsheet's own pages may change something here.\n", 403)
        return None

    def _authenticate(self, request: Request, password: str) -> Response | None:
        given = _given_password(request.headers.get("authorization", ""))
        address = request.client.host if request.client else ""
        wait = self._guesses.wait(address)
        if given is not None and wait > timedelta(0):
            return PlainTextResponse(
                "Too many wrong passwords; wait a minute.\n",
                429,
                {"Retry-After": str(int(wait.total_seconds()) + 1)},
            )
        if given is not None and hmac.compare_digest(given.encode(), password.encode()):
            self._guesses.forget(address)
            return None
        if given is not None:
            self._guesses.wrong(address)
            log.warning("a wrong password was given", address=address)
        return PlainTextResponse(
            "Any user name will do; the password is the one in the settings.\n",
            401,
            {"WWW-Authenticate": 'Basic realm="Broadsheet", charset="UTF-8"'},
        )


class Guesses:
    """Wrong passwords by address. After the free ones each doubles the wait, up to ``LONGEST_WAIT``."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._wrong: OrderedDict[str, tuple[int, datetime]] = OrderedDict()

    def wrong(self, address: str) -> None:
        """Count a wrong password from there."""
        count, _ = self._wrong.pop(_network(address), (0, None))
        self._wrong[_network(address)] = (count + 1, self._clock())
        if len(self._wrong) > REMEMBERED:
            self._wrong.popitem(last=False)

    def forget(self, address: str) -> None:
        """The right one was given from there."""
        self._wrong.pop(_network(address), None)

    def wait(self, address: str) -> timedelta:
        """How long until a password from there is looked at again."""
        count, last = self._wrong.get(_network(address), (0, self._clock()))
        if count < FREE_GUESSES:
            return timedelta(0)
        pause = min(timedelta(seconds=2 ** min(count - FREE_GUESSES, 10)), LONGEST_WAIT)
        return max(last + pause - self._clock(), timedelta(0))


def hostname(host: str) -> str:
    """The name in a Host header, without port or brackets, in lower case; empty when it makes no sense."""
    try:
        return (urlsplit(f"//{host}").hostname or "").casefold()
    except ValueError:
        return ""


def same_origin(request: Request) -> bool:
    """Whether a write comes from one of our own pages, by what every current browser says of it.

    One that says neither is refused: a browser always sends ``Origin`` with a POST, and a script can.
    """
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is None and origin is None:
        return False
    if site is not None and site != "same-origin":
        return False
    host = request.headers.get("host", "").casefold()
    return origin is None or origin.casefold() in (f"http://{host}", f"https://{host}")


def _given_password(header: str) -> str | None:
    scheme, _, value = header.partition(" ")
    if scheme.casefold() != "basic":
        return None
    try:
        _, colon, password = base64.b64decode(value, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return password if colon else None


def _network(address: str) -> str:
    """Whom to hold to account: an IPv4 address, or the /64 that one IPv6 household owns."""
    try:
        ip = ip_address(address)
    except ValueError:
        return address
    return address if ip.version == 4 else str(ip_network((int(ip), 64), strict=False))
