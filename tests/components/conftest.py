from collections.abc import Iterator

import pytest

from models.catalog import CATALOG, DEFAULT_TEXT_MODEL
from models.text.encoder import TextEncoder, load_text_encoder


@pytest.fixture(scope="session")
def bundled_encoder() -> Iterator[TextEncoder]:
    """The encoder that ships with the app."""
    if DEFAULT_TEXT_MODEL not in CATALOG:
        pytest.skip(f"{DEFAULT_TEXT_MODEL} is not in models/bundled")
    yield load_text_encoder(DEFAULT_TEXT_MODEL)
