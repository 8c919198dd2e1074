"""Fine-tuning a segmentation network on a person's own images, in a minute or two on two processors.

Some of the images are held out: the network never learns from them, and they say when to stop and whether it helped.
What they say is a little too good for that reason; a sound judgement needs images that had no part in this at all.
"""

import time
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from models.errors import InvalidInputError
from models.imaging.fine_tuned import FineTuned, HeldOutImage, package
from models.imaging.learner import Learner, learning_image
from models.imaging.pairs import TrainingPair
from models.imaging.scores import score_labels
from models.imaging.segmentation_model import SegmentationModel
from models.imaging.segmenter import MedicalImageSegmenter
from models.imaging.trainable import open_trainable
from models.imaging.tuning_run import TuningRun
from models.imaging.tuning_settings import FineTuningSettings, TuningProgress
from models.imaging.views import ViewRanges

FEWEST_PAIRS, MOST_PAIRS = 2, 50
MOST_PIXELS = 40_000_000
"""Of all images together: five bytes for each are held as read, and up to six as the network learns from them."""
_UPRIGHT = ("ventricle",)  # tasks whose images always lie nearly the same way


def fine_tune(
    model: SegmentationModel,
    pairs: Sequence[TrainingPair],
    settings: FineTuningSettings | None = None,
    progress: Callable[[TuningProgress], None] | None = None,
    cancel: Callable[[], bool] | None = None,
) -> FineTuned:
    """Let a network learn on from images and masks; the network that is given stays as it is.

    The same network, pairs and settings give the same views in the same order.

    Args:
        model: a bundled network, such as ``MedicalImageSegmenter("nuclei").model``.
        pairs: at least 2; see ``pairs.read_pair``.
        settings: how.
        progress: told after every step.
        cancel: asked after every step; True stops. What was best until then is kept.

    Raises:
        InvalidInputError: too few pairs, or more than fit into the memory.
        ModelUnavailableError: a network that cannot be trained on.
        CancelledError: stopped before the first epoch has ended.
    """
    settings = settings or FineTuningSettings()
    check_amount([pair.pixels for pair in pairs])
    started = time.monotonic()
    run = TuningRun(settings, progress, cancel)
    run.tell(0.0, "Preparing the network and the images")
    out = held_out(len(pairs), settings)
    learned = [pair for number, pair in enumerate(pairs) if number not in out]
    network = open_trainable(model)
    learner = Learner(
        network,
        model.settings,
        [learning_image(pair, model.settings) for pair in learned],
        seed=settings.seed,
        learning_rate=settings.learning_rate,
        weight_decay=settings.weight_decay,
        size=settings.view,
        batch=settings.batch,
        ranges=ViewRanges(turns=model.settings.task not in _UPRIGHT),
    )
    run.tell(0.02, "Scoring the network as it is")
    run.go(learner, [learning_image(pairs[number], model.settings) for number in out])
    assert run.best is not None  # noqa: S101 -- there is none only where ``go`` has raised
    run.tell(0.96, "Comparing before and after on the held-out images")
    # half precision is what the file holds, so it is what is scored and used here too
    learner.restore(learner.weights().astype(np.float16))
    tuned, files = package(model, network, learner.call, learned)
    return FineTuned(
        original=model,
        tuned=tuned,
        files=files,
        settings=settings,
        learned=tuple(pair.name for pair in learned),
        sources=tuple(pair.image.sha256 for pair in pairs),
        held_out=tuple(_compare(model, tuned, pairs[number]) for number in out),
        curve=tuple(run.curve),
        best=run.best,
        stopped=run.stopped,
        seconds=time.monotonic() - started,
    )


def check_amount(pixels: Sequence[int]) -> None:
    """Refuse too few images, or more than fit into the memory.

    Args:
        pixels: of each image.

    Raises:
        InvalidInputError: so it is; the message says what is needed.
    """
    count, together = len(pixels), sum(pixels)
    if count < FEWEST_PAIRS:
        raise InvalidInputError(
            f"Fine-tuning needs at least {FEWEST_PAIRS} images with their masks: one to learn from and one to check "
            f"with. There is {'only one' if count else 'none'}; from about five on, the check begins to mean something."
        )
    if count > MOST_PAIRS:
        raise InvalidInputError(f"At most {MOST_PAIRS} images fit; there are {count}. Leave some out.")
    if together > MOST_PIXELS:
        raise InvalidInputError(
            f"All images together have {together / 1e6:,.0f} million pixels, and at most {MOST_PIXELS / 1e6:,.0f} "
            "million fit. Leave some out, or cut parts out of them."
        )


def held_out(count: int, settings: FineTuningSettings) -> tuple[int, ...]:
    """Which of ``count`` images are held out, rising: chosen by the seed; at least one, and one stays to learn from."""
    number = min(max(1, round(settings.held_out * count)), count - 1)
    return tuple(sorted(int(each) for each in np.random.default_rng(settings.seed).permutation(count)[:number]))


def _compare(model: SegmentationModel, tuned: SegmentationModel, pair: TrainingPair) -> HeldOutImage:
    """Go the whole way of the app with both networks, at the image's own resolution."""
    before, after = (_labels(each, pair) for each in (model, tuned))
    separate = len(model.settings.channels) > 1
    scores = (score_labels(pair.labels, labels, separate) for labels in (before, after))
    return HeldOutImage(pair, before, after, *scores)


def _labels(model: SegmentationModel, pair: TrainingPair) -> NDArray[np.integer]:
    labels = MedicalImageSegmenter(model).segment(pair.image).labels
    # a quarter of the memory, or half of it
    return labels.astype(np.min_scalar_type(int(labels.max(initial=0))))
