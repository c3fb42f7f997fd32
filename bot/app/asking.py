"""The commands that ask, and ``post``: each opens the history, asks the library, and closes it again."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from bot import app, library
from bot.app import platforms
from bot.chat.web.pages import PERSON
from bot.errors import NotFound
from bot.library import Found, Kept, Why
from bot.models import Brief, Channel, Hit, Post
from bot.publish import Plan, Publisher, preview
from bot.settings import Settings
from bot.store import Store, channels, papers


async def search(settings: Settings, query: str, limit: int) -> Found:
    """The papers that match, best first, and how many match in all."""
    with app.opened(settings, writes=False) as store:
        return await library.search(store, query, limit, person=PERSON)


async def similar(settings: Settings, text: str, limit: int) -> list[Hit]:
    """The papers most like the one named. Raises NotFound."""
    with app.opened(settings, writes=False) as store:
        return await library.similar(store, await library.resolve(store, text), limit)


async def top(settings: Settings, days: int | None, limit: int) -> list[Hit]:
    """The papers that most people kept in the last days, or ever."""
    since = None if days is None else app.now() - timedelta(days=days)
    with app.opened(settings, writes=False) as store:
        return await library.top(store, since, limit)


async def kept(settings: Settings) -> list[Kept]:
    """Everyone's bookmarks, newest first."""
    with app.opened(settings, writes=False) as store:
        return await library.kept(store)


async def why(settings: Settings, text: str) -> Why:
    """How the paper came to be where it is. Raises NotFound."""
    with app.opened(settings, writes=False) as store:
        return await library.why(store, text)


async def previews(settings: Settings) -> Sequence[tuple[Channel, Plan | None, Mapping[int, Brief]]]:
    """Each channel's next post, with the briefs that it names."""
    with app.opened(settings, writes=False) as store:
        records = [*settings.channel_records(app.local_zone()), *await store.read(channels.from_setup)]
        return [await _preview(store, channel) for channel in records]


async def _preview(store: Store, channel: Channel) -> tuple[Channel, Plan | None, Mapping[int, Brief]]:
    planned = await store.read(preview, channel, app.now())
    named = [pick.paper_id for pick in planned.picks] if planned is not None else []
    briefs = await store.read(papers.briefs, named)
    return channel, planned, dict(zip(named, briefs, strict=True))


async def post_now(settings: Settings, name: str | None) -> list[tuple[Channel, Post | None, bool]]:
    """Post for today in every channel, or in the one named. Raises NotFound."""
    records = settings.channel_records(app.local_zone())
    with app.opened(settings, writes=True) as store:
        await store.write(channels.sync, records)
        known = await store.read(channels.active)
        chosen = [channel for channel in known if name in (None, channel.name)]
        if not chosen:
            raise NotFound(
                f"{name}: no such channel; there is {', '.join(channel.name for channel in known)}"
            )
        platforms.require_token(settings, chosen)
        async with platforms.posting(settings, store, chosen) as adapters:
            publisher = Publisher(store, adapters, app.now)
            return [(channel, *await publisher.post_now(channel)) for channel in chosen]


async def invitation(settings: Settings) -> str:
    """The link that lets the bot into a Discord server. Raises PlatformRefused, PlatformUnreachable."""
    from bot.chat.discord.checkup import invitation

    return await invitation(settings.discord)
