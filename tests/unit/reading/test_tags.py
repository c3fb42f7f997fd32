"""Topics: the owner's taxonomy and how papers are matched to it."""

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import SettingsError
from bot.reading.tags import MOST_TAGS, OTHER, Taxonomy, load_taxonomy, stem

SHIPPED = Path("config/tags.toml")

SMALL = """
ignore = ["pruning shears"]

["pruning"]
phrases = ["pruning", "lottery ticket"]
hints = ["sparsity"]

["quantization"]
phrases = ["quantization", "low-bit"]

["state space models"]
phrases = ["state-space model", "Mamba"]
abbreviations = ["SSM"]
hints = ["recurrent"]

["reasoning"]
in_title = ["=reasoning"]
"""


@pytest.fixture(scope="module")
def small() -> Taxonomy:
    """A taxonomy of four topics."""
    return load_taxonomy(SMALL, name="tags.toml")


@pytest.fixture(scope="module")
def shipped() -> Taxonomy:
    """The taxonomy that Broadsheet comes with."""
    return load_taxonomy(SHIPPED.read_text(encoding="utf-8"), name="config/tags.toml")


@pytest.mark.parametrize(
    ("title", "abstract", "tags"),
    [
        ("Pruning trees of thought", "", ("pruning",)),
        ("How we PRUNED a network", "", ("pruning",)),
        ("Quantised nets", "We quantise all layers.", ("quantization",)),
        ("Lowbit nets", "A low bit net, and low-bit training.", ("quantization",)),
        ("Lottery-tickets everywhere", "", ("pruning",)),
        ("Reasoning at length", "", ("reasoning",)),
        ("Thinking", "Reasoning is hard. We propose reasoning. Our reasoning is new reasoning.", (OTHER,)),
        ("On time", "For this reason we reason about reasons. We propose a reason.", (OTHER,)),
        ("Pruning shears for gardens", "We sharpen pruning shears.", (OTHER,)),
        ("Better SSMs", "Recurrent layers scan the input.", ("state space models",)),
        ("Better SSMs", "Surface shipping moves freight.", (OTHER,)),
        ("A mamba in the zoo", "The black mamba is a snake.", (OTHER,)),
        ("Mamba for images", "", ("state space models",)),
        ("Low-bit nets without pruning", "We quantize weights without any pruning.", ("quantization",)),
        ("Quantization-free pruning", "We prune. No quantization needed.", ("pruning",)),
        ("", "", (OTHER,)),
    ],
)
def test_tags_follow_the_phrases(small: Taxonomy, title: str, abstract: str, tags: tuple[str, ...]) -> None:
    """Inflections, hyphens, capitals, context and denial each decide as the file's head says."""
    assert small.tags(title, abstract) == tags


def test_the_title_counts_more_than_the_abstract(small: Taxonomy) -> None:
    """Between two topics met as often, the one in the title comes first."""
    assert (
        small.tags("Quantization of nets", "Pruning comes after quantization. Pruning is good.")[0]
        == "quantization"
    )


def test_a_mere_mention_is_no_topic(small: Taxonomy) -> None:
    """A topic that is only compared with loses to one that is worked on."""
    abstract = "We propose to quantize weights. Unlike pruning, quantization keeps every neuron."
    assert small.tags("Fewer bits", abstract) == ("quantization",)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("[", "not valid TOML"),
        ("", "no topic"),
        ('["a"]\nphrase = ["a"]', "phrases is missing"),
        ('["a"]\nphrases = ["a"]\nwords = ["b"]', "words is unknown"),
        ('["a"]\nphrases = "a"', "list of phrases"),
        ('["a"]\nphrases = [1]', "list of phrases"),
        ('["a"]\nphrases = ["?"]', "must be words"),
        ('["a"]\nphrases = ["a-b c-d e-f g-h i-j k-l"]', "hyphens"),
        ('["A"]\nphrases = ["a"]', "lower-case"),
        ('["other"]\nphrases = ["a"]', "lower-case"),
        ('a = ["a"]', "must be a table"),
        ('["a"]\nphrases = ["fine tuning"]\n["b"]\nphrases = ["fine-tuned"]', "claimed by [a] too"),
    ],
)
def test_a_bad_file_gets_one_clear_line(text: str, fault: str) -> None:
    """Every fault of the owner's file is one line that names the file and the place."""
    with pytest.raises(SettingsError) as raised:
        load_taxonomy(text, name="my/tags.toml")
    assert str(raised.value).startswith("my/tags.toml: ")
    assert fault in str(raised.value)
    assert "\n" not in str(raised.value)


def test_the_shipped_taxonomy_is_broad_and_well_formed(shipped: Taxonomy) -> None:
    """It loads, so no two topics claim one phrase; it has 60 topics or more, all in lower case."""
    assert len(shipped.names) >= 60
    assert all(name == name.lower().strip() for name in shipped.names)


@pytest.mark.parametrize("name", load_taxonomy(SHIPPED.read_text(encoding="utf-8"), name="tags").names)
def test_a_topic_is_found_by_its_own_name(shipped: Taxonomy, name: str) -> None:
    """A paper whose title is a topic's name has that topic."""
    assert name in shipped.tags(name.capitalize(), "")


@given(st.text(max_size=200), st.text(max_size=2000))
@settings(deadline=None, max_examples=60)
def test_any_text_has_one_to_five_tags(title: str, abstract: str) -> None:
    """Whatever the text, there are one to five tags, all different, and the same ones again."""
    taxonomy = load_taxonomy(SMALL, name="tags.toml")
    tags = taxonomy.tags(title, abstract)
    assert 1 <= len(tags) <= MOST_TAGS
    assert len(set(tags)) == len(tags)
    assert tags == taxonomy.tags(title, abstract)


@pytest.mark.parametrize("piece", ["pruning ", "a", "-", "state ", ". ", "such as "])
def test_hostile_text_takes_no_longer(shipped: Taxonomy, piece: str) -> None:
    """A megabyte of anything is read in well under a second."""
    text = piece * (1_000_000 // len(piece))
    start = time.process_time()
    shipped.tags(text, text)
    assert time.process_time() - start < 1.0


@pytest.mark.parametrize(
    "forms",
    [
        ("prune", "prunes", "pruned", "pruning"),
        ("quantize", "quantise", "quantized", "quantising", "quantization", "quantisations"),
        ("compress", "compressing", "compression", "compressed"),
        ("merge", "merging", "merged", "merges"),
        ("query", "queries"),
        ("behavior", "behaviour"),
        ("modelling", "modeling", "model", "models"),
        ("LLM", "LLMs", "llm"),
    ],
)
def test_forms_of_a_word_have_one_stem(forms: tuple[str, ...]) -> None:
    """Inflections and both spellings of English meet in one stem."""
    assert len({stem(form) for form in forms}) == 1


def test_short_words_and_look_alikes_stay_apart() -> None:
    """What only looks like an inflection is left alone."""
    assert len({stem(word) for word in ("speed", "sped", "string", "str", "need", "ne")}) == 6
