"""Pascal VOC: boxes in ``Annotations/``, masks in ``SegmentationObject/`` and ``SegmentationClass/``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import PurePosixPath

from samstudio.domain import InvalidInput
from samstudio.services.dataset_io.imports.formats.format import (
    ImportFormat,
    ImportRequest,
    Recognised,
    Sureness,
)
from samstudio.services.dataset_io.imports.formats.images import image_files
from samstudio.services.dataset_io.imports.formats.masks import left_over
from samstudio.services.dataset_io.imports.masks.mask_objects import MaskFile
from samstudio.services.dataset_io.imports.masks.pairing import pair
from samstudio.services.dataset_io.imports.masks.voc_masks import VocImage, read_image
from samstudio.services.dataset_io.imports.names import named_alike
from samstudio.services.dataset_io.imports.parsing.voc_annotation import (
    LabelMap,
    VocAnnotation,
    annotation_of,
    label_map_of,
)
from samstudio.services.dataset_io.imports.reading import EntryKind, FoundImage, Reading, Skipped
from samstudio.services.dataset_io.imports.source.file_tree import FileTree
from samstudio.services.dataset_io.imports.source.json_files import read_text
from samstudio.services.dataset_io.imports.source.xml_files import read_xml

OBJECTS, CLASSES, SETS = "segmentationobject", "segmentationclass", "imagesets"
"""VOC's folders, in lower case."""

LABEL_MAP = "labelmap.txt"


def recognise_voc(tree: FileTree) -> Recognised | None:
    """Claim files among which are annotation files or pictures of objects, as VOC has them."""
    found = next(_annotation_names(tree), None)
    if found is not None:
        return Recognised(Sureness.CERTAIN, f"{found} is an annotation of VOC")
    pictures = next((name for name in tree.images() if _kind(name) is not None), None)
    return Recognised(Sureness.CERTAIN, f"{pictures} is in a folder of VOC") if pictures else None


def read_voc(tree: FileTree, request: ImportRequest) -> Reading:
    """Find the images of VOC's annotation files and pictures of objects.

    Raises:
        InvalidInput: There is none of them, or the folder that was named does not exist.
    """
    source = tree if request.source is None else FileTree.of(request.source)
    reading = Reading()
    labels = _label_map(source, reading)
    annotations = list(_annotations(source, reading))
    pictures = [name for name in source.images() if _kind(name) is not None]
    if not annotations and not pictures:
        raise InvalidInput(f"{source.title or 'the source'} holds no annotation and no object picture of VOC")
    found = _by_image(tree, source, annotations, pictures, reading)
    named = [one.name for annotation in annotations for one in annotation.objects if one.name]
    reading.categories = list(dict.fromkeys([*labels.names, *named]))
    _account(tree, source, [*(one.source for one in annotations), *pictures], reading)
    _add_images(tree, found, labels, reading)
    return reading


def _kind(name: str) -> str | None:
    """Return which folder of masks a file is in; None for any other."""
    parts = [part.casefold() for part in PurePosixPath(name).parent.parts]
    return next((kind for kind in (OBJECTS, CLASSES) if kind in parts), None)


def _annotation_names(source: FileTree) -> Iterator[str]:
    for name in source.with_suffix(".xml"):
        head = source.head(name, 4096).replace(b"\0", b"")
        if b"<annotation>" in head or b"<annotation " in head:
            yield name


def _annotations(source: FileTree, reading: Reading) -> Iterator[VocAnnotation]:
    for name in _annotation_names(source):
        try:
            yield annotation_of(read_xml(source.path(name), name=name), source=name)
        except InvalidInput as error:
            reading.skipped.append(Skipped(name, str(error), kind=EntryKind.FILE))


def _label_map(source: FileTree, reading: Reading) -> LabelMap:
    """Return the first label map that can be read."""
    for name in source:
        if PurePosixPath(name).name.casefold() != LABEL_MAP:
            continue
        try:
            text = read_text(source.path(name).read_bytes(), name=name)
        except (InvalidInput, OSError) as error:
            reading.skipped.append(Skipped(name, str(error), kind=EntryKind.FILE))
            continue
        reading.used.add(name)
        labels = label_map_of(text)
        reading.notes += named_alike(name, labels.by_value.items())
        return labels
    return LabelMap()


