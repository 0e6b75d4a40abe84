"""Ultralytics YOLO segmentation: one text file of outlines an image, and ``data.yaml``."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from samstudio.masks import RunLengths
from samstudio.services.dataset_io.exports.files import write_lines, write_text
from samstudio.services.dataset_io.exports.format import ExportFormat
from samstudio.services.dataset_io.exports.outlines import Ring, outlines_of_parts
from samstudio.services.dataset_io.exports.source import ExportReport, ExportSource, copy_image
from samstudio.services.dataset_io.exports.splits import Splits

IN_PIXEL = 0.25
"""Where in its pixel a point lies: below a half, so that rounding and cutting off find the same pixel."""

JOINED = (
    "{has} several parts, and a YOLO line holds one outline: they are joined by cuts of one pixel; "
    "the coco format keeps them as they are"
)
ONE_GROUP = "{was} all there is, so that val.txt lists the same images as train.txt"


def write_yolo(source: ExportSource, out: Path) -> ExportReport:
    """Write ``images/``, ``labels/``, ``data.yaml`` and the lists of images that it names.

    A label file has a line an object, ``class x y x y …``, with coordinates as
    parts of the image's sides. The outline runs through the border's pixels, as
    Ultralytics' own ``convert_segment_masks_to_yolo_seg`` takes it from OpenCV:
    filled with its border, it is the mask. Each point lies at `IN_PIXEL` of its
    pixel, so that who cuts off decimals finds the pixel, and who rounds finds it
    too. A line holds one outline: holes are joined to it within the mask
    (`outlines`), further parts by a cut there and back, as ``merge_multi_segment`` joins them.

    Raises:
        InvalidInput: There is nothing to export.
    """
    report = ExportReport()
    numbers = {category.id: number for number, category in enumerate(source.categories())}
    splits, groups = Splits(), dict[str, str]()
    for item in source.items():
        copy_image(item, out / "images", report)
        lines = []
        for annotation, mask in zip(item.annotations, item.masks, strict=True):
            line, parts = _line(mask, numbers[annotation.category.id])
            lines.append(line)
            if parts > 1:
                source.notes.add(JOINED, f"{annotation.id} on {item.image.filename}", noun="object")
        write_text(out / "labels" / f"{Path(item.name).stem}.txt", "".join(lines))
        splits.add(item)
        groups[item.name] = item.image.group or item.image.filename
        report.files += 1
    lists = splits.lists()
    for split, names in lists.items():
        write_lines(out / f"{split}.txt", [f"./images/{name}" for name in names])
    if lists["train"] and lists["train"] == lists["val"]:
        source.notes.add(ONE_GROUP, groups[lists["train"][0]], noun="group")
    write_text(out / "data.yaml", _data_yaml(list(lists), [one.name for one in source.categories()]))
    report.files += 1 + len(lists)
    return report


def _line(mask: RunLengths, number: int) -> tuple[str, int]:
    """Return an object's line, and of how many parts that do not touch it was made."""
    x0, y0, _, _ = mask.box
    height, width = mask.size
    rings = outlines_of_parts(mask.decode_box())
    corner = np.array([x0, y0]) + IN_PIXEL
    outline = (_joined(rings) + corner) / (width, height)
    points = " ".join(f"{value:.7f}" for value in outline.reshape(-1))
    return f"{number} {points}\n", len(rings)


def _joined(rings: list[Ring]) -> Ring:
    """Join the outlines of parts to one: from its nearest point into each further one, around, and back."""
    whole = rings[0]
    if len(rings) > 1:
        from scipy.spatial import KDTree  # loaded when needed: every command reads the list of formats
    for ring in rings[1:]:
        apart, nearest = KDTree(whole).query(ring)
        there = int(apart.argmin())
        here = int(nearest[there])
        around = np.roll(ring, -there, axis=0)
        whole = np.concatenate((whole[: here + 1], around, around[:1], whole[here:]))
    return whole


def _data_yaml(splits: list[str], names: list[str]) -> str:
    lists = "".join(f"{split}: {split}.txt\n" for split in splits)
    listed = "".join(f"  {number}: {yaml_text(name)}\n" for number, name in enumerate(names))
    return f"{lists}names:\n{listed}"


def yaml_text(text: str) -> str:
    """Return a text as a double-quoted YAML scalar, in which only what is printable stands as it is."""
    return f'"{"".join(map(_yaml_character, text))}"'


def _yaml_character(one: str) -> str:
    if one in '"\\':
        return f"\\{one}"
    return one if one.isprintable() else f"\\U{ord(one):08X}"


YOLO = ExportFormat(
    name="yolo",
    label="YOLO",
    description="Outlines for Ultralytics YOLO segmentation, and the images",
    write=write_yolo,
)
