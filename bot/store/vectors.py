"""What papers mean, as vectors that an encoder made: kept here, made elsewhere."""

from collections.abc import Callable, Mapping, Sequence
from sqlite3 import Connection
from typing import Protocol

from bot.store import papers


class Encoder(Protocol):
    """Turns texts into vectors: the nearer two texts' meanings, the larger the product of their vectors."""

    @property
    def name(self) -> str:
        """What tells its vectors from those of any other. Raises SettingsError."""
        ...

    @property
    def alpha(self) -> float:
        """What the words that a query and a paper share count beside their meaning, from 0 to 1."""
        ...

    def encode(self, texts: Sequence[str]) -> list[bytes]:
        """A vector for each text: unit length (all zero for a text without words), as float16, little-endian.

        May be called by several threads at once. Raises SettingsError.
        """
        ...


WINDOW = 10_000
"""Papers of which it is counted at once how many have vectors: an index says that, papers themselves are not read."""

Rerank = Callable[[Sequence[tuple[int, float]]], list[int]]
"""Given papers as (id, score by words), best first, the same papers in the order to show them in."""


def missing(db: Connection, encoder: str, limit: int, before: int | None = None) -> list[tuple[int, str]]:
    """Papers without a vector of this encoder's, the newest first, as (id, title and abstract).

    Up to ``limit`` of them, with ``before`` of those admitted before that one; none only when all have theirs.
    """
    found: list[tuple[int, str]] = []
    end = papers.last_id(db) + 1 if before is None else before
    while end > 1 and not found:
        start = max(1, end - WINDOW)
        of = {"encoder": encoder, "start": start, "end": end, "limit": limit}
        kept = "FROM paper_vectors v WHERE v.encoder = :encoder AND v.paper_id"
        (count,) = db.execute(f"SELECT count(*) {kept} >= :start AND v.paper_id < :end", of).fetchone()
        if count < end - start:
            rows = db.execute(
                "SELECT id, title, abstract FROM papers p WHERE id >= :start AND id < :end "
                f"AND NOT EXISTS (SELECT 1 {kept} = p.id) ORDER BY id DESC LIMIT :limit",
                of,
            )
            found = [(row["id"], f"{row['title']} {row['abstract']}".strip()) for row in rows]
        end = start
    return found


def put(db: Connection, encoder: str, vectors: Mapping[int, tuple[str, bytes]]) -> None:
    """Keep a vector for each of these papers, given with the text that it was made of, in place of any other.

    A paper whose text is another by now is left out, and so stays missing.
    """
    db.executemany(
        "INSERT INTO paper_vectors (paper_id, encoder, vector) "
        "SELECT id, ?, ? FROM papers WHERE id = ? AND trim(title || ' ' || abstract) = ? "
        "ON CONFLICT (paper_id) DO UPDATE SET encoder = excluded.encoder, vector = excluded.vector",
        [(encoder, vector, paper_id, text) for paper_id, (text, vector) in vectors.items()],
    )


def of(db: Connection, encoder: str, paper_ids: Sequence[int]) -> dict[int, bytes]:
    """The vectors of this encoder's that these papers have."""
    marks = ", ".join("?" * len(paper_ids))
    rows = db.execute(
        f"SELECT paper_id, vector FROM paper_vectors WHERE paper_id IN ({marks}) AND +encoder = ?",
        (*paper_ids, encoder),
    )
    return {row["paper_id"]: row["vector"] for row in rows}


def count(db: Connection, encoder: str) -> int:
    """How many papers have a vector of this encoder's."""
    return int(db.execute("SELECT count(*) FROM paper_vectors WHERE encoder = ?", (encoder,)).fetchone()[0])
