from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from components.examples import examples_in
from models.languages import LANGUAGES
from models.text.sample_corpus import load_sample_documents

Open = Callable[..., AppTest]


def passages(app: AppTest) -> list[str]:
    return [element.value for element in app.html]


def headers(app: AppTest) -> list[str]:
    """The first lines of the result cards."""
    return [element.value for element in app.markdown if element.value.startswith("**") and " · " in element.value]


def show(app: AppTest, tab: str) -> AppTest:
    app.session_state["view"] = tab
    return app.run()


def settle(app: AppTest, done: Callable[[AppTest], Any], runs: int = 200) -> AppTest:
    """Run until a background task has ended."""
    for _ in range(runs):
        if done(app):
            return app
        app.run()
    raise AssertionError("the task did not end")


def add_lines(app: AppTest, text: str) -> AppTest:
    app.segmented_control(key="search_add_way").set_value("Pasted lines").run()
    app.text_area(key="search_pasted").set_value(text).run()
    app.button(key="search_add").click().run()
    return settle(app, lambda app: any("added" in element.value for element in app.markdown))


def test_opens_on_the_sample_corpus_and_says_what_to_do(open_app: Open) -> None:
    app = open_app()
    text = " ".join(element.value for element in app.markdown)
    assert "Type a question, or click an example above" in text and "Night trains" in text
    assert not passages(app) and app.get("vega_lite_chart")


@pytest.mark.parametrize("language", ["th", "ar", "ko"])
def test_an_example_is_one_click_away(open_app: Open, language: str) -> None:
    app = open_app()
    app.selectbox(key="search_examples_in").set_value(language).run()
    example = examples_in(language)[0]
    app.pills(key=f"search_examples_{language}").set_value(example.text).run()
    assert app.text_input(key="q").value == example.text
    assert len(passages(app)) == 5 and not app.error


def test_all_languages_offer_examples(open_app: Open) -> None:
    assert len(open_app().selectbox(key="search_examples_in").options) == len(LANGUAGES)


def test_query_and_settings_come_from_the_address(open_app: Open) -> None:
    app = open_app(q=examples_in("th")[0].text, n="3", **{"in": "German"})
    assert len(passages(app)) == 3
    assert all("German" in header for header in headers(app))
    assert all('lang="de"' in passage for passage in passages(app))


def test_thai_question_finds_arabic_and_german_passages(open_app: Open) -> None:
    example = examples_in("th")[0]
    app = open_app(q=example.text, n="16")
    text, heads = " ".join(passages(app)), " ".join(headers(app))
    for language in ("ar", "de"):
        (document,) = [each for each in load_sample_documents([language]) if each.topic == example.topic]
        assert f'lang="{language}"' in text and document.title in heads


def test_result_shows_rank_score_source_and_marked_sentence(open_app: Open) -> None:
    app = open_app(q="sleep")
    assert headers(app)[0].startswith("**1 · ")
    score = app.get("progress")[0]
    assert 0 <= score.value <= 100 and score.text.startswith("**0.")
    assert all("<mark" in passage for passage in passages(app))
    assert app.get("download_button")


@pytest.mark.parametrize("query", ["asdf qwer", "xkcd zzyzx qqq"])
def test_noise_is_no_match_and_its_neighbours_can_be_unfolded(open_app: Open, query: str) -> None:
    app = open_app(q=query)
    assert [element.value for element in app.subheader] == ["No confident match"]
    assert len(app.expander(key="search_nearest").get("html")) == 5


def test_passages_that_may_answer_are_not_hidden(open_app: Open) -> None:
    app = open_app(q="how do I get my deposit back")
    assert [element.value for element in app.subheader] == ["Possible matches"]
    assert any(element.value.startswith("No confident match: ") for element in app.markdown)
    assert len(passages(app)) == 5 and "possible match" in app.get("progress")[0].text
    assert "search_nearest" not in [one.key for one in app.expander]


