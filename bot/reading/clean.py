"""Titles and abstracts as readable Unicode, whatever became of their LaTeX.

arXiv prints LaTeX as it was written; Hugging Face prints it without ``$`` and mostly without
backslashes (``14times``, ``ell_p``, ``360^{circ}``). Both come out the same::

    text → fold (characters, entities, tags) → protect (URLs, paths)
         → backslashes.restore → latex.to_unicode → typeset (quotes, dashes, ties)

It all runs until nothing changes, so that cleaning twice is cleaning once.
"""

import html
import re
import unicodedata
from string import printable

from bot.reading.backslashes import forget_words, restore, restore_lone_greek
from bot.reading.latex import SUBSCRIPTS, SUPERSCRIPTS, SYMBOLS, to_unicode, without_dollars

# Real text settles in one or two; what has not settled after these loses its markup characters.
_PASSES = 6
_SYMBOLS = frozenset("".join([*SYMBOLS.values(), *SUPERSCRIPTS.values(), *SUBSCRIPTS.values()])) - frozenset(
    printable + "–—…"
)
_MARKUP = str.maketrans("", "", "\\${}^_~`&<>'-")


def clean(text: str) -> str:
    """Return ``text`` as one line of readable Unicode, without markup and invisible characters.

    Never raises; ``clean(clean(t)) == clean(t)``. URLs are left exactly as printed.
    """
    folded = _fold(text)
    done = _settled(forget_words(_without_dollars(folded)) if "\\" in folded else folded)
    if done != folded and _has_math(done, folded):
        done = _settled(restore_lone_greek(done))
    return done


def _without_dollars(text: str) -> str:
    if "$" not in text:
        return text
    protected, kept = _protect(text)
    return _reveal(without_dollars(protected), kept)


def _has_math(done: str, folded: str) -> bool:
    """Whether cleaning made symbols: those that were not there before can only come from LaTeX."""
    return any(symbol not in folded for symbol in _SYMBOLS.intersection(done)) or (
        "sim" in folded and done.count("~") > folded.count("~")
    )


def _settled(text: str) -> str:
    for _ in range(_PASSES):
        before = text
        text = _pass(text)
        if text == before:
            return text
    return _pass(text.translate(_MARKUP))


def _pass(text: str) -> str:
    protected, kept = _protect(text)
    done = _typeset(to_unicode(restore(protected)))
    if done == protected and not kept and "<" not in done and "&" not in done:
        return text
    return _fold(_reveal(done, kept))


# --- characters ---------------------------------------------------------------------------------

# Unicode categories Cc (but whitespace), Cf, Cs and Co, and the noncharacters.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\ud800-\uf8ff\ufdd0-\ufdef\ufeff\ufff0-\ufffb\ufffe\uffff"
    "\U000110bd\U000110cd\U00013430-\U0001345f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U0010ffff]"
)
_LIGATURE = re.compile("[\ufb00-\ufb06]")
_ENTITY = re.compile(r"&(?:amp;)*(#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_TAG = re.compile(
    r"</?(i|b|u|em|strong|tt|code|span|sub|sup|p|br|div|a)(?:\s[^<>]{0,300})?\s?/?>", re.IGNORECASE
)


def _fold(text: str) -> str:
    if "&" in text:
        text = _ENTITY.sub(lambda m: html.unescape(f"&{m[1]};"), text)
    if "<" in text:
        text = _TAG.sub(_tag, text)
    text = " ".join(text.split())
    if not text.isprintable():
        text = " ".join(_INVISIBLE.sub("", text).split())
    return text if text.isascii() else _LIGATURE.sub(lambda m: unicodedata.normalize("NFKC", m[0]), text)


def _tag(match: re.Match[str]) -> str:
    name = match[1].lower()
    if name in ("sub", "sup"):
        if match[0][1] == "/":
            return "}"
        return "_{" if name == "sub" else "^{"
    return " " if name in ("p", "br", "div") else ""


# --- what is no prose ---------------------------------------------------------------------------

