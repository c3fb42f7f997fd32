"""The papers of digest files, and the hand labels that belong to some of them.

Labels are keyed by a hash of the title as printed, so that no text of a digest is kept. The labelled papers are
those whose hashes come first; of these, in the same order, every second one is held out: development looks at
the others only.
"""

import gzip
import hashlib
import json
import re
from collections.abc import Container, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, NamedTuple

from bot.reading.clean import clean
from bot.sources import read_digest

DIGESTS = Path("../shared/digests")
TWO_SOURCES = Path("../shared/data/same_paper_two_sources_2000.jsonl.gz")
ARXIV = Path("../shared/data/arxiv_12000.jsonl.gz")
LABELS = Path(__file__).with_name("labels")

Part = Literal["development", "held out"]


class Reading(NamedTuple):
    """A paper as the reading parts get it; ``key`` is the hash that labels go by."""

    key: str
    title: str
    abstract: str


def key(title: str) -> str:
    """Sixteen hexadecimal digits that stand for a title as printed."""
    return hashlib.sha256(" ".join(re.findall("[a-z0-9]+", title.lower())).encode()).hexdigest()[:16]


def papers(folder: Path) -> list[Reading]:
    """Each paper of a folder's digest files once, cleaned, in the order of the keys."""
    found: dict[str, Reading] = {}
    for path in sorted(folder.glob("*.txt")):
        modified = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        for entry in read_digest(path.read_bytes(), name=path.name, modified=modified).entries:
            name = key(entry.title)
            found.setdefault(name, Reading(name, clean(entry.title), clean(entry.abstract)))
    return [found[name] for name in sorted(found)]


def records(path: Path, ids: Container[str], *, prefix: str = "") -> list[Reading]:
    """The papers with these ids among gzipped JSON Lines with ``id``, ``title`` and ``abstract``, cleaned.

    ``prefix`` stands before the names of the title and the abstract: ``hf_`` in the file of two sources.
    """
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    chosen = [row for row in rows if row["id"] in ids]
    return [
        Reading(row["id"], clean(row[f"{prefix}title"]), clean(row[f"{prefix}abstract"])) for row in chosen
    ]


def labels(file: str) -> dict[str, object]:
    """A file of hand labels, in the order of its keys."""
    loaded = json.loads((LABELS / file).read_text(encoding="utf-8"))
    return {name: loaded[name] for name in sorted(loaded)}


def split(keys: Sequence[str], part: Part) -> frozenset[str]:
    """The keys of one part of the labelled papers."""
    return frozenset(keys[::2] if part == "development" else keys[1::2])
