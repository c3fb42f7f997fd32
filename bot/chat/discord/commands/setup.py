"""``/setup``: where and when posts go in a server, with a look at the next one and at what the bot may do there."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import time
from functools import cache
from zoneinfo import available_timezones

import discord
from discord import app_commands
from discord.app_commands import Choice, Range

from bot import library
from bot.chat.discord import limits, render
from bot.chat.discord.commands.frame import Answer, Asker, Command, Desk, answer, offered, said
from bot.chat.discord.permissions import kind_of, missing, stopping
from bot.chat.discord.places import PostChannel
from bot.chat.discord.text import joined, plain
from bot.errors import NotFound
from bot.models import Channel, Content, Interests, Message, Post, State
from bot.publish import Plan, preview
from bot.store import channels, papers

PREVIEWED = 2
"""Papers of the next post that are shown beside its header."""

MOST_TAGS = 20
"""Tags that a channel may care about."""

_UTC = "UTC"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person asks for; None leaves a setting as it is."""

    at: str | None = None
    zone: str | None = None
    tags: str | None = None
    max_papers: int | None = None
    stop: bool = False


class Place(app_commands.Transformer):
    """The kinds of channel that are offered: discord.py adds media channels to forums, which not everybody has."""

    @property
    def type(self) -> discord.AppCommandOptionType:
        """A channel."""
        return discord.AppCommandOptionType.channel

    @property
    def channel_types(self) -> list[discord.ChannelType]:
        """Text, announcement and forum."""
        return [discord.ChannelType.text, discord.ChannelType.news, discord.ChannelType.forum]

    async def transform(
        self, interaction: discord.Interaction, value: app_commands.AppCommandChannel, /
    ) -> app_commands.AppCommandChannel:
        """As Discord tells it; the bot may know more of it, or may not see it."""
        return value


async def shown(desk: Desk, asker: Asker) -> Answer:
    """The channels of the server, and how to set one up."""
    here = await desk.store.read(channels.of_server, "discord", asker.server)
    if not here:
        return said("Nothing is posted in this server yet. Choose a channel: /setup channel:#papers")
    wrong = await desk.store.read(channels.broken)
    lines = [f"- <#{one.address}>: {_when(one)}{_trouble(wrong.get(one.key))}" for one in here]
    return Answer(render.Rendered(joined(["Posts go to:", *lines], "\n", limits.CONTENT, "… and {} more")))


async def set_up(
    desk: Desk, asker: Asker, place: PostChannel, permissions: discord.Permissions, wanted: Wanted
) -> Answer:
    """Make a channel get posts as wanted, and tell what the next one looks like and what is missing for it."""
    key = f"discord:{place.id}"
    known = await desk.store.read(channels.get, key)
    if wanted.stop:
        return await _stopped(desk, key)
    channel = changed(known, place.id, place.name, asker, wanted)
    if not await desk.store.write(channels.set_up, channel):
        raise NotFound(f"#{place.name} is fixed in the bot's own settings; it can be changed only there")
    kind = kind_of(place.type)
    assert kind is not None
    lacking = missing(permissions, kind)
    if not stopping(permissions, kind):
        await desk.store.write(channels.mend, key)
    checked = (
        [f"⚠️ **{name}** is not allowed here: {breaks}." for name, breaks in lacking]
        if lacking
        else ["✅ I may do all that I need there."]
    )
    plan = await desk.store.read(preview, channel, desk.clock())
    coming = (
        f"The next post has {render.papers(plan.header.shown + plan.header.left_out)} so far:"
        if plan
        else "There is nothing new to post yet."
    )
    lines = [f"<#{place.id}>: {_when(channel)}", *checked, coming]
    return Answer(await _with_preview(desk, channel, plan, "\n".join(lines)))


def changed(known: Channel | None, channel_id: int, name: str, asker: Asker, wanted: Wanted) -> Channel:
    """The channel as it is wanted: what is not told stays, and is 09:00 in UTC for a new one. Raises NotFound."""
    new = Channel(f"discord:{channel_id}", "discord", str(channel_id), name, _UTC, time(9))
    was = known or new
    return replace(
        was,
        name=name,
        time=was.time if wanted.at is None else _time(wanted.at),
        zone=was.zone if wanted.zone is None else _zone(wanted.zone),
        interests=was.interests if wanted.tags is None else _interests(was.interests, wanted.tags),
        max_papers=wanted.max_papers or was.max_papers,
        server=asker.server,
        owner=asker.person,
    )


