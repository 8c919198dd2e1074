"""The table of models: what each one reads, returns and weighs, and where it comes from.

Adding a model is one entry: a hub model below, a bundled one in ``_BUNDLED`` (listed once its folder exists).
"""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from models.errors import InvalidInputError
from models.languages import LANGUAGES
from models.model_spec import InputContract, Modality, ModelSpec, Purpose
from models.output_width import read_output_width

BUNDLED_ROOT = Path(__file__).parent / "bundled"
DEFAULT_TEXT_MODEL = "polyglot-fast"

__all__ = [
    "BUNDLED_ROOT",
    "CATALOG",
    "DEFAULT_TEXT_MODEL",
    "InputContract",
    "Modality",
    "ModelSpec",
    "Purpose",
    "build_catalog",
    "folder_size_mb",
    "get_model",
    "is_bundled_name",
    "models_for",
]

_APACHE = "Apache-2.0"
_SIXTEEN = tuple(LANGUAGES)


_TEXT = InputContract("string", (None,), notes="A 1-D tensor of texts; the tokenizer is inside the model.")
_PHOTO = InputContract("float32", (None, 224, 224, 3), value_range=(0.0, 1.0), image_size=(224, 224))
_SOUND = InputContract(
    "float32",
    (None,),
    value_range=(-1.0, 1.0),
    sample_rate=16_000,
    notes="One mono recording without a batch dimension; one embedding for each 0.48 s.",
)

_MEDICAL = InputContract(
    "float32",
    (None, None, None, 3),
    value_range=(0.0, 1.0),
    image_size=(256, 256),
    notes="Height and width are multiples of 32; larger images are cut into tiles.",
)

_BUNDLED = (
    ModelSpec(
        name="polyglot-fast",
        title="Polyglot fast",
        modality=Modality.TEXT,
        input=_TEXT,
        languages=_SIXTEEN,
        licence=_APACHE,
        description="A weighted bag of sub-word embeddings, trained for this app. Ships with it and needs no network.",
        variants=("default", "fast"),
    ),
    ModelSpec(
        name="polyglot",
        title="Polyglot",
        modality=Modality.TEXT,
        input=_TEXT,
        languages=_SIXTEEN,
        licence=_APACHE,
        description="A contextual encoder, trained for this app: slower than Polyglot fast. Needs no network.",
        variants=("contextual",),
    ),
    ModelSpec(
        name="handcrafted-image",
        title="Hand-crafted image features",
        modality=Modality.IMAGE,
        input=replace(_PHOTO, notes="The size is fixed."),
        licence=_APACHE,
        description="A filter bank with colour and gradient statistics: it tells textures, colours and layouts apart. "
        "Computed from formulas, not learned; needs no network.",
        variants=("default", "handcrafted"),
    ),
    ModelSpec(
        name="handcrafted-audio",
        title="Hand-crafted audio features",
        modality=Modality.AUDIO,
        input=_SOUND,
        licence=_APACHE,
        description="Statistics of a log-mel spectrum in windows of 0.96 s: it tells pitches, timbres and rhythms "
        "apart. Computed from formulas, not learned; needs no network.",
        variants=("default", "handcrafted"),
    ),
    ModelSpec(
        name="nuclei-unet",
        title="Nuclei U-Net",
        modality=Modality.IMAGE,
        purpose=Purpose.SEGMENTATION,
        input=_MEDICAL,
        licence=_APACHE,
        description="Finds cell nuclei in microscopy images and tells touching ones apart: fluorescence, stained "
        "tissue, brightfield. Trained for this app on CC0 data; not for diagnosis.",
    ),
    ModelSpec(
        name="ventricle-unet",
        title="Ventricle U-Net",
        modality=Modality.IMAGE,
        purpose=Purpose.SEGMENTATION,
        input=_MEDICAL,
        licence=_APACHE,
        description="Finds the cavity of the left ventricle in short-axis MRI of the heart. Trained for this app on "
        "CC0 data; not for diagnosis.",
    ),
    ModelSpec(
        name="vessels-unet",
        title="Vessels U-Net",
        modality=Modality.IMAGE,
        purpose=Purpose.SEGMENTATION,
        input=_MEDICAL,
        licence=_APACHE,
        description="Finds blood vessels in colour photographs of the retina. Trained for this app on CC BY 4.0 data, "
        "which its card cites; not for diagnosis.",
    ),
)

_TFHUB = "https://tfhub.dev/"
_KAGGLE = "https://www.kaggle.com/models/"

