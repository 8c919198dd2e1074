import hashlib
import io
import json
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from components.clickable_picture import Click
from components.segmentation_memory import Shelf
from components.segmentation_selection import RowChoice
from models.catalog import CATALOG
from models.imaging.export import labels_png
from models.imaging.model_settings import SETTINGS_FILE, read_settings
from tests.models.imaging.conftest import discs_picture
from tests.models.imaging.files import changed_dicom, dicom, png_bomb, saved, tiff

Open = Callable[..., AppTest]
PAGE = "pages/segmentation.py"
SAMPLE = "Fluorescent nuclei (synthetic)"


@pytest.fixture
def open_page(open_app: Open, use_network: Callable[[Path], None], nuclei_folder: Path) -> Open:
    """The page with a tiny network for nuclei, and none for the other tasks."""
    use_network(nuclei_folder)
    return lambda **query: open_app(**query).switch_page(PAGE).run()


def settle(app: AppTest, done: Callable[[AppTest], Any], runs: int = 200) -> AppTest:
    for _ in range(runs):
        if done(app):
            return app
        app.run()
    raise AssertionError(f"the task did not end: {text_of(app)}")


def text_of(app: AppTest) -> str:
    parts = [*app.markdown, *app.error, *app.info, *app.warning, *app.caption]
    return " ".join(element.value for element in parts).replace("\\", "")


def summary(app: AppTest) -> str:
    return next((e.value for e in app.markdown if "of the image" in e.value or "was found" in e.value), "")


def unfolded(app: AppTest) -> bool:
    return next(one for one in app.expander if one.label == "Choose images").proto.expanded


def count(app: AppTest) -> int:
    return int(summary(app).removeprefix("**").split()[0])


def discs(seed: int = 1) -> bytes:
    return saved(discs_picture(seed)[0])


def upload(app: AppTest, *files: tuple[str, bytes]) -> AppTest:
    uploader = app.file_uploader(key="seg_files")
    for name, data in files:
        uploader.upload(name, data)
    return app.run()


def show(app: AppTest, tab: str) -> AppTest:
    app.session_state["seg_part"] = tab
    return app.run()


def choose(app: AppTest, name: str) -> AppTest:
    box = app.selectbox(key="seg_image")
    return box.set_value(key_of(app, name)).run()


def key_of(app: AppTest, name: str) -> str:
    box = app.selectbox(key="seg_image")
    return app.session_state["seg_known"][box.options.index(name)]


def maps(app: AppTest) -> list[int]:
    """Which arrays of probabilities the session holds."""
    return [id(outcome.prediction.maps) for outcome in app.session_state["seg_outcomes"]._values.values()]


def batch(app: AppTest) -> Any:
    return app.session_state["seg_batch"][1]


def run_batch(app: AppTest) -> Any:
    show(app, "All images")
    app.button(key="seg_batch_start").click().run()
    settle(app, lambda app: "seg_batch" in app.session_state)
    return batch(app)


def click(app: AppTest, data: bytes, disc: int, seed: int = 1) -> AppTest:
    """Click the middle of a disc in the picture of ``data``; of no disc: the upper left corner."""
    labels = discs_picture(seed)[1]
    row, column = (np.argwhere(labels == disc).mean(axis=0) + 0.5) / labels.shape if disc else (0.0, 0.0)
    return click_at(app, data, float(column), float(row))


def click_at(app: AppTest, data: bytes, across: float, down: float) -> AppTest:
    of = f"nuclei:{hashlib.sha256(data).hexdigest()}:0"
    app.session_state["seg_asked"] = Click(of, across, down, 0.01)
    return app.run()


def choose_row(app: AppTest, row: int | None) -> AppTest:
    app.session_state["seg_asked"] = RowChoice(table_key(app), row)
    return app.run()


def table_key(app: AppTest) -> str:
    return "seg_table_" + str(app.dataframe[0].proto.id).partition("seg_table_")[2]


def marked(app: AppTest) -> list[int]:
    """Numbers of the objects whose rows are marked in the table."""
    rows = app.session_state[table_key(app)]["selection"]["rows"]
    return [int(app.dataframe[0].value["label"].iloc[row]) for row in rows]


def shown_object(app: AppTest) -> int | None:
    """Number of the object that is described beside the picture."""
    words = [e.value for e in app.markdown if e.value.startswith("**Object")]
    return int(words[0].split("**")[1].removeprefix("Object ")) if words else None


def test_opens_with_samples_and_says_what_is_missing(open_page: Open) -> None:
    app = open_page()
    assert app.radio(key="seg_task").options == ["Cell nuclei"]
    assert "left ventricle of the heart and vessels of the retina" in text_of(app)
    assert text_of(app).count("not for diagnosis") == 1
    assert not app.error and not app.exception and not summary(app)
    app.button(key="seg_try_nuclei-phantom").click().run()
    settle(app, summary)
    assert count(app) > 20 and app.query_params["nuclei_sample"] == SAMPLE


