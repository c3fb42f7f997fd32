"""Which papers have the largest sum of weights, found in sets of papers. Pure.

A set is a list of integers, one for each ``CHUNK`` papers in order, with a bit for each paper that is in it. The
sums of all papers of a chunk are added up at once, as by hand: one integer holds the lowest digits (base two) of
all sums, the next one the second digits. A chunk takes a microsecond or two for each digit.
"""

import re
from collections.abc import Iterator, Sequence
from functools import reduce
from itertools import islice
from operator import or_

CHUNK = 131_072
"""Papers of one integer: 16 KB, which stay near to the processor while they are added."""

Papers = Sequence[int]
Sums = list[list[int]]
"""For each chunk the digits of all sums, lowest first, each as the papers of the chunk that have a one there."""

_NOT_ZERO = re.compile(rb"[^\0]")
_WINDOW = 256
"""Bytes of a set that are looked at together."""
_NOTHING = bytes(_WINDOW)


def summed(weighted: Sequence[tuple[Papers, int]]) -> Sums:
    """For each paper the sum of the weights, small whole numbers, of the sets that it is in."""
    chunks = max((len(papers) for papers, _ in weighted), default=0)
    return [
        _summed([(papers[chunk], weight) for papers, weight in weighted if chunk < len(papers)])
        for chunk in range(chunks)
    ]


def best(sums: Sums, count: int) -> list[int]:
    """Up to ``count`` papers with the largest sums above zero, of equals the newest; in no order."""
    rest = [reduce(or_, digits, 0) for digits in sums]
    chosen = [0] * len(sums)
    missing = count
    for place in reversed(range(max(map(len, sums), default=0))):
        some = [
            one & digits[place] if place < len(digits) else 0 for one, digits in zip(rest, sums, strict=True)
        ]
        found = sum(one.bit_count() for one in some)
        if found >= missing:
            rest = some
        else:
            missing -= found
            chosen = [one | more for one, more in zip(chosen, some, strict=True)]
            rest = [one ^ gone for one, gone in zip(rest, some, strict=True)]
    return [*members(chosen), *islice(newest(rest), missing)]


def values(sums: Sums, ids: Sequence[int]) -> list[int]:
    """The sum of each of these papers."""
    columns = {
        chunk: [digit.to_bytes(CHUNK // 8, "little") for digit in sums[chunk]]
        for chunk in {one // CHUNK for one in ids}
    }
    return [
        sum(
            (column[one % CHUNK >> 3] >> (one & 7) & 1) << place
            for place, column in enumerate(columns[one // CHUNK])
        )
        for one in ids
    ]


def members(papers: Papers) -> list[int]:
    """The papers of a set, in order."""
    return sorted(newest(papers))


def newest(papers: Papers) -> Iterator[int]:
    """The papers of a set, the newest first."""
    for chunk in reversed(range(len(papers))):
        data = papers[chunk].to_bytes(papers[chunk].bit_length() // 8 + 1, "little")
        for start in reversed(range(0, len(data), _WINDOW)):
            window = data[start : start + _WINDOW]
            if window != _NOTHING:  # most of a set is empty
                for found in reversed(list(_NOT_ZERO.finditer(window))):
                    for place in reversed(range(8)):
                        if found[0][0] >> place & 1:
                            yield chunk * CHUNK + ((start + found.start()) << 3 | place)


def _summed(weighted: Sequence[tuple[int, int]]) -> list[int]:
    """The digits of all sums of one chunk."""
    columns: list[list[int]] = []
    for papers, weight in weighted:
        while len(columns) < weight.bit_length():
            columns.append([])
        for place in range(weight.bit_length() if papers else 0):
            if weight >> place & 1:
                columns[place].append(papers)
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
