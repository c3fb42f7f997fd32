"""Settings: ``config/broadsheet.toml``, overridden by the environment, checked before anything starts.

``BROADSHEET_PORT`` style names are not guessed: the variable of ``[web] port`` is ``BROADSHEET_WEB_PORT``, that
of a key outside any table ``BROADSHEET_`` and the key. Lists are separated by commas. Secrets stand in no
settings file: they come from ``BROADSHEET_WEB_PASSWORD`` and ``BROADSHEET_DISCORD_TOKEN``, or from the files that
``[web] password_file`` and ``[discord] token_file`` name.
"""

import tomllib
from collections.abc import Mapping
from datetime import time
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import available_timezones

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    model_validator,
)

from bot.errors import SettingsError
from bot.models import Channel, Interests

SECRETS = (("web", "password"), ("discord", "token"))
"""The keys that no settings file may hold; each may stand in a file of its own, named by ``<key>_file``."""

PREFIX = "BROADSHEET_"
"""What the name of every environment variable of ours begins with."""


def _zone(value: object) -> object:
    if value != "local" and (not isinstance(value, str) or value not in available_timezones()):
        raise ValueError('a zone such as "Europe/Berlin" or "UTC", or "local" for this machine\'s')
    return value


def _time(value: object) -> object:
    if isinstance(value, time):
        return value.replace(second=0, microsecond=0)
    try:
        hours, minutes = str(value).split(":")
        return time(int(hours), int(minutes))
    except ValueError:
        raise ValueError('a time of day such as "09:00"') from None


def _words(value: object) -> object:
    return [word.strip() for word in value.split(",") if word.strip()] if isinstance(value, str) else value


