"""Give LaTeX names back the backslashes they lost on the way, where only math can stand.

``14times faster`` has one, ``5 times faster`` has none. A name is judged by its neighbours alone: a
digit, a bracket, a script, a one-letter variable. Where they do not decide, a word is a word.
"""

import re
from collections.abc import Iterable
from functools import cache
from string import ascii_letters

from bot.reading.latex import FONTS, GREEK, TWO_ARGUMENTS

# No words of any language: math wherever they stand alone.
_NO_WORDS = frozenset({
    "leq", "geq", "neq", "leqslant", "geqslant", "infty", "rightarrow", "longrightarrow", "leftarrow",
    "leftrightarrow", "Rightarrow", "Leftrightarrow", "uparrow", "downarrow", "mapsto", "propto", "simeq",
    "lesssim", "gtrsim", "cdot", "cdots", "ldots", "subseteq", "setminus", "nmid", "equiv", "varepsilon", "varphi",
    "nabla", "ell", "lceil", "rceil", "lfloor", "rfloor", "langle", "rangle", "vDash", "otimes", "oplus", "supseteq",
    "varnothing", "emptyset", "notin", "Longrightarrow", "hookrightarrow", "nearrow", "searrow", "lnot", "hbar",
    "pmod",
})  # fmt: skip
_EXPONENTS = frozenset({"circ", "top", "star", "ast", "prime", "dagger"})
_BEFORE_SCRIPTS = frozenset({"ell", "sum", "prod", "int", "partial", *GREEK})
_RELATIONS = frozenset({"le", "ge", "in", "mid", "cup", "cap", "subset", "ll", "gg"})
_OPERATORS = frozenset({"times", "sim", "approx", "pm", "dots"})
# What may be glued to a one-letter variable before it: mtimes, pneq; not cell, not age.
_GLUED = (
    (_NO_WORDS - {"ell"})
    | {"times", "sim", "approx", "in", "ge", "le"}
    | {name for name in GREEK if len(name) > 4}
)
_NAMES = _NO_WORDS | _EXPONENTS | _BEFORE_SCRIPTS | _RELATIONS | _OPERATORS
_COMMANDS = {
    *FONTS,
    *TWO_ARGUMENTS,
    "sqrt",
    "hat",
    "tilde",
    "widehat",
    "widetilde",
    "overline",
    "footnote",
    "url",
}


def _any(names: Iterable[str]) -> str:
    return "(?:" + "|".join(sorted(names, key=len, reverse=True)) + ")"


def _lost() -> dict[str, tuple[str, ...]]:
    """Each run of letters that may hold lost names, in its parts; a one-letter variable may come first."""
    runs: dict[str, tuple[str, ...]] = {name: (name,) for name in _NAMES}
    for first in _EXPONENTS | _BEFORE_SCRIPTS | {"times", "pm"}:
        for second in _NO_WORDS | _OPERATORS | {"in"}:
            runs.setdefault(first + second, (first, second))
    for name in _GLUED:
        for variable in ascii_letters:
            runs.setdefault(variable + name, (variable, name))
    for variable in _VARIABLES:
        for name in ("to", "ll", "gg", "ne"):
            runs.setdefault(variable + name, (variable, name))
        for numbers in "CEFNQRZ":
            runs.setdefault(f"{variable}in{numbers}", (variable, "in", " " + numbers))
    for first in (*_NUMBERS, "T", "nabla", "cdot", "partial"):
        runs.setdefault(first + "log", (first, "log"))
    return runs


