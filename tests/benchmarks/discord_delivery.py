"""How long a post takes to Discord, against the floor that Discord's documented limits set; reactions; memory.

    python -m tests.benchmarks.discord_delivery [--channels N…] [--papers N] [--reactions N] [--guilds N]

The bot's own delivery and the unmodified discord.py, against a server on the loopback interface that enforces the
limits: 5 messages in 5 s a channel (discord-api-docs issue 20) and 50 requests a second in all (Topics, Rate Limits).
The floor of a run is the longer of the two: what one thread takes, ``5 s · (ceil(papers / 5) - 1)``, and what the
requests take that no bot can do without, a header, a thread and the papers for each channel, at 50 a second after the
first 50. Time counts from the first request of the post to the acceptance of its last paper. Printed with each: the
answers 429, which must be none.

Reactions: that many events over the gateway, from the first sent to the last one kept as a bookmark. Memory: a
``broadsheet run`` connected with that many servers, resident once it is ready.
"""

import argparse
import asyncio
import math
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from datetime import time as day_time
from functools import partial
from pathlib import Path

from pydantic import SecretStr

from bot.chat.discord import Discord
from bot.models import Channel
from bot.publish import Publisher
from bot.settings import DiscordSettings
from bot.store import Connection, Store, channels
from tests.fakes.discord_server import Chan, DiscordServer, Rates, serving
from tests.store import samples

ROOT = Path(__file__).parents[2]
A_CHANNEL, WINDOW, IN_ALL = 5, 5.0, 50


def fill(db: Connection, places: Sequence[Chan], papers: int, now: datetime) -> None:
    """Papers, and channels that never had a post."""
    channels.sync(
        db,
        [
            Channel(
                f"discord:{place.id}",
                "discord",
                str(place.id),
                place.name,
                "UTC",
                day_time(0),
                max_papers=papers,
            )
            for place in places
        ],
    )
    samples.read_digest(db, "a.txt", papers)
    db.execute("UPDATE papers SET first_seen = ?", (now.isoformat(),))


def clock() -> datetime:
    """The time."""
    return datetime.now(UTC)


async def deliver(count: int, papers: int, *, seed: bool) -> None:
    """Deliver a post of so many papers to so many channels, and print how long it took."""
    async with DiscordServer(rates=Rates(), document=None) as server:
        guild = server.add_guild()
        places = [guild.add_text(f"papers-{number}") for number in range(count)]
        with tempfile.TemporaryDirectory() as folder:
            store = Store.open(Path(folder) / "broadsheet.db")
            await store.write(fill, places, papers, clock())
            settings = DiscordSettings(
                token=SecretStr(server.token),
                api_url=server.api_url,
                gateway_url=server.gateway_url,
                seed_reaction=seed,
            )
            discord = Discord(store, settings, clock)
            stop = asyncio.Event()
            running = asyncio.create_task(discord.run(stop))
            await server.until(lambda: discord.reconciled, seconds=60)
            logged_in = len(server.requests)
            publisher = Publisher(store, {"discord": discord.adapter}, clock)
            await publisher.tick()
            await publisher.settle()
            stop.set()
            await running
            await discord.close(3600)
            store.close()
        made = server.requests[logged_in:]
        sent = [one for one in made if one.method == "POST" and one.path.endswith("/messages")]
        assert len(sent) == count * (papers + 1), len(sent)
        last = max(one.at for one in sent)
        took = last - min(one.at for one in made)
        least = count * (papers + 2)
        floor = max(WINDOW * (math.ceil(papers / A_CHANNEL) - 1), (least - IN_ALL) / IN_ALL)
        seeds = sum("/reactions/" in one.path for one in made)
        name = f"{papers} papers to {count:>3} channels{', with seeds' if seed else '':>12}"
        print(f"{name}: {took:6.1f} s, floor {floor:6.1f} s, ratio {took / floor:.3f}", end="; ")
        print(f"{len(made)} requests, {seeds} of them seeds; {server.too_many} × 429", flush=True)


