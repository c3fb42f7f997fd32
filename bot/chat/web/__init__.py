"""The local web channel: a chat channel in the browser, served by the bot itself.

::

    outbox row ``sent`` ──► history ──► pages (Jinja2) ──► guard ──► uvicorn ──► browser
                                          ▲                                        │
                         library ◄────────┴── commands, bookmarks ◄────────────────┘
                                          live (server-sent events: "something changed")

It works without JavaScript; with it, new messages and bookmark counts appear by themselves.
"""

from bot.chat.web.adapter import WebAdapter
from bot.chat.web.app import create_app
from bot.chat.web.server import serve

__all__ = ["WebAdapter", "create_app", "serve"]
