"""Titles and abstracts as readable Unicode, whatever became of their LaTeX.

arXiv prints LaTeX as it was written; Hugging Face prints it without ``$`` and mostly without
backslashes (``14times``, ``ell_p``, ``360^{circ}``). Both come out the same::

    text → fold (characters, entities, tags) → protect (URLs, paths)
         → restore (lost backslashes, where only math can stand) → convert (LaTeX → Unicode)

``restore`` is the only step that guesses, and guesses from context alone: a name beside a digit,
a brace, a script or a one-letter variable. A name between words is a word. Everything runs until
nothing changes, so that cleaning twice is cleaning once.
"""

import html
import re
import unicodedata
from collections.abc import Iterable

from bot.reading.latex import (
    ACCENTS,
    FONTS,
    FUNCTIONS,
    GREEK,
    SILENT,
    SUBSCRIPTS,
    SUPERSCRIPTS,
    SWITCHES,
    SYMBOLS,
    TWO_ARGUMENTS,
)

# Real text settles in one or two; what has not settled after these loses its markup characters.
_PASSES = 6
# Braces nested deeper than this are dropped unread.
_DEPTH = 8
_MARKUP = str.maketrans("", "", "\\${}^_~`&<>'-")


def clean(text: str) -> str:
    """Return ``text`` as one line of readable Unicode, without markup and invisible characters.

    Never raises; ``clean(clean(t)) == clean(t)``. URLs are left exactly as printed.
    """
    for _ in range(_PASSES):
        before = text
        text = _once(text)
        if text == before:
            return text
    return _once(text.translate(_MARKUP))


def _once(text: str) -> str:
    text = _fold(text)
    text, kept = _protect(text)
    text = _convert(_restore(text))
    return " ".join(_reveal(text, kept).split())


# --- characters ---------------------------------------------------------------------------------

# Unicode categories Cc (but whitespace), Cf, Cs and Co, and the noncharacters.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\ud800-\uf8ff\ufdd0-\ufdef\ufeff\ufff0-\ufffb\ufffe\uffff"
    "\U000110bd\U000110cd\U00013430-\U0001345f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U0010ffff]"
)
_LIGATURES = {
    0xFB00: "ff",
    0xFB01: "fi",
    0xFB02: "fl",
    0xFB03: "ffi",
    0xFB04: "ffl",
    0xFB05: "st",
    0xFB06: "st",
}
_ENTITY = re.compile(r"&(?:amp;)*(#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_TAG = re.compile(
    r"</?(i|b|u|em|strong|tt|code|span|sub|sup|p|br|div|a)(?:\s[^<>]{0,300})?\s?/?>", re.IGNORECASE
)


def _fold(text: str) -> str:
    if "&" in text:
        text = _ENTITY.sub(lambda m: html.unescape(f"&{m[1]};"), text)
    if "<" in text:
        text = _TAG.sub(_tag, text)
    text = _INVISIBLE.sub("", text)
    if not text.isascii():
        text = text.translate(_LIGATURES)
    return " ".join(text.split())


def _tag(match: re.Match[str]) -> str:
    name = match[1].lower()
    if name in ("sub", "sup"):
        if match[0][1] == "/":
            return "}"
        return "_{" if name == "sub" else "^{"
    return " " if name in ("p", "br", "div") else ""


# --- what is no prose ---------------------------------------------------------------------------

_PROTECTED = re.compile(
    r"https?://(?:[^\s{}<>\"^`|\\]|\\[_%&#~])+"
    r"|(?<![\w.@/\\-])(?:[A-Za-z0-9-]{1,63}\.){1,5}[a-z]{2,8}/(?:[^\s{}<>\"^`|\\]|\\[_%&#~])+"
    r"|(?<!\w)[A-Za-z]:\\[^\s{}$]+",
)
# Private-use characters stand for what is protected; the text's own were stripped.
_FIRST, _LAST = 0xE000, 0xF8FF


def _protect(text: str) -> tuple[str, list[str]]:
    kept: list[str] = []

    def keep(match: re.Match[str]) -> str:
        if _FIRST + len(kept) > _LAST:
            return match[0]
        kept.append(match[0] if match[0][1] == ":" else match[0].replace("\\", ""))
        return chr(_FIRST + len(kept) - 1)

    return (_PROTECTED.sub(keep, text), kept) if "/" in text or ":\\" in text else (text, kept)


def _reveal(text: str, kept: list[str]) -> str:
    return re.sub("[\ue000-\uf8ff]", lambda m: kept[ord(m[0]) - _FIRST], text) if kept else text


# --- lost backslashes ---------------------------------------------------------------------------


