"""The scan, with real models that do what it warns of, and with every operation of the installed TensorFlow."""

import re
from pathlib import Path
from typing import Any

import pytest

from models.savedmodel.description import ModelDescription
from models.savedmodel.reading import describe
from models.savedmodel.risky_operations import keeping, risk_of
from models.savedmodel.security import Finding, ScanReport, known_operations, scan
from tests.models.savedmodel.conftest import described, files_of, with_graph


def flagged(report: ScanReport) -> dict[str, Finding]:
    return {finding.operation: finding for finding in report.judged("flagged")}


def test_model_that_reads_a_file(reading_model: Path) -> None:
    report = scan(described(reading_model))
    (finding,) = report.judged("flagged")
    assert (finding.operation, finding.reach, finding.count) == ("ReadFile", "read", 1)
    assert "password" in finding.words
    assert finding.when == ("when __call__ is called", "when the signature serving_default is called")
    assert "Do not load this model unless you trust who made it" in report.summary and "ReadFile" in report.summary


def test_model_that_writes_a_file_in_a_branch(writing_model: Path) -> None:
    finding = flagged(scan(described(writing_model)))["WriteFile"]
    assert finding.reach == "write" and "replace programs" in finding.words
    assert "when the signature serving_default is called" in finding.when


def test_model_with_a_python_function(python_model: Path) -> None:
    finding = flagged(scan(described(python_model)))["EagerPyFunc"]
    assert finding.reach == "code" and "Python function" in finding.words


def test_harmless_model_is_not_accused(harmless_model: Path) -> None:
    report = scan(described(harmless_model))
    assert not report.judged("flagged")
    known = {finding.operation for finding in report.judged("known")}
    assert {"MatMul", "SaveV2", "RestoreV2", "MergeV2Checkpoints"} <= known
    assert "Do not load" not in report.summary


def test_bundled_models_are_not_accused() -> None:
    assert len(known_operations()) > 40
    assert not any(risk_of(name) for name in known_operations())


def test_model_of_tensorflow_1_is_not_accused_of_its_saver(old_model: Path) -> None:
    assert not scan(described(old_model)).judged("flagged")


def test_vocabulary_among_the_assets_is_said_to_be_usual(vocabulary_model: Path) -> None:
    finding = flagged(scan(described(vocabulary_model)))["InitializeTableFromTextFileV2"]
    assert "usual" in finding.words and "when the model is loaded" in finding.when


def test_operation_that_nobody_knows_is_not_judged(harmless_model: Path) -> None:
    report = scan(described(harmless_model), known=frozenset())
    assert "Softmax" in {finding.operation for finding in report.judged("unknown")}
    assert "not judged" in report.summary and "No operation of the deny list" in report.summary


def test_saving_in_a_function_that_is_called_is_no_housekeeping(harmless_model: Path) -> None:
    def hide(message: Any) -> None:
        library = message.meta_graphs[0].graph_def.library
        (call,) = [function for function in library.function if "__inference___call__" in function.signature.name][:1]
        call.node_def.add(name="hidden", op="SaveV2")

    finding = flagged(scan(describe(with_graph(harmless_model, hide))))["SaveV2"]
    assert "also stands elsewhere" in finding.words and "when the signature serving_default is called" in finding.when


def test_saving_in_the_part_of_the_main_graph_that_a_server_runs(old_model: Path, harmless_model: Path) -> None:
    def hide(message: Any) -> None:
        graph = message.meta_graphs[0]
        graph.graph_def.node.add(name="hidden", op="SaveV2")
        output = next(iter(graph.signature_def["serving_default"].outputs.values())).name.split(":")[0]
        (node,) = [node for node in graph.graph_def.node if node.name == output]
        node.input.append("^hidden")

    for model in (old_model, harmless_model):
        finding = flagged(scan(describe(with_graph(model, hide))))["SaveV2"]
        assert finding.when == ("when a signature is called",)


@pytest.mark.parametrize("tag", [b"\x52", b"\xd2\x00", b"\xd2\x80\x80\x00"])
def test_call_is_found_however_its_attribute_is_packed(tag: bytes, harmless_model: Path) -> None:
    def number(size: int) -> bytes:
        return bytes([size])

    name = b"\x0a\x06hidden"
    value = tag + number(len(name)) + name
    attribute = b"\x0a\x01f\x12" + number(len(value)) + value
    node = b"\x0a\x05PLACE\x12\x0fPartitionedCall\x2a" + number(len(attribute)) + attribute

    def hide(message: Any) -> None:
        graph = message.meta_graphs[0].graph_def
        function = graph.library.function.add()
        function.signature.name = "hidden"
        function.node_def.add(name="x", op="WriteFile")
        (call,) = [
            function for function in graph.library.function if "__inference___call___" in function.signature.name
        ]
        call.node_def.add(name="PLACE", op="x" * (len(node) - 9))

    files = with_graph(harmless_model, hide)
    place = files.graph.index(b"\x0a\x05PLACE")
    graph = files.graph[:place] + node + files.graph[place + len(node) :]
    assert flagged(scan(describe(files_of(graph))))["WriteFile"].when