def test_minimum_that_nothing_reaches(open_app: Open) -> None:
    app = open_app(q="sleep", min="1.0")
    assert "No passage passes the filters" in app.info[0].value
    assert not passages(app) and not app.error


@pytest.mark.parametrize("value", ["x", "-5", "9999"])
def test_nonsense_in_the_address_falls_back(open_app: Open, value: str) -> None:
    app = open_app(q="sleep", n=value, min=value, view=value, model=value, **{"in": value})
    assert not app.exception and not app.error and passages(app)


def test_query_of_a_megabyte_is_shortened_in_words(open_app: Open) -> None:
    app = open_app()
    app.text_input(key="q").set_value("many words " * 100_000).run()
    assert "1,100,000 characters" in app.warning[0].value and len(app.text_input(key="q").value) == 2_000
    assert passages(app) and not app.error
    app.text_input(key="q").set_value("sleep").run()
    assert not app.warning and passages(app)


def test_address_with_a_query_that_is_too_long_is_refused_in_words(open_app: Open) -> None:
    assert "limit is 2,000" in open_app(q="x" * 30_000).error[0].value.replace("\\", "")


def test_tab_comes_from_the_address(open_app: Open) -> None:
    assert "Add documents" in [element.value for element in open_app(view="Documents").subheader]


@pytest.mark.parametrize("query", ["   ", "", "\u200b"])
def test_empty_query_invites(open_app: Open, query: str) -> None:
    app = open_app()
    app.text_input(key="q").set_value(query).run()
    assert not app.exception and not app.error


def test_own_lines_are_searched_and_shown_as_text(open_app: Open) -> None:
    app = show(open_app(), "Documents")
    add_lines(app, "<script>alert('x')</script> The zebra crossed the road.\nالقطط تنام كثيرا خلال النهار.\n")
    assert "434 passages" in [element.value for element in app.subheader]
    show(app, "Results")
    app.text_input(key="q").set_value("The zebra crossed the road.").run()
    assert "&lt;script&gt;" in passages(app)[0] and "<script" not in " ".join(passages(app))


def test_files_are_reported_by_name_and_nothing_else_is_lost(open_app: Open) -> None:
    app = show(open_app(), "Documents")
    uploader = app.file_uploader[0]
    uploader.upload("empty.txt", b"")
    uploader.upload("rivers.txt", b"Rivers flow to the sea.")
    uploader.upload("utf16.txt", "Die Katze schläft.".encode("utf-16"))
    app.run()
    app.button(key="search_add").click().run()
    settle(app, lambda app: any("added" in element.value for element in app.markdown))
    text = " ".join(element.value for element in app.markdown).replace("\\", "")
    assert "empty.txt is empty" in text
    assert "**rivers.txt** 1 passage added" in text and "**utf16.txt** 1 passage added" in text
    assert "434 passages" in [element.value for element in app.subheader]

    app.selectbox(key="search_remove").set_value("rivers.txt").run()
    app.button(key="search_remove_button").click().run()
    assert "433 passages" in [element.value for element in app.subheader]

    app.button(key="search_back").click().run()
    assert "432 passages" in [element.value for element in app.subheader]


def test_sample_corpus_is_switched_off_and_on(open_app: Open) -> None:
    app = show(open_app(), "Documents")
    add_lines(app, "Rivers flow to the sea.")
    app.toggle(key="search_with_sample").set_value(False).run()
    assert "1 passage" in [element.value for element in app.subheader]
    app.toggle(key="search_with_sample").set_value(True).run()
    assert "433 passages" in [element.value for element in app.subheader]


def test_empty_corpus_says_what_to_do(open_app: Open) -> None:
    app = show(open_app(), "Documents")
    add_lines(app, "Rivers flow to the sea.")
    app.button(key="search_clear").click().run()
    assert "0 passages" in [element.value for element in app.subheader]
    show(app, "Results")
    assert "nothing to search" in app.info[0].value
    app.text_input(key="q").set_value("rivers").run()
    assert not app.exception and "corpus is empty" in app.error[0].value


