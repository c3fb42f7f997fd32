"""Digest files and their receipts."""

from datetime import timedelta

import pytest

from bot.errors import StoreError
from bot.models import Receipt, Unreadable
from bot.store import Connection, Store, digests
from tests.store import samples
from tests.store.samples import CHANNEL, NOW, OTHER, TODAY


def test_a_receipt_comes_back_by_content(db: Connection) -> None:
    """The same content is known again under any name."""
    assert digests.receipt(db, "sha-a.txt") is None
    samples.read_digest(db, "a.txt", 2)
    assert digests.receipt(db, "sha-a.txt") == Receipt("a.txt", 2, 2, 0, 0, TODAY)
    assert digests.latest(db, 5) == [Receipt("a.txt", 2, 2, 0, 0, TODAY)]


async def test_content_is_recorded_once(store: Store) -> None:
    """The same content cannot be counted twice."""
    await store.write(digests.record, "sha", "a.txt", NOW)
    with pytest.raises(StoreError, match="UNIQUE"):
        await store.write(digests.record, "sha", "b.txt", NOW)


def test_quarantine_comes_back_in_the_files_order(db: Connection) -> None:
    """Each piece keeps its line, its reason and its text."""
    digest_id = digests.record(db, "sha", "a.txt", NOW)
    pieces = [Unreadable(9, "no abstract", "B"), Unreadable(2, "no title", "A")]
    digests.quarantine(db, digest_id, pieces)
    assert digests.quarantined(db, "sha") == pieces[::-1]
    assert digests.quarantined(db, "other") == []


def test_only_a_failure_is_forgotten_and_its_number_is_not_used_again(db: Connection) -> None:
    """A file that failed is tried again as a new one, quarantine and all; what was read stays read."""
    samples.read_digest(db, "a.txt", 1)
    failed = digests.record(db, "sha", "b.txt", NOW)
    digests.quarantine(db, failed, [Unreadable(1, "binary", "")])
    digests.finish(db, failed, Receipt("b.txt", 0, 0, 0, 1, error="not text"))
    digests.forget_failure(db, "sha")
    digests.forget_failure(db, "sha-a.txt")
    assert digests.receipt(db, "sha") is None
    assert digests.receipt(db, "sha-a.txt") is not None
    assert digests.record(db, "sha", "b.txt", NOW) > failed


def test_a_post_counts_the_files_since_the_last(db: Connection) -> None:
    """The next post's header names files read since; a first post's those of late; failures are not counted."""
    samples.fill(db)
    failed = digests.record(db, "sha", "c.txt", NOW)
    digests.finish(db, failed, Receipt("c.txt", 0, 0, 0, 0, error="not text"))
    assert [(id_, one.file) for id_, one in digests.since_post(db, CHANNEL.key, NOW)] == [(2, "b.txt")]
    assert [id_ for id_, _ in digests.since_post(db, OTHER.key, NOW)] == [1, 2]
    assert digests.since_post(db, OTHER.key, NOW + timedelta(seconds=1)) == []
    assert digests.last_id(db) == failed
    assert [one.file for one in digests.latest(db, 2)] == ["c.txt", "b.txt"]
