"""Coordinate frames: original image, resized input, padded 1024 frame, 256 low-res frame.

The results equal segment-anything's, to the pixel: ``ResizeLongestSide``
(`segment_anything/utils/transforms.py`), ``Sam.preprocess`` and
``Sam.postprocess_masks`` (`segment_anything/modeling/sam.py`). Sizes are
(H, W), coordinates XY. No model weights are touched here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PIL import Image

from samstudio.domain import InvalidInput, Size

if TYPE_CHECKING:
    from torch import Tensor

LONG_SIDE = 1024
"""Side of the square frame the image encoder sees, in pixels."""

LOW_RES = 256
"""Side of the decoder's mask logits; one cell covers 4x4 pixels of the 1024 frame."""

HAND_LOGIT = float(np.log(0.999 / 0.001))
"""Logit of 0.999, given to the inside of a mask drawn by hand; its negative outside."""

PIXEL_MEAN = (123.675, 116.28, 103.53)
PIXEL_STD = (58.395, 57.12, 57.375)


def preprocess_shape(size: Size, side: int = LONG_SIDE) -> Size:
    """Return the (H, W) that an image of ``size`` is resized to: longest side ``side``, aspect kept.

    segment-anything's ``ResizeLongestSide.get_preprocess_shape``, except that a side is
    never less than one pixel (stock would ask for zero beyond an aspect of 2048:1).
    """
    height, width = size
    scale = side * 1.0 / max(height, width)
    return (max(1, int(height * scale + 0.5)), max(1, int(width * scale + 0.5)))


def resize_longest_side(pixels: NDArray[np.uint8], side: int = LONG_SIDE) -> NDArray[np.uint8]:
    """Resize uint8 RGB HxWx3 so that its longest side is ``side`` pixels.

    Stock calls torchvision's ``resize(to_pil_image(image), size)``, whose PIL
    path is ``PIL.Image.resize((W, H), BILINEAR)`` and nothing else, so the
    pixels are identical without torchvision.

    Raises:
        InvalidInput: ``pixels`` is not a uint8 HxWx3 array with a pixel in it.
    """
    _check_pixels(pixels)
    height, width = preprocess_shape((pixels.shape[0], pixels.shape[1]), side)
    return np.asarray(Image.fromarray(pixels).resize((width, height), Image.Resampling.BILINEAR))


def encoder_input(pixels: NDArray[np.uint8], side: int = LONG_SIDE) -> tuple[NDArray[np.float32], Size]:
    """Make the image encoder's input from uint8 RGB HxWx3: ``Sam.preprocess``.

    Returns:
        Float32 1x3xSxS (S is ``side``), normalised by SAM's pixel mean and std and
        zero-padded right and bottom; and ``input_size``, the image's (H, W) in the
        decoder's frame of 1024, whatever the encoder's is.

    Raises:
        InvalidInput: ``pixels`` is not a uint8 HxWx3 array with a pixel in it.
    """
    resized = resize_longest_side(pixels, side)
    height, width = resized.shape[:2]
    frame = np.zeros((1, 3, side, side), dtype=np.float32)
    for channel, (mean, std) in enumerate(zip(PIXEL_MEAN, PIXEL_STD, strict=True)):
        plane = frame[0, channel, :height, :width]
        np.subtract(resized[..., channel], np.float32(mean), out=plane)
        plane /= np.float32(std)
    return frame, preprocess_shape((pixels.shape[0], pixels.shape[1]))


def scale_coords(coords: ArrayLike, original_size: Size) -> NDArray[np.float64]:
    """Map XY coordinates (..., 2) from pixels of the original image into the 1024 frame, float64.

    segment-anything's ``ResizeLongestSide.apply_coords``; a box is two corners, so pass it as (..., 2, 2).
    """
    height, width = original_size
    new_height, new_width = preprocess_shape(original_size)
    scale = np.array([new_width / width, new_height / height], dtype=np.float64)
    return np.multiply(np.asarray(coords, dtype=np.float64), scale)


def postprocess_masks(low_res: Tensor, *, input_size: Size, original_size: Size) -> Tensor:
    """Upsample logits BxCx256x256 to BxCxHxW at ``original_size``: ``Sam.postprocess_masks``."""
    from torch.nn import functional as F

    full = F.interpolate(low_res, (LONG_SIDE, LONG_SIDE), mode="bilinear", align_corners=False)
    full = full[..., : input_size[0], : input_size[1]]
    return F.interpolate(full, original_size, mode="bilinear", align_corners=False)


