"""Inputs to try the extractor with: questions in several languages, halves of photographs, sounds made by code."""

import io
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from models.errors import UnreadableFileError
from models.feature_inputs.items import NamedFile
from models.feature_inputs.sound_kinds import KINDS, RATE
from models.text.sample_corpus import load_example_queries

if TYPE_CHECKING:
    from PIL import Image

_TOPICS = ("night_trains", "diabetes", "password_security", "washing_clothes")
_LANGUAGES = ("en", "de", "es", "ja", "ar")
# In scikit-image's wheel. Two halves of each share no pixel, and should find one another.
_PHOTOGRAPHS = {
    "brick": "brick.png",
    "cat": "chelsea.png",
    "coins": "coins.png",
    "galaxies": "hubble_deep_field.jpg",
    "grass": "grass.png",
    "gravel": "gravel.png",
    "rocket": "rocket.jpg",
    "tissue": "ihc.png",
}
_HEIGHT = 320  # pixels
_SEED = 5


@cache
def example_texts() -> tuple[str, ...]:
    """The same four questions in five languages."""
    asked = {language: {q.topic: q.text for q in load_example_queries(language)} for language in _LANGUAGES}
    return tuple(asked[language][topic] for topic in _TOPICS for language in _LANGUAGES)


@cache
def example_pictures() -> tuple[NamedFile, ...]:
    """The left and the right half of eight photographs, as JPEG.

    Raises:
        UnreadableFileError: scikit-image's pictures are not installed.
    """
    from PIL import Image

    halves = []
    for name, file in _PHOTOGRAPHS.items():
        try:
            picture = Image.open(_folder() / file).convert("RGB")
        except OSError as error:
            raise UnreadableFileError(file, "is missing", "Install scikit-image again.") from error
        middle = picture.width // 2
        boxes = {"left": (0, 0, middle, picture.height), "right": (picture.width - middle, 0, *picture.size)}
        for side, box in boxes.items():
            half = picture.crop(box)
            half.thumbnail((_HEIGHT, _HEIGHT))
            halves.append(NamedFile(f"{name}, {side} half.jpg", _jpeg(half)))
    return tuple(halves)


def _folder() -> Path:
    # found, not imported: the import takes half a second, and only the files are wanted
    spec = find_spec("skimage")
    return Path(spec.submodule_search_locations[0] if spec and spec.submodule_search_locations else "skimage") / "data"


def _jpeg(picture: "Image.Image") -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=92)
    return buffer.getvalue()


@cache
def example_sounds() -> tuple[NamedFile, ...]:
    """Two sounds of each of nine kinds, as 16-bit WAV files of two seconds."""
    import soundfile

    random = np.random.default_rng(_SEED)
    files = []
    for kind in KINDS:
        for number in (1, 2):
            sound = kind(random)
            buffer = io.BytesIO()
            soundfile.write(buffer, 0.5 * sound / np.abs(sound).max(), RATE, format="WAV", subtype="PCM_16")
            files.append(NamedFile(f"{kind.__name__.replace('_', ' ')} {number}.wav", buffer.getvalue()))
    return tuple(files)
