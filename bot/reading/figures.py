"""Key figures: the numbers that a paper claims, each with its unit and what it is about.

A number becomes a figure only when the words around it, in its own clause, say what it measures
("reduces FLOPs by about 44%", "a 2.25× higher throughput", "83.4% top-1 accuracy on ImageNet"); every
other number (years, model names, settings, baselines) is left out, and so is one that leaves a doubt.
The digits stay as printed.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

MOST_FIGURES = 3
_LONGEST = 44
_MOST_CHARACTERS = 20_000

_NUMBER = re.compile(
    r"(?<![\w.,/-])[+−~≈]?\s?(?P<value>\d[\d,]*(?:\.\d+)?(?:\s?(?:–|-|to|%-|%–)\s?\d[\d,]*(?:\.\d+)?)?)"
    r"\s?(?P<unit>%|percent(?:age)?\b|×|x\b|-?(?:times|fold)\b|fps\b|FPS\b|frames per second\b"
    r"|(?:images|tokens|frames|samples|img|tok)(?:/s(?:ec)?\b|\sper\ssecond\b)|(?:AP|mAP|mIoU|BLEU|FID|PSNR|dB)\b)"
)
_CLAUSE_END = re.compile(
    r"[;:()]|,\s|\.\s|\b(?:while|whereas|compared|than|over|versus|with|when|using|but)\b"
)
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z\d\"'(])")
_OURS = re.compile(
    r"\b(?:we|our|ours|propose[sd]?|this (?:paper|work|study|approach|method)|achiev\w+|outperform\w*"
    r"|experiment\w*|results?|evaluat\w+|demonstrat\w+)\b",
    re.IGNORECASE,
)

_MODIFIER = (
    r"(?:top-[15]|average|mean|test|validation|overall|relative|absolute|zero-shot|inference|training|GPU"
    r"|peak|memory|end-to-end|model|computational?|compute|classification|detection|decoding|generation"
    r"|prefill|energy|communication|parameter|box|mask|actual|total|wall-clock|task|pass@1|exact match"
    r"|activation|KV cache|cache|attention|storage|prediction|recognition|robust|certified|clean"
    r"|processing|execution|runtime|latency)"
)
_NOUN = (
    r"(?:FLOPs|FLOPS|GFLOPs|MACs|parameters?|params|latency|throughput|accuracy|accuracies|speed|time"
    r"|runtime|memory(?: usage| footprint| consumption| requirements?| cost)?|costs?|size|consumption"
    r"|efficiency|success rate|win rate|error rate|error|perplexity|computation|compute|complexity|energy"
    r"|performance|F1(?:[ -]score)?|mAP|AP|mIoU|IoU|PSNR|SSIM|FID|BLEU|ROUGE-L|recall|precision|AUC|AUROC"
    r"|WER|CIDEr|Dice(?: score)?|score|overhead|budget|usage|footprint|bandwidth|traffic|operations|rate"
    r"|hours|power|communication|storage)"
)
_QUANTITY = rf"(?:{_MODIFIER}\s){{0,3}}{_NOUN}\b"
_UP = (
    r"(?:improv\w+|increas\w+|boost\w*|gain\w*|enhanc\w+|rais\w+|outperform\w*|surpass\w*"
    r"|higher|more|greater|better)"
)
_DOWN = (
    r"(?:reduc\w+|decreas\w+|lower\w*|cut\w*|sav\w+|fewer|less|drop\w*|shrink\w*|smaller"
    r"|minimi[sz]\w+|decline\w*)"
)
_FAST = r"(?:speed-?ups?|accelerations?|faster|speed(?:s)? up)"
_SMALL = r"(?:the|a|an|its|in|of|original|overall|model's|our|to|by)"
_ABOUT = (
    r"(?:(?:up to|about|around|roughly|approximately|nearly|over|more than|at least|almost|an?|average|of)\s)"
    r"{0,3}$"
)

_RIGHT_CHANGE = re.compile(
    rf"^\s?(?:points?\s)?(?:relative\s|absolute\s|average\s)*(?:(?P<up>{_UP})|(?P<down>{_DOWN}))\s"
    rf"(?:(?:{_SMALL}\s){{0,3}}(?P<quantity>{_QUANTITY}))"
)
_RIGHT_FAST = re.compile(
    rf"^\s?(?:(?:average|end-to-end|inference|training|wall-clock|decoding|overall|actual|generation|latency)\s){{0,2}}"
    rf"(?P<fast>{_FAST})(?P<what>\s(?:inference|training|generation|decoding|sampling|convergence|pre-?training))?"
)
_RIGHT_QUANTITY = re.compile(
    rf"^\s?(?:(?P<of>of)\s(?:{_SMALL}\s){{0,2}})?(?P<quantity>{_QUANTITY})"
    r"(?:\s(?:on|for)\s(?:the\s)?(?P<where>[A-Z][\w-]*(?:\s[A-Z\d][\w-]*)?))?"
)
_LEFT_QUANTITY = re.compile(
    rf"(?P<quantity>{_QUANTITY})(?:\s(?:scores?|rate))?(?P<where>\s(?:on|for)\s(?:the\s)?[A-Z][\w-]*)?"
    r"\s(?P<how>by|of|to|is|reaches|reaching|at)\s"
    rf"{_ABOUT}"
)
_LEFT_FAST = re.compile(
    rf"(?P<fast>{_FAST}|accelerat\w+)(?:\s[\w-]+){{0,3}}\s(?:of|by)\s"
    rf"{_ABOUT}"
)
_VERB = re.compile(rf"\b(?:(?P<up>{_UP})|(?P<down>{_DOWN}))\b")
_KEEP = re.compile(r"\b(?:retain\w*|maintain\w*|preserv\w+|keep\w*|recover\w*)\b")


class _Claim(NamedTuple):
    rank: int
    place: int
    text: str


def figures(title: str, abstract: str) -> tuple[str, ...]:
    """At most three figures that the paper claims, best first: ``−44% FLOPs``, ``2.25× throughput``."""
    claims: list[_Claim] = []
    ours = False
    for sentence in _SENTENCE.split(f"{title}. {abstract[:_MOST_CHARACTERS]}"):
        ours = ours or bool(_OURS.search(sentence))
        if ours:
            claims += _claims(sentence, len(claims))
    claims.sort()
    return tuple(dict.fromkeys(claim.text for claim in claims))[:MOST_FIGURES]


def _claims(sentence: str, place: int) -> Iterator[_Claim]:
    end = 0
    for match in _NUMBER.finditer(sentence):
        left = sentence[end : match.start()]
        end = match.end()
        right = sentence[end : end + 90]
        stop = _CLAUSE_END.search(right)
        if stop:
            right = right[: stop.start()]
        figure = _figure(match["value"].strip(), match["unit"], left[-120:], right)
        if figure and len(figure[1]) <= _LONGEST:
            place += 1
            yield _Claim(figure[0], place, figure[1])


def _figure(value: str, unit: str, left: str, right: str) -> tuple[int, str] | None:
    """The rank (small is better) and the text of the figure, or None when its meaning is not plain."""
    if unit in ("fps", "FPS", "frames per second") or unit.startswith(("im", "tok", "frames", "sam")):
        return (
            2,
            f"{value} {unit.replace(' per second', '/s') if ' per ' in unit and unit[0] != 'f' else unit}",
        )
    if unit in ("×", "x") or unit.endswith(("times", "fold")):
        return _multiple(value, left, right)
    if unit.startswith(("%", "percent")):
        return _share(value, left, right)
    return None


def _multiple(value: str, left: str, right: str) -> tuple[int, str] | None:
    if fast := _RIGHT_FAST.match(right):
        word = "faster" if fast["fast"] == "faster" else "speedup"
        return 0, f"{value}× {word}{fast['what'] or ''}"
    if change := _RIGHT_CHANGE.match(right):
        word = "higher" if change["up"] else "lower"
        return 0, f"{value}× {word} {change['quantity']}"
    if _LEFT_FAST.search(left):
        return 0, f"{value}× speedup"
    if (before := _LEFT_QUANTITY.search(left)) and before["how"] == "by":
        direction = _direction(left[: before.start()])
        if direction:
            return 0, f"{value}× {'higher' if direction == '+' else 'lower'} {before['quantity']}"
    return None


def _share(value: str, left: str, right: str) -> tuple[int, str] | None:
    if value.count("%"):
        value = value.replace("%", "", 1)
    if fast := _RIGHT_FAST.match(right):
        return 0, f"{value}% {'faster' if fast['fast'] == 'faster' else 'speedup'}{fast['what'] or ''}"
    if change := _RIGHT_CHANGE.match(right):
        return 0, f"{'+' if change['up'] else '−'}{value}% {change['quantity']}"
    if after := _RIGHT_QUANTITY.match(right):
        direction = _direction(left[-40:])
        if direction:
            return 0, f"{direction}{value}% {after['quantity']}"
        if _KEEP.search(left[-40:]):
            return 2, f"{value}% of {after['quantity']} kept"
        if after["of"]:
            return None
        where = f"{after['where']} " if after["where"] else ""
        return 1, f"{where}{after['quantity']} {value}%"
    if before := _LEFT_QUANTITY.search(left):
        if before["how"] != "by":
            return 1, f"{before['quantity']} {value}%"
        direction = _direction(left[: before.start()])
        if direction:
            return 0, f"{direction}{value}% {before['quantity']}"
    if _LEFT_FAST.search(left):
        return 0, f"{value}% speedup"
    return None


def _direction(text: str) -> str:
    """``+`` or ``−`` by the last verb of change in the text, or nothing."""
    last = ""
    for verb in _VERB.finditer(text):
        last = "+" if verb["up"] else "−"
    return last
