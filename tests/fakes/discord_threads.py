"""Channels and threads over the fake Discord's REST API: resources/channel and topics/threads in the Discord docs."""

from tests.fakes.discord_calls import NOTHING, Answer, Call, channel_of, guild_of, permitted
from tests.fakes.discord_errors import Refused
from tests.fakes.discord_limits import Form, check_message, check_thread
from tests.fakes.discord_permissions import Permission
from tests.fakes.discord_places import Chan
from tests.fakes.discord_records import Kind, stamp
from tests.fakes.discord_world import World


class Threads:
    """The routes of channels. Each takes a ``Call`` and gives status and body, or raises ``Refused``."""

    def __init__(self, world: World) -> None:
        self.world = world

    def get_channel(self, call: Call) -> Answer:
        """A channel or a thread."""
        return 200, channel_of(self.world, call).payload()

    def edit_channel(self, call: Call) -> Answer:
        """Change a thread. Its owner may archive it and rename it; all else is a moderator's."""
        channel = channel_of(self.world, call)
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
        self.world.set_archived(channel, archived=bool(call.body.get("archived", channel.archived)))
        return 200, channel.payload()

    def delete_channel(self, call: Call) -> Answer:
        """Delete a thread or a channel, as a moderator."""
        channel = channel_of(self.world, call)
        permitted(channel, Permission.MANAGE_THREADS if channel.is_thread else Permission.MANAGE_CHANNELS)
        body = channel.payload()
        channel.delete()
        return 200, body

    def start_thread(self, call: Call) -> Answer:
        """A thread from a message: it gets the message's id, and there is one at most."""
        channel = channel_of(self.world, call, Permission.CREATE_PUBLIC_THREADS)
        if channel.kind not in (Kind.TEXT, Kind.ANNOUNCEMENT):
            raise Refused(50024)
        message = channel.find(call.ids["message"])
        check_thread({"name": None} | call.body)
        if message.id in self.world.channels:
            raise Refused(160004)
        self.world.moderate(200001, call.body["name"])
        self._room(channel)
        bot = self.world.users[self.world.bot_id]
        return 201, self.world.open_thread(channel, call.body, bot, on=message).payload()

    def start_free_thread(self, call: Call) -> Answer:
        """A forum post, or a thread of its own in a text channel."""
        channel = channel_of(self.world, call)
        bot = self.world.users[self.world.bot_id]
        if channel.kind is not Kind.FORUM:
            if channel.kind not in (Kind.TEXT, Kind.ANNOUNCEMENT):
                raise Refused(50024)
            permitted(channel, Permission.CREATE_PUBLIC_THREADS)
            check_thread({"name": None} | call.body)
            self._room(channel)
            return 201, self.world.open_thread(channel, call.body, bot).payload()
        # topics/threads: posts of a forum need SEND_MESSAGES; CREATE_PUBLIC_THREADS is ignored there.
        permitted(channel, Permission.SEND_MESSAGES)
        if call.files:
            permitted(channel, Permission.ATTACH_FILES)
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
        self.world.moderate(200001, call.body["name"])
        self.world.moderate(200000, first)
        self._room(channel)
        thread = self.world.open_thread(channel, call.body, bot)
        message = self.world.post(thread, bot, first, files=call.files, message_id=thread.id)
        return 201, thread.payload() | {"message": message.payload_for(self.world)}

    def _room(self, channel: Chan) -> None:
        assert channel.guild is not None
        if sum(not thread.archived for thread in channel.guild.threads()) >= self.world.thread_limit:
            raise Refused(160006)

    def active_threads(self, call: Call) -> Answer:
        """The threads of a guild that are not archived, as far as the bot sees them."""
        bot = self.world.bot_id
        found = [thread for thread in guild_of(self.world, call).threads() if not thread.archived]
        found = [thread for thread in found if thread.permissions(bot) & Permission.VIEW_CHANNEL]
        found.sort(key=lambda thread: thread.id, reverse=True)
        return 200, {"threads": [thread.payload() for thread in found], "members": []}

    def archived_threads(self, call: Call) -> Answer:
        """A page of a channel's public archived threads, the last archived first."""
        channel = channel_of(self.world, call, Permission.READ_MESSAGE_HISTORY)
        size = call.limit(50, least=2)  # OpenAPI: 2 to 100
        for thread in channel.threads:
            thread.settle()
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
        if channel_of(self.world, call).archived:
            raise Refused(50083)
        return NOTHING
