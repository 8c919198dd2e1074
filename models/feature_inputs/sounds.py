"""Sounds for a model: one channel at the model's sample rate; what is too long is refused before it is decoded."""

import io
import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.errors import InvalidInputError, UnreadableFileError
from models.feature_inputs.file_kind import kind_of
from models.feature_inputs.items import Item, NamedFile, Prepared, wrong_kind
from models.feature_inputs.numbers import checked_range
from models.model_spec import InputContract

MAX_SECONDS = 600.0
DEFAULT_RATE = 16_000
LOWEST_RATE, HIGHEST_RATE = 1_000, 384_000  # Hz; the filter of an absurd rate would take gigabytes
_BLOCK = 1 << 20  # values decoded at a time
_BINS = 800
_OVERSHOOT = 1.5  # how far decoders of MP3 and Ogg go beyond the range of a loud recording
_SHORTEST = 0.975  # seconds of one window
_SAVE = "Save it as WAV, FLAC, Ogg or MP3."

_Wave = NDArray[np.float32]


def read_sound(
    item: Item, contract: InputContract, max_length: float | None = None, sample_rate: int | None = None
) -> Prepared:
    """One sound as its model takes it: mono, at the model's rate, values in [-1, 1].

    Args:
        item: a file, or an array [T] or [T, channels]: floats in [-1, 1], or int16, int32 or uint8.
        contract: the model's; 16 kHz where it leaves the rate open.
        max_length: in seconds; only the beginning of a longer sound is read. Without it, one of more than ten minutes
            is refused.
        sample_rate: of an array, in Hz; the model's own where it is not given.

    Raises:
        UnreadableFileError: no recording, a damaged, empty or long one, or values that are no numbers or out of range.
        InvalidInputError: a sample rate that no recording has.
    """
    name, value = item.name or "The recording", item.value
    target = contract.sample_rate or DEFAULT_RATE
    seconds = MAX_SECONDS if max_length is None else float(max_length)
    if isinstance(value, NamedFile):
        if kind_of(value.data).kind != "audio":
            raise wrong_kind(NamedFile(name, value.data), "a recording")
        wave, rate, notes = _decoded(name, value.data, seconds, cut=max_length is not None)
    elif isinstance(value, np.ndarray):
        rate = target if sample_rate is None else sample_rate
        if not LOWEST_RATE <= rate <= HIGHEST_RATE:
            raise InvalidInputError(f"A sample rate of {rate:,} Hz is not possible. Give one from 1,000 to 384,000.")
        wave, notes = _of_array(name, value, seconds * rate, rate, cut=max_length is not None)
    else:
        raise InvalidInputError(f"{name} is no recording. Give files or NumPy arrays.")
    if rate != target:
        wave = resampled(wave, rate, target)
        notes.append(f"Resampled from {rate:,} to {target:,} Hz.")
    if not wave.any():
        notes.append("It is silent.")
    if len(wave) < _SHORTEST * target:
        notes.append("Shorter than one window of the model: silence was added.")
    return Prepared(name, wave, tuple(notes), envelope(wave), len(wave) / target)


def _decoded(name: str, data: bytes, seconds: float, cut: bool) -> tuple[_Wave, int, list[str]]:
    import soundfile

    try:
        with soundfile.SoundFile(io.BytesIO(data)) as file:
            rate, channels = int(file.samplerate), int(file.channels)
            if not LOWEST_RATE <= rate <= HIGHEST_RATE:
                raise UnreadableFileError(name, f"claims a sample rate of {rate:,} Hz", _SAVE)
            limit = int(seconds * rate)
            # formats that do not store their length say that it is enormous; they are counted while they are read
            claimed = file.frames if file.frames < 1 << 60 else 0
            if claimed > limit and not cut:
                raise _too_long(name, claimed / rate, seconds)
            wave = _mono(name, file, limit, cut, seconds)
            more = claimed > limit
    except soundfile.SoundFileError as error:
        raise UnreadableFileError(name, "is damaged or of a kind that cannot be read", _SAVE) from error
    if not len(wave):
        raise UnreadableFileError(name, "holds no sound", "Choose a recording with at least a moment of sound.")
    notes = [f"Mixed {channels:,} channels to one."] if channels > 1 else []
    if more:
        notes.append(f"Only the first {_duration(seconds)} were read.")
    if np.isfinite(wave).all() and 1 < np.abs(wave).max() <= _OVERSHOOT:
        notes.append("Values beyond full scale were clipped.")
        wave = np.clip(wave, -1, 1)
    return checked_range(name, wave, -1, 1, "Save it with values from -1 to 1, or as 16-bit WAV."), rate, notes