async def react(events: int, papers: int) -> None:
    """Send that many reaction events, and print how long it takes until the last is a bookmark."""
    async with DiscordServer(rates=Rates(enforce=False)) as server:
        guild = server.add_guild()
        place = guild.add_text("papers")
        people = [guild.add_member(f"person {number}") for number in range(math.ceil(events / papers))]
        with tempfile.TemporaryDirectory() as folder:
            store = Store.open(Path(folder) / "broadsheet.db")
            await store.write(fill, [place], papers, clock())
            settings = DiscordSettings(
                token=SecretStr(server.token),
                api_url=server.api_url,
                gateway_url=server.gateway_url,
                seed_reaction=False,
            )
            discord = Discord(store, settings, clock)
            stop = asyncio.Event()
            running = asyncio.create_task(discord.run(stop))
            await server.until(lambda: server.connected, seconds=30)
            publisher = Publisher(store, {"discord": discord.adapter}, clock)
            await publisher.tick()
            await publisher.settle()
            (thread,) = place.threads
            messages = server.messages(thread.id)
            began = time.perf_counter()
            done = 0
            for person in people:
                for message in messages[: events - done]:
                    await server.react(person, message.id, "🔖")
                    done += 1
                await asyncio.sleep(0)
            seen = -1
            while await store.read(count_bookmarks) < events:
                await server.until(partial(newer, store, seen), seconds=60)
                seen = store.commits
            took = time.perf_counter() - began
            stop.set()
            await running
            await discord.close()
            store.close()
        print(
            f"{events:,} reactions: {took:.1f} s, {events / took:,.0f} a second, the server's own work included"
        )


def newer(store: Store, seen: int) -> bool:
    """Whether the store has changed since so many commits."""
    return store.commits > seen


def count_bookmarks(db: Connection) -> int:
    """How many bookmarks there are."""
    return int(db.execute("SELECT count(*) AS n FROM bookmarks").fetchone()["n"])


def weigh(guilds: int) -> None:
    """Print the resident memory of a bot that is connected with that many servers."""

    def crowded() -> DiscordServer:
        server = DiscordServer()
        for number in range(guilds):
            guild = server.add_guild(f"Lab {number}")
            for channel in range(20):
                guild.add_text(f"channel-{channel}")
        return server

    with serving(crowded) as served, tempfile.TemporaryDirectory() as folder:
        environ = os.environ | {
            "PYTHONPATH": str(ROOT),
            "BROADSHEET_WEB_PORT": "0",
            "BROADSHEET_DISCORD_TOKEN": served.server.token,
            "BROADSHEET_DISCORD_API_URL": served.server.api_url,
        }
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "run"], cwd=folder, env=environ, stdout=subprocess.DEVNULL
        )
        try:
            most, still = 0.0, 0
            while still < 20:
                time.sleep(0.5)
                status = Path(f"/proc/{process.pid}/status").read_text()
                now = int(status.partition("VmRSS:")[2].split()[0]) / 1024
                ready = served.server.connected > 0
                still = still + 1 if ready and now <= most else 0
                most = max(most, now)
            print(f"{guilds:,} servers of 20 channels: {now:.0f} MB resident, {most:.0f} MB at most")
        finally:
            process.terminate()
            process.wait()


def main() -> None:
    """Run what the arguments ask for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--channels", type=int, nargs="*", default=[1, 100])
    parser.add_argument("--papers", type=int, default=20)
    parser.add_argument("--reactions", type=int, default=100_000)
    parser.add_argument("--guilds", type=int, default=1000)
    given = parser.parse_args()
    for count in given.channels:
        for seed in (False, True):
            asyncio.run(deliver(count, given.papers, seed=seed))
    if given.reactions:
        asyncio.run(react(given.reactions, given.papers))
    if given.guilds:
        weigh(given.guilds)


if __name__ == "__main__":
    main()
