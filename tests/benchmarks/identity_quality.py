"""How well ``reading.identity`` tells the same paper from its look-alikes, beside simpler rules.

    python -m tests.benchmarks.identity_quality [--data ../shared/data] [--show]

- *pairs*: one paper as two sites print it (arXiv metadata), without ids, with and without abstracts; recall
- *one title*: different papers of one title; none may be merged
- *traps*: pairs of arXiv papers that look alike, labelled by hand; no distinct or related pair may be merged
- *DBLP-ACM*: the public training and validation splits (Leipzig benchmark); the year becomes ``published``
- *distinct*: arXiv records that are all different papers; every merge through the block keys is an error
"""

import argparse
import gzip
import json
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

from bot.models import Paper
from bot.reading import identity

Rule = Callable[[Paper, Paper], bool]


def paper(
    title: str,
    abstract: str = "",
    authors: Iterable[str] = (),
    arxiv_id: str | None = None,
    published: date | None = None,
) -> Paper:
    """A paper of these, with its white space folded."""
    title, abstract = " ".join(title.split()), " ".join(abstract.split())
    return Paper(
        title, abstract, title, abstract, arxiv_id=arxiv_id, authors=tuple(authors), published=published
    )


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """The records of a JSON Lines file, gzipped or not."""
    with gzip.open(path, "rt") if path.suffix == ".gz" else path.open() as lines:
        for line in lines:
            yield json.loads(line)


def ours(a: Paper, b: Paper) -> bool:
    """What is measured."""
    return identity.decide(a, b).verdict == "same"


def equal_keys(a: Paper, b: Paper) -> bool:
    """A baseline: the normalised titles are equal."""
    return identity.title_key(a.title) == identity.title_key(b.title)


def grams(text: str) -> frozenset[str]:
    """Character 4-grams of the normalised title."""
    key = identity.title_key(text)
    return frozenset(key[i : i + 4] for i in range(max(1, len(key) - 3)))


def near_titles(a: Paper, b: Paper) -> bool:
    """A baseline: the titles share most of their 4-grams."""
    x, y = grams(a.title), grams(b.title)
    return len(x & y) >= 0.6 * len(x | y)


RULES: dict[str, Rule] = {
    "decide": ours,
    "equal keys": equal_keys,
    "4-gram Jaccard ≥ .6": near_titles,
}


def without(papers: tuple[Paper, Paper], *names: str) -> tuple[Paper, Paper]:
    """Both papers with these fields blank."""
    a, b = (
        replace(
            p,
            abstract="" if "abstract" in names else p.abstract,
            authors=() if "authors" in names else p.authors,
            arxiv_id=None if "arxiv_id" in names else p.arxiv_id,
        )
        for p in papers
    )
    return a, b


def pairs(path: Path, show: bool) -> list[Paper]:
    """Recall on one paper from two sites; returns both of each."""
    both = [
        (
            paper(r["hf_title"], r["hf_abstract"], arxiv_id=r["id"]),
            paper(r["arxiv_title"], r["arxiv_abstract"], arxiv_id=r["id"]),
        )
        for r in read_lines(path)
    ]
    for name, dropped in {
        "title + abstract": ("arxiv_id",),
        "title alone": ("arxiv_id", "abstract"),
        "with ids": (),
    }.items():
        cases = [without(case, *dropped) for case in both]
        for rule, same in RULES.items():
            recall = sum(same(*case) for case in cases) / len(cases)
            print(f"pairs      {name:18} {rule:20} recall {recall:7.2%} of {len(cases)}")
        if show and "abstract" in name:
            for a, b in cases:
                if not ours(a, b):
                    print(f"    missed: {a.title} | {b.title}: {identity.decide(a, b)}")
    return [one for case in both for one in case]


def one_title(path: Path) -> None:
    """Merges of different papers of one title."""
    cases = [
        (paper(a["title"], a["abstract"]), paper(b["title"], b["abstract"]))
        for a, b in json.loads(path.read_text())
    ]
    for rule, same in RULES.items():
        print(f"one title  {rule:39} merged {sum(same(*c) for c in cases)} of {len(cases)}")


