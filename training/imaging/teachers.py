"""Networks of earlier runs whose mean another one learns from (Hinton et al. 2015, https://arxiv.org/abs/1503.02531)."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from keras import ops

from training.imaging.augment import Batch, Views
from training.imaging.recipes import stored_recipe
from training.imaging.run_network import build, load_weights, tensors_of


class Teachers:
    """The mean of several networks, each asked twice: before and after CLAHE.

    They see the student's own views, places and colours alike: on views as seldom as these they differ from one
    another, and from what each of them has learned by heart.

    Args:
        runs: folders with ``recipe.json`` and ``weights.npz``.
        channels: of the targets.
        arithmetic: as in a recipe; that of the student.
        share: of the target that is theirs, the rest is the truth's; blended views are theirs altogether.
    """

    def __init__(self, runs: Sequence[Path], channels: int, arithmetic: str, share: float) -> None:
        self.share = share
        self.networks = [build(stored_recipe(run, arithmetic), channels) for run in runs]
        for network, run in zip(self.networks, runs, strict=True):
            load_weights(network, run / "weights.npz")
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
        said = sum(
            ops.cast(network.stateless_call(*held, images, training=False)[0], "float32")
            for network, held in zip(self.networks, weights, strict=True)
        )
        first, second = ops.split(said / (2.0 * len(self.networks)), 2)
        share = ops.where(batch["mix"] > 0, 1.0, self.share)[:, None, None, None]
        return truth + share * (first + second - truth)
