"""Which files belong together, and what is wrong with those that cannot be learned from."""

import numpy as np
import pytest

from models.errors import UnreadableFileError
from models.imaging.export import labels_png, mask_png
from models.imaging.pairs import match_by_name, read_pair
from tests.models.imaging.conftest import discs_picture
from tests.models.imaging.files import png_bomb, saved, tiff


@pytest.mark.parametrize(
    ("image", "mask"),
    [
        ("cell1.png", "cell1_mask.png"),
        ("cell1.tif", "cell1-Label.png"),
        ("Cell 1.jpg", "cell 1 masks.tiff"),
        ("image_001.png", "mask_001.png"),
        ("a/b/x.y.png", "x.y_gt.png"),
        ("scan.dcm", "seg_scan.png"),
    ],
)
def test_names_that_belong_together(image: str, mask: str) -> None:
    assert match_by_name([image, mask]).pairs == ((0, 1),)
    assert match_by_name([mask, image]).pairs == ((1, 0),)


def test_masks_that_are_known_need_no_word_in_their_name() -> None:
    matching = match_by_name(["b.png", "a.jpg", "a.png", "b.tif"], [False, False, True, True])
    assert matching.pairs == ((0, 3), (1, 2)) and not matching.problems


def test_what_does_not_match_says_why() -> None:
    names = ["a.png", "b.png", "b.jpg", "b_mask.png", "c.png", "c_mask.png", "mask_c.png", "d_mask.png", "unmasked.png"]
    matching = match_by_name(names)
    assert matching.pairs == ()
    assert list(matching.problems) == list(range(len(names)))
    expected = ["no mask", "2 images", "2 images", "2 images", "2 masks", "2 masks", "2 masks", "no image", "no mask"]
    assert all(words in text for words, text in zip(expected, matching.problems.values(), strict=True))
    assert "a_mask.png" in matching.problems[0]


def test_a_pair_is_read_with_its_objects() -> None:
    picture, labels = discs_picture()
    pair = read_pair("a.png", saved(picture), "a_mask.png", labels_png(labels))
    assert pair.objects == 12 and pair.separate and pair.pixels == picture.shape[0] * picture.shape[1]
    assert pair.labels.dtype == np.uint8 and np.array_equal(pair.labels > 0, labels > 0)
    binary = read_pair("a.png", saved(picture), "a_mask.png", mask_png(labels))
    assert binary.objects == 12 and not binary.separate and "connected region" in binary.mask_notes[0]


def test_of_several_frames_the_first_is_used() -> None:
    picture, labels = discs_picture()
    stack = tiff(np.stack([picture[..., 0], 255 - picture[..., 0]]), photometric="minisblack")
    pair = read_pair("stack.tif", stack, "stack_mask.png", labels_png(labels))
    assert "first of 2 frames" in pair.notes[0]


def test_pairs_that_cannot_be_used_name_the_file() -> None:
    picture, labels = discs_picture()
    image, mask = saved(picture), labels_png(labels)
    bad = {
        "marks no object": (image, mask_png(labels * 0)),
        "marks every pixel": (image, mask_png(labels * 0 + 1)),
        "and the image is": (image, labels_png(labels[:-4])),
        "holds text": (image, b"no picture"),
    }
    for words, (first, second) in bad.items():
        with pytest.raises(UnreadableFileError, match=words) as caught:
            read_pair("a.png", first, "a_mask.png", second)
        assert caught.value.file_name == "a_mask.png"
    for data in (b"no picture", png_bomb(), image[:2000], saved(np.zeros((3100, 3100), np.uint8))):
        with pytest.raises(UnreadableFileError) as caught:
            read_pair("a.png", data, "a_mask.png", mask)
        assert caught.value.file_name == "a.png"
