"""What ``reading.identity`` must hold: the same paper is found again, and no other paper is ever merged."""

from dataclasses import replace
from datetime import date
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.models import Candidate, Paper
from bot.reading.identity import block_keys, decide, identify, plausible, title_key

ABSTRACT = (
    "We study how a mixture of small experts can share one cache, and show that routing by recency halves "
    "the memory that long prompts need. On four public tasks the loss in accuracy stays under one point, "
    "while throughput doubles on a single card."
)
OTHER_ABSTRACT = (
    "Bridges age. This survey collects forty years of sensor records from nine countries and asks which of "
    "the usual indicators foresee fatigue. Only strain at the bearings does so early enough to matter."
)
AUTHORS = ("Ada Lindqvist", "Bo Okafor", "Chen Wei")
OTHER_AUTHORS = ("Dario Ferri", "Esi Mensah")


def paper(
    title: str,
    abstract: str = "",
    authors: tuple[str, ...] = (),
    arxiv_id: str | None = None,
    doi: str | None = None,
    published: date | None = None,
    number: int | None = None,
) -> Paper:
    """A paper of these."""
    return Paper(title, abstract, title, abstract, arxiv_id, doi, None, authors, (), published, None, number)


def verdict(a: Paper, b: Paper) -> str:
    """What is decided of two papers."""
    return decide(a, b).verdict


# Look-alikes that are not one paper, even by the same people with the same abstract.
TRAPS = [
    ("Sparrow v2: Faster Routing for Small Experts", "Sparrow v3: Faster Routing for Small Experts"),
    ("Lectures on Shallow Water II", "Lectures on Shallow Water III"),
    ("Lectures on Shallow Water I", "Lectures on Shallow Water II"),
    ("A Theory of Caches, Part 1", "A Theory of Caches, Part 2"),
    ("A Theory of Caches, Part One", "A Theory of Caches, Part Two"),
    ("A Theory of Caches, Part A", "A Theory of Caches, Part B"),
    ("A Theory of Caches", "A Theory of Caches, Part II"),
    ("Co-Seg: Prompts that Segment Together", "Co-Seg++: Prompts that Segment Together"),
    ("Porting a Compiler to C#", "Porting a Compiler to C"),
    ("Porting a Compiler to C++", "Porting a Compiler to C"),
    ("Porting a Compiler to C++", "Porting a Compiler to C#"),
    ("3D Pose from One Thermal Camera", "2D Pose from One Thermal Camera"),
    ("YOLOv9: Learning What Matters", "YOLOv10: Learning What Matters"),
    ("Qwen2.5 Technical Report", "Qwen3 Technical Report"),
    ("Kestrel-7B Technical Report", "Kestrel-13B Technical Report"),
    ("Do Experts Forget Long Prompts?", "Reply to: Do Experts Forget Long Prompts?"),
    ("Do Experts Forget Long Prompts?", "Comment on “Do Experts Forget Long Prompts?”"),
    ("Do Experts Forget Long Prompts?", "Erratum: Do Experts Forget Long Prompts?"),
    ("Do Experts Forget Long Prompts?", "Do Experts Forget Long Prompts? Revisited"),
    ("Do Experts Forget Long Prompts?", "Correction to: Do Experts Forget Long Prompts?"),
    ("Do Experts Forget Long Prompts?", "A Rebuttal of Do Experts Forget Long Prompts?"),
    ("Do Experts Forget Long Prompts?", "Supplementary Material: Do Experts Forget Long Prompts?"),
    ("The First Challenge on Night Rain Removal", "The Second Challenge on Night Rain Removal"),
    ("Findings of the Shared Task on Riddles 2025", "Findings of the Shared Task on Riddles 2026"),
    ("Riddles at SemEval-2025 Task 7", "Riddles at SemEval-2025 Task 9"),
]

