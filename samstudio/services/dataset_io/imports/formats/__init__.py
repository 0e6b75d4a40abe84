"""The formats that images and their objects can be imported from, one module each."""

from __future__ import annotations

from samstudio.registry import Registry
from samstudio.services.dataset_io.imports.formats.coco import COCO
from samstudio.services.dataset_io.imports.formats.cvat import CVAT
from samstudio.services.dataset_io.imports.formats.format import (
    AmbiguousFormat,
    ImportFormat,
    ImportRequest,
    Recognised,
    Sureness,
)
from samstudio.services.dataset_io.imports.formats.format import recognise as _recognise
from samstudio.services.dataset_io.imports.formats.images import IMAGES
from samstudio.services.dataset_io.imports.formats.label_studio import LABEL_STUDIO
from samstudio.services.dataset_io.imports.formats.labelme import LABELME
from samstudio.services.dataset_io.imports.formats.masks import MASKS
from samstudio.services.dataset_io.imports.formats.mvtec import MVTEC
from samstudio.services.dataset_io.imports.formats.semantic import SEMANTIC
from samstudio.services.dataset_io.imports.formats.via import VIA
from samstudio.services.dataset_io.imports.formats.voc import VOC
from samstudio.services.dataset_io.imports.formats.yolo import YOLO
from samstudio.services.dataset_io.imports.source.file_tree import FileTree

__all__ = [
    "IMPORT_FORMATS",
    "AmbiguousFormat",
    "ImportFormat",
    "ImportRequest",
    "Recognised",
    "Sureness",
    "recognise",
]

IMPORT_FORMATS = Registry(
    "format", (IMAGES, MASKS, COCO, YOLO, VOC, MVTEC, SEMANTIC, LABELME, LABEL_STUDIO, CVAT, VIA)
)
"""In the order in which the command line's help lists them."""


def recognise(tree: FileTree) -> ImportFormat:
    """Return the registered format that the files are in.

    Raises:
        AmbiguousFormat: They may be in several.
        InvalidInput: They are in none.
    """
    return _recognise(tree, IMPORT_FORMATS)
