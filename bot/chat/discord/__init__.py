"""Discord: a thread a day, an embed a paper, bookmarks by reaction and button, search by slash command.

::

    limits ◄── text ◄── render, answers       pure: records of ours → what Discord shows
                            ▲
    rates ◄── adapter ◄── client ──► reactions, commands       the only places that talk to Discord

Posting needs only REST and never waits for the gateway; the gateway brings reactions and commands.
"""
