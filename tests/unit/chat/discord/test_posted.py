"""What is said of posts leads to them, and is a message that Discord takes, whatever stands in them."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest

from bot.chat.discord import limits, posted
from bot.chat.discord.render import Rendered
from bot.library import Day
from bot.models import Channel, Header, Message, Post, State
from tests.store.samples import NOW, TODAY, on_discord, stored

CHANNEL = replace(on_discord(5), zone="UTC", time=time(9))


def day(
    channel: Channel = CHANNEL, ids: tuple[int, ...] = (1, 2), title: str | None = None, on: date = TODAY
) -> Day:
    """A post of these papers, all of them delivered, in a thread."""
    header = Header(on, len(ids), len(ids), 0, len(ids), 0, (("pruning", 2),))
    post = Post(1, channel.key, on, header, "900", NOW)
    messages = [Message(1, 1, channel.key, 0, "header", None, "n", State.SENT, "900")]
    messages += [
        Message(one, 1, channel.key, part, "paper", one, f"n{part}", State.SENT, f"80{one}")
        for part, one in enumerate(ids, 1)
    ]
    briefs = [stored(one, one) for one in ids]
    if title is not None:
        briefs = [replace(one, paper=replace(one.paper, title=title)) for one in briefs]
    return Day(channel, post, tuple(messages), tuple(briefs), ((99, "left out"),))


def said(rendered: Rendered) -> str:
    """The text of an answer."""
    return rendered.content + "".join(embed.description or "" for embed in rendered.embeds)


def test_today_s_post_is_linked_with_its_papers() -> None:
    """The thread, each paper's message, how many there are, and the first tags."""
    text = said(posted.today([(CHANNEL, day())], NOW))
    assert text.splitlines()[0] == (
        "**[#lab 5](https://discord.com/channels/77/900)** today: 3 new papers · `pruning`"
    )
    assert "(https://discord.com/channels/77/900/801)" in text
    assert "(https://discord.com/channels/77/900/802)" in text


@pytest.mark.parametrize(
    ("zone", "now", "told"),
    [
        ("UTC", NOW, f"due <t:{int(NOW.replace(hour=9, minute=0).timestamp())}:t>"),
        ("UTC", NOW + timedelta(hours=5), "none yet today"),
        ("Pacific/Auckland", NOW.replace(hour=12), "due"),
    ],
)
def test_a_channel_without_a_post_today_says_when(zone: str, now: datetime, told: str) -> None:
    """In its own zone, with the last one's thread if there was one."""
    channel = replace(CHANNEL, zone=zone)
    last = day(channel, on=TODAY - timedelta(days=1))
    text = said(posted.today([(channel, last)], now))
    assert text.startswith(f"**#lab 5** {told}")
    assert "[the last of 2025-03-10](https://discord.com/channels/77/900)" in text
    assert said(posted.today([(channel, None)], now)).count("the last") == 0


def test_what_arrived_is_counted_and_dated() -> None:
    """Those that are not named are counted at the end."""
    rendered = posted.since([day()] * posted.MOST, posted.MOST + 3, NOW)
    assert rendered.embeds[0].title == "23 posts since you last asked"
    assert said(rendered).endswith("… and 3 more posts")
    assert f"<t:{int(NOW.timestamp())}:D>" in said(rendered)


def test_a_quiet_day_is_one_line() -> None:
    """A post without papers says that there was nothing new."""
    quiet = replace(day(ids=()), left_out=())
    assert said(posted.today([(CHANNEL, quiet)], NOW)).startswith(
        "**[#lab 5](https://discord.com/channels/77/900)** today: nothing new"
    )


def test_nothing_is_a_sentence() -> None:
    """Without channels, and without posts."""
    assert said(posted.today([], NOW)) == "No channel of this server that you can see gets posts yet."
    assert said(posted.since([], 0, NOW)) == f"Nothing was posted here since <t:{int(NOW.timestamp())}:f>."


@pytest.mark.parametrize(
    "title", ["x" * 500, "[a](b) **c** `d` <@1> @everyone", "\u202e", "𝔸 long title " * 30]
)
@pytest.mark.parametrize("count", [1, 7, 60])
def test_however_much_was_posted_it_is_a_message(title: str, count: int) -> None:
    """Of any titles, in any number of channels."""
    days = [
        day(replace(CHANNEL, key=f"discord:{number}", name=title[:90]), tuple(range(1, 60)), title)
        for number in range(count)
    ]
    for rendered in (posted.today([(one.channel, one) for one in days], NOW), posted.since(days, count, NOW)):
        assert limits.faults(rendered) == ()
        assert "<@1>" not in said(rendered).replace("\\<@1>", "")
