"""How well papers are tagged, against hand labels.

    python -m tests.benchmarks.tags_quality [DIGESTS] [--recent FILE] [--part development] [--errors]

150 papers of the digest files, those whose title hashes come first, were labelled by reading title and abstract,
before the matching was tuned and without seeing its answers. A label lists the topics of the taxonomy that the
paper is ``about``, and those that it ``touches``: that a reader would accept but not miss. Every second labelled
paper is held out (see ``labelled``). The held-out papers were scored once, then the phrases behind their faults were
mended, so their figure is a little rosy now; "recent" is 40 other papers of Hugging Face (arXiv metadata, by a
hash of their ids), labelled in the same way after the tuning. "arxiv" is 80 papers of the larger arXiv sample (since
2023, computing; by a hash of their ids), labelled later in the same way before any answer was seen: one half to tune,
the other looked at only for its figure. That was, when first seen, precision .920 and recall .773.

precision: tags given that are ``about`` or ``touches``; strict precision: only ``about``.
recall: ``about`` topics that were given. Both over all tags, not averaged by paper.
"""

import argparse
import hashlib
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import cast

from bot.reading.tags import MOST_TAGS, OTHER, Taxonomy, load_taxonomy
from tests.benchmarks import labelled

TAXONOMY = Path("config/tags.toml")
PARTS = ("development", "held out", "recent", "arxiv to tune", "arxiv held out")

Tagger = Callable[[str, str], Sequence[str]]
Label = dict[str, list[str]]


def score(name: str, tagger: Tagger, readings: Sequence[labelled.Reading], labels: dict[str, Label]) -> None:
    """Print one line of figures for a tagger."""
    given = right = strict = about = found = tagged = 0
    for reading in readings:
        label = labels[reading.key]
        tags = set(tagger(reading.title, reading.abstract)) - {OTHER}
        given += len(tags)
        right += len(tags & {*label["about"], *label["touches"]})
        strict += len(tags & set(label["about"]))
        about += len(label["about"])
        found += len(tags & set(label["about"]))
        tagged += bool(tags)
    count = len(readings)
    print(
        f"  {name:28} precision {right / given:.3f}  strict {strict / given:.3f}  recall {found / about:.3f}"
        f"  with a topic {tagged / count:.3f}  tags each {given / count:.2f}"
    )


def by_name(taxonomy: Taxonomy) -> Tagger:
    """The plain baseline: a topic whose name stands in the text, most frequent first."""

    def tag(title: str, abstract: str) -> Sequence[str]:
        text = f"{title} {abstract}".lower()
        counts = Counter({name: text.count(name) for name in taxonomy.names if name in text})
        return [name for name, _ in counts.most_common(MOST_TAGS)]

    return tag


def by_mention(taxonomy: Taxonomy) -> Tagger:
    """The same phrases without weighing: every topic that is met at all, best first."""

    def tag(title: str, abstract: str) -> Sequence[str]:
        return [name for name, _ in taxonomy.scores(title, abstract)[:MOST_TAGS]]

    return tag


def show_errors(taxonomy: Taxonomy, readings: Sequence[labelled.Reading], labels: dict[str, Label]) -> None:
    """Print each paper that is tagged wrongly, with the scores behind it."""
    for reading in readings:
        label = labels[reading.key]
        tags = set(taxonomy.tags(reading.title, reading.abstract))
        wrong = tags - {*label["about"], *label["touches"]}
        missed = set(label["about"]) - tags
        if wrong or missed:
            scores = [
                f"{name} {score:.1f}" for name, score in taxonomy.scores(reading.title, reading.abstract)
            ]
            print(f"{reading.key} {reading.title}\n   wrong {sorted(wrong)} missed {sorted(missed)}")
            print(f"   {', '.join(scores[:9])}")


def main() -> None:
    """Score the taxonomy and two baselines on each part."""
    parser = argparse.ArgumentParser(description="How well papers are tagged, against hand labels.")
    parser.add_argument("digests", nargs="?", type=Path, default=labelled.DIGESTS)
    parser.add_argument("--recent", type=Path, default=labelled.TWO_SOURCES)
    parser.add_argument("--arxiv", type=Path, default=labelled.ARXIV)
    parser.add_argument("--part", choices=PARTS)
    parser.add_argument("--errors", action="store_true")
    options = parser.parse_args()
    labels = cast("dict[str, Label]", labelled.labels("tags.json"))
    text = TAXONOMY.read_text(encoding="utf-8")
    start = time.perf_counter()
    taxonomy = load_taxonomy(text, name=str(TAXONOMY))
    print(f"{len(taxonomy.names)} topics, loaded in {(time.perf_counter() - start) * 1e3:.0f} ms")
    unknown = {tag for label in labels.values() for tags in label.values() for tag in tags} - set(
        taxonomy.names
    )
    if unknown:
        raise SystemExit(f"labelled, but not in the taxonomy: {', '.join(sorted(unknown))}")
    everything = labelled.papers(options.digests)
    parts = {part: labelled.split(list(labels), part) for part in ("development", "held out")}
    samples = {
        part: [reading for reading in everything if reading.key in keys] for part, keys in parts.items()
    }
    if options.recent.exists():
        recent = cast("dict[str, Label]", labelled.labels("tags_recent.json"))
        labels |= recent
        samples["recent"] = labelled.records(options.recent, recent, prefix="hf_")
    if options.arxiv.exists():
        listed = cast("dict[str, Label]", labelled.labels("tags_arxiv.json"))
        labels |= listed
        found = {reading.key: reading for reading in labelled.records(options.arxiv, listed)}
        order = sorted(listed, key=lambda name: hashlib.sha256(name.encode()).hexdigest())
        for part, keys in (("arxiv to tune", order[::2]), ("arxiv held out", order[1::2])):
            samples[part] = [found[name] for name in keys if name in found]
    for part in (options.part,) if options.part else samples:
        print(f"{part}: {len(samples[part])} papers")
        score("Broadsheet", taxonomy.tags, samples[part], labels)
        score("every mention", by_mention(taxonomy), samples[part], labels)
        score("topic names in the text", by_name(taxonomy), samples[part], labels)
        if options.errors:
            show_errors(taxonomy, samples[part], labels)
    start = time.process_time()
    tags = [taxonomy.tags(reading.title, reading.abstract) for reading in everything]
    spent = (time.process_time() - start) / len(everything)
    print(f"all {len(everything)} papers: {spent * 1e3:.3f} ms each")
    print(f"  with a topic {sum(tag != (OTHER,) for tag in tags) / len(tags):.3f}")
    print(f"  most frequent: {Counter(tag for each in tags for tag in each).most_common(12)}")


if __name__ == "__main__":
    main()
