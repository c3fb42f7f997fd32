"""Discord: a thread a day, an embed a paper, bookmarks by reaction and button, search by slash command.

::

    limits ◄── text ◄── render, answers       pure: records of ours → what Discord shows
                            ▲
    rates ◄── adapter ◄── session ──► client ──► reactions, commands       what talks to Discord

Posting needs only REST and never waits for the gateway; the gateway brings reactions and commands.
"""

from bot.chat.discord.session import Discord

__all__ = ["Discord"]
