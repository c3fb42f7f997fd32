"""Bookmarks as files for other programs: BibTeX, RIS, CSV, JSON, Markdown.

Titles, names and notes are other people's text: in each format they are escaped so that they stay inside
their field. Letters beyond ASCII are kept as they are (write the result as UTF-8): biber, BibTeX with a LaTeX of
2018 or later, Zotero, JabRef and Mendeley all read them. Nothing here looks at a clock or a disk.
"""

import csv
import io
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import quote

from bot.errors import NotFound
from bot.library import Kept
from bot.models import Brief, Paper


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of file: ``suffix`` with its dot, ``write`` gives the whole text."""

    media_type: str
    suffix: str
    write: Callable[[Sequence[Kept]], str]


def render(format: str, kept: Sequence[Kept]) -> str:
    """The bookmarks in the order given, in the named format. Raises NotFound.

    Line ends are the format's own (CR LF in RIS and CSV): write the text without translating them.
    """
    if format not in FORMATS:
        raise NotFound(f"{format}: no such export format; there is {', '.join(FORMATS)}")
    return FORMATS[format].write(kept)


@dataclass(frozen=True, slots=True)
class _Reference:
    """A paper with all the notes on it: a reference list names it once, however many people keep it."""

    brief: Brief
    notes: tuple[str, ...]

    @property
    def paper(self) -> Paper:
        return self.brief.paper

    @property
    def year(self) -> str:
        """Four digits, from the date or the arXiv id; empty when neither is known."""
        if self.paper.published is not None:
            return f"{self.paper.published.year:04}"
        number = re.search(r"(?:^|/)(\d{2})\d{2}", self.paper.arxiv_id or "")
        if number is None:
            return ""
        return f"{'19' if int(number[1]) > 90 else '20'}{number[1]}"

    @property
    def url(self) -> str:
        """Where the paper is: on arXiv, by its DOI, or where its digest said; empty when nowhere is known."""
        paper = self.paper
        if paper.arxiv_id:
            return _address(f"https://arxiv.org/abs/{paper.arxiv_id}")
        if paper.doi:
            return _address(f"https://doi.org/{paper.doi}")
        return _address(paper.url or "")


def _references(kept: Iterable[Kept]) -> list[_Reference]:
    notes: dict[int | None, list[str]] = {}
    briefs: dict[int | None, Brief] = {}
    for one in kept:
        paper_id = one.brief.paper.id
        briefs.setdefault(paper_id, one.brief)
        notes.setdefault(paper_id, []).extend([one.bookmark.note] if _line(one.bookmark.note) else [])
    return [_Reference(brief, tuple(notes[paper_id])) for paper_id, brief in briefs.items()]


_DROPPED = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)


def _text(text: str) -> str:
    """The text without controls, marks that turn its direction, and what UTF-8 cannot write."""
    return _DROPPED.sub("", text)


def _line(text: str) -> str:
    """The text on one line."""
    return " ".join(_text(text).split())


def _address(url: str) -> str:
    """A web address in the characters that every format takes as they are; empty if it is no web address."""
    url = _line(url)
    if not re.match(r"https?://", url, re.IGNORECASE):
        return ""
    return quote(url, safe="%/:?#[]@!$&'*+,;=~")


# BibTeX. Its parser counts every brace, escaped or not, so a brace of the text is written as a command.

_LATEX = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\textbraceleft{}",
        "}": r"\textbraceright{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        "<": r"\textless{}",
        ">": r"\textgreater{}",
        "|": r"\textbar{}",
    }
    | {character: f"\\{character}" for character in "&%$#_"}
)
_GROUP = re.compile(r"\b(?:team|collaboration|consortium|group|lab|and|others)\b", re.IGNORECASE)
_UNDECOMPOSED = str.maketrans({"ß": "ss", "ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i"})
_SMALL_WORDS = frozenset(
    "a an and are as at by do does for from how in is it of on or the to via what with".split()
)


def _bibtex(kept: Sequence[Kept]) -> str:
    references = _references(kept)
    keys = _keys(references)
    return "\n".join(_bibtex_entry(keys[one.paper.id], one) for one in references)


def _bibtex_entry(key: str, one: _Reference) -> str:
    paper = one.paper
    fields = {
        "title": f"{{{_latex(paper.title)}}}",
        "author": " and ".join(_latex_name(name) for name in paper.authors if _line(name)),
        "year": one.year,
        "eprint": _verbatim(paper.arxiv_id),
        "archivePrefix": "arXiv" if paper.arxiv_id else "",
        "primaryClass": _verbatim(paper.categories[0]) if paper.arxiv_id and paper.categories else "",
        "doi": _verbatim(paper.doi),
        "url": one.url,
        "abstract": _latex(paper.abstract),
        "keywords": _latex(", ".join(one.brief.tags)),
        "note": _latex("; ".join(one.notes)),
    }
    lines = [f"  {name} = {{{value}}},\n" for name, value in fields.items() if value]
    return f"@misc{{{key},\n{''.join(lines)}}}\n"


def _latex(text: str) -> str:
    return _line(text).translate(_LATEX)


def _latex_name(name: str) -> str:
    """One author. Braces keep a group's name, or one that would read as several, in one piece."""
    whole = _GROUP.search(name) is not None or name.count(",") > 2
    return f"{{{_latex(name)}}}" if whole else _latex(name)


