import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from models import catalog
from models.catalog import CATALOG, Modality, Purpose, build_catalog, folder_size_mb, get_model, models_for
from models.errors import InvalidInputError
from models.languages import LANGUAGES
from models.output_width import read_output_width
from tests.conftest import SENTENCEPIECE_WIDTH, TINY_WIDTH

HANDLES = {
    "https://tfhub.dev/google/universal-sentence-encoder/4": (Modality.TEXT, 512),
    "https://tfhub.dev/google/universal-sentence-encoder-large/5": (Modality.TEXT, 512),
    "https://tfhub.dev/google/universal-sentence-encoder-multilingual/3": (Modality.TEXT, 512),
    "https://tfhub.dev/google/universal-sentence-encoder-multilingual-large/3": (Modality.TEXT, 512),
    "https://tfhub.dev/google/imagenet/resnet_v2_50/feature_vector/4": (Modality.IMAGE, 2048),
    "https://tfhub.dev/tensorflow/efficientnet/b0/feature-vector/1": (Modality.IMAGE, 1280),
    "https://tfhub.dev/google/imagenet/efficientnet_v2_imagenet21k_ft1k_b0/feature_vector/2": (Modality.IMAGE, 1280),
    "https://tfhub.dev/google/yamnet/1": (Modality.AUDIO, 1024),
}


@pytest.mark.parametrize("handle", HANDLES)
def test_every_hub_model_is_listed_under_its_exact_address(handle: str) -> None:
    spec = get_model(handle)
    assert (spec.modality, spec.output_width) == HANDLES[handle]
    assert get_model(spec.name) is spec


@pytest.mark.parametrize("name", CATALOG)
def test_every_entry_is_complete_enough_for_the_page(name: str) -> None:
    spec = CATALOG[name]
    assert spec.name == name
    assert spec.title and spec.description.endswith(".") and spec.licence
    assert bool(spec.handle) != bool(spec.bundled_path)
    assert set(spec.languages) <= set(LANGUAGES)
    assert bool(spec.languages) == (spec.modality is Modality.TEXT)
    assert not spec.source.startswith("/"), "a path of this machine must not reach a page"


def test_input_contracts_say_what_the_models_need() -> None:
    assert get_model("yamnet").input.sample_rate == 16_000
    assert get_model("yamnet").input.value_range == (-1.0, 1.0)
    assert get_model("resnet-v2-50").input.shape == (None, 224, 224, 3)
    assert get_model("resnet-v2-50").input.value_range == (0.0, 1.0)
    assert get_model("universal-sentence-encoder").input.dtype == "string"


def test_the_multilingual_models_cover_all_16_languages() -> None:
    assert get_model("universal-sentence-encoder-multilingual").languages == tuple(LANGUAGES)
    assert get_model("universal-sentence-encoder").languages == ("en",)


def test_variants_select_one_model_in_each_modality() -> None:
    for modality in Modality:
        variants = [variant for spec in models_for(modality) for variant in spec.variants]
        assert len(variants) == len(set(variants))


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(InvalidInputError, match=r"no model called 'nonsense'.+yamnet"):
        get_model("nonsense")


def test_bundled_models_are_listed_first_once_their_folder_exists(tmp_path: Path, tiny_text_model: Path) -> None:
    assert "polyglot-fast" not in build_catalog(tmp_path)
    shutil.copytree(tiny_text_model, tmp_path / "polyglot-fast" / "1")
    found = build_catalog(tmp_path)
    spec = found["polyglot-fast"]
    assert next(iter(found)) == "polyglot-fast"
    assert "polyglot" not in found
    assert spec.output_width == TINY_WIDTH
    assert spec.bundled_path == tmp_path / "polyglot-fast" / "1"
    assert spec.size_mb == pytest.approx(folder_size_mb(spec.bundled_path), abs=0.1)


def test_a_bundled_model_card_is_its_source(tmp_path: Path, tiny_text_model: Path) -> None:
    shutil.copytree(tiny_text_model, tmp_path / "polyglot" / "1")
    (tmp_path / "polyglot" / "1" / "MODEL_CARD.md").write_text("# Polyglot")
    assert build_catalog(tmp_path)["polyglot"].source == "models/bundled/polyglot/1/MODEL_CARD.md"


def test_segmentation_networks_are_listed_apart_and_offer_no_embedding(tmp_path: Path, tiny_text_model: Path) -> None:
    for name in ("nuclei-unet", "handcrafted-image"):
        shutil.copytree(tiny_text_model, tmp_path / name / "1")
    found = build_catalog(tmp_path).values()
    segmenters = models_for(Modality.IMAGE, found, Purpose.SEGMENTATION)
    assert [spec.name for spec in segmenters] == ["nuclei-unet"]
    assert segmenters[0].output_width is None
    assert "nuclei-unet" not in {spec.name for spec in models_for(Modality.IMAGE, found)}


def test_a_folder_without_a_model_is_not_listed(tmp_path: Path) -> None:
    (tmp_path / "polyglot-fast" / "1").mkdir(parents=True)
    assert "polyglot-fast" not in build_catalog(tmp_path)


def test_the_width_is_read_from_the_signature(tiny_sentencepiece_model: Path, tmp_path: Path) -> None:
    # The tiny models leave the last dimension to TensorFlow's shape inference, as the large ones do.
    assert read_output_width(tiny_sentencepiece_model) == SENTENCEPIECE_WIDTH
    assert read_output_width(tiny_sentencepiece_model, "no_such_signature") is None
    assert read_output_width(tmp_path) is None
    (tmp_path / "saved_model.pb").write_bytes(b"\xff\xff not a protobuf")
    assert read_output_width(tmp_path) is None


def test_the_catalogue_needs_no_tensorflow() -> None:
    code = "import sys, models.catalog, models.hub, models.text.encoder; sys.exit('tensorflow' in sys.modules)"
    root = Path(catalog.__file__).parents[1]
    assert subprocess.run([sys.executable, "-c", code], cwd=root, check=False).returncode == 0
