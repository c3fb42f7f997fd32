"""The loopback Discord: commands, and what people do with a bot's answers."""

import asyncio
import io
import json
import time

import discord
import pytest
from discord import app_commands

from tests.contract.discord_rig import Bot, Rig, card
from tests.fakes.discord_errors import Json
from tests.fakes.discord_server import (
    NotOffered,
    Permission,
)

# Commands and interactions


class Counter(discord.ui.View):
    """A button, a select and a way to a form."""

    @discord.ui.button(label="More", custom_id="more")
    async def more(self, interaction: discord.Interaction[Bot], _: "discord.ui.Button[Counter]") -> None:
        """Change the message."""
        await interaction.response.edit_message(content="two")

    @discord.ui.select(custom_id="which", options=[discord.SelectOption(label="Day", value="day")])
    async def which(self, interaction: discord.Interaction[Bot], item: "discord.ui.Select[Counter]") -> None:
        """Answer the person alone."""
        await interaction.response.send_message(f"chose {item.values[0]}", ephemeral=True)

    @discord.ui.button(label="Note", custom_id="note")
    async def note(self, interaction: discord.Interaction[Bot], _: "discord.ui.Button[Counter]") -> None:
        """Ask for a text."""
        await interaction.response.send_modal(Note())

    @discord.ui.button(label="Never", custom_id="never", disabled=True)
    async def never(self, interaction: discord.Interaction[Bot], _: "discord.ui.Button[Counter]") -> None:
        """Nobody can press it."""


class Note(discord.ui.Modal, title="A note"):
    """A form with one field."""

    text: "discord.ui.TextInput[Note]" = discord.ui.TextInput(label="Note", custom_id="text")

    async def on_submit(self, interaction: discord.Interaction[discord.Client], /) -> None:
        """Say what was typed, later."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        await interaction.followup.send(f"noted {self.text.value}")


@pytest.fixture
async def talking(rig: Rig) -> Rig:
    """A bot with commands, registered and connected."""
    tree = rig.bot.tree

    @tree.command(description="Find papers")
    @app_commands.describe(query="what for", since="from which day")
    async def search(interaction: discord.Interaction[Bot], query: str, since: int | None = None) -> None:
        await interaction.response.defer(ephemeral=True)
        await interaction.edit_original_response(content=f"{query} {since}", embed=card())
        data = discord.File(io.BytesIO(b"@misc{}"), "papers.bib")
        await interaction.followup.send("as a file", file=data, ephemeral=True)

    @search.autocomplete("query")
    async def complete(interaction: discord.Interaction[Bot], typed: str) -> list[app_commands.Choice[str]]:
        return [app_commands.Choice(name=typed.upper(), value=typed)]

    @tree.command(description="Change it", name="setup")
    @app_commands.default_permissions(manage_guild=True)
    async def set_up(interaction: discord.Interaction[Bot], channel: discord.TextChannel) -> None:
        await interaction.response.send_message(f"posting to {channel.name}", view=Counter())

    @tree.command(description="Says nothing")
    async def silent(interaction: discord.Interaction[Bot]) -> None:
        """Answer never."""

    @tree.context_menu(name="Keep it")
    async def keep(interaction: discord.Interaction[Bot], message: discord.Message) -> None:
        await interaction.response.send_message(f"kept {message.embeds[0].title}", ephemeral=True)

    await tree.sync()
    await rig.connect()
    return rig


async def test_a_command_is_deferred_answered_and_followed_up(talking: Rig) -> None:
    """A person sees the deferred answer's edit and its follow-ups, with files, and nobody else does."""
    server, channel = talking.server, talking.channel.id
    reply = await server.command(talking.reader, channel, "search", {"query": "graphs", "since": 7})
    await server.until(lambda: reply.followups)
    assert (reply.deferred, reply.ephemeral, reply.edits) == (True, True, 1)
    assert (reply.content, reply.embeds[0]["title"]) == ("graphs 7", "A paper")
    assert reply.followups[0].files == {"papers.bib": b"@misc{}"}
    assert reply.acknowledged is not None
    assert reply.acknowledged < 3
    assert server.messages(channel) == []
    assert server.violations == []


async def test_a_client_offers_only_what_is_registered(talking: Rig) -> None:
    """Unknown commands and options, wrong types and missing permissions don't come as far as the bot."""
    server, channel = talking.server, talking.channel
    wrong: list[tuple[str, Json]] = [
        ("nothing", {}),
        ("search", {}),
        ("search", {"query": 1}),
        ("search", {"query": "a", "page": 2}),
        ("setup", {"channel": channel.id}),
    ]
    for name, options in wrong:
        with pytest.raises(NotOffered):
            await server.command(talking.reader, channel.id, name, options)
    manager = talking.guild.add_member(
        "manager", permissions=int(Permission.MANAGE_GUILD | Permission.VIEW_CHANNEL)
    )
    assert (
        await server.command(manager, channel.id, "setup", {"channel": channel.id})
    ).content == "posting to papers"
    assert [request.path for request in server.requests if request.status and request.status >= 400] == []


async def test_choices_come_while_one_types(talking: Rig) -> None:
    """An autocomplete's answer is a list of choices."""
    choices = await talking.server.autocomplete(talking.reader, talking.channel.id, "search", "query", "gra")
    assert choices == [{"name": "GRA", "value": "gra"}]


