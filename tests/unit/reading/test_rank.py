"""What ``reading.rank`` must hold: the channel's wishes first, the digest's own order as the last word."""

import math
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.models import Brief, Interests, Link, Paper
from bot.reading.rank import NO_PROFILE, Example, Ranked, features, learn, rank


def brief(
    title: str,
    *tags: str,
    abstract: str = "",
    summary: str = "",
    upvotes: int | None = None,
    published: date | None = None,
    code: bool = False,
) -> Brief:
    """A brief of these."""
    paper = Paper(title, abstract, title, abstract, upvotes=upvotes, published=published)
    links = (Link("code", "https://example.org/code"),) if code else ()
    return Brief(paper, summary, tags, (), links)


def titles(ranked: tuple[Ranked, ...]) -> list[str]:
    """The titles, in order."""
    return [one.brief.paper.title for one in ranked]


DAY = [
    brief("Old Bridges", "structures"),
    brief("Sparrow Routing", "mixture of experts", code=True),
    brief("Thermal Cameras", "vision"),
    brief("Quiet Rivers", "hydrology"),
]


def test_nothing_asked_gives_the_digests_own_order() -> None:
    """No interests, no bookmarks, no signals: the digest's order, even past links to code."""
    assert titles(rank(DAY, Interests())) == [one.paper.title for one in DAY]
    assert rank([], Interests()) == ()


def test_a_tag_or_keyword_asked_for_comes_first() -> None:
    """What the channel's interests name goes before all else, the title's word before the abstract's."""
    assert titles(rank(DAY, Interests(tags=("Vision",))))[0] == "Thermal Cameras"
    assert titles(rank(DAY, Interests(tags=("mixture-of-experts",))))[0] == "Sparrow Routing"
    said = replace(DAY[2], paper=replace(DAY[2].paper, abstract="Rivers freeze."))
    assert titles(rank([DAY[0], said, DAY[3]], Interests(keywords=("river",)))) == [
        "Quiet Rivers",
        "Thermal Cameras",
        "Old Bridges",
    ]


def test_a_keyword_is_a_whole_word() -> None:
    """``GAN`` is not found in ``organ``, and an empty keyword finds nothing."""
    day = [brief("A"), brief("Organ Playing")]
    assert titles(rank(day, Interests(keywords=("GAN", " ")))) == ["A", "Organ Playing"]
    assert not any(one.muted for one in rank(day, Interests(muted=("gan", ""))))


def test_a_muted_word_hides_and_goes_last() -> None:
    """A muted word in title, summary or tags hides a paper whatever else it has; others keep their order."""
    ranked = rank(DAY, Interests(tags=("structures",), muted=("bridge", "vision")))
    assert [(one.brief.paper.title, one.muted) for one in ranked] == [
        ("Sparrow Routing", None),
        ("Quiet Rivers", None),
        ("Old Bridges", "bridge"),
        ("Thermal Cameras", "vision"),
    ]
    passing = brief("Rivers", abstract="Unlike work on vision, we wade.")
    assert not rank([passing], Interests(muted=("vision",)))[0].muted


def test_signals_raise_a_paper() -> None:
    """Many upvotes and a recent date count; a future or absent date and no upvotes do no harm."""
    today = date(2026, 3, 1)
    assert titles(rank([brief("A"), brief("B", upvotes=200)], Interests(), today=today)) == ["B", "A"]
    fresh = [brief("A", published=today - timedelta(days=900)), brief("B", published=today)]
    fresh += [brief(str(n)) for n in range(9)]
    assert titles(rank(fresh, Interests(), today=today))[0] == "B"
    odd = [brief("A", upvotes=-3, published=today + timedelta(days=9)), brief("B", upvotes=0)]
    assert titles(rank(odd, Interests(), today=today)) == ["A", "B"]


def history(loved: int, other: int, age: float = 1.0) -> list[Example]:
    """Bookmarks on rivers, and none on bridges."""
    rivers = features(brief("Quiet Rivers", "hydrology", abstract="Water runs to the sea."))
    bridges = features(brief("Old Bridges", "structures", abstract="Steel bends under load."))
    return [Example(rivers, True, age)] * loved + [Example(bridges, False, age)] * other


def test_bookmarks_teach_what_the_group_likes() -> None:
    """A paper like those bookmarked goes before one like those passed over."""
    profile = learn(history(20, 60))
    ranked = rank(DAY, Interests(), profile)
    assert titles(ranked)[0] == "Quiet Rivers"
    assert titles(ranked)[-1] == "Old Bridges"
    assert dict(ranked[0].parts)["bookmarks"] > 0


def test_no_bookmarks_teach_nothing() -> None:
    """Nothing posted, nothing bookmarked, or all of it: the profile stays silent."""
    for examples in ([], history(0, 9), history(9, 0)):
        assert learn(examples) == NO_PROFILE


def test_few_or_old_bookmarks_say_less() -> None:
    """One bookmark moves a paper less than ten, and a year-old taste less than yesterday's."""

    def taste(examples: list[Example]) -> float:
        return dict(rank([DAY[3]], Interests(), learn(examples))[0].parts)["bookmarks"]

    assert 0 < taste(history(1, 30)) < taste(history(10, 30))
    turned = [
        *history(8, 8, age=1.0),
        *(replace(e, bookmarked=not e.bookmarked) for e in history(8, 8, age=400.0)),
    ]
    assert taste(turned) > 0


def test_one_topic_does_not_fill_the_top() -> None:
    """Among papers equally asked for, one with other tags goes between those with the same."""
    day = [
        brief("A", "vision", "pruning"),
        brief("B", "vision", "pruning"),
        brief("C", "vision", "pruning"),
        brief("D", "vision", "thermal"),
        brief("E", "rivers"),
    ]
    ranked = rank(day, Interests(tags=("vision",)))
    assert titles(ranked) == ["A", "D", "B", "C", "E"]
    assert dict(ranked[2].parts)["spread"] < 0


tags = st.lists(st.sampled_from(["vision", "pruning", "rivers", "speech"]), max_size=3, unique=True)
briefs = st.builds(
    lambda title, tags, votes, code: brief(title, *tags, upvotes=votes, code=code),
    st.text(max_size=20),
    tags,
    st.none() | st.integers(0, 10**6),
    st.booleans(),
)
interests = st.builds(
    Interests,
    tags.map(tuple),
    st.lists(st.text(max_size=4), max_size=2).map(tuple),
    tags.map(lambda t: tuple(t[:1])),
)


@given(st.lists(briefs, max_size=12), interests)
@settings(deadline=None, max_examples=100)
def test_every_brief_is_ranked_once_and_its_parts_add_up(day: list[Brief], wishes: Interests) -> None:
    """No paper is lost or doubled, muted ones are last, and the score is the sum of its parts."""
    ranked = rank(day, wishes, learn(history(5, 5)), date(2026, 3, 1))
    assert sorted(map(id, day)) == sorted(id(one.brief) for one in ranked)
    assert [bool(one.muted) for one in ranked] == sorted(bool(one.muted) for one in ranked)
    for one in ranked:
        assert math.isclose(one.score, sum(value for _, value in one.parts), abs_tol=1e-9)
    assert ranked == rank(day, wishes, learn(history(5, 5)), date(2026, 3, 1))
