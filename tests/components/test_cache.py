import logging
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from components import cache
from models.errors import InvalidInputError, ModelUnavailableError
from models.model_names import offered_text_models
from models.text.encoder import TextEncoder, load_text_encoder

ROOT = Path(cache.__file__).parents[1]


@pytest.fixture(autouse=True)
def _empty_caches(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("POLYGLOT_OFFLINE", "1")
    for cached in (cache._encoder, cache._warm_up_once, cache._board):
        cached.clear()
    yield
    cache._encoder.clear()


@pytest.fixture
def own_models(tmp_path: Path, tiny_text_model: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Three folders that the server's owner names."""
    names = [str(shutil.copytree(tiny_text_model, tmp_path / name)) for name in ("one", "two", "three")]
    monkeypatch.setenv("POLYGLOT_TEXT_MODELS", ", ".join([*names, "/no/such/folder"]))
    return names


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the models that are really loaded, in order."""
    seen: list[str] = []

    def counted(name: str, *rest: object) -> TextEncoder:
        seen.append(name)
        return load_text_encoder(name, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(cache, "load_text_encoder", counted)
    return seen


def test_all_visitors_share_one_encoder_and_one_load(own_models: list[str], loads: list[str]) -> None:
    found: list[TextEncoder] = []
    threads = [threading.Thread(target=lambda: found.append(cache.text_encoder(own_models[0]))) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 5 and len(set(map(id, found))) == 1
    assert loads == [own_models[0]]
    assert cache.encoder_state(own_models[0]).status == "ready"


def test_a_search_during_the_warm_up_waits_for_it_and_loads_nothing_itself(
    own_models: list[str], loads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "DEFAULT_TEXT_MODEL", own_models[0])
    assert cache.warm_up_state().status == "absent"
    for _ in range(3):
        cache.warm_up()
    encoder = cache.text_encoder(own_models[0])
    assert encoder is cache.text_encoder(own_models[0])
    assert loads == [own_models[0]]
    assert cache.warm_up_state().status == "ready"
    assert cache.warm_up_state().seconds is not None


def test_progress_is_told_in_the_calling_thread(own_models: list[str]) -> None:
    threads, texts = set(), []

    def progress(share: float | None, text: str) -> None:
        threads.add(threading.current_thread())
        texts.append(text)

    cache.text_encoder(own_models[0], progress)
    assert threads == {threading.current_thread()}
    assert texts and set(texts) <= {"Preparing the model", "Starting TensorFlow", "Loading one"}


def test_a_third_model_makes_the_oldest_leave_the_memory(own_models: list[str]) -> None:
    for name in own_models:
        cache.text_encoder(name)
    assert [cache.encoder_state(name).status for name in own_models] == ["absent", "ready", "ready"]


def test_a_failure_is_told_and_not_remembered(own_models: list[str]) -> None:
    graph = Path(own_models[0]) / "saved_model.pb"
    content = graph.read_bytes()
    graph.unlink()
    for progress in (None, lambda share, text: None):
        with pytest.raises(ModelUnavailableError, match="no saved_model"):
            cache.text_encoder(own_models[0], progress)
    state = cache.encoder_state(own_models[0])
    assert state.status == "failed" and "no saved_model.pb" in state.text
    graph.write_bytes(content)
    assert cache.text_encoder(own_models[0]).dimension > 0
    assert cache.encoder_state(own_models[0]).status == "ready"


def test_a_failed_warm_up_leaves_a_sentence(monkeypatch: pytest.MonkeyPatch, own_models: list[str]) -> None:
    name = "universal-sentence-encoder-large"
    monkeypatch.setattr(cache, "DEFAULT_TEXT_MODEL", name)
    cache.warm_up()
    with pytest.raises(ModelUnavailableError):
        cache.text_encoder(name)
    assert "POLYGLOT_OFFLINE" in cache.warm_up_state().text


def test_only_offered_models_are_loaded(own_models: list[str], tiny_text_model: Path, loads: list[str]) -> None:
    for name in (str(tiny_text_model), "http://127.0.0.1:9/m/1", "../" + own_models[0], "yamnet", "nonsense", ""):
        with pytest.raises(InvalidInputError, match="not offered here"):
            cache.text_encoder(name)
    assert loads == []


def test_the_owner_adds_models_and_a_wrong_entry_is_logged_once(
    own_models: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    first, second = offered_text_models(), offered_text_models()
    assert first == second
    assert [spec.name for spec in first[-3:]] == own_models
    assert [record.getMessage() for record in caplog.records if "/no/such/folder" in record.getMessage()] == [
        "POLYGLOT_TEXT_MODELS: /no/such/folder is not a folder. Check the path."
    ]


def test_the_warm_up_thread_works_without_a_page(
    own_models: list[str], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(cache, "DEFAULT_TEXT_MODEL", own_models[0])
    with caplog.at_level(logging.WARNING):
        cache.warm_up()
        cache._warm_up_once().result()
    assert not [record for record in caplog.records if "ScriptRunContext" in record.getMessage()]


def test_the_first_page_does_not_wait_for_tensorflow() -> None:
    code = (
        "import sys; from components import cache; cache.warm_up_state(); "
        "sys.exit('tensorflow' in sys.modules or 'tensorflow_hub' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
