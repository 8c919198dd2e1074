"""The papers of a fine-tuned network: a model card for a person, and a record for a program."""

import json
import platform
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING

from models.imaging.export import package_versions
from models.imaging.scores import Scores
from models.imaging.tasks import TASKS

if TYPE_CHECKING:
    from models.imaging.fine_tuned import FineTuned

RECORD_FILE = "assets.extra/fine_tuning.json"
_SCORES = {"dice": "Dice", "iou": "IoU", "ap50": "AP at IoU 0.5", "map": "AP at IoU 0.5 to 0.9"}

_CARD = """\
# {name}

{domain}**Not for diagnosis.**

A network of somebody's own: {title}. It started from {original} (sha256 of graph, weights and settings
`{started_from}`) and learned on from {learned} of {all} images with masks; {held_out} {were} held out. sha256 of this
network: `{digest}`.

## Scores on the held-out images

{scores}

{verdict}

Measured at the resolution of the images, with thresholds as they were. The held-out images also said which epoch was
the best, so the scores are a little too good, and {few}. **They say nothing about images of another kind**, on which
this network may be worse than the one it started from.

## How

Epoch {best} of {epochs} was kept.{stopped} AdamW with a cosine to zero, on cross-entropy and Dice loss; views with
flips, rotation, scale, brightness and contrast, after CLAHE and at the working resolution as in use.

{settings}

## Use

```python
from models import MedicalImageSegmenter

segmenter = MedicalImageSegmenter("{name}/1")
```

Without Polyglot Lens: `hub.load("{name}/1")` takes float32 [N, H, W, 3] in [0, 1], H and W multiples of {multiple},
and returns probabilities float32 [N, H, W, {count}]: {channels}.

{versions}
"""


def model_card(result: "FineTuned") -> str:
    """The card as Markdown; names no file of the person's."""
    settings, task = result.tuned.settings, TASKS.get(result.tuned.settings.task)
    count = len(result.held_out)
    return _CARD.format(
        name=result.folder,
        domain=f"{task.title}. " if task else "",
        title=result.tuned.title,
        original=result.original.title,
        started_from=result.original.fingerprint,
        learned=len(result.learned),
        all=len(result.learned) + count,
        held_out=count,
        were="was" if count == 1 else "were",
        digest=result.tuned.fingerprint,
        scores=_table(
            ["Score", "Before", "After"],
            [[_SCORES[name], *values] for name, values in score_rows(result.before, result.after).items()],
        ),
        verdict=result.verdict,
        few="one image is little to go by" if count == 1 else f"{count} images are little to go by",
        best=result.best.number,
        epochs=result.curve[-1].number,
        stopped=f" It ended early: {result.stopped}." if result.stopped else "",
        settings=_table(
            ["Setting", "Value"], [[name, f"{value:g}"] for name, value in asdict(result.settings).items()]
        ),
        multiple=settings.multiple_of,
        count=len(settings.channels),
        channels=", ".join(settings.channels),
        versions="Made with " + ", ".join(f"{name} {number}" for name, number in _versions().items()) + ".",
    )


def record(result: "FineTuned", when: datetime | None = None) -> bytes:
    """The same for a program, as JSON: enough to do it again."""
    values = {
        "created": (when or datetime.now(UTC)).isoformat(timespec="seconds"),
        "notice": "For research and teaching. Not for diagnosis.",
        "started_from": {"name": result.original.title, "sha256": result.original.fingerprint},
        "sha256": result.tuned.fingerprint,
        "images": {
            "learned_from": len(result.learned),
            "held_out": len(result.held_out),
            "sha256": list(result.sources),
        },
        "settings": asdict(result.settings),
        "scores": {"before": asdict(result.before), "after": asdict(result.after)},
        "improved": result.improved,
        "best_epoch": result.best.number,
        "ended_early": result.stopped,
        "epochs": [asdict(epoch) for epoch in result.curve],
        "seconds": round(result.seconds, 1),
        "versions": _versions(),
    }
    return json.dumps(values, indent=2).encode()


def score_rows(before: Scores, after: Scores) -> dict[str, tuple[str, str]]:
    """Each score that is known, before and after, to three digits."""
    first, second = asdict(before), asdict(after)
    return {name: (f"{first[name]:.3f}", f"{second[name]:.3f}") for name in _SCORES if first[name] is not None}


def _versions() -> dict[str, str]:
    return {"python": platform.python_version(), "keras": version("keras"), **package_versions()}


def _table(header: list[str], rows: list[list[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
