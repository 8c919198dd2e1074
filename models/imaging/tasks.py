"""What can be segmented, in plain words. How a network was trained for it is in ``model_settings``."""

from dataclasses import dataclass, field

from models.errors import InvalidInputError
from models.imaging.model_settings import ModelSettings, ScaleRule


@dataclass(frozen=True)
class SegmentationTask:
    """One thing to look for.

    Args:
        name: the key in ``TASKS``; short, stable, fit for a URL.
        title: what a person reads in a menu.
        domain: which images it is for, one or two plain sentences.
        not_for: images on which it is known to fail, one plain sentence.
        object_noun: one found object: "nucleus".
        object_plural: several: "nuclei".
        model: name of the bundled model in the catalogue.
        defaults: settings for a model whose own ``task.json`` does not state them.
    """

    name: str
    title: str
    domain: str
    not_for: str
    object_noun: str
    object_plural: str
    model: str
    defaults: ModelSettings = field(default_factory=ModelSettings)

    def count(self, objects: int) -> str:
        """So many objects in words: "1 nucleus", "1,204 nuclei"."""
        return f"{objects:,} {self.object_noun if objects == 1 else self.object_plural}"


TASKS: dict[str, SegmentationTask] = {
    task.name: task
    for task in (
        SegmentationTask(
            name="nuclei",
            title="Cell nuclei",
            domain="Microscopy images in which single nuclei can be told apart: fluorescence (bright on dark), stained "
            "tissue sections, and brightfield. Every nucleus becomes an object of its own.",
            not_for="Whole-slide overviews, electron microscopy and photographs are outside of what it has seen.",
            object_noun="nucleus",
            object_plural="nuclei",
            model="nuclei-unet",
            defaults=ModelSettings(
                task="nuclei",
                channels=("foreground", "boundary", "distance"),
                second_look=True,
                minimum_size=20,
                hole_size=100,
            ),
        ),
        SegmentationTask(
            name="ventricle",
            title="Left ventricle of the heart",
            domain="Short-axis cine MRI slices of the heart: the blood pool of the left ventricle, without its wall. "
            "One slice at a time.",
            not_for="Long-axis views, CT, ultrasound and slices beyond the heart are outside of what it has seen.",
            object_noun="cavity",
            object_plural="cavities",
            model="ventricle-unet",
            defaults=ModelSettings(
                task="ventricle",
                channels=("foreground",),
                scaling=ScaleRule("longest_side", 256),
                minimum_size=10,
                hole_size=10_000,
                maximum_objects=1,
            ),
        ),
        SegmentationTask(
            name="vessels",
            title="Vessels of the retina",
            domain="Colour photographs of the back of the eye (fundus), with the dark rim around the round field of "
            "view: arteries and veins together.",
            not_for="Angiography, OCT and photographs of the front of the eye are outside of what it has seen.",
            object_noun="vessel segment",
            object_plural="vessel segments",
            model="vessels-unet",
            defaults=ModelSettings(
                task="vessels",
                channels=("foreground",),
                scaling=ScaleRule("field_of_view_width", 1024),
                second_look=True,
                minimum_size=30,
                hole_size=10,
            ),
        ),
    )
}


def get_task(name: str) -> SegmentationTask:
    """Return a task by its name.

    Raises:
        InvalidInputError: no such task; the message lists those that exist.
    """
    if name not in TASKS:
        raise InvalidInputError(f"There is no task called {name[:100]!r}. Choose one of: {', '.join(TASKS)}.")
    return TASKS[name]
