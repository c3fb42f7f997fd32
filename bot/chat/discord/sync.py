"""Commands are told to Discord when they have changed, and only then: it counts them, and clients reload them."""

import hashlib
import json

import structlog

from bot.chat.discord.client import Client
from bot.chat.discord.outcomes import ERRORS
from bot.store import Store, facts

log = structlog.get_logger()


async def sync_commands(client: Client, store: Store) -> bool:
    """Tell Discord the commands if they are not those it was told last; whether it was told now.

    A failure is logged, and made good at the next connection.
    """
    name = f"discord.commands.{client.application_id}"
    told = digest(client)
    if await store.read(facts.get, name) == told:
        return False
    try:
        await client.tree.sync()
    except ERRORS as error:
        log.error("Discord does not take the commands", reason=str(error))
        return False
    await store.write(facts.put, name, told)
    return True


def digest(client: Client) -> str:
    """A hash of all that Discord would be told."""
    payload = [command.to_dict(client.tree) for command in client.tree.get_commands()]
    text = json.dumps(
        sorted(payload, key=lambda one: (one["type"], one["name"])), sort_keys=True, default=str
    )
    return hashlib.sha256(text.encode()).hexdigest()