def test_what_a_model_of_tensorflow_1_runs_when_it_is_loaded(old_model: Path) -> None:
    def hide(message: Any) -> None:
        graph = message.meta_graphs[0]
        graph.graph_def.node.add(name="hidden", op="RestoreV2")
        graph.collection_def["saved_model_main_op"].node_list.value.append("hidden")

    assert "RestoreV2" in flagged(scan(describe(with_graph(old_model, hide))))


def test_operation_that_nothing_calls_is_flagged_all_the_same(harmless_model: Path) -> None:
    def add(message: Any) -> None:
        function = message.meta_graphs[0].graph_def.library.function.add()
        function.signature.name = "orphan"
        function.node_def.add(name="x", op="WriteFile")

    assert flagged(scan(describe(with_graph(harmless_model, add))))["WriteFile"].when == ()


def test_operation_in_a_second_graph_is_found(harmless_model: Path) -> None:
    def add(message: Any) -> None:
        second = message.meta_graphs.add()
        second.meta_info_def.tags.append("train")
        second.graph_def.node.add(name="x", op="PyFunc")

    model = describe(with_graph(harmless_model, add))
    assert "PyFunc" in flagged(scan(model)) and model.tags == ("serve", "train")
    assert "2 graphs" in model.notes[0]


# What the issue names, as patterns; ".*" where it writes "*".
NAMED = (
    r"PyFunc|PyFuncStateless|EagerPyFunc|ReadFile|WriteFile|MatchingFiles.*|.*Reader.*|TextLineDataset|TFRecordDataset.*|"
    r"FixedLengthRecord.*|.*SqlDataset|SaveDataset.*|LoadDataset.*|.*Snapshot.*|PrintV2|.*Summary.*|"
    r"InitializeTableFromTextFile.*|DecodeProtoV2|Rpc.*|DataServiceDataset.*|Collective.*|_Send|_Recv|XlaCustomCall.*"
)
# These take such an argument, and no file: directions of a network, a flag, the paths of a beam.
HARMLESS = r"CudnnRNN.*|RiscSort|TensorSliceDataset|CTCBeamSearchDecoder|ShardedFile.*"
ARGUMENT = re.compile(r"file|path|directory|url|^address|_address|protocol|mlir_module|^dir|_dir$|ckpt")


@pytest.fixture(scope="module")
def operations() -> dict[str, list[str]]:
    """Every operation of the installed TensorFlow with the names of its inputs and attributes."""
    from models.runtime import import_tensorflow, register_text_ops

    import_tensorflow()
    register_text_ops()
    from tensorflow.core.framework import op_def_pb2
    from tensorflow.python.client import pywrap_tf_session

    found = op_def_pb2.OpList()
    found.ParseFromString(pywrap_tf_session.TF_GetBuffer(pywrap_tf_session.TF_GetAllOpList()))
    return {op.name: [argument.name for argument in (*op.input_arg, *op.attr)] for op in found.op}


def test_every_operation_of_the_issue_is_flagged(operations: dict[str, list[str]]) -> None:
    named = [name for name in operations if re.fullmatch(NAMED, name)]
    assert len(named) > 90 and [name for name in named if risk_of(name) is None] == []


def test_every_operation_that_is_given_a_file_or_an_address_is_flagged(operations: dict[str, list[str]]) -> None:
    missed = {
        name: arguments
        for name, arguments in operations.items()
        if any(ARGUMENT.search(argument) for argument in arguments)
        and not (risk_of(name) or keeping(name) or re.fullmatch(HARMLESS, name))
    }
    assert missed == {}


def test_every_flagged_operation_says_what_it_could_do(operations: dict[str, list[str]]) -> None:
    for name in operations:
        if (risk := risk_of(name)) is not None:
            assert risk[1].endswith(".") and len(risk[1]) > 20
    assert risk_of("Abort") == ("stop", "Ends the program that runs the model, with everything else that it does.")


def test_names_are_matched_as_they_are_written() -> None:
    assert risk_of("readfile") is None and risk_of("Add[x]") is None
    assert risk_of("SomebodysReaderV7") is not None


def test_scan_of_a_model_without_operations() -> None:
    empty = ModelDescription("x", (), "", (), (), (), ())
    assert scan(empty).findings == ()
