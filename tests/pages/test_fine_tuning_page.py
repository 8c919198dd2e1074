"""A visitor fine-tunes a network on the page: pairs, problems, the run, the result, and who gets it."""

import io
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from components import cache
from models.imaging.export import labels_png
from models.imaging.model_settings import ModelSettings
from models.imaging.network import build_unet
from models.imaging.saved_network import save_network
from tests.models.imaging.conftest import NUCLEI, discs_picture
from tests.models.imaging.files import png_bomb, saved
from tests.pages.test_segmentation_page import settle, show, summary, text_of

Open = Callable[..., AppTest]
PAGE = "pages/segmentation.py"


@pytest.fixture(scope="session")
def unet_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny U-Net that has not learned anything."""
    keras.utils.set_random_seed(3)
    settings = ModelSettings(task="nuclei", channels=NUCLEI, tile=128, overlap=32, minimum_size=10)
    network = build_unet(outputs=3, widths=(8, 16, 24), input_size=None, folded=True)
    return save_network(network, settings, "", tmp_path_factory.mktemp("page-unet") / "1")


@pytest.fixture
def open_page(open_app: Open, use_network: Callable[[Path], None], unet_folder: Path) -> Open:
    use_network(unet_folder)
    return lambda **query: open_app(**query).switch_page(PAGE).run()


def pair(name: str, seed: int) -> list[tuple[str, bytes]]:
    picture, labels = discs_picture(seed, (96, 112), 6)
    return [(f"{name}.png", saved(picture)), (f"{name}_mask.png", labels_png(labels))]


def add(app: AppTest, *files: tuple[str, bytes], key: str = "seg_tune_images") -> AppTest:
    for name, data in files:
        app.file_uploader(key=key).upload(name, data)
    return app.run()


def tune(app: AppTest) -> Any:
    """Start, and wait for the result."""
    app.select_slider(key="seg_tune_rate").set_value(3e-3).run()
    wait_for_it(app.button(key="seg_tune_start").click().run())
    assert not app.exception and not app.error
    return app.session_state["seg_tune_results"]["nuclei"]


def wait_for_it(app: AppTest) -> None:
    """Look at the page now and then until the task has ended."""
    job = app.session_state["seg_tune_job"]
    while job.running:
        app.run()
        time.sleep(0.2)
    app.run()


def keys(app: AppTest) -> set[str | None]:
    return {button.key for button in app.button}


def test_from_pairs_to_a_network_that_only_this_visitor_has(open_page: Open) -> None:
    app = open_page(seg_mode="Fine-tune", seg_tune_epochs="6")
    assert "Teach the network" in text_of(app) and "seg_tune_start" not in keys(app)
    empty = labels_png(np.zeros((96, 112), np.int32))
    bad = [("bomb.png", png_bomb()), ("bomb_mask.png", empty), ("e.png", pair("e", 9)[0][1]), ("e_mask.png", empty)]
    good = [file for seed in range(4) for file in pair(f"discs{seed}", seed)]
    add(app, *good, *bad, ("lonely.png", pair("x", 8)[0][1]))
    assert "4 pairs · 3 problems" in text_of(app).replace("*", "")
    for words in (
        "bomb.png has far more pixels",
        "e_mask.png marks no object",
        "lonely.png is left out. There is no m",
    ):
        assert words in text_of(app), words
    table = app.dataframe[0].value
    assert list(table["Nuclei"]) == [6] * 4 and all(url.startswith("data:image") for url in table["Mask"])
    tuned = tune(app)
    assert tuned.learned == 3 and tuned.held_out == 1 and tuned.improved, tuned.verdict
    assert "Before: Dice" not in text_of(app) and "rose from" in app.success[0].value
    with zipfile.ZipFile(io.BytesIO(tuned.archive)) as archive:
        assert "nuclei-unet-fine-tuned/1/saved_model.pb" in archive.namelist()

    app.button(key="seg_tune_use").click().run()
    assert app.segmented_control(key="seg_mode").value == "Segment"
    assert "Your fine-tuned network is in use" in text_of(app)
    add(app, ("new.png", pair("new", 20)[0][1]), key="seg_files")
    settle(app, summary)
    assert prediction(app).fingerprint == tuned.segmenter.model.fingerprint
    show(app, "Download")
    assert 'task="nuclei-unet-fine-tuned/1"' in app.code[0].value

    other = open_page()
    assert "fine-tuned network is in use" not in text_of(other) and "seg_tune_results" not in other.session_state
    add(other, ("new.png", pair("new", 20)[0][1]), key="seg_files")
    settle(other, summary)
    assert prediction(other).fingerprint == cache.segmenter("nuclei").model.fingerprint != prediction(app).fingerprint

    app.button(key="seg_own_back").click().run()
    assert "Your fine-tuned network is in use" not in text_of(app)
    settle(app, lambda app: prediction(app).fingerprint == cache.segmenter("nuclei").model.fingerprint)
    app.segmented_control(key="seg_mode").set_value("Fine-tune").run()
    assert "seg_tune_use" in keys(app), "the result is still there"
    assert "9 files from before" not in text_of(app) and "13 files from before" in text_of(app)


def prediction(app: AppTest) -> Any:
    return list(app.session_state["seg_outcomes"]._values.values())[-1].prediction


def test_masks_in_a_field_of_their_own(open_page: Open) -> None:
    app = open_page(seg_mode="Fine-tune")
    files = [pair(f"discs{seed}", seed) for seed in range(2)]
    add(app, *(image for image, _ in files))
    assert "0 pairs · 2 problems" in text_of(app).replace("*", "") and "at least 2 images" in app.info[0].value
    add(app, *((image[0], mask[1]) for image, mask in files), key="seg_tune_masks")
    assert "2 pairs" in text_of(app) and "learns from 1 and never sees the other one" in text_of(app)
    app.segmented_control(key="seg_mode").set_value("Segment").run()
    app.segmented_control(key="seg_mode").set_value("Fine-tune").run()
    assert "2 pairs" in text_of(app) and text_of(app).count("2 files from before") == 2
    app.button(key="seg_tune_masks_forget").click().run()
    assert "0 pairs" in text_of(app) and not app.exception


def test_stopping_before_anything_was_learned(open_page: Open) -> None:
    app = open_page(seg_mode="Fine-tune", seg_tune_example="true", seg_tune_epochs="50")
    assert "6 pairs" in text_of(app) and "Synthetic, made by code" in text_of(app)
    app.button(key="seg_tune_start").click().run()
    app.session_state["seg_tune_job"].cancel()
    wait_for_it(app)
    assert "nothing has changed" in app.info[0].value and "seg_tune_results" not in app.session_state
    assert "seg_tune_start" in keys(app)
    assert not app.exception and not app.error
