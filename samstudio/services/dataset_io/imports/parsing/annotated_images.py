"""What annotation files say of images, gathered by the image that each entry means."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from samstudio.domain import InvalidInput, Size
from samstudio.services.dataset_io.imports.formats.images import image_files
from samstudio.services.dataset_io.imports.parsing.claims import (
    listed_again,
    may_be_several,
    names_file,
    those_meant,
)
from samstudio.services.dataset_io.imports.reading import (
    EntryKind,
    FoundImage,
    FoundObject,
    FoundObjects,
    Reading,
    Skipped,
    code_of,
)
from samstudio.services.dataset_io.imports.source.file_tree import FileTree


@dataclass(frozen=True)
class ObjectEntry:
    """One object of an annotation file: what sentences call it, and how its mask is read.

    ``read`` is given the image's size (H, W) and raises InvalidInput for an entry that
    cannot be used.
    """

    label: str
    read: Callable[[Size], FoundObject]


def _nothing() -> None:
    """Return no bytes."""


@dataclass(frozen=True)
class ImageEntry:
    """One image of an annotation file.

    ``written``: its name or path, as the file has it. ``document``: the annotation file's name.
    ``size``: (H, W) as the file says. ``objects``: in the file's order.
    ``skipped``: entries of the image that are no objects at all. ``also``: other names that the
    image may have. ``beside``: the tree's name of the image that is meant where none has such a
    name; empty where there is none. ``group``: of images that are never split between training and
    validation. ``embedded``: returns the bytes of the image's file where the annotation file
    holds them, else None; they are used when the image is not in the source.
    """

    written: str
    document: str
    objects: Sequence[ObjectEntry]
    size: Size | None = None
    skipped: Sequence[Skipped] = ()
    also: Sequence[str] = ()
    beside: str = ""
    group: str | None = None
    embedded: Callable[[], bytes | None] = _nothing


@dataclass
class _Listed:
    name: str
    entries: list[ImageEntry] = field(default_factory=list)


class AnnotatedImages:
    """The images of a tree with what annotation files say of them."""

    def __init__(self, tree: FileTree, *, noun: str) -> None:
        """Gather for ``tree``; ``noun`` is what sentences call an annotation file."""
        self._tree = tree
        self._noun = noun
        self._listed: dict[str, _Listed] = {}
        self._skipped: list[Skipped] = []
        self._embedded: dict[str, Path] = {}

    def add(self, entry: ImageEntry) -> None:
        """Add an entry to the file that it means, or to the images that are not there."""
        names = (entry.written, *entry.also)
        beside = [entry.beside] if entry.beside else []
        files = next(filter(None, (self._tree.find(name, near=entry.document) for name in names)), beside)
        if len(files) > 1:
            may_be = f"may be {' or '.join(files[:3])}"
            self._skip(entry, f"{entry.written} in {entry.document} {may_be}", f"its image {may_be}")
            return
        name = files[0] if files else entry.written
        if not files and name not in self._embedded:
            self._extract(name, entry.embedded())
        entry = replace(entry, embedded=_nothing)  # not kept: it may hold a whole picture
        self._listed.setdefault(name, _Listed(name)).entries.append(entry)

    def _settle(self) -> None:
        """Take from each file the entries of which their document says that they are of another image."""
        for listed in [one for one in self._listed.values() if one.name in self._tree]:
            for document in dict.fromkeys(entry.document for entry in listed.entries):
                self._settle_document(listed, document)

    def _settle_document(self, listed: _Listed, document: str) -> None:
        claims = [
            one for one in listed.entries if one.document == document and names_file(one.written, listed.name)
        ]
        names = list(dict.fromkeys(one.written for one in claims))
        meant = those_meant(listed.name, names)
        for entry in claims:
            if entry.written in meant:
                continue
            listed.entries.remove(entry)
            if meant:
                self._listed.setdefault(entry.written, _Listed(entry.written)).entries.append(entry)
            else:
                self._skip(entry, may_be_several(listed.name, names, document))

    def reading(
        self, *, used: Iterable[str], categories: Iterable[str], skipped: Iterable[Skipped] = ()
    ) -> Reading:
        """Return what was gathered.

        Args:
            used: The names of the annotation files.
            categories: In the source's order, with repetitions.
            skipped: Entries that belong to no image.
        """
        self._settle()
        left = dict(self._listed)
        images = [self._found(image, left.pop(image.name, None)) for image in image_files(self._tree)]
        images += [
            self._found(FoundImage(name, self._embedded.get(name)), listed) for name, listed in left.items()
        ]
        return Reading(
            images=images,
            skipped=[*skipped, *self._skipped],
            used=set(used) & set(self._tree.files),
            categories=list(dict.fromkeys(categories)),
        )

    def _found(self, image: FoundImage, listed: _Listed | None) -> FoundImage:
        if listed is None or not listed.entries:
            if image.doubt:
                return image
            return replace(image, note=f"is not listed in {self._noun}", code="not_listed")
        count = sum(len(entry.objects) + sum(one.count for one in entry.skipped) for entry in listed.entries)
        # A picture that an annotation file lists is no mask, whatever it looks like.
        also = () if image.file else tuple(listed.entries[0].also)
        group = next(filter(None, (entry.group for entry in listed.entries)), None)
        objects = partial(_objects, listed)
        found = FoundImage(image.name, image.file, entries=count, objects=objects, group=group, also=also)
        documents = [entry.document for entry in listed.entries]
        again = len(documents) - len(set(documents))
        return replace(
            found, listed=1 + again, note=listed_again(documents), code="listed_again" if again else ""
        )

    def _extract(self, name: str, data: bytes | None) -> None:
        if data is not None:
            self._embedded[name] = self._tree.scratch() / str(len(self._embedded))
            self._embedded[name].write_bytes(data)

    def _skip(self, entry: ImageEntry, why: str, of_objects: str = "") -> None:
        self._skipped.append(Skipped(entry.written, why, code="ambiguous_name", kind=EntryKind.IMAGE))
        self._skipped += [
            Skipped(f"{one.label} of {entry.written}", of_objects or why, code="ambiguous_name")
            for one in entry.objects
        ]
        self._skipped += entry.skipped


def _objects(listed: _Listed, size: Size) -> FoundObjects:
    """Return the objects of an image of ``size`` (H, W); what cannot be used is left out by itself."""
    found = FoundObjects()
    for entry in listed.entries:
        found.skipped.extend(entry.skipped)
        if entry.size not in (None, size):
            found.skipped.extend(_other_size(entry, entry.size or size, size))
            continue
        for one in entry.objects:
            try:
                found.objects.append(one.read(size))
            except InvalidInput as error:
                found.skipped.append(Skipped(f"{one.label} of {listed.name}", str(error), code_of(error)))
    return found


def _other_size(entry: ImageEntry, written: Size, size: Size) -> list[Skipped]:
    why = (
        f"{entry.written} is {size[1]}x{size[0]} pixels but {entry.document} says {written[1]}x{written[0]}: "
        "its annotations are for another size"
    )
    count = len(entry.objects)
    return [Skipped(entry.written, why, code="other_size", count=count)] if count else []
