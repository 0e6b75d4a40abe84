import numpy as np
import pytest

from samstudio.domain import InvalidInput
from samstudio.masks import iou, mask_to_box


def test_box_is_of_the_outermost_pixels():
    mask = np.zeros((10, 20), bool)
    mask[3:7, 5:12] = True
    assert mask_to_box(mask) == (5.0, 3.0, 11.0, 6.0)
    with pytest.raises(InvalidInput, match="the mask is empty"):
        mask_to_box(np.zeros((3, 3), bool))


def test_iou():
    a = np.zeros((4, 4), bool)
    b = a.copy()
    assert iou(a, b) == 1.0
    a[:2] = True
    b[1:3] = True
    assert iou(a, b) == pytest.approx(4 / 12)
    assert iou(a, ~a) == 0.0
