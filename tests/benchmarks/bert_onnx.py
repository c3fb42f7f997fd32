"""Write a BERT sentence encoder, as it is published in safetensors, as the ONNX folder that ``search.encoder`` takes.

    python -m tests.benchmarks.bert_onnx FOLDER TARGET

FOLDER holds ``config.json``, ``model.safetensors`` and ``tokenizer.json``, as those of all-MiniLM-L6-v2 (Apache-2.0).
What is made gives the last hidden states for ``input_ids`` and ``attention_mask``, in single precision. Dropout is
left out, as is the pooler, and every token is of the first segment. After Devlin et al., 2019.
"""

import argparse
import json
import math
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

Floats = np.ndarray[tuple[int, ...], np.dtype[np.float32]]

OPSET, IR = 20, 9
"""The first set of operators with Gelu, and the version of the format that came with it."""

MASKED = -1e9
"""What is added to the attention of a token that only fills up."""


class _Graph:
    """Operators and constants, one after the other; every result is named by its number."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: dict[str, onnx.TensorProto] = {}

    def add(self, operator: str, *inputs: str, **attributes: int | float | list[int]) -> str:
        name = f"v{len(self.nodes)}"
        node = helper.make_node(operator, list(inputs), [name])
        node.attribute.extend(helper.make_attribute(key, value) for key, value in attributes.items())
        self.nodes.append(node)
        return name

    def constant(self, name: str, value: Floats | Sequence[int]) -> str:
        array = np.array(value, np.int64) if isinstance(value, Sequence) else value
        self.constants[name] = numpy_helper.from_array(np.ascontiguousarray(array), name)
        return name


def model(weights: Mapping[str, Floats], heads: int, epsilon: float = 1e-12) -> onnx.ModelProto:
    """The encoder with these weights, which are named as ``transformers`` names those of a ``BertModel``."""
    graph = _Graph()

    def weight(name: str, *, turned: bool = False) -> str:
        return graph.constant(name, weights[name].T if turned else weights[name])

    def linear(value: str, name: str) -> str:
        product = graph.add("MatMul", value, weight(f"{name}.weight", turned=True))
        return graph.add("Add", product, weight(f"{name}.bias"))

    def normal(value: str, name: str) -> str:
        scale, shift = weight(f"{name}.weight"), weight(f"{name}.bias")
        return graph.add("LayerNormalization", value, scale, shift, epsilon=epsilon)

    width = weights["embeddings.word_embeddings.weight"].shape[1]
    size = graph.constant("head size", np.array(1 / math.sqrt(width // heads), np.float32))
    split = graph.constant("split", [0, 0, heads, width // heads])
    joined = graph.constant("joined", [0, 0, width])
    one, zero, axis = (graph.constant(f"number {number}", [number]) for number in (1, 0, 1))

    def apart(value: str, *, turned: bool = False) -> str:
        order = [0, 2, 3, 1] if turned else [0, 2, 1, 3]
        return graph.add("Transpose", graph.add("Reshape", value, split), perm=order)

    length = graph.add("Shape", "input_ids", start=1)
    positions = graph.add("Slice", weight("embeddings.position_embeddings.weight"), zero, length, zero)
    words = graph.add("Gather", weight("embeddings.word_embeddings.weight"), "input_ids")
    segment = graph.constant("segment", weights["embeddings.token_type_embeddings.weight"][0])
    state = normal(graph.add("Add", graph.add("Add", words, positions), segment), "embeddings.LayerNorm")
    shown = graph.add("Cast", "attention_mask", to=TensorProto.FLOAT)
    hidden = graph.add("Sub", graph.constant("shown", np.array([1], np.float32)), shown)
    masked = graph.add("Mul", hidden, graph.constant("masked", np.array([MASKED], np.float32)))
    mask = graph.add("Unsqueeze", graph.add("Unsqueeze", masked, axis), one)

    layers = sum(name.endswith("attention.self.query.weight") for name in weights)
    for layer in (f"encoder.layer.{number}" for number in range(layers)):
        query, value = (apart(linear(state, f"{layer}.attention.self.{part}")) for part in ("query", "value"))
        key = apart(linear(state, f"{layer}.attention.self.key"), turned=True)
        alike = graph.add("Add", graph.add("Mul", graph.add("MatMul", query, key), size), mask)
        heard = graph.add("MatMul", graph.add("Softmax", alike, axis=-1), value)
        together = graph.add("Reshape", graph.add("Transpose", heard, perm=[0, 2, 1, 3]), joined)
        attended = graph.add("Add", linear(together, f"{layer}.attention.output.dense"), state)
        state = normal(attended, f"{layer}.attention.output.LayerNorm")
        wide = graph.add("Gelu", linear(state, f"{layer}.intermediate.dense"))
        state = normal(
            graph.add("Add", linear(wide, f"{layer}.output.dense"), state), f"{layer}.output.LayerNorm"
        )

    graph.nodes.append(helper.make_node("Identity", [state], ["last_hidden_state"]))
    texts = ["texts", "tokens"]
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.INT64, texts)
        for name in ("input_ids", "attention_mask")
    ]
    output = helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, [*texts, width])
    made = helper.make_graph(graph.nodes, "encoder", inputs, [output], list(graph.constants.values()))
    return helper.make_model(made, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR)


def main() -> None:
    """Read the one folder and write the other."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("target", type=Path)
    asked = parser.parse_args()
    from safetensors.numpy import load_file

    config = json.loads((asked.folder / "config.json").read_text("utf-8"))
    made = model(
        load_file(asked.folder / "model.safetensors"),
        config["num_attention_heads"],
        config["layer_norm_eps"],
    )
    onnx.checker.check_model(made)
    asked.target.mkdir(parents=True, exist_ok=True)
    onnx.save(made, asked.target / "model.onnx")
    shutil.copy(asked.folder / "tokenizer.json", asked.target)


if __name__ == "__main__":
    main()
