import numpy as np
import pytest

from samstudio.domain import InvalidInput
from samstudio.masks import (
    MaskProblem,
    RunLengths,
    UnusableMask,
    encode_rle,
    known_rle,
    mask_of_size,
    usable_mask,
)

MASK = np.zeros((6, 9), bool)
MASK[1:3, 2:5] = True


def test_a_sound_mask_is_read():
    assert np.array_equal(usable_mask(encode_rle(MASK), (6, 9)).decode(), MASK)


@pytest.mark.parametrize(
    ("stored", "problem", "sentence"),
    [
        (None, MaskProblem.DAMAGED, "not a COCO run-length mask"),
        ([], MaskProblem.DAMAGED, "not a COCO run-length mask"),
        ({"size": [6, 9], "counts": "?!"}, MaskProblem.DAMAGED, "not a COCO run-length mask"),
        ({"size": [1e9, 1e9], "counts": "P"}, MaskProblem.DAMAGED, "not a COCO run-length mask"),
        (encode_rle(MASK.T), MaskProblem.SIZE, "the mask is 6x9 pixels but its image is 9x6"),
        ({"size": [40_000, 40_000], "counts": "not read"}, MaskProblem.SIZE, "40000x40000 pixels"),
        (encode_rle(np.zeros((6, 9), bool)), MaskProblem.EMPTY, "the mask is empty"),
    ],
)
def test_what_cannot_be_used_has_its_problem_and_a_sentence(stored, problem, sentence):
    with pytest.raises(UnusableMask, match=sentence) as raised:
        usable_mask(stored, (6, 9))
    assert raised.value.problem is problem
    assert isinstance(raised.value, InvalidInput)


def test_an_empty_mask_may_be_of_the_right_size():
    assert mask_of_size(encode_rle(np.zeros((6, 9), bool)), (6, 9)).is_empty
    with pytest.raises(UnusableMask):
        mask_of_size(encode_rle(MASK), (9, 6))


def test_a_mask_that_was_just_given_is_not_read_again():
    mask = RunLengths.parse(encode_rle(MASK))
    assert known_rle(mask) == encode_rle(MASK)
    assert usable_mask(known_rle(mask), (6, 9)) is mask
    with pytest.raises(UnusableMask):
        usable_mask(known_rle(mask), (9, 6))
