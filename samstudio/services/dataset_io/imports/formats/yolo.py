"""YOLO folders, as Ultralytics, Roboflow, CVAT and labelImg write them: a label file for each image."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path, PurePosixPath

from samstudio.domain import InvalidInput, Size
from samstudio.services.dataset_io.imports.formats.format import (
    ImportFormat,
    ImportRequest,
    Recognised,
    Sureness,
)
from samstudio.services.dataset_io.imports.formats.images import image_files
from samstudio.services.dataset_io.imports.masks.pairing import Pairs, pair
from samstudio.services.dataset_io.imports.masks.roles import folded
from samstudio.services.dataset_io.imports.names import named_alike
from samstudio.services.dataset_io.imports.parsing.yolo_config import (
    YoloConfig,
    YoloConfigs,
    is_name_list,
    read_configs,
)
from samstudio.services.dataset_io.imports.parsing.yolo_lines import looks_like_labels, object_of, parse_line
from samstudio.services.dataset_io.imports.parsing.yolo_lists import read_lists
from samstudio.services.dataset_io.imports.reading import (
    EntryKind,
    FoundImage,
    FoundObjects,
    Reading,
    Skipped,
)
from samstudio.services.dataset_io.imports.source.file_tree import FileTree
from samstudio.services.dataset_io.imports.source.json_files import read_text


@dataclass(frozen=True)
class _Labels:
    """A label file: its name and where it is, how many lines are not empty, and its classes.

    It is read again when its image comes in, so that no more than one is held.
    """

    name: str
    path: Path
    count: int
    config: YoloConfig

    def lines(self) -> Iterator[tuple[int, str]]:
        """Yield the lines that are not empty, with their numbers.

        Raises:
            InvalidInput: It cannot be read.
        """
        try:
            text = read_text(self.path.read_bytes(), name=self.name)
        except OSError as error:
            raise InvalidInput(f"{self.name} cannot be read: {error.strerror or error}") from error
        return ((number, line) for number, line in enumerate(text.splitlines(), start=1) if line.strip())


def recognise_yolo(tree: FileTree) -> Recognised | None:
    """Claim files among which are label files; surely where something names their classes."""
    if not any(True for _ in _label_names(tree, tree)):
        return None
    configs = read_configs(tree).found
    if configs:
        return Recognised(Sureness.CERTAIN, f"{configs[0].source} names the classes")
    return Recognised(Sureness.LIKELY, "text files of numbers, of the images' names")


def read_yolo(tree: FileTree, request: ImportRequest) -> Reading:
    """Pair images with their label files.

    Raises:
        InvalidInput: There is no label file, or the folder that was named does not exist.
    """
    source = _source(tree, request)
    names = list(_label_names(source, tree))
    if not names:
        raise InvalidInput(f"{source.title or 'the source'} holds no label file of YOLO")
    configs, pairs = read_configs(source), pair(tree.images(), names)
    if source is not tree and not configs.found:
        configs = read_configs(tree)
    reading = Reading(skipped=[*configs.skipped, *_left_over(pairs)], categories=_categories(configs))
    for config in configs.found:
        reading.notes += [*config.notes, *named_alike(config.source, config.names.items())]
    usable = [name for name in names if name not in pairs.doubled and name not in pairs.ambiguous]
    read = {name: _read(source, name, configs.nearest(name), reading) for name in usable}
    for image in image_files(tree):
        reading.images.append(_found(image, [read[name] for name in pairs.of_image.get(image.name, [])]))
    reading.images += [_found(FoundImage(_stem(name), None), [read[name]]) for name in pairs.alone]
    _account(tree, source, [*names, *(one.source for one in configs.found)], reading)
    return reading


def _account(tree: FileTree, source: FileTree, names: list[str], reading: Reading) -> None:
    """Tell which of the tree's files were read, under the names that they have there."""
    read_lists(tree, reading, labels=set(names))
    known = tree.known_as({name: source.files[name] for name in source})
    reading.skipped = [
        replace(entry, name=known.get(entry.name) or entry.name) if entry.kind is EntryKind.FILE else entry
        for entry in reading.skipped
    ]
    left = {entry.name for entry in reading.skipped if entry.kind is EntryKind.FILE}
    reading.used |= {known.get(name, name) for name in names}
    reading.used = (reading.used & set(tree)) - left


def _source(tree: FileTree, request: ImportRequest) -> FileTree:
    """Return the files that are searched for labels: those of the folder that was named, or the tree."""
    if request.source is None:
        return tree
    return FileTree.of(request.source if request.source.is_dir() else request.source.parent)


def _label_names(source: FileTree, tree: FileTree) -> Iterator[str]:
    """Yield the names of the label files: those of numbers, and others of an image's name."""
    stems = {folded(PurePosixPath(name).stem) for name in tree.images()}
    for name in source.with_suffix(".txt"):
        if is_name_list(name):
            continue
        head = source.head(name, 4096).decode("utf-8-sig", errors="replace")
        if folded(PurePosixPath(name).stem) in stems or looks_like_labels(head):
            yield name


def _read(source: FileTree, name: str, config: YoloConfig, reading: Reading) -> _Labels:
    labels = _Labels(name, source.path(name), 0, config)
    try:
        return replace(labels, count=sum(1 for _ in labels.lines()))
    except InvalidInput as error:
        reading.skipped.append(Skipped(name, str(error), kind=EntryKind.FILE))
        return labels


def _found(image: FoundImage, labels: list[_Labels]) -> FoundImage:
    if not labels:
        if image.doubt:
            return image
        return replace(image, note="has no label file; the image came in without objects", code="no_labels")
    count = sum(each.count for each in labels)
    # A picture that has labels is no mask, whatever it looks like.
    return FoundImage(image.name, image.file, entries=count, objects=partial(_objects, labels))


def _objects(labels: list[_Labels], size: Size) -> FoundObjects:
    """Return the objects of an image of ``size`` (H, W); a broken line costs its own object."""
    found = FoundObjects()
    for each in filter(lambda one: one.count, labels):
        try:
            lines = each.lines()
        except InvalidInput as error:
            found.skipped.append(Skipped(each.name, str(error), count=each.count))
            continue
        for number, text in lines:
            place = f"{each.name}:{number}"
            try:
                line = parse_line(text, each.config)
                found.objects.append(object_of(line, place, each.config, size))
            except InvalidInput as error:
                found.skipped.append(Skipped(place, f"{place}: {error}"))
    return found


def _left_over(pairs: Pairs) -> list[Skipped]:
    unclear = [
        Skipped(name, f"{name} may be of {' or of '.join(images[:3])}", "label_of_two", EntryKind.FILE)
        for name, images in pairs.ambiguous.items()
    ]
    second = [
        Skipped(name, f"{image} has other labels, {pairs.of_image[image][0]}", "second_label", EntryKind.FILE)
        for name, image in pairs.doubled.items()
    ]
    return [*unclear, *second]


def _categories(configs: YoloConfigs) -> list[str]:
    every = [name for config in configs.found for _, name in sorted(config.names.items())]
    return list(dict.fromkeys(every))


def _stem(name: str) -> str:
    return PurePosixPath(name).stem


YOLO = ImportFormat(
    name="yolo",
    label="YOLO",
    description="label files of YOLO, of outlines or boxes, and data.yaml",
    recognise=recognise_yolo,
    read=read_yolo,
)
