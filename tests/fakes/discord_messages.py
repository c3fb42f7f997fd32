"""Messages and reactions over the fake Discord's REST API: resources/message in the Discord docs."""

from urllib.parse import unquote

from tests.fakes.discord_calls import NOTHING, Answer, Call, channel_of, permitted
from tests.fakes.discord_errors import Json, Refused
from tests.fakes.discord_limits import Form, check_message
from tests.fakes.discord_permissions import Permission
from tests.fakes.discord_places import Chan
from tests.fakes.discord_records import Kind, Msg
from tests.fakes.discord_world import World

EMOJIS = 20  # opcodes-and-status-codes, 30010
SHOWN_AS_EMOJI = frozenset(
    "⌚⌛⏩⏪⏫⏬⏰⏳◽◾☔☕♈♉♊♋♌♍♎♏♐♑♒♓♿⚓⚡⚪⚫⚽⚾⛄⛅⛎⛔⛪⛲⛳⛵⛺⛽✅✊✋✨❌❎❓❔❕❗➕➖➗➰➿⬛⬜⭐⭕"
)
"""Older characters that are emoji without U+FE0F; all others of their age need it (discord-api-docs issue 2782)."""
TEXTUAL = (Kind.TEXT, Kind.ANNOUNCEMENT, Kind.VOICE, Kind.DM)


