"""The members of sets with the largest sums of weights, as sorting would find them."""

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.store.ranking import best, members, newest, summed, values

SETS = st.lists(st.tuples(st.integers(0, 2**80), st.integers(0, 20)), max_size=9)


@settings(deadline=None)
@given(weighted=SETS, count=st.integers(0, 90))
def test_the_best_are_those_that_sorting_finds(weighted: list[tuple[int, int]], count: int) -> None:
    """Those with the largest sums, of equals the newest; a member of nothing that counts is never among them."""
    sums = {one: sum(weight for bits, weight in weighted if bits >> one & 1) for one in range(81)}
    wanted = sorted((one for one in sums if sums[one]), key=lambda one: (sums[one], one), reverse=True)
    digits = summed(weighted)
    found = best(digits, count)
    assert sorted(found) == sorted(wanted[:count])
    assert values(digits, found) == [sums[one] for one in found]


@settings(deadline=None)
@given(ids=st.sets(st.integers(0, 20_000), max_size=60), count=st.integers(0, 70))
def test_the_newest_are_the_last_members(ids: set[int], count: int) -> None:
    """A set gives back what is in it, and its largest members wherever they are."""
    bits = sum(1 << one for one in ids)
    assert members(bits) == sorted(ids)
    assert newest(bits, count) == sorted(ids)[max(0, len(ids) - count) :]
