import numpy as np

from models.feature_inputs import as_items, find_modality
from models.feature_inputs.examples import example_pictures, example_sounds, example_texts
from models.feature_inputs.sound_kinds import KINDS, sound_set


def test_examples_are_of_their_kind() -> None:
    assert find_modality(as_items(list(example_texts()))) == "text"
    assert find_modality(as_items(list(example_pictures()))) == "image"
    assert find_modality(as_items(list(example_sounds()))) == "audio"
    assert (len(example_texts()), len(example_pictures()), len(example_sounds())) == (20, 16, 2 * len(KINDS))


def test_sounds_are_the_same_for_the_same_seed() -> None:
    first, kinds = sound_set(2, 3)
    again, _ = sound_set(2, 3)
    np.testing.assert_array_equal(first, again)
    assert np.abs(first).max() <= 1 and kinds.tolist() == [kind for kind in range(len(KINDS)) for _ in range(2)]
