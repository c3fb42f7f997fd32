"""LaTeX as Unicode: names, accents, groups, scripts. Total: what it does not know, it leaves readable.

Not pylatexenc: that recurses on nested braces, takes ``$5 and $10`` for math and knows nothing of
groups without a backslash, which half of our text has; tables and one scan are also ten times faster.
"""

import re
import unicodedata

GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "varepsilon": "ε", "zeta": "ζ",
    "eta": "η", "theta": "θ", "vartheta": "ϑ", "iota": "ι", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν",
    "xi": "ξ", "pi": "π", "varpi": "ϖ", "rho": "ρ", "varrho": "ρ", "sigma": "σ", "varsigma": "ς", "tau": "τ",
    "upsilon": "υ", "phi": "φ", "varphi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω",
    "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ", "Xi": "Ξ", "Pi": "Π", "Sigma": "Σ",
    "Upsilon": "Υ", "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω",
}  # fmt: skip

SYMBOLS = GREEK | {
    "times": "×", "pm": "±", "mp": "∓", "cdot": "·", "div": "÷", "ast": "*", "star": "⋆", "circ": "∘",
    "deg": "°",
    "degree": "°", "bullet": "•", "oplus": "⊕", "otimes": "⊗", "odot": "⊙",
    "leq": "≤", "le": "≤", "leqslant": "≤", "geq": "≥", "ge": "≥", "geqslant": "≥", "neq": "≠", "ne": "≠",
    "ll": "≪", "gg": "≫", "sim": "∼", "simeq": "≃", "approx": "≈", "cong": "≅", "equiv": "≡", "propto": "∝",
    "lesssim": "≲", "gtrsim": "≳", "prec": "≺", "succ": "≻", "lt": "<", "gt": ">",
    "to": "→", "rightarrow": "→", "longrightarrow": "→", "leftarrow": "←", "leftrightarrow": "↔",
    "mapsto": "↦",
    "Rightarrow": "⇒", "Leftarrow": "⇐", "Leftrightarrow": "⇔", "implies": "⇒", "iff": "⇔",
    "uparrow": "↑", "downarrow": "↓", "nearrow": "↗", "searrow": "↘", "hookrightarrow": "↪",
    "in": "∈", "notin": "∉", "ni": "∋", "subset": "⊂", "subseteq": "⊆", "supset": "⊃", "supseteq": "⊇",
    "cup": "∪", "cap": "∩", "setminus": "∖", "emptyset": "∅", "varnothing": "∅", "forall": "∀", "exists": "∃",
    "neg": "¬", "lnot": "¬", "land": "∧", "wedge": "∧", "lor": "∨", "vee": "∨", "top": "⊤", "bot": "⊥",
    "perp": "⊥", "parallel": "∥", "mid": "|", "nmid": "∤", "vert": "|", "Vert": "‖", "vDash": "⊨",
    "models": "⊨",
    "infty": "∞", "ell": "ℓ", "hbar": "ℏ", "nabla": "∇", "partial": "∂", "sum": "∑", "prod": "∏", "int": "∫",
    "Re": "ℜ", "Im": "ℑ", "aleph": "ℵ", "prime": "′", "dagger": "†", "ddagger": "‡", "angle": "∠",
    "triangle": "△", "square": "□", "Box": "□", "checkmark": "✓", "langle": "⟨", "rangle": "⟩",
    "lceil": "⌈", "rceil": "⌉", "lfloor": "⌊", "rfloor": "⌋", "lbrace": "{", "rbrace": "}",
    "ldots": "…", "dots": "…", "cdots": "⋯", "textellipsis": "…",
    "textasciitilde": "~", "textasciicircum": "^", "textbackslash": "\\", "textperthousand": "‰",
    "textdegree": "°",
    "textregistered": "®", "texttrademark": "™", "textendash": "–", "textemdash": "—", "copyright": "©",
    "ss": "ß", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "aa": "å", "AA": "Å", "o": "ø", "O": "Ø", "l": "ł",
    "L": "Ł", "i": "ı", "S": "§", "P": "¶", "eg": "e.g.", "ie": "i.e.", "etal": "et al.",
    "quad": " ", "qquad": " ", "lvert": "|",  "rvert": "|", "pmod": "mod ", "bmod": "mod", "mod": "mod",
}  # fmt: skip