async def test_a_menu_brings_its_message(talking: Rig) -> None:
    """A context menu's answer is about the message it was opened on, though the bot may not read contents."""
    message = await talking.place().send(embed=card("A title"))
    reply = await talking.server.menu(talking.reader, message.id, "Keep it")
    assert (reply.content, reply.ephemeral) == ("kept A title", True)


async def test_buttons_selects_and_forms_are_answered(talking: Rig) -> None:
    """A button changes its message, a select answers, a form comes back filled in; a disabled button is none."""
    server = talking.server
    owner = server.command(server.owner_id, talking.channel.id, "setup", {"channel": talking.channel.id})
    shown = await owner
    (message,) = server.messages(talking.channel.id)
    assert (await server.press(talking.reader, shown, "more")).content == "two"
    assert message.content == "two"
    assert (await server.choose(talking.reader, message.id, "which", ["day"])).content == "chose day"
    form = await server.press(talking.reader, message, "note")
    said = await server.submit(form, {"text": "read this"})
    assert (said.content, said.ephemeral) == ("noted read this", True)
    assert said.message is not None
    assert (said.message.ephemeral, said.followups) == (True, [])
    for custom_id in ("never", "nowhere"):
        with pytest.raises(NotOffered):
            await server.press(talking.reader, message, custom_id)
    assert server.violations == []


async def test_an_answer_has_three_seconds_and_one_chance(talking: Rig) -> None:
    """Late answers are 10062, second ones 40060; a token dies after fifteen minutes."""
    server = talking.server
    now = [time.monotonic()]
    server.interactions.clock = lambda: now[0]
    heard: asyncio.Queue[discord.Interaction[Bot]] = asyncio.Queue()

    async def on_interaction(interaction: discord.Interaction[Bot]) -> None:
        heard.put_nowait(interaction)

    talking.bot.event(on_interaction)
    asking = asyncio.create_task(server.command(talking.reader, talking.channel.id, "silent"))
    late = await heard.get()
    now[0] += 3.1
    with pytest.raises(discord.NotFound) as gone:
        await late.response.send_message("late")
    assert gone.value.code == 10062
    again = asyncio.create_task(server.command(talking.reader, talking.channel.id, "silent"))
    asked = await heard.get()
    answer = {"type": 4, "data": {"content": "one"}}
    path = f"/interactions/{asked.id}/{asked.token}/callback"
    assert (await talking.raw("POST", path, answer)).status == 204
    assert '"code": 40060' in (await talking.raw("POST", path, answer)).text
    assert (await again).content == "one"
    now[0] += 15 * 60 + 1
    with pytest.raises(discord.HTTPException) as dead:
        await asked.edit_original_response(content="two")
    assert dead.value.code == 50027
    asking.cancel()


WRONG_COMMANDS: list[tuple[str, Json]] = [
    ("0.name", {"name": "Search", "description": "x"}),
    ("0.name", {"name": "x" * 33, "description": "x"}),
    ("0.description", {"name": "a", "description": "x" * 101}),
    ("0.description", {"name": "a"}),
    (
        "0.options",
        {
            "name": "a",
            "description": "x",
            "options": [{"type": 3, "name": f"o{n}", "description": "x"} for n in range(26)],
        },
    ),
    (
        "0.options.1",
        {
            "name": "a",
            "description": "x",
            "options": [
                {"type": 3, "name": "b", "description": "x"},
                {"type": 3, "name": "c", "description": "x", "required": True},
            ],
        },
    ),
    (
        "0.options.0.choices",
        {
            "name": "a",
            "description": "x",
            "options": [
                {
                    "type": 3,
                    "name": "b",
                    "description": "x",
                    "choices": [{"name": str(n), "value": str(n)} for n in range(26)],
                }
            ],
        },
    ),
    (
        "0",
        {
            "name": "a",
            "description": "x",
            "options": [
                {
                    "type": 3,
                    "name": f"o{n}",
                    "description": "x",
                    "choices": [{"name": "n" * 100, "value": f"{m}" + "v" * 98} for m in range(10)],
                }
                for n in range(5)
            ],
        },
    ),
]


@pytest.mark.parametrize(
    ("field", "body"), WRONG_COMMANDS, ids=[f"{n}-{f}" for n, (f, _) in enumerate(WRONG_COMMANDS)]
)
async def test_commands_have_limits(rig: Rig, field: str, body: Json) -> None:
    """Names, descriptions, options, choices and the whole of a command are held to their limits."""
    route = discord.http.Route(
        "PUT", "/applications/{application_id}/commands", application_id=rig.server.application_id
    )
    with pytest.raises(discord.HTTPException) as refused:
        await rig.bot.http.request(route, json=[body])
    assert refused.value.code == 50035
    assert f"In {field}:" in str(refused.value)


async def test_commands_keep_their_ids_and_creations_are_counted(rig: Rig) -> None:
    """What was there before keeps its id; 200 new commands a day are all there are."""
    path = f"/applications/{rig.server.application_id}/commands"
    body: list[Json] = [{"name": "a", "description": "x"}]
    first, second = [json.loads((await rig.raw("PUT", path, body)).text)[0]["id"] for _ in range(2)]
    assert first == second
    codes = []
    for round_ in range(3):
        many: list[Json] = [{"name": f"c{round_}-{n}", "description": "x"} for n in range(100)]
        told = json.loads((await rig.raw("PUT", path, many)).text)
        codes.append(told["code"] if isinstance(told, dict) else None)
    assert codes == [None, 30034, 30034]
    crowd = [{"name": f"c{n}", "description": "x"} for n in range(101)]
    assert '"code": 30032' in (await rig.raw("PUT", path, crowd)).text
