"""A fine-tuned network: ready to use, compared with what it was, and as an archive to take along."""

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.hub import LoadedModel
from models.imaging.export import zip_files
from models.imaging.familiarity_update import familiar_with
from models.imaging.pairs import TrainingPair
from models.imaging.preprocessing import at_working_resolution
from models.imaging.saved_network import save_network
from models.imaging.scores import Scores, mean_scores
from models.imaging.segmentation_model import SegmentationModel
from models.imaging.tuning_settings import Epoch, FineTuningSettings
from models.model_spec import ModelSpec

_LEAST_GAIN = 0.001  # of Dice; less is chance


@dataclass(frozen=True, eq=False)
class HeldOutImage:
    """An image that was not learned from, with what both networks found in it.

    Args:
        pair: the image and its truth.
        before: labels [H, W] of the network as it was.
        after: labels [H, W] of the fine-tuned one.
        score_before: of ``before``.
        score_after: of ``after``.
    """

    pair: TrainingPair
    before: NDArray[np.integer]
    after: NDArray[np.integer]
    score_before: Scores
    score_after: Scores


@dataclass(frozen=True, eq=False)
class FineTuned:
    """What came out of a fine-tuning.

    Args:
        original: the network that it started from; unchanged.
        tuned: the network with the weights of the best epoch; in memory only.
        files: of the SavedModel of ``tuned``, by their path.
        settings: how it was done.
        learned: names of the images that were learned from.
        sources: SHA-256 of all image files, in hexadecimal.
        held_out: the other images, with what both networks found in them.
        curve: all epochs; the first one is the network as it was.
        best: the epoch whose weights were kept.
        stopped: why it ended before its last epoch, continuing "It ended early: ..."; "" where it did not.
        seconds: that all of it took.
    """

    original: SegmentationModel
    tuned: SegmentationModel
    files: Mapping[str, bytes] = field(repr=False)
    settings: FineTuningSettings
    learned: tuple[str, ...]
    sources: tuple[str, ...]
    held_out: tuple[HeldOutImage, ...]
    curve: tuple[Epoch, ...]
    best: Epoch
    stopped: str
    seconds: float

    @cached_property
    def before(self) -> Scores:
        """Mean scores of the network as it was, on the held-out images."""
        return mean_scores([each.score_before for each in self.held_out])

    @cached_property
    def after(self) -> Scores:
        """Mean scores of the fine-tuned network, on the held-out images."""
        return mean_scores([each.score_after for each in self.held_out])

    @property
    def improved(self) -> bool:
        """Whether the fine-tuned network has a higher Dice on the held-out images."""
        return self.after.dice >= self.before.dice + _LEAST_GAIN

    @property
    def model(self) -> SegmentationModel:
        """The network to use: the fine-tuned one, or the original where fine-tuning did not help."""
        return self.tuned if self.improved else self.original

    @property
    def verdict(self) -> str:
        """What to tell a person about the result."""
        count = len(self.held_out)
        where = "the held-out image" if count == 1 else f"the {count} held-out images"
        before, after = self.before, self.after
        if not self.improved:
            how = "fell" if after.dice <= before.dice - _LEAST_GAIN else "did not rise"
            return (
                f"Fine-tuning did not help: Dice on {where} {how} ({before.dice:.3f} before, {after.dice:.3f} after). "
                "The original network is kept. More images, or a smaller learning rate, may change that."
            )
        text = f"Dice on {where} rose from {before.dice:.3f} to {after.dice:.3f}."
        if before.ap50 is not None and after.ap50 is not None and after.ap50 < before.ap50 - 0.01:
            text += f" But single objects are told apart less well: AP fell from {before.ap50:.3f} to {after.ap50:.3f}."
        return text

    def archive(self) -> bytes:
        """The fine-tuned network as a zip archive: a SavedModel that ``hub.load`` takes once it is unpacked.

        With its settings, what it knows of its images, a model card, and ``assets.extra/fine_tuning.json``.
        """
        from models.imaging.fine_tuning_card import RECORD_FILE, model_card, record

        extra = {"MODEL_CARD.md": model_card(self).encode(), RECORD_FILE: record(self)}
        return zip_files({f"{self.folder}/1/{path}": content for path, content in {**self.files, **extra}.items()})

    @property
    def folder(self) -> str:
        """Name of the folder in the archive."""
        return self.tuned.loaded.spec.name


def package(
    model: SegmentationModel, network: Any, call: Callable[[Any], Any], learned: Sequence[TrainingPair]
) -> tuple[SegmentationModel, dict[str, bytes]]:
    """Make a trained Keras network usable as ``model`` is, and write its SavedModel; nothing stays on the disk.

    Args:
        model: that it started from; settings and what is known of the images come from it.
        network: as ``open_trainable`` returned it, trained.
        call: the same as a TensorFlow function.
        learned: what it was trained on.

    Returns:
        The network in memory, and the files of its SavedModel by their path. It has learned from images after CLAHE
        alone, so no second look is proposed.
    """
    settings = replace(model.settings, second_look=False)
    spec = model.loaded.spec
    own = ModelSpec(
        name=f"{model.settings.task or 'own'}-unet-fine-tuned",
        title=f"{spec.title}, fine-tuned on {len(learned)} {'image' if len(learned) == 1 else 'images'}",
        modality=spec.modality,
        input=spec.input,
        purpose=spec.purpose,
        description="Fine-tuned on a person's own images.",
    )
    with tempfile.TemporaryDirectory(prefix="fine-tuned-") as place:
        folder = save_network(network, settings, _familiarity(model, learned), Path(place) / "1")
        files = {
            file.relative_to(folder).as_posix(): file.read_bytes()
            for file in sorted(folder.rglob("*"))
            if file.is_file()
        }
        tuned = SegmentationModel(LoadedModel(own, call, "path", folder, 0.0), settings)
        # both are read from the folder, and kept: it is about to go
        _ = tuned.fingerprint, tuned.familiarity
    return tuned, files


def _familiarity(model: SegmentationModel, learned: Sequence[TrainingPair]) -> str:
    known = model.familiarity
    if known is None:
        return ""
    pictures = [at_working_resolution(pair.image, model.settings.scaling) for pair in learned]
    return familiar_with(pictures, known).to_json()
