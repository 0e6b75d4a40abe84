from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from pycocotools import mask as coco

from samstudio.domain import InvalidInput
from samstudio.masks import decode_rle, iou
from samstudio.masks.outlines import MAX_EDGES, polygons_of, rle_of

masks = st.tuples(st.integers(1, 12), st.integers(1, 12)).flatmap(
    lambda shape: arrays.arrays(np.bool_, shape, elements=st.booleans())
)


@given(masks)
@settings(max_examples=300, deadline=None)
def test_every_mask_survives_its_outlines(mask):
    polygons = polygons_of(mask)
    if not mask.any():
        assert polygons == []
    else:
        assert np.array_equal(decode_rle(rle_of(polygons, size=mask.shape)), mask)


def test_a_rectangle_has_four_corners_on_the_pixels_edges():
    mask = np.zeros((5, 9), bool)
    mask[1:3, 2:6] = True
    (ring,) = polygons_of(mask)
    assert sorted(zip(ring[::2], ring[1::2], strict=True)) == [(2, 1), (2, 3), (6, 1), (6, 3)]


def test_a_hole_is_an_outline_within_an_outline():
    mask = np.ones((7, 7), bool)
    mask[2:5, 2:5] = False
    assert len(polygons_of(mask)) == 2


def test_a_tolerance_saves_corners_and_little_else():
    y, x = np.mgrid[:200, :200]
    disc = (x - 100) ** 2 + (y - 90) ** 2 < 70**2
    (exact,), (simple,) = polygons_of(disc), polygons_of(disc, tolerance=1.5)
    assert len(simple) < len(exact) / 5
    assert iou(decode_rle(rle_of([simple], size=disc.shape)), disc) > 0.97


@pytest.mark.parametrize("corners", [3, 5, 40])
def test_polygons_cover_what_coco_says_they_cover(corners):
    rng = np.random.default_rng(corners)
    angles = np.sort(rng.uniform(0, 2 * np.pi, corners))
    points = np.stack((150 + 120 * np.cos(angles), 100 + 80 * np.sin(angles)), axis=1).reshape(-1).tolist()
    ours = decode_rle(rle_of([points], size=(200, 300)))
    theirs = decode_rle(coco.frPyObjects([points], 200, 300)[0])
    assert iou(ours, theirs) > 0.98


def test_what_leaves_the_image_is_cut_off():
    everything = rle_of([[-1e9, -1e9, 1e9, -1e9, 1e9, 1e9, -1e9, 1e9]], size=(4, 6))
    assert decode_rle(everything).all()
    nothing = rle_of([[10, 10, 20, 10, 20, 20]], size=(4, 6))
    assert not decode_rle(nothing).any()


@pytest.mark.parametrize(
    ("polygons", "words"),
    [
        ([], "at least one"),
        ([[1, 2, 3, 4]], "three points"),
        ([[1, 2, 3, 4, 5, 6, 7]], "three points"),
        ([[0, 0, 5000, 9] * 3000], "too long"),
        ([[0, 0, 1e300, 1, 5, 5]], "far outside"),
    ],
)
def test_what_is_no_polygon_is_told(polygons, words):
    with pytest.raises(InvalidInput, match=words):
        rle_of(polygons, size=(5000, 5000))


def test_a_mask_of_specks_is_refused_as_polygons():
    specks = np.zeros((1500, 1500), bool)
    specks[::2, ::2] = True
    assert 4 * specks.sum() > MAX_EDGES
    with pytest.raises(InvalidInput, match="rle or png"):
        polygons_of(specks)
