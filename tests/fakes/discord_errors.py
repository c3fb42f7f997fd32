"""The refusals of the fake Discord, as Discord words them.

Codes, statuses and messages: Discord docs, topics/opcodes-and-status-codes (JSON error codes).
"""

from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]

REFUSALS: dict[int, tuple[int, str]] = {
    10003: (404, "Unknown Channel"),
    10004: (404, "Unknown Guild"),
    10007: (404, "Unknown Member"),
    10008: (404, "Unknown Message"),
    10013: (404, "Unknown User"),
    10014: (400, "Unknown Emoji"),
    10015: (404, "Unknown Webhook"),
    10062: (404, "Unknown interaction"),
    10063: (404, "Unknown application command"),
    30010: (400, "Maximum number of reactions reached (20)"),
    30032: (400, "Maximum number of application commands reached (100)"),
    30034: (400, "Max number of daily application command creates has been reached (200)"),
    30046: (429, "Maximum number of edits to messages older than 1 hour reached. Try again later"),
    40005: (413, "Request entity too large. Try sending something smaller in size"),
    40033: (400, "This message has already been crossposted"),
    40058: (400, "Cannot message this thread until after the post author has sent an initial message"),
    40060: (400, "Interaction has already been acknowledged"),
    40066: (400, "There are no tags available that can be set by non-moderators"),
    40067: (400, "A tag is required to create a forum post in this channel"),
    50001: (403, "Missing Access"),
    50003: (403, "Cannot execute action on a DM channel"),
    50005: (403, "Cannot edit a message authored by another user"),
    50006: (400, "Cannot send an empty message"),
    50007: (403, "Cannot send messages to this user"),
    50008: (400, "Cannot send messages in a non-text channel"),
    50013: (403, "Missing Permissions"),
    50024: (400, "Cannot execute action on this channel type"),
    50027: (401, "Invalid Webhook Token"),
    50035: (400, "Invalid Form Body"),
    50083: (400, "Thread is archived"),
    50109: (400, "The request body contains invalid JSON"),
    200000: (400, "Message was blocked by automatic moderation"),
    200001: (400, "Title was blocked by automatic moderation"),
    160004: (400, "A thread has already been created for this message"),
    160005: (400, "Thread is locked"),
    160006: (400, "Maximum number of active threads reached"),
}


class Refused(Exception):
    """A request that Discord answers with one of its own error codes. ``fields`` are the details of a 50035."""

    def __init__(self, code: int, fields: Json | None = None) -> None:
        self.code = code
        self.status, self.message = REFUSALS[code]
        self.fields = fields
        super().__init__(f"{code}: {self.message}")

    @property
    def body(self) -> Json:
        """What Discord sends with it."""
        body: Json = {"message": self.message, "code": self.code}
        return body | {"errors": self.fields} if self.fields else body
