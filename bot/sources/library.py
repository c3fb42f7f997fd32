"""What the formats of reference managers have in common: fields with names of their own become an entry."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from bot.models import Digest, Entry, Unreadable
from bot.sources import ids
from bot.sources.text import ABSTRACT_CAP, EXCERPT, TITLE_CAP, clean

AUTHORS_CAP = 500

_DATE = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})")


@dataclass(frozen=True, slots=True)
class Found:
    """A reference on the ``line`` where it begins, or, with a ``reason``, a piece that is none.

    Of ``ids`` and ``urls`` the first that is an arXiv id, a DOI or an address counts.
    """

    line: int
    text: str
    reason: str = ""
    title: str = ""
    abstract: str = ""
    authors: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    date: str = ""


def digest(format: str, found: Iterable[Found]) -> Digest:
    """The references as a digest without a date; those without a title, or too long, are set aside."""
    entries: list[Entry] = []
    unreadable: list[Unreadable] = []
    for one in found:
        title, abstract = clean(one.title), clean(one.abstract)
        reason = one.reason or _fault(title, abstract)
        if reason:
            unreadable.append(Unreadable(one.line, reason, clean(one.text[: 2 * EXCERPT])[:EXCERPT]))
            continue
        names = [clean(text) for text in (*one.ids, *one.urls)]
        addresses = [clean(text) for text in one.urls]
        entries.append(
            Entry(
                title=title,
                abstract=abstract,
                line=one.line,
                position=len(entries) + 1,
                arxiv_id=next(filter(None, map(ids.arxiv_id, names)), None),
                doi=next(filter(None, map(ids.doi, names)), None),
                url=next((text for text in addresses if text.startswith(("https://", "http://"))), None),
                authors=tuple(filter(None, map(_name, one.authors[:AUTHORS_CAP]))),
                published=_published(one.date),
            )
        )
    return Digest(format, None, tuple(entries), tuple(unreadable))


def values(fields: Mapping[str, str], *names: str) -> tuple[str, ...]:
    """The fields of these names that there are and that say something."""
    return tuple(fields[name] for name in names if fields.get(name, "").strip())


def first(fields: Mapping[str, str], *names: str) -> str:
    """The first of them, else nothing."""
    return next(iter(values(fields, *names)), "")


def _fault(title: str, abstract: str) -> str:
    if not title:
        return "no title"
    if len(title) > TITLE_CAP:
        return f"title longer than {TITLE_CAP} characters"
    return f"abstract longer than {ABSTRACT_CAP:,} characters" if len(abstract) > ABSTRACT_CAP else ""


def _name(text: str) -> str:
    """``Last, First`` → ``First Last``."""
    last, comma, given = clean(text).partition(", ")
    return f"{given} {last}" if comma and given and "," not in given else clean(text)


def _published(text: str) -> date | None:
    found = _DATE.match(text.strip())
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None
