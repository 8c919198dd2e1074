"""Fine-tuning in the background, one visitor at a time: two of them would not fit into the memory of a small host."""

import threading
from dataclasses import dataclass, field

from components.cache import segmenter
from components.fine_tuning_pairs import PairRow
from components.jobs import Job
from components.segmentation_pictures import encoded, labels_on_screen, on_screen
from models.errors import CancelledError
from models.imaging.contours import difference_image
from models.imaging.display import to_rgb
from models.imaging.fine_tuned import FineTuned, HeldOutImage
from models.imaging.fine_tuning import fine_tune
from models.imaging.pairs import read_pair
from models.imaging.scores import Scores
from models.imaging.segmenter import MedicalImageSegmenter
from models.imaging.tasks import SegmentationTask
from models.imaging.tuning_settings import Epoch, FineTuningSettings, TuningProgress

_MOST_PICTURES = 10
_turn = threading.Lock()


@dataclass
class Board:
    """What the task in the background says while it runs."""

    progress: TuningProgress = field(default_factory=lambda: TuningProgress(0.0, "Starting"))


@dataclass(frozen=True, eq=False)
class Comparison:
    """A held-out image with what both networks found, as JPEG beside the truth."""

    name: str
    before: bytes
    after: bytes
    score_before: Scores
    score_after: Scores


@dataclass(frozen=True, eq=False)
class Tuned:
    """A result without the images that it came from.

    Args:
        task: what the network finds.
        segmenter: the fine-tuned network.
        improved: whether it is better than the original.
        verdict: that, as a sentence.
        before: mean scores on the held-out images, of the original.
        after: the same, of the fine-tuned network.
        comparisons: held-out images.
        held_out: number of them.
        learned: number of images that were learned from.
        curve: all epochs.
        best: whose weights were kept.
        stopped: why it ended early.
        seconds: that it took.
        archive: the SavedModel as zip; empty where it did not improve.
        folder: its name in the archive.
    """

    task: SegmentationTask
    segmenter: MedicalImageSegmenter
    improved: bool
    verdict: str
    before: Scores
    after: Scores
    comparisons: tuple[Comparison, ...]
    held_out: int
    learned: int
    curve: tuple[Epoch, ...]
    best: Epoch
    stopped: str
    seconds: float
    archive: bytes
    folder: str

    @property
    def checked(self) -> str:
        """On what it was checked: "the held-out image", "the 2 held-out images"."""
        return "the held-out image" if self.held_out == 1 else f"the {self.held_out} held-out images"


def run_tuning(
    task: SegmentationTask, rows: list[PairRow], settings: FineTuningSettings, board: Board, job: Job[Tuned]
) -> Tuned:
    """Read the pairs again and learn from them; for a task in the background.

    Raises:
        CancelledError: stopped before anything was learned.
        UnreadableFileError: a file has gone.
        InvalidInputError: too few or too large images.
    """
    while not _turn.acquire(timeout=0.3):
        board.progress = TuningProgress(0.0, "Waiting: somebody else's fine-tuning is running on this server")
        if job.cancelled:
            raise CancelledError("The fine-tuning was stopped before it began.")
    try:
        board.progress = TuningProgress(0.0, "Reading the images")
        pairs = [read_pair(row.image.name, row.image.read(), row.mask.name, row.mask.read()) for row in rows]

        def report(progress: TuningProgress) -> None:
            board.progress = progress

        original = segmenter(task.name)
        return _without_images(task, fine_tune(original.model, pairs, settings, report, lambda: job.cancelled))
    finally:
        _turn.release()


def _without_images(task: SegmentationTask, result: FineTuned) -> Tuned:
    return Tuned(
        task,
        MedicalImageSegmenter(result.tuned),
        result.improved,
        result.verdict,
        result.before,
        result.after,
        tuple(_comparison(each) for each in result.held_out[:_MOST_PICTURES]),
        len(result.held_out),
        len(result.learned),
        result.curve,
        result.best,
        result.stopped,
        result.seconds,
        result.archive() if result.improved else b"",
        result.folder,
    )


def _comparison(held: HeldOutImage) -> Comparison:
    picture = on_screen(to_rgb(held.pair.image))
    truth = labels_on_screen(held.pair.labels) != 0
    before, after = (
        encoded(difference_image(picture, truth, labels_on_screen(labels) != 0)) for labels in (held.before, held.after)
    )
    return Comparison(held.pair.name, before, after, held.score_before, held.score_after)