def traps(path: Path, show: bool) -> None:
    """Verdicts on labelled look-alikes, with more and less to go by."""
    cases = [
        (
            r["label"],
            (
                paper(r["title_a"], r["abstract_a"], r["authors_a"], r["id_a"]),
                paper(r["title_b"], r["abstract_b"], r["authors_b"], r["id_b"]),
            ),
        )
        for r in read_lines(path)
    ]
    for name, dropped in {
        "with ids": (),
        "authors, abstracts": ("arxiv_id",),
        "title + abstract": ("arxiv_id", "authors"),
        "title + authors": ("arxiv_id", "abstract"),
        "title alone": ("arxiv_id", "authors", "abstract"),
    }.items():
        counts: Counter[tuple[str, str]] = Counter()
        for label, case in cases:
            decision = identity.decide(*without(case, *dropped))
            counts[label, decision.verdict] += 1
            if show and (decision.verdict == "same" or label == "same"):
                print(f"    {label}: {case[0].title} | {case[1].title}: {decision}")
        print(
            f"traps      {name:18} "
            + " · ".join(
                f"{label}: "
                + " ".join(
                    f"{verdict} {counts[label, verdict]}" for verdict in ("same", "related", "different")
                )
                for label in ("distinct", "related", "same")
            )
        )


def dblp_acm(path: Path, show: bool) -> None:
    """Precision and recall on DBLP-ACM."""
    if not path.exists():
        return
    cases = [
        (
            r["match"] == 1,
            paper(
                r["a"]["title"], "", r["a"]["authors"].split(" , "), published=date(int(r["a"]["year"]), 1, 1)
            ),
            paper(
                r["b"]["title"], "", r["b"]["authors"].split(" , "), published=date(int(r["b"]["year"]), 1, 1)
            ),
        )
        for r in read_lines(path)
    ]
    for rule, same in RULES.items():
        true = sum(match and same(a, b) for match, a, b in cases)
        found = sum(same(a, b) for _, a, b in cases)
        precision, recall = true / found, true / sum(match for match, _, _ in cases)
        f1 = 2 * precision * recall / (precision + recall)
        print(f"DBLP-ACM   {path.stem:18} {rule:20} P {precision:.2%} R {recall:.2%} F1 {f1:.2%}")
    if show:
        for match, a, b in cases:
            if match != ours(a, b):
                error = "missed" if match else "FALSE"
                print(f"    {error}: {a.title} | {b.title}: {identity.decide(a, b).reason}")


def distinct(name: str, papers: list[Paper], show: bool) -> None:
    """Merges among papers that are all different."""
    blocks: defaultdict[str, list[int]] = defaultdict(list)
    for number, one in enumerate(papers):
        for key in identity.block_keys(one.title):
            blocks[key].append(number)
    couples = {couple for block in blocks.values() if len(block) <= 200 for couple in combinations(block, 2)}
    couples = {(a, b) for a, b in couples if papers[a].arxiv_id != papers[b].arxiv_id}
    bare = [replace(one, arxiv_id=None) for one in papers]
    for rule, same in RULES.items():
        merged = [(a, b) for a, b in couples if same(bare[a], bare[b])]
        print(f"distinct   {name:18} {rule:20} merged {len(merged)} of {len(couples)} candidate pairs")
        if show and same is ours:
            for a, b in merged:
                print(f"    {bare[a].title} | {bare[b].title}: {identity.decide(bare[a], bare[b]).reason}")
    verdicts = Counter(identity.decide(papers[a], papers[b]).verdict for a, b in couples)
    print(f"distinct   {name:18} with ids: merged {verdicts['same']}, related {verdicts['related']}")


def speed(papers: list[Paper]) -> None:
    """Time of a decision."""
    couples = list(pairwise(papers))
    near = [(a, replace(a, title=a.title + " Revisited", abstract=a.abstract[20:])) for a in papers]
    for name, cases in (("unlike titles", couples), ("near titles", near)):
        start = time.process_time()
        for a, b in cases:
            identity.decide(a, b)
        print(f"speed      {name:18} {(time.process_time() - start) / len(cases) * 1e3:.3f} ms a decision")


def main() -> None:
    """Print every figure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--show", action="store_true", help="print every error")
    options = parser.parse_args()
    data: Path = options.data
    both = pairs(data / "same_paper_two_sources_2000.jsonl.gz", options.show)
    one_title(data / "same_title_different_paper.json")
    traps(data / "matching" / "arxiv_traps.jsonl", options.show)
    for part in ("train", "valid"):
        dblp_acm(data / "matching" / f"dblp_acm_{part}.jsonl", options.show)
    records = [
        paper(r["title"], r["abstract"], arxiv_id=r["id"]) for r in read_lines(data / "arxiv_12000.jsonl.gz")
    ]
    distinct("two sources", both, options.show)
    distinct("arXiv 12,000", records, options.show)
    speed(records)


if __name__ == "__main__":
    main()
