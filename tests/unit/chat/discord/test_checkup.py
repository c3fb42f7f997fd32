"""What the check of Discord finds, asked of the unmodified library over REST."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import time

import pytest
from pydantic import SecretStr

from bot.chat.discord.checkup import FEW_SESSIONS, examine, invitation
from bot.errors import PlatformRefused, PlatformUnreachable
from bot.models import Channel
from bot.settings import DiscordSettings
from tests.fakes.discord_server import DiscordServer, Fault, Permission

LAB = Channel("discord:5", "discord", "5", "lab", "UTC", time(9))


@pytest.fixture
async def server() -> AsyncIterator[DiscordServer]:
    """A Discord."""
    async with DiscordServer() as opened:
        yield opened


def settings_for(server: DiscordServer) -> DiscordSettings:
    """The account at this Discord."""
    return DiscordSettings(token=SecretStr(server.token), api_url=server.api_url)


async def test_all_is_well(server: DiscordServer) -> None:
    """Token, gateway, and each kind of channel; nothing is connected for it."""
    guild = server.add_guild()
    places = [guild.add_text("a"), guild.add_announcement("b"), guild.add_forum("c")]
    channels = [replace(LAB, address=str(place.id), name=place.name) for place in places]
    found = await examine(settings_for(server), channels)
    assert [(name, status) for name, status, _ in found] == [
        ("discord token", "good"),
        ("discord gateway", "good"),
        ("discord a", "good"),
        ("discord b", "good"),
        ("discord c", "good"),
    ]
    assert server.identifies == 0


@pytest.mark.parametrize(
    ("permission", "status", "named"),
    [
        (Permission.SEND_MESSAGES_IN_THREADS, "bad", "Send Messages in Threads"),
        (Permission.EMBED_LINKS, "bad", "Embed Links"),
        (Permission.ADD_REACTIONS, "warn", "Add Reactions"),
        (Permission.READ_MESSAGE_HISTORY, "warn", "Read Message History"),
    ],
)
async def test_a_missing_permission_is_named(
    server: DiscordServer, permission: Permission, status: str, named: str
) -> None:
    """With what breaks without it: bad where nothing can be posted, else a warning."""
    guild = server.add_guild()
    place = guild.add_text("a")
    guild.deny(place, permission)
    *_, (_, how, text) = await examine(settings_for(server), [replace(LAB, address=str(place.id))])
    assert how == status
    assert named in text


async def test_a_channel_that_cannot_hold_a_post_is_told(server: DiscordServer) -> None:
    """A voice channel, and one that is not there."""
    voice = server.add_guild().add_voice("talk")
    channels = [replace(LAB, address=str(voice.id)), LAB]
    *_, wrong, gone = await examine(settings_for(server), channels)
    assert (wrong[1], gone[1]) == ("bad", "bad")
    assert "text, announcement or forum" in wrong[2]
    assert "cannot see channel 5" in gone[2]


async def test_no_token_a_wrong_one_and_no_answer_are_told_apart(server: DiscordServer) -> None:
    """Each says what to do; an outage is no mistake of the owner's."""
    right = settings_for(server)
    wrong = right.model_copy(update={"token": SecretStr("canary")})
    for settings in (right.model_copy(update={"token": None}), wrong):
        ((name, status, text),) = await examine(settings, [LAB])
        assert (name, status) == ("discord token", "bad")
        assert "BROADSHEET_DISCORD_TOKEN" in text
        assert "canary" not in text
        with pytest.raises(PlatformRefused):
            await invitation(settings)
    server.fail(Fault.HTTP_503, times=None)
    ((name, status, _),) = await examine(right, [LAB])
    assert (name, status) == ("discord", "warn")
    with pytest.raises(PlatformUnreachable):
        await invitation(right)


async def test_few_sessions_left_are_told(server: DiscordServer) -> None:
    """Whoever restarts a bot all day loses its token; doctor says so before."""
    (_, (_, status, text)) = await examine(settings_for(server), [])
    assert (status, "1000 of 1000 sessions" in text) == ("good", True)
    server.gateway.identify_limit = FEW_SESSIONS - 1
    (_, (_, status, text)) = await examine(settings_for(server), [])
    assert (status, "restarts the bot again and again" in text) == ("warn", True)


async def test_the_link_names_application_and_permissions(server: DiscordServer) -> None:
    """It asks for no more than a daily post needs."""
    link = await invitation(settings_for(server))
    assert f"client_id={server.application_id}" in link
    assert "permissions=309237730368" in link
