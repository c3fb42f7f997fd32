"""The history: one SQLite file, one writer thread, a small pool of readers.

A *verb* is a function of one noun's module (``papers.admit``, ``outbox.claim``, ``bookmarks.add``) whose
first argument is the connection. The caller hands verbs over::

    post = await store.read(outbox.post_of_day, channel.key, today)
    claimed = await store.write(outbox.claim, message.id, now)

Each ``write`` is one ``BEGIN IMMEDIATE`` transaction: committed when the verb returns, rolled back when it
raises. Each ``read`` sees one snapshot. Verbs never commit, so that one can be built of several.
"""

from sqlite3 import Connection

from bot.store.database import Store, backup

__all__ = ["Connection", "Store", "backup"]
