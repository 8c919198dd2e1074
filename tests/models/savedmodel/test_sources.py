"""Which models may be opened and run is the owner's decision."""

from pathlib import Path

import pytest

from models.catalog import CATALOG, DEFAULT_TEXT_MODEL
from models.errors import InvalidInputError, ModelUnavailableError, UnreadableFileError
from models.savedmodel.reading import describe
from models.savedmodel.sources import MODELS_VARIABLE, OPEN_VARIABLE, find_source, open_model, trusted_models


@pytest.fixture(autouse=True)
def nothing_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (MODELS_VARIABLE, OPEN_VARIABLE, "POLYGLOT_TEXT_MODELS"):
        monkeypatch.delenv(name, raising=False)


def test_the_catalogue_is_trusted_and_found_by_name_and_address() -> None:
    assert set(trusted_models()) == set(CATALOG)
    for spec in CATALOG.values():
        for typed in (spec.name, *spec.handles):
            assert find_source(f" {typed} ") is spec


def test_the_owner_adds_models(harmless_model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(MODELS_VARIABLE, f"{harmless_model}, /no/such/folder")
    assert str(harmless_model) in trusted_models() and len(trusted_models()) == len(CATALOG) + 1
    files = open_model(find_source(str(harmless_model)))
    assert files.trusted and describe(files).signatures


@pytest.mark.parametrize("typed", ["/etc", "https://example.com/model", "../..", "~", "models/bundled/polyglot-fast/1"])
def test_visitors_type_nothing_else(typed: str) -> None:
    with pytest.raises(InvalidInputError, match=f"opens the models of its list only.*{OPEN_VARIABLE}=1"):
        find_source(typed)


def test_where_the_owner_allows_it_a_folder_is_read_and_not_trusted(
    harmless_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(OPEN_VARIABLE, "1")
    assert not open_model(find_source(str(harmless_model))).trusted
    assert find_source("https://example.com/a/model/1").handle == "https://example.com/a/model/1"
    with pytest.raises(UnreadableFileError, match="not a SavedModel"):
        open_model(find_source(str(tmp_path)))
    with pytest.raises(ModelUnavailableError, match="is not a folder"):
        find_source(str(tmp_path / "nothing"))


@pytest.mark.parametrize("setting", ["", "1"])
def test_addresses_are_secure(setting: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(OPEN_VARIABLE, setting)
    with pytest.raises(InvalidInputError, match="https://"):
        find_source("http://example.com/model")


def test_nothing_is_downloaded_where_that_is_switched_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLYGLOT_OFFLINE", "1")
    hub = next(spec for spec in CATALOG.values() if spec.bundled_path is None)
    with pytest.raises(ModelUnavailableError, match="downloads are switched off"):
        open_model(hub)


def test_reading_needs_no_tensorflow() -> None:
    import subprocess
    import sys

    code = (
        "import sys\nfrom models.savedmodel.reading import describe\nfrom models.savedmodel.security import scan\n"
        "from models.savedmodel.sources import find_source, open_model\n"
        f"scan(describe(open_model(find_source({DEFAULT_TEXT_MODEL!r}))))\nassert 'tensorflow' not in sys.modules"
    )
    root = Path(__file__).parents[3]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
