"""Encoders: texts as vectors of what they mean, and papers in the order that words and meaning give together.

Two kinds, neither of which asks a network for anything:

- *static*: one vector for each token, whatever stands beside it, and their mean for a text. The vectors are those
  that come inside the package ``wordllama`` (256 numbers a token, MIT); only its files are read.
- a folder with a sentence encoder as an ONNX model, as it is published for many: ``tokenizer.json`` and ``model.onnx``
  (there or in ``onnx/``). A text is the mean of its tokens' last hidden states.

numpy, tokenizers, safetensors and onnxruntime come with extras, and are loaded when the first text is encoded.
"""

import hashlib
from collections.abc import Mapping, Sequence
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from bot.errors import SettingsError

if TYPE_CHECKING:
    import numpy as np
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

    Floats = np.ndarray[tuple[int, ...], np.dtype[np.float32]]

STATIC_ALPHA, SENTENCE_ALPHA = 0.5, 0.3
"""What words count beside meaning, from 0 to 1: a sentence encoder understands more."""

LONGEST = 10_000
"""Characters of a text that are encoded; the longest abstracts have some 3,000."""

TOKENS = 256
"""Tokens of a text that a sentence encoder reads: what all-MiniLM-L6-v2 and its kind were made for."""

TOGETHER = 8
"""Texts that a sentence encoder reads at once: more gain no time on a processor."""

STATIC_FILES = ("weights/l2_supercat_256.safetensors", "tokenizers/l2_supercat_tokenizer_config.json")


def encoder(named: str) -> "StaticEncoder | SentenceEncoder | None":
    """The encoder that the settings name: ``none``, ``static`` or a folder. Raises SettingsError if it can't be had."""
    if named == "none":
        return None
    return StaticEncoder() if named == "static" else SentenceEncoder(Path(named))


def reranked(
    scored: Sequence[tuple[int, float]], near: bytes, vectors: Mapping[int, bytes], alpha: float
) -> list[int]:
    """Papers, given as (id, score by words) and best first, in the order of words and meaning together.

    That is α times the score, as a share of the best, plus 1 − α times the cosine of the paper's vector with ``near``;
    between equals the order stays. A paper without a vector keeps its place.
    """
    import numpy as np

    places = [place for place, (paper_id, _) in enumerate(scored) if paper_id in vectors]
    if not places:
        return [paper_id for paper_id, _ in scored]
    known = [scored[place] for place in places]
    of = np.frombuffer(b"".join(vectors[paper_id] for paper_id, _ in known), "<f2").astype(np.float32)
    cosines = of.reshape(len(known), -1) @ np.frombuffer(near, "<f2").astype(np.float32)
    words = np.array([score for _, score in known])
    best = max((score for _, score in scored), default=0.0)
    if best > 0:
        words /= best
    together = alpha * words + (1 - alpha) * cosines
    order = [paper_id for paper_id, _ in scored]
    for place, of_known in zip(places, np.argsort(-together, kind="stable"), strict=True):
        order[place] = known[of_known][0]
    return order


class StaticEncoder:
    """The mean of the vectors of a text's tokens."""

    name = "wordllama l2_supercat_256"
    alpha = STATIC_ALPHA

    def __init__(self) -> None:
        spec = _installed("wordllama", "semantic")
        home = Path(spec).parent
        self._weights, self._tokens = (home / file for file in STATIC_FILES)
        for file in (self._weights, self._tokens):
            if not file.is_file():
                raise SettingsError(
                    f"search.encoder: this version of wordllama comes without {file.name}; "
                    "in the folder of Broadsheet run: uv sync --extra semantic"
                )

    def encode(self, texts: Sequence[str]) -> list[bytes]:
        """A vector of unit length for each text, as float16. Raises SettingsError."""
        tokenizer, table = self._model
        import numpy as np

        means = np.zeros((len(texts), table.shape[1]), np.float32)
        # A batch of texts is handed to as many threads as there are cores: one by one leaves the others theirs.
        for place, text in enumerate(texts):
            tokens = tokenizer.encode(_readable(text), add_special_tokens=False).ids
            if tokens:
                means[place] = table[tokens].mean(axis=0, dtype=np.float32)
        return _packed(means)

    @cached_property
    def _model(self) -> "tuple[Tokenizer, Floats]":
        try:
            from safetensors.numpy import load_file
            from tokenizers import Tokenizer

            tokenizer = Tokenizer.from_file(str(self._tokens))
            table: Floats = load_file(self._weights)["embedding.weight"]
        except Exception as error:
            raise SettingsError(f"search.encoder: wordllama cannot be used: {error}") from error
        tokenizer.no_padding()
        tokenizer.no_truncation()
        return tokenizer, table


