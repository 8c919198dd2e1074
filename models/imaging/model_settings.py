"""How a network was trained, and so how it wants to be used; travels with it as ``assets.extra/task.json``."""

import json
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, get_args

from models.errors import InvalidInputError

ScaleMode = Literal["none", "longest_side", "shortest_side", "field_of_view_width"]
SETTINGS_FILE = "assets.extra/task.json"
CHANNELS = ("foreground", "boundary", "distance")


@dataclass(frozen=True)
class ScaleRule:
    """The resolution at which a network works.

    Args:
        mode: what is brought to ``pixels``: nothing ("none": the image's own resolution), the image's longest or
            shortest side, or the width of the bright field in a dark frame (fundus photographs).
        pixels: its length at the working resolution.
        smallest: never shrink by more than this factor.
        largest: never enlarge by more than this factor: there is nothing to see in an enlarged thumbnail.
    """

    mode: ScaleMode = "none"
    pixels: int = 256
    smallest: float = 1 / 32
    largest: float = 4.0


@dataclass(frozen=True)
class ModelSettings:
    """Everything that a network wants of the steps before and after it.

    Args:
        task: name of the task, a key of ``TASKS``; "" for a model of somebody else's.
        channels: meaning of the output's channels in order, of ``CHANNELS``. "foreground" is the probability of an
            object; "boundary" of an object's rim; "distance" is 1 at an object's centre and falls to 0 at its rim.
        scaling: the working resolution.
        tile: largest side given to the network at once, in working pixels; a multiple of ``multiple_of``.
        overlap: of two neighbouring tiles, in working pixels.
        multiple_of: sides that the network accepts.
        clahe: whether the network was trained on images after CLAHE, and so CLAHE is on at first.
        clip_limit: of that CLAHE.
        grid: of that CLAHE.
        second_look: whether the network is more accurate when it is asked again about the image upside down and before
            CLAHE, and the mean of both counts; see ``looks``.
        threshold: probability from which a pixel belongs to an object.
        minimum_size: smaller objects are left out, in pixels of the image.
        hole_size: holes of up to this many pixels of the image are filled when filling is on.
        maximum_objects: keep only the largest so many; None keeps all.
        seed_threshold: for the watershed: centres are where the seed map exceeds it.
        seed_smoothing: standard deviation, in pixels of the image, of the blur before that.
        seed_size: a centre is divided where, at a higher threshold, it falls apart into parts of at least so many
            pixels of the image; 0 never divides.
        opening: radius in pixels of the image by which seeds are eroded, which separates thinly connected ones.
    """

    task: str = ""
    channels: tuple[str, ...] = ("foreground",)
    scaling: ScaleRule = field(default_factory=ScaleRule)
    tile: int = 512
    overlap: int = 64
    multiple_of: int = 32
    clahe: bool = True
    clip_limit: float = 3.0
    grid: int = 8
    second_look: bool = False
    threshold: float = 0.5
    minimum_size: int = 0
    hole_size: int = 0
    maximum_objects: int | None = None
    seed_threshold: float = 0.5
    seed_smoothing: float = 1.0
    seed_size: int = 0
    opening: int = 0

    def __post_init__(self) -> None:
        """Refuse values out of range."""
        problem = next((text for ok, text in self._checks() if not ok), None)
        if problem:
            raise InvalidInputError(f"The model's {SETTINGS_FILE} cannot be used: {problem}.")

    def _checks(self) -> list[tuple[bool, str]]:
        return [
            (bool(self.channels) and set(self.channels) <= set(CHANNELS), f"channels {list(self.channels)}"),
            ("foreground" in self.channels, "there is no foreground channel"),
            (self.scaling.mode in get_args(ScaleMode), f"scaling mode {self.scaling.mode!r}"),
            (0 < self.scaling.pixels <= 8192, f"scaling to {self.scaling.pixels} pixels"),
            (0 < self.scaling.smallest <= self.scaling.largest <= 16, "limits of the scaling"),
            (self.multiple_of >= 1 and self.tile >= self.multiple_of, f"tile {self.tile}"),
            (self.tile % max(self.multiple_of, 1) == 0 and self.tile <= 4096, f"tile {self.tile}"),
            (0 <= self.overlap <= self.tile // 2, f"overlap {self.overlap}"),
            (0 <= self.threshold <= 1 and 0 <= self.seed_threshold <= 1, "thresholds outside of 0 to 1"),
            (
                min(self.minimum_size, self.hole_size, self.seed_size, self.opening, self.seed_smoothing) >= 0,
                "a negative size",
            ),
            (self.maximum_objects is None or self.maximum_objects >= 1, "maximum_objects below 1"),
        ]

    def to_json(self) -> str:
        """The text of ``task.json``."""
        return json.dumps(asdict(self), indent=2) + "\n"


def settings_from_json(text: str, defaults: ModelSettings | None = None) -> ModelSettings:
    """Read ``task.json``; what it leaves out comes from ``defaults``, names that are not known are left aside.

    Raises:
        InvalidInputError: no JSON object, or values out of range.
    """
    base = defaults or ModelSettings()
    try:
        found: dict[str, Any] = {k: v for k, v in json.loads(text).items() if k in ModelSettings.__dataclass_fields__}
        if "channels" in found:
            found["channels"] = tuple(found["channels"])
        if "scaling" in found:
            found["scaling"] = replace(base.scaling, **found["scaling"])
        return replace(base, **found)
    except (ValueError, TypeError, AttributeError) as error:
        raise InvalidInputError(f"The model's {SETTINGS_FILE} cannot be used: {error}.") from error


def read_settings(folder: Path, defaults: ModelSettings | None = None) -> ModelSettings:
    """Settings of the model in ``folder``; the defaults where it has no ``task.json``."""
    file = folder / SETTINGS_FILE
    if not file.is_file():
        return defaults or ModelSettings()
    return settings_from_json(file.read_text(encoding="utf-8"), defaults)