_HUB = (
    ModelSpec(
        name="universal-sentence-encoder-multilingual",
        title="Universal Sentence Encoder multilingual",
        modality=Modality.TEXT,
        input=_TEXT,
        handle=f"{_TFHUB}google/universal-sentence-encoder-multilingual/3",
        kaggle_handle=f"{_KAGGLE}google/universal-sentence-encoder/TensorFlow2/multilingual/2",
        output_width=512,
        languages=_SIXTEEN,
        size_mb=245,
        licence=_APACHE,
        description="A convolutional encoder for 16 languages; time grows in proportion to the text's length.",
        variants=("multilingual",),
    ),
    ModelSpec(
        name="universal-sentence-encoder-multilingual-large",
        title="Universal Sentence Encoder multilingual large",
        modality=Modality.TEXT,
        input=_TEXT,
        handle=f"{_TFHUB}google/universal-sentence-encoder-multilingual-large/3",
        kaggle_handle=f"{_KAGGLE}google/universal-sentence-encoder/TensorFlow2/multilingual-large/2",
        output_width=512,
        languages=_SIXTEEN,
        size_mb=303,
        licence=_APACHE,
        description="A transformer for 16 languages: more accurate, slow on long texts.",
        variants=("multilingual-large",),
    ),
    ModelSpec(
        name="universal-sentence-encoder",
        title="Universal Sentence Encoder",
        modality=Modality.TEXT,
        input=_TEXT,
        handle=f"{_TFHUB}google/universal-sentence-encoder/4",
        kaggle_handle=f"{_KAGGLE}google/universal-sentence-encoder/TensorFlow2/universal-sentence-encoder/2",
        output_width=512,
        languages=("en",),
        size_mb=915,
        licence=_APACHE,
        description="English only: an average of word embeddings followed by a small network. Large on disk.",
        variants=("english",),
    ),
    ModelSpec(
        name="universal-sentence-encoder-large",
        title="Universal Sentence Encoder large",
        modality=Modality.TEXT,
        input=_TEXT,
        handle=f"{_TFHUB}google/universal-sentence-encoder-large/5",
        kaggle_handle=f"{_KAGGLE}google/universal-sentence-encoder/TensorFlow2/large/2",
        output_width=512,
        languages=("en",),
        size_mb=523,
        licence=_APACHE,
        description="English only: a transformer, slow on long texts.",
        variants=("large", "english-large"),
    ),
    ModelSpec(
        name="resnet-v2-50",
        title="ResNet V2 50 features",
        modality=Modality.IMAGE,
        input=replace(_PHOTO, notes="Other sizes work within limits."),
        handle=f"{_TFHUB}google/imagenet/resnet_v2_50/feature_vector/4",
        output_width=2048,
        licence=_APACHE,
        description="Image features of a residual network trained on ImageNet.",
        variants=("resnet50",),
    ),
    ModelSpec(
        name="efficientnet-b0",
        title="EfficientNet B0 features",
        modality=Modality.IMAGE,
        input=replace(_PHOTO, shape=(None, None, None, 3), notes="Any size works; 224 x 224 works best."),
        handle=f"{_TFHUB}tensorflow/efficientnet/b0/feature-vector/1",
        kaggle_handle=f"{_KAGGLE}tensorflow/efficientnet/TensorFlow2/b0-feature-vector/1",
        output_width=1280,
        licence=_APACHE,
        description="Image features of a small, fast network trained on ImageNet.",
        variants=("efficientnet",),
    ),
    ModelSpec(
        name="efficientnet-v2-b0",
        title="EfficientNet V2 B0 features",
        modality=Modality.IMAGE,
        input=replace(_PHOTO, notes="The size is fixed."),
        handle=f"{_TFHUB}google/imagenet/efficientnet_v2_imagenet21k_ft1k_b0/feature_vector/2",
        output_width=1280,
        licence=_APACHE,
        description="Image features of a small network trained on ImageNet-21k and tuned on ImageNet-1k.",
        variants=("efficientnet-v2",),
    ),
    ModelSpec(
        name="yamnet",
        title="YAMNet",
        modality=Modality.AUDIO,
        input=_SOUND,
        handle=f"{_TFHUB}google/yamnet/1",
        kaggle_handle=f"{_KAGGLE}google/yamnet/TensorFlow2/yamnet/1",
        output_width=1024,
        licence=_APACHE,
        description="Sound event scores (521 classes) and embeddings of 0.96 s windows.",
        variants=("yamnet",),
    ),
)


def folder_size_mb(folder: Path) -> float:
    """Size of all files below ``folder`` in units of 1,000,000 bytes."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6


def build_catalog(bundled_root: Path = BUNDLED_ROOT) -> dict[str, ModelSpec]:
    """Return the bundled models whose folder exists below ``bundled_root``, then the hub models, by name.

    Size and output width of a bundled model are read from its folder, so they cannot disagree with it.
    """
    bundled = [_with_folder(spec, bundled_root) for spec in _BUNDLED]
    found = [spec for spec in bundled if spec is not None]
    hub = [replace(spec, source=spec.handle or "") for spec in _HUB]
    return {spec.name: spec for spec in (*found, *hub)}


def _with_folder(spec: ModelSpec, bundled_root: Path) -> ModelSpec | None:
    folder = bundled_root / spec.name / "1"
    if not (folder / "saved_model.pb").is_file():
        return None
    card = next((c for c in (folder / "MODEL_CARD.md", folder.parent / "MODEL_CARD.md") if c.is_file()), None)
    return replace(
        spec,
        bundled_path=folder,
        output_width=read_output_width(folder) if spec.purpose == Purpose.EMBEDDING else None,
        size_mb=round(folder_size_mb(folder), 1),
        source=f"models/bundled/{card.relative_to(bundled_root).as_posix()}" if card else "",
    )


CATALOG: dict[str, ModelSpec] = build_catalog()


def is_bundled_name(name: str) -> bool:
    """Return True for a model that belongs into ``models/bundled``, whether its folder exists or not."""
    return any(spec.name == name for spec in _BUNDLED)


def get_model(name: str) -> ModelSpec:
    """Return the model with this catalogue name or hub address.

    Raises:
        InvalidInputError: no such model; the message lists the names that exist.
    """
    if name in CATALOG:
        return CATALOG[name]
    for spec in CATALOG.values():
        if name in spec.handles:
            return spec
    raise InvalidInputError(f"There is no model called {name[:200]!r}. Choose one of: {', '.join(CATALOG)}.")


def models_for(
    modality: Modality, catalog: Iterable[ModelSpec] | None = None, purpose: Purpose = Purpose.EMBEDDING
) -> list[ModelSpec]:
    """Return the models that read ``modality`` and give what ``purpose`` says, bundled ones first."""
    specs = CATALOG.values() if catalog is None else catalog
    return [spec for spec in specs if spec.modality is modality and spec.purpose == purpose]