# One word differs, and means another thing: never one paper without abstracts that say so.
NEAR = [
    ("Supervised Routing of Small Experts", "Unsupervised Routing of Small Experts"),
    ("Symmetric Routing of Small Experts", "Asymmetric Routing of Small Experts"),
    ("Minimization of Cache Misses under Load", "Maximization of Cache Misses under Load"),
    ("Micro Benchmarks of Expert Routing", "Macro Benchmarks of Expert Routing"),
    ("Pre-training of Small Experts at Night", "Post-training of Small Experts at Night"),
    ("Kestrel Nano: an Open Speech Model", "Kestrel Ultra: an Open Speech Model"),
    ("Findings on Generated Text Detection", "Findings on Generated Image Detection"),
    ("Inter-Layer Cache Sharing of Experts", "Intra-Layer Cache Sharing of Experts"),
    ("Increasing the Depth of Small Experts", "Decreasing the Depth of Small Experts"),
    ("Convex Routing of Small Experts", "Nonconvex Routing of Small Experts"),
]


# One printing of a title and another.
PRINTINGS = [
    ("Sparrow: Faster Routing for Small Experts", "SPARROW : faster routing for small experts."),
    ("β-Routing of Small Experts", "Beta-Routing of Small Experts"),
    ("ℓ₂ Routing of Small Experts", "l2 routing of small experts"),
    ("Naïve Routing of Small Experts", "Nai\u0308ve Routing of Small Experts"),
    ("Ｓｐａｒｒｏｗ routing of experts", "Sparrow Routing of Experts"),
    ("Efficient Routing of Small Experts", "E\ufb03cient Routing\nof Small Experts"),
]


@pytest.mark.parametrize(("one", "other"), TRAPS)
@pytest.mark.parametrize("authors", [(), AUTHORS])
@pytest.mark.parametrize("abstract", ["", ABSTRACT])
def test_numbers_parts_signs_and_replies_are_never_merged(
    one: str, other: str, authors: tuple[str, ...], abstract: str
) -> None:
    """A number, a part, a sign or a reply makes another paper, whatever else agrees."""
    assert verdict(paper(one, abstract, authors), paper(other, abstract, authors)) != "same"


@pytest.mark.parametrize(("one", "other"), NEAR)
@pytest.mark.parametrize("authors", [(), AUTHORS])
def test_a_word_of_another_meaning_is_not_a_slip(one: str, other: str, authors: tuple[str, ...]) -> None:
    """Titles a letter or a word apart are not one paper without abstracts that agree."""
    assert verdict(paper(one, "", authors), paper(other, "", authors)) == "different"
    assert verdict(paper(one, ABSTRACT, authors), paper(other, OTHER_ABSTRACT, authors)) == "different"


@pytest.mark.parametrize(("one", "other"), PRINTINGS)
def test_two_printings_of_one_title_have_one_key(one: str, other: str) -> None:
    """Case, accents, ligatures, wide letters, Greek and punctuation do not change a title's key."""
    assert title_key(one) == title_key(other)
    assert verdict(paper(one, ABSTRACT), paper(other, ABSTRACT)) == "same"


def test_plus_and_hash_are_part_of_the_key() -> None:
    """``Co-Seg++`` is not ``Co-Seg``, nor ``C#`` a ``C``."""
    assert len({title_key(title) for title in ("C", "C+", "C++", "C#")}) == 4


def test_an_arxiv_id_decides_before_all_else() -> None:
    """One arXiv id is one paper whatever the titles; two are never merged whatever the text."""
    a = paper("Sparrow: Faster Routing for Small Experts", ABSTRACT, AUTHORS, "2501.00001")
    renamed = paper("Bridges", OTHER_ABSTRACT, OTHER_AUTHORS, "arXiv:2501.00001v3")
    assert decide(a, renamed).verdict == "same"
    assert decide(a, renamed).rule == "arxiv-id"
    assert decide(a, replace(a, arxiv_id="2501.00002")).verdict == "related"
    assert "2501.00001" in decide(a, replace(a, arxiv_id="2501.00002")).reason


def test_old_style_ids_are_one_with_and_without_their_class() -> None:
    """``cs.LG/0701001`` and ``cs/0701001v2`` are one id, and not ``math/0701001``."""
    a = paper("A", arxiv_id="cs.LG/0701001")
    assert verdict(a, paper("B", arxiv_id="cs/0701001v2")) == "same"
    assert verdict(a, paper("B", arxiv_id="math/0701001")) != "same"