Zone = Annotated[str, BeforeValidator(_zone)]
TimeOfDay = Annotated[time, BeforeValidator(_time)]
Words = Annotated[tuple[str, ...], BeforeValidator(_words)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ChannelSettings(_Table):
    """One ``[[channels]]`` table; what it leaves out is as at the top of the file."""

    name: Annotated[str, Field(min_length=1, max_length=80, description="what the channel is called")] = (
        "papers"
    )
    platform: Annotated[Literal["web", "discord"], Field(description="where it is")] = "web"
    address: Annotated[str | None, Field(description="the channel's id on Discord")] = None
    zone: Annotated[Zone | None, Field(description="its zone, else the one above")] = None
    time: Annotated[TimeOfDay | None, Field(description="its posting time, else the one above")] = None
    max_papers: Annotated[int | None, Field(ge=1, le=200, description="papers a post, else as above")] = None
    quiet_line: Annotated[bool, Field(description="say so on a day with nothing new")] = False
    tags: Annotated[Words, Field(description="tags that it cares about: they come first")] = ()
    keywords: Annotated[Words, Field(description="words that it cares about: they come first")] = ()
    muted: Annotated[Words, Field(description="papers with one of these words are not posted there")] = ()

    @model_validator(mode="after")
    def _addressed(self) -> "ChannelSettings":
        if self.platform == "discord" and not (self.address or "").isdecimal():
            raise ValueError(
                'address must be the channel\'s id, a long number in quotes: in Discord switch on "Developer Mode" '
                'under "Advanced", then right-click the channel and choose "Copy Channel ID"'
            )
        if self.platform == "web" and self.address is not None:
            raise ValueError("a web channel has no address; leave it out")
        return self


class WebSettings(_Table):
    """The ``[web]`` table: the local web channel."""

    host: Annotated[str, Field(description="address to listen on; any but loopback needs a password")] = (
        "127.0.0.1"
    )
    port: Annotated[int, Field(ge=0, le=65535, description="port to listen on; 0 takes a free one")] = 8765
    hosts: Annotated[Words, Field(description="other names by which a browser may reach it")] = ()
    password_file: Annotated[Path | None, Field(description="file that holds the password")] = None
    password: Annotated[SecretStr | None, Field(description="only as BROADSHEET_WEB_PASSWORD")] = None

    @property
    def loopback(self) -> bool:
        """Whether only this machine can reach it."""
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    @model_validator(mode="after")
    def _guarded(self) -> "WebSettings":
        if not self.loopback and self.password is None:
            raise ValueError(
                f'{self.host} can be reached from other machines, so a password is needed: set "password_file" '
                "or BROADSHEET_WEB_PASSWORD, or listen on 127.0.0.1"
            )
        return self


class DiscordSettings(_Table):
    """The ``[discord]`` table: the bot's account on Discord."""

    token_file: Annotated[Path | None, Field(description="file that holds the bot's token")] = None
    token: Annotated[SecretStr | None, Field(description="only as BROADSHEET_DISCORD_TOKEN")] = None
    emoji: Annotated[
        str,
        Field(
            min_length=1,
            max_length=100,
            description="reaction that bookmarks: 🔖, or name:id of a custom one",
        ),
    ] = "🔖"
    seed_reaction: Annotated[
        bool, Field(description="the bot's own reaction on each paper of a post of up to 25, to tap on")
    ] = True
    api_url: Annotated[str, Field(pattern=r"^https?://", description="Discord's API, or a proxy's")] = (
        "https://discord.com/api/v10"
    )
    gateway_url: Annotated[
        str | None, Field(pattern=r"^wss?://", description="gateway, else the one that the API names")
    ] = None


class SearchSettings(_Table):
    """The ``[search]`` table: how papers are found."""

    encoder: Annotated[
        str,
        Field(
            min_length=1,
            description='what finds papers by meaning: "none", "static", or a folder with an ONNX model',
        ),
    ] = "none"


class LogSettings(_Table):
    """The ``[log]`` table."""

    level: Annotated[
        Literal["debug", "info", "warning", "error"], Field(description="how much is told on standard error")
    ] = "warning"


class Settings(_Table):
    """All of the settings. Paths are as seen from the folder in which the command is run."""

    digests: Annotated[Path, Field(description="folder whose new digest files are read")] = Path("digests")
    data: Annotated[Path, Field(description="folder of the history, broadsheet.db")] = Path("data")
    tags_file: Annotated[Path | None, Field(description="taxonomy, else tags.toml beside the settings")] = (
        None
    )
    max_digest_mb: Annotated[int, Field(ge=1, le=1000, description="largest digest file, in megabytes")] = 20
    zone: Annotated[Zone, Field(description='zone of the posting time, "local" for this machine\'s')] = (
        "local"
    )
    time: Annotated[TimeOfDay, Field(description="local time of the daily post")] = time(9, 0)
    max_papers: Annotated[
        int, Field(ge=1, le=200, description="papers with a message of their own a post")
    ] = 20
    channels: Annotated[tuple[ChannelSettings, ...], Field(description="where posts go", min_length=1)] = (
        ChannelSettings(),
    )
    web: Annotated[WebSettings, Field(description="the local web channel")] = WebSettings()
    discord: Annotated[DiscordSettings, Field(description="the bot's account on Discord")] = DiscordSettings()
    search: Annotated[SearchSettings, Field(description="how papers are found")] = SearchSettings()
    log: Annotated[LogSettings, Field(description="what is told")] = LogSettings()

    @model_validator(mode="after")
    def _distinct(self) -> "Settings":
        names = [(channel.platform, channel.name) for channel in self.channels]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"two channels are named {name[1]!r}; give each a name of its own")
        addresses = [channel.address for channel in self.channels if channel.address is not None]
        for address in addresses:
            if addresses.count(address) > 1:
                raise ValueError(f"two channels have the address {address}; name it once")
        return self

    def channel_records(self, local_zone: str) -> tuple[Channel, ...]:
        """The channels as the rest of the bot knows them; ``local_zone`` stands in for ``local``."""

        def record(one: ChannelSettings) -> Channel:
            zone = one.zone or self.zone
            address = one.address or one.name
            return Channel(
                key=f"{one.platform}:{address}",
                platform=one.platform,
                address=address,
                name=one.name,
                zone=local_zone if zone == "local" else zone,
                time=one.time or self.time,
                max_papers=one.max_papers or self.max_papers,
                quiet_line=one.quiet_line,
                interests=Interests(one.tags, one.keywords, one.muted),
            )

        return tuple(record(one) for one in self.channels)


