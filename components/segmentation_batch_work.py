"""Many images one after the other: what fails is noted, and the rest goes on."""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from components.guard import UNEXPECTED
from components.jobs import Job
from components.segmentation_files import Make, result_files
from components.segmentation_network import Network
from components.segmentation_settings import Settings
from components.segmentation_source import ImageFile
from models.errors import CancelledError, InvalidInputError, PolyglotError, UnreadableFileError
from models.imaging.export import unique_stems, zip_files
from models.imaging.image import MedicalImage
from models.imaging.reading import read_image
from models.imaging.segmenter import MedicalImageSegmenter
from models.imaging.tasks import SegmentationTask
from models.text.export import to_csv

# Of each image: what is needed to go on with, without pictures of it at full size.
_SAVED = ("_labels.png", "_overlay.png", "_contours.geojson", "_objects.csv", "_provenance.json")
_MOST_BYTES = 300_000_000  # of the archive before compression into one file; what is beyond stays out, with a note
MOST_FRAMES = 200


@dataclass(frozen=True)
class BatchRow:
    """One image, or one frame of it.

    Args:
        name: of the file.
        frame: from 1; 0 where the file has only one.
        objects: number of them; None where it failed.
        area: of all objects together, in pixels.
        share: of the image that they cover, in [0, 1].
        median: area of an object, in pixels.
        unusual: whether the image is unlike the training images.
        seconds: that it took.
        problem: why it failed.
    """

    name: str
    frame: int = 0
    objects: int | None = None
    area: int = 0
    share: float = 0.0
    median: float = 0.0
    unusual: bool = False
    seconds: float = 0.0
    problem: str = ""


@dataclass
class Batch:
    """What a batch has given so far.

    Args:
        rows: in the order of the files.
        files: results by their path in the archive.
        stopped: whether the visitor stopped it.
        left_out: images whose files did not fit into the archive.
    """

    rows: list[BatchRow] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    stopped: bool = False
    left_out: int = 0

    def archive(self) -> bytes:
        """All files and the table as a zip archive."""
        return zip_files({"summary.csv": summary_csv(self.rows), **self.files})


def run_batch(
    task: SegmentationTask,
    network: Network,
    files: Sequence[ImageFile],
    settings: Settings,
    every_frame: bool,
    job: Job[Batch],
) -> Batch:
    """Segment all files; for a task in the background. What was done before a stop is kept."""
    batch = Batch()
    stems = unique_stems([file.name for file in files])
    try:
        model = network.load()
        for number, (file, stem) in enumerate(zip(files, stems, strict=True)):
            text = f"Image {number + 1:,} of {len(files):,}: {file.name}"
            job.report(number / len(files), text)
            progress = partial(_tell, job, text, number, len(files))
            for name, frame, image in _frames(file, every_frame):
                if job.cancelled:
                    raise CancelledError("stopped")
                if isinstance(image, str):
                    batch.rows.append(BatchRow(name, frame, problem=image))
                    continue
                try:
                    _add(batch, model, task, image, frame, stem, settings, progress, job)
                except CancelledError:
                    raise
                except PolyglotError as error:
                    batch.rows.append(BatchRow(name, frame, problem=str(error)))
                except Exception:
                    logging.getLogger(__name__).exception("An image of a batch failed")
                    batch.rows.append(BatchRow(name, frame, problem=f"{name} could not be segmented. {UNEXPECTED}"))
    except CancelledError:
        batch.stopped = True
    return batch


def summary_csv(rows: Sequence[BatchRow]) -> bytes:
    """The table of a batch as CSV."""
    header = ["file", "frame", "objects", "area_px", "share", "median_area_px", "unlike_training", "seconds", "problem"]
    lines = []
    for row in rows:
        number = "" if row.objects is None else row.objects
        measured = [number, row.area, round(row.share, 6), row.median, row.unusual, round(row.seconds, 3)]
        lines.append([row.name, row.frame or "", *measured, row.problem])
    return to_csv(header, lines)


def _tell(job: Job[Batch], text: str, number: int, count: int, tile: int, tiles: int) -> None:
    job.report((number + tile / max(tiles, 1)) / count, text)


def _frames(file: ImageFile, every_frame: bool) -> Iterator[tuple[str, int, MedicalImage | str]]:
    """Name, frame and image, or the reason why it cannot be read."""
    frame, frames = 0, 1
    while frame < frames:
        try:
            image = read_image(file.name, file.read(), frame=frame)
        except UnreadableFileError as error:
            yield file.name, frame + 1 if frames > 1 else 0, str(error)
            if frame == 0:
                return
        else:
            frames = min(image.frames, MOST_FRAMES) if every_frame else 1
            yield file.name, frame + 1 if frames > 1 else 0, image
        frame += 1


def _add(
    batch: Batch,
    model: MedicalImageSegmenter,
    task: SegmentationTask,
    image: MedicalImage,
    frame: int,
    stem: str,
    settings: Settings,
    progress: Callable[[int, int], None],
    job: Job[Batch],
) -> None:
    started = time.perf_counter()
    found = model.segment(
        image,
        settings.objects,
        settings.clahe,
        second_look=settings.second_look,
        progress=progress,
        cancel=lambda: job.cancelled,
    )
    objects = found.measure()
    areas = np.array([one.area for one in objects])
    familiarity = model.familiarity(image)
    problem = ""
    try:
        _save(batch, result_files(task, found, objects, settings.style), stem)
    except InvalidInputError as error:
        problem = str(error)  # more objects than a file can number
    batch.rows.append(
        BatchRow(
            image.name,
            frame,
            len(objects),
            int(areas.sum()),
            float(areas.sum() / found.labels.size),
            float(np.median(areas)) if len(areas) else 0.0,
            familiarity is not None and familiarity.unusual,
            time.perf_counter() - started,
            problem,
        )
    )


def _save(batch: Batch, files: dict[str, Make], stem: str) -> None:
    """Add the files of one result, in a folder of their own, while there is room."""
    if sum(map(len, batch.files.values())) > _MOST_BYTES:
        batch.left_out += 1
        return
    made = {name: make() for name, make in files.items() if name.endswith(_SAVED)}
    batch.files |= {f"{stem}/{name}": content for name, content in made.items()}
