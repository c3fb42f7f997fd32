"""A small reader of Discord's markup, of its own making, to tell what a text would do once it is shown."""

import re

from hypothesis import strategies as st

_INLINE = {
    "bold": r"\*\*.+?\*\*(?!\*)",
    "italics": r"\*(?!\s).+?\*(?!\*)|_.+?_",
    "underline": r"__.+?__",
    "struck": r"~~.+?~~",
    "spoiler": r"\|\|.+?\|\|",
    "code": r"(`+).*?[^`]\1(?!`)",
    "masked link": r"\[[^\n]*?\]\(\s*<?[^\s)]+",
    "user": r"<@!?\d+>",
    "role": r"<@&\d+>",
    "channel": r"<#\d+>",
    "time": r"<t:-?\d+(?::[tTdDfFRsS])?>",
    "command": r"</[^:>]+:\d+>",
    "emoji": r"<a?:\w+:\d+>",
    "short name": r":[\w+-]+:",
    "place": r"<id:\w+>",
    "address": r"(?:https?|steam|discord)://[^\s<]+",
    "bracketed": r"<[^\s<>]+(?::|@)[^\s<>]+>",
    "everyone": r"@(?:everyone|here)",
}
_LINE = {"heading": r"#{1,3} ", "small": r"-# ", "list": r"(?:[*+-]|\d+\.) ", "quote": r">(?:>>)? "}
# What the server looks for, whatever stands before it.
_SERVER = {
    "user": r"<@!?\d+>",
    "role": r"<@&\d+>",
    "everyone": r"@(?:everyone|here)",
    "invite": r"discord(?:app)?\.(?:gg|com)/",
}

UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")


_INLINE_PATTERNS = {kind: re.compile(pattern, re.IGNORECASE) for kind, pattern in _INLINE.items()}
_LINE_PATTERNS = {kind: re.compile(pattern) for kind, pattern in _LINE.items()}
_ESCAPE = re.compile(r"\\[^0-9A-Za-z\s]")


def found(text: str, *, escapes: bool = True) -> set[str]:
    """The kinds of markup in a text; ``escapes`` says whether a backslash takes a mark's meaning away here."""
    kinds = {kind for kind, pattern in _SERVER.items() if re.search(pattern, text, re.IGNORECASE)}
    at, start = 0, True
    while at < len(text):
        if escapes and _ESCAPE.match(text, at):
            at, start = at + 2, False
            continue
        code = _INLINE_PATTERNS["code"].match(text, at)
        if code:
            kinds.add("code")
            at, start = code.end(), False
            continue
        patterns = _INLINE_PATTERNS | _LINE_PATTERNS if start else _INLINE_PATTERNS
        kinds |= {kind for kind, pattern in patterns.items() if pattern.match(text, at)}
        start = text[at] == "\n" or (start and text[at] == " ")
        at += 1
    return kinds


def shown(text: str) -> str:
    """What a person reads of an escaped text."""
    return re.sub(r"\\([^0-9A-Za-z\s])", r"\1", text).replace("\u200b", "")


_NASTY = [
    "**", "*", "_", "__", "~~", "||", "`", "```", "\\", "[", "](", ")", "<", ">", "<@1>", "<@&22>", "<#3>", "@everyone",
    "@here", "<t:1:R>", "</ask:1>", "<:a:1>", "<a:b:2>", "<id:home>", ":fire:", "https://a.bc/", "http://", "# ", "-# ",
    "- ", "1. ", "> ", ">>> ", "\n",
    "\u202e", "\u200b", "\u2066", "\ufeff", "\x00", "\ud800", "discord.gg/x", "e\u0301",
    "👩\u200d👩\u200d👧", "🇩🇪", "👍🏽", "a b", "x", "word ", "שלום", "[x](https://a.bc)", "漢字",
]  # fmt: skip

nasty = st.lists(st.one_of(st.sampled_from(_NASTY), st.text(max_size=4)), max_size=12).map("".join)
"""Texts full of markup, mentions, invisible characters and emoji."""

huge = st.tuples(nasty, st.sampled_from([1, 40, 300])).map(lambda pair: pair[0] * pair[1])
"""The same, up to far beyond any limit."""
