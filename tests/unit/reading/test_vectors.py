"""Encoders give vectors of what texts mean, or say what is missing; words and meaning together order papers."""

import json
import socket
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import SettingsError
from bot.reading import vectors
from bot.reading.vectors import encoder, reranked

WORDS = ("[PAD]", "[CLS]", "[SEP]", "[UNK]", "kites", "fly", "over", "windy", "hills", "ducks", "swim")

unit = st.lists(st.floats(-1, 1, width=16), min_size=3, max_size=3)
scored = st.lists(
    st.tuples(st.integers(1, 50), st.floats(0, 30)), max_size=20, unique_by=lambda one: one[0]
).map(lambda papers: sorted(papers, key=lambda one: -one[1]))


def packed(numbers: Sequence[float]) -> bytes:
    """A vector as encoders give it."""
    return np.array(numbers, "<f2").tobytes()


def product(one: bytes, other: bytes) -> float:
    """The cosine of two vectors of unit length."""
    return float(np.frombuffer(one, "<f2").astype(float) @ np.frombuffer(other, "<f2").astype(float))


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks the network for anything fails."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)


@given(scored, unit, st.dictionaries(st.integers(1, 50), unit), st.floats(0, 1))
@settings(deadline=None, max_examples=60)
def test_reranked_papers_are_the_same_papers(
    papers: list[tuple[int, float]], near: list[float], known: dict[int, list[float]], alpha: float
) -> None:
    """None is lost, none comes twice, the same again gives the same, and one without a vector keeps its place."""
    of = {paper_id: packed(vector) for paper_id, vector in known.items()}
    order = reranked(papers, packed(near), of, alpha)
    assert sorted(order) == sorted(paper_id for paper_id, _ in papers)
    assert order == reranked(papers, packed(near), of, alpha)
    for place, (paper_id, _) in enumerate(papers):
        if paper_id not in of:
            assert order[place] == paper_id


@given(scored, unit, st.dictionaries(st.integers(1, 50), unit))
@settings(deadline=None, max_examples=40)
def test_words_alone_keep_the_order_of_words(
    papers: list[tuple[int, float]], near: list[float], known: dict[int, list[float]]
) -> None:
    """With an α of 1 meaning changes nothing."""
    of = {paper_id: packed(vector) for paper_id, vector in known.items()}
    assert reranked(papers, packed(near), of, 1.0) == [paper_id for paper_id, _ in papers]


def test_meaning_and_words_weigh_as_alpha_says() -> None:
    """The nearer paper wins as far as α lets it."""
    papers = [(1, 10.0), (2, 6.0)]
    of = {1: packed([0, 1]), 2: packed([1, 0])}
    near = packed([1, 0])
    assert reranked(papers, near, of, 0.5) == [2, 1]
    assert reranked(papers, near, of, 0.8) == [1, 2]


def test_nothing_is_loaded_for_none() -> None:
    """Who names no encoder has none."""
    assert encoder("none") is None


@pytest.mark.usefixtures("no_network")
def test_static_vectors_are_of_unit_length_and_near_for_near_meanings() -> None:
    """Texts of one subject are nearer than those of two; a text without words is far from all; no network."""
    static = encoder("static")
    assert static is not None
    heart, cardiac, tax, nothing = static.encode(
        ["heart attack", "cardiac arrest and infarction", "income tax law", ""]
    )
    assert product(heart, heart) == pytest.approx(1, abs=0.01)
    assert product(heart, cardiac) > product(heart, tax)
    assert product(heart, nothing) == 0
    assert static.encode(["heart attack"]) == [heart]


@given(st.lists(st.text(st.characters(codec=None), max_size=40), max_size=4))
@settings(deadline=None, max_examples=20)
def test_any_text_is_encoded(texts: list[str]) -> None:
    """Half a character, nothing, any script: a vector each."""
    static = encoder("static")
    assert static is not None
    assert {len(vector) for vector in static.encode(texts)} <= {512}


