"""The fake Discord's REST routes for channels, messages, threads, reactions, guilds and people."""

from dataclasses import dataclass, field
from urllib.parse import unquote

from tests.fakes.discord_errors import Json, Refused
from tests.fakes.discord_limits import Form, check_message, check_thread
from tests.fakes.discord_permissions import Permission
from tests.fakes.discord_world import Chan, Guild, Intent, Kind, Msg, World, emoji_payload, stamp

EMOJIS = 20  # opcodes-and-status-codes, 30010
PAGE = 100  # resources/message, get channel messages, get reactions
TEXTUAL = (Kind.TEXT, Kind.ANNOUNCEMENT, Kind.VOICE, Kind.DM)


@dataclass
class Call:
    """A request, as a route needs it. ``ids`` are the numbers in its path, by name; ``emoji`` is decoded."""

    ids: dict[str, int]
    words: dict[str, str] = field(default_factory=dict)
    body: Json = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)

    def limit(self, default: int, *, least: int = 1, most: int = PAGE) -> int:
        """The size of a page. Raises ``Refused``."""
        text = self.query.get("limit", str(default))
        size = int(text) if text.isdigit() else -1
        if not least <= size <= most:
            form = Form()
            code = "NUMBER_TYPE_MAX" if size > most else "NUMBER_TYPE_MIN"
            form.add(("limit",), code, f"int value should be between {least} and {most}.")
            form.close()
        return size


Answer = tuple[int, Json | list[Json] | None]
NOTHING: Answer = (204, None)