# Variables that a bound is put on: nge 5, but age 5.
_NUMBERS = frozenset("dkmnpqrDKMNR")
# Letters that make no word of ``to`` and ``ll``: xto 0, but into; rll k, but all.
_VARIABLES = frozenset("bcdfghkmnpqrstuvwxyzBCDFGHKMNPQRSTUVWXYZ")
_LOST = _lost()
_RUNS = frozenset(run.encode() for run in _LOST)
# Words too common to be looked at unless the text has a script or a bracket for them.
_COMMON = frozenset(run.encode() for run, parts in _LOST.items() if parts[-1] in _EXPONENTS | {"in"})
_LETTERS_ALONE = bytes(code if chr(code) in ascii_letters else 0x20 for code in range(256))
_NAMED_GROUP = re.compile(r"\{(?<=[a-z]\{)")
_LOST_COMMAND = re.compile(rf"\\[A-Za-z]+|({_any(_COMMANDS)})(?=\{{)")
_LOST_SWITCH = re.compile(r"\{(?=(?:it|bf|em|tt|sc|sl|rm|cal) )")
_FONT = re.compile("math(?:cal|bb|bf|rm|frak|sf)")
_LOST_FONT = re.compile(
    r"(?<![A-Za-z\\])(math(?:cal|bb|bf|rm|frak|sf)|boldsymbol|widetilde|widehat) ?(?=[^\W\d_](?![A-Za-z]))"
)
_LEFT = re.compile(r"(?<!\\)left(?=[(\[])|(?<![A-Za-z\\])[bB]igg?l?(?=[(\[])")
_RIGHT = re.compile(r"(?<![\\-])right(?=[)\]])|(?<=[\w)}])[bB]igg?r?(?=[)\]])")
# ``\\frac{1}{T}`` left ``1{T}``; but P{UE} is a name with a group.
_LOST_FRACTION = re.compile(
    r"(?<![\w^.{}\\$+-])(\d{1,2}|[b-zB-HJ-Zα-ω](?=\{[^{}]{0,40}[\^+*-]))"
    r"(?=\{[A-Za-z0-9α-ω])(?!\{\d+\}[A-Za-z]|\{[a-z]{2,}[ }])"
)
_LOST_QUOTIENT = re.compile(
    r"(?<=\()(?:(?<=O\()|(?=\w{0,20}[\d+-]))([\w+^-][\w+ ^-]{0,20})(?<![_^])"
    r"(?=\{(?:[^{}]|\{[^{}]{0,9}\}){1,30}\}(?:right)?\))"
)
_LOST_ACCENT = re.compile(r"(?<![A-Za-z\\])(tilde|hat|bar) (?=[A-Za-z][(_^])")
# The literal beginning makes it a fast search.
_MICRO = re.compile(r"mu(?:(?=[A-Z])(?<![\w\\/.-]mu)|(?=[ms]\b)(?:(?<=\dmu)|(?<=\d mu)))")
_BETWEEN_NAMES = re.compile(r"(?<=[A-Za-z])(?=(?:cdot|(?:left|right)arrow)[A-Z])")
_SPLIT_NAME = re.compile(r"(\\(?:cdot|(?:left|right)arrow))(?=[A-Z])")
_COLOUR = re.compile(r"(?<![A-Za-z\\])(?:red|blue|green|magenta|cyan|purple|orange|teal|black|gray)(?=\{)")


# What commands that lost their names and braces left: ``word\footnote{The code: URL.}.``, ``\cite{lee2024map}``,
# ``\unicode{x2013}``, ``a\,<\,b``, ``k\!<\!9``, ``75\,\%``. Private-use characters stand for URLs.
_FOOTNOTE = re.compile(
    r"(?<=[a-z.])((?:All|Available|Codes?|Data|Datasets?|Models|Our|Project|See|Source|The|This|We) "
    r"[^.{}\\\ue000-\uf8ff]{0,200}[\ue000-\uf8ff]\.)\.(?!\S)"
)
_KEY = re.compile(
    r"(?: [a-z]{2,20}(?:19|20)\d\d[a-z]{3,60}|~[A-Za-z]{2,20}(?:19|20)\d\d(?:[a-z]{0,60}|-[a-z]{2}))(?![\w/-])"
)
_YEAR = re.compile(r"[12][09]\d\d(?:[a-z]|(?<=[A-Za-z]\d\d\d\d))")
_CHARACTER = re.compile(r"(?<=[a-z])x(201[0-9a-e]|2026)(?=[A-Za-z ])")
_TIGHT = re.compile(r"[,!](?:[\\%<>=:a-zA-Z]|(?<=!)\d)")
_THIN_SPACES = re.compile(
    r",([<>=]|[gl]eq?|sim|approx|times),|!([<>=:]|[gl]eq?|sim|approx|times|to|mapsto)!|\b(sim)!(?=\d)"
)
_THIN_SPACE = re.compile(
    r"((?<![\w.,([])~?\d{1,4}(?:\.\d{1,4})?|[-–]\d{1,4}(?:\.\d{1,4})?),"
    r"(?=\\?%|(?:[kMG]?[Bm]|m?s|k|fps|FPS|[kMG]?Hz|dB|h)(?![\w,)\]]))"
)


