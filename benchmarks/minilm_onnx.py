"""The architecture of paraphrase-multilingual-MiniLM-L12-v2 as an ONNX graph with random weights, for timing only.

Shapes from its published configuration: BERT, 12 layers, width 384, 12 heads, 1,536 in the feed-forward part, mean
pooling. The table of word pieces has 32,000 rows instead of 250,037: one row is read for each piece, however many there
are. There is no attention mask and no tokenizer, which favours it.
"""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

PIECES = 32_000
WIDTH, LAYERS, HEADS, WIDE, POSITIONS = 384, 12, 12, 1_536, 512


class _Graph:
    """Collects nodes and weights; every method returns the name of its result."""

    def __init__(self) -> None:
        from onnx import NodeProto, TensorProto

        self.nodes: list[NodeProto] = []
        self.weights: list[TensorProto] = []
        self.random = np.random.default_rng(0)

    def constant(self, values: NDArray[np.generic]) -> str:
        from onnx import numpy_helper

        name = f"w{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(values, name))
        return name

    def weight(self, *shape: int) -> str:
        return self.constant(self.random.normal(0, 0.02, shape).astype(np.float32))

    def node(self, kind: str, *inputs: str, **attributes: Any) -> str:
        from onnx import helper

        name = f"n{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [name], **attributes))
        return name

    def dense(self, values: str, rows: int, columns: int) -> str:
        return self.node("Add", self.node("MatMul", values, self.weight(rows, columns)), self.weight(columns))

    def norm(self, values: str) -> str:
        ones = self.constant(np.ones(WIDTH, np.float32))
        return self.node("LayerNormalization", values, ones, self.weight(WIDTH), axis=-1, epsilon=1e-12)


def _layer(graph: _Graph, stream: str, split: str, together: str) -> str:
    def heads(order: list[int]) -> str:
        return graph.node("Transpose", graph.node("Reshape", graph.dense(stream, WIDTH, WIDTH), split), perm=order)

    query, key, value = heads([0, 2, 1, 3]), heads([0, 2, 3, 1]), heads([0, 2, 1, 3])
    size = graph.constant(np.array([(WIDTH // HEADS) ** 0.5], np.float32))
    attention = graph.node("Softmax", graph.node("Div", graph.node("MatMul", query, key), size), axis=-1)
    mixed = graph.node("Transpose", graph.node("MatMul", attention, value), perm=[0, 2, 1, 3])
    mixed = graph.dense(graph.node("Reshape", mixed, together), WIDTH, WIDTH)
    stream = graph.norm(graph.node("Add", stream, mixed))
    wide = graph.node("Gelu", graph.dense(stream, WIDTH, WIDE))
    return graph.norm(graph.node("Add", stream, graph.dense(wide, WIDE, WIDTH)))


def write_float32(path: Path) -> Path:
    """Write the graph: ``ids`` int64 [batch, length] -> ``vectors`` float32 [batch, 384]."""
    import onnx
    from onnx import TensorProto, helper

    graph = _Graph()
    split = graph.constant(np.array([0, 0, HEADS, WIDTH // HEADS], np.int64))
    together = graph.constant(np.array([0, 0, WIDTH], np.int64))
    words = graph.node("Gather", graph.weight(PIECES, WIDTH), "ids")
    length = graph.node("Shape", "ids", start=1, end=2)
    start, axis = graph.constant(np.array([0], np.int64)), graph.constant(np.array([0], np.int64))
    places = graph.node("Slice", graph.weight(POSITIONS, WIDTH), start, length, axis)
    stream = graph.norm(graph.node("Add", words, places))
    for _ in range(LAYERS):
        stream = _layer(graph, stream, split, together)
    graph.node("ReduceMean", stream, graph.constant(np.array([1], np.int64)), keepdims=0)
    graph.nodes[-1].output[0] = "vectors"
    inputs = [helper.make_tensor_value_info("ids", TensorProto.INT64, ["batch", "length"])]
    outputs = [helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["batch", WIDTH])]
    body = helper.make_graph(graph.nodes, "minilm", inputs, outputs, graph.weights)
    model = helper.make_model(body, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)
    onnx.checker.check_model(model)
    onnx.save(model, str(path))
    return path


def write_int8(source: Path, path: Path) -> Path:
    """Write the dynamic int8 form of ``source``, with ONNX Runtime's own tool."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    quantize_dynamic(source, path, weight_type=QuantType.QInt8)
    return path
