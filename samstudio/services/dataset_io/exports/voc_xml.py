"""An image's boxes as a Pascal VOC document."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Mapping

from samstudio.domain import Annotation
from samstudio.services.dataset_io.exports.source import ExportItem
from samstudio.services.dataset_io.exports.xml_text import xml_text


def voc_document(item: ExportItem, classes: Mapping[int, str]) -> ET.ElementTree[ET.Element]:
    """Return an image's document; ``classes`` are the names of the categories by id."""
    root = ET.Element("annotation")
    _text(root, "folder", "JPEGImages")
    _text(root, "filename", item.name)
    size = ET.SubElement(root, "size")
    for name, value in (("width", item.image.width), ("height", item.image.height), ("depth", 3)):
        _text(size, name, value)
    _text(root, "segmented", int(bool(item.annotations)))
    for annotation in item.annotations:
        root.append(_object(annotation, item, classes[annotation.category.id]))
    ET.indent(root)
    return ET.ElementTree(root)


def _object(annotation: Annotation, item: ExportItem, name: str) -> ET.Element:
    x0, y0, x1, y1 = (int(side) for side in annotation.box)
    cut_off = x0 == 0 or y0 == 0 or x1 == item.image.width - 1 or y1 == item.image.height - 1
    found = ET.Element("object")
    for field, value in (("name", name), ("pose", "Unspecified"), ("truncated", int(cut_off))):
        _text(found, field, value)
    _text(found, "difficult", 0)
    box = ET.SubElement(found, "bndbox")
    for side, place in (("xmin", x0 + 1), ("ymin", y0 + 1), ("xmax", x1 + 1), ("ymax", y1 + 1)):
        _text(box, side, place)
    return found


def _text(parent: ET.Element, name: str, value: object) -> None:
    ET.SubElement(parent, name).text = xml_text(str(value))
