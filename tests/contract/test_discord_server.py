"""The loopback Discord: its gateway, its rate limits, and what it can be told to get wrong."""

import asyncio
import io
import json
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import aiohttp
import discord
import pytest

from tests.contract.discord_rig import FAST, INTENTS, Bot, Rig, card
from tests.fakes.discord_errors import Json
from tests.fakes.discord_server import (
    DiscordServer,
    Fault,
    Permission,
    Rates,
    serving,
)

# Life on the gateway


async def test_a_bot_logs_in_and_identifies(rig: Rig) -> None:
    """discord.py as it is gets READY and the guild with its channels, by the intents that it asks for."""
    await rig.connect()
    guild = rig.bot.get_guild(rig.guild.id)
    assert guild is not None
    assert [channel.name for channel in guild.channels] == ["papers"]
    assert guild.me.guild_permissions.value == 309237730368
    (session,) = rig.server.gateway.connected
    assert session.intents == INTENTS
    assert (rig.server.identifies, rig.server.violations) == (1, [])


async def test_a_drop_is_resumed_and_what_was_missed_comes_in_order(rig: Rig) -> None:
    """Events while the connection is away are replayed in order, and the session is the old one."""
    await rig.connect()
    message = await rig.place().send(embed=card())
    rig.server.drop_gateway()
    await rig.server.until(lambda: rig.server.connected == 0)
    for emoji in "🔖👍🎉":
        await rig.server.react(rig.reader, message.id, emoji)
    await rig.server.until(lambda: len(rig.bot.words) == 5)
    assert sorted(rig.bot.words[1:]) == sorted(["+🔖", "+👍", "+🎉", "resumed"])
    assert (rig.server.identifies, rig.server.resumes) == (1, 1)


async def test_a_session_that_is_lost_begins_anew(rig: Rig) -> None:
    """After opcode 9, or when the session is forgotten, the bot identifies again and missed events stay missed."""
    await rig.connect()
    message = await rig.place().send(embed=card())
    rig.server.invalidate_sessions()
    await rig.hears("ready")
    await rig.server.react(rig.reader, message.id, "🔖", dispatch=False)
    rig.server.drop_gateway(4000, resumable=False)
    await rig.hears("ready", "ready")
    assert (rig.server.identifies, rig.server.resumes) == (3, 0)


async def test_asked_to_reconnect_it_resumes(rig: Rig) -> None:
    """Opcode 7 ends in a RESUME."""
    await rig.connect()
    rig.server.reconnect_gateway()
    await rig.hears("resumed")
    assert rig.server.identifies == 1


async def test_events_come_only_to_those_who_asked(rig: Rig) -> None:
    """Without GUILD_MESSAGES a deletion isn't told; a reaction, asked for, is."""
    rig.bot._connection._intents = discord.Intents._from_value(1025)
    await rig.connect()
    first, second = await rig.place().send("one"), await rig.place().send("two")
    await rig.server.delete_message(first.id)
    await rig.server.react(rig.reader, second.id, "🔖")
    await rig.hears("+🔖")


async def test_nothing_is_told_of_channels_that_the_bot_does_not_see(rig: Rig) -> None:
    """Events of a hidden channel go to nobody."""
    await rig.connect()
    hidden = rig.guild.add_text("hidden")
    secret, seen = await rig.place(hidden).send("one"), await rig.place().send("two")
    rig.guild.deny(hidden, Permission.VIEW_CHANNEL)
    await rig.server.react(rig.reader, secret.id, "👍")
    await rig.server.react(rig.reader, seen.id, "🔖")
    await rig.hears("+🔖")


async def test_a_wrong_token_and_unapproved_intents_are_turned_away(rig: Rig) -> None:
    """The gateway closes with 4004 and 4014, REST says 401."""
    async with Bot() as stranger:
        with pytest.raises(discord.LoginFailure):
            await stranger.login("wrong")
    rig.bot._connection._intents = discord.Intents._from_value(INTENTS | 1 << 15)
    with pytest.raises(discord.PrivilegedIntentsRequired):
        await rig.bot.connect()


async def test_a_wrong_token_closes_the_gateway(rig: Rig) -> None:
    """IDENTIFY with a token that was reset: 4004."""
    rig.bot.shard_count = 1
    rig.server.gateway.token = "another"
    with pytest.raises(discord.ConnectionClosed) as closed:
        await rig.bot.connect()
    assert closed.value.code == 4004


async def test_too_many_identifies_reset_the_token(rig: Rig) -> None:
    """One IDENTIFY over the day's limit ends every session and the token."""
    rig.server.gateway.identify_limit = 1
    old = rig.server.token
    await rig.connect()
    assert (await rig.bot.fetch_session_start_limits()).remaining == 0
    rig.server.invalidate_sessions()
    await rig.server.until(lambda: rig.running[0].done())
    with pytest.raises(discord.ConnectionClosed):
        await rig.running.pop()
    assert rig.server.token != old
    assert rig.server.connected == 0