FUNCTIONS = frozenset({
    "log", "ln", "lg", "exp", "sin", "cos", "tan", "tanh", "min", "max", "sup", "inf", "lim", "arg",
    "argmin", "argmax", "det", "dim", "ker", "gcd", "Pr", "softmax",
})  # fmt: skip

# Commands that change only how their argument looks, or switch until the group ends.
FONTS = frozenset({
    "textbf", "textit", "texttt", "textsc", "textsf", "textsl", "textrm", "textup", "textmd",
    "textnormal", "text", "emph", "underline", "uline", "mbox", "hbox", "mathrm", "mathbf",
    "mathcal", "mathbb", "mathsf", "mathfrak", "mathit", "mathtt", "mathscr", "boldsymbol", "bm",
    "pmb", "operatorname", "mathop", "textsubscript", "textsuperscript",
})  # fmt: skip
SWITCHES = frozenset({
    "it", "bf", "em", "tt", "sc", "sl", "sf", "rm", "cal", "itshape", "bfseries", "ttfamily",
    "scshape", "normalfont", "small", "large", "Large", "footnotesize", "tiny", "left", "right",
    "big", "Big", "bigl", "bigr", "Bigl", "Bigr", "displaystyle", "textstyle", "noindent",
    "centering", "newline", "limits", "nolimits", "xspace", "protect", "boldmath", "par", "item",
})  # fmt: skip
# Commands whose argument is no text.
SILENT = frozenset({
    "cite", "citep", "citet", "citealp", "citeauthor", "ref", "eqref", "label", "thanks",
})  # fmt: skip
TWO_ARGUMENTS = frozenset({
    "frac", "dfrac", "tfrac", "binom", "textcolor", "colorbox", "href", "hyperlink",
})  # fmt: skip

ACCENTS = {
    "'": "\u0301", "`": "\u0300", "^": "\u0302", '"': "\u0308", "~": "\u0303", "=": "\u0304", ".": "\u0307",
    "c": "\u0327", "v": "\u030c", "u": "\u0306", "H": "\u030b", "k": "\u0328", "r": "\u030a",
    "d": "\u0323", "b": "\u0331",
    "acute": "\u0301", "grave": "\u0300", "hat": "\u0302", "widehat": "\u0302", "ddot": "\u0308",
    "tilde": "\u0303", "widetilde": "\u0303", "bar": "\u0304", "overline": "\u0304", "dot": "\u0307",
    "check": "\u030c", "breve": "\u0306", "vec": "\u20d7",
}  # fmt: skip

SUPERSCRIPTS = dict(
    zip(
        "0123456789+-−=()abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVWαβγδεθφχ",
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂᵅᵝᵞᵟᵋᶿᵠᵡ",
        strict=True,
    )
) | {"∘": "°", "°": "°", "*": "*", "⋆": "*", "⊤": "ᵀ", "′": "′", "'": "′", "†": "†", "‡": "‡"}
SUBSCRIPTS = dict(
    zip(
        "0123456789+-−=()aehijklmnoprstuvxβγρφχ",
        "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ",
        strict=True,
    )
)


# --- the steps ----------------------------------------------------------------------------------


def without_dollars(text: str) -> str:
    """Return ``text`` with the dollars around its math gone; sums of money keep theirs."""
    return _MATH.sub(_unwrapped, text) if "$" in text else text


