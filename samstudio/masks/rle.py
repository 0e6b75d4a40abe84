"""Masks to COCO run-lengths and back.

Run-lengths are pycocotools' compressed ones, with ``counts`` as str so that
they survive JSON.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from samstudio.domain import InvalidInput, Rle
from samstudio.masks.arrays import Mask
from samstudio.masks.crops import placed
from samstudio.masks.run_lengths import RunLengths


def encode_rle(mask: Mask) -> Rle:
    """Encode a bool HxW mask as COCO RLE with str counts.

    Raises:
        InvalidInput: The mask has not two dimensions.
    """
    if mask.ndim != 2:
        raise InvalidInput(f"a mask has two dimensions (H, W), not {mask.ndim}")
    height, width = mask.shape
    return placed(np.asarray(mask, bool), left=0, top=0, size=(height, width)).to_rle()


def decode_rle(rle: Rle) -> Mask:
    """Decode COCO RLE (compressed, or uncompressed integer counts) to a bool HxW mask.

    Raises:
        InvalidInput: It is no COCO RLE, or its runs do not fill its size.
    """
    return RunLengths.parse(rle).decode()


def label_rles(labels: NDArray[np.integer]) -> list[Rle]:
    """Split a label image HxW (0 is background, each other value one object) into RLEs, ordered by value.

    One pass over the image, however many objects there are.
    """
    return [mask.to_rle() for _, mask in labelled_masks(labels)]


def labelled_masks(labels: NDArray[np.integer]) -> list[tuple[int, RunLengths]]:
    """Split a label image as `label_rles` does, into pairs of a value and its mask."""
    height, width = labels.shape
    flat = _transposed(labels).reshape(-1)
    if not flat.size:
        return []
    starts = np.concatenate(([0], np.flatnonzero(flat[1:] != flat[:-1]) + 1))
    ends = np.append(starts[1:], flat.size)
    values = flat[starts]
    order = np.argsort(values, kind="stable")
    starts, ends, values = starts[order], ends[order], values[order]
    first = np.concatenate(([0], np.flatnonzero(values[1:] != values[:-1]) + 1))
    groups = zip(values[first], np.split(starts, first[1:]), np.split(ends, first[1:]), strict=True)
    return [(int(value), RunLengths((height, width), s, e)) for value, s, e in groups if value != 0]


def _transposed(labels: NDArray[np.integer]) -> NDArray[np.integer]:
    """Return labels by column; for the types that OpenCV knows, by blocks, which is several times as fast."""
    if labels.dtype in (np.uint8, np.uint16, np.int16, np.int32) and labels.size:
        turned: NDArray[np.integer] = cv2.transpose(np.ascontiguousarray(labels))
        return turned
    return labels.T