def commands(desk: Desk) -> tuple[Command, ...]:
    """This command as Discord knows it."""

    async def zones(interaction: discord.Interaction, typed: str) -> list[Choice[str]]:
        async def find() -> Sequence[tuple[str, str]]:
            words = typed.replace(" ", "_").casefold()
            return [(zone, zone) for zone in _zones() if words in zone.casefold()][: limits.COMMAND_CHOICES]

        return await offered(interaction, find)

    async def tags(interaction: discord.Interaction, typed: str) -> list[Choice[str]]:
        async def find() -> Sequence[tuple[str, str]]:
            before, comma, last = typed.rpartition(",")
            begun = f"{before}{comma} " if comma else ""
            return [
                (begun + tag, begun + tag) for tag in await library.complete_tags(desk.store, last.strip())
            ]

        return await offered(interaction, find)

    @app_commands.command(description="Choose where and when papers are posted in this server")
    @app_commands.describe(
        channel="A text, announcement or forum channel; without one, I tell where posts go now",
        at="Local time of the daily post, such as 09:00",
        zone="The zone of that time, such as Europe/Berlin",
        tags="Tags that come first, with commas between them; a dash for none",
        papers="Papers with a message of their own; the rest are named at the end",
        stop="Post there no longer",
    )
    @app_commands.rename(at="time")
    @app_commands.autocomplete(zone=zones, tags=tags)
    @app_commands.default_permissions(manage_guild=True)
    @app_commands.checks.has_permissions(manage_guild=True)
    async def setup(
        interaction: discord.Interaction,
        channel: app_commands.Transform[app_commands.AppCommandChannel, Place] | None = None,
        at: Range[str, 4, 5] | None = None,
        zone: Range[str, 2, 60] | None = None,
        tags: Range[str, 1, 300] | None = None,
        papers: Range[int, 1, 200] | None = None,
        stop: bool = False,
    ) -> None:
        wanted = Wanted(at, zone, tags, papers, stop)

        async def ask(asker: Asker) -> Answer:
            if channel is None:
                if wanted != Wanted():
                    raise NotFound("Name the channel, too: /setup channel:#papers")
                return await shown(desk, asker)
            place = channel.resolve()
            if not isinstance(place, PostChannel):
                raise NotFound(f"I cannot see {channel.name}; allow me View Channel there, then try again")
            return await set_up(desk, asker, place, place.permissions_for(place.guild.me), wanted)

        await answer(interaction, ask)

    return (setup,)


async def _stopped(desk: Desk, key: str) -> Answer:
    if not await desk.store.write(channels.take_down, key):
        raise NotFound(
            "I post nothing there that was set up with /setup; what the bot's settings fix is changed there"
        )
    return said("Nothing is posted there any more. What was posted stays, and /setup begins again.")


async def _with_preview(desk: Desk, channel: Channel, plan: Plan | None, text: str) -> render.Rendered:
    """The text, and of the next post the header and the first papers, as far as one message holds them."""
    if plan is None:
        return render.Rendered(text)
    first = [paper_id for kind, paper_id in plan.messages if kind == "paper" and paper_id is not None][
        :PREVIEWED
    ]
    contents: list[Content] = [plan.header, *await desk.store.read(papers.briefs, first)]
    post = Post(0, channel.key, plan.header.local_date, plan.header, None, desk.clock())
    embeds = [
        render.message(
            post,
            Message(0, 0, channel.key, part, "paper" if part else "header", None, "", State.PENDING),
            content,
            total=plan.header.shown,
        ).embeds
        for part, content in enumerate(contents)
    ]
    rendered = render.Rendered(text, tuple(embed for some in embeds for embed in some))
    while limits.faults(rendered) and rendered.embeds:
        rendered = replace(rendered, embeds=rendered.embeds[:-1])
    return rendered


def _when(channel: Channel) -> str:
    cares = f", first those on {', '.join(channel.interests.tags)}" if channel.interests.tags else ""
    text = f"every day at {channel.time:%H:%M} in {channel.zone}, up to {channel.max_papers} papers{cares}"
    return plain(text, 400)


def _trouble(reason: str | None) -> str:
    return "" if reason is None else f"\n  ⚠️ {plain(reason, 400)}"


def _time(text: str) -> time:
    hours, _, minutes = text.partition(":")
    if not (
        hours.isdecimal()
        and minutes.isdecimal()
        and len(minutes) == 2
        and int(hours) < 24
        and int(minutes) < 60
    ):
        raise NotFound(f"{text}: that is no time of day; write it as 09:00")
    return time(int(hours), int(minutes))


def _zone(text: str) -> str:
    found = next(
        (zone for zone in _zones() if zone.casefold() == text.strip().replace(" ", "_").casefold()), None
    )
    if found is None:
        raise NotFound(f"{text}: there is no such zone; choose one of those offered, such as Europe/Berlin")
    return found


def _interests(was: Interests, text: str) -> Interests:
    tags = dict.fromkeys(tag for part in text.split(",") if (tag := " ".join(part.split())) not in ("", "-"))
    return replace(was, tags=tuple(tags)[:MOST_TAGS])


@cache
def _zones() -> tuple[str, ...]:
    return tuple(sorted(available_timezones()))
