from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

Open = Callable[..., AppTest]

PAGE = "pages/similarity.py"
MEANINGS, TRANSLATIONS = "Three meanings in eight languages", "Find the translations"
MANY, SCORED = "Many questions in four languages", "Twenty scored pairs"


@pytest.fixture
def open_page(open_app: Open) -> Open:
    """Open the similarity page with these query parameters, and wait for what it computes in the background."""

    def open_it(**query: str) -> AppTest:
        app = open_app(**query)
        return settle(app.switch_page(PAGE).run())

    return open_it


def settle(app: AppTest, runs: int = 200) -> AppTest:
    for _ in range(runs):
        busy = [key for key in ("first", "second", "scored") if f"similarity_{key}_job" in app.session_state]
        if not busy:
            return app
        app.run()
    raise AssertionError("the task did not end")


def words(app: AppTest) -> str:
    elements = [*app.markdown, *app.info, *app.warning, *app.error, *app.caption]
    return " ".join(element.value for element in elements).replace("\\", "")


def metrics(app: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in app.metric}


def charts(app: AppTest) -> int:
    return len(app.get("vega_lite_chart"))


def fill(app: AppTest, left: str, right: str | None = None) -> AppTest:
    app.text_area(key="similarity_left").set_value(left)
    if right is not None:
        app.text_area(key="similarity_right").set_value(right)
    return settle(app.run())


def test_opens_empty_and_says_what_to_do(open_page: Open) -> None:
    app = open_page()
    assert "one a line, or click an example" in words(app)
    assert not charts(app) and not app.error and not app.exception


def test_an_example_is_one_click_away(open_page: Open) -> None:
    app = open_page()
    app.pills(key="sample").set_value("meanings")
    settle(app.run())
    assert "10 sentences in 8 languages" in words(app)
    assert charts(app) == 1 and metrics(app)["Rank among pairs"] == "1 of 45"
    assert len(app.get("html")) == 2 and not app.error


def test_an_example_chooses_the_mode_that_it_needs(open_page: Open) -> None:
    app = open_page(sample=TRANSLATIONS)
    assert app.radio(key="lists").value == "A against B"
    assert app.text_area(key="similarity_right").value
    app.pills(key="sample").set_value("words")
    settle(app.run())
    assert app.radio(key="lists").value == "One list" and charts(app) == 1


def test_a_changed_list_is_no_example_any_more(open_page: Open) -> None:
    app = open_page(sample=MEANINGS)
    fill(app, "A cat sleeps.\nEine Katze schläft.\nThe market opens early.")
    assert app.pills(key="sample").value is None
    assert metrics(app)["Rank among pairs"] == "1 of 3"
    assert [box.value for box in app.selectbox if box.key in ("similarity_row", "similarity_column")] == [0, 1]


def test_pair_can_be_chosen_without_a_mouse(open_page: Open) -> None:
    app = open_page(sample=MEANINGS)
    app.selectbox(key="similarity_row").set_value(3).run()
    app.selectbox(key="similarity_column").set_value(0).run()
    shown = [element.value for element in app.get("html")]
    assert 'lang="ar"' in shown[0] and 'dir="auto"' in shown[0] and "Vienna" in shown[1]
    app.selectbox(key="similarity_column").set_value(3).run()
    assert metrics(app)["Cosine"] == metrics(app)["Arccos"] == "1.000"
    assert "identical to itself" in words(app)


def test_settings_come_from_the_address(open_page: Open) -> None:
    app = open_page(sample=TRANSLATIONS, measure="Arccos", order="Clustered", part="Matrix")
    (chart,) = app.get("vega_lite_chart")
    assert "Arccos" in chart.proto.spec or "arccos" in chart.proto.spec
    assert "mark_line" in chart.proto.spec or '"line"' in chart.proto.spec


@pytest.mark.parametrize("value", ["x", "-5", "9999", "<script>"])
def test_nonsense_in_the_address_falls_back(open_page: Open, value: str) -> None:
    names = ("lists", "sample", "measure", "order", "least", "least_arccos", "margin", "part", "against", "model")
    app = open_page(**dict.fromkeys(names, value))
    app.pills(key="sample").set_value("meanings")
    settle(app.run())
    assert not app.exception and not app.error and charts(app) == 1


def test_most_similar_pairs_down_to_a_threshold(open_page: Open) -> None:
    app = open_page(sample=MEANINGS, part="Most similar pairs")
    assert "12 of 45 pairs reach 0.50" in words(app)
    table = app.dataframe[0].value
    assert table["Similarity"].is_monotonic_decreasing and len(table) == 12
    app.slider(key="least").set_value(1.0).run()
    assert "None of 45 pairs reaches 1.00" in words(app) and not app.dataframe
    app.segmented_control(key="measure").set_value("arccos").run()
    assert app.slider(key="least_arccos").value == 0.65 and app.dataframe


def test_translations_are_found_with_margins(open_page: Open) -> None:
    app = open_page(sample=TRANSLATIONS, part="Translations")
    assert "8 of 8 sentences in list A found a translation" in words(app)
    table = app.dataframe[0].value
    partners = dict(zip(table["List A"].str[:2], table["List B"].str[:2], strict=True))
    assert partners["A1"] == "B4" and partners["A4"] == "B6" and partners["A7"] == "B1"
    assert (table["Margin"] > 1.05).all()
    assert "Without a translation: 0 in list A, 2 in list B" in [expander.label for expander in app.expander]


