"""Whether a sentence can be read without the text it was taken from."""

import re

SHORTEST, LONGEST = 8, 35
"""Words of a summary."""

_SOURCE = (
    r"(?:paper|work|article|study|report|survey|thesis|manuscript|letter|note|research|contribution)s?\b"
)
# What points back at its beginning, or before any noun that it could mean.
_DANGLING = re.compile(
    rf"\W*(?:this|these|those|such|it|they|its|their|he|she|both)\b(?! {_SOURCE}| an? )|\W*(?:the (?:former|latter))\b"
    r"|\W*(?:[\w'’-]+[^\w'’-]+){1,7}?"
    rf"(?:these|those|(?:this|such)(?! (?:as|that|{_SOURCE})))\s(?!(?:who|that|of|as)\b)",
    re.I,
)
_CONNECTIVE = re.compile(
    r"(?:however|moreover|furthermore|therefore|thus|hence|additionally|besides|consequently|specifically|finally"
    r"|instead(?! of)|nevertheless|nonetheless|meanwhile|similarly|likewise"
    r"|in (?:(?:addition|contrast)(?! to)|particular|fact|this)"
    r"|to (?:this|that) end|as a result|on the other hand|for (?:example|instance)|second|secondly|third|thirdly"
    r"|lastly|then|also|but|and|or|so|yet|because of this|by doing so|further|accordingly|conversely|rather)\b",
    re.I,
)
_CITATION = re.compile(
    r"\\?\bcite[pt]?\b|\[\d+(?:[,; –-]+\d+)*\]|\bet al\b"
    r"|\([A-Z][\w’'-]+(?: (?:and|&) [A-Z][\w’'-]+)?,? (?:19|20)\d\d[a-z]?\)"
)
# A bracket that only closes may number a list: 1), ii), b).
_CLOSING = re.compile(r"(?<![ (]\w)(?<! [iv0-9][iv0-9])(?<! iii)\)|(?<=\(\w)\)")
_MARKUP = re.compile(
    r"\\|[{}$]|~|\^\w|``|''|<[a-z/]|\*\*|\b(?:mathbf|mathcal|mathrm|textbf|textit|emph|texttt)\b"
)


def reads_alone(text: str) -> bool:
    """Whether nothing in it points back, joins it to what went before, or is left of a source's notation.

    It also has between 8 and 35 words.
    """
    return SHORTEST <= len(text.split()) <= LONGEST and not (
        _DANGLING.match(text)
        or _CONNECTIVE.match(text)
        or _CITATION.search(text)
        or _MARKUP.search(text)
        or text.count("(") != len(_CLOSING.findall(text))
        or text.count("“") != text.count("”")
        or text.count('"') % 2
    )
