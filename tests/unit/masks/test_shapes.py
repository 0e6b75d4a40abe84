import math

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from samstudio.masks import encode_rle
from samstudio.masks.shapes import ellipse_points, filled_polygon, pillow_circle, pillow_polygon, turned

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


@settings(deadline=None)
@given(st.tuples(sides, sides), st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=8))
def test_polygons_of_whole_points_are_those_that_opencv_draws_on_the_whole_image(size, parts):
    outline = np.floor(np.array(parts) * (size[1], size[0])).astype(np.int32)
    expected = np.zeros(size, np.uint8)
    cv2.fillPoly(expected, [outline], 1)
    assert np.array_equal(filled_polygon(outline, size=size).decode(), expected > 0)


@given(st.tuples(sides, sides), points, points)
def test_circles_are_those_of_labelme(size, centre, edge):
    (x, y), radius = centre, math.dist(centre, edge)
    corners = ((x - radius, y - radius), (x + radius, y + radius))
    found = pillow_circle(centre, edge, size=size)
    assert np.array_equal(found.decode(), drawn(size, lambda d: d.ellipse(corners, outline=1, fill=1)))


def test_an_ellipse_is_turned_clockwise():
    outline = ellipse_points((15, 10), (8, 2))
    xs, ys = zip(*outline, strict=True)
    assert (min(xs), max(xs)) == pytest.approx((7, 23))
    assert (min(ys), max(ys)) == pytest.approx((8, 12))
    down = ellipse_points((15, 10), (8, 2), degrees=90)
    assert down[0] == pytest.approx((15, 18))
    assert turned([(5, 0)], about=(0, 0), degrees=90)[0] == pytest.approx((0, 5))
