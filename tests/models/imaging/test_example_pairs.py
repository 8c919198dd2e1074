"""The examples are complete pairs, and say that nobody drew or photographed them."""

import pytest

from models.imaging.example_pairs import example_set
from models.imaging.pairs import match_by_name, read_pair
from models.imaging.tasks import TASKS


@pytest.mark.parametrize("task", TASKS)
def test_examples_are_pairs_that_can_be_learned_from(task: str) -> None:
    examples = example_set(task)
    assert "Synthetic" in examples.description
    names = [name for name, _ in examples.files]
    matching = match_by_name(names)
    assert len(matching.pairs) == 6 and not matching.problems
    pairs = [read_pair(*examples.files[image], *examples.files[mask]) for image, mask in matching.pairs[:2]]
    assert pairs[0].image.sha256 != pairs[1].image.sha256
    assert pairs[0].separate == (task == "nuclei") and not pairs[0].image.notes
