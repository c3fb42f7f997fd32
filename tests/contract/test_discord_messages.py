"""The loopback Discord: messages, permissions, threads and reactions are as Discord documents them."""

import io
from collections.abc import Awaitable, Callable

import discord
import pytest

from tests.contract.discord_rig import Rig, card
from tests.fakes.discord_errors import Json
from tests.fakes.discord_limits import CONTENT, EMBEDS_TOGETHER
from tests.fakes.discord_permissions import Overwrite, effective
from tests.fakes.discord_server import (
    Permission,
)

# Messages


async def test_what_is_sent_is_seen_edited_and_deleted(rig: Rig) -> None:
    """A message lives in the channel and its history, and its nonce only in the answer to its sending."""
    sent = await rig.place().send("one", embed=card(), nonce="n-1")
    (seen,) = rig.server.messages(rig.channel.id)
    assert (seen.id, seen.nonce, seen.embeds[0]["title"]) == (sent.id, "n-1", "A paper")
    (old,) = [message async for message in rig.place().history()]
    assert (sent.nonce, old.nonce, old.embeds[0].title) == ("n-1", None, "A paper")
    await sent.edit(content="two")
    assert (seen.content, len(seen.edits)) == ("two", 1)
    await sent.delete()
    assert rig.server.messages(rig.channel.id) == []
    with pytest.raises(discord.NotFound) as gone:
        await rig.place().fetch_message(sent.id)
    assert gone.value.code == 10008


async def test_deletions_are_told_one_by_one_or_together(rig: Rig) -> None:
    """A moderator's deletion is one event, for one message or for many."""
    await rig.connect()
    first, *others = [(await rig.place().send(str(number))).id for number in range(3)]
    await rig.server.delete_message(first)
    await rig.server.bulk_delete(others)
    await rig.hears("delete", "delete 2")
    assert rig.server.messages(rig.channel.id) == []


async def test_history_is_paged_by_id(rig: Rig) -> None:
    """before, after and limit give the pages that they name."""
    ids = [(await rig.server.say(rig.reader, rig.channel.id, str(number))).id for number in range(7)]
    newest = [message.id async for message in rig.place().history(limit=3)]
    assert newest == ids[:3:-1]
    older = [message.id async for message in rig.place().history(before=discord.Object(ids[2]))]
    assert older == [ids[1], ids[0]]
    later = [message.id async for message in rig.place().history(after=discord.Object(ids[4]))]
    assert later == ids[5:]
    assert (await rig.raw("GET", f"/channels/{rig.channel.id}/messages?limit=101")).status == 400


def wide(**embed: object) -> Json:
    """A message with one embed."""
    return {"embeds": [embed]}


def button(**more: object) -> Json:
    """A button that is right but for what is given."""
    return {"type": 2, "style": 1, "label": "Keep", "custom_id": "keep", **more}


def row(*items: Json) -> Json:
    """A message with one row of components."""
    return {"content": "x", "components": [{"type": 1, "components": list(items)}]}


def select(**more: object) -> Json:
    """A select that is right but for what is given."""
    return {"type": 3, "custom_id": "which", "options": [{"label": "a", "value": "a"}], **more}


