"""What the files say must be what TensorFlow says after loading them."""

import json
import math
from pathlib import Path
from typing import Any

import pytest

from models.catalog import CATALOG
from models.errors import UnreadableFileError
from models.savedmodel import reading
from models.savedmodel.budget import within_budget
from models.savedmodel.description import ModelDescription, TensorDescription, description_to_json, shape_text
from models.savedmodel.reading import ModelFiles, describe, read_folder
from models.savedmodel.statistics import MAIN_GRAPH, SAVER
from tests.models.savedmodel.conftest import described, files_of, with_graph


@pytest.fixture(scope="module")
def harmless(harmless_model: Path) -> ModelDescription:
    return described(harmless_model)


def loaded(folder: Path) -> Any:
    from models.runtime import import_tensorflow

    return import_tensorflow().saved_model.load(str(folder))


def test_tags_version_and_size(harmless: ModelDescription, harmless_model: Path) -> None:
    from models.runtime import import_tensorflow

    assert harmless.tags == ("serve",)
    assert harmless.tensorflow_version == import_tensorflow().__version__
    assert harmless.total_bytes == sum(f.stat().st_size for f in harmless_model.rglob("*") if f.is_file())
    assert harmless.notes == ()


@pytest.mark.parametrize("model", ["harmless_model", "tiny_text_model", "reading_model", "vocabulary_model"])
def test_signatures_are_those_of_the_loaded_model(model: str, request: pytest.FixtureRequest) -> None:
    folder = request.getfixturevalue(model)
    theirs = {}
    for name, function in loaded(folder).signatures.items():
        inputs = function.structured_input_signature[1]
        outputs = function.structured_outputs
        theirs[name] = tuple(
            tuple(sorted((key, spec.dtype.name, tuple(spec.shape)) for key, spec in specs.items()))
            for specs in (inputs, outputs)
        )
    ours = {
        signature.name: tuple(
            tuple((tensor.name, tensor.dtype, tensor.shape) for tensor in tensors)
            for tensors in (signature.inputs, signature.outputs)
        )
        for signature in described(folder).signatures
    }
    assert ours == theirs and ours


@pytest.mark.parametrize("model", ["harmless_model", "tiny_sentencepiece_model"])
def test_variables_are_those_of_the_loaded_model(model: str, request: pytest.FixtureRequest) -> None:
    folder = request.getfixturevalue(model)
    variables = described(folder).variables
    theirs = sorted((v.dtype.name, tuple(v.shape), v.trainable) for v in _variables(loaded(folder)))
    assert sorted((v.dtype, v.shape, v.trainable) for v in variables) == theirs
    assert sum(v.bytes for v in variables) == sum(math.prod(v.shape or ()) * 4 for v in variables)


def _variables(model: Any) -> list[Any]:
    layers = [model, *filter(None, [getattr(model, "layer", None)])]
    names = ("kernel", "bias", "table")
    return [getattr(layer, name) for layer in layers for name in names if hasattr(layer, name)]


def test_variable_names_and_parameters(harmless: ModelDescription) -> None:
    assert [v.name for v in harmless.variables] == ["layer/bias", "layer/kernel"]
    assert [v.trainable for v in harmless.variables] == [False, True]
    assert harmless.parameters == 15 and harmless.variable_bytes == 60


def test_functions_show_their_structured_arguments_and_results(harmless: ModelDescription) -> None:
    functions = {function.name: function for function in harmless.functions}
    assert functions["__call__"].inputs == "features: float32 [?, 4]"
    assert functions["__call__"].outputs == "{logits: float32 [?, 3], scores: float32 [?, 3]}"
    assert functions["count"].inputs == "start: int32 scalar, flags: bool [2]"


@pytest.mark.parametrize("model", ["harmless_model", "tiny_text_model"])
def test_operations_are_counted_in_graph_and_library(model: str, request: pytest.FixtureRequest) -> None:
    from tensorflow.core.protobuf import saved_model_pb2

    folder = request.getfixturevalue(model)
    graph = saved_model_pb2.SavedModel.FromString((folder / "saved_model.pb").read_bytes()).meta_graphs[0].graph_def
    inside = sum(len(function.node_def) for function in graph.library.function)
    found = described(folder)
    assert sum(operation.graph for operation in found.operations) == len(graph.node)
    assert sum(operation.functions for operation in found.operations) == inside
    assert set(found.calls) == {MAIN_GRAPH, SAVER, *(function.signature.name for function in graph.library.function)}
    totals = [operation.total for operation in found.operations]
    assert totals == sorted(totals, reverse=True)


def test_assets_are_named(vocabulary_model: Path) -> None:
    found = described(vocabulary_model)
    assert found.assets == ("words.txt",) and "assets/words.txt" in found.files


def test_model_of_tensorflow_1_says_what_it_lacks(old_model: Path) -> None:
    found = described(old_model)
    (signature,) = found.signatures
    assert [str(tensor) for tensor in signature.inputs] == ["x: float32 [?, 2]"]
    assert [(v.name, v.shape, v.trainable) for v in found.variables] == [("weights", (2, 5), None)]
    assert not found.functions and "as TensorFlow 1 does" in " ".join(found.notes)