def _by_image(
    tree: FileTree,
    source: FileTree,
    annotations: list[VocAnnotation],
    pictures: list[str],
    reading: Reading,
) -> dict[str, VocImage]:
    """Return what there is for each image, by the image's name."""
    images = [name for name in tree.images() if _kind(name) is None]
    found: dict[str, VocImage] = defaultdict(VocImage)
    for image, annotation in _images_of(tree, images, annotations, reading):
        found[image] = replace(found[image], annotations=(*found[image].annotations, annotation))
    for kind in (OBJECTS, CLASSES):
        pairs = pair(
            list(dict.fromkeys([*images, *found])), [name for name in pictures if _kind(name) == kind]
        )
        reading.skipped += left_over(replace(pairs, alone=[]))
        of_image = {**pairs.of_image, **{PurePosixPath(name).stem: [name] for name in pairs.alone}}
        for image, (name, *_) in of_image.items():
            mask = MaskFile(name, source.path(name))
            known = found[image]
            found[image] = replace(known, objects=mask) if kind == OBJECTS else replace(known, classes=mask)
    return found


def _images_of(
    tree: FileTree, images: list[str], annotations: list[VocAnnotation], reading: Reading
) -> Iterator[tuple[str, VocAnnotation]]:
    """Yield each annotation with its image: the one that it names, or else the one of its own name."""
    known, others = set(images), {}
    for annotation in annotations:
        files = [name for name in tree.find(annotation.filename, near=annotation.source) if name in known]
        if len(files) == 1:
            yield files[0], annotation
        else:
            others[annotation.source] = annotation
    pairs = pair(images, list(others))
    of_file = {name: image for image, names in pairs.of_image.items() for name in names}
    of_file |= pairs.doubled
    for name, annotation in others.items():
        if name in pairs.ambiguous:
            _skip_ambiguous(annotation, pairs.ambiguous[name], reading)
        else:
            yield of_file.get(name) or annotation.filename or PurePosixPath(name).stem, annotation


def _skip_ambiguous(annotation: VocAnnotation, images: list[str], reading: Reading) -> None:
    why = f"{annotation.source} may be of {' or of '.join(images[:3])}"
    reading.skipped.append(Skipped(annotation.source, why, "ambiguous_name", EntryKind.FILE))
    count = len(annotation.objects)
    reading.skipped += [Skipped(annotation.source, why, "ambiguous_name", count=count)] if count else []


def _account(tree: FileTree, source: FileTree, names: list[str], reading: Reading) -> None:
    """Tell which of the tree's files were read, under the names that they have there."""
    known = tree.known_as(source.files)
    reading.skipped = [
        replace(entry, name=known.get(entry.name) or entry.name) if entry.kind is EntryKind.FILE else entry
        for entry in reading.skipped
    ]
    left = {entry.name for entry in reading.skipped if entry.kind is EntryKind.FILE}
    lists = {name for name in tree.with_suffix(".txt") if SETS in name.casefold().split("/")}
    used = {known.get(name) or name for name in [*names, *reading.used]}
    reading.used = ((used | lists) & set(tree)) - left


def _add_images(tree: FileTree, found: dict[str, VocImage], labels: LabelMap, reading: Reading) -> None:
    left = dict(found)
    pictures = reading.used | {entry.name for entry in reading.skipped if entry.kind is EntryKind.FILE}
    for image in image_files(tree):
        if image.name not in pictures:
            reading.images.append(_found(image, left.pop(image.name, None), labels))
    reading.images += [_found(FoundImage(name, None), voc, labels) for name, voc in left.items()]


def _found(image: FoundImage, voc: VocImage | None, labels: LabelMap) -> FoundImage:
    if voc is None:
        if image.doubt:
            return image
        return replace(image, note="is not listed in an annotation file", code="not_listed")
    masked = voc.objects is not None or voc.classes is not None
    count = None if masked else sum(len(one.objects) for one in voc.annotations)
    # A picture that has an annotation is no mask, whatever it looks like.
    return FoundImage(image.name, image.file, entries=count, objects=partial(read_image, voc, labels))


VOC = ImportFormat(
    name="voc",
    label="Pascal VOC",
    description="annotation files of VOC, and its pictures of objects and classes",
    recognise=recognise_voc,
    read=read_voc,
)
