"""How many summaries cannot be read alone: ``python -m tests.benchmarks.summary_alone [FILES…]``.

Files are digest files, by default the shared ones, or records of arXiv (``.jsonl.gz``). The checks are written apart
from those that the summariser makes, and are stricter where they differ. ``--show`` prints the summaries at fault,
``--all`` every one.
"""

import argparse
import gzip
import json
import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

from bot.reading.clean import clean
from bot.reading.sentences import sentences
from bot.reading.summary import summarise
from bot.sources import read_digest

_OWN = {
    "paper",
    "work",
    "article",
    "study",
    "report",
    "survey",
    "thesis",
    "manuscript",
    "letter",
    "research",
    "note",
}
_POINTER = re.compile(r"\b(this|these|those|such)\s+((?:[\w-]+\s+){0,2}?[\w-]+)", re.I)
_CONNECTIVE = re.compile(
    r"(?:however|moreover|furthermore|therefore|thus|hence|additionally|besides|consequently|specifically|finally"
    r"|instead|nevertheless|nonetheless|meanwhile|similarly|likewise|in addition|in particular|in contrast"
    r"|to (?:this|that) end|as a result|for (?:example|instance)|concretely|notably|also|but|and|or|so|yet|then"
    r"|second|secondly|third|lastly|further|accordingly|conversely|in this (?:paper|work))\b,?\s",
    re.I,
)
_CITATION = re.compile(
    r"\bcite[pt]?\b|\[\d[\d,; –-]*\]|\bet al\b|\b[A-Z]\w+,? \(?(?:19|20)\d\d[a-z]?\)|\b[a-z]{3,}(?:19|20)\d\d[a-z]+\b"
)
_MARKUP = re.compile(
    r"[\\{}$~]|[\^_]\{|``|''|</?[a-z]+>|&\w+;|\*\*|\b(?:mathbf|mathcal|mathrm|textbf|textit|texttt|emph|approx|ell_)\b"
    r"|\d(?:times|pm|sim)\b"
)


def dangles(text: str) -> bool:
    """Whether it begins with a pronoun, or points at something that it has not named."""
    if re.match(r"\W*(?:it|they|its|their|both|the (?:former|latter))\s", text, re.I):
        return True
    for match in _POINTER.finditer(text):
        pointed = re.findall(r"[\w-]+", match.group(2).lower())
        if pointed[0] in _OWN or (
            match.group(1).lower() == "such" and pointed[0] in ("as", "that", "a", "an")
        ):
            continue
        if match.group(1).lower() == "those" and pointed[0] in (
            "of",
            "who",
            "that",
            "in",
            "with",
            "from",
            "for",
        ):
            continue
        before = text[: match.start()].lower()
        if len(before.split()) < 5 and not any(
            word.rstrip("s")[:5] in before for word in pointed if len(word) > 3
        ):
            return True
    return False


CHECKS: dict[str, Callable[[str], bool]] = {
    "dangling this/these/such": dangles,
    "leading connective": lambda text: bool(_CONNECTIVE.match(text)),
    "citation key": lambda text: bool(_CITATION.search(text)),
    "left-over markup": lambda text: bool(_MARKUP.search(text)),
    "under 8 words": lambda text: len(text.split()) < 8,
    "over 35 words": lambda text: len(text.split()) > 35,
    "half a bracket or quotation": lambda text: any(text.count(a) != text.count(b) for a, b in ("()", "“”")),
    "in which, of that … left hanging": lambda text: bool(
        re.search(r"\b(?:in|of|for|with|to|by|on|and|or|the|a|an|that|which|is|are)\W*$", text)
    ),
}


def entries(path: Path) -> Iterable[tuple[str, str]]:
    """Cleaned titles and abstracts of a file; those without an abstract are passed over."""
    if path.suffix == ".gz":
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            records = [json.loads(line) for line in lines]
        found = [(str(record["title"]), str(record["abstract"])) for record in records]
    else:
        digest = read_digest(path.read_bytes(), name=path.name, modified=datetime(2026, 1, 1, tzinfo=UTC))
        found = [(entry.title, entry.abstract) for entry in digest.entries]
    return [(clean(title), clean(abstract)) for title, abstract in found if abstract.strip()]


def first(_title: str, abstract: str) -> str:
    """The first sentence, to compare."""
    return next(iter(sentences(abstract)), "")


def main() -> None:
    """Print how many summaries fail each check."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "files", type=Path, nargs="*", default=sorted(Path("../shared/digests").glob("*.txt"))
    )
    parser.add_argument("--last", type=int, default=0, help="only that many papers, from the end")
    parser.add_argument("--show", action="store_true")
    parser.add_argument("--all", action="store_true")
    options = parser.parse_args()
    found = [each for path in options.files for each in entries(path)][-options.last :]
    for name, system in (("summarise", summarise), ("first sentence", first)):
        texts = [system(title, abstract) for title, abstract in found]
        print(f"{name}: {len(texts)} papers")
        for check, fails in CHECKS.items():
            failed = [text for text in texts if fails(text)]
            print(f"  {check:34} {len(failed):4}  {100 * len(failed) / max(len(texts), 1):5.2f}%")
            if options.show and system is summarise:
                print("".join(f"      {text}\n" for text in failed[:20]), end="")
        if options.all and system is summarise:
            print("".join(f"- {title}\n    {text}\n" for (title, _), text in zip(found, texts, strict=True)))


if __name__ == "__main__":
    main()