def _verbatim(text: str | None) -> str:
    """An id, for a field that LaTeX prints as it is."""
    return quote(_line(text or ""), safe="/:;().,-_+*@!$&'=<>[]")


def _keys(references: Sequence[_Reference]) -> dict[int | None, str]:
    """A citation key for each paper. The older paper has the plain one, so that a newer changes no other's."""
    keys: dict[int | None, str] = {}
    taken: set[str] = set()
    repeats: Counter[str] = Counter()
    for one in sorted(references, key=lambda one: one.paper.id or 0):
        base = key = _key(one)
        while key in taken:
            repeats[base] += 1
            key = base + _letters(repeats[base])
        taken.add(key)
        keys[one.paper.id] = key
    return keys


def _key(one: _Reference) -> str:
    """First author's last name, year, first telling word of the title: ``vaswani2017attention``."""
    words = [word for word in _ascii_words(one.paper.title) if word not in _SMALL_WORDS] or ["paper"]
    surname = "".join(_ascii_words(_surname_first(one.paper.authors[0])[0])) if one.paper.authors else ""
    return f"{surname}{one.year}{words[0]}" if surname else f"{words[0]}{one.year}{''.join(words[1:2])}"


def _ascii_words(text: str) -> list[str]:
    folded = unicodedata.normalize("NFKD", text.casefold().translate(_UNDECOMPOSED))
    bare = "".join(character for character in folded if not unicodedata.combining(character))
    return [word[:40] for word in re.findall(r"[a-z0-9]+", bare.replace("'", ""))]


def _surname_first(name: str) -> tuple[str, str]:
    """(surname, given names), the latter empty for a group; a last word is taken for the surname."""
    surname, comma, given = _line(name).partition(",")
    if comma or _GROUP.search(name):
        return surname, given.strip()
    given, _, surname = surname.rpartition(" ")
    return surname, given


def _letters(number: int) -> str:
    """1 → a, 26 → z, 27 → aa."""
    text = ""
    while number:
        number, place = divmod(number - 1, 26)
        text = chr(ord("a") + place) + text
    return text


# RIS, as Research Information Systems laid it down: "XX  - value", one line each, ended by CR LF.


def _ris(kept: Sequence[Kept]) -> str:
    references = _references(kept)
    keys = _keys(references)
    lines: list[str] = []
    for one in references:
        paper = one.paper
        names = [", ".join(filter(None, _surname_first(name))) for name in paper.authors]
        values = [
            ("TY", "UNPB" if paper.arxiv_id else "GEN"),
            ("ID", keys[paper.id]),
            ("TI", paper.title),
            *(("AU", name) for name in names),
            ("PY", one.year),
            ("DA", f"{paper.published:%Y/%m/%d}" if paper.published else ""),
            ("AB", paper.abstract),
            *(("KW", tag) for tag in one.brief.tags),
            ("DO", paper.doi or ""),
            ("AN", f"arXiv:{paper.arxiv_id}" if paper.arxiv_id else ""),
            ("UR", one.url),
            *(("N1", note) for note in one.notes),
        ]
        lines += [f"{tag}  - {_line(value)}\r\n" for tag, value in values if _line(value)]
        lines.append("ER  - \r\n")
    return "".join(lines)


