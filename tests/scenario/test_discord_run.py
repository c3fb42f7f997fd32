"""``broadsheet`` as its owner runs it, with a channel on Discord: a process, a server, and accidents."""

import re
import signal
from collections.abc import Callable, Iterator
from functools import partial

import pytest

from tests.fakes.discord_server import Chan, DiscordServer, Fault, Permission, Rates, Served, serving
from tests.scenario.conftest import Bot, Home

PAPERS = [(f"Kites in Wind {number}", f"We fly kite {number}. It stays up.") for number in range(1, 7)]
TEXT = """
[[channels]]
name = "papers"
platform = "discord"
address = "{address}"
time = "00:00"
zone = "UTC"
"""


@pytest.fixture
def discord() -> Iterator[Served]:
    """A Discord with short windows, in a thread of its own."""
    with serving(lambda: DiscordServer(rates=Rates(messages=(5, 0.2), reactions=(1, 0.02)))) as served:
        yield served


@pytest.fixture
def place(home: Home, discord: Served) -> Chan:
    """A text channel that the settings name, and a digest for it."""
    made = discord.call(lambda: discord.server.add_guild().add_text("papers"))
    (home.path / "config").mkdir()
    (home.path / "config" / "broadsheet.toml").write_text(TEXT.format(address=made.id), "utf-8")
    home.environ |= {
        "BROADSHEET_DISCORD_TOKEN": discord.server.token,
        "BROADSHEET_DISCORD_API_URL": discord.server.api_url,
    }
    home.digest("a.txt", *PAPERS)
    return made


def titles(discord: Served, place: Chan) -> list[str]:
    """The titles in the threads of a channel, as people see them."""

    def look() -> list[str]:
        inside = [message for thread in place.threads for message in discord.server.messages(thread.id)]
        return [str(message.payload["embeds"][0].get("title")) for message in inside]

    return discord.call(look)


def wait_until(discord: Served, true: Callable[[], object]) -> None:
    """Wait until something holds on the server."""
    discord.do(discord.server.until(true, seconds=60))


def posted(place: Chan) -> int:
    """How many papers are in the channel's threads."""
    return sum(len(thread.messages) for thread in place.threads)


def reached(place: Chan, count: int) -> bool:
    """Whether so many papers are in the channel's threads."""
    return posted(place) >= count


def test_a_post_a_reaction_and_a_goodbye(
    home: Home, start: Callable[[], Bot], discord: Served, place: Chan
) -> None:
    """From a digest file to the thread; a reaction becomes a bookmark; SIGTERM ends it soon and cleanly."""
    bot = start()
    wait_until(discord, lambda: posted(place) == 6 and discord.server.connected)
    assert sorted(titles(discord, place)) == [title for title, _ in PAPERS]
    guild = place.guild
    assert guild is not None
    reader = discord.call(lambda: guild.add_member("ada"))
    paper = place.threads[0].messages[0]
    discord.do(discord.server.react(reader, paper.id, "🔖"))
    title = str(paper.payload["embeds"][0]["title"])
    while not (kept := home.lines("bookmarks", "--json")):
        pass
    assert [one["title"] for one in kept] == [title]
    code, seconds = bot.stop()
    assert code == 0, bot.printed
    assert seconds < 15
    assert discord.server.token not in bot.printed


def test_kills_at_random_moments_post_everything_once(
    home: Home, start: Callable[[], Bot], discord: Served, place: Chan
) -> None:
    """Killed twice in the middle of its post, the bot finishes it when it comes back."""
    for done in (2, 4):
        bot = start()
        wait_until(discord, partial(reached, place, done))
        bot.kill()
    start()
    wait_until(discord, lambda: posted(place) >= 6)
    assert home.run("doctor").exit_code == 0
    assert sorted(titles(discord, place)) == [title for title, _ in PAPERS]
    assert discord.call(lambda: [len(place.threads), len(place.messages)]) == [1, 1]


def test_a_stop_lets_the_send_in_hand_end(
    home: Home, start: Callable[[], Bot], discord: Served, place: Chan
) -> None:
    """A message that Discord has when the bot is told to stop is known as sent, so nothing is unsure."""
    discord.call(
        lambda: discord.server.fail(Fault.SLOW_AFTER, method="POST", path="/messages$", after=3, seconds=1.5)
    )
    bot = start()
    wait_until(discord, lambda: posted(place) == 3)
    assert bot.stop(signal.SIGTERM)[0] == 0
    assert "unknown" not in home.run("doctor").stdout
    start()
    wait_until(discord, lambda: posted(place) == 6)


def test_the_gateway_may_be_down_while_papers_are_posted(
    home: Home, start: Callable[[], Bot], discord: Served, place: Chan
) -> None:
    """Posting needs requests only; the log says what is wrong in a line an attempt; SIGTERM ends it soon."""
    discord.call(lambda: discord.server.refuse_gateway(1000))
    bot = start()
    wait_until(discord, lambda: posted(place) == 6)
    assert discord.call(lambda: discord.server.connected) == 0
    bot.wait_for("Retrying")
    code, seconds = bot.stop()
    assert code == 0, bot.printed
    assert seconds < 15
    assert "Traceback" not in bot.printed