TOO_MUCH: list[tuple[str, Json]] = [
    ("content", {"content": "x" * (CONTENT + 1)}),
    ("embeds.0.title", wide(title="x" * 257)),
    ("embeds.0.description", wide(description="x" * 4097)),
    ("embeds.0.fields", wide(fields=[{"name": "a", "value": "b"}] * 26)),
    ("embeds.0.fields.0.name", wide(fields=[{"name": "x" * 257, "value": "b"}])),
    ("embeds.0.fields.0.value", wide(fields=[{"name": "a", "value": "x" * 1025}])),
    ("embeds.0.fields.0.value", wide(fields=[{"name": "a"}])),
    ("embeds.0.footer.text", wide(footer={"text": "x" * 2049})),
    ("embeds.0.author.name", wide(author={"name": "x" * 257})),
    ("embeds.0.url", wide(title="a", url="javascript:alert(1)")),
    ("embeds.0.url", wide(title="a", url="https://exa mple.org")),
    ("embeds.0.image.url", wide(image={"url": "ftp://example.org/a.png"})),
    ("embeds", {"embeds": [{"title": "a"}] * 11}),
    ("embeds.1", {"embeds": [{"description": "x" * (EMBEDS_TOGETHER // 2)}, {"description": "x" * 3001}]}),
    ("nonce", {"content": "x", "nonce": "x" * 26}),
    ("allowed_mentions.users", {"content": "x", "allowed_mentions": {"users": ["1"] * 101}}),
    ("components.0.components.0.label", row(button(label="x" * 81))),
    ("components.0.components.0.custom_id", row(button(custom_id="x" * 101))),
    ("components.0.components.0.custom_id", row(button(custom_id=""))),
    ("components.0.components.1.custom_id", row(button(), button())),
    ("components.0.components", row(*[button(custom_id=str(number)) for number in range(6)])),
    (
        "components.0.components.0.url",
        row({"type": 2, "style": 5, "label": "a", "url": "https://a.org/" + "x" * 512}),
    ),
    ("components.0.components.0.url", row({"type": 2, "style": 5, "label": "a", "url": "nowhere"})),
    (
        "components.0.components.0.options",
        row(select(options=[{"label": "a", "value": str(n)} for n in range(26)])),
    ),
    ("components.0.components.0.options.0.label", row(select(options=[{"label": "x" * 101, "value": "a"}]))),
    ("components.0.components.0.placeholder", row(select(placeholder="x" * 151))),
    ("components.0.components", row(select(), button())),
    ("components.0.type", {"content": "x", "components": [{"type": 10, "content": "needs the flag"}]}),
    ("content", {"content": "x", "flags": 1 << 15, "components": [{"type": 10, "content": "shown"}]}),
    ("components", {"flags": 1 << 15, "components": [{"type": 10, "content": str(n)} for n in range(41)]}),
    (
        "components",
        {"content": "x", "components": [row(button(custom_id=str(n)))["components"][0] for n in range(6)]},
    ),
]


@pytest.mark.parametrize(
    ("field", "body"), TOO_MUCH, ids=[f"{n}-{name}" for n, (name, _) in enumerate(TOO_MUCH)]
)
async def test_what_is_too_much_is_refused_with_its_place(rig: Rig, field: str, body: Json) -> None:
    """Each limit of a message gives 400, 50035 and where, as Discord does; nothing is posted."""
    with pytest.raises(discord.HTTPException) as refused:
        await rig.bot.http.request(
            discord.http.Route("POST", "/channels/{channel_id}/messages", channel_id=rig.channel.id),
            json=body,
        )
    assert (refused.value.status, refused.value.code) == (400, 50035)
    assert f"In {field}:" in str(refused.value)
    assert rig.server.messages(rig.channel.id) == []


async def test_what_just_fits_is_taken(rig: Rig) -> None:
    """Limits are inclusive, in code points, and white space around a text does not count."""
    await rig.place().send("😀" * CONTENT)
    await rig.place().send(f"  {'x' * CONTENT}  ")
    title, rest = "x" * 256, "x" * ((EMBEDS_TOGETHER - 512) // 2)
    await rig.place().send(embeds=[discord.Embed(title=title, description=rest)] * 2)
    assert len(rig.server.messages(rig.channel.id)) == 3


@pytest.mark.parametrize("body", [{}, {"content": "  "}, {"embeds": [{"url": "https://a.org"}]}])
async def test_an_empty_message_is_refused(rig: Rig, body: Json) -> None:
    """Nothing to see: 50006."""
    answer = await rig.raw("POST", f"/channels/{rig.channel.id}/messages", body)
    assert (answer.status, '"code": 50006' in answer.text) == (400, True)


async def test_the_same_nonce_gives_the_same_message(rig: Rig) -> None:
    """Within its window a nonce posts once, whatever is sent with it; a deleted original is 10008."""
    first = await rig.place().send("one", nonce="n")
    again = await rig.place().send("two", nonce="n")
    assert (again.id, again.content) == (first.id, "one")
    await first.delete()
    with pytest.raises(discord.NotFound) as gone:
        await rig.place().send("three", nonce="n")
    assert gone.value.code == 10008
    rig.server.nonce_seconds = -1
    assert (await rig.place().send("four", nonce="n")).id != first.id


async def test_nobody_is_pinged_who_is_not_allowed_to_be(rig: Rig) -> None:
    """Pings follow allowed_mentions, in contents alone; without it all mentions count."""
    text = f"@everyone <@{rig.reader}>"
    await rig.place().send(text, embed=discord.Embed(description=text))
    everyone = discord.AllowedMentions(everyone=True, users=True)
    await rig.place().send(text, allowed_mentions=everyone)
    await rig.raw("POST", f"/channels/{rig.channel.id}/messages", {"content": text})
    await rig.raw("POST", f"/channels/{rig.channel.id}/messages", wide(description=text))
    pinged = [message.pinged for message in rig.server.messages(rig.channel.id)]
    assert pinged == [set(), {str(rig.reader)}, {str(rig.reader)}, set()]
    rig.guild.allow(rig.channel, Permission.MENTION_EVERYONE)
    await rig.place().send(text, allowed_mentions=everyone)
    assert rig.server.messages(rig.channel.id)[-1].pinged == {"everyone", str(rig.reader)}
    sent = await rig.place().send("quiet")
    await rig.raw("PATCH", f"/channels/{rig.channel.id}/messages/{sent.id}", {"content": text})
    assert rig.server.messages(rig.channel.id)[-1].pinged == {"everyone", str(rig.reader)}


# Permissions


async def test_what_a_bot_may_not_do_is_refused(rig: Rig) -> None:
    """Each action names the permission that it misses: 50001 for seeing, 50013 for the rest."""
    await rig.connect()
    message = await rig.place().send("one")
    thread = await message.create_thread(name="talk")
    await rig.place(rig.server.channel(thread.id)).send("two")

    async def code(bits: int, act: Callable[[], Awaitable[object]]) -> int:
        rig.guild.deny(rig.channel, bits)
        with pytest.raises(discord.Forbidden) as refused:
            await act()
        return refused.value.code

    inside = rig.place(rig.server.channel(thread.id))
    assert await code(Permission.VIEW_CHANNEL, lambda: rig.place().send("x")) == 50001
    assert await code(Permission.VIEW_CHANNEL, lambda: inside.send("x")) == 50001
    assert await code(Permission.SEND_MESSAGES, lambda: rig.place().send("x")) == 50013
    assert await code(Permission.SEND_MESSAGES_IN_THREADS, lambda: inside.send("x")) == 50013
    assert await code(Permission.READ_MESSAGE_HISTORY, lambda: rig.place().fetch_message(message.id)) == 50013
    assert await code(Permission.ADD_REACTIONS, lambda: message.add_reaction("🔖")) == 50013
    assert await code(Permission.CREATE_PUBLIC_THREADS, lambda: message.create_thread(name="x")) == 50013
    file = discord.File(io.BytesIO(b"data"), "data.bib")
    assert await code(0, lambda: rig.place().send(file=file)) == 50013
    rig.guild.deny(rig.channel, Permission.SEND_MESSAGES)
    await inside.send("still")
    rig.guild.deny(rig.channel, Permission.EMBED_LINKS)
    await rig.place().send(embed=card())
    assert rig.server.messages(rig.channel.id)[-1].embeds == []
    rig.guild.deny(rig.channel, Permission.READ_MESSAGE_HISTORY)
    assert [message async for message in rig.place().history()] == []


async def test_permissions_in_the_guild_change_with_the_role(rig: Rig) -> None:
    """What the bot's role loses it loses everywhere, and it is told."""
    await rig.connect()
    rig.guild.permit(rig.server.bot_id, Permission.VIEW_CHANNEL)
    with pytest.raises(discord.Forbidden):
        await rig.place().send("one")
    guild = rig.bot.get_guild(rig.guild.id)
    assert guild is not None
    await rig.server.until(lambda: guild.me.guild_permissions.value == Permission.VIEW_CHANNEL)


def test_permissions_are_computed_in_discord_s_order() -> None:
    """Roles come before the member, denials imply others, threads look at their own bit, administrators skip all."""
    sees, sends, embeds = Permission.VIEW_CHANNEL, Permission.SEND_MESSAGES, Permission.EMBED_LINKS
    base = sees | sends | embeds
    assert effective(base, everyone=Overwrite(deny=embeds), member=Overwrite(allow=embeds)) == base
    assert effective(base, everyone=Overwrite(allow=embeds), roles=[Overwrite(deny=embeds)]) == sees | sends
    assert effective(base, member=Overwrite(deny=sends)) == sees
    assert effective(base, member=Overwrite(deny=sees)) == 0
    assert effective(base, thread=True) == sees | sends
    assert effective(Permission.ADMINISTRATOR, member=Overwrite(deny=sees)) & base == base


async def test_joining_a_reaction_needs_no_permission_to_add(rig: Rig) -> None:
    """Only the first use of an emoji on a message needs ADD_REACTIONS."""
    message = await rig.place().send("one")
    await rig.server.react(rig.reader, message.id, "🔖")
    rig.guild.deny(rig.channel, Permission.ADD_REACTIONS)
    await message.add_reaction("🔖")
    assert rig.server.message(message.id).reactions["🔖"] == {rig.reader, rig.server.bot_id}


# Threads and forums


async def test_a_thread_has_its_message_s_id_and_there_is_one(rig: Rig) -> None:
    """A second thread on a message is 160004, and the first can be fetched by the message's id."""
    await rig.connect()
    message = await rig.place().send("one")
    thread = await message.create_thread(name="talk", auto_archive_duration=4320)
    assert thread.id == message.id
    with pytest.raises(discord.HTTPException) as second:
        await message.create_thread(name="talk")
    assert second.value.code == 160004
    fetched = await rig.place().fetch_message(message.id)
    assert fetched.flags.has_thread
    await rig.place(rig.server.channel(thread.id)).send("two")
    entries = [entry async for entry in rig.place(rig.server.channel(thread.id)).history()]
    assert [entry.type for entry in entries] == [
        discord.MessageType.default,
        discord.MessageType.thread_starter_message,
    ]


@pytest.mark.parametrize(
    "body", [{"name": "x" * 101}, {"name": " "}, {"name": "a", "auto_archive_duration": 90}, {}]
)
async def test_a_thread_s_name_and_archiving_have_limits(rig: Rig, body: Json) -> None:
    """Names are 1 to 100 long, and archiving knows four durations."""
    message = await rig.place().send("one")
    answer = await rig.raw("POST", f"/channels/{rig.channel.id}/messages/{message.id}/threads", body)
    assert (answer.status, '"code": 50035' in answer.text) == (400, True)


async def test_a_forum_takes_posts_and_no_messages(rig: Rig) -> None:
    """A post is a thread with a first message of its id; a message straight into a forum is 40058."""
    forum = rig.guild.add_forum(tags=("papers",), require_tag=True)
    await rig.connect()
    channel = rig.bot.get_channel(forum.id)
    assert isinstance(channel, discord.ForumChannel)
    thread, message = await channel.create_thread(
        name="Today", content="hello", applied_tags=channel.available_tags
    )
    assert thread.id == message.id
    (post,) = forum.threads
    assert ([seen.content for seen in post.messages], post.applied_tags) == (["hello"], list(forum.tags))
    with pytest.raises(discord.HTTPException) as untagged:
        await channel.create_thread(name="Today", content="hello")
    assert untagged.value.code == 40067
    with pytest.raises(discord.HTTPException) as straight:
        await rig.place(forum).send("hello")
    assert straight.value.code == 40058
    active = await (await rig.bot.fetch_guild(rig.guild.id)).active_threads()
    assert [(each.id, each.parent_id, each.owner_id) for each in active] == [
        (thread.id, forum.id, rig.server.bot_id)
    ]


async def test_an_archived_thread_takes_messages_but_no_edits_and_no_reactions(rig: Rig) -> None:
    """Edits and reactions there are 50083; a message brings the thread back, unless it is locked."""
    await rig.connect()
    message = await rig.place().send("one")
    thread = await message.create_thread(name="talk")
    inside = rig.place(rig.server.channel(thread.id))
    said = await inside.send("two")
    await rig.server.archive(thread.id)
    listed = [each.id async for each in thread.parent.archived_threads()] if thread.parent else []
    assert listed == [thread.id]
    for act in (said.edit(content="three"), said.add_reaction("🔖")):
        with pytest.raises(discord.HTTPException) as refused:
            await act
        assert refused.value.code == 50083
    await message.add_reaction("🔖")
    await inside.send("four")
    assert not rig.server.channel(thread.id).archived
    await rig.hears("thread", "+🔖", "thread")
    await rig.server.archive(thread.id, locked=True)
    with pytest.raises(discord.HTTPException) as locked:
        await inside.send("five")
    assert locked.value.code == 160005


async def test_a_quiet_thread_is_archived_in_time(rig: Rig) -> None:
    """A thread in which nobody speaks goes after its own time, and not before."""
    await rig.connect()
    message = await rig.place().send("one")
    thread = await message.create_thread(name="talk", auto_archive_duration=60)
    began = rig.server.wall()
    rig.server.wall = lambda: began + 3500
    assert not rig.server.channel(thread.id).archived
    rig.server.wall = lambda: began + 3700
    assert rig.server.channel(thread.id).archived
    await rig.hears("thread")


async def test_kinds_of_channels_differ(rig: Rig) -> None:
    """Voice channels have no threads, an announcement's are of type 10, and it is published once."""
    await rig.connect()
    talk, news = rig.guild.add_voice(), rig.guild.add_announcement()
    said = await rig.place(talk).send("one")
    with pytest.raises(discord.HTTPException) as refused:
        await said.create_thread(name="x")
    assert refused.value.code == 50024
    told = await rig.place(news).send("two")
    assert (await told.create_thread(name="x")).type is discord.ChannelType.news_thread
    await told.publish()
    with pytest.raises(discord.HTTPException) as twice:
        await told.publish()
    assert twice.value.code == 40033


async def test_direct_messages_reach_those_who_take_them(rig: Rig) -> None:
    """Somebody's direct channel is always the same; who takes none is 50007."""
    user = await rig.bot.fetch_user(rig.reader)
    await user.send("hello")
    direct = rig.server.direct(rig.reader)
    assert [message.content for message in direct.messages] == ["hello"]
    rig.server.users[rig.reader].closed = True
    with pytest.raises(discord.Forbidden) as refused:
        await user.send("again")
    assert refused.value.code == 50007


# Reactions


async def test_reactions_are_a_set_that_is_told_and_paged(rig: Rig) -> None:
    """Adding twice is adding once; super reactions are told as such, counted, and listed for themselves."""
    await rig.connect()
    message = await rig.place().send("one")
    people = [rig.guild.add_member(f"r{number}") for number in range(3)]
    for person in (*people, people[0]):
        await rig.server.react(person, message.id, "🔖")
    await rig.server.react(people[1], message.id, "🔖", burst=True)
    await rig.server.unreact(people[2], message.id, "🔖")
    await rig.hears("+🔖", "+🔖", "+🔖", "+🔖", "-🔖")
    (reaction,) = (await rig.place().fetch_message(message.id)).reactions
    assert (reaction.count, reaction.normal_count, reaction.burst_count) == (3, 2, 1)
    assert [user.id async for user in reaction.users(limit=1, after=discord.Object(people[0]))] == [people[1]]
    assert [user.id async for user in reaction.users(type=discord.ReactionType.burst)] == [people[1]]
    await rig.server.clear_emoji(message.id, "🔖")
    await rig.server.clear_reactions(message.id)
    await rig.server.until(lambda: rig.bot.words[-2:] == ["clear 🔖", "clear"])


async def test_emoji_must_exist_and_there_are_twenty_at_most(rig: Rig) -> None:
    """Words and strangers are 10014, another guild's emoji needs a permission, the twenty-first emoji is 30010."""
    message = await rig.place().send("one")
    own, foreign = rig.guild.add_emoji("keep"), rig.server.add_guild("Other").add_emoji("theirs")
    await message.add_reaction(own)
    for emoji, code in (("bookmark", 10014), ("❤", 10014), ("keep:1", 10014), (foreign, 50013)):
        with pytest.raises(discord.HTTPException) as refused:
            await message.add_reaction(emoji)
        assert refused.value.code == code
    for number in range(19):
        await message.add_reaction(chr(0x1F600 + number))
    with pytest.raises(discord.HTTPException) as full:
        await message.add_reaction("🔖")
    assert full.value.code == 30010
    await message.add_reaction(own)
    await message.remove_reaction(own, discord.Object(rig.server.bot_id))
    assert own not in rig.server.message(message.id).emojis()