def test_a_doi_decides_when_no_arxiv_id_does() -> None:
    """One DOI is one paper, two are at most related, and a DOI that arXiv gave out is an arXiv id."""
    a = paper("Sparrow: Faster Routing for Small Experts", ABSTRACT, AUTHORS, doi="10.1000/ABC.1")
    assert decide(a, paper("Bridges", doi="https://doi.org/10.1000/abc.1")).rule == "doi"
    assert verdict(a, replace(a, doi="10.1000/abc.2")) == "related"
    assert (
        decide(paper("A", doi="10.48550/arXiv.2501.00001"), paper("B", arxiv_id="2501.00001")).rule
        == "arxiv-id"
    )


def test_a_title_alone_meets_its_arxiv_id() -> None:
    """A paper first seen by its title is the same when it comes again with id and authors."""
    title = "Sparrow: Faster Routing for Small Experts"
    whole = paper(title, ABSTRACT, AUTHORS, "2501.00001")
    assert verdict(whole, paper(title)) == "same"
    assert verdict(whole, paper(title, ABSTRACT)) == "same"


def test_one_title_with_unlike_abstracts_is_linked_and_not_merged() -> None:
    """Two papers may share a title; without ids the abstracts tell them apart."""
    title = "Sparrow: Faster Routing for Small Experts"
    assert verdict(paper(title, ABSTRACT), paper(title, OTHER_ABSTRACT)) == "related"
    assert verdict(paper(title, ABSTRACT, AUTHORS), paper(title, OTHER_ABSTRACT, AUTHORS)) == "related"


@pytest.mark.parametrize("title", ["Introduction", "A Survey", "Guest Editorial", "LoRA"])
def test_a_short_title_needs_more_than_itself(title: str) -> None:
    """A generic title merges with an equal abstract, and not by itself."""
    assert verdict(paper(title, ABSTRACT), paper(title, ABSTRACT)) == "same"
    assert verdict(paper(title, ABSTRACT), paper(title, OTHER_ABSTRACT)) == "different"
    assert verdict(paper(title), paper(title)) == "different"
    assert verdict(paper(title, "", AUTHORS), paper(title, "", OTHER_AUTHORS)) == "different"


def test_an_abstract_cut_short_is_the_same_abstract() -> None:
    """A feed that cuts the abstract off does not make another paper of it."""
    assert verdict(paper("Sparrow", ABSTRACT), paper("Sparrow", ABSTRACT[:150] + "…")) == "same"


def test_an_abstract_alone_never_merges() -> None:
    """Equal abstracts under unlike titles are not one paper."""
    assert (
        verdict(paper("Sparrow: Faster Routing", ABSTRACT, AUTHORS), paper("On Memory", ABSTRACT, AUTHORS))
        != "same"
    )


def test_a_renamed_paper_is_found_by_its_abstract() -> None:
    """A new name before the colon or a changed word, with the abstract as it was, is the same paper."""
    a = paper("JetSparrow: Breaking the Ceiling of Expert Routing with Caches", ABSTRACT)
    b = paper("JetRaven: Breaking the Ceiling of Expert Routing with Caches", ABSTRACT)
    assert (decide(a, b).verdict, decide(a, b).rule) == ("same", "abstract")
    assert verdict(a, replace(b, abstract=OTHER_ABSTRACT)) == "different"


def test_a_slip_of_spelling_is_the_same_title() -> None:
    """A misspelt word or another ending, by the same authors, is the same paper."""
    a = paper("Faster Routing of Vector Queries for Small Experts", "", AUTHORS)
    b = paper("Faster Routng of Vectorized Query for Small Experts", "", AUTHORS)
    assert (
        decide(a, paper("Faster Routng of Vectorized Queries for Small Experts", "", AUTHORS)).rule
        == "near-title"
    )
    assert verdict(a, replace(b, authors=OTHER_AUTHORS)) == "different"


def test_authors_are_one_however_their_names_are_printed() -> None:
    """Initials, order of the names, accents and a comma do not make another person."""
    a = paper("Routing Experts", "", ("Ada B. Lindqvist", "Wei Chen", "José Núñez"))
    b = paper("Routing Experts", "", ("A. Lindqvist", "Chen Wei", "Nunez, Jose"))
    assert "3 authors in common" in decide(a, b).reason
    assert verdict(a, b) == "same"


