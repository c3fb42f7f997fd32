"""A small history for the web channel's tests, made the way the bot makes it, and a client without a network."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from urllib.parse import unquote, urlsplit

from starlette.types import ASGIApp, Message

from bot.chat.web import WebAdapter, create_app
from bot.models import Brief, Channel, Decision, Link, Paper, Post, Receipt, Sighting
from bot.publish import Publisher
from bot.settings import WebSettings
from bot.store import Connection, Store, channels, digests, papers

NOW = datetime(2026, 3, 11, 8, 30, tzinfo=UTC)
TODAY = date(2026, 3, 11)
PAPERS = Channel("web:papers", "web", "papers", "papers", "Europe/Berlin", time(9), max_papers=3)
ODD = Channel("web:a/b ü?#", "web", "a/b ü?#", "a/b ü?#", "UTC", time(9), max_papers=3)

HOSTILE = '<script>alert("x")</script> & <b onclick=y>'


def brief(number: int) -> Brief:
    """The brief of the paper of that number."""
    title = f"Thrifty Transformers {number}: Less Is Enough"
    abstract = f"We drop layer {number} of a network. Nothing is lost, and inference is 2.5× faster."
    return Brief(
        paper=Paper(title, abstract, title, abstract, authors=("Ada Example", "Émile Échantillon")),
        summary=f"Dropping layer {number} loses nothing.",
        tags=("transformers", "efficient inference"),
        figures=("2.5× faster",),
        links=(Link("code", f"https://github.com/example/thrifty-{number}"),),
        areas=("cs.LG",),
        areas_guessed=True,
    )


def hostile(number: int) -> Brief:
    """A paper all of whose text wants to be more than text."""
    paper = Paper(f"{HOSTILE} {number}", HOSTILE, f"{HOSTILE} as printed", HOSTILE, authors=(HOSTILE,))
    return replace(
        brief(number),
        paper=paper,
        summary=HOSTILE,
        tags=(HOSTILE,),
        figures=(HOSTILE,),
        areas=(HOSTILE,),
        links=(Link("code", "javascript:alert(1)"), Link("project", 'https://example.org/"onclick="x')),
    )


def read_digest(db: Connection, file: str, briefs: Sequence[Brief], now: datetime) -> list[int]:
    """Admit the papers of a digest file and give their ids."""
    digest_id = digests.record(db, f"sha of {file}", file, now, format="hf_text", day=TODAY)
    decision = Decision("different", "new", "nothing like it in the history")
    ids = []
    for position, one in enumerate(briefs, 1):
        ids.append(papers.admit(db, one, (f"t:{one.paper.title}",), now))
        printed = one.paper.title_as_printed
        sighting = Sighting(ids[-1], file, TODAY, now, 2 * position, position, printed, decision)
        papers.record_sighting(db, digest_id, sighting)
    digests.finish(db, digest_id, Receipt(file, len(briefs), len(briefs), 0, 0, TODAY))
    return ids


async def post(store: Store, channel: Channel, briefs: Sequence[Brief], now: datetime = NOW) -> Post:
    """Read a digest file with these papers and post them in the channel."""
    await store.write(channels.sync, [channel])
    await store.write(read_digest, f"{now:%Y-%m-%d-%H%M%S}.txt", briefs, now)
    made, _ = await Publisher(store, {"web": WebAdapter()}, lambda: now).post_now(channel)
    assert made is not None
    return made


async def make_two_days(path: Path) -> None:
    """Make a history: a channel with two posts, yesterday's of two papers, today's of five with two left out."""
    store = Store.open(path)
    await post(store, PAPERS, [brief(1), brief(2)], NOW - timedelta(days=1))
    await post(store, PAPERS, [brief(number) for number in range(3, 8)])
    store.close()


@dataclass(frozen=True)
class Answer:
    """What a request was answered with."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()


class Client:
    """Speaks ASGI to an application, as a browser at ``http://127.0.0.1:8765`` would."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def get(self, path: str, headers: dict[str, str] | None = None, method: str = "GET") -> Answer:
        """Ask for a page."""
        return await self.send(method, path, headers or {}, b"")

    async def post(self, path: str, body: str, headers: dict[str, str] | None = None) -> Answer:
        """Send a form from a page of the same site, unless the headers say otherwise."""
        own = {"origin": "http://127.0.0.1:8765"} if headers is None else headers
        return await self.send("POST", path, own, body.encode())

    async def send(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        """Send a request whose path is percent-encoded already."""
        parts = urlsplit(path)
        sent = {"host": "127.0.0.1:8765"} | headers
        scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": unquote(parts.path),
            "raw_path": parts.path.encode(),
            "query_string": parts.query.encode(),
            "headers": [(name.lower().encode(), value.encode()) for name, value in sent.items()],
            "client": ("127.0.0.1", 50000),
            "server": ("127.0.0.1", 8765),
        }
        messages: list[Message] = []
        requests: asyncio.Queue[Message] = asyncio.Queue()
        requests.put_nowait({"type": "http.request", "body": body, "more_body": False})

        async def collect(message: Message) -> None:
            messages.append(message)

        await self._app(scope, requests.get, collect)
        names = ((name.decode(), value.decode()) for name, value in messages[0]["headers"])
        content = b"".join(message.get("body", b"") for message in messages[1:])
        return Answer(messages[0]["status"], dict(names), content)


def client(store: Store, settings: WebSettings | None = None, now: datetime = NOW) -> Client:
    """A client of the web channel over this store."""
    return Client(create_app(store, settings or WebSettings(), clock=lambda: now, stop=asyncio.Event()))