def test_two_models_side_by_side(open_page: Open, tiny_text_model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLYGLOT_TEXT_MODELS", str(tiny_text_model))
    app = open_page(sample=MEANINGS, part="Two models")
    app.selectbox(key="against").set_value(str(tiny_text_model))
    settle(app.run())
    assert charts(app) == 2 and -1 <= float(metrics(app)["Agreement"]) < 1
    assert "45 pairs" in words(app) and len(app.dataframe[0].value) == 20
    assert not app.error


def test_model_that_cannot_be_had_leaves_a_sentence(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLYGLOT_OFFLINE", "1")
    app = open_page(sample=MEANINGS, part="Two models")
    app.selectbox(key="against").set_value("universal-sentence-encoder-multilingual")
    settle(app.run())
    assert len(app.error) == 1 and not app.exception
    assert app.button(key="similarity_second_again")


def test_scored_pairs_give_correlations_and_a_scatter(open_page: Open) -> None:
    app = open_page(sample=SCORED)
    found = metrics(app)
    assert found["Pairs"] == "20" and float(found["Spearman"]) > 0.3 and float(found["Pearson"]) > 0.3
    assert charts(app) == 1 and len(app.dataframe[0].value) == 20


def test_scored_table_of_the_visitor(open_page: Open) -> None:
    rows = "id,gold,a,b\n1,5,A cat sleeps.,Eine Katze schläft.\n2,nan,One,Two\n3,0,Snow falls.,He pays in cash.\n"
    rows += "4,3,The dog barks.,A dog is barking outside.\n"
    app = open_page(lists="Scored pairs")
    assert "Twenty scored pairs" in words(app) and not app.metric
    upload(app, "similarity_scored_file", "sts.csv", rows.encode())
    assert metrics(app)["Pairs"] == "3" and "Row 3 of sts.csv lacks" in words(app).replace("Line", "Row")
    upload(app, "similarity_scored_file", "sts.csv", b"only,text\na,b\n")
    assert "has no two columns of text and one of numbers" in words(app) and not app.exception


def upload(app: AppTest, key: str, name: str, data: bytes) -> AppTest:
    app.file_uploader(key=key).upload(name, data)
    return settle(app.run())


def test_files_add_to_what_was_typed(open_page: Open) -> None:
    app = open_page()
    fill(app, "The cat sleeps on the sofa.")
    cats = "Eine Katze schläft auf dem Sofa.\nLe chat dort sur le canapé.".encode()
    app.file_uploader(key="similarity_left_upload").upload("empty.txt", b"")
    upload(app, "similarity_left_upload", "cats.txt", cats)
    assert "3 sentences in 3 languages" in words(app) and charts(app) == 1
    assert "empty.txt is empty" in words(app)


def test_ten_thousand_sentences_are_answered_in_a_sentence(open_page: Open) -> None:
    lines = "\n".join(f"Sentence number {number} is about the weather" for number in range(10_000))
    app = fill(open_page(), lines)
    assert "10,000 sentences, and 2,000 can be compared at a time" in words(app)
    assert "each dot is the mean of 4 x 4 pairs" in words(app)
    assert charts(app) == 2 and not app.error


def test_large_matrix_is_a_picture_with_a_closer_view(open_page: Open) -> None:
    app = open_page(sample=MANY, order="Clustered")
    assert charts(app) == 2 and "Each dot is a pair" in words(app)


@pytest.mark.parametrize(
    ("left", "right", "sentence"),
    [
        ("One sentence.", None, "One sentence has nothing to be compared with"),
        ("One sentence.", "", "List B is empty"),
        ("", "One sentence.", "List A is empty"),
        ("...\n!!!\n---", None, "click an example"),
    ],
)
def test_too_little_is_said_in_a_sentence(open_page: Open, left: str, right: str | None, sentence: str) -> None:
    app = open_page(**({} if right is None else {"lists": "A against B"}))
    fill(app, left, right)
    assert sentence in words(app) and not app.error and not charts(app)


def test_markup_stays_text(open_page: Open) -> None:
    app = fill(open_page(), "<script>alert(1)</script> and **bold**\n<img src=x onerror=alert(1)> [link](x)")
    shown = "".join(element.value for element in app.get("html"))
    assert "<script" not in shown and "<img" not in shown and "&lt;script&gt;" in shown


@pytest.mark.parametrize("part", ["Matrix", "Most similar pairs", "Translations", "Two models"])
def test_charts_and_tables_have_words_for_screen_readers(open_page: Open, part: str) -> None:
    app = open_page(sample=TRANSLATIONS, part=part)
    drawn: list[Any] = [*app.get("vega_lite_chart"), *app.dataframe]
    assert all(element.proto.alt for element in drawn)


def test_lists_survive_a_visit_to_another_page(open_page: Open) -> None:
    app = open_page(sample=TRANSLATIONS)
    text = app.text_area(key="similarity_left").value
    app.switch_page("pages/about.py").run()
    settle(app.switch_page(PAGE).run())
    assert app.text_area(key="similarity_left").value == text and app.text_area(key="similarity_right").value
    assert app.pills(key="sample").value == "translations" and app.radio(key="lists").value == "A against B"
    assert charts(app) == 1