def test_the_choice_of_images_folds_once_there_is_one(open_page: Open) -> None:
    app = open_page()
    assert unfolded(app)
    app.button(key="seg_try_nuclei-phantom").click().run()
    assert not unfolded(app)
    app.session_state["seg_chooser"] = True  # the visitor unfolds it, and it stays so
    app.pills(key="nuclei_sample").set_value("Coins: no microscopy").run()
    assert unfolded(app)
    app.session_state["seg_chooser"] = False
    app.pills(key="nuclei_sample").set_value(None).run()
    assert unfolded(app)
    assert not unfolded(upload(app, ("discs.png", discs())))
    assert not unfolded(open_page(nuclei_sample=SAMPLE))


def test_without_any_network_it_says_so(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(CATALOG, "nuclei-unet")
    app = open_page()
    assert "No segmentation network is on this server" in text_of(app) and not app.exception


def test_every_view_draws(open_page: Open) -> None:
    app = settle(open_page(nuclei_sample=SAMPLE), summary)
    for tab in ("Pictures", "Objects", "Contrast", "Without network", "Ground truth", "Download", "All images"):
        show(app, tab)
        if tab == "Contrast":
            settle(app, lambda app: "between the masks" in text_of(app))
            assert len(app.get("vega_lite_chart")) == 2
        assert not app.error and not app.exception, tab
    show(app, "Objects")
    assert len(app.dataframe[0].value) == count(app)
    show(app, "Ground truth")
    scores = app.dataframe[0].value.set_index("Score")
    assert float(scores.loc["Dice", "Network"]) > 0.8 and "AP at IoU 0.5" in scores.index
    show(app, "Download")
    assert len(app.get("download_button")) == 10
    show(app, "Pictures")
    for look in ("Overlay", "Compare slider"):
        app.session_state["seg_look"] = look
        app.run()
        assert not app.error and not app.exception


def test_threshold_and_sizes_change_without_the_network(open_page: Open) -> None:
    app = settle(upload(open_page(), ("discs.png", discs())), summary)
    assert count(app) == 12
    kept = maps(app)
    app.number_input(key="nuclei_size").set_value(100_000).run()
    assert "No nucleus was found" in summary(app)
    app.button(key="seg_reset").click().run()
    assert count(app) == 12 and app.number_input(key="nuclei_size").value == 20
    app.slider(key="nuclei_threshold").set_value(0.9).run()
    assert count(app) == 12
    assert len(kept) == 1 and maps(app) == kept  # one run of the network, and the very same maps since
    assert not app.error and not app.exception


def test_click_and_row_select_the_same_object(open_page: Open) -> None:
    app = show(settle(upload(open_page(), ("discs.png", discs())), summary), "Objects")
    assert marked(app) == [] and shown_object(app) is None
    click(app, discs(), 7)
    first = shown_object(app)
    assert first and marked(app) == [first]
    assert "of 12 by size. Perimeter " in text_of(app) and "Click the background" in text_of(app)
    # the clicked row comes first, all others keep their order
    assert list(app.dataframe[0].value["label"]) == [first, *(n for n in range(1, 13) if n != first)]
    choose_row(app, 5)
    second = shown_object(app)
    assert second not in (None, first) and marked(app) == [second]
    assert app.dataframe[0].value["label"].iloc[0] == first  # no row moves under the mouse
    choose_row(app, None)
    assert shown_object(app) is None and marked(app) == []
    click(app, discs(), 3)
    assert shown_object(app) not in (None, first) and marked(app) == [shown_object(app)]
    click(app, discs(), 0)
    assert shown_object(app) is None and list(app.dataframe[0].value["label"]) == list(range(1, 13))
    assert not app.error and not app.exception


def test_the_selected_object_stays_while_it_is_found(open_page: Open) -> None:
    app = show(settle(upload(open_page(), ("discs.png", discs())), summary), "Objects")
    before = shown_object(click(app, discs(), 7))
    app.slider(key="nuclei_threshold").set_value(0.6).run()
    assert shown_object(app) == before and marked(app) == [before]
    show(show(app, "Pictures"), "Objects")
    assert shown_object(app) == before and marked(app) == [before]
    app.number_input(key="nuclei_size").set_value(100_000).run()
    assert shown_object(app) is None and "no object was found" in text_of(app)
    app.button(key="seg_reset").click().run()
    assert shown_object(app) == before and marked(app) == [before]


def test_an_object_that_is_not_found_any_more_is_named(open_page: Open) -> None:
    squares = np.full((200, 200), 20, np.uint8)
    squares[20:32, 20:32] = squares[100:140, 100:140] = 220
    data = saved(squares)
    app = show(settle(upload(open_page(), ("squares.png", data)), summary), "Objects")
    assert shown_object(click_at(app, data, 0.1575, 0.13)) == 1  # just beside it
    app.number_input(key="nuclei_size").set_value(500).run()
    assert count(app) == 1 and shown_object(app) is None and marked(app) == []
    assert "The object that was selected is not found with these settings." in text_of(app)
    choose_row(app, 0)
    assert shown_object(app) == 1 and "1,600 pixels. Perimeter" in text_of(app)
    assert "is not found" not in text_of(app)


def test_a_selection_belongs_to_one_image(open_page: Open) -> None:
    app = upload(open_page(), ("a.png", discs(1)), ("b.png", discs(2)))
    show(settle(choose(app, "a.png"), summary), "Objects")
    selected = shown_object(click(app, discs(1), 7))
    assert selected
    settle(choose(app, "b.png"), summary)
    assert shown_object(app) is None and marked(app) == []
    # a click on the picture that was there before
    assert shown_object(click(app, discs(1), 4)) is None
    settle(choose(app, "a.png"), summary)
    assert shown_object(app) == selected and marked(app) == [selected]


def test_settings_of_the_address_are_used(open_page: Open) -> None:
    app = settle(open_page(nuclei_sample=SAMPLE, nuclei_size="100000", nuclei_clahe="true"), summary)
    assert "No nucleus was found" in summary(app)
    assert app.toggle(key="nuclei_clahe").value and app.slider(key="nuclei_clip").value == 3.0


def test_a_second_look_is_offered_where_the_network_proposes_it(
    open_page: Open, use_network: Callable[[Path], None], nuclei_folder: Path, tmp_path: Path
) -> None:
    app = settle(open_page(nuclei_sample=SAMPLE), summary)
    assert "Second look" not in [one.label for one in app.toggle]
    folder = Path(shutil.copytree(nuclei_folder, tmp_path / "discs-unet" / "1"))
    settings = read_settings(folder)
    (folder / SETTINGS_FILE).write_text(replace(settings, second_look=True).to_json())
    use_network(folder)
    app = settle(open_page(nuclei_sample=SAMPLE, seg_part="Download"), summary)
    assert app.toggle(key="nuclei_twice").value and "clahe, second_look=True)" in app.code[0].value
    app.toggle(key="nuclei_twice").set_value(False).run()
    settle(app, summary)
    assert "clahe, second_look=False)" in app.code[0].value
    assert len(app.session_state["seg_outcomes"]) == 2
    assert not open_page(nuclei_sample=SAMPLE, nuclei_twice="false").toggle(key="nuclei_twice").value


def test_images_that_look_alike_never_share_a_mask(open_page: Open) -> None:
    """Large enough for hashes by a sample: 1,000 x 1,000 pixels that differ in one disc."""
    first = np.full((1000, 1000), 20, np.uint8)
    first[100:140, 100:140] = 220
    second = first.copy()
    second[701:735, 803:837] = 220
    app = upload(open_page(), ("a.png", saved(first)), ("b.png", saved(second)))
    settle(app, summary)
    choose(app, "a.png")
    assert count(settle(app, summary)) == 1
    choose(app, "b.png")
    assert count(settle(app, summary)) == 2
    choose(app, "a.png")
    assert count(settle(app, summary)) == 1
    assert len(app.session_state["seg_outcomes"]) == 2


def test_the_area_of_a_large_object_shows_all_its_digits(open_page: Open) -> None:
    square = np.zeros((300, 300), np.uint8)
    square[30:270, 30:270] = 220
    app = settle(upload(open_page(), ("square.png", saved(square))), summary)
    show(app, "Objects")
    area = app.dataframe[0].value["area_px"].iloc[0]
    assert area > 50_000 and f"· area {area:,} pixels ·" in summary(app)


def test_the_same_bytes_twice_share_it_under_both_names(open_page: Open) -> None:
    app = upload(open_page(), ("a.png", discs()), ("b.png", discs()))
    settle(app, summary)
    choose(app, "b.png")
    assert "b.png: PNG" in text_of(app) and len(app.session_state["seg_outcomes"]) == 1


def test_frames(open_page: Open) -> None:
    stack = tiff(np.stack([discs_picture(seed, count=4 + seed)[0] for seed in range(3)]), photometric="rgb")
    app = settle(upload(open_page(), ("stack.tif", stack)), summary)
    assert count(app) == 4
    slider = next(s for s in app.slider if s.label == "Frame of 3")
    slider.set_value(3).run()
    assert count(settle(app, summary)) == 6
    show(app, "All images")
    app.toggle(key="seg_every_frame").set_value(True).run()
    assert [row.objects for row in run_batch(app).rows] == [4, 5, 6]


def test_warns_of_an_unfamiliar_image(open_page: Open) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (200, 200, 3), np.uint8)
    app = settle(upload(open_page(), ("noise.png", saved(noise))), summary)
    assert "unlike the 20 images" in app.warning[0].value
    app = settle(upload(open_page(), ("discs.png", discs(30))), summary)
    assert not app.warning


