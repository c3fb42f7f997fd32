"""Shorter forms of one sentence, made by deletion alone.

A form is the stretches of the sentence that stay. It may lose what stands before its subject ("To this end,",
"We show that"), an aside in brackets, and a clause or phrase at its end; never the middle of a clause, one
part of a pair or list, a condition or a negation whose verb stays.
"""

import re
from dataclasses import dataclass

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Form:
    """``spans`` of the sentence stay; ``head`` and ``tail`` name what was cut before and after them."""

    spans: tuple[Span, ...]
    head: str
    tail: str
    asides: bool


_PLAIN = (
    "propose|introduce|present|develop|describe|design|devise|show|demonstrate|prove|find|argue|observe|study|"
    "investigate|explore|analy[sz]e|examine|evaluate|apply|use|provide|release|formulate|derive|extend|improve|"
    "establish|discuss|consider|address|tackle|report|compare|validate|verify|illustrate|suggest|identify|offer|"
    "achieve|obtain|train|learn|build|construct|create|define|leverage|adopt|employ|exploit|conduct|perform|test|"
    "give|make|take|outperform|reveal|characteri[sz]e|highlight|implement|combine|generali[sz]e|aim|seek|review"
)
_THIRD = (
    "proposes|introduces|presents|develops|describes|shows|demonstrates|proves|finds|argues|studies|investigates|"
    "explores|analy[sz]es|examines|evaluates|applies|uses|provides|extends|improves|establishes|addresses|tackles|"
    "compares|achieves|obtains|trains|learns|leverages|adopts|employs|exploits|performs|gives|makes|takes|"
    "outperforms|reveals|reduces|increases|enables|allows|leads|requires|generates|produces|yields|outputs|"
    "generali[sz]es|combines|helps|avoids|maintains|runs|can|is|are|has|have|does|do|will"
)
_PARTICIPLE = (
    "leading|resulting|achieving|allowing|enabling|making|outperforming|improving|yielding|providing|showing|"
    "demonstrating|giving|reducing|increasing|obtaining|reaching|requiring|using|producing|suggesting|indicating|"
    "highlighting|surpassing|exceeding|offering|ensuring|avoiding|eliminating|establishing|opening|setting|"
    "bringing|performing|helping|revealing|confirming|facilitating|saving|having|being|preserving|maintaining|"
    "taking|ranging|including|depending|relying|combining|exploiting|leveraging|generating|introducing"
)
_ADVERB = (
    "also|then|thus|therefore|hence|further|furthermore|additionally|instead|first|firstly|finally|next|"
    "empirically|experimentally|theoretically|formally|moreover|consequently|thereby|subsequently|lastly|"
    "secondly|second|similarly|additionally|accordingly"
)
_SOURCE = r"(?:paper|work|article|study|report|manuscript|letter|survey|thesis|research|note|contribution)"

