from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from components.features_source import example_label
from models.feature_inputs.examples import example_texts
from models.model_spec import Modality
from tests.models.feature_inputs.makers import mp4_video, picture, png_that_claims, recording, tone

Open = Callable[..., AppTest]
PAGE = "pages/features.py"


def open_page(open_app: Open, **query: str) -> AppTest:
    app = open_app(**query)
    return app.switch_page(PAGE).run()


def settle(app: AppTest, done: Callable[[AppTest], Any], runs: int = 200) -> AppTest:
    """Run until a background task has ended."""
    for _ in range(runs):
        if done(app):
            return app
        app.run()
    raise AssertionError("the task did not end")


def summary(app: AppTest) -> str:
    return next((e.value.replace("\\", "") for e in app.markdown if "numbers each" in e.value), "")


def text_of(app: AppTest) -> str:
    parts = [*app.markdown, *app.error, *app.info, *app.warning, *app.caption]
    return " ".join(element.value for element in parts).replace("\\", "")


def choose(app: AppTest, kind: str) -> AppTest:
    return app.radio(key="kind").set_value(kind).run()


def show(app: AppTest, tab: str) -> AppTest:
    app.session_state["features_view"] = tab
    return app.run()


def upload(app: AppTest, modality: str, **files: bytes) -> AppTest:
    uploader = app.file_uploader(key=f"features_files_{modality}")
    for name, data in files.items():
        uploader.upload(name.replace("__", "."), data)
    return settle(app.run(), lambda app: summary(app) or app.error)


def test_opens_empty_and_says_what_to_do(open_app: Open) -> None:
    app = open_page(open_app)
    assert "Type or paste one text a line" in text_of(app) and not summary(app)
    for kind, words in (("Pictures", "Choose pictures"), ("Sounds", "speak into the microphone")):
        assert words in text_of(choose(app, kind))
    assert not app.error and not app.exception


@pytest.mark.parametrize(
    ("kind", "modality", "words"),
    [
        ("Texts", Modality.TEXT, "20 texts** · 512 numbers each · Polyglot fast"),
        ("Pictures", Modality.IMAGE, "16 pictures** · 326 numbers each · Hand-crafted image features"),
        ("Sounds", Modality.AUDIO, "18 sounds** · 205 numbers each · Hand-crafted audio features"),
    ],
)
def test_example_is_one_click_away_and_every_view_draws(
    open_app: Open, kind: str, modality: Modality, words: str
) -> None:
    app = choose(open_page(open_app), kind)
    app.button(key="features_try").click().run()
    settle(app, summary)
    assert words in summary(app)
    tabs = ["Neighbours", "Map", "Heat map", "Table", "Download", *(["Sound"] if kind == "Sounds" else [])]
    for tab in tabs:
        show(app, tab)
        assert not app.error and not app.exception, tab
    show(app, "Map")
    assert app.get("vega_lite_chart")
    show(app, "Table")
    table = app.dataframe[0].value
    assert len(table) == int(words.split()[0]) and {"Input", "Nearest", "Similarity", "d0"} <= set(table.columns)
    show(app, "Download")
    assert len(app.get("download_button")) == (5 if kind == "Sounds" else 4)
    assert "DynamicFeatureExtractor().extract_features" in app.code[0].value


def test_address_opens_the_example_in_its_view(open_app: Open) -> None:
    app = open_page(
        open_app,
        kind="Pictures",
        picture_example=example_label(Modality.IMAGE),
        features_view="Heat map",
        heatmap="Similarities",
    )
    settle(app, summary)
    assert "Cosine similarity; rows and columns" in text_of(app)


def test_text_example_of_the_address_fills_the_lines_and_goes_out_when_they_change(open_app: Open) -> None:
    app = settle(open_page(open_app, text_example=example_label(Modality.TEXT)), summary)
    assert app.text_area(key="features_lines").value.splitlines() == list(example_texts())
    app.text_area(key="features_lines").set_value("Only one line").run()
    settle(app, lambda app: "1 text**" in summary(app))
    assert app.pills(key="text_example").value is None
    assert "at least two inputs" in text_of(app)


@pytest.mark.parametrize("value", ["x", "-5", "1e9"])
def test_nonsense_in_the_address_falls_back(open_app: Open, value: str) -> None:
    names = ("kind", "text_model", "text_cut", "batch", "features_view", "text_example", "heatmap")
    app = open_page(open_app, **dict.fromkeys(names, value))
    assert not app.exception and not app.error and "Type or paste" in text_of(app)


def test_neighbours_of_own_lines(open_app: Open) -> None:
    app = open_page(open_app)
    lines = "Cats sleep all day\nTaxes are due in May\nDie Katzen schlafen den ganzen Tag\n<script>alert(1)</script>"
    app.text_area(key="features_lines").set_value(lines).run()
    settle(app, summary)
    assert "Katzen" in app.html[0].value and "<script" not in " ".join(e.value for e in app.html)
    app.selectbox(key="features_row").set_value(2).run()
    assert "Cats sleep" in app.html[0].value


