"""The papers with the largest sums of weights, as sorting would find them."""

from collections.abc import Iterable
from itertools import islice

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.store.ranking import CHUNK, best, members, newest, summed, values

IDS = st.sets(st.one_of(st.integers(0, 60), st.integers(CHUNK - 9, CHUNK + 9), st.integers(0, 3 * CHUNK - 1)))
WEIGHTED = st.lists(st.tuples(IDS, st.integers(0, 20)), max_size=7)


def of(ids: Iterable[int]) -> list[int]:
    """These papers as a set."""
    chunks = [0] * (max(ids, default=-1) // CHUNK + 1)
    for one in ids:
        chunks[one // CHUNK] |= 1 << one % CHUNK
    return chunks


@settings(deadline=None, max_examples=50)
@given(weighted=WEIGHTED, count=st.integers(0, 90))
def test_the_best_are_those_that_sorting_finds(weighted: list[tuple[set[int], int]], count: int) -> None:
    """Those with the largest sums, of equals the newest; a member of nothing that counts is never among them."""
    wanted = {
        one: sum(weight for ids, weight in weighted if one in ids) for ids, _ in weighted for one in ids
    }
    in_order = sorted(
        (one for one in wanted if wanted[one]), key=lambda one: (wanted[one], one), reverse=True
    )
    sums = summed([(of(ids), weight) for ids, weight in weighted])
    found = best(sums, count)
    assert sorted(found) == sorted(in_order[:count])
    assert values(sums, found) == [wanted[one] for one in found]


@settings(deadline=None, max_examples=50)
@given(ids=IDS, count=st.integers(0, 70))
def test_a_set_gives_back_what_is_in_it(ids: set[int], count: int) -> None:
    """In order, or the newest first."""
    assert members(of(ids)) == sorted(ids)
    assert list(islice(newest(of(ids)), count)) == sorted(ids, reverse=True)[:count]
