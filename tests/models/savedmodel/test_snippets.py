"""The code to copy is run as it stands, with the tools that it is for."""

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from models.savedmodel.description import SignatureDescription, TensorDescription
from models.savedmodel.snippets import cli_snippet, example_value, python_snippet, serving_snippet
from tests.models.savedmodel.conftest import described

LARGE = SignatureDescription(
    "serving_default", (TensorDescription("images", "float32", (None, 224, 224, 3)),), (), "tensorflow/serving/predict"
)
NAMES = ["x'; touch hacked; '", "x\n$(touch hacked)", "a=__import__('os').system('touch hacked');b", "`touch hacked`"]


@pytest.mark.parametrize(
    ("model", "signature", "shape"),
    [
        ("harmless_model", "serving_default", "scores float32 (1, 3)"),
        ("harmless_model", "count", "int32 ()"),
        ("tiny_text_model", "serving_default", "outputs float32 (2, 64)"),
    ],
)
def test_python_runs(
    model: str, signature: str, shape: str, request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = request.getfixturevalue(model)
    found = described(folder)
    exec(python_snippet(found, found.signature(signature), str(folder)), {})  # noqa: S102 -- that is what it is for
    assert shape in capsys.readouterr().out


def test_python_imports_the_text_operations_where_they_are_needed(
    tiny_sentencepiece_model: Path, harmless_model: Path
) -> None:
    for folder, needed in ((tiny_sentencepiece_model, True), (harmless_model, False)):
        found = described(folder)
        assert ("import tensorflow_text" in python_snippet(found, found.signatures[0], "x")) is needed


def test_python_loads_an_address_from_the_hub(harmless_model: Path) -> None:
    found = described(harmless_model)
    code = python_snippet(found, found.signature("serving_default"), "https://tfhub.dev/google/x/1")
    assert "hub.load('https://tfhub.dev/google/x/1')" in code
    compile(code, "snippet", "exec")


@pytest.mark.parametrize("rows", [1, 9])
def test_saved_model_cli_runs(rows: int, harmless_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    signature = described(harmless_model).signature("serving_default")
    if rows > 1:  # too many numbers to write them out
        inputs = (TensorDescription("features", "float32", (rows, 4)),)
        signature = SignatureDescription(signature.name, inputs, signature.outputs)
    show, *save, run = cli_snippet(signature, "serve", str(harmless_model)).replace("\\\n", " ").splitlines()
    for line in save:
        exec(shlex.split(line)[2], {})  # noqa: S102 -- as above
    # both commands take the same folder, tags and signature; each costs a start of TensorFlow
    assert shlex.split(show)[2:] == shlex.split(run)[2:8]
    module = "tensorflow.python.tools.saved_model_cli"
    command = [sys.executable, "-m", module, *shlex.split(run)[1:]]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.partition("output key scores:")[2].count("0.333") == 3 * rows


def test_serving_request_is_valid_json() -> None:
    inputs = (TensorDescription("text", "string", (None,)), TensorDescription("flag", "bool", ()))
    request = serving_snippet(SignatureDescription("serving_default", inputs, ()), "Polyglot fast")
    words = shlex.split(request.replace("\\\n", " "))
    assert words[:4] == ["curl", "-X", "POST", "http://localhost:8501/v1/models/Polyglot_fast:predict"]
    body = json.loads(words[5])
    assert body["signature_name"] == "serving_default" and body["inputs"]["flag"] is True
    assert body["inputs"]["text"][0] == "The sun warms the house."


def test_many_numbers_are_not_written_out(harmless_model: Path) -> None:
    assert example_value(LARGE.inputs[0]) is None
    assert "tf.zeros([1, 224, 224, 3], tf.float32)" in python_snippet(described(harmless_model), LARGE, "x")
    assert "# Fill in the numbers of 'images'" in serving_snippet(LARGE, "x")
    assert "np.save('\"'\"'input_1.npy'\"'\"'" in cli_snippet(LARGE, "serve", "x")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("shape", [(), (9, 9)])
def test_names_of_a_stranger_are_never_commands(
    name: str, shape: tuple[int, ...], harmless_model: Path, tmp_path: Path
) -> None:
    signature = SignatureDescription(name, (TensorDescription(name, "float32", shape),), ())
    tools, place = tmp_path / "tools", tmp_path / "place"
    tools.mkdir()
    place.mkdir()
    for tool in ("saved_model_cli", "python", "curl"):
        (tools / tool).write_text("#!/bin/sh\nexit 0\n")
        (tools / tool).chmod(0o700)
    environment = {"PATH": f"{tools}:{os.environ['PATH']}"}
    for code in (cli_snippet(signature, name, name), serving_snippet(signature, name)):
        done = subprocess.run(["sh", "-e", "-c", code], cwd=place, env=environment, capture_output=True, text=True)
        assert (done.returncode, done.stderr) == (0, "")
    assert list(place.iterdir()) == []
    # saved_model_cli takes names and values apart at semicolons
    assert "--input" not in cli_snippet(signature, "serve", "x")
    python = python_snippet(described(harmless_model), signature, name)
    compile(python, "snippet", "exec")
    assert "hacked" not in python.replace(repr(name), "")
