"""COCO instance files: polygons, run-lengths, crowd regions and boxes; see cocodataset.org/#format-data."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from samstudio.domain import AnnotationStatus, Box, InvalidInput, Size
from samstudio.masks import RunLengths, usable_mask
from samstudio.services.dataset_io.imports.formats.format import (
    ImportFormat,
    ImportRequest,
    Recognised,
    Sureness,
)
from samstudio.services.dataset_io.imports.formats.images import image_files
from samstudio.services.dataset_io.imports.parsing.coco_document import (
    CocoDocument,
    Entry,
    ListedImage,
    label_of,
    whole,
)
from samstudio.services.dataset_io.imports.parsing.coco_entries import ListedEntries, PlacedEntries
from samstudio.services.dataset_io.imports.parsing.panoptic import PanopticPictures, Segment, with_unlisted
from samstudio.services.dataset_io.imports.parsing.shapes import (
    box_of_corners,
    polygon_numbers,
    polygons_mask,
    united,
)
from samstudio.services.dataset_io.imports.reading import (
    OTHER_SIZES,
    FoundImage,
    FoundObject,
    FoundObjects,
    Reading,
    Skipped,
    code_of,
)
from samstudio.services.dataset_io.imports.source.file_tree import FileTree
from samstudio.services.dataset_io.imports.source.json_files import read_json

CROWD = "it is a crowd region (iscrowd 1), many objects in one mask; it came in as a proposal"
_KEYS = re.compile(rb'"(images|annotations|categories)"')


def recognise_coco(tree: FileTree) -> Recognised | None:
    """Claim files among which is a COCO instances file."""
    names = _documents(tree)
    return Recognised(Sureness.CERTAIN, f"{names[0]} lists images and annotations") if names else None


def read_coco(tree: FileTree, request: ImportRequest) -> Reading:
    """Find the images that one or several COCO files list, and those that lie beside them.

    Raises:
        InvalidInput: There is no COCO file, or the one that was named cannot be used.
    """
    documents, reading = _read_documents(tree, request), Reading()
    if not documents:
        raise InvalidInput(f"{tree.title or 'the source'} holds no COCO instances file")
    masks = {name for _, document in documents for name in document.mask_pictures(tree)}
    placed = PlacedEntries(tree, masks)
    for near, document in documents:
        reading.used |= {near} & set(tree.files)
        reading.skipped += document.skipped
        reading.notes += document.notes
        reading.categories += [name for name in document.categories if name not in reading.categories]
        reading.origins = {**document.origins, **reading.origins}
        for image in document.images:
            placed.add(image, document, near=near)
    listed = placed.settled(reading)
    reading.used |= masks
    for found in image_files(tree):
        entry = listed.pop(found.name, None)
        if found.name not in masks:
            reading.images.append(_not_listed(found) if entry is None else _found(found, entry, request))
    missing = [FoundImage(name, None) for name in listed]
    reading.images += [_found(one, listed[one.name], request) for one in missing]
    return reading


def _documents(tree: FileTree) -> list[str]:
    """Return the names of the COCO files; a file is only parsed when it begins like one."""
    names = [name for name in tree.with_suffix(".json") if _KEYS.search(tree.head(name).replace(b"\0", b""))]
    return [name for name in names if _is_coco(tree, name)]


def _is_coco(tree: FileTree, name: str) -> bool:
    try:
        document = tree.json(name)
    except InvalidInput:
        return False
    return isinstance(document, dict) and all(
        isinstance(document.get(key), list) for key in ("images", "annotations")
    )


def _read_documents(tree: FileTree, request: ImportRequest) -> list[tuple[str, CocoDocument]]:
    if request.source is None:
        return [(name, _document(tree.json(name), name, tree)) for name in _documents(tree)]
    given = read_json(request.source, name=f"the COCO file {request.source}")
    near = tree.name_of(request.source)
    own = request.source.with_suffix("")  # where the pictures of panoptic masks are
    beside = tree if near else FileTree.of(own) if own.is_dir() else FileTree({})
    return [(near or "", _document(given, near or request.source.name, beside))]


def _document(given: Any, name: str, tree: FileTree) -> CocoDocument:
    return CocoDocument(given, name=name, pictures=PanopticPictures(tree, name))


def _not_listed(found: FoundImage) -> FoundImage:
    if found.doubt:
        return found
    return replace(found, note="is not listed in the COCO file", code="not_listed")


def _found(found: FoundImage, listed: ListedEntries, request: ImportRequest) -> FoundImage:
    entries = sum(len(image.annotations) for _, image in listed.parts)
    # A picture that a document lists is no mask, whatever it looks like.
    of_image = FoundImage(found.name, found.file, None, entries, partial(_objects, listed, request.category))
    return replace(
        of_image, listed=1 + listed.again, note=listed.note, code="listed_again" if listed.again else ""
    )


def _objects(listed: ListedEntries, category: str, size: Size) -> FoundObjects:
    """Return the objects of an image of ``size`` (H, W); what cannot be used is left out by itself."""
    found = FoundObjects()
    for document, image in listed.parts:
        if image.size not in (None, size):
            found.skipped.extend(_other_size(document, image, size))
            continue
        for number, annotation in enumerate(image.annotations):
            label = label_of(annotation, number)
            try:
                name = document.category(annotation) if document.has_categories else category
                found.objects.append(_object(annotation, label, name, size))
            except InvalidInput as error:
                found.skipped.append(Skipped(f"{label} of {image.name}", str(error), code_of(error)))
        found.objects[:] = with_unlisted(found.objects, image.annotations, size)
    return found


def _other_size(document: CocoDocument, image: ListedImage, size: Size) -> list[Skipped]:
    height, width = image.size or size
    why = (
        f"{image.name} is {size[1]}x{size[0]} pixels but {document.name} says {width}x{height}: "
        "its annotations are for another size"
    )
    count = len(image.annotations)
    return [Skipped(image.name, why, code="other_size", count=count)] if count else []


def _object(annotation: Entry, label: str, category: str, size: Size) -> FoundObject:
    """Read one annotation.

    Raises:
        InvalidInput: It has neither a mask nor a box that can be used.
    """
    segmentation = annotation.get("segmentation")
    if isinstance(segmentation, Segment):
        return _segment(segmentation, annotation, label, category, size)
    if segmentation in ([], [[]], {}, None) and annotation.get("bbox") is not None:
        return FoundObject(label, category, box=_box(annotation["bbox"], size))
    try:
        mask, doubt = _mask(segmentation, size)
    except InvalidInput as error:
        return _box_instead(annotation, label, category, size, error)
    return _masked(mask, doubt, annotation, label, category)


def _masked(mask: RunLengths, doubt: str, annotation: Entry, label: str, category: str) -> FoundObject:
    """Return an object with its mask; a crowd region is a proposal."""
    if whole(annotation.get("iscrowd")) or annotation.get("iscrowd") is True:
        # Some tools say so of every run-length mask: it is not thrown away, and not learned from unseen.
        proposed = AnnotationStatus.PROPOSED
        return FoundObject(label, category, mask.to_rle(), status=proposed, doubt=CROWD, code="crowd")
    return FoundObject(label, category, mask.to_rle(), doubt=doubt, code="part_left_out" if doubt else "")


def _segment(segment: Segment, annotation: Entry, label: str, category: str, size: Size) -> FoundObject:
    """Read one segment of a panoptic picture."""
    try:
        mask = segment.mask(size)
    except InvalidInput as error:
        return _box_instead(annotation, label, category, size, error)
    return _masked(mask, "", annotation, label, category)


def _box_instead(
    annotation: Entry, label: str, category: str, size: Size, problem: InvalidInput
) -> FoundObject:
    """Return the box of an annotation whose outline cannot be used, with a doubt.

    Args:
        annotation: The annotation.
        label: What sentences call it.
        category: Its category's name.
        size: (H, W) of its image.
        problem: Why its outline cannot be used; raised where the box cannot be used either, or where
            the annotation is for another size than its image has.

    Raises:
        InvalidInput: The problem.
    """
    if code_of(problem) in OTHER_SIZES:
        raise problem
    try:
        box = _box(annotation.get("bbox"), size)
    except InvalidInput:
        raise problem from None
    doubt = f"{problem}; its box was taken, and its mask will be drawn"
    return FoundObject(label, category, box=box, doubt=doubt, code="box_instead")


def _box(bbox: Any, size: Size) -> Box:
    """Return a COCO box (left, top, width, height) as XYXY."""
    if not isinstance(bbox, list) or len(bbox) != 4:
        raise InvalidInput("its bbox is not four numbers")
    try:
        left, top, width, height = (float(value) for value in bbox)
    except (TypeError, ValueError, OverflowError) as error:
        raise InvalidInput("its bbox is not four numbers") from error
    _in_pixels([left, top, width, height], "its bbox has")
    return box_of_corners([left, top, left + width, top + height], size)


def _in_pixels(numbers: list[float], what: str) -> list[float]:
    """Return coordinates.

    Raises:
        InvalidInput: They all are parts of the sides, and not pixels as COCO has them.
    """
    if all(0 <= number <= 1 for number in numbers) and not all(map(float.is_integer, numbers)):
        raise InvalidInput(f"{what} only numbers from 0 to 1, which are no pixels but parts of the sides")
    return numbers


def _mask(segmentation: Any, size: Size) -> tuple[RunLengths, str]:
    """Read a mask in any of COCO's notations: polygons, RLE, compressed RLE, or a list of such.

    Returns:
        The mask, and a sentence on a part that was left out, or nothing.

    Raises:
        InvalidInput: There is none, or it cannot be used.
    """
    if isinstance(segmentation, Mapping):
        return usable_mask(segmentation, size), ""
    if not isinstance(segmentation, list) or not segmentation:
        none = segmentation in ([], {}, None)
        raise InvalidInput(
            "it has no mask (no segmentation)" if none else "its segmentation is no list and no run-lengths"
        )
    if not isinstance(segmentation[0], list | Mapping):
        segmentation = [segmentation]  # one polygon, not in a list of its own
    masks, polygons, problem = _parts(segmentation, size)
    if polygons:
        try:
            masks.append(polygons_mask(polygons, size))
        except InvalidInput as error:  # none of their pixels is in the image
            problem = problem or str(error)
    if not masks:
        raise InvalidInput(problem)
    return united(masks), f"{problem}; the rest was taken" if problem else ""


def _parts(parts: list[Any], size: Size) -> tuple[list[RunLengths], list[list[float]], str]:
    """Return the run-lengths and polygons that can be used, and the first reason for one that cannot."""
    masks, polygons, problem = [], [], ""
    for part in parts:
        try:
            if isinstance(part, Mapping):
                masks.append(usable_mask(part, size))
            else:
                polygons.append(_in_pixels(polygon_numbers(part, size), "one of its polygons has"))
        except InvalidInput as error:
            problem = problem or str(error)
    return masks, polygons, problem


COCO = ImportFormat(
    name="coco",
    label="COCO",
    description="a COCO annotation file",
    recognise=recognise_coco,
    read=read_coco,
)
