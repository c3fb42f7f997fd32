"""Pictures of the history: SVG that takes its colours and letters from the page around it, and PNG.

matplotlib takes a second to load and 50 MB for good: it is imported where something is drawn, and a bot that
runs on has ``apart`` draw, in a process that ends with the picture.
"""

import io
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Literal, ParamSpec, TypeVar
from xml.etree import ElementTree as ET

from bot.errors import BroadsheetError
from bot.library.history import History, Keeping, Span, Step

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import FigureBase

P = ParamSpec("P")
T = TypeVar("T")

Part = Literal["activity", "tags", "keeping"]

Size = Literal["wide", "narrow"]

Drawings = dict[tuple[Part, Size], str]
"""SVG by part and size."""

PARTS: tuple[Part, ...] = ("activity", "tags", "keeping")

WIDE, NARROW = 720, 300
"""Widths of a drawing in pixels: beside a desktop's navigation, and on the smallest phone."""

MONTHS_WIDE, MONTHS_NARROW = 12, 5
"""Months of tags that there is room for."""

LETTERS = 11
"""Size of the letters, in pixels."""

LONGEST_TAG = 24
"""Characters of a tag that are drawn."""

PATIENCE = 20.0
"""Seconds that a drawing may take; it takes two on a slow machine."""

_SVG = "http://www.w3.org/2000/svg"

HEADINGS: Mapping[Part, str] = {
    "activity": "Papers, posts and bookmarks",
    "tags": "New papers by tag and month",
    "keeping": "What is kept of what was posted",
}


@dataclass(frozen=True, slots=True)
class _Colours:
    ink: str
    soft: str
    line: str
    bar: str


_PRINTED = _Colours(ink="#1d1b16", soft="#5a5446", line="#ddd6c6", bar="#9a3412")
"""As on the web channel's light pages."""

_MARKED = _Colours(ink="#010101", soft="#020202", line="#030303", bar="#040404")
_MEANT = {
    "#010101": "currentColor",
    "#020202": "var(--soft)",
    "#030303": "var(--line)",
    "#040404": "var(--accent)",
}
"""What stands in a page's SVG for the colours of ``_MARKED``."""


def svgs(of: History) -> Drawings:
    """Every part that has something to show, wide and narrow, to stand in an HTML page.

    Colours are ``currentColor`` and the page's own ``--soft``, ``--line`` and ``--accent``; nothing in it needs
    a style sheet of its own.
    """
    return {
        (part, name): _svg(of, part, width, months)
        for part in PARTS
        if _has(of, part)
        for name, width, months in _SIZES
    }


_SIZES: tuple[tuple[Size, int, int], ...] = (
    ("wide", WIDE, MONTHS_WIDE),
    ("narrow", NARROW, MONTHS_NARROW),
)


def png(of: History) -> bytes:
    """All parts on one sheet of paper white, 1440 pixels wide, for a chat or a mail."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    parts = [part for part in PARTS if _has(of, part)]
    heights = [_height(of, part) + 40 for part in parts]
    with _style():
        figure = Figure(
            figsize=(WIDE / 72, sum(heights) / 72), dpi=72, facecolor="#fdfcf9", layout="constrained"
        )
        FigureCanvasAgg(figure)
        for part, place in zip(
            parts, figure.subfigures(len(parts), 1, height_ratios=heights, squeeze=False)[:, 0], strict=True
        ):
            place.set_facecolor("none")
            place.suptitle(
                HEADINGS[part], x=0.02, ha="left", size=LETTERS + 3, weight="bold", color=_PRINTED.ink
            )
            _DRAW[part](place, of, _PRINTED, MONTHS_WIDE)
        out = io.BytesIO()
        figure.savefig(out, format="png", dpi=144, metadata={"Software": None})
    return out.getvalue()


def apart(draw: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What ``draw`` gives, done in a process of its own, which ends with it. Blocks.

    Raises BroadsheetError when that process gives nothing.
    """
    context = get_context("spawn")
    mine, its = context.Pipe(duplex=False)
    worker = context.Process(target=_work, args=(its, draw, args, kwargs), daemon=True)
    worker.start()
    its.close()
    try:
        if not mine.poll(PATIENCE):
            raise BroadsheetError(f"a plot was not drawn within {PATIENCE:.0f} seconds; try again later")
        found: T = mine.recv()
    except (EOFError, OSError):
        raise BroadsheetError("a plot could not be drawn; the log says why") from None
    finally:
        mine.close()
        worker.kill()
        worker.join()
    return found


