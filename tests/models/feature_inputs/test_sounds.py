import struct
import time
from typing import Any

import numpy as np
import pytest

from models.catalog import get_model
from models.errors import InvalidInputError, UnreadableFileError
from models.feature_inputs import NamedFile
from models.feature_inputs.items import Item, Prepared
from models.feature_inputs.sounds import envelope, read_sound
from tests.models.feature_inputs.makers import mp4_video, recording, tone

CONTRACT = get_model("yamnet").input


def read(value: Any, name: str = "rain.wav", **options: Any) -> Prepared:
    return read_sound(Item(name, NamedFile(name, value) if isinstance(value, bytes) else value), CONTRACT, **options)


def loudest_frequency(wave: np.ndarray, rate: int = 16_000) -> float:
    return float(np.abs(np.fft.rfft(wave * np.hanning(len(wave)))).argmax() * rate / len(wave))


def test_contract_is_met() -> None:
    prepared = read(recording(tone(), 16_000))
    assert prepared.value.dtype == np.float32 and prepared.value.shape == (32_000,)
    assert prepared.notes == () and prepared.seconds == 2.0
    np.testing.assert_allclose(prepared.value, tone(), atol=1e-4)


def test_eight_bit_stereo_of_44100_hz_is_resampled() -> None:
    left = tone(3, 44_100)
    prepared = read(recording(np.stack([left, left], axis=1), 44_100, coding="PCM_U8"))
    assert abs(len(prepared.value) - 48_000) <= 1 and loudest_frequency(prepared.value) == pytest.approx(440, abs=1)
    assert prepared.notes == ("Mixed 2 channels to one.", "Resampled from 44,100 to 16,000 Hz.")


def test_nothing_folds_over_when_the_rate_falls() -> None:
    wave = read(recording(tone(2, 44_100, 12_000), 44_100)).value[2_000:-2_000]
    assert np.abs(wave).max() < 0.01


@pytest.mark.parametrize(
    ("kind", "coding"), [("FLAC", "PCM_24"), ("OGG", "VORBIS"), ("MP3", "MPEG_LAYER_III"), ("AIFF", "PCM_16")]
)
def test_formats(kind: str, coding: str) -> None:
    wave = read(recording(tone(2, 22_050), 22_050, kind, coding)).value
    assert loudest_frequency(wave) == pytest.approx(440, abs=2)


@pytest.mark.parametrize(
    "array",
    [
        tone(),
        tone().astype(np.float32)[:, None],
        np.stack([tone(), tone()], axis=1),
        (tone() * 32_767).astype(np.int16),
        (tone() * 2_147_483_000).astype(np.int32),
        (tone() * 127 + 128).astype(np.uint8),
    ],
)
def test_arrays(array: np.ndarray) -> None:
    np.testing.assert_allclose(read(array).value, tone(), atol=0.02)


def test_sample_rate_of_an_array() -> None:
    assert len(read(tone(1, 8_000), sample_rate=8_000).value) == 16_000
    with pytest.raises(InvalidInputError, match="sample rate of 5 Hz"):
        read(tone(), sample_rate=5)


def test_three_hours_are_refused_before_they_are_decoded() -> None:
    data = recording(np.zeros(3 * 3_600 * 16_000, np.int16), 16_000, "FLAC")
    started = time.perf_counter()
    with pytest.raises(UnreadableFileError, match=r"rain\.flac lasts 3 h 0 min; at most 10 minutes are read"):
        read(data, "rain.flac")
    assert time.perf_counter() - started < 0.1


def test_beginning_of_three_hours() -> None:
    data = recording(np.zeros(3 * 3_600 * 16_000, np.int16), 16_000, "FLAC")
    prepared = read(data, max_length=5)
    assert prepared.seconds == 5 and "Only the first 5 seconds were read." in prepared.notes
    assert "Only the first 5 seconds were read." in read(np.zeros(16_000 * 60) + 0.1, max_length=5).notes


def test_silence_and_moments_are_noted() -> None:
    assert "silent" in read(np.zeros(32_000)).notes[0]
    assert "silence was added" in read(tone(0.1)).notes[0]


def test_loud_floats_are_clipped_and_louder_ones_refused() -> None:
    prepared = read(recording(tone() * 2.2, 16_000, coding="FLOAT"))
    assert np.abs(prepared.value).max() == 1 and "clipped" in prepared.notes[0]
    with pytest.raises(UnreadableFileError, match="where -1 to 1 are expected"):
        read(recording(tone() * 60, 16_000, coding="FLOAT"))


def claims_rate(rate: int) -> bytes:
    data = bytearray(recording(tone(), 16_000))
    data[24:28] = struct.pack("<I", rate)
    return bytes(data)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (mp4_video(), "is an MP4 video, not a recording. Save its sound as WAV"),
        (b"only words", "is a text file, not a recording"),
        (b"", "is empty"),
        (recording(np.zeros(0), 16_000), "holds no sound"),
        (recording(tone(), 16_000)[:30], "damaged"),
        (b"fLaC" + bytes(50), "damaged"),
        (recording(np.array([np.nan] * 9 + [0.5]), 16_000, coding="FLOAT"), "9 of its 10 values are no number"),
        (np.array([0.1] * 20 + [np.inf]), "1 of its 21 values is no number"),
        (np.full(20_000, 3.0), "where -1 to 1 are expected"),
        (np.zeros((2, 16_000)), r"Give \[samples\] or \[samples, channels\]"),
        (np.zeros((4, 4, 4)), "has the shape"),
        (np.zeros(16_000 * 601), "lasts 10 minutes|at most 10 minutes"),
        (claims_rate(400_000), "sample rate of 400,000 Hz"),
        (claims_rate(10), "sample rate of 10 Hz"),
    ],
)
def test_what_is_refused_is_named(value: Any, words: str) -> None:
    with pytest.raises(UnreadableFileError, match=rf"rain\.wav .*({words})"):
        read(value)


def test_envelope_holds_the_extremes() -> None:
    wave = np.zeros(10_000, np.float32)
    wave[5_000], wave[9_999] = 0.7, -0.9
    bins = envelope(wave)
    assert bins.shape == (800, 2) and bins[:, 1].max() == np.float32(0.7) and bins[-1, 0] == np.float32(-0.9)
    assert envelope(wave[:3]).shape == (3, 2)
