"""COCO instance files: polygons, run-lengths, crowd regions and boxes; see cocodataset.org/#format-data."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from typing import Any

from samstudio.domain import InvalidInput, Size
from samstudio.services.dataset_io.imports.formats.format import (
    ImportFormat,
    ImportRequest,
    Recognised,
    Sureness,
)
from samstudio.services.dataset_io.imports.formats.images import image_files
from samstudio.services.dataset_io.imports.parsing.coco_document import (
    CocoDocument,
    ListedImage,
    label_of,
)
from samstudio.services.dataset_io.imports.parsing.coco_entries import ListedEntries, PlacedEntries
from samstudio.services.dataset_io.imports.parsing.coco_objects import coco_object
from samstudio.services.dataset_io.imports.parsing.panoptic import PanopticPictures, with_unlisted
from samstudio.services.dataset_io.imports.reading import (
    FoundImage,
    FoundObjects,
    Reading,
    Skipped,
    code_of,
)
from samstudio.services.dataset_io.imports.source.file_tree import FileTree
from samstudio.services.dataset_io.imports.source.json_files import read_json

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
                found.objects.append(coco_object(annotation, label, name, size))
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


COCO = ImportFormat(
    name="coco",
    label="COCO",
    description="a COCO annotation file",
    recognise=recognise_coco,
    read=read_coco,
)
