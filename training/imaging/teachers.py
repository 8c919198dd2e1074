"""Networks of earlier runs whose mean another one learns from (Hinton et al. 2015, https://arxiv.org/abs/1503.02531)."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from keras import ops
from numpy.typing import NDArray

from training.imaging.augment import Batch, Views
from training.imaging.prepare import Prepared
from training.imaging.recipes import Recipe, stored_recipe
from training.imaging.run_network import tensors_of, trained


class Teachers:
    """The mean of several networks, each asked twice: before and after CLAHE.

    They see the student's own views, places and colours alike: on views as seldom as these they differ from one
    another, and from what each of them has learned by heart. Teachers that left out a part of the people speak about
    those alone: what they say of them cannot be learned by heart.

    Args:
        runs: folders with ``recipe.json`` and ``weights.npz``.
        data: what the student learns from.
        arithmetic: as in a recipe; that of the student.
        share: of the target that is theirs, the rest is the truth's; blended views are theirs altogether.

    Raises:
        ValueError: no teacher speaks about some of the images.
    """

    def __init__(self, runs: Sequence[Path], data: Prepared, arithmetic: str, share: float) -> None:
        self.share = share
        recipes = [stored_recipe(run, arithmetic) for run in runs]
        self.voices = voices(recipes, data)
        channels = data.pixels.shape[1] - 6
        self.networks = [trained(run, recipe, channels) for run, recipe in zip(runs, recipes, strict=True)]
        self.weights = [tensors_of(network) for network in self.networks]
        """Given back to ``targets``: a compiled function takes arguments, or bakes constants in."""

    def targets(self, weights: Any, views: Views, cut: tuple[Any, Any, Any], batch: Batch) -> Any:
        """What a student is to say.

        Args:
            weights: ``self.weights``.
            views: made the views.
            cut: what ``views.cut`` returned: colours before and after CLAHE, and the truth.
            batch: the decisions of the views.

        Returns:
            float32 [N, size, size, C] in [0, 1].
        """
        *kinds, truth = cut
        images = ops.concatenate([views.coloured(kind, batch) for kind in kinds])
        heard = ops.take(self.voices, ops.concatenate([batch["image"], batch["image"]]), axis=0) / 2.0
        said = 0.0
        for network, held, voice in zip(self.networks, weights, ops.unstack(heard, axis=1), strict=True):
            maps = network.stateless_call(*held, images, training=False)[0]
            said = said + ops.cast(maps, "float32") * voice[:, None, None, None]
        first, second = ops.split(said, 2)
        share = ops.where(batch["mix"] > 0, 1.0, self.share)[:, None, None, None]
        return truth + share * (first + second - truth)


def voices(recipes: Sequence[Recipe], data: Prepared) -> NDArray[np.float32]:
    """How much each teacher has to say about each image: float32 [images, teachers], rows add up to one.

    Raises:
        ValueError: no teacher speaks about some of the images.
    """
    speaks = np.ones((len(data.table), len(recipes)), np.float32)
    for column, recipe in zip(speaks.T, recipes, strict=True):
        if recipe.left_out:
            part, count = recipe.left_out
            column[:] = data.folds(count) == part
    totals = speaks.sum(axis=1, keepdims=True)
    if not totals.all():
        raise ValueError("The teachers left out some parts of the people only: add those that left out the others.")
    return speaks / totals
