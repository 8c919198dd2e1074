"""Speed of the bundled encoders next to MiniLM-L12 in ONNX Runtime: ``python -m benchmarks.text_speed``.

Every contender gets the same sentences, of 12 and of 50 pieces of our tokenizer, 32 at once and one by one, on one
thread; sentences a CPU-second count. Ours start from text, tokenizer included; the other starts from piece numbers of
the same count. They take turns, each in its own process, and the median of the turns is compared.
"""

import multiprocessing
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from functools import cache
from itertools import cycle
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from benchmarks.report import Measurement, run_alone
from models.catalog import BUNDLED_ROOT
from models.text.sample_corpus import load_sample_documents

LENGTHS = (12, 50)
BATCHES = (32, 1)
TURNS = 5
SECONDS = 1.0  # of each turn
RIVAL, RIVAL_INT8 = "MiniLM-L12 fp32", "MiniLM-L12 int8"
# ours, rival, how many times its sentences a CPU-second
BOUNDS = (("polyglot", RIVAL, 3.0), ("polyglot", RIVAL_INT8, 1.0), ("polyglot-fast", RIVAL, 100.0))


def bundled_tokenizer() -> Any:
    """The SentencePiece tokenizer of polyglot-fast, read from its graph."""
    import sentencepiece
    from tensorflow.core.protobuf import saved_model_pb2

    model = saved_model_pb2.SavedModel()
    model.ParseFromString((BUNDLED_ROOT / "polyglot-fast" / "1" / "saved_model.pb").read_bytes())
    graph = model.meta_graphs[0].graph_def
    nodes = (
        node for part in (graph.node, *(function.node_def for function in graph.library.function)) for node in part
    )
    vocabulary = next(node.attr["model"].s for node in nodes if node.op == "SentencepieceOp")
    return sentencepiece.SentencePieceProcessor(model_proto=vocabulary)


def sentences_of(length: int, count: int = 64) -> list[str]:
    """Different texts in all languages that the bundled tokenizer cuts into exactly ``length`` pieces."""
    pieces = bundled_tokenizer()
    found: list[str] = []
    for document in cycle(load_sample_documents()):
        text = document.text
        start = (len(found) * 7) % 40
        for end in range(start + length // 2, len(text)):
            if len(pieces.encode(text[start:end])) == length:
                found.append(text[start:end])
                break
        if len(found) == count:
            return found
    raise AssertionError("cycle never ends")


def batches(items: list[Any], size: int) -> Iterator[list[Any]]:
    """Batches of ``size``, again and again."""
    groups = [items[start : start + size] for start in range(0, len(items), size)]
    return cycle(groups)


@cache
def contender(name: str, folder: str) -> Callable[[list[Any]], Any]:
    """What embeds one batch, loaded once in its process: texts for ours, rows of piece numbers for the rival."""
    if name in (RIVAL, RIVAL_INT8):
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        path = Path(folder, "int8.onnx" if name == RIVAL_INT8 else "float32.onnx")
        session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        return lambda rows: session.run(None, {"ids": np.stack(rows)})[0]
    import tensorflow as tf
    import tensorflow_text  # noqa: F401  (registers the tokenizer's operations)

    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    encode = tf.saved_model.load(str(BUNDLED_ROOT / name / "1"))
    return lambda texts: encode(texts).numpy()


def turn(name: str, folder: str, items: list[Any], size: int) -> float:
    """Sentences a CPU-second in one turn."""
    embed = contender(name, folder)
    queue = batches(items, size)
    embed(next(queue))
    done, started, end = 0, time.process_time(), time.perf_counter() + SECONDS
    while time.perf_counter() < end:
        batch = next(queue)
        embed(batch)
        done += len(batch)
    return done / (time.process_time() - started)


def prepare(folder: Path) -> dict[int, list[str]]:
    """Write the rival's two files; return the sentences of each length."""
    from benchmarks.minilm_onnx import write_float32, write_int8

    write_int8(write_float32(folder / "float32.onnx"), folder / "int8.onnx")
    return {length: sentences_of(length) for length in LENGTHS}


def measure(turns: int = TURNS) -> list[Measurement]:
    """One row for each bound, length and batch; the encoders that are not bundled are left out."""
    ours = [name for name in ("polyglot-fast", "polyglot") if (BUNDLED_ROOT / name).is_dir()]
    names = [RIVAL, RIVAL_INT8, *ours]
    # before the processes start: a thread pool of a library that has begun to work ignores the limit
    os.environ |= {"OMP_NUM_THREADS": "1", "TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1"}
    speeds: dict[tuple[str, int, int], float] = {}
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        spawn = multiprocessing.get_context("spawn")
        pools = {name: stack.enter_context(ProcessPoolExecutor(1, mp_context=spawn)) for name in names}
        texts = pools[ours[0]].submit(prepare, Path(folder)).result()
        for length in LENGTHS:
            rows = list(np.random.default_rng(length).integers(0, 32_000, (64, length)))
            for size in BATCHES:
                found: dict[str, list[float]] = {name: [] for name in names}
                for _ in range(turns):
                    for name in names:
                        items: list[Any] = rows if name.startswith("MiniLM") else texts[length]
                        found[name].append(pools[name].submit(turn, name, folder, items, size).result())
                speeds |= {(name, length, size): median(values) for name, values in found.items()}
    return [
        Measurement(
            f"{name} next to {rival}, {length} pieces, {'one by one' if size == 1 else f'{size} at once'}",
            speeds[name, length, size] / speeds[rival, length, size],
            "times faster",
            # one text at a time is mostly the call itself, which no bound is about
            bound if size > 1 else None,
            at_least=True,
            detail=f"{speeds[name, length, size]:,.0f} to {speeds[rival, length, size]:,.0f} sentences a CPU-second",
        )
        for name, rival, bound in BOUNDS
        if name in ours
        for length in LENGTHS
        for size in BATCHES
    ]


if __name__ == "__main__":
    run_alone(measure, __doc__)