def to_unicode(text: str) -> str:
    """Return ``text`` with its LaTeX as Unicode; one pass, linear time, no recursion.

    Private-use characters stand for URLs and are taken for such in front of a group and within.
    """
    text = without_dollars(text)
    if "\\" in text:
        text = _THOUSANDS.sub(",", _TIED_FOOTNOTE.sub("", _NEXT_SENTENCE.sub(r" \\text", text)))
        text = _SHORT_FRACTION.sub(r"\1/\2", text)
        if _SILENT_NAME.search(text):
            text = _SILENT.sub("", text)
        text = _ACCENT.sub(_accented, text)
        text = _CONTROL.sub(_symbol, text)
    if "{" in text or "}" in text:
        text = _ungroup(text)
    if "\\" in text:
        text = _HATTED.sub(_hatted, text)
        text = _MACRO.sub(_leftover, text)
    if "^" in text:
        text = _POWER.sub(lambda m: _script("^", m[1]), text)
    if "_" in text:
        text = _INDEX.sub(lambda m: (m[1] or m[3] or m[5]) + _script("_", m[2] or m[4] or m[6]), text)
    return text


# Money has its dollar before a digit and white space before the next dollar.
_MATH = re.compile(
    r"\$\$|\$(?!\s)([^$]{1,400})(?<!\s)\$(?!\d)|\$([^$]{0,200}[\\^_=][^$]{0,200})\$|\$([^\w\s$]{1,3})\$"
)
_SUM_OF_MONEY = re.compile(r"\d[\d.,]*\w* [^\\^_]*[A-Za-z]")


def _unwrapped(match: re.Match[str]) -> str:
    if match[0] == "$$":
        return ""
    inside: str = match[1] or match[2] or match[3]
    if _SUM_OF_MONEY.match(inside):
        return match[0]
    glued = match.string[match.end() : match.end() + 1].isalpha() and _ENDS_IN_NAME.search(inside)
    return inside + "{}" if glued else inside


_ENDS_IN_NAME = re.compile(r"\\[A-Za-z]+$")
_NEXT_SENTENCE = re.compile(r"(?<=[.!?])[~ ]\\footnote(?=\{)")
_TIED_FOOTNOTE = re.compile(r"[~ ](?=\\footnote\{)")
_THOUSANDS = re.compile(r"(?<=\d)\\,(?=\d{3}(?!\d))")
_SHORT_FRACTION = re.compile(r"\\[dt]?frac ?(\d) ?(\d)")
_SILENT_NAME = re.compile(rf"\\(?:color|vspace|hspace|{'|'.join(sorted(SILENT, reverse=True))})")
_SILENT = re.compile(
    rf"(?:\\(?:color|vspace|hspace)|[~ ]?\\(?:{'|'.join(sorted(SILENT, reverse=True))}))\*?"
    r"(?:\[[^\[\]]{0,80}\])*\{[^{}]*\}"
)
_ACCENT = re.compile(
    r"\\(['`^\"~=.])\s?(?:\{\s?\\?([A-Za-z])\s?\}|\\?([A-Za-z]))|\\([cvuHkrdb])\{\s?([A-Za-z])\s?\}"
)


def _accented(match: re.Match[str]) -> str:
    accent, letter = match[1] or match[4], match[2] or match[3] or match[5]
    return unicodedata.normalize("NFC", letter + ACCENTS[accent])


_CONTROL = re.compile(r"\\(?:unicode\{x([0-9a-fA-F]{2,5})\}|([A-Za-z]+)( ?)|(.))")
# TeX eats the space after a name: ``1\leq p`` is 1≤p, though ``14\times faster`` is 14× faster.
_RELATIONS = frozenset("≤≥≠≪≫∈∉⊂⊆≡∼≃∝→↦∪∩∖")
_CHARACTERS = {
    **{digit: f"${digit}" for digit in "0123456789"},  # ``\$5 to \$9`` whose dollars were taken for math
    **dict.fromkeys(",;:> \\", " "),
    **dict.fromkeys("!()[]/@-", ""),
}


