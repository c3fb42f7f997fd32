"""Key figures: the numbers that a paper claims, each with its unit and what it is about.

A number becomes a figure only when the words around it, in its own clause, say what it measures and which way
it went ("reduces FLOPs by about 44%", "a 2.25× higher throughput", "83.4% top-1 accuracy on ImageNet"); every
other number (years, model names, settings, baselines) is left out, and so is one that leaves a doubt.
The digits stay as printed.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

MOST_FIGURES = 3
_LONGEST = 40
_MOST_CHARACTERS = 20_000

# What a paper may improve or save, and (a part of it) what may be stated as it stands.
_MODIFIER = (
    r"(?:top-?[15]|average|mean|test|validation|overall|zero-shot|inference|training|GPU|peak|memory|end-to-end"
    r"|model|computational?|compute|classification|detection|decoding|generation|prefill|energy|communication"
    r"|parameter|box|mask|total|wall-clock|task|per-task|exact match|activation|KV[ -]cache|cache|attention|storage"
    r"|prediction|recognition|robust|certified|clean|processing|execution|runtime|search|ImageNet|retrieval|token|attack|data|average)"
)
_LEVEL = (
    r"(?:accuracy|top-1|success rate|win rate|F1(?:[ -]scores?)?|mAP|AP(?:50)?|mIoU|IoU|recall|AUC|AUROC|pass@1"
    r"|Dice(?: score| [Ss]imilarity [Cc]oefficient)?|exact match|resolve rate|precision@1)"
)
_OTHER = (
    r"(?:G?FLOP[sS]|MACs|parameters?|params|latenc(?:y|ies)|throughput|speed|time|runtime|memory(?: usage| footprint"
    r"| consumption| requirements?| costs?| savings)?|costs?|consumption|efficiency|error(?: rate)?|perplexity"
    r"|computations?|compute|complexity|power|performance|PSNR|SSIM|FID|precision|WER|overhead|footprint|bandwidth"
    r"|operations|energy|communication|storage|accuracies|MAE|TFLOPS|score|time[ -]to[ -]first[ -]token)"
)
_QUANTITY = (
    rf"(?:{_MODIFIER} ){{0,3}}(?:{_LEVEL}|{_OTHER}|{_MODIFIER} (?:usage|size|hours|traffic))"
    r"(?![\w-])(?! size)(?: per [a-z]+(?: token)?)?"
)

_UP = r"(?:improv\w+|increas\w+|boost\w*|gains?|gained|enhanc\w+|rais\w+|higher|more|greater|better|superior)"
_DOWN = (
    r"(?:reduc\w+|decreas\w+|lower\w*|cuts?|cutting|sav(?:e[sd]?|ings?)|fewer|less|drops?|dropp\w+|shrink\w*|smaller"
    r"|minimi[sz]\w+|declin\w+|scal\w+ down)"
)
_FAST = r"(?:speed-?ups?|accelerations?|faster|speeds? up)"
_ABOUT = (
    r"(?:(?:up to|on average|about|around|roughly|approximately|approx|nearly|over|more than|at least|at most"
    r"|as much as|almost|an?|the|average|additional|another|absolute|relative|remarkable|significant"
    r"|large margin|margin|of|by|only|[~≈∼>]) ?)*"
)
_OF = (
    r"(?:(?:the|an?|in|of|on|its|our|original|overall|total|actual|absolute|relative|average|points?) ){0,4}"
)

_NUMBER = re.compile(
    r"(?<![\w.,/^=−+-])(?P<sign>[+−])?(?P<value>\d[\d,]*(?:\.\d+)?(?: ?± ?\d+(?:\.\d+)?)?"
    r"(?: ?(?:%|×|x)? ?(?:–|-|to|∼|~) ?\d[\d,]*(?:\.\d+)?)?)"
    r" ?(?P<unit>%|percent\b|×|[xX]\b|-?(?:times|fold)\b|(?:fps|FPS)\b"
    r"|(?:frames|images|tokens|samples|videos) per second\b"
    r"|(?:[Ff]rames|[Ii]mages|imgs?|[Tt]ok(?:ens)?|[Ss]amples|[Vv]ideos)/s(?:ec)?\b|ms\b)"
)
_RANGE = re.compile(r" ?[%×x]? ?(?:–|-|to|∼|~) ?")
_STOP = re.compile(
    r"[;:()]|, |\.(?: |$)|\b(?:while|whereas|compared|than|versus|with|when|using|but|without|at)\b"
)
_DIGIT = re.compile(r"\d")
_SENTENCE = re.compile(r"(?<=[.!?]) +(?=[A-Z\d\"'(])")
_OURS = re.compile(
    r"\b(?:we|our|ours|propose[sd]?|this (?:paper|work|study)|achiev\w+|outperform\w*|experiment\w*|results"
    r"|demonstrat\w+)\b",
    re.IGNORECASE,
)
# What other papers did, said before the paper's own part.
_OTHERS = re.compile(
    r"(?:Although|While|However,|Despite|Though)?,? ?(?:the )?(?:recent(?:ly)?|existing|previous|prior|these|other"
    r"|current|conventional|such|those|traditional|most) (?:[\w-]+ ){0,4}(?:methods?|works?|approach\w*|techniques?"
    r"|models|studies)\b",
    re.IGNORECASE,
)
# A number after one of these is somebody else's.
_THEIRS = re.compile(
    r"\b(?:(?<!more )(?<!less )than|versus|vs\.?|compared (?:to|with)|against|from|baselines?'?s?) (?:[\w.'-]+ ){0,2}$"
)

# What a paper would rather have less of; a rise of it, or a fall of anything else, is no claim.
_COST = re.compile(
    r"FLOPS|MACs|param|latenc|time|memory(?! savings)|cost|size|consumption|error|perplexity|compl"
    r"|comput(?!.*efficiency)|power|FID|WER|overhead|usage|footprint|bandwidth|traffic|operations|hours"
    r"|energy(?! efficiency)|communication|storage|MAE|attack",
    re.IGNORECASE,
)
_COUNTED = re.compile("FLOPs|MACs|param|operations|hours")
_LESS = re.compile(r"\b(?:less than|fewer than|under|within|below|only) $")

_RIGHT_FAST = re.compile(
    rf"^ ?(?:(?:{_MODIFIER}|higher) ){{0,2}}(?P<fast>{_FAST})"
    r"(?: (?P<what>inference|training|generation|decoding|sampling|convergence|pre-?training|prefill\w*))?"
    r"(?= ?$|[ ,.;:()]+(?:$|on|and|in|for|over|to|or|across|speed|running|during|without|with)\b|[.,;()])"
)
_RIGHT_SMALL = re.compile(r"^ ?smaller(?= ?$| and\b| model)")
_RIGHT_ACCURATE = re.compile(r"^ ?(?:more accurate|better accuracy|superior accuracy)\b")
_RIGHT_CHANGE = re.compile(rf"^ ?(?:{_OF})(?:(?P<up>{_UP})|(?P<down>{_DOWN})) {_OF}(?P<quantity>{_QUANTITY})")
_RIGHT_QUANTITY = re.compile(
    rf"^ ?(?:of )?{_OF}(?P<quantity>{_QUANTITY})(?: (?:(?P<up>{_UP})|(?P<down>{_DOWN})))?"
    r"(?: on (?:the )?(?P<where>[A-Z][\w-]*(?: [A-Z\d][\w-]*)?))?"
)
_LEFT_CHANGE = re.compile(
    rf"\b(?:(?P<up>{_UP})|(?P<down>{_DOWN})) (?:[\w-]+['’]s )?{_OF}(?:[\w-]+ )??(?P<quantity>{_QUANTITY})"
    rf"(?: (?:of|for|in|on) (?:[\w-]+ ){{1,5}}| )by {_ABOUT}$"
)
_LEFT_NOUN = re.compile(
    rf"(?P<quantity>{_QUANTITY}) (?:(?P<up>improvements?|gains?|increases?|boosts?)"
    rf"|(?P<down>reductions?|savings?|decreases?)) (?:of|by|up to|around|over) ?{_ABOUT}$"
)
_LEFT_CHANGE_OF = re.compile(
    rf"\b(?:(?P<up>improvements?|gains?|increases?|boosts?)|(?P<down>reductions?|savings?|decreases?)) in {_OF}"
    rf"(?P<quantity>{_QUANTITY}) (?:of|by) {_ABOUT}$"
)
_LEFT_LEVEL = re.compile(
    rf"\b(?P<quantity>(?:{_MODIFIER} ){{0,3}}{_LEVEL})(?: on (?:the )?(?P<where>[A-Z][\w-]*))?"
    rf" (?:of|to|at|is|reaches) {_ABOUT}$"
)
_LEFT_FAST = re.compile(rf"\b{_FAST}(?: [\w-]+){{0,4}} (?:of|by) {_ABOUT}$")
_LEFT_FASTER = re.compile(
    rf"\b(?:accelerat\w+|speed\w* up) (?:the |its |their )?(?P<what>(?:[\w-]+ ){{1,3}})by {_ABOUT}$"
)
_LEFT_BETTER = re.compile(
    rf"\b(?:outperform\w*|surpass\w*|exceed\w*|beats?|beating|improv\w+ (?:up)?on|improv\w+ over)"
    rf" (?P<whom>[A-Z][\w.+-]*(?: [A-Z\d][\w.+-]*)?) by {_ABOUT}$"
)
_LEFT_VERB = re.compile(rf"\b(?:(?P<up>{_UP})|(?P<down>{_DOWN})) {_ABOUT}$")
_REACHING = re.compile(
    rf"\b(?:achiev\w+|attain\w*|reach\w*|obtain\w*|yield\w*|strikes?|hits?|gets?|deliver\w*|scor\w+|with an?) {_ABOUT}$"
)
_RUNNING = re.compile(
    r"\b(?:run\w*|reach\w*|achiev\w+|speeds?|throughput|real-time|sustain\w*|operat\w+|attain\w*|hits?|deliver\w*|up to"
    r"|process\w*|generat\w+|yield\w*|mAP|AP|mIoU|PSNR|render\w*|makes?) [^.]*$"
)
_BY = re.compile(rf"\b(?:(?P<up>{_UP}|outperform\w*|surpass\w*)|(?P<down>{_DOWN}))\b.* by {_ABOUT}$")
_KEEPING = re.compile(rf"\b(?:retain\w*|maintain\w*|preserv\w+|keep\w*|recover\w*) {_ABOUT}$")
_METRIC = re.compile(
    r"\b(?P<metric>FID|FVD|perplexity|BLEU|PSNR|WER|CIDEr)(?: score)? of (?P<value>\d+\.\d+)(?![\w%]|\.\d)"
)


class _Claim(NamedTuple):
    """A figure and how much it says (0 is most): a change, a level, a speed."""

    rank: int
    text: str


def figures(title: str, abstract: str) -> tuple[str, ...]:
    """At most three figures that the paper claims, best first: ``−44% FLOPs``, ``2.25× throughput``."""
    claims: list[_Claim] = []
    text = f"{title[:_MOST_CHARACTERS]}. {abstract[:_MOST_CHARACTERS]}"
    if not _DIGIT.search(text):
        return ()
    ours = False
    for sentence in _SENTENCE.split(text):
        ours = ours or _OURS.search(sentence) is not None
        if ours and _DIGIT.search(sentence) and not _OTHERS.match(sentence):
            claims += _claims(" ".join(sentence.split()))
    # The sort is stable: among equals, the first printed comes first.
    texts = dict.fromkeys(claim.text for claim in sorted(claims, key=lambda claim: claim.rank))
    return tuple(text for text in texts if len(text) <= _LONGEST)[:MOST_FIGURES]


def _claims(sentence: str) -> Iterator[_Claim]:
    in_turn = "respectively" in sentence
    end = 0
    for match in _NUMBER.finditer(sentence):
        left = re.split(r"[;:()]|, ", sentence[end : match.start()][-120:])[-1]
        end = match.end()
        right = sentence[end : end + 80]
        stop = _STOP.search(right)
        if stop:
            right = right[: stop.start()]
        claim = _claim(match, left, right, in_turn=in_turn)
        if claim:
            yield claim
    for match in _METRIC.finditer(sentence):
        left = sentence[: match.start()][-60:]
        if not left.endswith(" in ") and not _THEIRS.search(left):
            yield _Claim(1, f"{match['metric']} {match['value']}")


def _claim(match: re.Match[str], left: str, right: str, *, in_turn: bool) -> _Claim | None:
    """What the number claims, or None when that is not plain; ``in_turn``: its sentence pairs lists."""
    value, unit = _RANGE.sub("–", match["value"]), match["unit"]
    if _THEIRS.search(left) or _LESS.search(left):
        return None
    if unit == "ms":
        latency = re.match(rf" (?:{_MODIFIER} )?latency", right)
        return _Claim(2, f"{value} ms{latency[0]}") if latency else None
    if "/" in unit or unit.endswith("second") or unit in ("fps", "FPS"):
        return _Claim(2, f"{value} {unit.replace(' per second', '/s')}") if _RUNNING.search(left) else None
    if unit in ("%", "percent"):
        return _share(match["sign"] or "", value, left, right, in_turn=in_turn)
    return _multiple(value, left, right, in_turn=in_turn)


def _multiple(value: str, left: str, right: str, *, in_turn: bool) -> _Claim | None:
    if fast := _RIGHT_FAST.match(right):
        word = "faster" if fast["fast"] == "faster" else "speedup"
        return _Claim(0, f"{value}× {word}{' ' + fast['what'] if fast['what'] else ''}")
    if _RIGHT_SMALL.match(right):
        return _Claim(0, f"{value}× smaller")
    change = _RIGHT_CHANGE.match(right) or _changed(left, in_turn=in_turn)
    if change:
        what, down = change["quantity"], bool(change["down"])
        less = ("fewer " if _COUNTED.search(what) else "lower ") if down else ""
        return _Claim(0, f"{value}× {less}{what}") if _is_gain(what, down=down) else None
    if faster := _LEFT_FASTER.search(left):
        return _Claim(0, f"{value}× speedup of {faster['what'].strip()}")
    if _LEFT_FAST.search(left):
        return _Claim(0, f"{value}× speedup")
    if better := _LEFT_BETTER.search(left):
        return _Claim(1, f"{value}× over {better['whom']}")
    return None


def _share(sign: str, value: str, left: str, right: str, *, in_turn: bool) -> _Claim | None:
    if fast := _RIGHT_FAST.match(right):
        return _Claim(0, f"{value}% {'faster' if fast['fast'] == 'faster' else 'speedup'}")
    if _RIGHT_ACCURATE.match(right):
        return _Claim(0, f"+{value}% accuracy")
    change = _RIGHT_CHANGE.match(right) or _changed(left, in_turn=in_turn)
    if change:
        return _changed_by("−" if change["down"] else "+", value, change["quantity"])
    if after := _RIGHT_QUANTITY.match(right):
        verb = _LEFT_VERB.search(left) or _BY.search(left)
        if after["up"] or after["down"] or verb or sign:
            down = after["down"] or (verb and verb["down"] and not after["up"])
            return _changed_by(sign or ("−" if down else "+"), value, after["quantity"])
        if _KEEPING.search(left):
            return _Claim(2, f"{value}% of {after['quantity']} kept")
        if (
            re.search(rf"{_LEVEL}$", after["quantity"])
            and _REACHING.search(left)
            and not right.startswith(" of")
        ):
            where = f"{after['where']} " if after["where"] else ""
            return _Claim(1, f"{where}{after['quantity']} {value}%")
        return None
    if level := _LEFT_LEVEL.search(left):
        where = f"{level['where']} " if level["where"] else ""
        return _Claim(1, f"{where}{level['quantity']} {value}%")
    if faster := _LEFT_FASTER.search(left):
        return _Claim(0, f"{value}% speedup of {faster['what'].strip()}")
    if _LEFT_FAST.search(left):
        return _Claim(0, f"{value}% speedup")
    if better := _LEFT_BETTER.search(left):
        return _Claim(1, f"+{value}% over {better['whom']}")
    return None


def _changed_by(sign: str, value: str, what: str) -> _Claim | None:
    return _Claim(0, f"{sign}{value}% {what}") if _is_gain(what, down=sign == "−") else None


def _is_gain(what: str, *, down: bool) -> bool:
    return down == (_COST.search(what) is not None)


def _changed(left: str, *, in_turn: bool) -> re.Match[str] | None:
    """The change that the number belongs to, if it stands before it."""
    change = _LEFT_CHANGE.search(left) or _LEFT_NOUN.search(left) or _LEFT_CHANGE_OF.search(left)
    return None if change and in_turn and left[: change.start("quantity")].endswith("and ") else change
