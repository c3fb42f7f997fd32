"""Delivery to the web channel, where a message is visible once its outbox row says ``sent``."""

from bot.models import Channel, Content, Followed, Message, Notice, Post
from bot.publish import Outcome, Rejected, Sent


class WebAdapter:
    """The web channel as a ``publish.ChatAdapter``.

    Its history is the outbox itself: recording a message is what makes it visible. So a send whose record
    was lost has shown nothing, and sending again cannot show it twice.
    """

    async def send(self, channel: Channel, post: Post, message: Message, content: Content) -> Outcome:
        """Accept any message of the channel; its id is made of the nonce, so it is the same each time."""
        if message.post_id != post.id or message.channel != channel.key:
            return Rejected(f"message {message.id} is not of post {post.id} in {channel.key}")
        if message.part > 0 and post.thread_id is None:
            return Rejected(f"message {message.id} belongs in a thread, and post {post.id} has none")
        return Sent(f"web-{message.nonce}")

    async def open_thread(self, channel: Channel, post: Post, header: Message) -> Outcome:
        """The thread is the day's own page; it is always open."""
        return Sent(header.platform_id or f"web-{header.nonce}")

    async def find(self, channel: Channel, post: Post, message: Message) -> str | None:
        """Nothing is visible that is not recorded as sent, so an unsure message is certainly not there."""
        return None

    async def notify(self, channel: Channel, post: Post, notice: Notice, followed: Followed) -> Outcome:
        """Nobody follows anything here: whoever reads the web channel has no address."""
        return Rejected("the web channel sends no direct messages")

    async def tell(self, channel: Channel, text: str) -> None:
        """Nobody to tell: whoever sits before the machine has its log and 'broadsheet doctor'."""