def _any(names: Iterable[str]) -> str:
    return "(?:" + "|".join(sorted(names, key=len, reverse=True)) + ")"


# Names that are no word of any language: math wherever they stand alone.
_NO_WORDS = frozenset({
    "leq", "geq", "neq", "leqslant", "geqslant", "infty", "rightarrow", "longrightarrow",
    "leftarrow", "leftrightarrow", "Rightarrow", "propto", "simeq", "lesssim", "gtrsim", "cdot",
    "cdots", "ldots", "subseteq", "varepsilon", "varphi", "nabla",
})  # fmt: skip
_EXPONENTS = frozenset({
    "circ", "top", "star", "ast", "prime", "dagger",
})  # fmt: skip
_BIG = frozenset({
    "sum", "prod", "int", "ell", "partial",
})  # fmt: skip
_LOST = re.compile(
    r"(?<![A-Za-z\\][A-Za-z])(?<!\\)"
    + f"({_any({*GREEK, *_NO_WORDS, *_EXPONENTS, *_BIG, 'times', 'sim', 'approx', 'pm', 'in'})}+)(?![a-z])"
)
_NAME = re.compile(_any({*SYMBOLS}))
_LOST_COMMAND = re.compile(
    r"(?<!\\)("
    + _any({*FONTS, *TWO_ARGUMENTS, "sqrt", "hat", "tilde", "widehat", "widetilde", "footnote", "url"})
    + r"\{)"
)
_LOST_FONT = re.compile(r"(?<![A-Za-z\\])(math[a-z]{2,4}|widetilde|widehat) (?=[A-Za-z](?![A-Za-z]))")
_LOST_SWITCH = re.compile(r"\{(?=(?:it|bf|em|tt|sc|sl|rm|cal) )")
_SCRIPT_FOLLOWS = re.compile(r"\^|_(?:\{|[A-Za-z0-9](?!\w))")
_QUANTITY_FOLLOWS = re.compile(r" ?\\?\$?\.?\d[\d.,]*(?:[kKMBTx×\\%~–-]|(?!\w))")
_VARIABLE_FOLLOWS = re.compile(r" (?:\d|[A-Z](?![A-Za-z]))")
_VARIABLE_BEFORE = re.compile(r"(?:\d|(?<![A-Za-z])[A-Z]) $")


def _restore(text: str) -> str:
    """Give names their backslash back where their neighbours show that they are math."""
    text = _LOST.sub(_restored, text)
    if "{" in text:
        text = _LOST_SWITCH.sub(r"{\\", _LOST_COMMAND.sub(r"\\\1", text))
    return _LOST_FONT.sub(r"\\\1 ", text) if "math" in text or "widetilde" in text else text


def _restored(match: re.Match[str]) -> str:
    run = match[1]
    text, start, end = match.string, match.start(), match.end()
    names = _NAME.findall(run)
    if len(names) == 1 and not _is_math(run, text[max(0, start - 8) : start], text[end : end + 16]):
        return run
    if len(names) > 1 and text[start - 1 : start] not in ("^", "{", "(", "|", " ", ""):
        return run
    return "".join("\\" + name for name in names)


def _is_math(name: str, before: str, after: str) -> bool:
    """Whether a name without a backslash is math, given up to 8 characters before and 16 after it."""
    last, following = before[-1:], after[:1]
    variable = last.isalpha()  # one letter: longer words never get here
    number = last.isdigit() or last in ("%", ")", "]", "}", "°")
    if name in _NO_WORDS:
        return last not in ("_", ".", "/", "-", "@", "#") and following != "_"
    if name in _EXPONENTS:
        return last == "^" or before.endswith("^{")
    if name == "times":
        if _VARIABLE_BEFORE.search(before):
            return _VARIABLE_FOLLOWS.match(after) is not None
        return number or variable or (following.isdigit() and not last.isalnum() and last != "-")
    if name == "pm":
        return (last.isdigit() or last == "%" or not last.strip() or last == "(") and following.isdigit()
    if name in ("sim", "approx"):
        return number or (
            last in ("", " ", "(", "[", "{", "/") and _QUANTITY_FOLLOWS.match(after) is not None
        )
    if name == "in":
        return (variable or last == " ") and re.match(r" [RZNC]\^", after) is not None
    if name in GREEK and last == "{" and following == "}":
        return True
    if last in ("_", "^") and len(before) > 1 and not before[-3:-1].isalpha():
        return not following.isalnum()
    return not variable and last not in ("_", "-") and _SCRIPT_FOLLOWS.match(after) is not None


# --- LaTeX to Unicode ---------------------------------------------------------------------------

