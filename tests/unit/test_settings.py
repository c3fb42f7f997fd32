"""Settings: defaults that work, the environment on top, one clear line for whatever is wrong."""

from datetime import time
from pathlib import Path

import pytest

from bot.errors import SettingsError
from bot.settings import SECRETS, Settings, load, variables


def write(folder: Path, text: str) -> Path:
    """A settings file with this text."""
    path = folder / "broadsheet.toml"
    path.write_text(text, "utf-8")
    return path


def complaint(path: Path | None, environ: dict[str, str] | None = None) -> str:
    """The one line that loading ends with."""
    with pytest.raises(SettingsError) as caught:
        load(path, environ or {})
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_no_file_and_no_environment_are_the_defaults() -> None:
    """The bot works without any settings at all."""
    assert load(None, {}) == Settings()


def test_the_shipped_file_says_what_the_defaults_are() -> None:
    """Whoever reads config/broadsheet.toml reads the truth."""
    shipped = Path(__file__).parents[2] / "config" / "broadsheet.toml"
    assert load(shipped, {}) == Settings()


def test_a_channel_takes_from_the_top_what_it_leaves_out(tmp_path: Path) -> None:
    """A channel's own zone, time and number win; without them the ones at the top hold."""
    path = write(
        tmp_path,
        'zone = "Europe/Berlin"\ntime = "08:30"\nmax_papers = 7\n'
        '[[channels]]\nname = "a"\n[[channels]]\nname = "b"\nzone = "Asia/Tokyo"\ntime = "10:00"\nmax_papers = 3\n',
    )
    one, other = load(path, {}).channel_records("UTC")
    assert (one.key, one.zone, one.time, one.max_papers) == ("web:a", "Europe/Berlin", time(8, 30), 7)
    assert (other.key, other.zone, other.time, other.max_papers) == ("web:b", "Asia/Tokyo", time(10), 3)


def test_local_is_the_zone_that_the_machine_has() -> None:
    """``local`` is resolved by whoever knows the machine."""
    assert load(None, {}).channel_records("Africa/Cairo")[0].zone == "Africa/Cairo"


def test_the_environment_overrides_the_file(tmp_path: Path) -> None:
    """A variable wins over its key, in a table as outside of one; lists are separated by commas."""
    path = write(tmp_path, "max_papers = 5\n[web]\nport = 1000\n")
    settings = load(
        path,
        {
            "BROADSHEET_MAX_PAPERS": "9",
            "BROADSHEET_WEB_PORT": "2000",
            "BROADSHEET_WEB_HOSTS": "a.example, b.example",
        },
    )
    assert settings.max_papers == 9
    assert settings.web.port == 2000
    assert settings.web.hosts == ("a.example", "b.example")


def test_every_setting_outside_the_channels_has_a_variable() -> None:
    """What can be set in the file can be set in the environment."""
    names = variables().values()
    tables = {"web", "discord", "search", "log"}
    assert {name for name in Settings.model_fields if name not in tables | {"channels"}} <= set(names)
    assert {"web.port", "discord.token", "log.level"} <= set(names)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("prot = 1", "prot: there is no such key"),
        ("[web]\nprot = 1", "web.prot: there is no such key; there is host, port"),
        ('[[channels]]\nnmae = "x"', "channels.1.nmae: there is no such key; there is name"),
        ('zone = "Mars/Olympus"', "zone: a zone such as"),
        ("zone = 5", "zone: a zone such as"),
        ('time = "25:00"', "time: a time of day such as"),
        ('time = "nine"', "time: a time of day such as"),
        ("max_papers = 0", "max_papers: input should be greater than or equal to 1, not 0"),
        ('[web]\nport = "x"', "web.port: "),
        (
            '[log]\nlevel = "loud"',
            "log.level: input should be 'debug', 'info', 'warning' or 'error', not 'loud'",
        ),
        ('[[channels]]\nname = "a"\n[[channels]]\nname = "a"', "two channels are named 'a'"),
        (
            '[[channels]]\nplatform = "irc"',
            "channels.1.platform: input should be 'web' or 'discord', not 'irc'",
        ),
        ('[[channels]]\nplatform = "discord"', "channels.1: address must be the channel's id"),
        (
            '[[channels]]\nplatform = "discord"\naddress = "#papers"',
            "channels.1: address must be the channel's id",
        ),
        ('[[channels]]\naddress = "1"', "channels.1: a web channel has no address"),
        ('[discord]\napi_url = "discord.com"', "discord.api_url: "),
        ('[discord]\ntokn = "x"', "discord.tokn: there is no such key; there is token_file, token"),
        ("web = 3", "web: "),
        ("channels = []", "channels: "),
        ("x = ", "not valid TOML"),
    ],
)
def test_what_is_wrong_is_one_line_that_names_the_key(tmp_path: Path, text: str, said: str) -> None:
    """A person sees which key is wrong in which file and what it may be."""
    message = complaint(write(tmp_path, text))
    assert message.startswith(f"{tmp_path / 'broadsheet.toml'}: ")
    assert said in message