def labels(starts: Sequence[date], step: Step, most: int) -> list[tuple[int, str]]:
    """Up to ``most`` places on an axis of spans, evenly apart, with their words; a year where it is another."""
    stride = max(1, -(-len(starts) // most))
    found: list[tuple[int, str]] = []
    year = None
    for place in range(0, len(starts), stride):
        day = starts[place]
        words = f"{day:%b}" if step == "month" else f"{day.day} {day:%b}"
        found.append((place, words if day.year == year else f"{words}\n{day.year:04}"))
        year = day.year
    return found


def _has(of: History, part: Part) -> bool:
    return bool(of.spans if part == "activity" else of.tags if part == "tags" else of.keeping)


def _height(of: History, part: Part) -> int:
    match part:
        case "activity":
            return 270
        case "tags":
            return 34 + 24 * len(of.tags)
        case "keeping":
            return 12 + 26 * len(of.keeping)


def _style() -> "warnings.catch_warnings[None]":
    """Settings of matplotlib while something is drawn. A letter that no font has is a box, and no warning."""
    import matplotlib

    matplotlib.rcParams.update(
        {
            "font.family": "sans-serif",
            "font.size": LETTERS,
            "svg.fonttype": "none",
            "svg.hashsalt": "broadsheet",
            "text.parse_math": False,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.spines.left": False,
        }
    )
    return warnings.catch_warnings(action="ignore")


def _activity(figure: "FigureBase", of: History, colours: _Colours, months: int) -> None:
    panels = figure.subplots(3, 1, sharex=True)
    series: tuple[tuple[str, Callable[[Span], int]], ...] = (
        ("New papers", lambda span: span.read),
        ("Papers posted", lambda span: span.posted),
        ("Bookmarks", lambda span: span.kept),
    )
    for axes, (name, count) in zip(panels, series, strict=True):
        counts = [count(span) for span in of.spans]
        _plain(axes, colours)
        axes.bar(range(len(counts)), counts, width=0.8, color=colours.bar, linewidth=0)
        axes.set_title(name, loc="left", size=LETTERS, color=colours.ink, pad=4)
        top = max([*counts, 1])
        axes.set_ylim(0, top * 1.05)
        axes.set_yticks([0, top], labels=["0", f"{top:,}"])
        axes.set_xlim(-0.6, len(counts) - 0.4)
    marks = labels([span.start for span in of.spans], of.step, months // 2 + 1)
    panels[-1].set_xticks([place for place, _ in marks], labels=[words for _, words in marks])


def _tags(figure: "FigureBase", of: History, colours: _Colours, months: int) -> None:
    from matplotlib.patches import Rectangle

    axes = figure.subplots()
    _plain(axes, colours)
    axes.spines["bottom"].set_visible(False)
    shown = of.months[-months:]
    most = max([1, *(max(row.counts[-months:], default=0) for row in of.tags)])
    for line, row in enumerate(of.tags):
        for place, count in enumerate(row.counts[-months:]):
            if count:
                box = Rectangle(
                    (place - 0.47, line - 0.44),
                    0.94,
                    0.88,
                    color=colours.bar,
                    alpha=0.08 + 0.34 * count / most,
                    linewidth=0,
                )
                axes.add_patch(box)
                axes.text(place, line, f"{count}", ha="center", va="center", color=colours.ink)
    # A few months do not fill the sheet: their boxes stay as wide as those of many.
    axes.set_xlim(-0.5, max(len(shown), months) - 0.5)
    axes.set_ylim(len(of.tags) - 0.5, -0.5)
    axes.set_yticks(range(len(of.tags)), labels=[_short(row.tag) for row in of.tags])
    axes.tick_params(axis="y", labelcolor=colours.ink)
    marks = labels(shown, "month", len(shown))
    axes.set_xticks([place for place, _ in marks], labels=[words for _, words in marks])


def _keeping(figure: "FigureBase", of: History, colours: _Colours, months: int) -> None:
    axes = figure.subplots()
    _plain(axes, colours)
    axes.spines["bottom"].set_visible(False)
    shares = [one.kept / one.shown for one in of.keeping]
    axes.barh(range(len(shares)), [1] * len(shares), height=0.6, color=colours.line, linewidth=0)
    axes.barh(range(len(shares)), shares, height=0.6, color=colours.bar, linewidth=0)
    for line, one in enumerate(of.keeping):
        axes.text(1.02, line, share_words(one), va="center", color=colours.soft)
    axes.set_ylim(len(shares) - 0.5, -0.5)
    axes.set_xlim(0, 1.25 if months == MONTHS_WIDE else 1.7)
    axes.set_xticks([])
    axes.set_yticks(range(len(shares)), labels=[_short(one.tag) for one in of.keeping])
    axes.tick_params(axis="y", labelcolor=colours.ink)


def share_words(of: Keeping) -> str:
    """``3 of 20, 15%``."""
    return f"{of.kept} of {of.shown}, {100 * of.kept / of.shown:.0f}%"


_DRAW: Mapping[Part, Callable[["FigureBase", History, _Colours, int], None]] = {
    "activity": _activity,
    "tags": _tags,
    "keeping": _keeping,
}


def _plain(axes: "Axes", colours: _Colours) -> None:
    axes.set_facecolor("none")
    axes.spines["bottom"].set_color(colours.line)
    axes.tick_params(length=0, pad=5, labelcolor=colours.soft, labelsize=LETTERS)


def _short(tag: str) -> str:
    """What of a tag is drawn; what is no letter has no place in XML either."""
    tag = "".join(letter if letter.isprintable() else " " for letter in tag)
    return tag if len(tag) <= LONGEST_TAG else f"{tag[: LONGEST_TAG - 1]}…"


def _svg(of: History, part: Part, width: int, months: int) -> str:
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    with _style():
        figure = Figure(figsize=(width / 72, _height(of, part) / 72), dpi=72, layout="constrained")
        FigureCanvasSVG(figure)
        _DRAW[part](figure, of, _MARKED, months)
        out = io.StringIO()
        figure.savefig(out, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    return _for_page(out.getvalue(), HEADINGS[part])


def _for_page(text: str, name: str) -> str:
    """The drawing as it may stand in a page that allows no style of its own, once or beside others like it."""
    parser: ET.XMLPullParser[ET.Element] = ET.XMLPullParser(["start"])
    parser.feed(text)
    root = next(iter(parser.read_events()))[-1]
    assert isinstance(root, ET.Element)
    ET.register_namespace("", _SVG)
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag.rpartition("}")[2] in ("metadata", "style", "defs"):
                parent.remove(child)
    for element in root.iter():
        style = element.attrib.pop("style", "")
        for piece in style.split(";"):
            key, _, value = piece.partition(":")
            if key.strip() and not key.strip().startswith("font-family"):
                element.set(key.strip(), value.strip())
        for key in ("id", "clip-path", "version"):
            element.attrib.pop(key, None)
        for key in ("fill", "stroke"):
            if element.get(key) in _MEANT:
                element.set(key, _MEANT[element.attrib[key]])
    del root.attrib["width"], root.attrib["height"]
    root.set("role", "img")
    root.set("aria-label", name)
    return ET.tostring(root, encoding="unicode")


def _work(out: Connection, draw: Callable[..., object], args: tuple[object, ...], kwargs: object) -> None:
    assert isinstance(kwargs, dict)
    out.send(draw(*args, **kwargs))
    out.close()
