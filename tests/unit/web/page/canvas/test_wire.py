from __future__ import annotations

import base64
import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image as Picture

from samstudio.domain import InvalidInput
from samstudio.web.page.canvas.wire import from_wire, to_wire

masks = arrays(np.bool_, st.tuples(st.integers(1, 24), st.integers(1, 24)))


@given(masks)
def test_a_mask_comes_back_as_it_went(mask: np.ndarray) -> None:
    wire = to_wire(mask)
    if not mask.any():
        assert wire is None
        return
    assert np.array_equal(from_wire(wire, size=mask.shape), mask)


def test_only_the_bounding_box_travels_at_one_bit_a_pixel() -> None:
    mask = np.zeros((3000, 4000), dtype=bool)
    mask[1000:1100, 2000:2050] = True
    wire = to_wire(mask)
    assert wire is not None
    assert (wire["x"], wire["y"], wire["w"], wire["h"]) == (2000, 1000, 50, 100)
    data = base64.b64decode(wire["png"])
    assert data[24] == 1, "bit depth, in the PNG's header"
    assert len(data) < 300


def _wire(**changes: object) -> dict[str, object]:
    wire = to_wire(np.ones((4, 5), dtype=bool))
    assert wire is not None
    return {**wire, **changes}


@pytest.mark.parametrize(
    ("wire", "says"),
    [
        (None, "did not arrive whole"),
        ({}, "did not arrive whole"),
        (_wire(png="%%%"), "did not arrive whole"),
        (_wire(png=base64.b64encode(b"not a picture").decode()), "did not arrive whole"),
        (_wire(x=3), "does not fit"),
        (_wire(w=0), "does not fit"),
        (_wire(x="one"), "did not arrive whole"),
        (_wire(w=4), "not of the size"),
    ],
)
def test_what_is_not_a_mask_is_refused_in_words(wire: object, says: str) -> None:
    with pytest.raises(InvalidInput, match=says):
        from_wire(wire, size=(4, 5))


def test_an_empty_mask_is_refused() -> None:
    out = io.BytesIO()
    Picture.new("RGBA", (2, 2), (255, 255, 255, 0)).save(out, "PNG")
    png = base64.b64encode(out.getvalue()).decode()
    with pytest.raises(InvalidInput, match="empty"):
        from_wire({"png": png, "x": 0, "y": 0, "w": 2, "h": 2}, size=(4, 5))


def test_half_transparent_brush_edges_count_from_the_middle_up() -> None:
    picture = Picture.new("RGBA", (2, 1))
    picture.putdata([(255, 255, 255, 127), (255, 255, 255, 128)])
    out = io.BytesIO()
    picture.save(out, "PNG")
    wire = {"png": base64.b64encode(out.getvalue()).decode(), "x": 0, "y": 0, "w": 2, "h": 1}
    assert from_wire(wire, size=(1, 2)).tolist() == [[False, True]]
