"""How many entries of a digest are still read right when one place in it is damaged.

``python -m tests.benchmarks.digest_damage [PATH...]`` (some minutes) takes well-formed digests of the native format.
For each kind of damage, at every position in each file: the share of the entries whose paragraphs were
not touched that come out with exactly their own title and abstract, and the share of damaged files
that give exactly what was expected. The baseline pairs paragraphs by parity.
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from bot.errors import DigestError
from bot.sources import read_digest

Cards = list[tuple[str, str]]
Page = list[str]
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
STRAYS = {
    "votes": ["101"],
    "dash": ["-"],
    "authors": ["12 authors"],
    "card furniture": ["101", "-", "12 authors", "·", "Submitted by", "someone42"],
    "name": ["Maria Hendricks"],
    "button": ["Show all comments"],
    "slogan": ["Sign in to follow the papers that your friends are reading this week."],
    "names": ["Maria Hendricks, Wei Zhang, Anton Petrov and 4 others"],
}


def split(text: str) -> tuple[Page, Cards]:
    """Return the five header paragraphs and the cards of a well-formed page."""
    page = [" ".join(p.split()) for p in text.strip().split("\n\n")]
    return page[:5], list(zip(page[5::2], page[6::2], strict=True))


def damaged(kind: str, cards: Cards) -> Iterator[tuple[Page, Cards]]:
    """Give each damaged body, with the cards that must still be read from it."""
    flat = [p for card in cards for p in card]
    whole = range(len(cards))
    if kind in STRAYS:
        for i in range(len(flat) + 1):
            yield flat[:i] + STRAYS[kind] + flat[i:], cards
    elif kind == "abstract missing":
        for i in whole:
            yield flat[: 2 * i + 1] + flat[2 * i + 2 :], [*cards[:i], (cards[i][0], ""), *cards[i + 1 :]]
    elif kind == "title missing":
        for i in whole:
            yield flat[: 2 * i] + flat[2 * i + 1 :], cards[:i] + cards[i + 1 :]
    elif kind == "card twice":
        for i in whole:
            yield flat[: 2 * i] + list(cards[i]) + flat[2 * i :], cards
    elif kind == "title twice":
        for i in whole:
            yield [*flat[: 2 * i], cards[i][0], *flat[2 * i :]], cards
    elif kind == "abstract twice":
        for i in whole:
            yield [*flat[: 2 * i + 1], cards[i][1], *flat[2 * i + 1 :]], cards
    elif kind == "abstract in two":
        for i, (title, abstract) in enumerate(cards):
            middle = abstract.find(". ", len(abstract) // 2) + 1 or len(abstract)
            halves = [part for part in (abstract[:middle], abstract[middle:].strip()) if part]
            yield [*flat[: 2 * i], title, *halves, *flat[2 * i + 2 :]], cards
    elif kind == "long line":
        for i in range(0, len(flat) + 1, 7):
            yield [*flat[:i], "word " * 30000, *flat[i:]], cards


KINDS = (
    *STRAYS,
    "abstract missing",
    "title missing",
    "card twice",
    "title twice",
    "abstract twice",
    "abstract in two",
    "long line",
)


def by_reader(page: Page) -> Cards:
    """Read a page as the bot does."""
    try:
        digest = read_digest("\n\n".join(page).encode(), name="page.txt", modified=NOW)
    except DigestError:
        return []
    return [(entry.title, entry.abstract) for entry in digest.entries]


def by_parity(page: Page) -> Cards:
    """Read a page as title and abstract in turn."""
    return list(zip(page[5::2], page[6::2], strict=False))


def score(read: Callable[[Page], Cards], header: Page, cards: Cards, kind: str) -> tuple[int, int, int, int]:
    """Return entries read right, entries expected, files read exactly right, files."""
    right = expected = exact = files = 0
    for body, wanted in damaged(kind, cards):
        found = read(header + body)
        right += len(set(found) & set(wanted))
        expected += len(wanted)
        exact += found == wanted
        files += 1
    return right, expected, exact, files


def main(paths: Sequence[str]) -> None:
    """Print a line for each kind of damage."""
    files = [Path(p) for p in paths] or sorted(Path("../shared/digests").glob("*.txt"))
    pages = [split(path.read_text(encoding="utf-8")) for path in files]
    print(f"{'damage':18} {'entries right':>14} {'files exact':>12} {'parity: entries right':>22}")
    for kind in KINDS:
        ours = [sum(x) for x in zip(*(score(by_reader, *page, kind) for page in pages), strict=True)]
        base = [sum(x) for x in zip(*(score(by_parity, *page, kind) for page in pages), strict=True)]
        print(
            f"{kind:18} {ours[0] / ours[1]:14.3%} {ours[2] / ours[3]:12.3%} {base[0] / base[1]:22.3%}",
            flush=True,
        )


if __name__ == "__main__":
    main(sys.argv[1:])