def broken_files() -> dict[str, tuple[bytes, str]]:
    return {
        "truncated.png": (discs()[:2000], "truncated"),
        "text.png": (b"no picture at all", "holds text"),
        "bomb.png": (png_bomb(), "far more pixels than the limit"),
        "dot.png": (saved(np.zeros((1, 1), np.uint8)), "1 x 1"),
        "sliver.png": (saved(np.arange(12_000, dtype=np.uint8).reshape(3, 4000)), "4,000 x 3"),
        "black.png": (saved(np.zeros((64, 64), np.uint8)), "every pixel"),
        "nan.tif": (tiff(np.full((64, 64), np.nan, np.float32)), "not numbers"),
        "report.dcm": (changed_dicom("MR_small.dcm", PixelData=None), "report.dcm"),
        "packed.dcm": (dicom("MR_small_jpeg_ls_lossless.dcm"), "compressed in a way"),
    }


def test_files_that_cannot_be_used_say_why_and_the_others_go_on(open_page: Open) -> None:
    broken = broken_files()
    app = upload(open_page(), *((name, data) for name, (data, _) in broken.items()), ("discs.png", discs()))
    for name, (_, words) in broken.items():
        choose(app, name)
        assert words in app.error[0].value.replace("\\", ""), name
        assert not app.exception and not summary(app)
        assert not app.tabs and len(app.error) == 1, name
    assert [each.value for each in app.subheader] == ["All images"], "the others can be worked through from here too"
    result = run_batch(app)
    assert [row.name for row in result.rows] == [*broken, "discs.png"]
    assert [row.objects for row in result.rows] == [None] * len(broken) + [12]
    for row, (_, words) in zip(result.rows, broken.values(), strict=False):
        assert words in row.problem
    assert f"{len(broken)} images could not be used" in text_of(app) and not app.exception
    choose(app, "discs.png")
    assert [tab.label for tab in app.tabs][-1] == "All images" and app.slider
    show(app, "Pictures")
    assert count(settle(app, summary)) == 12