class SentenceEncoder:
    """A sentence encoder as an ONNX model."""

    alpha = SENTENCE_ALPHA

    def __init__(self, folder: Path) -> None:
        models = [file for file in (folder / "model.onnx", folder / "onnx" / "model.onnx") if file.is_file()]
        if not models or not (folder / "tokenizer.json").is_file():
            raise SettingsError(
                f"search.encoder: {folder} is no folder with tokenizer.json and model.onnx; "
                'name one, or "static", or "none"'
            )
        for package in ("onnxruntime", "tokenizers"):
            _installed(package, "onnx")
        self._file, self._folder = models[0], folder

    @cached_property
    def name(self) -> str:
        """The folder's name and the beginning of the model's SHA-256."""
        try:
            with self._file.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise SettingsError(
                f"search.encoder: {self._file} cannot be read: {error.strerror or error}"
            ) from error
        return f"{self._folder.resolve().name} {digest[:12]}"

    def encode(self, texts: Sequence[str]) -> list[bytes]:
        """A vector of unit length for each text, as float16. Raises SettingsError."""
        # The longest apart from the shortest: all texts that are read at once take as long as the longest.
        order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
        found = [b""] * len(texts)
        for first in range(0, len(order), TOGETHER):
            places = order[first : first + TOGETHER]
            for place, vector in zip(places, self._few([texts[place] for place in places]), strict=True):
                found[place] = vector
        return found

    def _few(self, texts: Sequence[str]) -> list[bytes]:
        import numpy as np

        tokenizer, session, inputs = self._model
        encoded = tokenizer.encode_batch([_readable(text) for text in texts])
        mask = np.array([one.attention_mask for one in encoded], np.int64)
        fed = {"input_ids": np.array([one.ids for one in encoded], np.int64), "attention_mask": mask}
        fed["token_type_ids"] = np.zeros_like(mask)
        try:
            hidden = session.run(None, {name: fed[name] for name in inputs})[0]
        except Exception as error:
            raise SettingsError(f"search.encoder: {self._file} cannot be used: {error}") from error
        weight = mask[:, :, None].astype(np.float32)
        return _packed((hidden * weight).sum(axis=1) / np.maximum(weight.sum(axis=1), 1.0))

    @cached_property
    def _model(self) -> "tuple[Tokenizer, InferenceSession, list[str]]":
        from onnxruntime import InferenceSession, SessionOptions
        from tokenizers import Tokenizer

        options = SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            tokenizer = Tokenizer.from_file(str(self._folder / "tokenizer.json"))
            session = InferenceSession(self._file, options, providers=["CPUExecutionProvider"])
        except Exception as error:
            raise SettingsError(f"search.encoder: {self._folder} cannot be used: {error}") from error
        padding = tokenizer.padding or {}
        tokenizer.enable_padding(pad_id=padding.get("pad_id", 0), pad_token=padding.get("pad_token", "[PAD]"))
        tokenizer.enable_truncation(TOKENS)
        inputs = [one.name for one in session.get_inputs()]
        unknown = set(inputs) - {"input_ids", "attention_mask", "token_type_ids"}
        if unknown or len(session.get_outputs()[0].shape) != 3:
            raise SettingsError(
                f"search.encoder: {self._file} is not a sentence encoder: it must take input_ids and attention_mask "
                "and give the last hidden state first"
            )
        return tokenizer, session, inputs


def _installed(package: str, extra: str) -> str:
    """Where a package is. Raises SettingsError, which says how to install it."""
    try:
        spec = find_spec(package)
    except ValueError:
        spec = None
    if spec is None or spec.origin is None:
        raise SettingsError(
            f"search.encoder: {package} is not installed; in the folder of Broadsheet run: uv sync --extra {extra}"
        )
    return spec.origin


def _readable(text: str) -> str:
    return text[:LONGEST].encode("utf-8", "replace").decode()


def _packed(vectors: "Floats") -> list[bytes]:
    """Vectors of unit length (zero stays zero) as float16, little-endian."""
    import numpy as np

    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return [one.tobytes() for one in (vectors / np.maximum(lengths, 1e-12)).astype("<f2")]
