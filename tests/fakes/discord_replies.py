"""A bot's answer to an interaction, as the person sees it."""

import asyncio
from dataclasses import dataclass, field

from tests.fakes.discord_errors import Json
from tests.fakes.discord_places import Chan
from tests.fakes.discord_records import Msg

# Callback types: interactions/receiving-and-responding.
MESSAGE, DEFERRED, DEFERRED_UPDATE, UPDATE, SUGGEST, MODAL = 4, 5, 6, 7, 8, 9


@dataclass(eq=False)
class Reply:
    """The answer to one interaction, as the person sees it; it goes on changing while the bot edits it."""

    id: int
    token: str
    type: int
    user_id: int
    channel: Chan
    at: float
    source: Msg | None = None
    """The message whose button was pressed."""
    from_menu: bool = False
    acknowledged: float | None = None
    """After how many seconds; None if it was never, or too late."""
    kind: int | None = None
    """The callback's type."""
    message: Msg | None = None
    """The answer itself."""
    followups: list[Msg] = field(default_factory=list)
    choices: list[Json] = field(default_factory=list)
    modal: Json | None = None
    edits: int = 0
    deleted: bool = False
    private: bool = False
    open: bool = False
    """Deferred, and nothing said yet."""
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def deferred(self) -> bool:
        """Whether the first answer only bought time."""
        return self.kind in (DEFERRED, DEFERRED_UPDATE)

    @property
    def ephemeral(self) -> bool:
        """Whether only the person sees it."""
        return self.private

    @property
    def content(self) -> str:
        """The answer's text; the first follow-up's, where the answer itself has none."""
        return self._shown.content if self._shown else ""

    @property
    def embeds(self) -> list[Json]:
        """The answer's embeds."""
        return self._shown.embeds if self._shown else []

    @property
    def components(self) -> list[Json]:
        """The answer's rows of buttons and selects."""
        return self._shown.components if self._shown else []

    @property
    def files(self) -> dict[str, bytes]:
        """The answer's files by name."""
        return self._shown.files if self._shown else {}

    @property
    def _shown(self) -> Msg | None:
        return self.message or (self.followups[0] if self.followups else None)

    def all_messages(self) -> list[Msg]:
        """The answer and its follow-ups."""
        return [message for message in (self.message, *self.followups) if message is not None]