async def test_a_refused_connection_is_an_http_error(rig: Rig) -> None:
    """The gateway can be made to answer 503."""
    rig.server.refuse_gateway(1)
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await rig.bot.http.ws_connect(rig.server.gateway_url)
    socket = await rig.bot.http.ws_connect(rig.server.gateway_url)
    assert (await socket.receive_json())["op"] == 10
    await socket.close()


async def test_guilds_come_and_go(rig: Rig) -> None:
    """A guild that is joined, one in an outage and one that removes the bot are told apart."""
    await rig.connect()
    other = rig.server.add_guild("Other")
    await rig.hears("guild joined")
    other.unavailable()
    other.available()
    rig.guild.remove()
    await rig.hears("guild joined", "guild unavailable", "guild removed")
    with pytest.raises(discord.Forbidden) as outside:
        await rig.place().send("nobody there")
    assert outside.value.code == 50001


async def speak(rig: Rig, *said: Json) -> int | None:
    """Say this to the gateway, and give the code with which it closes."""
    async with aiohttp.ClientSession() as session, session.ws_connect(rig.server.gateway_url) as socket:
        await socket.receive_json()
        for each in said:
            await socket.send_json(each)
        while not socket.closed:
            await socket.receive()
        return socket.close_code


def identify(**more: object) -> Json:
    """An IDENTIFY that is right but for what is given."""
    return {"op": 2, "d": {"token": "fake-token", "intents": INTENTS, **more}}


BAD_MANNERS: list[tuple[int, list[Json]]] = [
    (4001, [identify(), {"op": 99, "d": None}]),
    (4002, [{"op": 1, "d": "x" * 4096}]),
    (4003, [{"op": 3, "d": None}]),
    (4004, [identify(token="wrong")]),
    (4004, [{"op": 6, "d": {"token": "wrong", "session_id": "x", "seq": 1}}]),
    (4005, [identify(), identify()]),
    (4008, [{"op": 1, "d": None}] * 121),
    (4010, [identify(shard=[1, 1])]),
    (4013, [identify(intents=1 << 40)]),
    (4014, [identify(intents=1 << 15)]),
]


@pytest.mark.parametrize(
    ("code", "said"), BAD_MANNERS, ids=[f"{n}-{code}" for n, (code, _) in enumerate(BAD_MANNERS)]
)
async def test_bad_manners_close_the_connection(rig: Rig, code: int, said: list[Json]) -> None:
    """Each breach of the gateway's rules has its close code."""
    assert await speak(rig, *said) == code


async def test_who_does_not_beat_is_cut_off(rig: Rig) -> None:
    """Without heartbeats the connection is closed with 4009."""
    rig.server.gateway.heartbeat = 0.02
    assert await speak(rig, identify()) == 4009


async def test_too_late_or_too_soon_begins_anew(rig: Rig) -> None:
    """A RESUME after the window, and an IDENTIFY too soon after another, get opcode 9."""
    rig.server.gateway.identify_seconds = 60
    async with aiohttp.ClientSession() as session:
        for number in range(2):
            async with session.ws_connect(rig.server.gateway_url) as socket:
                await socket.receive_json()
                await socket.send_json(identify())
                told = await socket.receive_json()
                assert (told["op"], told["t"]) == ((0, "READY") if number == 0 else (9, None))
                await socket.close(code=4000)  # 1000 would end the session
        (old,) = rig.server.gateway.sessions.values()
        rig.server.gateway.resume_seconds = -1
        await rig.server.until(lambda: old.socket is None)
        async with session.ws_connect(rig.server.gateway_url) as socket:
            await socket.receive_json()
            await socket.send_json({"op": 6, "d": {"token": "fake-token", "session_id": old.id, "seq": 1}})
            assert (await socket.receive_json()) == {"op": 9, "d": False, "s": None, "t": None}


async def test_guilds_belong_to_shards(rig: Rig) -> None:
    """A session hears of the guilds of its shard, and of no others."""
    shard = (rig.guild.id >> 22) % 2
    async with aiohttp.ClientSession() as session:
        for number, guilds in ((shard, [str(rig.guild.id)]), (1 - shard, [])):
            async with session.ws_connect(rig.server.gateway_url) as socket:
                await socket.receive_json()
                await socket.send_json(identify(shard=[number, 2]))
                ready = await socket.receive_json()
                assert [guild["id"] for guild in ready["d"]["guilds"]] == guilds


async def test_an_event_can_come_twice(rig: Rig) -> None:
    """Discord delivers any number of times, and so can this one."""
    await rig.connect()
    message = await rig.place().send("one")
    await rig.server.react(rig.reader, message.id, "🔖")
    rig.server.repeat_event()
    await rig.hears("+🔖", "+🔖")