def _words(text: str) -> list[bytes]:
    return text.encode(errors="replace").translate(_LETTERS_ALONE).split()


def restore(text: str) -> str:
    """Return ``text`` with a backslash before each name that can only be LaTeX; words stay words."""
    text = _mended(text)
    words = _RUNS.intersection(_words(text))
    if words and (
        not words <= _COMMON
        or "^" in text
        or "_" in text
        or "in [" in text
        or "in[" in text
        or "in {" in text
    ):
        text = _restore_names(text, [word.decode() for word in words])
    if "{" in text:
        if _NAMED_GROUP.search(text):
            text = _COLOUR.sub("", text)
            text = _LOST_COMMAND.sub(lambda m: f"\\{m[1]}" if m[1] else m[0], text)
        text = _LOST_SWITCH.sub(r"{\\", text)
        text = _LOST_FRACTION.sub(r"\\frac{\1}", _LOST_QUOTIENT.sub(r"\\frac{\1}", text))
    if "cdot" in text or "arrow" in text:
        text = _BETWEEN_NAMES.sub(r"\\", text)
        text = _SPLIT_NAME.sub(r"\1{}", text)
    if ("left" in text or "ig(" in text or "ig[" in text) and len(_LEFT.findall(text)) == len(
        _RIGHT.findall(text)
    ):
        text = _RIGHT.sub("", _LEFT.sub("", text))
    if (
        ("math" in text and _FONT.search(text))
        or "boldsymbol" in text
        or "widetilde" in text
        or "widehat" in text
    ):
        text = _LOST_FONT.sub(r"\\\1 ", text)
    if "tilde " in text or " hat " in text or " bar " in text:
        text = _LOST_ACCENT.sub(r"\\\1 ", text)
    if "mu" in text:
        text = _MICRO.sub("μ", text)
    return text


_ALONE = re.compile(
    rf"\\(?:(?<![\w^{{}}\\]\\)({_any(GREEK)})(?![A-Za-z_^{{}}\\])(?! *[_^])|(?<= \\)(in)(?= [A-Za-z](?![\w\\])))"
)


def forget_words(text: str) -> str:
    """Return ``text`` without the backslashes of names that may be words, as in ``\\alpha moment``, ``i \\in I``.

    Where they are lost they can't be told from words (alpha release, threshold tau), and as names they read
    well: what is around them decides for both, in ``restore`` and ``restore_lone_greek``.
    """
    return _ALONE.sub(lambda m: m[1] or m[2], text)


# Where other math is certain, these are letters too: tau-bench, dynamic beta; but alpha-blending is a word,
# and so are what comes after a statistician (Cohen's kappa) and tau protein, delta action, theta graph.
_LOWER_GREEK = frozenset(name.encode() for name in GREEK if name.islower())
_LONE_GREEK = re.compile(
    rf"(?<![\w\\/.@:-])(?<!['’]s )(?<!s['’] )({_any(name for name in GREEK if name.islower())})"
    r"(?![A-Za-z_'’@]| \([α-ω]\))(?:(?<!delta)(?<!theta)(?<!tau)|(?=-[A-Za-z]|\s?[=<>≤≥≈]\s?-?[\d.]))"
    r"(?![- ](?:blend|comp|matt|chan|num|rel|test|vers|cell|ray|dist|prior|func|calc|rule|decay|corr|band|rhythm|"
    r"phase|wave|modul|encod|carot|amyl|hydrox)|[./:]\w)"
)


