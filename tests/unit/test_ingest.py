"""Ingest: one file, one transaction, one receipt; nothing lost, nothing twice."""

import hashlib
import json
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from bot.errors import Stopped
from bot.ingest import MANY, ingest, made, merged
from bot.models import Brief, Link, Paper, Receipt
from bot.reading import brief as reading
from bot.reading.tags import load_taxonomy
from bot.sources import read_digest
from bot.store import Store, digests, papers

NOW = datetime(2026, 3, 11, 9, 0, tzinfo=UTC)

KITES = {
    "title": "Kite Networks: Learning to Fly with Strings Attached",
    "abstract": "Kites are hard to fly. We propose a network that flies a kite on 3 strings.",
}
DUCKS = {
    "title": "Ducks in a Row: Ordering Constraints for Small Birds",
    "abstract": "Ducklings follow one another. We show how to order them by weight.",
}


def brief_of(paper: Paper) -> Brief:
    """A brief that says little; what is understood of a paper is not at stake here."""
    return Brief(paper, paper.abstract[:20], ("birds",), (), (Link("find", "https://example.org"),))


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    """A history on disk."""
    opened = Store.open(tmp_path / "data" / "broadsheet.db")
    yield opened
    opened.close()


def digest_file(folder: Path, name: str, *lines: Mapping[str, object] | str) -> Path:
    """A JSON Lines digest file."""
    path = folder / name
    path.write_text(
        "".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in lines), "utf-8"
    )
    return path


async def read(store: Store, path: Path, max_bytes: int = 1_000_000) -> Receipt:
    """Ingest a file as the bot does."""
    return await ingest(store, path, brief_of, NOW, max_bytes=max_bytes)


async def test_a_receipt_says_what_became_of_each_entry(store: Store, tmp_path: Path) -> None:
    """Entries are new, seen before or unreadable, and their sum is what the file has."""
    receipt = await read(store, digest_file(tmp_path, "2026-03-11.jsonl", KITES, "{not json", DUCKS))
    assert receipt == Receipt("2026-03-11.jsonl", 3, 2, 0, 1, digest_date=receipt.digest_date)
    receipt = await read(store, digest_file(tmp_path, "2026-03-12.jsonl", KITES))
    assert (receipt.entries, receipt.new, receipt.seen, receipt.unreadable) == (1, 0, 1, 0)
    assert await store.read(papers.count) == 2


async def test_what_cannot_be_read_is_quarantined_with_its_line(store: Store, tmp_path: Path) -> None:
    """A person can look up where and why a piece of a file was set aside."""
    path = digest_file(tmp_path, "a.jsonl", KITES, "{not json")
    await read(store, path)
    (piece,) = await store.read(digests.quarantined, hashlib.sha256(path.read_bytes()).hexdigest())
    assert (piece.line, piece.text) == (2, "{not json")
    assert piece.reason


async def test_the_same_content_is_read_once_whatever_its_name(store: Store, tmp_path: Path) -> None:
    """A copied or renamed file changes nothing, and its receipt says so."""
    await read(store, digest_file(tmp_path, "a.jsonl", KITES, DUCKS))
    receipt = await read(store, digest_file(tmp_path, "b.jsonl", KITES, DUCKS))
    assert receipt.again
    assert (receipt.file, receipt.entries, receipt.new, receipt.seen) == ("b.jsonl", 2, 0, 2)
    assert len(await store.read(papers.sightings, 1)) == 1


async def test_every_file_that_names_a_paper_is_a_sighting(store: Store, tmp_path: Path) -> None:
    """Who named a paper, where and how it was recognised, is remembered each time."""
    await read(store, digest_file(tmp_path, "a.jsonl", DUCKS, KITES))
    await read(store, digest_file(tmp_path, "b.jsonl", KITES))
    first, second = await store.read(papers.sightings, 2)
    assert (first.file, first.line, first.position, first.decision.rule) == ("a.jsonl", 2, 2, "new")
    assert (second.file, second.line, second.decision.verdict) == ("b.jsonl", 1, "same")


async def test_a_paper_known_by_title_is_upgraded_when_its_id_is_seen(store: Store, tmp_path: Path) -> None:
    """The later sighting adds what was missing; the paper stays one, with its number and its text."""
    await read(store, digest_file(tmp_path, "a.jsonl", KITES))
    receipt = await read(
        store, digest_file(tmp_path, "b.jsonl", KITES | {"id": "2603.00001", "authors": ["A. Wing"]})
    )
    assert receipt.seen == 1
    paper = await store.read(papers.paper, 1)
    assert paper is not None
    assert (paper.arxiv_id, paper.authors, paper.title) == ("2603.00001", ("A. Wing",), KITES["title"])
    assert await store.read(papers.by_identifier, "2603.00001") == 1


