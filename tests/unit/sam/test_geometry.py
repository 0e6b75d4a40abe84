from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from samstudio.domain import InvalidInput
from samstudio.masks import iou
from samstudio.sam import geometry
from tests.unit.sam.stock import stock_resize, stock_sam, stock_sam_class

SIZES = [(512, 512), (768, 1024), (1365, 2048), (300, 401), (37, 5), (2800, 4400), (1, 1)]
sides = st.integers(1, 3000)


def picture(size: tuple[int, int], seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (*size, 3), dtype=np.uint8)


@given(height=sides, width=sides)
def test_preprocess_shape_is_stock_s_within_its_domain(height, width):
    scale = 1024 / max(height, width)
    stock = (int(height * scale + 0.5), int(width * scale + 0.5))
    assert geometry.preprocess_shape((height, width)) == (max(1, stock[0]), max(1, stock[1]))
    assert max(geometry.preprocess_shape((height, width))) == 1024


def test_a_sliver_keeps_a_pixel():
    assert geometry.preprocess_shape((1, 30_000)) == (1, 1024)
    frame, input_size = geometry.encoder_input(picture((1, 3000)))
    assert input_size == (1, 1024)
    assert frame.shape == (1, 3, 1024, 1024)


@pytest.mark.parametrize("size", SIZES)
def test_resizing_and_coordinates_are_stock_s_to_the_bit(size, monkeypatch):
    stock = stock_resize(monkeypatch)
    pixels = picture(size)
    np.testing.assert_array_equal(geometry.resize_longest_side(pixels), stock.apply_image(pixels))
    coords = np.random.default_rng(1).uniform(0, max(size), (7, 2))
    np.testing.assert_array_equal(geometry.scale_coords(coords, size), stock.apply_coords(coords, size))
    box = np.array([[1.5, 2, 30, 40.25]])
    scaled = geometry.scale_coords(box.reshape(-1, 2, 2), size).reshape(-1, 4)
    np.testing.assert_array_equal(scaled, stock.apply_boxes(box, size))


@pytest.mark.parametrize("size", [(300, 401), (1024, 1024), (1300, 900)])
def test_the_encoder_s_input_is_stock_s_to_the_bit(size):
    pixels = picture(size)
    frame, input_size = geometry.encoder_input(pixels)
    resized = torch.from_numpy(geometry.resize_longest_side(pixels).copy()).permute(2, 0, 1)[None]
    expected = stock_sam_class().preprocess(stock_sam(), resized)
    np.testing.assert_array_equal(frame, expected.numpy())
    assert input_size == tuple(resized.shape[-2:])


@pytest.mark.parametrize("size", [(300, 401), (1500, 700), (512, 512), (60, 1000)])
def test_postprocessing_is_stock_s_to_the_bit(size):
    low_res = torch.randn(2, 3, 256, 256, generator=torch.Generator().manual_seed(0))
    input_size = geometry.preprocess_shape(size)
    expected = stock_sam_class().postprocess_masks(stock_sam(), low_res, input_size, size)
    ours = geometry.postprocess_masks(low_res, input_size=input_size, original_size=size)
    assert torch.equal(ours, expected)
    masks = geometry.binary_masks(low_res, input_size=input_size, original_size=size)
    assert masks.dtype == np.bool_
    np.testing.assert_array_equal(masks, (expected > 0).numpy())


def test_an_image_that_is_not_one_is_refused():
    for pixels in (
        np.zeros((4, 4), np.uint8),
        np.zeros((4, 4, 3), np.float32),
        np.zeros((0, 4, 3), np.uint8),
    ):
        with pytest.raises(InvalidInput, match="uint8 HxWx3"):
            geometry.encoder_input(pixels)  # type: ignore[arg-type]


