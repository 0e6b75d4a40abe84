"""Masks as COCO run-lengths, boxes and overlaps: pure functions over numpy arrays."""

from __future__ import annotations

from samstudio.masks.rle import (
    Mask,
    canonical_rle,
    decode_rle,
    encode_rle,
    foreground_runs,
    iou,
    label_rles,
    mask_to_box,
    masks_from_labels,
    rle_area,
    rle_box,
    validated_box,
    validated_points,
)

__all__ = [
    "Mask",
    "canonical_rle",
    "decode_rle",
    "encode_rle",
    "foreground_runs",
    "iou",
    "label_rles",
    "mask_to_box",
    "masks_from_labels",
    "rle_area",
    "rle_box",
    "validated_box",
    "validated_points",
]
