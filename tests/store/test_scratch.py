"""A full text in memory is empty for each who takes one, whatever the last one did with it."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.store.scratch import full_text


def said(text: str) -> list[str]:
    """The stems of a text, in a full text that must have been empty."""
    with full_text() as memory:
        assert memory.execute("SELECT count(*) FROM texts").fetchone()[0] == 0
        memory.execute("INSERT INTO texts (rowid, title, text) VALUES (1, ?, ?)", (text, text))
        return [row[0] for row in memory.execute("SELECT DISTINCT term FROM words ORDER BY offset")]


def test_words_are_stemmed_as_in_the_history() -> None:
    """Without endings, case and accents."""
    assert said("Résumés of kites") == ["resum", "of", "kite"]


def test_what_fails_leaves_nothing_behind() -> None:
    """The next one finds it empty."""

    def fail() -> None:
        with full_text() as memory:
            memory.execute("INSERT INTO texts (rowid, text) VALUES (1, 'kites')")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert said("tides") == ["tide"]


def test_threads_have_one_each() -> None:
    """None sees the texts of another."""
    words = [f"word{number}" for number in range(200)]
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(said, words)) == [[word] for word in words]