def test_years_apart_without_abstracts_is_an_edition() -> None:
    """The same title by the same authors years later may be an extension: linked, both shown."""
    a = paper("Faster Routing for Small Experts", "", AUTHORS, published=date(2024, 1, 1))
    assert verdict(a, replace(a, published=date(2026, 1, 1))) == "related"
    assert verdict(a, replace(a, published=date(2024, 3, 1))) == "same"


def test_a_pattern_of_titles_and_abstracts_is_not_one_paper() -> None:
    """Companion works with a word exchanged in title and abstract alike are not merged."""
    one = ABSTRACT + " The corpus is in Hausa, and Hausa readers checked it twice before release."
    other = ABSTRACT + " The corpus is in Igbo, and five native speakers read all of it aloud."
    a = paper("Routing Experts with a Corpus of Hausa Broadcasts", one, AUTHORS)
    b = paper("Routing Experts with a Corpus of Igbo Broadcasts", other, AUTHORS)
    assert verdict(a, b) == "related"
    assert verdict(a, replace(b, abstract=one)) == "same"


def test_without_abstracts_authors_and_date_must_carry_it() -> None:
    """A bracket or a subtitle more is the same paper in the same year by the same people, and not otherwise."""
    a = paper("Faster Routing for Small Experts", "", AUTHORS, published=date(2024, 1, 1))
    for title in (
        "Faster Routing for Small Experts (Panel Abstract)",
        "Tutorial: Faster Routing for Small Experts",
        "Faster Routing for Small Experts: What a Cache Knows",
    ):
        b = replace(a, title=title)
        assert decide(a, b).rule == "near-title"
        assert verdict(a, b) == "same"
        assert verdict(a, replace(b, published=None)) != "same"
        assert verdict(a, replace(b, published=date(2026, 1, 1))) != "same"
        assert verdict(a, replace(b, authors=OTHER_AUTHORS)) != "same"


def test_a_column_returns_every_month() -> None:
    """An editorial or a book review by the same people is another one."""
    for title in ("Editorial", "Book Review Column", "Guest Editors' Introduction"):
        assert verdict(paper(title, "", AUTHORS), paper(title, "", AUTHORS)) == "related"


def test_the_best_candidate_wins() -> None:
    """An id goes before a title, a title before an abstract, and what is the same before what is related."""
    title = "Sparrow: Faster Routing for Small Experts"
    new = paper(title, ABSTRACT, AUTHORS, "2501.00001")
    by_id = paper("Bridges", OTHER_ABSTRACT, number=3, arxiv_id="2501.00001")
    by_title = paper(title, ABSTRACT, number=2)
    linked = paper(title, OTHER_ABSTRACT, number=1)
    assert identify(new, [linked, by_title, by_id])[1] is by_id
    assert identify(new, [linked, by_title])[1] is by_title
    assert identify(new, [linked])[0].verdict == "related"
    assert identify(new, [paper("Bridges", OTHER_ABSTRACT)]) == (identify(new, [])[0], None)
    assert identify(new, [])[0].rule == "new"


def test_block_keys_survive_one_damaged_word() -> None:
    """A typo, a changed word, a lost subtitle or markup left in leaves at least one key in common."""
    keys = set(block_keys("Sparrow: Faster Routing of Small Experts under Heavy Load"))
    for damaged in (
        "Sparow: Faster Routing of Small Experts under Heavy Load",
        "Sparrow: Faster Routing of Tiny Experts under Heavy Load",
        "Sparrow",
        "textbf{Sparrow}: Faster Routing of Small Experts under Heavy Load",
        "Sparrow: Faster Routing of Small Experts",
        "Raven: Faster Routing of Small Experts under Heavy Load",
    ):
        assert keys & set(block_keys(damaged)), damaged
    assert len(keys) == 5
    assert all(len(key) == 9 for key in keys)


def test_unlike_titles_share_no_block_key() -> None:
    """A common beginning or a common word brings no candidate by itself."""
    keys = set(block_keys("Efficient Routing of Small Experts under Heavy Load"))
    assert not keys & set(block_keys("Efficient Inference of Thermal Cameras at Night"))
    assert block_keys("…") == ()


