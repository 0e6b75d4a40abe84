import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from samstudio.domain import InvalidInput
from samstudio.masks import RunLengths, encode_rle
from samstudio.masks.shapes import (
    coco_polygon,
    ellipse_points,
    pillow_circle,
    pillow_polygon,
    turned,
    union,
)

SIZE = (20, 30)
sides = st.integers(6, 30)
points = st.tuples(st.floats(-20, 50), st.floats(-20, 50))


def drawn(size, draw):
    """As labelme's ``shape_to_mask`` draws."""
    picture = Image.fromarray(np.zeros(size, np.uint8))
    draw(ImageDraw.Draw(picture))
    return np.asarray(picture) > 0


@given(st.tuples(sides, sides), st.lists(points, min_size=3, max_size=8))
def test_polygons_are_those_of_labelme(size, outline):
    found = pillow_polygon(outline, size=size)
    assert np.array_equal(found.decode(), drawn(size, lambda d: d.polygon(outline, outline=1, fill=1)))
    assert found.to_rle() == encode_rle(found.decode())


@given(st.tuples(sides, sides), points, points)
def test_circles_are_those_of_labelme(size, centre, edge):
    (x, y), radius = centre, math.dist(centre, edge)
    corners = ((x - radius, y - radius), (x + radius, y + radius))
    found = pillow_circle(centre, edge, size=size)
    assert np.array_equal(found.decode(), drawn(size, lambda d: d.ellipse(corners, outline=1, fill=1)))


def test_whole_numbers_are_the_corners_of_pixels():
    mask = coco_polygon([(4, 5), (14, 5), (14, 9), (4, 9)], size=SIZE).decode()
    assert mask[5:9, 4:14].all()
    assert mask.sum() == 40


def test_an_ellipse_is_turned_clockwise():
    across = coco_polygon(ellipse_points((15, 10), (8, 2)), size=SIZE).decode()
    down = coco_polygon(ellipse_points((15, 10), (2, 8), degrees=90), size=SIZE).decode()
    assert np.count_nonzero(across ^ down) <= 2
    assert abs(across.sum() - math.pi * 16) < 6
    assert turned([(5, 0)], about=(0, 0), degrees=90)[0] == pytest.approx((0, 5))


@given(st.lists(st.lists(points, min_size=3, max_size=5), min_size=1, max_size=3))
def test_a_union_has_the_pixels_of_any(outlines):
    masks = [pillow_polygon(outline, size=SIZE) for outline in outlines]
    expected = np.any([mask.decode() for mask in masks], axis=0)
    assert union(masks) == RunLengths.parse(encode_rle(expected))


@pytest.mark.parametrize("fill", [coco_polygon, pillow_polygon])
@pytest.mark.parametrize(
    ("outline", "why"),
    [
        ([(0, 0), (3, 3)], "2 points, fewer than 3"),
        ([(0, 0), (3, 3), (math.nan, 1)], "no number"),
        ([(0, 0), (3, 3), (1, math.inf)], "no number"),
        ([(0, 0), (3, 3), (1, 1e9)], "lies far outside"),
    ],
)
def test_what_is_no_outline_is_refused(fill, outline, why):
    with pytest.raises(InvalidInput, match=why):
        fill(outline, size=SIZE)