_URL_REST = r"(?:[^\s{}<>\"^`|\\]|\\[_%&#~])+(?<!\.)"
_URL = re.compile(r"https?://" + _URL_REST)
_BARE_URL = re.compile(r"(?<![\w.@/\\-])(?:[A-Za-z0-9-]{1,63}\.){1,5}[a-z]{2,8}/" + _URL_REST)
_BARE_HINT = re.compile(r"\.[a-z]{2,8}/")
_GLUED_URL = re.compile(r"http(?<=[a-z]http)(?=s?://)")  # its literal beginning makes it a fast search
_PATH = re.compile(r"(?<!\w)[A-Za-z]:\\[^\s{}$]+")
# Private-use characters stand for what is protected; the text's own were stripped.
_FIRST, _LAST = 0xE000, 0xF8FF


def _protect(text: str) -> tuple[str, list[str]]:
    kept: list[str] = []

    def keep(match: re.Match[str]) -> str:
        if _FIRST + len(kept) > _LAST:
            return match[0]
        kept.append(match[0] if match[0][1] == ":" else match[0].replace("\\", ""))
        return chr(_FIRST + len(kept) - 1)

    if "://" in text:
        text = _URL.sub(keep, _GLUED_URL.sub(" http", text))
    if "/" in text and _BARE_HINT.search(text):
        text = _BARE_URL.sub(keep, text)
    if ":\\" in text:
        text = _PATH.sub(keep, text)
    return text, kept


def _reveal(text: str, kept: list[str]) -> str:
    return re.sub("[\ue000-\uf8ff]", lambda m: kept[ord(m[0]) - _FIRST], text) if kept else text


# --- quotes, dashes, ties -----------------------------------------------------------------------

_QUOTED = re.compile(r"``([^`]{1,300}?)(?:''|\"|”)")
_SINGLE = re.compile(r"(?<![`\w])`([^`'\n]{1,80})'(?![\w'])")
_DASHES = re.compile(r"--(?<!---)-?(?![->])")
_TIE = re.compile(r"(?<=[\w.,;:%)\]}”’'])~(?=[^\s~])")
_TIED_RELATION = re.compile(r"(?<=\w)~([=<>≈≤≥])~(?=[\w.-])")
_NUMBER_BEFORE = re.compile(r"\d[\w.,%]{0,8}$")
_COMPLEXITY = re.compile(r"([OΘΩ]\([^\s()]{0,8}?[A-Za-z0-9]|[α-ω])(log|ln)(?= |\()")
_ABOUT = re.compile(r"(^|[\s(\[/])([∼~≈])( ?)(?=\d)")


def _typeset(text: str) -> str:
    if "`" in text:
        text = _SINGLE.sub(r"‘\1’", _QUOTED.sub(r"“\1”", text))
    if "--" in text:
        text = _DASHES.sub(_dash, text)
    if "~" in text:
        text = _TIE.sub(_tie, _TIED_RELATION.sub(r" \1 ", text))
    if "∼" in text or "≈" in text:
        text = _ABOUT.sub(_about, text)
    if "log " in text or "log(" in text:
        text = _COMPLEXITY.sub(r"\1 \2", text)
    return text


def _dash(match: re.Match[str]) -> str:
    text, start, end = match.string, match.start(), match.end()
    if text[start - 1 : start] in ("", " ", "(") and text[end : end + 1].isalpha() and match[0] == "--":
        return match[0]  # an option of a command: --help
    return "—" if match[0] == "---" else "–"


def _tie(match: re.Match[str]) -> str:
    """A tie is a space, but between two numbers it is a range."""
    text, at = match.string, match.start()
    if text[at + 1].isdigit() and _NUMBER_BEFORE.search(text[max(0, at - 10) : at]):
        return "~"
    return " "


def _about(match: re.Match[str]) -> str:
    """``∼ 80%`` is ``~80%``, as people type it; after an operand it is a relation and keeps its space."""
    before = match.string[max(0, match.start() - 2) : match.start()]
    if match[3] and match[1] == " " and not before.isalpha():
        return match[0]
    return match[1] + ("≈" if match[2] == "≈" else "~")
