import numpy as np
import pytest

from models.feature_inputs.file_kind import kind_of
from tests.models.feature_inputs.makers import mp4_video, picture, recording, tone

PIXELS = np.zeros((8, 8, 3), np.uint8)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "TIFF", "WEBP", "BMP"])
def test_pictures(kind: str) -> None:
    assert kind_of(picture(PIXELS, kind)).kind == "image"


@pytest.mark.parametrize(
    ("kind", "coding"),
    [("WAV", "PCM_16"), ("FLAC", "PCM_16"), ("OGG", "VORBIS"), ("MP3", "MPEG_LAYER_III"), ("AIFF", "PCM_16")],
)
def test_recordings(kind: str, coding: str) -> None:
    assert kind_of(recording(tone(), 16_000, kind, coding)).kind == "audio"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (mp4_video(), "an MP4 video"),
        (b"\x00\x00\x00\x14ftypqt  ", "a QuickTime video"),
        (b"RIFF\x00\x00\x00\x00AVI LIST", "an AVI video"),
        (b"\x1aE\xdf\xa3webm", "a Matroska or WebM video"),
        (b"G" + bytes(187) + b"G" + bytes(187) + b"G", "an MPEG video"),
    ],
)
def test_videos_are_known_by_their_bytes(data: bytes, words: str) -> None:
    assert kind_of(data) == ("video", words)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
def test_texts_in_any_encoding(encoding: str) -> None:
    assert kind_of("Ein Satz über die Straße, der lang genug ist.".encode(encoding)).kind == "text"


def test_what_nobody_knows_is_no_text() -> None:
    assert kind_of(np.random.default_rng(0).integers(0, 256, 5_000, np.uint8).tobytes()).kind == "other"