_OPENER = re.compile(
    rf"""(?:
    in \s (?:this|the \s present|the \s current|our) \s {_SOURCE} (?:, | \s (?=we\b)) | here ,? \s (?=we\b) | here,
    | (?:to \s (?:this|that) \s end|in \s (?:particular|addition|contrast|fact|summary|turn|short|general|conclusion
        |brief|practice|doing \s so|this \s (?:context|regard|way|direction|case|setting|spirit|sense|light)|response)
      |on \s the \s (?:other \s hand|contrary|one \s hand)|as \s (?:a \s result|such|a \s consequence|a \s solution|
        a \s remedy|an \s alternative|an \s example|a \s first \s step)|for \s (?:example|instance|this|that \s purpose|
        this \s (?:purpose|reason|goal|aim)|these \s reasons)|by \s (?:doing \s so|contrast)|more
        \s (?:specifically|precisely|importantly|concretely|generally|formally|broadly|recently)|most
        \s (?:importantly|notably|recently)|at \s the \s same \s time|that \s is|along \s the \s way|with \s this
        |after \s all|above \s all|first \s of \s all|last \s but \s not \s least|to \s (?:do|achieve) \s (?:so|this)
        |even \s so|of \s note|what \s is \s more|in \s other \s words|i\.e\.|e\.g\.|to \s summari[sz]e
        |to \s the \s best \s of \s our \s knowledge|to \s our \s knowledge|overall|concretely|specifically|notably
        |however|moreover|furthermore|additionally|besides|therefore|thus|hence|consequently|accordingly|instead
        |finally|lastly|first|firstly|second|secondly|third|thirdly|next|then|also|further|meanwhile|nevertheless
        |nonetheless|unfortunately|fortunately|surprisingly|interestingly|importantly|remarkably|indeed|conversely
        |similarly|likewise|particularly|recently|currently|today|alternatively|ultimately|crucially|namely|still
        |yet|subsequently|empirically|experimentally|intuitively|motivated \s by \s (?:this|these)(?:\s\w+)?
        |inspired \s by \s (?:this|these)(?:\s\w+)?|based \s on \s (?:this|these)(?:\s\w+){{0,2}}) ,
    | (?:in\sorder\s)?(?:to|by|towards?|for|with|in|from|under|given|despite|based\son) \s [^,]{{0,40}}?
      \b(?:this|these|those|such)\s(?!{_SOURCE}|as\b)[^,]{{0,40}}, (?=\s\w)
    | (?:and|but|so|yet|or|thus|hence|therefore|also) ,? \s (?=\w)
    | (?:background|introduction|purpose|objectives?|aims?|(?:materials\sand\s)?methods?|methodology|approach|results?
      |findings|conclusions?|significance) (?:\sand\s\w+)? : (?=\s)
    | [(]? (?:\d{{1,2}}|i{{1,3}}|iv|v|[a-e]) [).] (?=\s)
    | [-–—•*] (?=\s)
    ) \s*""",
    re.I | re.X,
)
_FRONTED = re.compile(rf"(?:, |, and |; |: | and |, but |, so )(?=(?:we|this {_SOURCE})\b)")
_UNMARKED = re.compile(
    r"(?:to|by|in order|with|for|inspired|motivated|based|using)\b[^,]{0,80}? (?=we\b)", re.I
)
_THAT = re.compile(
    rf"""(?:(?:we|this\s{_SOURCE}|(?:our|the|these|experimental|empirical|extensive|numerical|theoretical)?\s?(?:\w+\s)?
    (?:results?|experiments?|analysis|findings?|evaluations?|study|work|simulations?))\s(?:[^,;:()]{{1,60}}?\s)??)
    (?:shows?|demonstrates?|finds?|proves?|argues?|observes?|suggests?|reveals?|indicates?|confirms?|report|conclude
    |illustrate|verify|validate|establish|discover|note|posit|hypothesi[sz]e|believe)\sthat\s""",
    re.I | re.X,
)
_PHRASE = re.compile(
    rf"""(?:we|this\s{_SOURCE})\s(?:\w+ly\s|also\s)?(?:proposes?|introduces?|presents?|develops?|describes?|designs?|
    provides?|gives?|devises?|offers?|contributes?|releases?|(?:address|tackle|approach|solve|answer)(?:es)?\s
    (?:this|these|such)\s\w+\s(?:\w+\s)?by\s(?:proposing|introducing|presenting|developing|designing|using))\s(?=(?:an?|the|two|three|novel|new)\s|(?-i:[A-Z]))""",
    re.I | re.X,
)
_ASIDE = re.compile(r"\s*\([^()]*\)|\s*\[[^\[\]]*\]")
_FILLER = re.compile(
    rf"(?<=\bwe) (?:{_ADVERB})(?= (?!and\b|or\b))|, (?:however|therefore|thus|hence|moreover|then|in turn|in this"
    rf" {_SOURCE}|in particular|to our knowledge|to the best of our knowledge),(?= )"
    rf"| in (?:this|our|the present) {_SOURCE}(?=[,.:;]|$| (?:is|are|can|and|that|to|by|for|with|on|as|has|have)\b)",
    re.I,
)
_SECOND = re.compile(rf",? and (?:also )?(?:{_ADVERB} )?(?=(?:{_PLAIN})\b)")
_SECOND_THIRD = re.compile(rf",? and (?:also )?(?:{_ADVERB} )?(?=(?:{_THIRD})\b)")
_NAMED = re.compile(rf"this {_SOURCE} ", re.I)
_CLAUSE = re.compile(r" (?:that|which|whose|where|how|who|when|to|if) |, | can ")

