"""How a network is fine-tuned, and what is told while it is."""

from dataclasses import dataclass

from models.errors import InvalidInputError


@dataclass(frozen=True)
class FineTuningSettings:
    """What a person can choose; the rest is there for a program.

    Args:
        epochs: at most.
        learning_rate: at its highest; of AdamW.
        held_out: share of the images that are only checked with, in (0, 1); at least one image is.
        seed: decides which images are held out, and all views.
        patience: epochs without a better held-out Dice after which it ends.
        minutes: after which no further epoch begins.
        weight_decay: of AdamW.
        view: height and width of what is learned from at once, a multiple of 32.
        batch: views in a step.
    """

    epochs: int = 15
    learning_rate: float = 3e-4
    held_out: float = 0.2
    seed: int = 13
    patience: int = 5
    minutes: float = 5.0
    weight_decay: float = 1e-3
    view: int = 192
    batch: int = 4

    def __post_init__(self) -> None:
        """Refuse values out of range."""
        checks = (
            (1 <= self.epochs <= 200, f"{self.epochs} epochs; choose 1 to 200"),
            (0 < self.learning_rate <= 0.01, f"a learning rate of {self.learning_rate:g}; choose up to 0.01"),
            (0 < self.held_out < 1, f"a held-out share of {self.held_out:g}; choose one between 0 and 1"),
            (0 <= self.seed < 2**32, f"a seed of {self.seed}; choose 0 to {2**32 - 1}"),
            (self.patience >= 1, f"a patience of {self.patience}; choose at least 1"),
            (self.minutes > 0, f"{self.minutes:g} minutes; choose more than 0"),
            (self.weight_decay >= 0, f"a weight decay of {self.weight_decay:g}; choose 0 or more"),
            (32 <= self.view <= 512 and self.view % 32 == 0, f"views of {self.view} pixels; choose a multiple of 32"),
            (1 <= self.batch <= 16, f"{self.batch} views in a step; choose 1 to 16"),
        )
        problem = next((text for ok, text in checks if not ok), None)
        if problem:
            raise InvalidInputError(f"The fine-tuning cannot run with {problem}.")


@dataclass(frozen=True)
class Epoch:
    """The state after an epoch; number 0 is the network as it was.

    Args:
        number: from 0.
        loss: mean over the epoch's steps; None before the first.
        dice: mean over the held-out images, at the working resolution.
    """

    number: int
    loss: float | None
    dice: float


@dataclass(frozen=True)
class TuningProgress:
    """What is told while it goes on.

    Args:
        share: of everything, in [0, 1].
        text: what happens, for a person.
        curve: all epochs so far; the first one is the network as it was.
        best: the epoch with the highest held-out Dice; None before the first score.
    """

    share: float
    text: str
    curve: tuple[Epoch, ...] = ()
    best: Epoch | None = None