def _symbol(match: re.Match[str]) -> str:
    code, name, space, character = match.groups()
    if code:
        return chr(int(code, 16)) if int(code, 16) < 0xD800 else ""
    if character:
        if character == "|":
            return "|"
        return character if character in "%&#$_{}" else _CHARACTERS.get(character, match[0])
    before = match.string[match.start() - 1 : match.start()]
    if name in FUNCTIONS:
        apart = before.isalnum() and not match.string.endswith("log", 0, match.start())
        return (" " if apart else "") + name + space
    symbol = SYMBOLS.get(name)
    if symbol is None:
        return match[0]
    if name in ("to", "times") and before == " " and _reads_as_word(name, match):
        return name + space
    if before.isalnum() and symbol.startswith("mod"):
        return " " + symbol + space
    return symbol if symbol in _RELATIONS and before.strip(" ([{") else symbol + space


_NUMBER_BEFORE = re.compile(r"\d[\d.,]*\}? $")
_WORD_BEFORE = re.compile(r"(?<![A-Za-z])[a-z]{2,12} $")
_NUMBER_FOLLOWS = re.compile(r"(?<= )\d")
_WORD_FOLLOWS = re.compile(r"(?:(?<= )|\}? )[a-z]{2,}(?=[ ,.;)]|$)")


def _reads_as_word(name: str, match: re.Match[str]) -> bool:
    """``0 \\to 1`` is 0 to 1, ``5 \\times faster`` 5 times faster: what lost its backslash reads so too."""
    text, start, end = match.string, match.start(), match.end()
    if name == "to":
        return match[3] == " "
    before = text[max(0, start - 16) : start]
    if _WORD_FOLLOWS.match(text, end):
        return _NUMBER_BEFORE.search(before) is not None or _WORD_BEFORE.search(before) is not None
    return _NUMBER_FOLLOWS.match(text, end) is not None and _WORD_BEFORE.search(before) is not None


_HATTED = re.compile(rf"\\({'|'.join(name for name in ACCENTS if len(name) > 2)})\s?([^\W\d_])(?![A-Za-z])")


def _hatted(match: re.Match[str]) -> str:
    return unicodedata.normalize("NFC", match[2] + ACCENTS[match[1]])


_MACRO = re.compile(r"(?<![\w:.])\\([A-Za-z]+)\*?( ?)|(?<=[\w:.])\\([A-Za-z]+)(?=\W|$)")


def _leftover(match: re.Match[str]) -> str:
    """A command without an argument: a switch goes, a macro of the authors' own keeps its name."""
    name = match[1] or match[3]
    known = name in SWITCHES or name in FONTS or name in SILENT or name in TWO_ARGUMENTS
    if match[3]:
        return "" if known else match[0]
    return "" if known else name + match[2]


# Groups nested deeper than this are opened unread.
_DEPTH = 24
_BRACE = re.compile(r"(\\[A-Za-z]+\*?\s?|[\^_]\s?|[\ue000-\uf8ff]\s?)?\{|\}(\s?\{)?")
_SET = re.compile(r"(?!.*[.;:]$)[^,]*\S[^,]*,\s?[^\s,]")


def _ungroup(text: str) -> str:
    """Resolve ``{…}`` from the innermost outwards; a set such as {a, b} keeps its braces."""
    out: list[str] = []
    # Each open group: what stands before its brace, the first of two arguments, where its content begins.
    groups: list[tuple[str, str | None, int]] = []
    too_deep = done = 0

    def open_group(prefix: str, first: str | None = None) -> None:
        out.append(prefix)
        groups.append((prefix.strip(), first, len(out)))

    for brace in _BRACE.finditer(text):
        out.append(text[done : brace.start()])
        done = brace.end()
        if brace[0][0] != "}":
            if len(groups) < _DEPTH:
                open_group(brace[1] or "")
            else:
                out.append(brace[1] or "")
                too_deep += 1
            continue
        following = brace[2]
        if too_deep:
            too_deep -= not following
            continue
        if groups:
            prefix, first, start = groups.pop()
            content = "".join(out[start:])
            del out[start - 1 :]
            if following and first is None and prefix[1:] in TWO_ARGUMENTS:
                open_group(prefix, content)
                continue
            out.append(_group(prefix, first, content))
        elif following and _is_url(out[-1][-1:]):
            url, out[-1] = out[-1][-1], out[-1][:-1]
            open_group(url)
            continue
        if following:
            open_group(following[:-1])
    out.append(text[done:])
    return "".join(out)


