"""LaTeX names and their Unicode: tables only; ``clean`` holds the rules."""

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
    "quad": " ", "qquad": " ", "lvert": "|", "rvert": "|", "pmod": "mod ", "bmod": "mod", "mod": "mod",
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
    "cite", "citep", "citet", "citealp", "citeauthor", "ref", "eqref", "label", "vspace", "hspace",
    "color", "thanks",
})  # fmt: skip
TWO_ARGUMENTS = frozenset({
    "frac", "dfrac", "tfrac", "textcolor", "colorbox", "href", "hyperlink",
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
