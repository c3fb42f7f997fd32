"""The pages: a request → records of the library → HTML. Every address can be linked to and shows the same again."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from math import ceil
from urllib.parse import parse_qs
from zoneinfo import ZoneInfo

from jinja2 import Environment
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import (
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
    StreamingResponse,
)

from bot import library
from bot.chat.web import feed, history
from bot.chat.web.commands import COMMANDS, LONGEST, OPERATORS, Command, parse
from bot.chat.web.html import channel_url
from bot.chat.web.live import Live
from bot.errors import NotFound, StoreError
from bot.models import Brief, Channel, Hit
from bot.store import Store, papers

PERSON = "web:me"
"""Whoever sits before the local web channel: there are no accounts."""

SOURCE = "web"

PAGE = 20
"""Papers on one page of search results, and of those that a post left out."""

LARGEST_FORM = 8192
"""Bytes of a form's body."""

LAST_PAGE = 10_000


class Pages:
    """Every page of the web channel; each method answers one route."""

    def __init__(
        self, store: Store, clock: Callable[[], datetime], live: Live, templates: Environment
    ) -> None:
        self._store = store
        self._clock = clock
        self._live = live
        self._templates = templates

    async def root(self, request: Request) -> Response:
        """Go to the first channel's latest day."""
        channels = await self._store.read(history.web_channels)
        if not channels:
            return RedirectResponse("/channels", 303)
        days = (await self._store.read(history.timeline, channels[0].name)).days
        latest = days[-1].post.local_date if days else None
        return RedirectResponse(channel_url(channels[0].name, latest), 303)

    async def channels(self, request: Request) -> Response:
        """The list of channels, which on a phone is a page of its own."""
        listed = [
            await self._store.read(history.timeline, channel.name)
            for channel in await self._store.read(history.web_channels)
        ]
        return await self.page("channels.html", {"listed": listed})

    async def channel(self, request: Request) -> Response:
        """A channel's days, and the latest one's thread beside them."""
        before = request.query_params.get("before")
        name = request.path_params["name"]
        timeline = await self._store.read(history.timeline, name, _date(before) if before else None)
        latest = timeline.days[-1].post.local_date if timeline.days else None
        return await self._channel_page(timeline, "days", await self._thread(timeline.channel, latest))

    async def day(self, request: Request) -> Response:
        """One day's thread; with ``rest``, a page of the papers that its post left out."""
        day = _date(request.path_params["day"])
        timeline = await self._store.read(history.timeline, request.path_params["name"], day=day)
        rest = _page_number(request, "rest") if "rest" in request.query_params else None
        return await self._channel_page(timeline, "thread", await self._thread(timeline.channel, day, rest))

    async def command(self, request: Request) -> Response:
        """The bot's reply to a command, in the channel where it was typed."""
        timeline = await self._store.read(history.timeline, await self._channel_name(request))
        channel = timeline.channel
        text = request.query_params.get("text", "")
        command = parse(text)
        reply: dict[str, object] = {"command": command, "typed": " ".join(text.split())[:LONGEST]}
        if command.kind == "bookmarks":
            return RedirectResponse("/bookmarks", 303)
        if command.kind == "today":
            today = self._clock().astimezone(ZoneInfo(channel.zone)).date()
            if timeline.days and timeline.days[-1].post.local_date == today:
                return RedirectResponse(channel_url(channel.name, today), 303)
        if command.kind == "search":
            page = _page_number(request)
            last_id = _last_id(request) or await self._store.read(papers.last_id)
            found = await library.search(
                self._store, command.text, PAGE, (page - 1) * PAGE, person=PERSON, last_id=last_id
            )
            if page > 1 and not found.hits:
                raise NotFound("There are not that many pages.")
            reply |= {"found": found, "last": last_id, "page": page, "pages": ceil(found.total / PAGE)}
            reply |= {"hits": found.hits} | await self.marks([hit.brief for hit in found.hits])
        if command.kind in ("similar", "top"):
            reply |= await self._listed(command)
        status = 400 if command.kind == "too-long" else 200
        return await self._channel_page(timeline, "reply", reply, status)

    async def paper(self, request: Request) -> Response:
        """All that is known of a paper."""
        brief = await library.paper(self._store, _paper_id(request))
        why = await library.why(self._store, str(brief.paper.id))
        return await self.page("paper.html", {"why": why} | await self.marks([brief]))

    async def bookmark(self, request: Request) -> Response:
        """Keep a paper (``keep=1``) or drop it (``keep=0``); answers a script in JSON, a form by going back."""
        paper_id = _paper_id(request)
        form = await _form(request)
        if form.get("keep") not in ("0", "1"):
            raise HTTPException(400, "keep must be 1 or 0")
        if form["keep"] == "1":
            await library.bookmark(self._store, PERSON, paper_id, self._clock(), SOURCE)
        else:
            await library.paper(self._store, paper_id)
            await library.unbookmark(self._store, PERSON, paper_id)
        counts, mine = await library.marks(self._store, PERSON, [paper_id])
        if "application/json" in request.headers.get("accept", ""):
            return JSONResponse({"kept": paper_id in mine, "count": counts.get(paper_id, 0)})
        return RedirectResponse(_own_path(form.get("back", "")) or f"/papers/{paper_id}", 303)

    async def note(self, request: Request) -> Response:
        """Write the note on a paper that the person keeps, and go back to it."""
        paper_id = _paper_id(request)
        text = " ".join((await _form(request)).get("note", "").split())
        if len(text) > library.LONGEST_NOTE:
            raise HTTPException(400, f"A note has at most {library.LONGEST_NOTE} characters")
        if not await library.note(self._store, PERSON, paper_id, text):
            raise NotFound("A note stands on a paper that you keep; this one is not among your bookmarks.")
        return RedirectResponse(f"/bookmarks#paper-{paper_id}", 303)

    async def bookmarks(self, request: Request) -> Response:
        """What the person keeps, newest first."""
        from bot.library.export import FORMATS

        page, total = _page_number(request), await library.kept_count(self._store, PERSON)
        kept = await library.kept(self._store, PERSON, PAGE, (page - 1) * PAGE)
        if page > 1 and not kept:
            raise NotFound("There are not that many pages.")
        shown = {"kept": kept, "total": total, "page": page, "pages": ceil(total / PAGE)}
        marks = await self.marks([one.brief for one in kept])
        return await self.page(
            "bookmarks.html", shown | {"formats": FORMATS, "longest_note": library.LONGEST_NOTE} | marks
        )

    async def export(self, request: Request) -> Response:
        """The bookmarks as a file."""
        from bot.library.export import FORMATS, render

        name = request.query_params.get("format", "")
        if name not in FORMATS:
            raise NotFound(f"There is no such format; there is {', '.join(FORMATS)}.")
        kept = await library.kept(self._store, PERSON)
        chosen = FORMATS[name]
        file = f"bookmarks.{chosen.suffix.removeprefix('.')}"
        return Response(
            render(name, kept),
            media_type=chosen.media_type,
            headers={"Content-Disposition": f'attachment; filename="{file}"'},
        )

    async def feed(self, request: Request) -> Response:
        """An Atom feed of the posts of every web channel."""
        return await self._feed(request, await self._store.read(history.web_channels), "Broadsheet")

    async def channel_feed(self, request: Request) -> Response:
        """An Atom feed of one channel's posts."""
        timeline = await self._store.read(history.timeline, request.path_params["name"])
        return await self._feed(request, [timeline.channel], f"Broadsheet · {timeline.channel.name}")

    async def events(self, request: Request) -> Response:
        """The stream of server-sent events of one open page."""
        since = request.headers.get("last-event-id") or request.query_params.get("since", "")
        if request.method == "HEAD":
            return Response(media_type="text/event-stream")
        if self._live.full:
            return PlainTextResponse("Too many pages are open; this one is not live.\n", 503)
        return StreamingResponse(
            self._live.events(since),
            media_type="text/event-stream",
            headers={"X-Accel-Buffering": "no"},
        )

    async def health(self, request: Request) -> Response:
        """Whether the history can be read, in JSON."""
        try:
            channels = await self._store.read(history.web_channels)
        except StoreError as error:
            return JSONResponse({"status": "unavailable", "reason": str(error)}, 503)
        return JSONResponse({"status": "ok", "channels": len(channels)})

    async def notice(self, title: str, reason: str, status: int) -> Response:
        """A page that says what is wrong, and where to go on."""
        return await self.page("notice.html", {"notice": title, "reason": reason}, status)

    def unavailable(self) -> Response:
        """The page for when the history cannot be read, which thus needs nothing of it."""
        return PlainTextResponse(
            "Broadsheet's history cannot be read just now; its log says why. Try again in a moment.\n",
            503,
            {"Retry-After": "5"},
        )

    async def _thread(self, channel: Channel, day: date | None, rest: int | None = None) -> dict[str, object]:
        """A day's thread for the pane beside the timeline, and the page ``rest`` of what it left out."""
        if day is None:
            return {"thread": None} | await self.marks([])
        thread = history.thread(await library.day(self._store, channel.key, day))
        left_out = thread.day.left_out
        pages = ceil(len(left_out) / PAGE)
        if rest is not None and (rest > pages or thread.closed is None):
            raise NotFound("There are not that many pages.")
        shown = [brief for brief, _ in thread.papers]
        if rest is not None:
            some = left_out[(rest - 1) * PAGE : rest * PAGE]
            shown = await library.papers_of(self._store, [paper_id for paper_id, _ in some])
        return {
            "thread": thread,
            "rest": rest,
            "rest_pages": pages,
            "rest_papers": shown if rest else (),
            "first_place": (rest - 1) * PAGE + len(thread.day.shown) + 1 if rest else 1,
        } | await self.marks(shown)

    async def _feed(self, request: Request, channels: Sequence[Channel], title: str) -> Response:
        threads = []
        for channel in channels:
            for listed in (await self._store.read(history.timeline, channel.name)).days:
                day = await library.day(self._store, channel.key, listed.post.local_date)
                threads.append(history.thread(day))
        base = f"{request.url.scheme}://{request.headers['host']}"
        text = feed.render(threads, title, base, request.url.path, self._clock())
        return Response(
            text, media_type="application/atom+xml; charset=utf-8", headers={"Cache-Control": "no-cache"}
        )

    async def _listed(self, command: Command) -> dict[str, object]:
        """The papers like the one that a command names, or those that people keep; None when there is no such one."""
        hits: list[Hit] | None
        if command.kind == "top":
            since = self._clock() - timedelta(days=int(command.text)) if command.text else None
            hits = await library.top(self._store, since, PAGE)
        else:
            try:
                paper_id = await library.resolve(self._store, command.text)
                hits = await library.similar(self._store, paper_id, PAGE)
            except NotFound:
                hits = None
        marks = await self.marks([hit.brief for hit in hits or ()])
        return {"hits": hits, "page": 1, "pages": 1, "last": None} | marks

    async def marks(self, briefs: Sequence[Brief]) -> dict[str, object]:
        """How many people keep each of these papers, and which of them this person keeps, for a template."""
        ids = [brief.paper.id for brief in briefs if brief.paper.id is not None]
        counts, mine = await library.marks(self._store, PERSON, ids)
        return {"counts": counts, "mine": mine}

    async def _channel_name(self, request: Request) -> str:
        asked = request.query_params.get("channel")
        if asked:
            return asked
        channels = await self._store.read(history.web_channels)
        if not channels:
            raise NotFound("There is no web channel yet; add one to the settings.")
        return channels[0].name

    async def _channel_page(
        self, timeline: history.Timeline, view: str, pane: Mapping[str, object], status: int = 200
    ) -> Response:
        channel = timeline.channel
        today = self._clock().astimezone(ZoneInfo(channel.zone)).date()
        frame = {"timeline": timeline, "channel": channel, "view": view, "today": today}
        return await self.page("channel.html", {"thread": None, "rest": None} | frame | dict(pane), status)

    async def page(self, template: str, context: Mapping[str, object], status: int = 200) -> Response:
        """A template within the frame of every page."""
        # The pulse is taken first: what is written while the page is made is then told as a change.
        shell = {
            "pulse": self._live.pulse,
            "channels": await self._store.read(history.web_channels),
            "commands": COMMANDS,
            "operators": OPERATORS,
            "longest": LONGEST,
            "channel": None,
            "view": "page",
        }
        return HTMLResponse(self._templates.get_template(template).render(shell | dict(context)), status)


async def _form(request: Request) -> dict[str, str]:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_FORM:
            raise HTTPException(413, "That is more than a form of ours holds")
    try:
        fields = parse_qs(body.decode("utf-8", "replace"), max_num_fields=20)
    except ValueError as error:
        raise HTTPException(400, "That is no form of ours") from error
    return {name: values[-1] for name, values in fields.items()}


def _paper_id(request: Request) -> int:
    text = request.path_params["paper_id"]
    if not (text.isascii() and text.isdigit() and len(text) <= 15):
        raise NotFound(f"{text[:50]} is no paper's number.")
    return int(text)


def _page_number(request: Request, name: str = "page") -> int:
    text = request.query_params.get(name, "1")
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and 1 <= int(text) <= LAST_PAGE):
        raise NotFound("There is no such page.")
    return int(text)


def _last_id(request: Request) -> int | None:
    """The last paper that there was when the first page was shown, as the links to further pages say."""
    text = request.query_params.get("last", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 15 else None


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        raise NotFound(f"{text[:50]} is no date.") from None


def _own_path(path: str) -> str | None:
    """The path if it leads nowhere but to this site."""
    inside = path.startswith("/") and not path.startswith("//") and "\\" not in path and path.isprintable()
    return path if inside else None