class Rest:
    """The routes. Each takes a ``Call`` and gives status and body, or raises ``Refused``."""

    def __init__(self, world: World, *, nonce_seconds: float = 180.0, thread_limit: int = 1000) -> None:
        self.world = world
        self.nonce_seconds = nonce_seconds
        """How long a nonce is known again: "the past few minutes" (resources/message); no number is published."""
        self.thread_limit = thread_limit
        self._nonces: dict[str, tuple[float, Msg]] = {}

    def _can(self, channel: Chan, *needed: Permission) -> None:
        """topics/permissions: who can't see a channel misses access, who can't act misses a permission."""
        have = channel.permissions(self.world.bot_id)
        if not have & Permission.VIEW_CHANNEL:
            raise Refused(50001)
        for bit in needed:
            if not have & bit:
                raise Refused(50013)

    def _channel(self, call: Call, *needed: Permission) -> Chan:
        channel = self.world.channel(call.ids["channel"])
        self._can(channel, *needed)
        return channel

    def _guild(self, call: Call) -> Guild:
        guild = self.world.guilds.get(call.ids["guild"])
        if guild is None or guild.out:
            raise Refused(10004)
        return guild

    # Messages: resources/message

    def create_message(self, call: Call) -> Answer:
        """Post, or give the message that was posted with this nonce before."""
        channel = self._channel(call)
        self._may_send(channel, call)
        check_message(call.body, files=call.files)
        nonce = call.body.get("nonce")
        if nonce is not None and call.body.get("enforce_nonce"):
            at, old = self._nonces.get(str(nonce), (0.0, None))
            if old is not None and self.world.wall() - at <= self.nonce_seconds:
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
        self._can(channel, sends)
        if call.files:
            self._can(channel, Permission.ATTACH_FILES)
        if call.body.get("message_reference"):
            self._can(channel, Permission.READ_MESSAGE_HISTORY)
        if channel.locked and not channel.permissions(self.world.bot_id) & Permission.MANAGE_THREADS:
            raise Refused(160005)

    def get_messages(self, call: Call) -> Answer:
        """A page of history, newest first: empty, not refused, without READ_MESSAGE_HISTORY."""
        channel = self._channel(call)
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
        channel = self._channel(call, Permission.READ_MESSAGE_HISTORY)
        return 200, channel.find(call.ids["message"]).payload_for(self.world, content=False)

    def edit_message(self, call: Call) -> Answer:
        """Change one's own message."""
        channel = self._channel(call)
        message = channel.find(call.ids["message"])
        if message.author.id != self.world.bot_id:
            raise Refused(50005)
        if channel.archived:
            raise Refused(50083)
        check_message(call.body, files=call.files, old=message.payload)
        message.files |= call.files
        self.world.edit(message, call.body)
        return 200, message.payload_for(self.world)

    def delete_message(self, call: Call) -> Answer:
        """Take a message away."""
        channel = self._channel(call)
        message = channel.find(call.ids["message"])
        if message.author.id != self.world.bot_id:
            self._can(channel, Permission.MANAGE_MESSAGES)
        self.world.drop(message)
        return NOTHING

    def crosspost(self, call: Call) -> Answer:
        """Publish a message of an announcement channel."""
        channel = self._channel(call, Permission.SEND_MESSAGES)
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
        channel = self._channel(call, Permission.PIN_MESSAGES)
        channel.find(call.ids["message"]).pinned = True
        return NOTHING

    def unpin(self, call: Call) -> Answer:
        """The reverse of it."""
        channel = self._channel(call, Permission.PIN_MESSAGES)
        channel.find(call.ids["message"]).pinned = False
        return NOTHING

    def typing(self, call: Call) -> Answer:
        """Show that something is being written."""
        self._may_send(self._channel(call), call)
        return NOTHING

    # Reactions: resources/message

    def _emoji(self, call: Call) -> str:
        """A reaction's key: the character itself, or ``name:id`` of an emoji that exists."""
        emoji = unquote(call.words["emoji"])
        name, _, number = emoji.partition(":")
        if number:
            for guild in self.world.guilds.values():
                if number in guild.emojis:
                    return f"{guild.emojis[number]}:{number}"
            raise Refused(10014)
        if not name or any(
            char.isalnum() and char.isascii() for char in name.rstrip("\ufe0f\u20e3")[1:] or name[:1]
        ):
            raise Refused(10014)
        return name

    def _reactable(self, call: Call, *needed: Permission) -> tuple[Chan, Msg]:
        channel = self._channel(call, *needed)
        if channel.archived:
            raise Refused(50083)  # topics/threads: archived threads take no reactions
        return channel, channel.find(call.ids["message"])

    def add_reaction(self, call: Call) -> Answer:
        """React oneself. Joining an emoji that is there needs no ADD_REACTIONS."""
        channel, message = self._reactable(call, Permission.READ_MESSAGE_HISTORY)
        emoji = self._emoji(call)
        if emoji not in message.emojis():
            self._can(channel, Permission.ADD_REACTIONS)
            if len(message.emojis()) >= EMOJIS:
                raise Refused(30010)
        guild = channel.guild
        if ":" in emoji and (guild is None or emoji.partition(":")[2] not in guild.emojis):
            self._can(channel, Permission.USE_EXTERNAL_EMOJIS)
        self.react(message, self.world.bot_id, emoji)
        return NOTHING

    def remove_own_reaction(self, call: Call) -> Answer:
        """Take one's own reaction back."""
        _, message = self._reactable(call)
        self.unreact(message, self.world.bot_id, self._emoji(call))
        return NOTHING

    def remove_reaction(self, call: Call) -> Answer:
        """Take somebody's reaction away."""
        _, message = self._reactable(call, Permission.MANAGE_MESSAGES)
        self.unreact(message, call.ids["user"], self._emoji(call))
        return NOTHING

    def remove_reactions(self, call: Call) -> Answer:
        """Take all reactions away, or all of one emoji."""
        _, message = self._reactable(call, Permission.MANAGE_MESSAGES)
        if "emoji" in call.words:
            self.clear_emoji(message, self._emoji(call))
        else:
            self.clear_reactions(message)
        return NOTHING

    def get_reactions(self, call: Call) -> Answer:
        """A page of those who reacted, by id; super reactions (``type`` 1) are asked for separately."""
        channel = self._channel(call, Permission.READ_MESSAGE_HISTORY)
        message = channel.find(call.ids["message"])
        size = call.limit(25)
        people = message.reactors(self._emoji(call), burst=call.query.get("type") == "1")
        after = int(call.query.get("after", 0))
        return 200, [self.world.users[one].payload() for one in sorted(people) if one > after][:size]

    # Reactions of anybody: what people do, too

    def react(
        self, message: Msg, user_id: int, emoji: str, *, burst: bool = False, dispatch: bool = True
    ) -> None:
        """Put a reaction on a message, unless it is there."""
        kept = (message.bursts if burst else message.reactions).setdefault(emoji, set())
        if user_id in kept:
            return
        kept.add(user_id)
        if dispatch:
            self._reacted("MESSAGE_REACTION_ADD", message, emoji, user_id, burst=burst)

    def unreact(
        self, message: Msg, user_id: int, emoji: str, *, burst: bool = False, dispatch: bool = True
    ) -> None:
        """Take a reaction from a message, if it is there."""
        kept = (message.bursts if burst else message.reactions).get(emoji, set())
        if user_id in kept:
            kept.remove(user_id)
            if dispatch:
                self._reacted("MESSAGE_REACTION_REMOVE", message, emoji, user_id, burst=burst)

    def clear_reactions(self, message: Msg, *, dispatch: bool = True) -> None:
        """Take all reactions from a message."""
        message.reactions.clear()
        message.bursts.clear()
        if dispatch:
            self._send_reaction("MESSAGE_REACTION_REMOVE_ALL", message, {})

    def clear_emoji(self, message: Msg, emoji: str, *, dispatch: bool = True) -> None:
        """Take all reactions of one emoji from a message."""
        message.reactions.pop(emoji, None)
        message.bursts.pop(emoji, None)
        if dispatch:
            self._send_reaction("MESSAGE_REACTION_REMOVE_EMOJI", message, {"emoji": emoji_payload(emoji)})

    def _reacted(self, event: str, message: Msg, emoji: str, user_id: int, *, burst: bool) -> None:
        guild = message.channel.guild
        body: Json = {
            "user_id": str(user_id),
            "emoji": emoji_payload(emoji),
            "burst": burst,
            "type": int(burst),
        }
        if event.endswith("ADD"):
            body |= {"message_author_id": str(message.author.id)}
            body |= {"burst_colors": []} if burst else {}
            body |= {"member": guild.member(user_id)} if guild and user_id in guild.members else {}
        self._send_reaction(event, message, body)

    def _send_reaction(self, event: str, message: Msg, body: Json) -> None:
        guild = message.channel.guild
        place = {"channel_id": str(message.channel.id), "message_id": str(message.id)}
        place |= {"guild_id": str(guild.id)} if guild else {}
        intent = Intent.GUILD_MESSAGE_REACTIONS if guild else Intent.DIRECT_MESSAGE_REACTIONS
        self.world.send(event, place | body, intent, guild, message.channel)

    # Channels and threads: resources/channel

    def get_channel(self, call: Call) -> Answer:
        """A channel or a thread."""
        return 200, self._channel(call).payload()

    def edit_channel(self, call: Call) -> Answer:
        """Change a thread. Its owner may archive it and rename it; all else is a moderator's."""
        channel = self._channel(call)
        if not channel.is_thread:
            raise Refused(50013)
        check_thread(call.body)
        moderates = channel.permissions(self.world.bot_id) & Permission.MANAGE_THREADS
        if not moderates and (channel.owner_id != self.world.bot_id or "locked" in call.body):
            raise Refused(50013)
        if (
            channel.archived
            and call.body.get("archived") is not False
            and set(call.body) - {"archived", "locked"}
        ):
            raise Refused(50083)
        channel.name = str(call.body.get("name", channel.name)).strip()
        channel.locked = bool(call.body.get("locked", channel.locked))
        channel.auto_archive = call.body.get("auto_archive_duration") or channel.auto_archive
        if "applied_tags" in call.body:
            channel.applied_tags = [str(tag) for tag in call.body["applied_tags"]]
        self.archive(channel, archived=bool(call.body.get("archived", channel.archived)))
        return 200, channel.payload()

    def archive(self, thread: Chan, *, archived: bool = True) -> None:
        """Archive a thread, or bring it back."""
        if archived != thread.archived:
            thread.archived_at = self.world.wall()
        thread.archived = archived
        thread.announce()

    def delete_channel(self, call: Call) -> Answer:
        """Delete a thread or a channel, as a moderator."""
        channel = self._channel(call)
        self._can(channel, Permission.MANAGE_THREADS if channel.is_thread else Permission.MANAGE_CHANNELS)
        body = channel.payload()
        channel.delete()
        return 200, body

    def start_thread(self, call: Call) -> Answer:
        """A thread from a message: it gets the message's id, and there is one at most."""
        channel = self._channel(call, Permission.CREATE_PUBLIC_THREADS, Permission.READ_MESSAGE_HISTORY)
        if channel.kind not in (Kind.TEXT, Kind.ANNOUNCEMENT):
            raise Refused(50024)
        message = channel.find(call.ids["message"])
        check_thread({"name": None} | call.body)
        if message.id in self.world.channels:
            raise Refused(160004)
        self._room(channel)
        bot = self.world.users[self.world.bot_id]
        return 201, self.world.open_thread(channel, call.body, bot, on=message).payload()

    def start_free_thread(self, call: Call) -> Answer:
        """A forum post, or a thread of its own in a text channel."""
        channel = self._channel(call)
        bot = self.world.users[self.world.bot_id]
        if channel.kind is not Kind.FORUM:
            if channel.kind not in (Kind.TEXT, Kind.ANNOUNCEMENT):
                raise Refused(50024)
            self._can(channel, Permission.CREATE_PUBLIC_THREADS)
            check_thread({"name": None} | call.body)
            self._room(channel)
            return 201, self.world.open_thread(channel, call.body, bot).payload()
        # topics/threads: posts of a forum need SEND_MESSAGES; CREATE_PUBLIC_THREADS is ignored there.
        self._can(channel, Permission.SEND_MESSAGES)
        if call.files:
            self._can(channel, Permission.ATTACH_FILES)
        check_thread({"name": None} | call.body)
        form = Form()
        tags = [str(tag) for tag in call.body.get("applied_tags") or []]
        if any(tag not in channel.tags for tag in tags):
            form.add(("applied_tags",), "INVALID_THREAD_TAG", "Unknown tag")
        if not isinstance(call.body.get("message"), dict):
            form.add(("message",), "BASE_TYPE_REQUIRED", "This field is required")
        form.close()
        # OpenAPI, CreateForumThreadRequest: a post's first message has no nonce
        first = {key: value for key, value in call.body["message"].items() if key != "nonce"}
        check_message(first, files=call.files)
        if channel.require_tag and not tags:
            raise Refused(40067)
        self._room(channel)
        thread = self.world.open_thread(channel, call.body, bot)
        message = self.world.post(thread, bot, first, files=call.files, message_id=thread.id)
        return 201, thread.payload() | {"message": message.payload_for(self.world)}

    def _room(self, channel: Chan) -> None:
        assert channel.guild is not None
        if sum(not thread.archived for thread in channel.guild.threads()) >= self.thread_limit:
            raise Refused(160006)

    def active_threads(self, call: Call) -> Answer:
        """The threads of a guild that are not archived, as far as the bot sees them."""
        bot = self.world.bot_id
        found = [thread for thread in self._guild(call).threads() if not thread.archived]
        found = [thread for thread in found if thread.permissions(bot) & Permission.VIEW_CHANNEL]
        found.sort(key=lambda thread: thread.id, reverse=True)
        return 200, {"threads": [thread.payload() for thread in found], "members": []}

    def archived_threads(self, call: Call) -> Answer:
        """A page of a channel's public archived threads, the last archived first."""
        channel = self._channel(call, Permission.READ_MESSAGE_HISTORY)
        size = call.limit(50, least=2)  # OpenAPI: 2 to 100
        found = [
            thread for thread in channel.threads if thread.archived and thread.kind is not Kind.PRIVATE_THREAD
        ]
        found.sort(key=lambda thread: thread.archived_at, reverse=True)
        if "before" in call.query:
            before = call.query["before"].replace(" ", "+")
            found = [thread for thread in found if stamp(thread.archived_at) < before]
        more = len(found) > size
        return 200, {
            "threads": [thread.payload() for thread in found[:size]],
            "members": [],
            "has_more": more,
        }

    def join_thread(self, call: Call) -> Answer:
        """Be listed among a thread's members."""
        if self._channel(call).archived:
            raise Refused(50083)
        return NOTHING

    # Guilds, people and the application

    def get_guild(self, call: Call) -> Answer:
        """A guild."""
        return 200, self._guild(call).payload()

    def guild_channels(self, call: Call) -> Answer:
        """A guild's channels, without threads."""
        return 200, [channel.payload() for channel in self._guild(call).channels]

    def guild_member(self, call: Call) -> Answer:
        """A member."""
        guild = self._guild(call)
        if call.ids["user"] not in guild.members:
            raise Refused(10007)
        return 200, guild.member(call.ids["user"])

    def guild_roles(self, call: Call) -> Answer:
        """A guild's roles."""
        return 200, [role.payload() for role in self._guild(call).roles.values()]

    def guild_emojis(self, call: Call) -> Answer:
        """A guild's own emoji."""
        emojis: list[Json] = self._guild(call).payload()["emojis"]
        return 200, emojis

    def own_guilds(self, call: Call) -> Answer:
        """The guilds that the bot is in."""
        keys = ("id", "name", "icon", "features")
        found = []
        for guild in self.world.guilds.values():
            role = guild.role_of(self.world.bot_id)
            part = {key: value for key, value in guild.payload().items() if key in keys}
            found.append(
                part | {"owner": False, "permissions": str(role.permissions if role else 0), "banner": None}
            )
        return 200, found[: call.limit(200, most=200)]

    def leave_guild(self, call: Call) -> Answer:
        """The bot goes."""
        self._guild(call).remove()
        return NOTHING

    def own_user(self, call: Call) -> Answer:
        """The bot itself."""
        return 200, self.world.users[self.world.bot_id].payload()

    def get_user(self, call: Call) -> Answer:
        """Somebody."""
        if call.ids["user"] not in self.world.users:
            raise Refused(10013)
        return 200, self.world.users[call.ids["user"]].payload()

    def open_direct(self, call: Call) -> Answer:
        """The direct conversation with somebody."""
        return 200, self.world.direct(int(call.body.get("recipient_id") or 0)).payload()

    def application(self, call: Call) -> Answer:
        """The bot's application."""
        return 200, {
            "id": str(self.world.application_id),
            "name": "Broadsheet",
            "icon": None,
            "description": "",
            "bot_public": True,
            "bot_require_code_grant": False,
            "owner": self.world.users[self.world.owner_id].payload(),
            "verify_key": "0" * 64,
            "flags": 0,
            "team": None,
            "approximate_guild_count": len(self.world.guilds),
        }