# Rates


async def test_discord_py_keeps_to_the_buckets(rig: Rig) -> None:
    """A client that reads the headers never sees 429, and is as fast as its buckets allow."""
    rig.server.limiter.rates = Rates(messages=(2, 0.2))
    began = time.monotonic()
    await asyncio.gather(*[rig.place().send(str(number)) for number in range(5)])
    assert 0.4 <= time.monotonic() - began < 5
    assert rig.server.too_many == 0


async def test_who_is_too_fast_is_told_to_wait(rig: Rig) -> None:
    """A bucket that is empty gives 429 with Via, headers and JSON; other channels have buckets of their own."""
    rig.server.limiter.rates = Rates(messages=(1, 30.0))
    path, other = f"/channels/{rig.channel.id}/messages", f"/channels/{rig.guild.add_text('b').id}/messages"
    first = await rig.raw("POST", path, {"content": "one"})
    assert first.headers["X-RateLimit-Remaining"] == "0"
    second = await rig.raw("POST", path, {"content": "two"})
    told = json.loads(second.text)
    assert (second.status, second.headers["X-RateLimit-Scope"], told["global"]) == (429, "user", False)
    assert 29 < told["retry_after"] <= 30
    assert (second.headers["Via"], second.headers["Content-Type"]) == ("1.1 google", "application/json")
    assert second.headers["X-RateLimit-Bucket"] == first.headers["X-RateLimit-Bucket"]
    assert (await rig.raw("POST", other, {"content": "three"})).status == 200
    assert (rig.server.too_many, rig.server.invalid_requests) == (1, 1)


async def test_all_requests_together_have_a_limit(rig: Rig) -> None:
    """The global limit spans routes and channels; answers to interactions are outside it."""
    rig.server.limiter.rates = Rates(everything=2)
    rig.server.limiter.clock = lambda: 1000.0
    statuses = [
        (await rig.raw("GET", path)).status for path in ("/users/@me", "/users/@me/guilds", "/users/@me")
    ]
    assert statuses == [200, 200, 429]
    last = await rig.raw("GET", f"/channels/{rig.channel.id}")
    assert (last.headers["X-RateLimit-Global"], json.loads(last.text)["global"]) == ("true", True)
    assert (await rig.raw("POST", "/interactions/1/none/callback", {"type": 5})).status == 404


