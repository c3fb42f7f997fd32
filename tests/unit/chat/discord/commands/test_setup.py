"""How what a person asks for changes a channel."""

from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.discord.commands.frame import Asker
from bot.chat.discord.commands.setup import MOST_TAGS, Wanted, changed
from bot.errors import NotFound
from bot.models import Channel, Interests

ASKER = Asker("discord:9", "77")
KNOWN = Channel(
    "discord:5",
    "discord",
    "5",
    "old name",
    "Asia/Tokyo",
    time(7, 15),
    3,
    interests=Interests(("pruning",), ("flow",), ("survey",)),
    server="77",
    owner="discord:1",
)


def test_a_new_channel_posts_at_nine_in_utc() -> None:
    """Whoever sets it up looks after it."""
    channel = changed(None, 5, "papers", ASKER, Wanted())
    assert (channel.key, channel.platform, channel.address) == ("discord:5", "discord", "5")
    assert (channel.time, channel.zone, channel.server, channel.owner) == (time(9), "UTC", "77", "discord:9")


def test_only_what_is_told_changes() -> None:
    """Words that the settings gave the channel stay, and its name is what it is called now."""
    channel = changed(KNOWN, 5, "papers", ASKER, Wanted(at="23:59"))
    assert (channel.time, channel.zone, channel.max_papers) == (time(23, 59), "Asia/Tokyo", 3)
    assert (channel.interests, channel.name) == (KNOWN.interests, "papers")


@pytest.mark.parametrize(
    ("text", "tags"),
    [("a, b ,a", ("a", "b")), (" flow   matching", ("flow matching",)), ("-", ()), (",,", ())],
)
def test_tags_stand_between_commas(text: str, tags: tuple[str, ...]) -> None:
    """Each once, in the order given; a dash is none."""
    interests = changed(KNOWN, 5, "papers", ASKER, Wanted(tags=text)).interests
    assert interests == Interests(tags, ("flow",), ("survey",))


@given(st.text(max_size=6))
def test_any_time_is_one_or_is_refused(text: str) -> None:
    """Whatever is typed, it is a time of day or a sentence."""
    try:
        channel = changed(None, 5, "papers", ASKER, Wanted(at=text))
    except NotFound:
        return
    hours, minutes = text.split(":")
    assert channel.time == time(int(hours), int(minutes))


@given(st.text(max_size=300))
def test_any_tags_are_taken(text: str) -> None:
    """Never too many, none blank."""
    tags = changed(None, 5, "papers", ASKER, Wanted(tags=text)).interests.tags
    assert len(tags) <= MOST_TAGS
    assert all(tag.strip() for tag in tags)
