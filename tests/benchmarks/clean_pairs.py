"""How alike one paper reads after cleaning when Hugging Face and arXiv print it differently, and how fast.

    python -m tests.benchmarks.clean_pairs [PAIRS.jsonl.gz] [--records RECORDS.jsonl.gz] [--failures]

A pair (title and abstract of one paper on both sites) counts as equal when both texts are equal. Two rules
give Hugging Face's form of an arXiv text (``as_hugging_face``); where they don't, the authors revised one
text, and no cleaning can make a pair equal: those are counted apart, as are pairs whose letters and digits
differ with every symbol spelled out. Rules were written looking at the papers whose id hashes below three
quarters ("seen"); the rest is "held out". The same two rules make further pairs of any arXiv records.
``--failures`` prints what still differs among the seen.
"""

import argparse
import difflib
import gzip
import hashlib
import json
import re
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from pylatexenc.latex2text import LatexNodes2Text

from bot.reading.clean import clean
from bot.reading.latex import SYMBOLS

Pair = tuple[tuple[str, str], ...]  # for title and abstract: as Hugging Face, as arXiv prints it

_ARGUMENT = re.compile(r"\\[A-Za-z]+\{([^}]*)\}")
_DOLLARS = re.compile(r"\$([^$]*)\$")
_LATEX = re.compile(r"[\\${}^_~`<>&]|--|''")
_SPELLED_OUT = {
    ord(symbol): name for name, symbol in SYMBOLS.items() if not symbol.isascii() and len(symbol) == 1
}


def fold(text: str) -> str:
    """White space folded, nothing else."""
    return " ".join(text.split())


def as_hugging_face(text: str) -> str:
    """What Hugging Face prints of an arXiv text: commands lose name and braces, math dollars and backslashes."""
    return fold(_DOLLARS.sub(lambda m: m[1].replace("\\", ""), _ARGUMENT.sub(r"\1", text)))


def letters(text: str) -> str:
    """The letters and digits of a cleaned text, its symbols spelled out."""
    return re.sub(r"[\W_]", "", text.translate(_SPELLED_OUT)).casefold()


def pylatexenc_alone(text: str) -> str:
    """The baseline: what pylatexenc makes of a text, unguarded but for its own errors."""
    try:
        return fold(_CONVERTER.latex_to_text(text))
    except (RecursionError, ValueError, IndexError):
        return fold(text)


_CONVERTER = LatexNodes2Text(math_mode="text")


def read(path: Path) -> Iterable[tuple[bool, Pair]]:
    """Every paper of the file: whether its rules were written looking at it, and its texts."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            paper = json.loads(line)
            seen = hashlib.sha256(paper["id"].encode()).digest()[0] < 192
            yield (
                seen,
                tuple((fold(paper[f"hf_{k}"]), fold(paper[f"arxiv_{k}"])) for k in ("title", "abstract")),
            )


def made_pairs(path: Path) -> Iterable[tuple[bool, Pair]]:
    """Every arXiv record that Hugging Face would print otherwise: whether it was looked at, and its texts."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for record in map(json.loads, lines):
            texts = [fold(record[key]) for key in ("title", "abstract")]
            pair = tuple((as_hugging_face(text), text) for text in texts)
            if any(a != b for a, b in pair):
                yield hashlib.sha256(record["id"].encode()).digest()[0] < 192, pair


def measure(name: str, pairs: list[Pair], cleaned_by: Callable[[str], str]) -> None:
    """Print one line of figures for one way to clean."""
    differ = [pair for pair in pairs if any(a != b for a, b in pair)]
    plain = [pair for pair in pairs if not any(_LATEX.search(text) for both in pair for text in both)]
    equal = sum(all(cleaned_by(a) == cleaned_by(b) for a, b in pair) for pair in differ)
    same = [pair for pair in differ if all(as_hugging_face(b) == a for a, b in pair)]
    equal_of_same = sum(all(cleaned_by(a) == cleaned_by(b) for a, b in pair) for pair in same)
    possible = sum(all(letters(clean(a)) == letters(clean(b)) for a, b in pair) for pair in differ)
    changed = sum(any(cleaned_by(text) != text for both in pair for text in both) for pair in plain)
    print(
        f"{name:12} {len(differ):4} of {len(pairs)} pairs differ; equal after: {equal} = {equal / len(differ):.1%}, "
        f"of the {len(same)} that nobody revised {equal_of_same / max(len(same), 1):.1%}, "
        f"of the {possible} with the same letters {equal / max(possible, 1):.1%}; "
        f"changed without LaTeX: {changed} of {len(plain)}"
    )


def report_failures(pairs: list[Pair]) -> None:
    """Print the words that still differ, pair by pair."""
    for pair in pairs:
        for a, b in ((clean(a).split(), clean(b).split()) for a, b in pair):
            blocks = [
                block
                for block in difflib.SequenceMatcher(None, a, b, False).get_opcodes()
                if block[0] != "equal"
            ]
            for _, i, j, k, m in blocks[:4]:
                print("   ", " ".join(a[i:j])[:90], "||", " ".join(b[k:m])[:90])
            if blocks:
                print()


def speed(name: str, pairs: list[Pair], cleaned_by: Callable[[str], str]) -> None:
    """Print milliseconds a record (title and abstract, Hugging Face's form), the best of three rounds."""
    rounds = []
    for _ in range(3):
        began = time.process_time()
        for (title, _), (abstract, _) in pairs:
            cleaned_by(title)
            cleaned_by(abstract)
        rounds.append((time.process_time() - began) / len(pairs))
    print(f"{name:12} {min(rounds) * 1e3:.3f} ms a record")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    default = Path("../shared/data/same_paper_two_sources_2000.jsonl.gz")
    parser.add_argument("pairs", type=Path, nargs="?", default=default)
    parser.add_argument("--records", type=Path, default=Path("../shared/data/arxiv_12000.jsonl.gz"))
    parser.add_argument("--failures", action="store_true")
    arguments = parser.parse_args()
    papers = list(read(arguments.pairs))
    for part, wanted in (("seen", True), ("held out", False)):
        pairs = [pair for seen, pair in papers if seen is wanted]
        print(f"== {part}")
        for name, cleaned_by in (("clean", clean), ("identity", fold), ("pylatexenc", pylatexenc_alone)):
            measure(name, pairs, cleaned_by)
        if arguments.failures and wanted:
            report_failures(pairs)
    made = list(made_pairs(arguments.records))
    for part, wanted in (("made, seen", True), ("made, held out", False)):
        print(f"== {part}")
        pairs = [pair for seen, pair in made if seen is wanted]
        for name, cleaned_by in (("clean", clean), ("identity", fold)):
            measure(name, pairs, cleaned_by)
    print("== speed")
    for name, cleaned_by in (("clean", clean), ("identity", fold), ("pylatexenc", pylatexenc_alone)):
        speed(name, [pair for _, pair in papers], cleaned_by)


if __name__ == "__main__":
    main()
