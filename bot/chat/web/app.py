"""The web application: which address shows what, and what becomes of an error."""

import asyncio
from collections.abc import Callable
from datetime import datetime

import structlog
from starlette.applications import Starlette
from starlette.convertors import Convertor, register_url_convertor
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.chat.web.guard import Guard
from bot.chat.web.html import Assets, environment
from bot.chat.web.live import Live
from bot.chat.web.pages import Pages
from bot.chat.web.past import Past
from bot.errors import NotFound, StoreError
from bot.settings import WebSettings
from bot.store import Store

log = structlog.get_logger()


class _Day(Convertor[str]):
    """What looks like a date; whether it is one, the page finds out."""

    regex = r"\d{4}-\d\d-\d\d"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


def create_app(
    store: Store, settings: WebSettings, *, clock: Callable[[], datetime], stop: asyncio.Event
) -> Starlette:
    """The web channel over an open store. ``stop`` ends its event streams."""
    register_url_convertor("day", _Day())
    started = clock()
    assets = Assets()
    live = Live(store, stop, f"{started:%y%m%d%H%M%S%f}")
    pages = Pages(store, clock, live, environment(assets))
    past = Past(store, clock, pages)

    async def asset(request: Request) -> Response:
        name = request.path_params["name"]
        if name not in assets.content:
            raise HTTPException(404)
        return Response(
            assets.content[name],
            media_type=assets.TYPES[name],
            headers={"Cache-Control": "private, max-age=31536000, immutable"},
        )

    async def missing(request: Request, error: Exception) -> Response:
        reason = str(error) if isinstance(error, NotFound) else "Nothing lives at this address."
        try:
            return await pages.notice("Not found", reason, 404)
        except StoreError as broken:
            return await unavailable(request, broken)

    async def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        return PlainTextResponse(f"{error.detail}\n", error.status_code, error.headers)

    async def unavailable(request: Request, error: Exception) -> Response:
        log.error("a page could not be shown", path=request.url.path, error=str(error))
        return pages.unavailable()

    return Starlette(
        routes=[
            Route("/", pages.root),
            Route("/channels", pages.channels),
            Route("/channels/{name:path}/feed.atom", pages.channel_feed),
            Route("/channels/{name:path}/calendar", past.calendar),
            Route("/channels/{name:path}/{day:day}", pages.day),
            Route("/channels/{name:path}", pages.channel),
            Route("/command", pages.command),
            Route("/papers/{paper_id}", pages.paper),
            Route("/papers/{paper_id}/bookmark", pages.bookmark, methods=["POST"]),
            Route("/papers/{paper_id}/note", pages.note, methods=["POST"]),
            Route("/bookmarks", pages.bookmarks),
            Route("/bookmarks/export", pages.export),
            Route("/history", past.history),
            Route("/tags", past.tags),
            Route("/tags/{tag:path}/feed.atom", past.tag_feed),
            Route("/tags/{tag:path}", past.tag),
            Route("/feed.atom", pages.feed),
            Route("/events", pages.events),
            Route("/healthz", pages.health),
            Route("/static/{name}", asset),
        ],
        middleware=[Middleware(Guard, settings=settings, clock=clock)],
        exception_handlers={
            404: missing,
            NotFound: missing,
            StoreError: unavailable,
            HTTPException: refused,
        },
    )