async def test_related_papers_are_linked_and_both_kept(store: Store, tmp_path: Path) -> None:
    """Two ids under one title and unlike abstracts are two papers that know of each other."""
    await read(store, digest_file(tmp_path, "a.jsonl", KITES | {"id": "2603.00001"}))
    receipt = await read(
        store, digest_file(tmp_path, "b.jsonl", KITES | {"id": "2604.00002", "abstract": DUCKS["abstract"]})
    )
    assert receipt.new == 1
    ((other, decision),) = await store.read(papers.related, 2)
    assert (other, decision.verdict) == (1, "related")


@pytest.mark.parametrize(
    ("content", "said"), [(b"", "empty"), (b"<!doctype html><html></html>", "web page"), (b"\0" * 100, "")]
)
async def test_a_file_that_cannot_be_read_has_a_receipt_with_an_error(
    store: Store, tmp_path: Path, content: bytes, said: str
) -> None:
    """One line says which file and what is wrong; it is remembered, so that it is not told every minute."""
    path = tmp_path / "broken.txt"
    path.write_bytes(content)
    receipt = await read(store, path)
    assert receipt.error is not None
    assert receipt.error.startswith("broken.txt: ")
    assert said in receipt.error
    assert "\n" not in receipt.error
    assert [one.error for one in await store.read(digests.latest, 5)] == [receipt.error]


async def test_a_file_over_the_cap_is_an_error_and_nothing_of_it_is_read(
    store: Store, tmp_path: Path
) -> None:
    """A file too large for the settings is refused before it fills the memory."""
    receipt = await read(store, digest_file(tmp_path, "big.jsonl", KITES), max_bytes=10)
    assert receipt.error is not None
    assert "larger" in receipt.error
    assert await store.read(papers.count) == 0


async def test_a_failure_half_way_leaves_nothing_of_the_file(store: Store, tmp_path: Path) -> None:
    """One file is one transaction: all of its papers, or none and it can be read again."""
    path = digest_file(tmp_path, "a.jsonl", KITES, DUCKS | {"id": "2603.00009"})
    calls = 0

    def fails_on_upgrade(paper: Paper) -> Brief:
        nonlocal calls
        calls += 1
        if calls == 4:
            raise RuntimeError("power cut")
        return brief_of(paper)

    await ingest(store, digest_file(tmp_path, "0.jsonl", DUCKS), fails_on_upgrade, NOW, max_bytes=10_000)
    with pytest.raises(RuntimeError):
        await ingest(store, path, fails_on_upgrade, NOW, max_bytes=10_000)
    assert await store.read(papers.count) == 1
    assert len(await store.read(digests.latest, 9)) == 1
    assert (await read(store, path)).new == 1


async def test_progress_ends_at_the_whole(store: Store, tmp_path: Path) -> None:
    """Whoever watches a long file sees it come to its end."""
    seen: list[tuple[int, int]] = []
    lines = [KITES | {"title": f"Kite number {number} over the wide hills"} for number in range(120)]
    await ingest(
        store,
        digest_file(tmp_path, "a.jsonl", *lines),
        brief_of,
        NOW,
        max_bytes=1_000_000,
        progress=lambda done, total: seen.append((done, total)),
    )
    assert seen == sorted(seen)
    assert seen[-1] == (240, 240)


def test_merging_never_overwrites_what_is_known() -> None:
    """A later sighting fills gaps; only votes, which change, are taken anew."""
    old = Paper("T", "", "T", "", doi="10.1/x", upvotes=3)
    new = Paper("t", "A", "t", "A", arxiv_id="2603.00001", doi="10.1/y", upvotes=5)
    known = merged(old, new)
    assert (known.title, known.abstract, known.doi, known.arxiv_id, known.upvotes) == (
        "T",
        "A",
        "10.1/x",
        "2603.00001",
        5,
    )


@pytest.mark.parametrize("after", [50, 150])
async def test_work_that_is_stopped_keeps_nothing_and_can_be_done_again(
    store: Store, tmp_path: Path, after: int
) -> None:
    """Stopped while it is read or admitted, a file leaves no trace, and is read whole the next time."""
    lines = [KITES | {"title": f"Kite number {number} over the wide hills"} for number in range(120)]
    path = digest_file(tmp_path, "a.jsonl", *lines)

    def stop(done: int, total: int) -> None:
        if done >= after:
            raise Stopped("enough")

    with pytest.raises(Stopped):
        await ingest(store, path, brief_of, NOW, max_bytes=1_000_000, progress=stop)
    assert await store.read(papers.count) == 0
    assert (await read(store, path)).entries == 120


async def test_many_entries_are_read_by_several_processes_alike(store: Store, tmp_path: Path) -> None:
    """A long file comes out as a short one does, in its order."""
    lines = [KITES | {"title": f"Kite number {number} over the wide hills"} for number in range(MANY)]
    entries = read_digest(
        "".join(f"{json.dumps(line)}\n" for line in lines).encode(), name="a.jsonl", modified=NOW
    ).entries
    make_brief = partial(
        reading.brief_of, taxonomy=load_taxonomy('["kites"]\nphrases = ["kite"]\n', name="t")
    )
    with made(entries[:20], make_brief) as few, made(entries, make_brief) as many:
        assert list(few) == list(many)[:20]
