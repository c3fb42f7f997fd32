"""Interactions of the fake Discord: what a person does, and the bot's answer as that person sees it.

Deadlines, callback types and the life of a token: Discord docs, interactions/receiving-and-responding.
"""

import asyncio
import secrets
from collections.abc import Callable

from tests.fakes.discord_calls import NOTHING, Answer, Call
from tests.fakes.discord_commands import MESSAGE_MENU, SLASH, STRING, Commands, NotOffered, resolve
from tests.fakes.discord_errors import Json, Refused
from tests.fakes.discord_limits import (
    BUTTON,
    EPHEMERAL,
    SELECTS,
    TEXT_FIELD,
    check_choices,
    check_message,
    check_modal,
    walk,
)
from tests.fakes.discord_places import Chan
from tests.fakes.discord_records import Msg
from tests.fakes.discord_replies import DEFERRED, DEFERRED_UPDATE, MESSAGE, MODAL, SUGGEST, UPDATE, Reply
from tests.fakes.discord_world import World

ACKNOWLEDGE_SECONDS = 3.0
TOKEN_SECONDS = 15 * 60.0
ATTACHMENT_BYTES = 10 * 1024 * 1024  # reference, file uploads

COMMAND, COMPONENT, AUTOCOMPLETE, MODAL_SUBMIT = 2, 3, 4, 5
ANSWERS = {
    COMMAND: (MESSAGE, DEFERRED, MODAL),
    COMPONENT: (MESSAGE, DEFERRED, DEFERRED_UPDATE, UPDATE, MODAL),
    AUTOCOMPLETE: (SUGGEST,),
    MODAL_SUBMIT: (MESSAGE, DEFERRED, DEFERRED_UPDATE, UPDATE),
}
"""Which callback types answer which interaction."""