def test_an_unknown_variable_of_ours_is_an_error() -> None:
    """A misspelt variable does not pass in silence."""
    message = complaint(None, {"BROADSHEET_WEB_PROT": "1"})
    assert message.startswith("BROADSHEET_WEB_PROT: there is no such setting; known are")


def test_a_missing_file_that_was_named_is_an_error(tmp_path: Path) -> None:
    """Whoever names a file means it."""
    assert "name another file with --config" in complaint(tmp_path / "none.toml")


def test_other_machines_need_a_password() -> None:
    """Listening beyond loopback without a password is refused."""
    message = complaint(None, {"BROADSHEET_WEB_HOST": "0.0.0.0"})
    assert "password" in message
    assert load(None, {"BROADSHEET_WEB_HOST": "0.0.0.0", "BROADSHEET_WEB_PASSWORD": "x"}).web.password


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "localhost"])
def test_loopback_needs_none(host: str) -> None:
    """Only this machine can reach a loopback address."""
    assert load(None, {"BROADSHEET_WEB_HOST": host}).web.host == host


@pytest.mark.parametrize(("table", "key"), SECRETS)
def test_a_secret_stands_in_its_own_file_and_is_not_shown(tmp_path: Path, table: str, key: str) -> None:
    """The secret comes from a file, never from the settings, and shows in no text made of them."""
    secret = tmp_path / "secret"
    secret.write_text("canary-5d1f\n", "utf-8")
    settings = load(write(tmp_path, f"[{table}]\n{key}_file = '{secret}'\n"), {})
    assert getattr(getattr(settings, table), key).get_secret_value() == "canary-5d1f"
    assert "canary" not in repr(settings) + str(settings.model_dump()) + settings.model_dump_json()


@pytest.mark.parametrize(("table", "key"), SECRETS)
def test_a_secret_in_the_settings_is_refused_without_showing_it(tmp_path: Path, table: str, key: str) -> None:
    """A settings file gets shared; a secret in it is an error that does not repeat it."""
    message = complaint(write(tmp_path, f'[{table}]\n{key} = "canary-5d1f"\n'))
    assert "may not stand in the settings" in message
    assert "canary" not in message


@pytest.mark.parametrize(("table", "key"), SECRETS)
@pytest.mark.parametrize("content", [None, ""])
def test_a_secret_file_that_holds_none_is_an_error(
    tmp_path: Path, content: str | None, table: str, key: str
) -> None:
    """A missing or empty file never means: no password, no token."""
    secret = tmp_path / "secret"
    if content is not None:
        secret.write_text(content, "utf-8")
    assert f"{table}.{key}_file" in complaint(write(tmp_path, f"[{table}]\n{key}_file = '{secret}'\n"))


def test_a_discord_channel_is_known_by_its_id(tmp_path: Path) -> None:
    """Its name may change; the channel of that id keeps its history."""
    path = write(tmp_path, '[[channels]]\nname = "papers"\nplatform = "discord"\naddress = "123"\n')
    (channel,) = load(path, {}).channel_records("UTC")
    assert (channel.key, channel.platform, channel.address, channel.name) == (
        "discord:123",
        "discord",
        "123",
        "papers",
    )


def test_two_channels_with_one_address_are_an_error(tmp_path: Path) -> None:
    """One place gets one post a day."""
    one = '[[channels]]\nname = "NAME"\nplatform = "discord"\naddress = "123"\n'
    assert "two channels have the address 123" in complaint(
        write(tmp_path, one.replace("NAME", "a") + one.replace("NAME", "b"))
    )