def test_everything_is_there_for_a_program(harmless: ModelDescription) -> None:
    document = json.loads(description_to_json(harmless, {"scan": []}))
    assert document["parameters"] == 15 and document["signatures"][1]["inputs"][0]["shape"] == [None, 4]
    assert list(document)[-1] == "scan"


@pytest.mark.parametrize("spec", [s for s in CATALOG.values() if s.bundled_path], ids=lambda spec: spec.name)
def test_bundled_models_can_be_explored(spec: Any) -> None:
    found = describe(read_folder(spec.bundled_path, spec.title))
    assert found.signature("serving_default").inputs and found.parameters > 0 and not found.notes


@pytest.mark.parametrize(
    ("shape", "text"), [(None, "any shape"), ((), "scalar"), ((None, 512), "[?, 512]"), ((3,), "[3]")]
)
def test_shapes_in_words(shape: Any, text: str) -> None:
    assert shape_text(shape) == text
    assert str(TensorDescription("x", "int8", shape)) == f"x: int8 {text}"


# What is wrong with the files is a sentence.


def refusal(files: ModelFiles) -> str:
    with pytest.raises(UnreadableFileError) as caught:
        describe(files)
    return str(caught.value)


@pytest.mark.parametrize("part", [1, 100, 0.5, 0.999])
def test_truncated_graph(part: float, harmless_model: Path) -> None:
    graph = (harmless_model / "saved_model.pb").read_bytes()
    cut = graph[: int(part) if part >= 1 else int(len(graph) * part)]
    assert "saved_model.pb that is damaged, cut off, or something else" in refusal(files_of(cut))


def test_graph_that_is_none() -> None:
    assert "empty saved_model.pb" in refusal(files_of(b""))
    assert "damaged" in refusal(files_of(b"This is a text, and no protobuf at all."))
    assert "damaged" in refusal(files_of(b"\x08\x01"))  # valid, but without a graph


def test_every_truncation_of_a_small_model_is_a_sentence_or_a_description(reading_model: Path) -> None:
    graph = (reading_model / "saved_model.pb").read_bytes()
    for end in range(0, len(graph), max(1, len(graph) // 150)):
        for data in (graph[:end], graph[:end] + b"\xff" + graph[end + 1 :]):
            try:
                describe(files_of(data))
            except UnreadableFileError as error:
                assert "model.zip" in str(error)


def test_damaged_index_costs_the_sizes_only(harmless_model: Path) -> None:
    graph = (harmless_model / "saved_model.pb").read_bytes()
    index = (harmless_model / "variables" / "variables.index").read_bytes()
    found = describe(files_of(graph, index[:-1]))
    assert "index cannot be read" in found.notes[0]
    assert [(v.name, v.shape, v.bytes) for v in found.variables] == [
        ("layer/bias", (3,), 0),
        ("layer/kernel", (4, 3), 0),
    ]
    assert "did not come with this copy" in describe(files_of(graph)).notes[0]


def test_modules_of_the_old_hub_are_named(harmless_model: Path, tmp_path: Path) -> None:
    def mark(message: Any) -> None:
        message.meta_graphs[0].collection_def["hub_module_attachments"].bytes_list.value.append(b"x")

    assert "TensorFlow 1 hub" in refusal(with_graph(harmless_model, mark))
    (tmp_path / "tfhub_module.pb").write_bytes(b"\x08\x03")
    (tmp_path / "saved_model.pb").write_bytes(b"x")
    with pytest.raises(UnreadableFileError, match="old TensorFlow 1 hub format"):
        read_folder(tmp_path, "old")


def test_folder_without_a_model_and_model_in_another_form(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError, match="is not a SavedModel"):
        read_folder(tmp_path, "empty")
    (tmp_path / "saved_model.pbtxt").write_text("meta_graphs {}")
    with pytest.raises(UnreadableFileError, match="in another form"):
        read_folder(tmp_path, "text")


def test_unknown_operation_is_described_like_any_other(harmless_model: Path) -> None:
    def rename(message: Any) -> None:
        for function in message.meta_graphs[0].graph_def.library.function:
            for node in function.node_def:
                if node.op == "Softmax":
                    node.op = "SoftmaxOfTheFuture"

    found = describe(with_graph(harmless_model, rename))
    assert "SoftmaxOfTheFuture" in {operation.name for operation in found.operations}


def test_names_that_are_no_text_are_damage(harmless_model: Path) -> None:
    graph = (harmless_model / "saved_model.pb").read_bytes().replace(b"serving_default", b"serving_defaul\xff")
    assert "damaged" in refusal(files_of(graph))


def test_graph_that_unfolds_into_too_much_is_refused(harmless_model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # two bytes each: an empty node in an empty graph
    nodes = b"\x0a\x00" * 60_000
    assert within_budget(nodes, "GraphDef", most=60_000) and not within_budget(nodes, "GraphDef", most=59_999)
    monkeypatch.setattr(reading, "within_budget", lambda data: within_budget(data, most=100))
    graph = (harmless_model / "saved_model.pb").read_bytes()
    assert "more parts than this page reads" in refusal(files_of(graph))
    assert describe(files_of(graph, trusted=True)).signatures