_MATH = re.compile(r"\$\$|\$(?!\s)([^$]{1,400})(?<!\s)\$(?!\d)|\$([^$]{0,200}[\\^_=][^$]{0,200})\$")
_PROSE_SUM = re.compile(r"\d[\d.,]*\w* [^\\^_]*[A-Za-z]")
_ACCENT = re.compile(
    r"\\([\'`^\"~=.])\s?(?:\{\s?\\?([A-Za-z])\s?\}|\\?([A-Za-z]))|\\([cvuHkrdb])\{\s?([A-Za-z])\s?\}"
)
_ESCAPED = re.compile(r"\\([%&#$_{}])")
_SPACE = re.compile(r"\\[,;:> ]|\\\\(?:\[[^\]]{0,20}\])?")
_NOTHING = re.compile(r"\\[!()\[\]/@-]")
_UNICODE = re.compile(r"\\unicode\{x([0-9a-fA-F]{2,5})\}")
_COMMAND = re.compile(r"\\([A-Za-z]+)(\*?)")
_PAIR = re.compile(rf"\\({_any(TWO_ARGUMENTS)})\s?\{{([^{{}}]*)\}}\s?\{{([^{{}}]*)\}}")
_GROUP = re.compile(
    rf"(\\(?!{_any(TWO_ARGUMENTS)}\b)[A-Za-z]+\*?\s?|[\^_]\s?|[\ue000-\uf8ff])?\{{([^{{}}]*)\}}"
)
_COLOUR = re.compile(r"\b(?:red|blue|green|magenta|cyan|purple|orange|teal|black|gray)(?=\{)")
_POWER = re.compile(r"(?<=[^\s^])\^([-−+]?\d+|[A-Za-zα-ω](?![A-Za-z])|[∘°*⋆⊤′†‡+−-])")
_INDEX = re.compile(
    r"(?<![A-Za-z0-9_\\./])([A-Za-zΑ-Ωα-ωℓ∑∏∫∂]|[A-Z][A-Za-z])_([0-9a-z]|[βγρφχ])(?![\w]|\.\w)"
    r"|(?<=[A-Z])_(\d)(?=[A-Z](?:_\d)?(?![\w]))"
)


def _convert(text: str) -> str:
    if "$" in text:
        text = _MATH.sub(_unwrapped, text)
    if "\\" in text:
        text = _UNICODE.sub(_numbered, text)
        text = _ACCENT.sub(_accented, text)
        text = _NOTHING.sub("", _SPACE.sub(" ", text))
        text = _ESCAPED.sub(r"\1", text)
        text = _COMMAND.sub(_symbol, text)
    if "{" in text or "}" in text:
        text = _ungroup(text)
    if "\\" in text:
        text = _COMMAND.sub(_leftover, text)
    if "^" in text:
        text = _POWER.sub(lambda m: _script("^", m[1]), text)
    if "_" in text:
        text = _INDEX.sub(lambda m: (m[1] or "") + _script("_", m[2] or m[3]), text)
    return _typeset(text)


def _unwrapped(match: re.Match[str]) -> str:
    if match[0] == "$$":
        return ""
    inside = match[1] or match[2]
    return match[0] if _PROSE_SUM.match(inside) else inside


def _numbered(match: re.Match[str]) -> str:
    code = int(match[1], 16)
    return chr(code) if code < 0xD800 else ""


def _accented(match: re.Match[str]) -> str:
    accent, letter = match[1] or match[4], match[2] or match[3] or match[5]
    return unicodedata.normalize("NFC", letter + ACCENTS[accent])


def _symbol(match: re.Match[str]) -> str:
    name = match[1]
    if name in FUNCTIONS:
        before = match.string[match.start() - 1 : match.start()]
        return f" {name}" if before.isalnum() else name
    if name not in SYMBOLS:
        return match[0]
    if name == "sim" and _approximates(match.string, match.start(), match.end()):
        return "~"
    return SYMBOLS[name]


def _approximates(text: str, start: int, end: int) -> bool:
    """Whether ``\\sim`` stands before a number as "about", the way people type ``~80%``."""
    return (
        text[start - 1 : start] in ("", " ", "(", "[")
        and re.match(r" ?\\?\$?\d", text[end : end + 4]) is not None
    )


def _leftover(match: re.Match[str]) -> str:
    """A command without an argument: a switch goes, a macro of the authors' own keeps its name."""
    name = match[1]
    if name in SYMBOLS:
        return SYMBOLS[name]
    return "" if name in SWITCHES or name in FONTS or name in SILENT else name


def _ungroup(text: str) -> str:
    """Resolve ``{…}`` from the innermost outwards; a set such as {a, b} keeps its braces."""
    text = _COLOUR.sub("", text)
    for _ in range(_DEPTH):
        before = text
        text = _PAIR.sub(_pair, text)
        if text == before:
            text = _GROUP.sub(_group, text)
        if text == before:
            break
    return text.translate(_BRACES)


