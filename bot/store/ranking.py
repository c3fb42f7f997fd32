"""Which papers have the largest sum of weights, found in sets of papers. Pure; a set is an integer, a paper a bit.

The sums of all papers are added up at once, as by hand: one integer holds the lowest digits (base two) of all sums,
the next one the second digits. A history of a million papers takes tens of microseconds for each digit.
"""

import re
from collections.abc import Sequence
from functools import reduce
from operator import or_

_NOT_ZERO = re.compile(rb"[^\0]")
_WINDOW = 256
"""Bytes of a set that are looked at together."""
_NOTHING = bytes(_WINDOW)


def summed(weighted: Sequence[tuple[int, int]]) -> list[int]:
    """For each paper the sum of the weights, small whole numbers, of the sets that it is in.

    Given are the digits of all sums, lowest first, each as the set of papers that have a one there.
    """
    columns: list[list[int]] = []
    for bits, weight in weighted:
        while len(columns) < weight.bit_length():
            columns.append([])
        for place in range(weight.bit_length()):
            if weight >> place & 1:
                columns[place].append(bits)
    digits = []
    place = 0
    while place < len(columns):
        column = columns[place]
        while len(column) > 1:
            if place + 1 == len(columns):
                columns.append([])
            one, two = column.pop(), column.pop()
            if column:
                three = column.pop()
                either = one ^ two
                columns[place + 1].append((one & two) | (either & three))
                column.insert(0, either ^ three)
            else:
                columns[place + 1].append(one & two)
                column.append(one ^ two)
        digits.append(column[0] if column else 0)
        place += 1
    return digits


def best(digits: Sequence[int], count: int) -> list[int]:
    """Up to ``count`` papers with the largest sums above zero, of equals the newest; in no order."""
    rest = reduce(or_, digits, 0)
    chosen, missing = 0, count
    for digit in reversed(digits):
        some = rest & digit
        found = some.bit_count()
        if found >= missing:
            rest = some
        else:
            chosen |= some
            missing -= found
            rest ^= some
    return [*members(chosen), *newest(rest, missing)]


def values(digits: Sequence[int], ids: Sequence[int]) -> list[int]:
    """The sum of each of these papers."""
    size = max(ids, default=0) // 8 + 1
    columns = [(digit & (1 << size * 8) - 1).to_bytes(size, "little") for digit in digits]
    return [
        sum((column[one >> 3] >> (one & 7) & 1) << place for place, column in enumerate(columns))
        for one in ids
    ]


def members(papers: int) -> list[int]:
    """The papers of a set, in order."""
    data = papers.to_bytes(papers.bit_length() // 8 + 1, "little")
    found = []
    for start in range(0, len(data), _WINDOW):  # most of a set is empty
        if (window := data[start : start + _WINDOW]) != _NOTHING:
            found += [
                start + one.start() << 3 | place
                for one in _NOT_ZERO.finditer(window)
                for place in range(8)
                if one[0][0] >> place & 1
            ]
    return found


def newest(papers: int, count: int) -> list[int]:
    """The ``count`` newest papers of a set, or all if it has no more."""
    data = papers.to_bytes(papers.bit_length() // 8 + 1, "little")
    window = _WINDOW
    while window < len(data) and int.from_bytes(data[-window:], "little").bit_count() < count:
        window *= 2
    start = max(0, len(data) - window)
    found = members(int.from_bytes(data[start:], "little"))
    return [start * 8 + one for one in found[-count:]] if count > 0 else []
