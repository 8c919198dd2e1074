from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from components import cache
from models.catalog import CATALOG, DEFAULT_TEXT_MODEL, InputContract, Modality, ModelSpec

APP = Path(__file__).parents[2] / "app.py"
PATIENCE = 120  # seconds; importing TensorFlow takes long on a busy machine


@pytest.fixture(scope="session")
def ready_model() -> str:
    """The bundled encoder, loaded as the app loads it."""
    if DEFAULT_TEXT_MODEL not in CATALOG:
        pytest.skip(f"{DEFAULT_TEXT_MODEL} is not in models/bundled")
    return DEFAULT_TEXT_MODEL


@pytest.fixture
def open_app(ready_model: str) -> Callable[..., AppTest]:
    """Open the app on its first page, with these query parameters, when the model is ready."""

    def open_it(**query: str) -> AppTest:
        cache.text_encoder(ready_model)
        cache.sample_index(ready_model)
        app = AppTest.from_file(str(APP), default_timeout=PATIENCE)
        for name, value in query.items():
            app.query_params[name] = value
        return app.run()

    return open_it


@pytest.fixture
def use_network(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Path], None]]:
    """Let the network in a folder be the one for nuclei, and leave none for the other tasks."""

    def use(folder: Path) -> None:
        spec = ModelSpec(
            name="nuclei-unet",
            title="Discs",
            modality=Modality.IMAGE,
            input=InputContract("float32", (None, None, None, 3)),
            bundled_path=folder,
        )
        monkeypatch.setitem(CATALOG, "nuclei-unet", spec)
        for name in ("ventricle-unet", "vessels-unet"):
            monkeypatch.delitem(CATALOG, name, raising=False)
        cache.segmenter.clear()

    yield use
    cache.segmenter.clear()