def test_truth(open_page: Open) -> None:
    app = settle(upload(open_page(), ("discs.png", discs())), summary)
    show(app, "Ground truth")
    assert "Add the mask that a person drew" in text_of(app)
    field = next(one for one in app.file_uploader if one.label == "Mask drawn by a person")
    field.upload("truth.png", labels_png(discs_picture(1)[1]))
    app.run()
    scores = app.dataframe[0].value.set_index("Score")
    assert float(scores.loc["Dice", "Network"]) > 0.95 and scores.loc["Missed", "Network"] == "0"
    field = next(one for one in app.file_uploader if one.label == "Mask drawn by a person")
    field.set_value(("small.png", labels_png(discs_picture(1)[1][:50, :50]), "image/png")).run()
    assert "small.png is 50 x 50 pixels, and the image is 260 x 200" in app.error[0].value.replace("\\", "")


def test_batch_archive_holds_everything(open_page: Open) -> None:
    app = upload(open_page(), ("a.png", discs(1)), ("A.png", discs(2)), ("../../evil.png", discs(3)))
    result = run_batch(settle(app, summary))
    with zipfile.ZipFile(io.BytesIO(result.archive())) as archive:
        names = archive.namelist()
        record = json.loads(archive.read("a/a_provenance.json"))
        table = archive.read("summary.csv").decode("utf-8-sig")
    assert len(names) == 1 + 3 * 5 and "A_2/A_labels.png" in names
    assert not any(".." in name or name.startswith("/") for name in names)
    assert record["model"]["sha256"] and record["input"]["name"] == "a.png"
    assert len(table.strip().splitlines()) == 4
    app.slider(key="nuclei_threshold").set_value(0.7).run()
    assert "the last run, with other images or settings" in text_of(app)


def test_the_memory_is_bounded() -> None:
    shelf: Shelf[bytes] = Shelf(3, 100, len)
    for number in range(5):
        shelf.put(number, b"x" * 10)
    assert len(shelf) == 3 and shelf.get(1) is None and shelf.get(2) is not None
    shelf.put(9, b"x" * 1000)
    assert len(shelf) == 1 and shelf.get(9) is not None


def test_beside_a_single_file_that_cannot_be_used_there_is_nothing_else(open_page: Open) -> None:
    app = upload(open_page(), ("text.png", b"no picture at all"))
    assert len(app.error) == 1 and not app.tabs and not app.slider and not app.subheader