_TAILS = (
    (
        "which",
        r",(?: (?:all|some|most|each|one|both|many) of)?(?: in| of| for| with| to| by| on| from)?"
        r" (?:which|whose|where|whereby)\b",
    ),
    (
        "which",
        r"(?: in| on| of| for| from| by| with| to| at| through| under| over| via| during)?"
        r" (?:which|whose|where)\b",
    ),
    (
        "while",
        r",? (?:while|whereas|although|though|because|since|thus|thereby|hence|therefore|so that|so as)\b",
    ),
    (
        "participle",
        rf",(?: (?:thus|thereby|hence|therefore|while|and|often|even|significantly))? (?:{_PARTICIPLE})\b"
        r"(?! ?,| and\b| or\b)",
    ),
    (
        "participle",
        r" (?:leading to|resulting in|achieving|outperforming|improving|yielding)\b(?! ?,| and\b| or\b)",
    ),
    ("clause", rf",? (?:and|but) (?:(?:{_ADVERB}|\w+ly) )?(?=(?:we|it|they|our|this)\b)"),
    ("verb", rf",? (?:and|but) (?:(?:{_ADVERB}|\w+ly) )?(?=(?:{_PLAIN}|{_THIRD})\b)"),
    (
        "such",
        r",? (?:such as|e\.g\.|i\.e\.|including|especially|particularly|in particular|as well as|namely"
        r"|for example|for instance|specifically)(?!\w)",
    ),
    (
        "comma",
        r", (?:with|by|via|from|for|on|in|across|based|inspired|motivated|compared|called|named|termed|both"
        r"|even|as|when|to|at|through|often|being|making|one|thanks|due|regardless|yet)\b",
    ),
    ("appositive", r", (?=an? \w)"),
    ("colon", r" ?(?:[;:]| [–—-]{1,3}) "),
    ("by", r" by (?:\w+ly )?\w+ing\b"),
    ("means", r" (?:by|via|using|through|in order to|based on|with the (?:goal|aim)|when)\b"),
    ("that", r" that\b"),
    ("to", r" to (?=[a-z]+\b)"),
    ("for", r" for\b"),
    ("with", r" with\b"),
    ("in", r" (?:in|within|across|among)\b"),
    ("on", r" (?:on|from|at|into|against|towards?|as|compared)\b"),
)
_TAIL = re.compile("(?=[ ,;:–—-])(?:" + "|".join(f"({pattern})" for _, pattern in _TAILS) + ")")

