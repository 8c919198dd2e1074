"""The epochs of a fine-tuning: what they tell, when they end, and which weights did best."""

import time
from collections.abc import Callable, Sequence

from models.errors import CancelledError
from models.imaging.learner import Learner
from models.imaging.tuning_settings import Epoch, FineTuningSettings, TuningProgress
from models.imaging.views import LearningImage

NOTHING_LEARNED = "The fine-tuning was stopped before its first epoch ended, so nothing has changed."
_BEFORE, _EPOCHS = 0.05, 0.9  # of the whole time


class TuningRun:
    """Runs the epochs.

    Args:
        settings: how many, and when to give up.
        progress: told after every step.
        cancel: asked after every step; True stops.
    """

    def __init__(
        self,
        settings: FineTuningSettings,
        progress: Callable[[TuningProgress], None] | None = None,
        cancel: Callable[[], bool] | None = None,
    ) -> None:
        self._settings, self._progress, self._cancel = settings, progress, cancel
        self.curve: list[Epoch] = []
        self.best: Epoch | None = None
        self.stopped = ""

    def tell(self, share: float, text: str) -> None:
        """Say how much of everything is done, in [0, 1], and what is being done.

        Raises:
            CancelledError: stopped while there is nothing to keep.
        """
        if self._progress is not None:
            self._progress(TuningProgress(share, text, tuple(self.curve), self.best))
        if len(self.curve) < 2 and self._cancelled():
            raise CancelledError(NOTHING_LEARNED)

    def go(self, learner: Learner, watched: Sequence[LearningImage]) -> None:
        """Train until the end, or until there is a reason to stop, which ``stopped`` says; leaves the best weights.

        Args:
            learner: what is trained.
            watched: the held-out images.
        """
        settings, deadline = self._settings, time.monotonic() + 60 * self._settings.minutes
        best, weights = Epoch(0, None, learner.mean_dice(watched)), learner.weights()
        self.curve, self.best = [best], best
        for number in range(1, settings.epochs + 1):
            loss = learner.epoch(self._after_step(number, learner.steps), (number - 1) / settings.epochs)
            if loss is None:
                self.stopped = "it was stopped by hand"
                break
            epoch = Epoch(number, loss, learner.mean_dice(watched))
            self.curve.append(epoch)
            if epoch.dice > best.dice:
                self.best, best, weights = epoch, epoch, learner.weights()
            self.stopped = self._reason_to_stop(number, best.number, deadline)
            if self.stopped:
                break
        learner.restore(weights)

    def _cancelled(self) -> bool:
        return self._cancel is not None and self._cancel()

    def _after_step(self, number: int, steps: int) -> Callable[[int], bool]:
        epochs = self._settings.epochs

        def after_step(step: int) -> bool:
            share = _BEFORE + _EPOCHS * (number - 1 + step / steps) / epochs
            self.tell(share, f"Epoch {number} of up to {epochs}")
            return self._cancelled()

        return after_step

    def _reason_to_stop(self, number: int, best: int, deadline: float) -> str:
        settings = self._settings
        if number == settings.epochs:
            return ""
        if self._cancelled():
            return "it was stopped by hand"
        if number - best >= settings.patience:
            return f"the held-out Dice had not risen for {settings.patience} epochs"
        return f"its {settings.minutes:g} minutes were over" if time.monotonic() > deadline else ""