def binary_masks(low_res: Tensor, *, input_size: Size, original_size: Size) -> NDArray[np.bool_]:
    """Return ``postprocess_masks(...) > 0`` as a bool array BxCxHxW.

    One mask's logits are in memory at a time: those of a 12-megapixel image are 48 MB a
    mask, and a batch of ten boxes must not hold ten of them.
    """
    batch, channels = low_res.shape[:2]
    masks = np.empty((batch, channels, *original_size), dtype=np.bool_)
    for row in range(batch):
        for channel in range(channels):
            one = low_res[row : row + 1, channel : channel + 1]
            logits = postprocess_masks(one, input_size=input_size, original_size=original_size)
            masks[row, channel] = (logits[0, 0] > 0).cpu().numpy()
    return masks


def valid_low_res(original_size: Size) -> Size:
    """Return the (h, w) of the low-res frame that is image and not padding, partly filled cells included."""
    height, width = preprocess_shape(original_size)
    cell = LONG_SIDE // LOW_RES
    return (-(-height // cell), -(-width // cell))


def low_res_target(mask: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Area-average a bool HxW mask into the padded low-res frame: float32 256x256 in 0..1.

    Each cell holds the fraction of it that the mask covers; padding counts as
    uncovered. It is the exact integral of the mask over the cell, for up- and
    downscaling alike, so training can compare low-res logits with it instead
    of upsampling them.

    Raises:
        InvalidInput: The mask has not two dimensions.
    """
    if mask.ndim != 2:
        raise InvalidInput(f"a mask has two dimensions (H, W), not {mask.ndim}")
    original: Size = (mask.shape[0], mask.shape[1])
    new_height, new_width = preprocess_shape(original)
    rows = np.flatnonzero(mask.any(axis=1))
    if not len(rows):
        return np.zeros((LOW_RES, LOW_RES), dtype=np.float32)
    # Only the rows with foreground are integrated: objects are small, images are not.
    top, bottom = int(rows[0]), int(rows[-1]) + 1
    by_row = _integrate(mask[top:bottom].astype(np.float64), offset=top, scale=new_height / original[0])
    by_cell = _integrate(by_row.T, offset=0, scale=new_width / original[1]).T
    cell = LONG_SIDE // LOW_RES
    return np.ascontiguousarray(np.clip(by_cell / (cell * cell), 0.0, 1.0), dtype=np.float32)


def mask_logits(mask: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Convert a bool HxW mask to the decoder's ``mask_input``: float32 1x256x256 logits.

    As micro-sam converts one (``_compute_logits_from_mask`` in
    `micro_sam/prompt_based_segmentation.py`): the logit of 0.999 inside and of
    0.001 outside, resized so that the longest side is 256, and *zero* where
    the frame is padded, right and bottom; the model takes anything else there
    for a statement about the image.
    """
    height, width = mask.shape
    scale = LOW_RES / max(height, width)
    size = (max(1, int(width * scale + 0.5)), max(1, int(height * scale + 0.5)))
    picture = Image.fromarray(mask.astype(np.uint8) * np.uint8(255))
    covered = np.asarray(picture.resize(size, Image.Resampling.BILINEAR), dtype=np.float32) / 255
    logits = np.zeros((1, LOW_RES, LOW_RES), dtype=np.float32)
    logits[0, : size[1], : size[0]] = HAND_LOGIT * (2 * covered - 1)
    return logits


def _integrate(values: NDArray[np.float64], *, offset: int, scale: float) -> NDArray[np.float64]:
    """Integrate piecewise constant ``values`` (n, m) along axis 0 over the 256 cells, in 1024-frame units."""
    edges = np.arange(LOW_RES + 1) * (LONG_SIDE // LOW_RES) / scale - offset
    edges = np.clip(edges, 0, len(values))
    cumulative = np.concatenate([np.zeros((1, values.shape[1])), np.cumsum(values, axis=0)])
    below = np.minimum(edges.astype(np.int64), len(values) - 1)
    fraction = (edges - below)[:, None]
    at_edges = cumulative[below] + fraction * values[below]
    return np.diff(at_edges, axis=0) * scale


def _check_pixels(pixels: NDArray[np.uint8]) -> None:
    if pixels.ndim != 3 or pixels.shape[2] != 3 or pixels.dtype != np.uint8 or not pixels.size:
        raise InvalidInput(f"an image is uint8 HxWx3, not {pixels.dtype} {'x'.join(map(str, pixels.shape))}")
