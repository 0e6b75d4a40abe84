"""The formats that images and their objects can be imported from, one module each."""

from __future__ import annotations

from samstudio.registry import Registry
from samstudio.services.dataset_io.imports.coco import COCO
from samstudio.services.dataset_io.imports.format import ImportFormat
from samstudio.services.dataset_io.imports.images import IMAGES
from samstudio.services.dataset_io.imports.masks import MASKS

__all__ = ["IMPORT_FORMATS", "ImportFormat"]

IMPORT_FORMATS = Registry("format", (IMAGES, MASKS, COCO))
"""In the order in which the command line's help lists them."""