class Interactions:
    """Begins interactions and takes the bot's answers. ``clock`` gives seconds."""

    def __init__(self, world: World, commands: Commands, clock: Callable[[], float]) -> None:
        self.world = world
        self.commands = commands
        self.clock = clock
        self._replies: dict[str, Reply] = {}

    # What a person does

    async def begin(
        self,
        kind: int,
        user_id: int,
        channel: Chan,
        data: Json,
        *,
        source: Msg | None = None,
        wait: float = 5.0,
    ) -> Reply:
        """Send an interaction and wait for the answer; if that is deferred, up to ``wait`` seconds for what follows."""
        if channel.archived:
            raise NotOffered("an archived thread takes no commands")  # topics/threads
        reply = Reply(
            self.world.snowflake(), secrets.token_hex(40), kind, user_id, channel, self.clock(), source=source
        )
        reply.from_menu = data.get("type") == MESSAGE_MENU
        self._replies[reply.token] = reply
        self.world.send("INTERACTION_CREATE", self._payload(reply, data), 0, channel.guild)
        await self._until(reply, lambda: reply.kind is not None, ACKNOWLEDGE_SECONDS)
        if reply.deferred:
            await self._until(reply, lambda: reply.edits > 0 or bool(reply.followups) or reply.deleted, wait)
        return reply

    async def _until(self, reply: Reply, true: Callable[[], bool], seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                while not true():
                    reply.changed.clear()
                    await reply.changed.wait()
        except TimeoutError:
            return

    def _payload(self, reply: Reply, data: Json) -> Json:
        channel, guild = reply.channel, reply.channel.guild
        body: Json = {
            "id": str(reply.id),
            "application_id": str(self.world.application_id),
            "type": reply.type,
            "data": data,
            "channel": channel.payload(),
            "channel_id": str(channel.id),
            "token": reply.token,
            "version": 1,
            "app_permissions": str(channel.permissions(self.world.bot_id)),
            "locale": "en-US",
            "entitlements": [],
            "authorizing_integration_owners": {"0": str(guild.id) if guild else "0"},
            "context": 0 if guild else 1,
            "attachment_size_limit": ATTACHMENT_BYTES,
        }
        if guild is None:
            body |= {"user": self.world.users[reply.user_id].payload()}
        else:
            member = guild.member(reply.user_id) | {"permissions": str(channel.permissions(reply.user_id))}
            body |= {"member": member, "guild_id": str(guild.id), "guild_locale": "en-US"}
            body |= {"guild": {"id": str(guild.id), "locale": "en-US", "features": []}}
        if reply.source is not None:
            body |= {"message": reply.source.payload_for(self.world)}
        return body

    async def command(
        self,
        user_id: int,
        channel_id: int,
        name: str,
        options: Json | None = None,
        *,
        sub: str | tuple[str, ...] | None = None,
        wait: float = 5.0,
    ) -> Reply:
        """Somebody calls a slash command. Raises ``NotOffered`` where their client would not let them."""
        channel = self.world.channel(channel_id)
        command = self.commands.offered(channel, user_id, name, SLASH)
        data = self.commands.data(command, options or {}, _path(sub), channel)
        return await self.begin(COMMAND, user_id, channel, data, wait=wait)

    async def autocomplete(
        self,
        user_id: int,
        channel_id: int,
        name: str,
        option: str,
        typed: str,
        *,
        options: Json | None = None,
        sub: str | tuple[str, ...] | None = None,
    ) -> list[Json]:
        """Somebody types in an option; gives the choices offered, each with name and value."""
        channel = self.world.channel(channel_id)
        command = self.commands.offered(channel, user_id, name, SLASH)
        data = self.commands.data(
            command, (options or {}) | {option: typed}, _path(sub), channel, focused=option
        )
        return (await self.begin(AUTOCOMPLETE, user_id, channel, data)).choices

    async def menu(self, user_id: int, message_id: int, name: str, *, wait: float = 5.0) -> Reply:
        """Somebody chooses an entry of a message's context menu."""
        message = self.world.message(message_id)
        command = self.commands.offered(message.channel, user_id, name, MESSAGE_MENU)
        data = {
            "id": command["id"],
            "name": name,
            "type": MESSAGE_MENU,
            "target_id": str(message.id),
            "resolved": {"messages": {str(message.id): message.payload_for(self.world)}},
        }
        return await self.begin(COMMAND, user_id, message.channel, data, wait=wait)

    async def press(self, user_id: int, on: Msg | Reply | int, custom_id: str, *, wait: float = 5.0) -> Reply:
        """Somebody presses a button, by its custom id, on a message, on an answer, or on a message's id."""
        message, item = self._component(user_id, on, custom_id, (BUTTON,))
        data = {"custom_id": custom_id, "component_type": item["type"], "id": item.get("id", 0)}
        return await self.begin(COMPONENT, user_id, message.channel, data, source=message, wait=wait)

    async def choose(
        self,
        user_id: int,
        on: Msg | Reply | int,
        custom_id: str,
        values: list[str] | list[int],
        *,
        wait: float = 5.0,
    ) -> Reply:
        """Somebody chooses in a select: texts, or ids of users, roles or channels."""
        message, item = self._component(user_id, on, custom_id, SELECTS)
        resolved: Json = {}
        chosen = [str(value) for value in values]
        if not item.get("min_values", 1) <= len(chosen) <= item.get("max_values", 1):
            raise NotOffered(f"{custom_id!r} does not take {len(chosen)} values")
        if item["type"] == STRING:
            known = [option["value"] for option in item["options"]]
            if any(value not in known for value in chosen):
                raise NotOffered(f"{custom_id!r} offers {known}, not {chosen}")
        else:
            kind = {5: "users", 6: "roles", 7: "users", 8: "channels"}[item["type"]]
            for value in chosen:
                resolve(self.world, message.channel, kind, int(value), resolved)
        data: Json = {
            "custom_id": custom_id,
            "component_type": item["type"],
            "values": chosen,
            "id": item.get("id", 0),
        }
        data |= {"resolved": resolved} if resolved else {}
        return await self.begin(COMPONENT, user_id, message.channel, data, source=message, wait=wait)

    async def submit(self, reply: Reply, values: dict[str, str], *, wait: float = 5.0) -> Reply:
        """The person fills in the form that an answer opened, by the custom ids of its fields."""
        modal = reply.modal
        if modal is None:
            raise NotOffered("the answer opened no form")
        names = {item["custom_id"] for _, item in walk(modal["components"]) if item.get("type") == TEXT_FIELD}
        if stray := set(values) - names:
            raise NotOffered(f"the form has no {sorted(stray)}")
        filled = [_filled(item, values) for item in modal["components"]]
        data = {"custom_id": modal["custom_id"], "components": filled}
        return await self.begin(
            MODAL_SUBMIT, reply.user_id, reply.channel, data, source=reply.source, wait=wait
        )

    def _component(
        self, user_id: int, on: Msg | Reply | int, custom_id: str, kinds: tuple[int, ...]
    ) -> tuple[Msg, Json]:
        messages = (
            on.all_messages()
            if isinstance(on, Reply)
            else [self.world.message(on) if isinstance(on, int) else on]
        )
        for message in messages:
            for _, item in walk(message.components):
                if item.get("custom_id") == custom_id and item.get("type") in kinds:
                    if item.get("disabled"):
                        raise NotOffered(f"{custom_id!r} is disabled")
                    return message, item
        raise NotOffered(f"there is no {custom_id!r} on the message")

    # What the bot answers

    def callback(self, call: Call) -> Answer:
        """The first answer: within three seconds, and once."""
        reply = self._replies.get(call.words["token"])
        if reply is None or reply.id != call.ids["interaction"]:
            raise Refused(10062)
        if reply.kind is not None:
            raise Refused(40060)
        if self.clock() - reply.at > ACKNOWLEDGE_SECONDS:
            raise Refused(10062)
        kind, data = int(call.body.get("type") or 0), call.body.get("data") or {}
        if kind not in ANSWERS[reply.type] or (kind in (UPDATE, DEFERRED_UPDATE) and reply.source is None):
            raise Refused(
                50035, {"type": {"_errors": [{"code": "BASE_TYPE_CHOICES", "message": "Not allowed here"}]}}
            )
        self._first(reply, kind, data, call.files)
        reply.kind = kind
        reply.acknowledged = self.clock() - reply.at
        reply.changed.set()
        if call.query.get("with_response", "").lower() not in ("1", "true"):
            return NOTHING
        return 200, self._resource(reply)

    def _first(self, reply: Reply, kind: int, data: Json, files: dict[str, bytes]) -> None:
        if kind == SUGGEST:
            check_choices(data.get("choices"))
            reply.choices = list(data.get("choices") or [])
        elif kind == MODAL:
            check_modal(data)
            reply.modal = data
        elif kind == MESSAGE:
            reply.message = self._say(reply, data, files)
        elif kind == UPDATE and reply.source is not None:
            self._change(reply, reply.source, data, files)
            reply.message = reply.source
        elif kind == DEFERRED:
            reply.private = bool(int(data.get("flags") or 0) & EPHEMERAL)
            reply.open = True
        elif kind == DEFERRED_UPDATE:
            reply.message = reply.source

    def _resource(self, reply: Reply) -> Json:
        body: Json = {"interaction": {"id": str(reply.id), "type": reply.type}}
        if reply.message is not None:
            body["interaction"]["response_message_id"] = str(reply.message.id)
            shown = reply.message.payload_for(self.world)
            body["resource"] = {"type": reply.kind, "message": shown}
        body["interaction"] |= {
            "response_message_loading": reply.kind == DEFERRED,
            "response_message_ephemeral": reply.ephemeral,
        }
        return body

    def _say(self, reply: Reply, body: Json, files: dict[str, bytes], *, first: bool = True) -> Msg:
        check_message(body, files=files)
        # resources/message, allowed mentions: answers to interactions ping users only, unless they say otherwise
        bot = self.world.users[self.world.bot_id]
        message = self.world.compose(reply.channel, bot, body, files=files, parse=("users",))
        message.embedded = True
        message.extra = self._origin(reply)
        if first:
            reply.private = message.ephemeral
        if not message.ephemeral:
            self.world.show(message)
        return message

    def _origin(self, reply: Reply) -> Json:
        """resources/message: types 20 and 23, and whose interaction it was."""
        application = str(self.world.application_id)
        user = self.world.users[reply.user_id].payload()
        origin = {"id": str(reply.id), "type": reply.type, "user": user, "authorizing_integration_owners": {}}
        kind = {COMMAND: 23 if reply.from_menu else 20}.get(reply.type, 0)
        return {
            "type": kind,
            "webhook_id": application,
            "application_id": application,
            "interaction_metadata": origin,
        }

    def _change(self, reply: Reply, message: Msg, body: Json, files: dict[str, bytes]) -> None:
        check_message(body, files=files, old=message.payload)
        if "attachments" in body:
            kept = {str(item.get("id")) for item in body["attachments"] or []}
            message.files = {
                name: data
                for number, (name, data) in enumerate(message.files.items())
                if str(message.id + number) in kept
            }
        message.files = message.files | files
        self.world.edit(message, body, parse=("users",))

    def _reply(self, call: Call) -> Reply:
        reply = self._replies.get(call.words["token"])
        if reply is None or reply.kind is None or call.ids["webhook"] != self.world.application_id:
            raise Refused(10015)
        if self.clock() - reply.at > TOKEN_SECONDS:
            raise Refused(50027)
        return reply

    def follow_up(self, call: Call) -> Answer:
        """A further message; after a type 5 deferral the first one takes the place of "thinking"."""
        reply = self._reply(call)
        body = dict(call.body)
        if reply.open:
            flags = int(body.get("flags") or 0) & ~EPHEMERAL
            body["flags"] = flags | (EPHEMERAL if reply.ephemeral else 0)
            message = reply.message = self._say(reply, body, call.files, first=False)
            reply.open = False
            reply.edits += 1
        else:
            message = self._say(reply, body, call.files, first=False)
            reply.followups.append(message)
        reply.changed.set()
        return 200, message.payload_for(self.world)

    def _message(self, call: Call, reply: Reply) -> Msg:
        wanted = call.ids.get("message")
        if wanted is None:
            if reply.message is None or reply.message.deleted:
                raise Refused(10008)
            return reply.message
        for message in reply.all_messages():
            if message.id == wanted and not message.deleted:
                return message
        raise Refused(10008)

    def get(self, call: Call) -> Answer:
        """An answer or a follow-up."""
        return 200, self._message(call, self._reply(call)).payload_for(self.world)

    def edit(self, call: Call) -> Answer:
        """Change an answer or a follow-up; the first edit after a deferral says what was thought of."""
        reply = self._reply(call)
        if reply.open and "message" not in call.ids:
            body = call.body | (
                {"flags": int(call.body.get("flags") or 0) | EPHEMERAL} if reply.ephemeral else {}
            )
            reply.message = self._say(reply, body, call.files, first=False)
            reply.open = False
            message = reply.message
        else:
            message = self._message(call, reply)
            self._change(reply, message, call.body, call.files)
        reply.edits += 1
        reply.changed.set()
        return 200, message.payload_for(self.world)

    def delete(self, call: Call) -> Answer:
        """Take an answer or a follow-up away."""
        reply = self._reply(call)
        if reply.open and "message" not in call.ids:
            reply.open = False
        else:
            message = self._message(call, reply)
            message.deleted = True
            if message.id in self.world.index:
                self.world.drop(message)
        reply.deleted = True
        reply.changed.set()
        return NOTHING


def _path(sub: str | tuple[str, ...] | None) -> tuple[str, ...]:
    return () if sub is None else (sub,) if isinstance(sub, str) else sub


def _filled(item: Json, values: dict[str, str]) -> Json:
    """A modal's component as it comes back, with what was typed."""
    if item.get("type") == TEXT_FIELD:
        typed = values.get(item["custom_id"], item.get("value") or "")
        if (item.get("required", True) and not typed) or len(typed) > item.get("max_length", 4000):
            raise NotOffered(f"{item['custom_id']!r} is empty or too long")
        return {"type": TEXT_FIELD, "custom_id": item["custom_id"], "value": typed, "id": item.get("id", 0)}
    body: Json = {"type": item["type"], "id": item.get("id", 0)}
    if "components" in item:
        body["components"] = [_filled(part, values) for part in item["components"]]
    if "component" in item:
        body["component"] = _filled(item["component"], values)
    return body
