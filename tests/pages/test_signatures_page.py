"""The explorer with the app's own models and with archives that the tests make."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from components.navigation import ENTERED
from models.savedmodel.sources import MODELS_VARIABLE, OPEN_VARIABLE
from tests.archives import entries_of, tar_of, zip_of, zipped
from tests.pages.conftest import PATIENCE

PAGE = Path(__file__).parents[2] / "pages" / "signatures.py"
Upload = Callable[[str, bytes], AppTest]


@pytest.fixture(autouse=True)
def nothing_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (MODELS_VARIABLE, OPEN_VARIABLE):
        monkeypatch.delenv(name, raising=False)


def explore(tab: str = "Signatures", **query: str) -> AppTest:
    app = AppTest.from_file(str(PAGE), default_timeout=PATIENCE)
    app.session_state[ENTERED] = True
    for name, value in {"explored_tab": tab, **query}.items():
        app.query_params[name] = value
    return settled(app.run())


def settled(app: AppTest) -> AppTest:
    """Run until no task is going on."""
    for _ in range(300):
        if not any(key in app.session_state for key in ("explored_job", "other_job", "explored_run_job")):
            return app
        app.run()
    raise AssertionError("a task did not end")


def upload(app: AppTest, name: str, data: bytes, slot: str = "explored") -> AppTest:
    app.segmented_control(key=f"{slot}_from").set_value("Upload").run()
    return settled(app.file_uploader(key=f"{slot}_upload").upload(name, data).run())


def words(app: AppTest) -> str:
    shown = (*app.markdown, *app.caption, *app.warning, *app.info, *app.error, *app.subheader)
    return "\n".join(str(element.value) for element in shown).replace("\\", "")


def metrics(app: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in app.metric}


def column(app: AppTest, name: str) -> list[str]:
    """The cells of the first table that has this column."""
    return next(list(table.value[name]) for table in app.dataframe if name in table.value)


def test_opens_on_a_bundled_model() -> None:
    app = explore()
    assert not app.exception and not app.error
    assert metrics(app)["Size"].endswith(" MB") and metrics(app)["Signatures"] == "1"
    assert "Only operations that the models of this app use too" in words(app)
    assert column(app, "Function") == ["__call__"]
    assert "tf.saved_model.load('models/bundled/polyglot-fast/1')" in app.code[0].value


@pytest.mark.parametrize("tab", ["Signatures", "Run", "Variables", "Operations", "Safety", "Compare", "Files"])
def test_every_tab_opens_from_the_address(tab: str) -> None:
    app = explore(tab)
    assert not app.exception and not app.error
    assert len(app.dataframe) + len(app.button) + len(app.caption) > 1


@pytest.mark.parametrize("value", ["", "x", "../../etc/passwd", "<script>"])
def test_nonsense_in_the_address_falls_back(value: str) -> None:
    app = explore(value, explored=value, other=value)
    assert not app.exception and not app.error and metrics(app)


def test_the_choice_of_a_model_is_in_the_address() -> None:
    assert metrics(explore(explored="Hand-crafted audio features"))["Signatures"] == "2"


def test_code_for_every_tool() -> None:
    app = explore()
    for tool, start in (("saved_model_cli", "saved_model_cli show"), ("TensorFlow Serving", "curl -X POST")):
        app.segmented_control(key="explored_snippet").set_value(tool).run()
        assert app.code[0].value.startswith(start)


def test_uploaded_model_is_explored_and_never_loaded(reading_model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # None in place of a module: whoever imports it now fails
    monkeypatch.setitem(sys.modules, "tensorflow_hub", None)
    app = upload(explore(), "reader.zip", zipped(reading_model))
    assert not app.error and metrics(app)["Parameters"] == "0"
    assert "it can reach outside (ReadFile)" in words(app)
    assert column(app, "Shape") == ["scalar"]
    assert "path/to/the/model" in app.code[0].value
    app.session_state["explored_tab"] = "Run"
    app.run()
    assert "read and not executed" in words(app)
    assert not [button for button in app.button if button.key == "explored_run"]


@pytest.mark.parametrize(
    ("model", "operation", "badge", "could"),
    [
        ("reading_model", "ReadFile", "reads files", "a key or a password"),
        ("writing_model", "WriteFile", "writes files", "replace programs"),
        ("python_model", "EagerPyFunc", "runs other code", "Python function"),
    ],
)
def test_scan_says_what_could_happen(
    model: str, operation: str, badge: str, could: str, request: pytest.FixtureRequest
) -> None:
    app = upload(explore("Safety"), "model.tar.gz", tar_of(entries_of(request.getfixturevalue(model))))
    text = words(app)
    assert f"**{operation}**" in text and badge in text and could in text
    assert "when the signature serving_default is called" in text
    assert "On the deny list: none" not in text


def test_harmless_upload_is_not_accused(harmless_model: Path) -> None:
    text = words(upload(explore("Safety"), "model.zip", zipped(harmless_model)))
    assert "On the deny list: none" in text and "On the allow list: 2" in text and "Do not load" not in text


def test_description_can_be_downloaded(harmless_model: Path) -> None:
    app = upload(explore("Files"), "model.zip", zipped(harmless_model))
    assert [button.label for button in app.get("download_button")] == ["Description as JSON"]
    assert "variables/variables.index" in column(app, "File") and "signatures and operations" in column(app, "Kind")


def test_variables_and_operations(harmless_model: Path) -> None:
    app = upload(explore("Variables"), "model.zip", zipped(harmless_model))
    assert column(app, "Variable") == ["layer/bias", "layer/kernel"] and column(app, "Trainable") == ["no", "yes"]
    app = upload(explore("Operations"), "model.zip", zipped(harmless_model))
    assert "MatMul" in column(app, "Operation")


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("empty.zip", b"", "empty.zip is empty"),
        ("text.zip", b"hello", "text.zip is not an archive"),
        ("other.zip", zip_of({"readme.txt": b"x"}), "holds no saved_model.pb"),
        ("evil.zip", zip_of({"../evil": b"x"}), "unsafe entry"),
        ("bomb.zip", zip_of({"saved_model.pb": bytes(60_000_000)}), "unfolds into more than"),
        ("cut.zip", zip_of({"saved_model.pb": b"\x12\xff"}), "damaged, cut off, or something else"),
        ("old.zip", zip_of({"tfhub_module.pb": b"x", "saved_model.pb": b"x"}), "old TensorFlow 1 hub format"),
    ],
)
def test_bad_archive_is_a_sentence_and_the_page_goes_on(
    name: str, data: bytes, sentence: str, harmless_model: Path
) -> None:
    app = upload(explore(), name, data)
    assert not app.exception and sentence in app.error[0].value.replace("\\", "")
    app = settled(app.file_uploader(key="explored_upload").upload("good.zip", zipped(harmless_model)).run())
    app = app if metrics(app) else upload(app, "good.zip", zipped(harmless_model))
    assert not app.error and metrics(app)["Parameters"] == "15"


def test_archive_of_several_models_asks_which(harmless_model: Path, reading_model: Path) -> None:
    both = zip_of({**entries_of(harmless_model, "a/"), **entries_of(reading_model, "b/")})
    app = upload(explore(), "both.zip", both)
    assert not app.error and metrics(app)["Parameters"] == "15"
    app = settled(app.selectbox(key="explored_folder").set_value("b").run())
    assert metrics(app)["Parameters"] == "0" and "ReadFile" in words(app)


def test_two_uploads_are_compared(harmless_model: Path, reading_model: Path) -> None:
    app = upload(explore("Compare"), "first.zip", zipped(harmless_model))
    app = upload(app, "second.zip", zipped(reading_model), slot="other")
    assert not app.error and "inputs and outputs differ" in words(app)
    facts = next(table.value for table in app.dataframe if "Parameters" in list(table.value["What"]))
    assert list(facts[facts["What"] == "Flagged operations"].iloc[0])[1:] == ["none", "ReadFile", "differs"]
    app = upload(app, "same.zip", zipped(harmless_model), slot="other")


def test_names_of_a_hostile_model_are_shown_as_text(harmless_model: Path) -> None:
    graph = (harmless_model / "saved_model.pb").read_bytes()
    hostile = graph.replace(b"serving_default", b"<img src=x>**b**"[:15])
    entries = {**entries_of(harmless_model), "saved_model.pb": hostile, "assets/<script>alert(1)": b""}
    app = upload(explore("Files"), "<b>model</b>.zip", zip_of(entries))
    assert not app.exception and not app.error
    assert "assets/<script>alert(1)" in column(app, "File")


def test_typed_address_is_refused_in_words_and_allowed_by_the_owner(
    harmless_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = explore()
    app.segmented_control(key="explored_from").set_value("Address or folder").run()
    app.text_input(key="explored_typed").set_value(str(harmless_model)).run()
    assert OPEN_VARIABLE in app.error[0].value.replace("\\", "")
    app = settled(app.text_input(key="explored_typed").set_value("handcrafted-image").run())
    assert not app.error and "handcrafted-image" in app.code[0].value
    monkeypatch.setenv(OPEN_VARIABLE, "1")
    app = settled(app.text_input(key="explored_typed").set_value(str(harmless_model)).run())
    assert not app.error and metrics(app)["Parameters"] == "15"
    app.session_state["explored_tab"] = "Run"
    assert "read and not executed" in words(app.run())


def test_model_that_is_not_here_is_offered_for_download(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLYGLOT_OFFLINE", "1")
    app = explore(explored="YAMNet")
    assert "is not on this server yet" in words(app)
    app = settled(app.button(key="explored_download").click().run())
    assert "downloads are switched off" in app.error[0].value.replace("\\", "")


# Running, where the model is trusted.


def run(app: AppTest) -> AppTest:
    return settled(app.button(key="explored_run").click().run())


def test_text_model_runs() -> None:
    app = run(explore("Run"))
    assert not app.error and "median of 5 calls" in words(app) and "float32 [2, 512]" in words(app)
    assert {"Smallest", "Largest", "Mean", "Deviation"} <= set(metrics(app))
    assert len(app.code[0].value.split(", ")) == 8


def test_random_image_and_two_signatures() -> None:
    app = explore("Run", explored="Hand-crafted image features")
    app.segmented_control(key="run_kind_handcrafted-image_serving_default_inputs").set_value("Random").run()
    assert "float32 [1, 326]" in words(run(app))
    app = explore("Run", explored="Hand-crafted audio features")
    app.selectbox(key="explored_signature").set_value("log_mel").run()
    app.segmented_control(key="run_kind_handcrafted-audio_log_mel_inputs").set_value("Random").run()
    app.number_input(key="run_size_handcrafted-audio_log_mel_inputs_0").set_value(16_000).run()
    assert "log mel" not in words(app) and "64]" in words(run(app))


def test_model_that_the_owner_names_runs_with_typed_numbers(
    harmless_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(MODELS_VARIABLE, str(harmless_model))
    app = explore("Run", explored=f"{harmless_model.parent.name}/1")
    key = f"run_numbers_{harmless_model}_serving_default_features"
    app.selectbox(key="explored_signature").set_value("serving_default").run()
    for typed, words_ in (("1, NaN, 2, 3", "NaN"), ("1, 2, 3", "needs the shape"), ("a", "needs numbers")):
        app.text_input(key=key).set_value(typed).run()
        assert words_ in run(app).error[0].value
    app.text_input(key=key).set_value("1, 2, 3, 4").run()
    app = run(app)
    assert not app.error and "float32 [1, 3]" in words(app)


def test_json_of_the_page_is_json(harmless_model: Path) -> None:
    from models.savedmodel.archives import read_archive
    from models.savedmodel.description import description_to_json
    from models.savedmodel.reading import describe

    assert json.loads(description_to_json(describe(read_archive("m.zip", zipped(harmless_model)))))["parameters"] == 15