def _group(prefix: str, first: str | None, content: str) -> str:
    inside = content.strip()
    if not prefix:
        return "{" + content + "}" if _SET.match(content) else content
    if prefix in ("^", "_"):
        return _script(prefix, inside)
    if not prefix.startswith("\\"):
        return _linked(prefix, inside)
    name = prefix[1:].rstrip("*")
    if first is not None:
        return _of_two(name, first.strip(), inside)
    if name in ("textsubscript", "textsuperscript"):
        return _script("_" if name == "textsubscript" else "^", inside)
    if name == "sqrt":
        return "√" + _operand(inside)
    if name == "footnote":
        return f" {inside}" if _is_url(inside[:1]) else f" ({inside})"
    if name in ACCENTS and len(inside) == 1:
        return unicodedata.normalize("NFC", inside + ACCENTS[name])
    return content or ("" if name in FONTS else name)


def _of_two(name: str, first: str, second: str) -> str:
    if name.endswith("frac"):
        return f"{_operand(first)}/{_operand(second)}"
    if name == "binom":
        return f"C({first}, {second})"
    return _linked(first, second) if name.startswith("h") else second


def _operand(text: str) -> str:
    return text if text.isalnum() else f"({text})"


def _is_url(character: str) -> bool:
    return "\ue000" <= character <= "\uf8ff"


def _linked(url: str, label: str) -> str:
    """``label (url)``, or the URL alone when the label says no more; some write the label first."""
    if _is_url(label[:1]) and not _is_url(url[:1]):
        return f"{url} {label}"
    return f"{label} ({url})" if label and not _is_url(label[0]) else url


_POWER = re.compile(r"(?<=[^\s^])\^([-−+]?\d+|[A-Za-zα-ω](?![A-Za-z])|[∘°*⋆⊤′†‡+−-])")
# A one-letter variable, an element or two (CO_2), the first of a compound (H_2O): identifiers keep their underscore.
_INDEX = re.compile(
    r"(?<![A-Za-z0-9_\\./])([^\W\d_]|[∑∏∫∂])_([0-9a-z]|[βγρφχ])(?!\w|\.\w)"
    r"|(?<![A-Za-z0-9_\\./])([A-Z][A-Za-z])_([0-9x])(?!\w|\.\w)"
    r"|(?<![A-Za-z0-9_\\./])([A-Z][a-z]?)_(\d)(?=[A-Z](?:_\d)?(?!\w))"
)
_SPACED = re.compile(r" (?=\W)|(?<=\W) ")
# ``EDC^{2-RAG}`` is the square of a name that goes on.
_NAMED_POWER = re.compile(r"(\d{1,2})(-?[A-Z][A-Za-z]{2,})$")
_ORDINALS = frozenset(("st", "nd", "rd", "th"))


def _script(kind: str, content: str) -> str:
    """A superscript or subscript in Unicode if every character has one, else ``^word`` or ``^(a+b)``.

    Words of more than three letters stay words: ``θ_reason`` reads better than tiny letters.
    """
    content = _SPACED.sub("", content)
    if kind == "^" and (name := _NAMED_POWER.match(content)):
        return _script("^", name[1]) + name[2]
    table = SUPERSCRIPTS if kind == "^" else SUBSCRIPTS
    if kind == "^" and content in _ORDINALS:
        return content
    if all(c in table for c in content) and (len(content) < 4 or not content.isalpha()):
        return "".join(table[c] for c in content)
    plain = content.replace(".", "").isalnum() or (content[:1] == "(" and content[-1:] == ")")
    return kind + content if plain else f"{kind}({content})"
