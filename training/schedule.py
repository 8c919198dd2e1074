"""How the learning rate goes through a run: a linear start, then a cosine (https://arxiv.org/abs/1608.03983)."""

import math


def share_done(step: int, steps: int, seconds: float, minutes: float) -> float:
    """Share of a run that lies behind, in [0, 1], by steps or by time, whichever is further.

    Args:
        step: steps that were taken; below 0 counts as none.
        steps: of the whole run.
        seconds: that the run has taken.
        minutes: that it may take; 0 for no limit.
    """
    by_time = seconds / (60 * minutes) if minutes else 0.0
    return min(1.0, max(0.0, step / max(steps, 1), by_time))


def learning_rate(highest: float, step: int, warm_up: int, done: float, least: float = 0.0) -> float:
    """The rate of a step.

    Args:
        highest: rate after the start.
        step: steps that were taken.
        warm_up: steps of the linear start.
        done: share of the run that lies behind, in [0, 1].
        least: where the cosine ends, as a share of ``highest``.
    """
    cosine = 0.5 * (1 + math.cos(math.pi * done))
    return highest * min(1.0, (step + 1) / max(warm_up, 1)) * (least + (1 - least) * cosine)