def restore_lone_greek(text: str) -> str:
    """Return ``text``, known to have lost or had math, with a backslash before Greek names that may be words."""
    return text if _LOWER_GREEK.isdisjoint(_words(text)) else _LONE_GREEK.sub(r"\\\1", text)


def _mended(text: str) -> str:
    if ".." in text:
        text = _FOOTNOTE.sub(r" (\1).", text)
    if "x20" in text:
        text = _CHARACTER.sub(lambda m: chr(int(m[1], 16)), text)
    if ("19" in text or "20" in text) and _YEAR.search(text):
        text = _KEY.sub("", text)
    if ("!" in text or text.count(",") != text.count(", ")) and _TIGHT.search(text):
        text = _THIN_SPACES.sub(_respaced, text)
        text = _THIN_SPACE.sub(r"\1 ", text)
    return text


def _respaced(match: re.Match[str]) -> str:
    if match[1]:
        return f" {match[1]} "
    name: str = match[2] or match[3]
    return f"\\{name}{{}}" if name in ("to", "mapsto") else name


@cache
def _alone(word: str) -> re.Pattern[str]:
    """``word`` with no letter around it; its literal beginning makes it a fast search."""
    return re.compile(f"{word}(?![A-Za-z])(?<![A-Za-z]{word})")


def _restore_names(text: str, words: list[str]) -> str:
    out: list[str] = []
    done = 0
    found = [(*match.span(), word) for word in words for match in _alone(word).finditer(text)]
    for start, end, word in sorted(found):
        parts = _LOST[word]
        before, after = text[max(0, start - 8) : start], text[end : end + 16]
        if before.endswith("\\") or not _certain(parts, before, after):
            continue
        out.append(text[done:start])
        out.extend(part if len(part.strip()) == 1 else "\\" + part for part in parts)
        done = end
    return "".join(out) + text[done:]


def _certain(parts: tuple[str, ...], before: str, after: str) -> bool:
    *first, name = parts
    if not first:
        greek = "α" <= before[-1:] <= "ω" or "Α" <= before[-1:] <= "Ω"
        return _glued(name, after) if greek else _is_math(name, before, after)
    if len(first) == 2:
        return after[:1] in ("^", "_")
    if name == "log":
        return after[:1] in ("(", " ", "_") and (len(first[0]) > 1 or after[1:2].isalnum())
    if len(first[0]) == 1:
        return _glued(name, after) and (name not in ("ge", "le") or first[0] in _NUMBERS)
    return before[-1:] in ("", "^", "{", "(", "|", " ") or before[-1:].isdigit()


_CALL_FOLLOWS = re.compile(r" [a-z]{2,6}\(")
_SCRIPT_FOLLOWS = re.compile(r"\^|_(?:\{|[A-Za-z0-9](?!\w))")
# A number, perhaps with a unit of one or two letters: sim2real is none.
_QUANTITY_FOLLOWS = re.compile(r" ?\\?\$?\.?\d[\d.,]*(?!\w{3})")
_OPERAND_FOLLOWS = re.compile(r" ?(?:-?\d|[b-zB-HJ-Zα-ω](?![A-Za-z'])|\\)")
_FUNCTION_FOLLOWS = re.compile(r" ?(?:(?:log|exp) ?(?:[\d(\\]|[b-zB-HJ-Z](?![\w']))|O\()")
_WHOLE_FOLLOWS = re.compile(r" \d")
_OPERAND_BEFORE = re.compile(r"(?:\d|(?<![A-Za-z'’])[b-zB-HJ-Zα-ω]) $")
_VARIABLE_BEFORE = re.compile(r"(?:^|[\s(,])(?:[b-zB-HJ-Zα-ω]|[A-Za-z]_\w|[A-Za-z]=\d{1,3}) $")
_SET_FOLLOWS = re.compile(r" ?\\?[\[({]-?[\d.]+,| [A-Z][_^]")
_IS_SET = re.compile(r" [B-HJ-Z](?![\w'’.-])")
_NO_HOUR_BEFORE = re.compile(r"(?<![\d.:])(?:1[3-9]|[2-9]\d|\d{3,}) ?$")
_DECIMAL_FOLLOWS = re.compile(r" ?\d*\.\d")