async def test_who_makes_many_invalid_requests_is_walled_off(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Past the limit of invalid requests the answer comes from before Discord: no Via, no JSON."""
    monkeypatch.setattr("tests.fakes.discord_api.INVALID_LIMIT", 2)
    for _ in range(2):
        assert (await rig.raw("GET", "/users/@me", headers={"Authorization": "Bot wrong"})).status == 401
    answer = await rig.raw("GET", "/users/@me")
    assert (answer.status, "Via" in answer.headers, answer.headers["Content-Type"][:9]) == (
        429,
        False,
        "text/html",
    )


async def test_edits_of_old_messages_have_a_limit_of_their_own(rig: Rig) -> None:
    """After an hour a message's edits are counted once more: 30046."""
    message = await rig.place().send("one")
    rig.server.message(message.id).at -= 3601
    path = f"/channels/{rig.channel.id}/messages/{message.id}"
    codes = [
        json.loads((await rig.raw("PATCH", path, {"content": str(n)})).text).get("code") for n in range(4)
    ]
    assert codes == [None, None, None, 30046]


# Faults

FAULTS: list[tuple[Fault, type[Exception], int]] = [
    (Fault.HTTP_503, discord.DiscordServerError, 0),
    (Fault.CLOUDFLARE, discord.HTTPException, 0),
    (Fault.UNAUTHORIZED, discord.HTTPException, 0),
    (Fault.FORBIDDEN, discord.Forbidden, 0),
    (Fault.NOT_FOUND, discord.NotFound, 0),
    (Fault.DROP_BEFORE, aiohttp.ServerDisconnectedError, 0),
    (Fault.DROP_AFTER, aiohttp.ServerDisconnectedError, 1),
    (Fault.RESET_BEFORE, aiohttp.ClientOSError, 0),
    (Fault.RESET_AFTER, aiohttp.ClientOSError, 1),
]


@pytest.mark.parametrize(("fault", "error", "shown"), FAULTS, ids=[fault.name for fault, _, _ in FAULTS])
async def test_a_fault_strikes_before_or_after_acceptance(
    rig: Rig, fault: Fault, error: type[Exception], shown: int
) -> None:
    """What discord.py raises, and whether the message is there nevertheless."""
    rig.server.fail(fault, method="POST", path="/messages$")
    with pytest.raises(error):
        await rig.place().send("one", nonce="n")
    assert len(rig.server.messages(rig.channel.id)) == shown
    (request,) = rig.server.made("POST", "/channels/*/messages")
    assert (request.fault, request.status is None) == (fault, "DROP" in fault.name or "RESET" in fault.name)
    await rig.place().send("one", nonce="n")
    assert len(rig.server.messages(rig.channel.id)) == 1


async def test_faults_can_be_aimed_and_slow(rig: Rig) -> None:
    """A fault waits for its turn and its path; a slow answer comes, and a planned 429 is obeyed."""
    rig.server.fail(Fault.NOT_FOUND, path=str(rig.channel.id), after=1, times=None)
    rig.server.fail(Fault.SLOW, method="GET", path="^/users", seconds=0.1)
    assert (await rig.raw("GET", f"/channels/{rig.channel.id}")).status == 200
    assert (await rig.raw("GET", f"/channels/{rig.channel.id}")).status == 404
    rig.server.heal()
    rig.server.fail(Fault.RATE_LIMITED, retry_after=0.05, scope="shared")
    await rig.place().send("one")
    assert [request.status for request in rig.server.made("POST", "/channels/*/messages")] == [429, 200]
    assert rig.server.invalid_requests == 0


async def test_an_answer_can_be_kept_back(rig: Rig) -> None:
    """A request that hangs is accepted, and seen to be, while nobody has an answer."""
    rig.server.fail(Fault.HANG_AFTER, method="POST")
    sending = asyncio.create_task(rig.place().send("one"))
    await rig.server.until(lambda: rig.server.messages(rig.channel.id))
    assert rig.server.requests[-1].status is None
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending


# The server itself


async def test_requests_are_checked_against_discord_s_own_document(rig: Rig) -> None:
    """What Discord's OpenAPI document does not allow is noted, in words."""
    if rig.server.api.schema is None:
        pytest.skip("Discord's OpenAPI document is not at hand")
    await rig.raw("POST", f"/channels/{rig.channel.id}/messages", {"content": "x", "tts": "loud"})
    await rig.raw("POST", f"/channels/{rig.channel.id}/messages", {"content": "x", "flags": 0})
    (complaint,) = rig.server.violations
    assert "$.tts" in complaint


async def test_a_request_needs_a_token_and_a_user_agent(rig: Rig) -> None:
    """No or another token is 401, no User-Agent 403, and a body that is no JSON 400."""
    path = f"/channels/{rig.channel.id}"
    assert (await rig.raw("GET", path, headers={"Authorization": rig.server.token})).status == 401
    assert (await rig.raw("GET", path, headers={"User-Agent": ""})).status == 403
    async with aiohttp.ClientSession() as session:
        whole = f"{rig.server.api_url}{path}/messages"
        async with session.post(
            whole, data=b"{", headers={"Authorization": f"Bot {rig.server.token}"}
        ) as answer:
            assert (answer.status, (await answer.json())["code"]) == (400, 50109)


async def test_automod_and_large_files_are_refused(rig: Rig) -> None:
    """Blocked text is 200000, in a thread's name 200001; a file over ten mebibytes is 40005."""
    rig.server.blocked = re.compile("casino")
    rig.guild.allow(rig.channel, Permission.ATTACH_FILES)
    await rig.connect()
    message = await rig.place().send("one")
    large = discord.File(io.BytesIO(b"x" * (10 * 1024 * 1024 + 1)), "large")
    acts = [rig.place().send("casino"), message.create_thread(name="casino"), rig.place().send(file=large)]
    codes = []
    for act in acts:
        with pytest.raises(discord.HTTPException) as refused:
            await act
        codes.append(refused.value.code)
    assert codes == [200000, 200001, 40005]


def test_it_serves_a_process_of_its_own() -> None:
    """In a thread the server can be asked and told from outside, and is gone afterwards."""
    with serving(lambda: DiscordServer(rates=FAST)) as served:
        channel = served.call(lambda: served.server.add_guild().add_text())
        message = served.do(served.server.say(served.server.owner_id, channel.id, "hello"))
        header = {"Authorization": f"Bot {served.server.token}"}
        address = f"{served.server.api_url}/channels/{channel.id}/messages"
        request = urllib.request.Request(address, headers=header)
        with urllib.request.urlopen(request) as answer:
            assert json.loads(answer.read())[0]["id"] == str(message.id)
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(request)


def test_a_developer_can_start_one() -> None:
    """The module's own command prints where to point a bot."""
    command = [sys.executable, "-m", "tests.fakes.discord_server", "--token", "mine"]
    with subprocess.Popen(
        command, cwd=Path(__file__).parents[2], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        told = dict(process.stdout.readline().split() for _ in range(6))
        process.terminate()
    assert told.keys() == {"api_url", "gateway_url", "token", "guild", "text", "forum"}
    assert told["api_url"].startswith("http://127.0.0.1:")
