"""Titles find their abstracts, whatever stands around them."""

import pytest

from bot.sources.alignment import Card, Paragraph, align

TITLES = [
    "Sorting Networks That Learn Their Own Depth",
    "Can a hash table forget?",
    "TreeFuse: Merging Decision Forests for Small Devices",
    "Quiet Gradients",
]
ABSTRACTS = [
    "We propose a sorting network whose depth is learned with its weights. It sorts in fewer comparisons.",
    "Most caches never give back memory. This paper studies a hash table that forgets what is old",
    "Decision forests are large, and small devices are not. We merge the trees of a forest that agree.",
    "Why do gradients vanish in some layers and not in others? We trace quiet gradients to their source.",
]


def page(*texts: str) -> list[Paragraph]:
    """Return paragraphs with a blank line between each."""
    return [Paragraph(text, 2 * i + 1) for i, text in enumerate(texts)]


def pairs(paragraphs: list[Paragraph]) -> list[tuple[str, str]]:
    """Return titles and abstracts as aligned."""
    return [
        (paragraphs[c.title].text, " ".join(paragraphs[i].text for i in c.abstract))
        for c in align(paragraphs)
    ]


CARDS = list(zip(TITLES, ABSTRACTS, strict=True))
FLAT = [text for card in CARDS for text in card]


def test_titles_and_abstracts_in_turn() -> None:
    """A page with nothing wrong pairs each title with what follows it."""
    assert pairs(page(*FLAT)) == CARDS
    assert align([]) == []


@pytest.mark.parametrize("at", range(len(FLAT) + 1))
@pytest.mark.parametrize("stray", ["someone42", "Load more papers", "Ann Bell, Carl Dorn and 3 others"])
def test_a_stray_line_anywhere_shifts_nothing(at: int, stray: str) -> None:
    """Wherever a stray line stands, every paper keeps its own abstract and no paper is made of the line."""
    assert pairs(page(*FLAT[:at], stray, *FLAT[at:])) == CARDS


@pytest.mark.parametrize("lost", range(len(CARDS)))
def test_a_missing_title_costs_its_own_abstract_only(lost: int) -> None:
    """An abstract without its title is in no card, and the others are as they were."""
    texts = FLAT[: 2 * lost] + FLAT[2 * lost + 1 :]
    assert pairs(page(*texts)) == CARDS[:lost] + CARDS[lost + 1 :]


@pytest.mark.parametrize("lost", [0, 2])
def test_a_missing_abstract_leaves_its_title(lost: int) -> None:
    """A title without its abstract is kept by itself, and the others are as they were."""
    texts = FLAT[: 2 * lost + 1] + FLAT[2 * lost + 2 :]
    assert pairs(page(*texts)) == [*CARDS[:lost], (TITLES[lost], ""), *CARDS[lost + 1 :]]


def test_an_abstract_may_go_on() -> None:
    """Paragraphs that go on with an abstract are its own: cut within a sentence, or attached to it."""
    cut = ["We propose a sorting network whose depth is", "learned with its weights. The network sorts fast."]
    assert align(page(TITLES[0], *cut, *FLAT[2:4])) == [Card(0, (1, 2)), Card(3, (4,))]
    attached = [
        *page(TITLES[0], ABSTRACTS[0]),
        Paragraph("Code is available at https://example.org/sort", 4, True),
    ]
    assert align(attached) == [Card(0, (1, 2))]


def test_a_list_of_titles_is_read_as_such() -> None:
    """Titles without any abstract on the page are each kept, but for what is too short to be sure of."""
    assert pairs(page(*TITLES)) == [(title, "") for title in TITLES[:3]]