def test_post_by_hand_needs_no_running_bot(home: Home, discord: Served, place: Chan) -> None:
    """``broadsheet post`` logs in, posts, and ends."""
    assert home.run("ingest").exit_code == 0
    done = home.run("post")
    assert done.exit_code == 0, done.stderr
    assert sorted(titles(discord, place)) == [title for title, _ in PAPERS]
    assert home.run("post").exit_code == 0
    assert discord.call(lambda: posted(place)) == 6


def test_the_invite_link_asks_for_what_is_needed(home: Home, discord: Served, place: Chan) -> None:
    """The link names the application, and the permissions by their number."""
    done = home.run("discord", "invite")
    assert done.exit_code == 0, done.stderr
    found = re.search(r"client_id=(\d+)\S*permissions=(\d+)", done.stdout)
    assert found
    assert (int(found[1]), int(found[2])) == (discord.server.application_id, 309237730368)


def test_doctor_names_what_is_missing_on_discord(home: Home, discord: Served, place: Chan) -> None:
    """All is well; then a permission is missing, then the channel is gone, then the token is wrong."""
    home.run("ingest")

    def said(name: str) -> dict[str, str]:
        return next(one for one in home.lines("doctor", "--json") if one["name"] == name)

    assert said("discord papers")["status"] == "good"
    assert said("discord token")["status"] == "good"
    guild = place.guild
    assert guild is not None
    discord.call(lambda: guild.deny(place, 1 << 38))
    assert "Send Messages in Threads" in str(home.run("doctor").stdout)
    discord.call(place.delete)
    assert "cannot see channel" in str(home.run("doctor").stdout)
    home.environ["BROADSHEET_DISCORD_TOKEN"] = "wrong-canary-77"
    done = home.run("doctor")
    assert "does not accept the bot's token" in done.stdout
    assert "canary" not in done.stdout + done.stderr


def test_a_channel_without_a_token_is_told_at_once(home: Home, discord: Served, place: Chan) -> None:
    """Neither ``run`` nor ``post`` waits for ever for a login that cannot be."""
    del home.environ["BROADSHEET_DISCORD_TOKEN"]
    for command in ("run", "post"):
        done = home.run(command)
        assert done.exit_code == 2
        assert "BROADSHEET_DISCORD_TOKEN" in done.stderr
    assert "the bot has no token" in home.run("doctor").stdout


@pytest.mark.parametrize("fault", [Fault.HANG_BEFORE, Fault.HANG_AFTER])
def test_a_send_that_hangs_delays_neither_others_nor_the_end(
    home: Home, start: Callable[[], Bot], discord: Served, place: Chan, fault: Fault
) -> None:
    """Another channel has its post, SIGTERM ends the bot in time, and the next one shows everything once."""
    guild = place.guild
    assert guild is not None
    other = discord.call(lambda: guild.add_text("others"))
    settings = home.path / "config" / "broadsheet.toml"
    settings.write_text(
        TEXT.format(address=place.id) + TEXT.format(address=other.id).replace("papers", "others"), "utf-8"
    )
    discord.call(
        lambda: discord.server.fail(fault, method="POST", path=rf"/channels/{place.id}/messages$", times=None)
    )
    bot = start()
    wait_until(discord, lambda: posted(other) == 6)
    assert discord.call(lambda: posted(place)) == 0
    code, seconds = bot.stop()
    assert code == 0, bot.printed
    assert seconds < 15
    discord.call(discord.server.heal)
    start()
    wait_until(discord, lambda: posted(place) == 6)
    assert sorted(titles(discord, place)) == [title for title, _ in PAPERS]
    assert discord.call(lambda: [len(place.threads), len(place.messages)]) == [1, 1]


def test_from_an_empty_server_to_the_first_post(
    home: Home, start: Callable[[], Bot], discord: Served
) -> None:
    """As the README has it: a token in a file, the bot, ``/setup``; nothing else is configured."""
    guild = discord.call(discord.server.add_guild)
    papers = discord.call(lambda: guild.add_text("papers"))
    owner = discord.call(
        lambda: guild.add_member("ada", permissions=Permission.MANAGE_GUILD | Permission.VIEW_CHANNEL)
    )
    (home.path / "discord-token").write_text(f"{discord.server.token}\n", "utf-8")
    (home.path / "config").mkdir()
    (home.path / "config" / "broadsheet.toml").write_text(
        '[discord]\ntoken_file = "discord-token"\n', "utf-8"
    )
    home.environ["BROADSHEET_DISCORD_API_URL"] = discord.server.api_url
    home.digest("a.txt", *PAPERS)
    start()
    wait_until(discord, lambda: discord.server.connected and discord.server.commands.registered.get(None))
    options = {"channel": papers.id, "time": "00:00", "zone": "Europe/Berlin"}
    reply = discord.do(discord.server.command(owner, papers.id, "setup", options))
    assert "every day at 00:00 in Europe/Berlin" in reply.content
    assert "I may do all that I need" in reply.content
    wait_until(discord, lambda: posted(papers) == 6)
    assert sorted(titles(discord, papers)) == [title for title, _ in PAPERS]