def _glued(name: str, after: str) -> bool:
    """Whether a name glued to a one-letter variable before it is math: ``mtimes n``, ``pneq 2``."""
    if name in ("times", "cdot"):
        return after[:1] in (" ", "\\", "_", "^", "") or not after[0].isalnum()
    if name == "in":
        return (
            _SET_FOLLOWS.match(after) is not None
            or after.startswith(" R^")
            or _IS_SET.match(after) is not None
        )
    if name in GREEK:
        return after.startswith(("^", "_{"))
    if name in ("sim", "approx", "ge", "le", "to", "ll", "gg", "ne"):
        return _OPERAND_FOLLOWS.match(after) is not None
    return name in _NO_WORDS


def _measured(before: str, after: str) -> bool:
    """Whether numbers on both sides can be no time of the day: ``57 pm 21``."""
    return _NO_HOUR_BEFORE.search(before) is not None and after[:1] == " " and after[1:2].isdigit()


def _is_math(name: str, before: str, after: str) -> bool:
    """Whether a name is math, given up to 8 characters before it and 16 after it."""
    last, following = before[-1:], after[:1]
    number = last.isdigit() or last in ("%", ")", "]", "}", "°")
    if name in _NO_WORDS:
        return last not in ("_", ".", "@", "#") and (following != "_" or bool(_SCRIPT_FOLLOWS.match(after)))
    if name in _EXPONENTS:
        return last == "^" or before.endswith("^{")
    if name == "times":
        if last == " " and not following.isdigit() and _OPERAND_BEFORE.search(before):
            return after.startswith(" ") and (
                _OPERAND_FOLLOWS.match(after) is not None or (after[1:2] == "(" and before[-3:-2] == "_")
            )
        return (
            number
            or (last == "(" and following == " " and after[1:2].isdigit())
            or (following.isdigit() and not last.isalnum() and last not in ("-", "_"))
        )
    if name == "pm":
        if last.isdigit() or last == "%":
            return following.isdigit() or after.startswith(".") or _measured(before, after)
        if (last == "(" and after.startswith(" standard ")) or (
            last == " " and before[-2:-1].isalpha() and _WHOLE_FOLLOWS.match(after)
        ):
            return True
        return _measured(before, after) or (
            last in ("", " ", "(", "{") and (following.isdigit() or _DECIMAL_FOLLOWS.match(after) is not None)
        )
    if name in ("sim", "approx"):
        return number or (
            last in ("", " ", "(", "[", "{", "/", "$")
            and (_QUANTITY_FOLLOWS.match(after) or _FUNCTION_FOLLOWS.match(after)) is not None
        )
    if name in ("le", "ge") and (last == "(" or before.endswith(", ")):
        return _QUANTITY_FOLLOWS.match(after) is not None
    if name in ("le", "ge") and (last.isdigit() or before.endswith((") ", "} "))):
        return _OPERAND_FOLLOWS.match(after) is not None
    if name in ("in", "mid", "cup", "cap", "subset", "le", "ge", "ll", "gg"):
        follows = _SET_FOLLOWS if name == "in" else _OPERAND_FOLLOWS
        return _VARIABLE_BEFORE.search(before) is not None and (
            follows.match(after) is not None
            or (name in ("le", "ge") and _CALL_FOLLOWS.match(after) is not None)
            or (name == "in" and before[-2].islower() and _IS_SET.match(after) is not None)
        )
    if name == "dots":
        return last == following == ","
    if name in GREEK and last + following == "{}":
        return True
    if last == "^" or (last == "_" and not before[-3:-1].isalpha()):
        return len(before) > 1 and not following.isalnum()
    return last not in ("_", "-") and _SCRIPT_FOLLOWS.match(after) is not None