def _mono(name: str, file: Any, limit: int, cut: bool, seconds: float) -> _Wave:
    """Decode block by block, so that many channels never lie in memory together."""
    size = max(1, _BLOCK // file.channels)
    blocks: list[_Wave] = []
    total = 0
    while total < limit or not cut:
        block = file.read(min(size, limit + 1 - total), dtype="float32", always_2d=True)
        if not len(block):
            break
        blocks.append(block.mean(axis=1))
        total += len(block)
        if total > limit and not cut:
            raise _too_long(name, None, seconds)
    return np.concatenate(blocks)[:limit] if blocks else np.zeros(0, np.float32)


def _too_long(name: str, lasts: float | None, seconds: float) -> UnreadableFileError:
    problem = f"lasts {_duration(lasts)}" if lasts is not None else "is long"
    return UnreadableFileError(
        name, f"{problem}; at most {_duration(seconds)} are read", "Cut out a part, or limit how much is read."
    )


def _duration(seconds: float) -> str:
    whole = round(seconds)
    hours, minutes = divmod(whole // 60, 60)
    if hours:
        return f"{hours:,} h {minutes} min"
    if whole >= 120:
        return f"{minutes} minutes"
    return f"{whole} seconds" if seconds >= 2 else f"{seconds:.2g} seconds"


def _of_array(name: str, array: NDArray[Any], limit: float, rate: int, cut: bool) -> tuple[_Wave, list[str]]:
    if array.ndim == 2 and array.shape[0] < array.shape[1]:
        raise UnreadableFileError(name, f"has the shape {array.shape}", "Give [samples] or [samples, channels].")
    if array.ndim not in (1, 2):
        raise UnreadableFileError(name, f"has the shape {array.shape}", "Give a waveform [samples].")
    notes = []
    if len(array) > limit:
        if not cut:
            raise _too_long(name, len(array) / rate, limit / rate)
        array = array[: int(limit)]
        notes.append(f"Only the first {_duration(limit / rate)} were read.")
    values = _full_scale(name, array)
    if values.ndim == 2:
        if values.shape[1] > 1:
            notes.append(f"Mixed {values.shape[1]:,} channels to one.")
        values = values.mean(axis=1)
    return checked_range(name, values, -1, 1, "Divide by the largest possible value."), notes


def _full_scale(name: str, array: NDArray[Any]) -> NDArray[np.floating[Any]]:
    if array.dtype == np.uint8:
        return (array.astype(np.float32) - 128) / 128
    if array.dtype.kind == "i":
        return (array / float(1 << (8 * array.dtype.itemsize - 1))).astype(np.float32)
    if array.dtype.kind == "f":
        return array
    raise InvalidInputError(f"{name} holds values of type {array.dtype}. Give floats or whole numbers with a sign.")


def resampled(wave: _Wave, rate: int, target: int) -> _Wave:
    """The waveform [T] at another sample rate, by a polyphase filter that lets nothing fold over."""
    from scipy.signal import resample_poly

    shared = math.gcd(rate, target)
    return np.clip(resample_poly(wave, target // shared, rate // shared), -1, 1).astype(np.float32)


def envelope(wave: _Wave, bins: int = _BINS) -> _Wave:
    """Lowest and highest value in each of at most ``bins`` stretches of equal length, [B, 2]."""
    starts = np.unique(np.linspace(0, len(wave), min(bins, len(wave)), endpoint=False).astype(np.int64))
    return np.stack([np.minimum.reduceat(wave, starts), np.maximum.reduceat(wave, starts)], axis=1)