def test_bad_pictures_are_named_and_the_rest_goes_on(open_app: Open) -> None:
    app = choose(open_page(open_app), "Pictures")
    pixels = np.random.default_rng(0).integers(0, 256, (40, 30, 3), np.uint8)
    upload(
        app,
        "image",
        good__png=picture(pixels),
        bomb__png=png_that_claims(60_000, 60_000),
        empty__png=b"",
        cut__png=picture(pixels)[:900],
        words__png=b"only words",
        clear__png=picture(np.zeros((9, 9, 4), np.uint8)),
    )
    assert "2 pictures**" in summary(app)
    said = app.error[0].value.replace("\\", "")
    assert "4 inputs could not be read, the others were" in said
    for words in ("bomb.png would unfold", "empty.png is empty", "cut.png is damaged", "words.png is a text file"):
        assert words in said
    assert "1 input was adapted" in app.expander[0].label and not app.exception


def test_bad_sounds_are_named_and_the_rest_goes_on(open_app: Open) -> None:
    app = choose(open_page(open_app), "Sounds")
    upload(
        app,
        "audio",
        old__wav=recording(np.stack([tone(2, 44_100)] * 2, axis=1), 44_100, coding="PCM_U8"),
        long__flac=recording(np.zeros(3 * 3_600 * 16_000, np.int16), 16_000, "FLAC"),
        film__wav=mp4_video(),
        nan__wav=recording(np.array([np.nan] * 99), 16_000, coding="FLOAT"),
    )
    assert "1 sound**" in summary(app)
    said = app.error[0].value.replace("\\", "")
    for words in ("long.flac lasts 3 h 0 min", "film.wav is an MP4 video", "nan.wav cannot be read: 99 of its 99"):
        assert words in said
    notes = app.dataframe[0].value["What was done"][0]
    assert notes == "Mixed 2 channels to one. Resampled from 44,100 to 16,000 Hz."
    for tab in ("Neighbours", "Map", "Heat map", "Table", "Sound", "Download"):
        show(app, tab)
        assert len(app.error) == 1 and not app.exception, tab


def test_only_bad_files(open_app: Open) -> None:
    app = upload(choose(open_page(open_app), "Sounds"), "audio", film__wav=mp4_video())
    assert "1 input could not be read:" in app.error[0].value and not summary(app) and not app.exception


def test_beginning_of_a_long_sound(open_app: Open) -> None:
    app = open_page(open_app, kind="Sounds", sound_cut="5")
    upload(app, "audio", long__flac=recording(np.zeros(700 * 16_000, np.int16), 16_000, "FLAC"))
    assert "1 sound**" in summary(app) and not app.error
    assert "max_length=5" in show(app, "Download").code[0].value


def test_documents_give_a_row_a_passage(open_app: Open) -> None:
    app = upload(open_page(open_app), "text", notes__txt=b"First paragraph.\n\nSecond one.\n\nThird one.")
    assert "3 passages**" in summary(app)


def test_too_many_lines_are_said(open_app: Open) -> None:
    app = open_page(open_app)
    app.text_area(key="features_lines").set_value("\n".join(f"line {n}" for n in range(2_100))).run()
    settle(app, summary)
    assert "2,000 texts" in summary(app) and "Only the first 2,000 of 2,100 texts" in text_of(app)
    for tab in ("Map", "Heat map", "Table", "Download"):
        show(app, tab)
        assert not app.error and not app.exception, tab


def test_hub_model_is_asked_for_and_its_absence_explained(open_app: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLYGLOT_OFFLINE", "1")
    app = open_page(open_app, kind="Sounds", sound_example=example_label(Modality.AUDIO))
    settle(app, summary)
    app.selectbox(key="sound_model").set_value("yamnet").run()
    assert "YAMNet is not on this server yet" in text_of(app) and not app.error
    app.button(key="features_download").click().run()
    settle(app, lambda app: app.error)
    assert "downloads are switched off" in app.error[0].value.replace("\\", "")
    app.selectbox(key="sound_model").set_value("handcrafted-audio").run()
    assert "18 sounds" in summary(settle(app, summary))


def test_owners_text_model(open_app: Open, monkeypatch: pytest.MonkeyPatch, tiny_text_model: Any) -> None:
    monkeypatch.setenv("POLYGLOT_TEXT_MODELS", str(tiny_text_model))
    app = open_page(open_app, text_example=example_label(Modality.TEXT))
    app.selectbox(key="text_model").set_value(str(tiny_text_model)).run()
    assert "64 numbers each" in summary(settle(app, lambda app: "64 numbers" in summary(app)))


def test_long_work_is_stopped_and_started_again(open_app: Open) -> None:
    app = choose(open_page(open_app), "Pictures")
    uploader = app.file_uploader(key="features_files_image")
    pixels = np.random.default_rng(0).integers(0, 256, (60, 60, 3), np.uint8)
    for number in range(120):
        uploader.upload(f"{number}.png", picture(pixels))
    app.number_input(key="batch").set_value(1).run()
    assert app.get("progress") and not summary(app)
    app.button(key="features_job_cancel").click().run()
    settle(app, lambda app: "Stopped after" in text_of(app))
    app.button(key="features_again").click().run()
    assert "120 pictures" in summary(settle(app, summary, 1_000))


def test_visitors_do_not_share_inputs(open_app: Open) -> None:
    app = open_page(open_app)
    app.text_area(key="features_lines").set_value("A private line").run()
    settle(app, summary)
    assert not summary(open_page(open_app))
