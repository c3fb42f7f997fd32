import discord
import pytest

from bot.chat.discord import limits
from bot.chat.discord.limits import faults, length
from bot.chat.discord.render import Button, Rendered


def embed(**given: str) -> discord.Embed:
    """An embed with some text."""
    made = discord.Embed(title=given.get("title"), description=given.get("description"), url=given.get("url"))
    return made.set_footer(text=given["footer"]) if "footer" in given else made


def fields(count: int, name: str, value: str) -> discord.Embed:
    """An embed of fields."""
    made = discord.Embed(title="x")
    for _ in range(count):
        made.add_field(name=name, value=value)
    return made


AT_THE_LIMIT = [
    Rendered("x" * 2000),
    Rendered("", (embed(title="x" * 256),)),
    Rendered("", (embed(description="x" * 4096),)),
    Rendered("", (embed(footer="x" * 2048),)),
    Rendered("", (discord.Embed().set_author(name="x" * 256),)),
    Rendered("", (fields(25, "x", "x"),)),
    Rendered("", (fields(1, "x" * 256, "x" * 1024),)),
    Rendered("", tuple(embed(title="x") for _ in range(10))),
    Rendered("", (embed(description="x" * 3000), embed(description="x" * 3000))),
    Rendered("x", (embed(title="x", url=f"https://a.bc/{'x' * 2035}"),)),
    Rendered("x", (), (Button("x" * 80, custom_id="x" * 100),)),
    Rendered("x", (), (Button("", custom_id="x", emoji="🔖"),)),
    Rendered("x", (), (Button("x", url=f"https://a.bc/{'x' * 499}"),)),
    Rendered("x", (), tuple(Button("x", custom_id=str(at), row=at // 5) for at in range(25))),
]

BEYOND = [
    (Rendered("x" * 2001), "content has 2001 characters, of 2000"),
    (Rendered(), "the message is empty"),
    (Rendered(" \n", (embed(title="  "),)), "the message is empty"),
    (Rendered("", (embed(title="x" * 257),)), "embed 0: title has 257 characters, of 256"),
    (Rendered("", (embed(description="x" * 4097),)), "embed 0: description has 4097 characters, of 4096"),
    (Rendered("", (embed(footer="x" * 2049),)), "embed 0: footer has 2049 characters, of 2048"),
    (
        Rendered("", (discord.Embed().set_author(name="x" * 257),)),
        "embed 0: author has 257 characters, of 256",
    ),
    (Rendered("", (fields(26, "x", "x"),)), "embed 0: 26 fields, of 25"),
    (Rendered("", (fields(1, " ", "x"),)), "embed 0: a field is empty"),
    (Rendered("", (fields(1, "x" * 257, "x"),)), "embed 0: field name has 257 characters, of 256"),
    (Rendered("", (fields(1, "x", "x" * 1025),)), "embed 0: field value has 1025 characters, of 1024"),
    (Rendered("", tuple(embed(title="x") for _ in range(11))), "11 embeds, of 10"),
    (Rendered("", (embed(description="x" * 3000), embed(description="x" * 3001))), "embeds have 6001"),
    (
        Rendered("", (embed(title="x", url="https://a.bc"),) * 2),
        "embed address 'https://a.bc' is there twice",
    ),
    (Rendered("", (embed(title="x", url="ftp://a.bc"),)), "embed 0: an address is neither http nor https"),
    (Rendered("", (embed(title="x", url=f"https://a.bc/{'x' * 2036}"),)), "embed 0: address has 2049"),
    (Rendered("x", (), (Button("x" * 81, custom_id="x"),)), "button label has 81 characters, of 80"),
    (Rendered("x", (), (Button(" ", custom_id="x"),)), "a button is blank"),
    (Rendered("x", (), (Button("x", custom_id=""),)), "a button's id is empty"),
    (Rendered("x", (), (Button("x", custom_id="x" * 101),)), "button id has 101 characters, of 100"),
    (Rendered("x", (), (Button("x"),)), "a button has an id or else an address"),
    (
        Rendered("x", (), (Button("x", custom_id="x", url="https://a.bc"),)),
        "a button has an id or else an address",
    ),
    (
        Rendered("x", (), (Button("x", url=f"https://a.bc/{'x' * 500}"),)),
        "address has 513 characters, of 512",
    ),
    (Rendered("x", (), (Button("x", custom_id="x"),) * 2), "button id 'x' is there twice"),
    (
        Rendered("x", (), tuple(Button("x", custom_id=str(at)) for at in range(6))),
        "buttons beyond 5 rows of 5",
    ),
    (Rendered("x", (), (Button("x", custom_id="x", row=5),)), "buttons beyond 5 rows of 5"),
]


@pytest.mark.parametrize("rendered", AT_THE_LIMIT)
def test_what_is_at_a_limit_may_be_sent(rendered: Rendered) -> None:
    """Limits include the number they name."""
    assert faults(rendered) == ()


@pytest.mark.parametrize(("rendered", "fault"), BEYOND)
def test_what_is_beyond_a_limit_is_told(rendered: Rendered, fault: str) -> None:
    """Each fault comes with what it is of, and how much."""
    (told,) = faults(rendered)
    assert told.startswith(fault)


def test_lengths_are_code_points_without_the_white_space_around() -> None:
    """Discord trims a text, then counts code points: an emoji of three is three."""
    assert length("  ab \n") == 2
    assert length("👍🏽x") == 3
    assert length(None) == 0
    assert faults(Rendered(f"{' ' * 3000}x")) == ()


def test_the_table_has_what_others_need() -> None:
    """A thread, a nonce and a choice have limits too."""
    assert (limits.THREAD_NAME, limits.NONCE, limits.CHOICE) == (100, 25, 100)
    assert limits.AUTO_ARCHIVE_MINUTES == (60, 1440, 4320, 10080)
