"""Masks as COCO run-lengths, boxes and overlaps: pure functions over numpy arrays."""

from __future__ import annotations

from samstudio.masks.arrays import Mask, iou, mask_to_box
from samstudio.masks.rle import decode_rle, encode_rle, label_rles
from samstudio.masks.run_lengths import RunLengths
from samstudio.masks.usable import MaskProblem, UnusableMask, known_rle, mask_of_size, usable_mask

__all__ = [
    "Mask",
    "MaskProblem",
    "RunLengths",
    "UnusableMask",
    "decode_rle",
    "encode_rle",
    "iou",
    "known_rle",
    "label_rles",
    "mask_of_size",
    "mask_to_box",
    "usable_mask",
]