# A form never ends in one of these, or in an adverb or a participle: something must follow them.
_OPEN = frozenset(
    f"""a an the this these those such our its their his her of in on at to for from by with and or but as than that
    which who whose where when while if is are was were be been being has have had do does did can could may might
    will would should must not no nor very more most less least much so too both either neither between via into
    onto over under using through without within across we it they i you only also even just due able unable aim
    aims seeks how why what whether because since although though prior according focus focuses focusing depend
    depends depending rely relies relying consists consisting belongs tends need needs fail fails try tries attempts
    want capable likely easy hard difficult possible impossible necessary sufficient suitable similar different
    equivalent robust respect order terms addition contrast comparison spite regard lieu light case fact evidence
    hypothesis ability one several many few some any each every all other another same novel new simple following
    way ways lack lead leads result results refers allow us them itself known work works serve serves suffer suffers
    assume assumes ensures extends comes act acts deal deals dealing leading resulting allowing analyse analyses
    analyze analyzes e.g i.e al vs cf etc wide range variety set series number kind type form lot relying competitive
    comparable superior inferior close closer better worse higher lower larger smaller faster agnostic invariant
    {_PLAIN} {_THIRD}""".replace("|", " ").split()
)
_BOTH = re.compile(r"\b(?:both|either|neither|not only|between|not just)\b", re.I)
_REST = {
    "both": " and ",
    "either": " or ",
    "neither": " nor ",
    "not only": " but ",
    "not just": " but ",
    "between": " and ",
}
# A condition or exception changes the claim, so it stays.
_CONDITION = re.compile(
    r",? (?:but not|unless|except|only|if|provided|not|rather than|instead of|without|assuming)\b", re.I
)
# What is denied of some may not be denied of all: after a negation a phrase that restricts stays.
_NEGATION = re.compile(
    r"\b(?:not|no|never|cannot|none|neither|nor|without|few|little|hardly|rarely|only|\w+n['’]t)\b", re.I
)
_RESTRICTIVE = frozenset(("by", "means", "that", "to", "for", "with", "in", "on"))
# What begins so has its main clause after a comma, or after “we”.
_FRONT = re.compile(
    r"(?:to|by|in order|while|although|though|even though|since|because|as|given|despite|unlike|using|when|with"
    r"|based on|motivated by|inspired by)\b",
    re.I,
)
_MAIN = re.compile(r",| we ")
_JOINED = re.compile(r"(?:,| ) ?(?:and|or) ")

MOST_FORMS = 40
SHORTEST_FORM = 20
"""Characters; what is shorter says too little."""
LONGEST_SENTENCE = 1_200
"""Characters; what is longer is no sentence and has one form."""


def forms(sentence: str) -> list[Form]:
    """The forms of a sentence, the fullest first. Its final stop belongs to none of them."""
    if len(sentence) > LONGEST_SENTENCE:
        return [Form(((0, len(sentence)),), "none", "none", False)]
    text = sentence
    masked = _ASIDE.sub(lambda found: "\x00" * len(found.group()), text)
    asides = [found.span() for found in _ASIDE.finditer(text)]
    fillers = [found.span() for found in _FILLER.finditer(masked)]
    end = len(masked.rstrip(" .!?…;:,"))
    if "?" in text[end:]:
        end = len(text.rstrip())
    found: list[Form] = []
    seen: set[tuple[Span, ...]] = set()
    marks = [(m.start(), _TAILS[(m.lastindex or 1) - 1][0]) for m in _TAIL.finditer(masked, 0, end)]
    for head, stretches in _heads(masked, end):
        start, last = stretches[-1]
        for tail, stop in _tails(masked, start, last, marks):
            kept = (*stretches[:-1], (start, stop))
            for keep_asides in (False, True) if asides else (False,):
                spans = _without(kept, fillers if keep_asides else sorted(fillers + asides))
                if spans and spans not in seen:
                    seen.add(spans)
                    found.append(Form(spans, head, tail, keep_asides))
                    if len(found) >= MOST_FORMS:
                        return found
    return found


