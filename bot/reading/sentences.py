"""Where one sentence of an abstract ends and the next begins."""

import re

# A stop with what may close after it, then a space or (the space was lost) a capital and a small letter.
# Bounded, so that time is linear.
_STOP = re.compile(r"""[.!?…]["'”’»)\]}.!?…]{0,9}(?: |(?=[A-Z][a-z]))""")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# After these a full stop never ends a sentence.
_NEVER = _words("e.g i.e eg ie vs cf viz dr mr mrs ms prof")
# After these, an initial, or letters with dots (U.S., i.i.d.) it ends one only before a word of _STARTS.
_SELDOM = _words(
    "fig figs art arts eq eqs eqn sec secs tab ref refs thm lem prop def ch alg app no nos vol pp st approx resp ca"
    " w.r.t wrt al etc a.k.a i.i.d s.t ph.d inc ltd corp co dept univ"
)
_LETTERS = re.compile(r"(?:[A-Za-z]\.)*[A-Za-z]")
_STARTS = _words(
    "A Additionally After All Also Although An And Another As At Based Both But By Compared Contrary Despite"
    " Due Each Empirically Even Existing Experimental Experiments Extensive Finally First Following For From"
    " Further Furthermore Given Hence Here How However If Importantly In Indeed Inspired Instead It Its Many"
    " Meanwhile More Moreover Most Motivated Nevertheless Notably On One Other Our Over Overall Prior Recent"
    " Recently Results Second Several Similarly Since Some Specifically Such Surprisingly That The Their Then"
    " There Therefore These They This Those Through Thus To Traditional Under Unfortunately Unlike Using We"
    " What When Whereas Which While With Yet"
)
_OPENING = "\"'“‘«([{"
_WORD = re.compile(r"[\w'’-]+")
_LONGEST_WORD = 40


def sentences(text: str) -> tuple[str, ...]:
    """The sentences of a text, in order, with runs of white space made one space. Linear time."""
    text = " ".join(text.split())
    found: list[str] = []
    start = 0
    for stop in _STOP.finditer(text):
        end = stop.end()
        if end < len(text) and _ends(text, start, stop.start(), end, spaced=text[end - 1] == " "):
            found.append(text[start:end].rstrip())
            start = end
    if start < len(text):
        found.append(text[start:])
    return tuple(found)


def _ends(text: str, start: int, stop: int, end: int, *, spaced: bool) -> bool:
    """Whether the stop at ``stop`` ends the sentence begun at ``start``; the next would begin at ``end``."""
    window = max(start, stop - _LONGEST_WORD)
    before = text[max(window, text.rfind(" ", window, stop) + 1) : stop].lstrip(_OPENING)
    following = _WORD.match(text, end + (text[end] in _OPENING), end + _LONGEST_WORD)
    after = following.group() if following else ""
    if not spaced:
        return after in _STARTS and before.isalpha() and before.islower() and before not in _NEVER
    if text[stop] != ".":
        return after[:1].isupper() or after[:1].isdigit()
    if before.lower() in _NEVER and not before.isupper():
        return False
    if before.lower() in _SELDOM or _LETTERS.fullmatch(before):
        return after in _STARTS
    return not after or not after.islower()
