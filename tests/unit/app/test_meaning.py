"""Papers are encoded beside all else, are found by what they mean, and nothing fails without an encoder."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from bot import library
from bot.app import meaning
from bot.app.meaning import BATCH, Encoding, encode_missing
from bot.errors import SettingsError
from bot.models import Brief, Paper
from bot.reading.identity import block_keys
from bot.settings import SearchSettings, Settings
from bot.store import Connection, Store, papers, vectors

NOW = datetime(2026, 3, 11, 9, tzinfo=UTC)
SUBJECTS = {"dog": 0, "puppy": 0, "hound": 0, "bond": 1, "share": 1, "tide": 2}


class Subjects:
    """An encoder that knows what a few words are about."""

    name = "subjects"
    alpha = 0.5

    def __init__(self) -> None:
        self.encoded: list[str] = []

    def encode(self, texts: Sequence[str]) -> list[bytes]:
        """One axis a subject."""
        self.encoded += texts
        found = []
        for text in texts:
            about = np.zeros(3)
            for word in text.casefold().split():
                if word.strip(".") in SUBJECTS:
                    about[SUBJECTS[word.strip(".")]] += 1
            found.append((about / max(1.0, float(np.linalg.norm(about)))).astype("<f2").tobytes())
        return found


class Broken(Subjects):
    """An encoder whose model is damaged."""

    def encode(self, texts: Sequence[str]) -> list[bytes]:
        """Nothing."""
        raise SettingsError("search.encoder: damaged")


TEXTS = (
    ("Training a market", "We train a bond and a share on yields."),
    ("Training a friend", "We train a puppy with treats, as a hound would be."),
    ("On yields", "A share of a bond, and its price and yields."),
    ("On the tide", "The tide at noon."),
)


def admit(db: Connection, texts: Sequence[tuple[str, str]]) -> None:
    """Papers with these texts."""
    for title, abstract in texts:
        paper = Paper(title, abstract, title, abstract)
        papers.admit(db, Brief(paper, "", (), (), ()), block_keys(title), NOW)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    """A history of four papers, with an encoder and no vectors."""
    opened = Store.open(tmp_path / "broadsheet.db", encoder=Subjects())
    await opened.write(admit, TEXTS)
    yield opened
    opened.close()


async def found(store: Store, query: str, limit: int = 10, offset: int = 0) -> list[int | None]:
    """The papers that a search finds."""
    return [hit.brief.paper.id for hit in (await library.search(store, query, limit, offset)).hits]


async def test_what_is_meant_comes_before_what_is_said(store: Store) -> None:
    """Without vectors words alone count; with them the paper about the query's subject comes first."""
    words = await found(store, "how to train my dog on treats or yields or a market")
    assert words[0] == 1
    assert await encode_missing(store, Subjects()) == 4
    assert (await found(store, "how to train my dog on treats or yields or a market"))[0] == 2


async def test_what_was_asked_for_exactly_stays(store: Store) -> None:
    """Title beginnings come first, phrases and exclusions hold, and no filter is ranked by meaning."""
    await encode_missing(store, Subjects())
    assert (await found(store, "on yields"))[0] == 3
    assert await found(store, '"train a puppy"') == [2]
    assert await found(store, "train -treats share bond market") == [1, 3]
    assert await found(store, "since:2020") == [4, 3, 2, 1]


async def test_pages_are_of_one_list(store: Store) -> None:
    """Whatever the size of a page, the pages together are the whole answer."""
    await encode_missing(store, Subjects())
    query = "a dog and a bond on yields at noon we train"
    whole = await found(store, query)
    assert len(whole) == 4
    assert [(await found(store, query, 1, place))[0] for place in range(4)] == whole


async def test_similar_papers_are_those_about_the_same(store: Store) -> None:
    """With vectors the subject counts beside shared words; a paper without one has its likes all the same."""
    await encode_missing(store, Subjects())
    likes = [hit.brief.paper.id for hit in await library.similar(store, 1, 10)]
    assert likes[0] == 3
    await store.write(admit, [("A market of shares", "Training and yields.")])
    assert await library.similar(store, 5, 10)


async def test_every_paper_is_encoded_once_the_newest_first(store: Store) -> None:
    """In batches, each of which is kept: what is encoded already is never encoded again."""
    await store.write(admit, [(f"Paper {number}", "A tide.") for number in range(2 * BATCH)])
    by = Subjects()
    assert await encode_missing(store, by) == 2 * BATCH + 4
    assert by.encoded[0].startswith(f"Paper {2 * BATCH - 1}")
    assert len(by.encoded) == len(set(by.encoded)) == 2 * BATCH + 4
    assert await encode_missing(store, by) == 0


async def test_a_tick_encodes_what_came_since(store: Store) -> None:
    """The tick returns at once; the papers are encoded by themselves, and those that come later by a later tick."""
    encoding = Encoding(store)

    async def encoded(count: int) -> None:
        while await store.read(vectors.count, Subjects.name) < count:
            await asyncio.sleep(0.01)
            await encoding.tick()

    async with asyncio.timeout(20):
        await encoded(4)
        await store.write(admit, [("Another tide", "At noon.")])
        await encoded(5)
    await encoding.stop()


async def test_a_broken_encoder_leaves_search_by_words(tmp_path: Path) -> None:
    """Nothing fails: not the tick, not the search, not what is similar."""
    store = Store.open(tmp_path / "broadsheet.db", encoder=Broken())
    try:
        await store.write(admit, TEXTS)
        encoding = Encoding(store)
        await encoding.tick()
        assert await found(store, "train a bond with treats") != []
        assert await library.similar(store, 1, 10) != []
        await encoding.stop()
        assert await store.read(vectors.count, Broken.name) == 0
        await store.write(vectors.put, Broken.name, {1: (" ".join(TEXTS[0]), Subjects().encode(["dog"])[0])})
        assert (await found(store, "how to train my dog on treats or yields"))[0] in {1, 2}
    finally:
        store.close()


def test_an_encoder_that_is_not_there_is_no_reason_to_stop(tmp_path: Path) -> None:
    """The bot runs without; doctor says what to do."""
    assert meaning.encoder(Settings(search=SearchSettings(encoder=str(tmp_path / "none")))) is None
    assert meaning.encoder(Settings()) is None


def test_a_run_without_an_encoder_loads_none_of_it() -> None:
    """Start and memory are as if there were no search by meaning."""
    code = (
        "import sys, bot.cli, bot.app.runner, bot.app.asking, bot.app.doctor\n"
        "print({'numpy', 'tokenizers', 'safetensors', 'onnxruntime', 'wordllama'} & sys.modules.keys())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
