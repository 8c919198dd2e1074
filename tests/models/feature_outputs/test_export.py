import csv
import io

import numpy as np

from models.catalog import get_model
from models.feature_outputs.export import features_csv, projector_metadata, projector_vectors, to_npy, windows_npz
from models.feature_outputs.features import FeatureRow, Features
from models.model_spec import Modality

EMBEDDINGS = np.random.default_rng(0).normal(size=(3, 4)).astype(np.float32)
WINDOWS = np.arange(8, dtype=np.float32).reshape(2, 4)
FEATURES = Features(
    EMBEDDINGS,
    (
        FeatureRow("=cmd()\tx\ny", 0, ("Cut.",)),
        FeatureRow("الشمس, الماء", 1, windows=WINDOWS),
        FeatureRow("太陽", 2),
    ),
    Modality.AUDIO,
    get_model("yamnet"),
)


def test_is_an_array() -> None:
    assert FEATURES.shape == (3, 4) and len(FEATURES) == 3
    np.testing.assert_array_equal(np.asarray(FEATURES), EMBEDDINGS)
    np.testing.assert_array_equal(FEATURES[1], EMBEDDINGS[1])
    assert np.array(FEATURES, dtype=np.float64).dtype == np.float64


def test_npy_is_loaded_without_pickle() -> None:
    np.testing.assert_array_equal(np.load(io.BytesIO(to_npy(FEATURES)), allow_pickle=False), EMBEDDINGS)


def test_csv_keeps_all_of_a_float32_and_runs_no_formula() -> None:
    rows = list(csv.reader(io.StringIO(features_csv(FEATURES).decode("utf-8-sig"))))
    assert rows[0] == ["name", "d0", "d1", "d2", "d3"]
    assert rows[1][0] == "'=cmd()\tx\ny" and rows[2][0] == "الشمس, الماء"
    np.testing.assert_array_equal(np.array([row[1:] for row in rows[1:]], np.float32), EMBEDDINGS)


def test_projector_files_have_as_many_rows() -> None:
    vectors = np.loadtxt(io.BytesIO(projector_vectors(FEATURES)), delimiter="\t", dtype=np.float32)
    np.testing.assert_array_equal(vectors, EMBEDDINGS)
    lines = projector_metadata(FEATURES).decode().splitlines()
    assert lines[0] == "name\tmodel\tnotes" and len(lines) == 4
    assert all(line.count("\t") == 2 for line in lines) and lines[1] == "'=cmd() x y\tyamnet\tCut."


def test_windows() -> None:
    with np.load(io.BytesIO(windows_npz(FEATURES)), allow_pickle=False) as saved:
        assert saved.files == ["001"]
        np.testing.assert_array_equal(saved["001"], WINDOWS)