def test_saved_index_is_loaded_again(open_app: Open, tmp_path: Path) -> None:
    app = add_lines(show(open_app(), "Documents"), "Rivers flow to the sea.")
    app.session_state["search_own_index"].save(tmp_path / "corpus.npz")
    other = show(open_app(), "Documents")
    other.file_uploader(key="search_index_file_0").upload("corpus.npz", (tmp_path / "corpus.npz").read_bytes()).run()
    assert not other.error and "433 passages" in [element.value for element in other.subheader]


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 broken", b"\x93NUMPY nothing of ours"])
def test_file_that_is_no_index_is_named_and_changes_nothing(open_app: Open, data: bytes) -> None:
    app = add_lines(show(open_app(), "Documents"), "Rivers flow to the sea.")
    app.file_uploader(key="search_index_file_0").upload("holiday.npz", data).run()
    assert "holiday.npz" in app.error[0].value.replace("\\", "") and not app.exception
    assert "433 passages" in [element.value for element in app.subheader]


def test_visitors_do_not_share_documents(open_app: Open) -> None:
    add_lines(show(open_app(), "Documents"), "A private line.")
    assert "432 passages" in [element.value for element in show(open_app(), "Documents").subheader]


def test_a_model_that_cannot_be_had_leaves_the_search_as_it_was(
    open_app: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POLYGLOT_OFFLINE", "1")
    app = open_app(q="sleep")
    before = passages(app)
    app.selectbox(key="model").set_value("universal-sentence-encoder-multilingual").run()
    settle(app, lambda app: app.warning)
    assert "POLYGLOT" in app.warning[0].value and "stays in use" in app.warning[0].value
    assert app.selectbox(key="model").value == "polyglot-fast"
    assert passages(app) == before and not app.error


def test_an_offered_model_takes_over_with_the_visitors_documents(
    open_app: Open, monkeypatch: pytest.MonkeyPatch, tiny_text_model: Any
) -> None:
    monkeypatch.setenv("POLYGLOT_TEXT_MODELS", str(tiny_text_model))
    app = show(open_app(), "Documents")
    add_lines(app, "The zebra crossed the road.")
    app.selectbox(key="model").set_value(str(tiny_text_model)).run()
    settle(app, lambda app: app.session_state.get("search_active_model") == str(tiny_text_model))
    show(app, "Results")
    app.text_input(key="q").set_value("zebra crossed road").run()
    assert "The zebra crossed the road." in passages(app)[0].replace("</mark>", "")


def test_language_check_of_the_sample_corpus(open_app: Open) -> None:
    app = show(open_app(), "Language check")
    assert app.metric[0].label == "Precision at 1" and float(app.metric[0].value.rstrip("%")) > 50
    assert app.get("vega_lite_chart") and not app.error


def test_language_check_of_own_translations(open_app: Open) -> None:
    app = show(open_app(), "Language check")
    app.segmented_control(key="search_check_source").set_value("My translations").run()
    rows = "en,de\nThe cat sleeps,Die Katze schläft\nRain falls on the roof,Regen fällt auf das Dach\n"
    app.file_uploader(key="search_check_file").upload("pairs.csv", rows.encode()).run()
    app.button(key="search_check_run").click().run()
    settle(app, lambda app: app.metric)
    assert app.metric[0].value == "100.0%"


def test_language_check_names_a_file_that_is_no_table(open_app: Open) -> None:
    app = show(open_app(), "Language check")
    app.segmented_control(key="search_check_source").set_value("My translations").run()
    app.file_uploader(key="search_check_file").upload("pairs.csv", b"only one column\na\nb\n").run()
    assert "pairs.csv" in app.error[0].value.replace("\\", "") and not app.exception