def test_a_missing_package_is_named_with_its_extra(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The owner reads what to install."""
    monkeypatch.setitem(sys.modules, "wordllama", None)
    with pytest.raises(SettingsError, match="uv sync --extra semantic"):
        encoder("static")
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    (tmp_path / "tokenizer.json").write_text("{}")
    (tmp_path / "model.onnx").write_bytes(b"")
    with pytest.raises(SettingsError, match="uv sync --extra onnx"):
        encoder(str(tmp_path))


def tokenizer(folder: Path) -> None:
    """Write a tokenizer that knows a few words, and would fill up and cut off as published ones do."""
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import Whitespace

    made = Tokenizer(WordLevel({word: place for place, word in enumerate(WORDS)}, unk_token="[UNK]"))
    made.pre_tokenizer = Whitespace()
    made.enable_padding(length=16)
    made.enable_truncation(4)
    made.save(str(folder / "tokenizer.json"))


def write_model(folder: Path, seed: int = 1) -> None:
    """Write a BERT of two small layers with weights drawn at random."""
    from tests.benchmarks.bert_onnx import model

    draw = np.random.default_rng(seed)
    shapes = {
        "embeddings.word_embeddings.weight": (len(WORDS), 8),
        "embeddings.position_embeddings.weight": (300, 8),
        "embeddings.token_type_embeddings.weight": (2, 8),
        "embeddings.LayerNorm.weight": (8,),
        "embeddings.LayerNorm.bias": (8,),
    }
    for layer in ("encoder.layer.0", "encoder.layer.1"):
        square = (
            "attention.self.query",
            "attention.self.key",
            "attention.self.value",
            "attention.output.dense",
        )
        shapes |= {f"{layer}.{name}.weight": (8, 8) for name in square}
        biased = (*square, "attention.output.LayerNorm", "output.dense", "output.LayerNorm")
        shapes |= {f"{layer}.{name}.bias": (8,) for name in biased}
        shapes |= {f"{layer}.{name}.weight": (8,) for name in biased if name.endswith("LayerNorm")}
        shapes |= {f"{layer}.intermediate.dense.weight": (16, 8), f"{layer}.intermediate.dense.bias": (16,)}
        shapes[f"{layer}.output.dense.weight"] = (8, 16)
    weights = {
        name: draw.normal(size=shape, scale=0.1 if name.endswith("bias") else 1).astype(np.float32)
        for name, shape in shapes.items()
    }
    (folder / "model.onnx").write_bytes(model(weights, heads=2).SerializeToString())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a small sentence encoder."""
    pytest.importorskip("onnxruntime", reason="the extra onnx is not installed")
    pytest.importorskip("onnx", reason="the package onnx is not installed")
    home = tmp_path / "small-encoder"
    home.mkdir()
    tokenizer(home)
    write_model(home)
    return home


@pytest.mark.usefixtures("no_network")
def test_a_text_means_the_same_beside_longer_ones(folder: Path) -> None:
    """Tokens that only fill up count for nothing, and each text has its own vector back, in the order given."""
    sentences = encoder(str(folder))
    assert sentences is not None
    texts = ["kites fly " * 9, "ducks", "kites fly over windy hills", *["ducks swim"] * 9, "hills"]
    together = sentences.encode(texts)
    for text, vector in zip(texts, together, strict=True):
        (alone,) = sentences.encode([text])
        assert product(vector, alone) == pytest.approx(1, abs=0.002)
    assert product(together[1], together[2]) < 0.95
    assert len(together[0]) == 16


def test_a_text_is_read_beyond_where_the_tokenizer_was_cut_off(folder: Path) -> None:
    """What was published with the tokenizer for another use does not shorten abstracts; 256 tokens do."""
    sentences = encoder(str(folder))
    assert sentences is not None
    short, longer = sentences.encode(["kites fly over windy", "kites fly over windy hills ducks swim"])
    assert short != longer
    (much, more) = sentences.encode(["ducks " * vectors.TOKENS, "ducks " * vectors.TOKENS + "hills"])
    assert much == more


def test_another_model_has_another_name(folder: Path) -> None:
    """So that vectors of the one are never compared with those of the other."""
    before = encoder(str(folder))
    assert before is not None
    name = before.name
    write_model(folder, seed=2)
    after = encoder(str(folder))
    assert after is not None
    assert name.startswith("small-encoder ")
    assert after.name != name


def _no_model(folder: Path) -> None:
    (folder / "model.onnx").unlink()


def _damaged_model(folder: Path) -> None:
    (folder / "model.onnx").write_bytes(b"\x08\x09 no model")


def _damaged_tokenizer(folder: Path) -> None:
    (folder / "tokenizer.json").write_text(json.dumps({"version": "1.0"}))


@pytest.mark.parametrize("harm", [_no_model, _damaged_model, _damaged_tokenizer])
def test_a_folder_that_holds_no_encoder_is_told(folder: Path, harm: Callable[[Path], None]) -> None:
    """The owner reads which folder and what is wrong, in our own error."""
    harm(folder)

    def use() -> None:
        sentences = encoder(str(folder))
        assert sentences is not None
        sentences.encode(["kites"])

    with pytest.raises(SettingsError, match=r"search\.encoder: .*small-encoder"):
        use()
