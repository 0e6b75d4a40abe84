"""Masks in files: which objects a mask file holds, and whether to believe it; and writing of label masks.

`samstudio.services.dataset_io.label_masks.grey` and ``colours`` have the rules.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from samstudio.services.dataset_io.label_masks.labels import LabelMask
from samstudio.services.dataset_io.label_masks.mask_files import MASK_SUFFIXES, is_mask_name, open_mask
from samstudio.services.dataset_io.label_masks.objects import (
    MaskObject,
    MaskObjects,
    objects_of_file,
    objects_of_page,
)
from samstudio.services.dataset_io.label_masks.picture import PLAIN

__all__ = [
    "MASK_SUFFIXES",
    "MAX_LABEL",
    "LabelMask",
    "MaskObject",
    "MaskObjects",
    "is_mask_name",
    "objects_of_file",
    "objects_of_page",
    "open_mask",
    "save_labels",
    "write_labels",
]

MAX_LABEL = 65535


def write_labels(path: Path, labels: NDArray[np.unsignedinteger[Any]]) -> None:
    """Write HxW labels as a grey PNG, of 16 bits where they are uint16 and of 8 where they are uint8."""
    save_labels(Image.fromarray(labels), path)


def save_labels(picture: Image.Image, path: Path) -> None:
    """Save a grey or palette picture of labels as a PNG that says that 0 is background."""
    said = PngInfo()
    said.add_text(*PLAIN)
    picture.save(path, "PNG", pnginfo=said)
