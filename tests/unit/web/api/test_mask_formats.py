from __future__ import annotations

import base64
import io

import numpy as np
import pytest
from PIL import Image as Picture

from samstudio.domain import InvalidInput
from samstudio.masks import encode_rle
from samstudio.web.api.mask_formats import from_wire, logits_from_wire, logits_to_wire, to_wire
from samstudio.web.api.models.masks import CocoRle, PngMask, PolygonsMask, RleMask

MASK = np.zeros((30, 40), bool)
MASK[5:20, 8:33] = True
MASK[10:12, 12:15] = False


def base64_png(array: np.ndarray, mode: str | None = None) -> str:
    out = io.BytesIO()
    picture = Picture.fromarray(array)
    (picture.convert(mode) if mode else picture).save(out, "PNG")
    return base64.b64encode(out.getvalue()).decode()


@pytest.mark.parametrize("name", ["rle", "polygons", "png"])
def test_a_mask_comes_back_from_each_spelling(name):
    rle = encode_rle(MASK)
    assert from_wire(to_wire(rle, name), size=MASK.shape) == rle


def test_an_empty_mask_has_each_spelling():
    empty = encode_rle(np.zeros((3, 4), bool))
    assert to_wire(empty, "polygons") == PolygonsMask(polygons=[])
    assert from_wire(to_wire(empty, "png"), size=(3, 4)) == empty


@pytest.mark.parametrize("values", [np.uint8(7), np.uint8(255), np.uint16(300)])
def test_a_png_is_inside_where_it_is_not_zero(values):
    png = base64_png(MASK * values)
    assert from_wire(PngMask(png=png), size=MASK.shape) == encode_rle(MASK)


def test_run_lengths_are_left_to_the_services():
    assert from_wire(RleMask(rle=CocoRle(size=[9, 9], counts=[1])), size=(3, 3)) == {
        "size": [9, 9],
        "counts": [1],
    }


@pytest.mark.parametrize(
    ("png", "words"),
    [
        ("%%%", "base64"),
        (base64.b64encode(b"no png").decode(), "not a PNG"),
        (base64_png(np.zeros((3, 3), np.uint8)), "3x3 pixels but its image is 40x30"),
        (base64_png(MASK.astype(np.uint8), "RGB"), "RGB colours"),
        (base64.b64encode(base64.b64decode(base64_png(MASK * np.uint8(9)))[:60]).decode(), "PNG|truncated"),
    ],
)
def test_a_png_that_is_no_mask_is_told(png, words):
    with pytest.raises(InvalidInput, match=words):
        from_wire(PngMask(png=png), size=MASK.shape)


def test_logits_travel_bit_for_bit():
    logits = np.random.default_rng(0).normal(size=(1, 256, 256)).astype(np.float32)
    assert np.array_equal(logits_from_wire(logits_to_wire(logits)), logits)


@pytest.mark.parametrize(("text", "words"), [("!", "base64"), ("AAAA", "3 bytes")])
def test_logits_that_are_none_are_told(text, words):
    with pytest.raises(InvalidInput, match=words):
        logits_from_wire(text)
