import threading
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from components.navigation import PAGES
from tests.pages.conftest import APP, PATIENCE


@pytest.mark.parametrize("entry", PAGES, ids=lambda entry: entry.title)
def test_page_opens(entry, open_app: Callable[..., AppTest]) -> None:  # type: ignore[no-untyped-def]
    app = open_app()
    app.switch_page(entry.file).run()
    assert not app.exception and not app.error
    assert app.title, "a page has a title"


def test_every_page_has_a_file_an_icon_and_a_tooltip() -> None:
    assert [entry.default for entry in PAGES].count(True) == 1
    for entry in PAGES:
        assert (APP.parent / entry.file).is_file()
        assert entry.icon.startswith(":material/") and entry.help.endswith(".")


def test_first_page_says_what_it_waits_for(monkeypatch: pytest.MonkeyPatch) -> None:
    from components import cache

    monkeypatch.setattr(cache, "warm_up", lambda: None)
    # the one that an earlier test started may still wait for its turn
    for thread in threading.enumerate():
        if thread.name == "warm-up":
            thread.join(PATIENCE)
    cache._encoder.clear()
    cache._board.clear()
    app = AppTest.from_file(str(APP), default_timeout=PATIENCE)
    app.query_params["q"] = "night trains"
    app.run()
    assert not app.exception and not app.error
    assert any("model is starting" in element.value for element in app.markdown)
    assert app.text_input(key="q").value == "night trains"