def test_candidates_that_differ_in_their_authors_alone_have_one_order() -> None:
    """Two candidates of one title, abstract and no id are told apart by the rest of what is known."""
    new = paper("Sparrow: Faster Routing for Small Experts", ABSTRACT)
    candidates = [replace(new, authors=AUTHORS), replace(new, authors=OTHER_AUTHORS)]
    assert identify(new, candidates) == identify(new, candidates[::-1])


def glance(old: Paper) -> Candidate:
    """What is known of a stored paper before it is loaded."""
    return Candidate(1, old.title, old.arxiv_id, old.doi)


def test_most_candidates_need_not_be_loaded() -> None:
    """Neither a beginning nor the longest words in common make a candidate plausible; a near title or an id does."""
    new = paper("Sparrow: Faster Routing for Small Experts", ABSTRACT, AUTHORS, "2501.00001")
    for title in (
        "Sparrow: Thermal Cameras at Night",
        "Routing Experts to Rural Clinics in Wet Seasons",
        "LoRA",
        "…",
    ):
        assert plausible(new, [glance(paper(title, arxiv_id="2501.00002", doi="10.1000/1"))]) == []
    for title in ("Sparrow", "Faster Routing for Small Experts", "Sparrow: Faster Routing for Tiny Experts"):
        assert plausible(new, [glance(paper(title))]) == [1]
    assert plausible(new, [glance(paper("Bridges", doi="https://doi.org/10.48550/ARXIV.2501.00001"))]) == [1]


titles = st.one_of(
    st.text(max_size=60),
    st.lists(
        st.sampled_from(
            ["Sparrow", "sparow", "v2", "II", "++", "C#", "the", "of", "β", "Routing:", "2.5", "Part", "É"]
        ),
        max_size=6,
    ).map(" ".join),
)
papers = st.builds(
    paper,
    titles,
    st.sampled_from(["", ABSTRACT, OTHER_ABSTRACT, ABSTRACT[:120]]) | st.text(max_size=40),
    st.lists(st.sampled_from(AUTHORS + OTHER_AUTHORS) | st.text(max_size=12), max_size=3).map(tuple),
    st.none() | st.sampled_from(["2501.00001", "2501.00002v2", "cs/0701001"]) | st.text(max_size=12),
    st.none()
    | st.sampled_from(["10.1000/1", "10.1000/2", "10.48550/arxiv.2501.00001"])
    | st.text(max_size=12),
    st.none() | st.dates(),
    st.none() | st.integers(1, 9),
)


@given(papers, papers)
@settings(deadline=None, max_examples=150)
def test_decide_is_symmetric(a: Paper, b: Paper) -> None:
    """Which of two papers came first changes nothing, reason included."""
    assert decide(a, b) == decide(b, a)


@given(papers)
@settings(deadline=None, max_examples=100)
def test_decide_is_reflexive(a: Paper) -> None:
    """A paper with an abstract and a title is the same as itself."""
    if title_key(a.title) and a.abstract.strip():
        assert decide(a, a).verdict == "same"


@given(papers, papers)
@settings(deadline=None, max_examples=150)
def test_two_arxiv_ids_are_never_merged(a: Paper, b: Paper) -> None:
    """No text makes one paper of two arXiv ids."""
    a, b = replace(a, arxiv_id="2501.00001"), replace(b, arxiv_id="2501.00002")
    assert decide(a, b).verdict != "same"


@given(papers, st.lists(papers, max_size=5), st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=100)
def test_the_order_of_candidates_does_not_matter(new: Paper, candidates: list[Paper], random: Random) -> None:
    """Candidates come from the store in any order; the decision is one."""
    shuffled = candidates.copy()
    random.shuffle(shuffled)
    assert identify(new, shuffled) == identify(new, candidates)


@given(papers, papers)
@settings(deadline=None, max_examples=200)
def test_what_is_not_plausible_is_different(new: Paper, old: Paper) -> None:
    """No candidate is ruled out by its title and ids that the whole of it would speak for."""
    if not plausible(new, [glance(old)]):
        assert decide(new, old).verdict == "different"


@given(titles)
@settings(deadline=None, max_examples=200)
def test_title_key_is_idempotent(title: str) -> None:
    """The key of a key is that key, and block keys are few and bounded."""
    key = title_key(title)
    assert title_key(key) == key
    assert len(block_keys(title)) <= 5
