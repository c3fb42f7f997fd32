"""The history at a glance, as text: block characters in 80 columns, no colour."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from bot.library.history import History, TagRow
from bot.plots import share_words

WIDTH = 80
"""Columns of the report, in every terminal, so that it reads the same in a mail."""

BLOCKS = " ▁▂▃▄▅▆▇█"

TAG_WIDTH = 24

MONTH_WIDTH = 5

MONTHS = (WIDTH - TAG_WIDTH) // MONTH_WIDTH


def bars(counts: Sequence[int], width: int) -> str:
    """Counts as block characters, the highest eight eighths; what is not 0 is seen. The latest, if they don't fit."""
    shown = counts[-width:]
    most = max([*shown, 1])
    return "".join(BLOCKS[-(-8 * count // most)] for count in shown)


def report(of: History) -> str:
    """The history at a glance, as lines of at most ``WIDTH`` columns."""
    return "\n".join(line.rstrip() for line in _lines(of))


def records(of: History) -> Iterator[dict[str, Any]]:
    """The same for ``--json``: spans, then tags by month, then what is kept."""
    for span in of.spans:
        yield {
            of.step: str(span.start),
            "new": span.read,
            "posted": span.posted,
            "bookmarks": span.kept,
        }
    for row in of.tags:
        for month, count in zip(of.months, row.counts, strict=True):
            yield {"tag": row.tag, "month": f"{month:%Y-%m}", "new": count}
    for one in of.keeping:
        yield {"tag": one.tag, "shown": one.shown, "kept": one.kept}


def _lines(of: History) -> Iterable[str]:
    first, last = of.spans[0].start, of.spans[-1].start
    room = WIDTH - 27
    if len(of.spans) > room:
        first = of.spans[-room].start
    yield f"By {of.step}, from {first} to {last}"
    yield ""
    for name, counts in (
        ("new papers", [span.read for span in of.spans]),
        ("papers posted", [span.posted for span in of.spans]),
        ("bookmarks", [span.kept for span in of.spans]),
    ):
        told = counts[-room:]
        yield f"{name:<14}{sum(told):>11,}  {bars(counts, room)}"
    if of.tags:
        months = of.months[-MONTHS:]
        yield ""
        yield f"{'New papers by tag':<{TAG_WIDTH}}" + "".join(
            f"{f'{month:%b}':>{MONTH_WIDTH}}" for month in months
        )
        yield from (_tag_line(row) for row in of.tags)
    if of.keeping:
        yield ""
        yield "What is kept of what was posted"
        for one in of.keeping:
            share = round(32 * one.kept / one.shown)
            yield f"{_cut(one.tag):<{TAG_WIDTH}}{'█' * share}{'·' * (32 - share)} {share_words(one)}"
    elif any(span.posted for span in of.spans):
        yield ""
        yield "nothing is bookmarked yet of what was posted"


def _tag_line(row: TagRow) -> str:
    counts = row.counts[-MONTHS:]
    return f"{_cut(row.tag):<{TAG_WIDTH}}" + "".join(f"{count or '·':>{MONTH_WIDTH}}" for count in counts)


def _cut(tag: str) -> str:
    return tag if len(tag) < TAG_WIDTH else f"{tag[: TAG_WIDTH - 2]}…"
