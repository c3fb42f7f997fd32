"""What the bot needs: just that, each with what breaks, and the link that asks for it."""

from urllib.parse import parse_qs, urlsplit

import discord
import pytest

from bot.chat.discord.permissions import (
    NEEDS,
    PERMISSIONS,
    Kind,
    in_words,
    invite,
    kind_of,
    missing,
    stopping,
)


def test_the_invitation_asks_for_seven_permissions_and_no_more() -> None:
    """The integer of the documentation, with the scopes of a bot that has commands."""
    query = parse_qs(urlsplit(invite(42)).query)
    assert query["permissions"] == ["309237730368"]
    assert query["client_id"] == ["42"]
    assert query["scope"] == ["bot applications.commands"]
    assert len({need.flag for need in NEEDS}) == 7


@pytest.mark.parametrize("kind", ["text", "announcement", "forum"])
def test_nothing_is_missing_from_what_is_asked_for(kind: Kind) -> None:
    """Who lets the bot in by the link has nothing more to do."""
    assert missing(PERMISSIONS, kind) == []


def test_each_missing_permission_is_named_with_what_breaks() -> None:
    """By the names that people see; only what concerns the kind of channel."""
    nothing = discord.Permissions.none()
    assert len(missing(nothing, "text")) == 7
    assert "Create Posts" in dict(missing(nothing, "forum"))
    assert "Create Public Threads" not in dict(missing(nothing, "forum"))
    assert all(breaks for _, breaks in missing(nothing, "announcement"))


def test_only_what_is_needed_for_posting_stops_it() -> None:
    """Without history or reactions a post can be made."""
    without = discord.Permissions(PERMISSIONS.value)
    without.update(read_message_history=False, add_reactions=False)
    assert len(missing(without, "text")) == 2
    assert stopping(without, "text") == []
    without.update(send_messages_in_threads=False)
    assert [name for name, _ in stopping(without, "text")] == ["Send Messages in Threads"]


def test_the_sentence_names_all() -> None:
    """A person reads which permissions to allow."""
    text = in_words([("A", "x breaks"), ("B", "y breaks")])
    assert '"A" and "B"' in text
    assert "x breaks; y breaks" in text


def test_only_some_channels_hold_a_post() -> None:
    """Text, announcement and forum do; media channels are forums; voice is nothing."""
    assert kind_of(discord.ChannelType.text) == "text"
    assert kind_of(discord.ChannelType.news) == "announcement"
    assert kind_of(discord.ChannelType.forum) == kind_of(discord.ChannelType.media) == "forum"
    assert kind_of(discord.ChannelType.voice) is None