class Messages:
    """The routes of messages. Each takes a ``Call`` and gives status and body, or raises ``Refused``."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._nonces: dict[str, tuple[float, Msg]] = {}

    def create_message(self, call: Call) -> Answer:
        """Post, or give the message that was posted with this nonce before."""
        channel = channel_of(self.world, call)
        self._may_send(channel, call)
        check_message(call.body, files=call.files)
        self.world.moderate(200000, call.body)
        nonce = call.body.get("nonce")
        if nonce is not None and call.body.get("enforce_nonce"):
            at, old = self._nonces.get(str(nonce), (0.0, None))
            if old is not None and self.world.wall() - at <= self.world.nonce_seconds:
                if old.deleted:
                    raise Refused(10008)
                return 200, old.payload_for(self.world, nonce=True)
        message = self.world.post(channel, self.world.users[self.world.bot_id], call.body, files=call.files)
        if nonce is not None:
            self._nonces[str(nonce)] = (self.world.wall(), message)
        return 200, message.payload_for(self.world, nonce=True)

    def _may_send(self, channel: Chan, call: Call) -> None:
        if channel.kind is Kind.FORUM:
            raise Refused(40058)
        if channel.recipient is not None:
            if channel.recipient.closed:
                raise Refused(50007)
            return
        if not channel.is_thread and channel.kind not in TEXTUAL:
            raise Refused(50008)
        sends = Permission.SEND_MESSAGES_IN_THREADS if channel.is_thread else Permission.SEND_MESSAGES
        permitted(channel, sends)
        if call.files:
            permitted(channel, Permission.ATTACH_FILES)
        if call.body.get("message_reference"):
            permitted(channel, Permission.READ_MESSAGE_HISTORY)
        if channel.locked and not channel.permissions(self.world.bot_id) & Permission.MANAGE_THREADS:
            raise Refused(160005)

    def get_messages(self, call: Call) -> Answer:
        """A page of history, newest first: empty, not refused, without READ_MESSAGE_HISTORY."""
        channel = channel_of(self.world, call)
        size = call.limit(50)
        if not channel.permissions(self.world.bot_id) & Permission.READ_MESSAGE_HISTORY:
            return 200, []
        found = sorted(self._history(channel), key=lambda message: int(message["id"]), reverse=True)
        query = call.query
        if sum(key in query for key in ("around", "before", "after")) > 1:
            form = Form()
            form.add(("before",), "BASE_TYPE_EXCLUSIVE", "before, after and around are mutually exclusive")
            form.close()
        if "before" in query:
            found = [message for message in found if int(message["id"]) < int(query["before"])]
        if "after" in query:
            found = [message for message in found if int(message["id"]) > int(query["after"])][-size:]
        if "around" in query:
            middle = int(query["around"])
            older = [message for message in found if int(message["id"]) <= middle]
            newer = [message for message in found if int(message["id"]) > middle]
            found = newer[-(size // 2) :] + older[: size - size // 2]
        return 200, found[:size]

    def _history(self, channel: Chan) -> list[Json]:
        found = [message.payload_for(self.world, content=False) for message in channel.messages]
        if (
            channel.starter_id is not None
            and channel.parent is not None
            and channel.parent.kind is not Kind.FORUM
        ):
            # topics/threads: a thread from a message begins with an entry of type 21 that points at it.
            found.append(self._starter(channel, channel.parent))
        return found

    def _starter(self, thread: Chan, parent: Chan) -> Json:
        owner = self.world.users[thread.owner_id]
        message = Msg(
            thread.starter_id or 0, thread, owner, {}, None, self.world.time_of(thread.starter_id or 0)
        )
        place = {"message_id": str(thread.id), "channel_id": str(parent.id)}
        guild = {"guild_id": str(parent.guild.id)} if parent.guild else {}
        return message.payload_for(self.world) | {"type": 21, "message_reference": place | guild}

    def get_message(self, call: Call) -> Answer:
        """One message."""
        channel = channel_of(self.world, call, Permission.READ_MESSAGE_HISTORY)
        return 200, channel.find(call.ids["message"]).payload_for(self.world, content=False)

    def edit_message(self, call: Call) -> Answer:
        """Change one's own message."""
        channel = channel_of(self.world, call)
        message = channel.find(call.ids["message"])
        if message.author.id != self.world.bot_id:
            raise Refused(50005)
        if channel.archived:
            raise Refused(50083)
        check_message(call.body, files=call.files, old=message.payload)
        self.world.moderate(200000, call.body)
        message.files |= call.files
        self.world.edit(message, call.body)
        return 200, message.payload_for(self.world)

    def delete_message(self, call: Call) -> Answer:
        """Take a message away."""
        channel = channel_of(self.world, call)
        message = channel.find(call.ids["message"])
        if message.author.id != self.world.bot_id:
            permitted(channel, Permission.MANAGE_MESSAGES)
        self.world.drop(message)
        return NOTHING

    def crosspost(self, call: Call) -> Answer:
        """Publish a message of an announcement channel."""
        channel = channel_of(self.world, call, Permission.SEND_MESSAGES)
        message = channel.find(call.ids["message"])
        if channel.kind is not Kind.ANNOUNCEMENT:
            raise Refused(50024)
        if message.crossposted:
            raise Refused(40033)
        message.crossposted = True
        self.world.changed(message)
        return 200, message.payload_for(self.world)

    def pin(self, call: Call) -> Answer:
        """Pin a message; since February 2026 only PIN_MESSAGES allows that (change log)."""
        channel = channel_of(self.world, call, Permission.PIN_MESSAGES)
        channel.find(call.ids["message"]).pinned = True
        return NOTHING

    def unpin(self, call: Call) -> Answer:
        """The reverse of it."""
        channel = channel_of(self.world, call, Permission.PIN_MESSAGES)
        channel.find(call.ids["message"]).pinned = False
        return NOTHING

    def typing(self, call: Call) -> Answer:
        """Show that something is being written."""
        self._may_send(channel_of(self.world, call), call)
        return NOTHING

    # Reactions

    def _emoji(self, call: Call) -> str:
        """A reaction's key: the character itself, or ``name:id`` of an emoji that exists."""
        emoji = unquote(call.words["emoji"])
        name, _, number = emoji.partition(":")
        if number:
            for guild in self.world.guilds.values():
                if number in guild.emojis:
                    return f"{guild.emojis[number]}:{number}"
            raise Refused(10014)
        bare = name.removesuffix("\ufe0f")
        if len(bare) == 1 and "\u2000" <= bare <= "\uffff" and (bare in SHOWN_AS_EMOJI) == (bare != name):
            raise Refused(10014)
        if not name or any(
            char.isalnum() and char.isascii() for char in name.rstrip("\ufe0f\u20e3")[1:] or name[:1]
        ):
            raise Refused(10014)
        return name

    def _reactable(self, call: Call, *needed: Permission) -> tuple[Chan, Msg]:
        channel = channel_of(self.world, call, *needed)
        if channel.archived:
            raise Refused(50083)  # topics/threads: archived threads take no reactions
        return channel, channel.find(call.ids["message"])

    def add_reaction(self, call: Call) -> Answer:
        """React oneself. Joining an emoji that is there needs no ADD_REACTIONS."""
        channel, message = self._reactable(call, Permission.READ_MESSAGE_HISTORY)
        emoji = self._emoji(call)
        if emoji not in message.emojis():
            permitted(channel, Permission.ADD_REACTIONS)
            if len(message.emojis()) >= EMOJIS:
                raise Refused(30010)
        guild = channel.guild
        if ":" in emoji and (guild is None or emoji.partition(":")[2] not in guild.emojis):
            permitted(channel, Permission.USE_EXTERNAL_EMOJIS)
        self.world.put_reaction(message, self.world.bot_id, emoji)
        return NOTHING

    def remove_own_reaction(self, call: Call) -> Answer:
        """Take one's own reaction back."""
        _, message = self._reactable(call)
        self.world.take_reaction(message, self.world.bot_id, self._emoji(call))
        return NOTHING

    def remove_reaction(self, call: Call) -> Answer:
        """Take somebody's reaction away."""
        _, message = self._reactable(call, Permission.MANAGE_MESSAGES)
        self.world.take_reaction(message, call.ids["user"], self._emoji(call))
        return NOTHING

    def remove_reactions(self, call: Call) -> Answer:
        """Take all reactions away, or all of one emoji."""
        _, message = self._reactable(call, Permission.MANAGE_MESSAGES)
        if "emoji" in call.words:
            self.world.take_emoji(message, self._emoji(call))
        else:
            self.world.take_reactions(message)
        return NOTHING

    def get_reactions(self, call: Call) -> Answer:
        """A page of those who reacted, by id; super reactions (``type`` 1) are asked for separately."""
        channel = channel_of(self.world, call, Permission.READ_MESSAGE_HISTORY)
        message = channel.find(call.ids["message"])
        size = call.limit(25)
        people = message.reactors(self._emoji(call), burst=call.query.get("type") == "1")
        after = int(call.query.get("after", 0))
        return 200, [self.world.users[one].payload() for one in sorted(people) if one > after][:size]