# CSV (RFC 4180) and JSON: one row, or object, for each bookmark, with the same names.

_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r\n]")


def _facts(one: Kept) -> dict[str, str | list[str] | int | None]:
    brief, paper = one.brief, one.brief.paper
    facts: dict[str, str | list[str] | int | None] = {
        "id": paper.id,
        "title": paper.title,
        "summary": brief.summary,
        "abstract": paper.abstract,
        "authors": list(paper.authors),
        "arxiv_id": paper.arxiv_id,
        "doi": paper.doi,
        "url": _Reference(brief, ()).url or None,
        "published": None if paper.published is None else paper.published.isoformat(),
        "categories": list(paper.categories),
        "tags": list(brief.tags),
        "figures": list(brief.figures),
        "links": [link.url for link in brief.links],
        "note": one.bookmark.note,
        "person": one.bookmark.person,
        "kept": one.bookmark.created.isoformat(),
        "source": one.bookmark.source,
    }
    for name, value in facts.items():
        if isinstance(value, str):
            facts[name] = _text(value)
        elif isinstance(value, list):
            facts[name] = [_text(item) for item in value]
    return facts


_COLUMNS = (
    "id title summary abstract authors arxiv_id doi url published categories tags figures links "
    "note person kept source"
).split()
"""The names in ``_facts``, also for a file without rows."""


def _csv(kept: Sequence[Kept]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, _COLUMNS, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows({name: cell(value) for name, value in _facts(one).items()} for one in kept)
    return out.getvalue()


def cell(value: str | list[str] | int | None) -> str:
    """A cell that no spreadsheet takes for a formula (https://owasp.org/www-community/attacks/CSV_Injection)."""
    text = "; ".join(value) if isinstance(value, list) else "" if value is None else str(value)
    return f"'{text}" if _FORMULA.match(text) else text


def _json(kept: Sequence[Kept]) -> str:
    return json.dumps([_facts(one) for one in kept], ensure_ascii=False, indent=2) + "\n"


# Markdown, as CommonMark has it.

_MARKS = re.compile(r"[\\`*_\[\]<>~|&$]")
_BLOCK = re.compile(r"([-+=#]|\d+(?=[.)]))")


def _markdown(kept: Sequence[Kept]) -> str:
    return "".join(_markdown_item(one) for one in _references(kept)) or "No bookmarks yet.\n"


def _markdown_item(one: _Reference) -> str:
    title = _marked(one.paper.title) or "Untitled"
    parts = [f"- [{title}](<{one.url}>)" if one.url else f"- {title}"]
    by = ", ".join(
        filter(None, [*map(_marked, one.paper.authors[:3]), "et al." * (len(one.paper.authors) > 3)])
    )
    if by or one.year:
        parts.append(f"  {' · '.join(filter(None, [by, one.year]))}")
    if _line(one.brief.summary):
        parts.append(f"  {_marked(one.brief.summary)}")
    if one.brief.tags:
        parts.append(f"  Tags: {', '.join(map(_marked, one.brief.tags))}")
    parts += [f"  Note: {_marked(note)}" for note in one.notes]
    return "  \n".join(parts) + "\n"


def _marked(text: str) -> str:
    """One line of text in which nothing is markup, not even at the start of a line."""
    escaped = _MARKS.sub(r"\\\g<0>", _line(text))
    start = _BLOCK.match(escaped)
    if start is None:
        return escaped
    place = start.end() if start[1].isdecimal() else 0
    return f"{escaped[:place]}\\{escaped[place:]}"


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        "bibtex": Format("application/x-bibtex; charset=utf-8", ".bib", _bibtex),
        "ris": Format("application/x-research-info-systems; charset=utf-8", ".ris", _ris),
        "csv": Format("text/csv; charset=utf-8; header=present", ".csv", _csv),
        "json": Format("application/json", ".json", _json),
        "markdown": Format("text/markdown; charset=utf-8", ".md", _markdown),
    }
)
"""What bookmarks can be exported as, by name."""