# While groups are resolved, the braces of a set are these; outside of that they were stripped as invisible.
_SET_OPEN, _SET_CLOSE = "\U000f0000", "\U000f0001"
_BRACES = {ord("{"): None, ord("}"): None, ord(_SET_OPEN): "{", ord(_SET_CLOSE): "}"}
_SET = re.compile(r"[^,]*\S[^,]*,\s?[^\s,]")


def _pair(match: re.Match[str]) -> str:
    name, first, second = match[1], match[2].strip(), match[3].strip()
    if name.endswith("frac"):
        return f"{_operand(first)}/{_operand(second)}"
    return _linked(first, second) if name.startswith("h") else second


def _operand(text: str) -> str:
    return text if text.isalnum() else f"({text})"


def _linked(url: str, label: str) -> str:
    """``label (url)``, or the URL alone when the label says no more."""
    if not label or "\ue000" <= label[0] <= "\uf8ff" or label == url:
        return url
    return f"{label} ({url})"


def _group(match: re.Match[str]) -> str:
    prefix, inside = (match[1] or "").rstrip(), match[2]
    if not prefix:
        return f"{_SET_OPEN}{inside}{_SET_CLOSE}" if _SET.match(inside) and "\\" not in inside[:4] else inside
    if prefix in ("^", "_"):
        return _script(prefix, inside.strip())
    if not prefix.startswith("\\"):
        return _linked(prefix, inside.strip())
    name = prefix[1:].rstrip("*")
    if name in ("textsubscript", "textsuperscript"):
        return _script("_" if name == "textsubscript" else "^", inside.strip())
    if name in SILENT:
        return ""
    if name == "sqrt":
        return "√" + _operand(inside)
    if name == "footnote":
        return f" ({inside.strip()})" if not "\ue000" <= inside[:1] <= "\uf8ff" else f" {inside.strip()}"
    if name in ACCENTS and len(inside) == 1:
        return unicodedata.normalize("NFC", inside + ACCENTS[name])
    return inside


_ORDINALS = frozenset(("st", "nd", "rd", "th"))


def _script(kind: str, content: str) -> str:
    """A superscript or subscript in Unicode if every character has one, else ``^word`` or ``^(a+b)``.

    Words of more than three letters stay words: ``θ_reason`` reads better than tiny letters.
    """
    table = SUPERSCRIPTS if kind == "^" else SUBSCRIPTS
    if kind == "^" and content in _ORDINALS:
        return content
    if all(c in table for c in content) and (len(content) < 4 or not content.isalpha()):
        return "".join(table[c] for c in content)
    return f"{kind}{content}" if content.isalnum() else f"{kind}({content})"


# --- quotes, dashes, ties -----------------------------------------------------------------------

_QUOTED = re.compile(r"``([^`]{1,300}?)(?:''|\"|”)")
_SINGLE = re.compile(r"(?<![`\w])`([^`'\n]{1,80})'(?![\w'])")
_DASHES = re.compile(r"(?<!-)(---?)(?![->])")
_TIE = re.compile(r"(?<=[\w.,;:%)\]}”’'])~(?=[^\s~])")
_NUMBER_BEFORE = re.compile(r"\d[\w.,%]{0,8}$")
_LOG = re.compile(r"(?<=[OΘΩΩ]\()([A-Za-z0-9]{1,2})(log|exp|ln)(?= |\()")
_RELATION_SPACE = re.compile(r"(?:(?<=[A-Za-z]{2} )|(?<=\()|^)([~≈]) (?=\d)")


def _typeset(text: str) -> str:
    if "`" in text:
        text = _SINGLE.sub(r"‘\1’", _QUOTED.sub(r"“\1”", text))
    if "--" in text:
        text = _DASHES.sub(_dash, text)
    if "~" in text:
        text = _TIE.sub(_tie, text)
    text = _RELATION_SPACE.sub(r"\1", text)
    return _LOG.sub(r"\1 \2", text)


def _dash(match: re.Match[str]) -> str:
    text, start, end = match.string, match.start(), match.end()
    if text[start - 1 : start] in ("", " ", "(") and text[end : end + 1].isalpha() and match[1] == "--":
        return match[0]  # an option of a command: --help
    return "—" if match[1] == "---" else "–"


def _tie(match: re.Match[str]) -> str:
    """A tie is a space, but between two numbers it is a range."""
    text, at = match.string, match.start()
    if text[at + 1].isdigit() and _NUMBER_BEFORE.search(text[max(0, at - 10) : at]):
        return "~"
    return " "
