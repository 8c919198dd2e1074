import logging

import pytest
from streamlit.testing.v1 import AppTest

from components.guard import UNEXPECTED, plain


def failing(kind: str) -> None:
    import streamlit as st

    from components.guard import guard
    from models.errors import InvalidInputError

    with guard():
        if kind == "expected":
            raise InvalidInputError("The file *a* <b> is empty. Choose another.")
        if kind == "unexpected":
            raise RuntimeError("a secret detail")
        if kind == "stop":
            st.stop()
    st.markdown("the rest of the page")


def test_expected_error_is_shown_as_its_sentence() -> None:
    page = AppTest.from_function(failing, kwargs={"kind": "expected"}).run()
    assert page.error[0].value == "The file \\*a\\* \\<b\\> is empty\\. Choose another\\."
    assert page.markdown[0].value == "the rest of the page"
    assert not page.exception


def test_unexpected_error_is_logged_and_not_shown(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        page = AppTest.from_function(failing, kwargs={"kind": "unexpected"}).run()
    assert page.error[0].value == UNEXPECTED
    assert "secret" not in str(page.error) and "a secret detail" in caplog.text
    assert page.markdown[0].value == "the rest of the page"


def test_streamlits_own_signals_pass() -> None:
    page = AppTest.from_function(failing, kwargs={"kind": "stop"}).run()
    assert not page.error and not page.markdown


def test_plain_leaves_letters_and_disarms_marks() -> None:
    assert plain("Die Katze, 猫 and القط") == "Die Katze, 猫 and القط"
    assert plain("[x](http://a) :red[b] $c$ `d`") == "\\[x\\]\\(http\\://a\\) \\:red\\[b\\] \\$c\\$ \\`d\\`"