def _heads(text: str, end: int) -> list[tuple[str, tuple[Span, ...]]]:
    """Where a form may begin: the kind of cut, and the stretches kept (the last is open to cuts at its end)."""
    start = len(text) - len(text.lstrip())
    while opener := _OPENER.match(text, start):
        start = opener.end()
    found: list[tuple[str, tuple[Span, ...]]] = [("none" if not start else "opener", ((start, end),))]
    begin = start
    fronted = _UNMARKED.match(text, start, end) or _FRONTED.search(text, start, end)
    if fronted and fronted.end() < end:
        begin = fronted.end()
        found.append(("fronted", ((begin, end),)))
    if that := _THAT.match(text, begin, end):
        found.append(("that", ((that.end(), end),)))
    elif phrase := _PHRASE.match(text, begin, end):
        found.append(("phrase", ((phrase.end(), _before_second(text, phrase.end(), end)),)))
    if named := _NAMED.match(text, begin, end):
        second = _SECOND_THIRD.search(text, named.end(), end)
        if second and not _CLAUSE.search(text, named.end(), second.start()):
            found.append(("second", (named.span(), (second.end(), end))))
    if text[begin : begin + 3].lower() == "we ":
        second = _SECOND.search(text, begin, end)
        if second and not _THAT.match(text, begin, end) and not _CLAUSE.search(text, begin, second.start()):
            found.append(("second", ((begin, begin + 3), (second.end(), end))))
            if (that := _THAT.match("we " + text[second.end() : end])) is not None:
                found.append(("second-that", ((second.end() + that.end() - 3, end),)))
            if (phrase := _PHRASE.match("we " + text[second.end() : end])) is not None:
                found.append(("second-phrase", ((second.end() + phrase.end() - 3, end),)))
    return found


def _before_second(text: str, start: int, end: int) -> int:
    """Where the object of a verb that is cut ends: a second verb would be left without its subject."""
    second = _SECOND.search(text, start, end)
    return second.start() if second and not _CLAUSE.search(text, start, second.start()) else end


def _tails(text: str, start: int, end: int, marks: list[tuple[int, str]]) -> list[tuple[str, int]]:
    """Where a form that begins at ``start`` may stop, longest first, and the kind of cut."""
    found = [("none", end)]
    first = min(start + SHORTEST_FORM, end)
    negation = _NEGATION.search(text, start, end)
    denied = negation.start() if negation else end
    for place, kind in marks:
        stop = place - (text[place - 1] == ",")
        if (
            first <= place < end
            and (stop < denied or kind not in _RESTRICTIVE)
            and _sound(text, start, stop, end)
        ):
            found.append((kind, stop))
    return [found[0], *reversed(found[1:])]


def _sound(text: str, start: int, stop: int, end: int) -> bool:
    """Whether the text from ``start`` may end at ``stop``."""
    last = text[text.rfind(" ", start, stop) + 1 : stop].lower().strip("\"'“”‘’()[]")
    if len(last) < 2 or last in _OPEN or last.endswith(("ly", "ed", "\x00")):
        return False
    if _CONDITION.match(text, stop, end):
        return False
    if _FRONT.match(text, start) and not _MAIN.search(text, start, stop):
        return False
    for pair in _BOTH.finditer(text, start, stop):
        if text.find(_REST[pair.group().lower()], pair.end(), stop) < 0:
            return False
    comma = text.rfind(", ", start, stop)
    if comma < 0 or _JOINED.search(text, comma, stop):
        return True
    return not _JOINED.search(text, stop, end)


def _without(kept: tuple[Span, ...], cuts: list[Span]) -> tuple[Span, ...]:
    """The stretches ``kept`` less ``cuts`` (in order, apart)."""
    found: list[Span] = []
    for start, stop in kept:
        for first, last in cuts:
            if first >= stop or last <= start:
                continue
            if first > start:
                found.append((start, min(first, stop)))
            start = max(start, last)
        if start < stop:
            found.append((start, stop))
    return tuple(found)


def realise(sentence: str, form: Form) -> str:
    """The form as a sentence: first letter a capital, a stop at the end."""
    text = "".join(sentence[start:stop] for start, stop in form.spans).strip(" ,;:–—-\x00")
    text = re.sub(r" +(?=[,;:.])| (?= )", "", text)
    if not text:
        return ""
    first = text.split(" ", 1)[0]
    if first.islower():
        text = text[0].upper() + text[1:]
    return text if text[-1] in ".!?…" else text + "."
