"""The formats that a dataset can be exported in, one module each."""

from __future__ import annotations

from samstudio.registry import Registry
from samstudio.services.dataset_io.exports.coco import COCO
from samstudio.services.dataset_io.exports.cvat import CVAT
from samstudio.services.dataset_io.exports.format import ExportFormat
from samstudio.services.dataset_io.exports.huggingface import HUGGINGFACE
from samstudio.services.dataset_io.exports.label_studio import LABEL_STUDIO
from samstudio.services.dataset_io.exports.labelme import LABELME
from samstudio.services.dataset_io.exports.masks import MASKS
from samstudio.services.dataset_io.exports.measurements import MEASUREMENTS
from samstudio.services.dataset_io.exports.semantic import SEMANTIC
from samstudio.services.dataset_io.exports.voc import VOC
from samstudio.services.dataset_io.exports.yolo import YOLO

__all__ = ["EXPORT_FORMATS", "ExportFormat"]

EXPORT_FORMATS = Registry(
    "format",
    (COCO, YOLO, VOC, MASKS, SEMANTIC, LABELME, LABEL_STUDIO, CVAT, HUGGINGFACE, MEASUREMENTS),
)
"""In the order in which the page offers them."""
