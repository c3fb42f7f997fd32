"""The pages that look back: the history drawn, the calendar of a channel, the papers of a tag."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import structlog
from starlette.requests import Request
from starlette.responses import Response

from bot import plots
from bot.chat.web import feed
from bot.chat.web.history import PLATFORM, web_channels
from bot.chat.web.pages import PAGE, Pages
from bot.errors import BroadsheetError, NotFound
from bot.library import history as library
from bot.library.history import History, intensity
from bot.store import Store, channels

log = structlog.get_logger()


class Past:
    """Each method answers one route."""

    def __init__(self, store: Store, clock: Callable[[], datetime], pages: Pages) -> None:
        self._store = store
        self._clock = clock
        self._pages = pages
        self._drawing = asyncio.Lock()
        self._drawn: tuple[History, plots.Drawings] | None = None

    async def history(self, request: Request) -> Response:
        """Papers, posts, bookmarks and tags over time."""
        shown = await self._store.read(web_channels)
        zone = shown[0].zone if shown else "UTC"
        found = await library.history(self._store, self._clock().astimezone(ZoneInfo(zone)).date())
        context = {"history": found, "drawings": await self._draw(found), "headings": plots.HEADINGS}
        return await self._pages.page("history.html", context)

    async def calendar(self, request: Request) -> Response:
        """A year of a channel's days, each a link to its post."""
        key = f"{PLATFORM}:{request.path_params['name']}"
        year = _number(request, "year")
        channel = await self._store.read(channels.get, key)
        try:
            found = await library.year(self._store, key, year)
        except NotFound:
            if channel is None or year is not None:
                raise
            found = None
        most = max(found.days.values(), default=0) if found else 0
        strengths = {day: intensity(count, most) for day, count in found.days.items()} if found else {}
        context = {"channel": channel, "calendar": found, "strengths": strengths}
        return await self._pages.page("calendar.html", context)

    async def tags(self, request: Request) -> Response:
        """Every tag, with the number of its papers."""
        return await self._pages.page("tags.html", {"tags": await library.tags(self._store)})

    async def tag(self, request: Request) -> Response:
        """A page of the papers with a tag, newest first."""
        before = _number(request, "before")
        found = await library.tagged(self._store, request.path_params["tag"], PAGE, before)
        marks = await self._pages.marks([brief for brief, _ in found.papers])
        return await self._pages.page("tag.html", {"tagged": found, "before": before} | marks)

    async def tag_feed(self, request: Request) -> Response:
        """An Atom feed of the latest papers with a tag."""
        found = await library.tagged(self._store, request.path_params["tag"], PAGE)
        base = f"{request.url.scheme}://{request.headers['host']}"
        return Response(
            feed.render_tag(found, base, request.url.path, self._clock()),
            media_type="application/atom+xml; charset=utf-8",
            headers={"Cache-Control": "no-cache"},
        )

    async def _draw(self, of: History) -> plots.Drawings:
        """The drawings of a history, made anew only when it is another; none when they can't be made."""
        async with self._drawing:
            if self._drawn is None or self._drawn[0] != of:
                try:
                    drawn = await asyncio.to_thread(plots.apart, plots.svgs, of)
                except BroadsheetError as error:
                    log.error("the history was not drawn", error=str(error))
                    drawn = {}
                self._drawn = of, drawn
            return self._drawn[1]


def _number(request: Request, name: str) -> int | None:
    text = request.query_params.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 15):
        raise NotFound(f"{text[:50]} is no {'year' if name == 'year' else 'page'}.")
    return int(text)