def load(path: Path | None, environ: Mapping[str, str]) -> Settings:
    """Read the settings file, if there is one, and let the environment override it.

    Raises SettingsError with one line that names the key, what is wrong with it and what it may be.
    """
    values = {} if path is None else _read(path)
    where = "the environment" if path is None else str(path)
    for table, key in SECRETS:
        if isinstance(values.get(table), dict) and key in values[table]:
            raise SettingsError(
                f"{where}: {table}.{key} may not stand in the settings; put it into a file and name that with "
                f"{table}.{key}_file, or set {PREFIX}{table.upper()}_{key.upper()}"
            )
    _override(values, environ)
    for table, key in SECRETS:
        _read_secret(values, table, key)
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        raise SettingsError(f"{where}: {_sentence(error)}") from None


def variables() -> dict[str, str]:
    """Every environment variable that overrides a setting, and the dotted key that it overrides."""
    names = {}
    for name, field in Settings.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, _Table):
            for key in field.annotation.model_fields:
                names[f"{PREFIX}{name}_{key}".upper()] = f"{name}.{key}"
        elif name != "channels":
            names[f"{PREFIX}{name}".upper()] = name
    return names


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8-sig"))
    except OSError as error:
        raise SettingsError(f"{path}: {error.strerror}; name another file with --config") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: not valid TOML: {error}") from None


def _override(values: dict[str, Any], environ: Mapping[str, str]) -> None:
    known = variables()
    for variable, text in environ.items():
        if variable.startswith(PREFIX):
            if variable not in known:
                raise SettingsError(
                    f"{variable}: there is no such setting; known are {', '.join(sorted(known))}"
                )
            table, _, key = known[variable].rpartition(".")
            target = values.setdefault(table, {}) if table else values
            if isinstance(target, dict):
                target[key] = text


def _read_secret(values: dict[str, Any], table: str, key: str) -> None:
    """Put what the secret's own file holds in its place, unless the environment gave one."""
    given = values.get(table)
    named = given.get(f"{key}_file") if isinstance(given, dict) else None
    if not isinstance(given, dict) or given.get(key) or not isinstance(named, str):
        return
    try:
        given[key] = Path(named).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{table}.{key}_file: cannot read {named}: {error}") from None
    if not given[key]:
        raise SettingsError(f"{table}.{key}_file: {named} is empty; write the {key} into it")


def _sentence(error: ValidationError) -> str:
    """The first complaint, in our words; the value is told only where it cannot be a secret."""
    first = error.errors(include_url=False)[0]
    key = ".".join(str(part + 1) if isinstance(part, int) else part for part in first["loc"])
    if first["type"] == "extra_forbidden":
        tables: dict[str, type[BaseModel]] = {
            "channels": ChannelSettings,
            "web": WebSettings,
            "discord": DiscordSettings,
            "search": SearchSettings,
            "log": LogSettings,
        }
        table = tables.get(str(first["loc"][0]), Settings)
        return f"{key}: there is no such key; there is {', '.join(table.model_fields)}"
    message = first["msg"].removeprefix("Value error, ")
    if not key:
        return message
    value = (
        ""
        if key.endswith(("password", "token")) or isinstance(first["input"], dict | BaseModel)
        else f", not {first['input']!r}"
    )
    expected = message if first["type"] == "value_error" else message[0].lower() + message[1:]
    return f"{key}: {expected}{value}"