@settings(max_examples=30, deadline=None)
@given(height=st.integers(1, 400), width=st.integers(1, 400), seed=st.integers(0, 9))
def test_the_target_keeps_the_mask_s_area(height, width, seed):
    mask = np.random.default_rng(seed).random((height, width)) < 0.3
    target = geometry.low_res_target(mask)
    new_height, new_width = geometry.preprocess_shape((height, width))
    scale = new_height / height * new_width / width / 16  # low-res cells a pixel
    assert target.sum(dtype=np.float64) == pytest.approx(mask.sum() * scale, rel=1e-4, abs=1e-6)
    assert target.dtype == np.float32
    assert 0 <= target.min() <= target.max() <= 1


def test_the_target_of_a_1024_image_is_the_mean_of_4x4_blocks():
    mask = np.random.default_rng(0).random((1024, 768)) < 0.5
    expected = np.zeros((256, 256))
    expected[:, :192] = mask.reshape(256, 4, 192, 4).mean(axis=(1, 3))
    np.testing.assert_allclose(geometry.low_res_target(mask), expected, atol=1e-6)


def test_the_target_lies_where_upsampled_logits_put_the_object():
    """A disc's target, read as logits and upsampled as stock does, is that disc again."""
    ys, xs = np.mgrid[:600, :800]
    disc = (ys - 410.0) ** 2 + (xs - 133.0) ** 2 < 90**2
    logits = torch.from_numpy(geometry.low_res_target(disc))[None, None] - 0.5
    input_size = geometry.preprocess_shape(disc.shape)
    again = geometry.binary_masks(logits, input_size=input_size, original_size=disc.shape)[0, 0]
    assert (again & disc).sum() / (again | disc).sum() > 0.985


def test_the_valid_region_ends_where_padding_begins():
    assert geometry.valid_low_res((1024, 1024)) == (256, 256)
    assert geometry.valid_low_res((683, 1024)) == (171, 256)  # 170.75 cells
    height, width = geometry.valid_low_res((333, 500))
    full = geometry.low_res_target(np.ones((333, 500), bool))
    assert full[:height, :width].min() > 0
    assert full[height:].max(initial=0) == full[:, width:].max(initial=0) == 0


def test_an_empty_mask_has_an_empty_target():
    assert geometry.low_res_target(np.zeros((30, 40), bool)).sum() == 0
    with pytest.raises(InvalidInput, match="two dimensions"):
        geometry.low_res_target(np.zeros((1, 30, 40), bool))


@pytest.mark.parametrize("size", [(512, 512), (768, 1024), (1365, 2048), (300, 401), (700, 90), (60, 80)])
def test_a_hand_drawn_mask_is_itself_again_when_its_logits_are_upsampled(size):
    ys, xs = np.mgrid[: size[0], : size[1]]
    disc = (ys - size[0] / 2) ** 2 + (xs - size[1] / 2) ** 2 <= (0.4 * min(size)) ** 2
    logits = geometry.mask_logits(disc)
    assert (logits.shape, logits.dtype) == ((1, 256, 256), np.float32)
    back = geometry.binary_masks(
        torch.from_numpy(logits[None]), input_size=geometry.preprocess_shape(size), original_size=size
    )
    assert iou(back[0, 0], disc) >= 0.95


def test_hand_drawn_logits_are_sure_inside_and_outside_and_silent_in_the_padding():
    mask = np.zeros((512, 1024), bool)
    mask[:, 512:] = True
    logits = geometry.mask_logits(mask)[0]
    assert np.allclose(logits[:128, 130:], geometry.HAND_LOGIT)
    assert np.allclose(logits[:128, :126], -geometry.HAND_LOGIT)
    assert not logits[128:].any()
    assert abs(geometry.HAND_LOGIT - 6.9068) < 1e-4  # the logit of 0.999


@pytest.mark.parametrize("size", [(1, 1), (1, 3000), (3000, 1)])
def test_the_smallest_hand_drawn_masks_have_logits(size):
    assert geometry.mask_logits(np.ones(size, bool)).max() == pytest.approx(geometry.HAND_LOGIT, rel=1e-3)
