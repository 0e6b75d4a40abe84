"""The image entries of COCO files, put to the files that they mean."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from samstudio.services.dataset_io.imports.parsing.claims import listed_again, may_be_several, those_meant
from samstudio.services.dataset_io.imports.parsing.coco_document import CocoDocument, ListedImage, label_of
from samstudio.services.dataset_io.imports.reading import EntryKind, Reading, Skipped
from samstudio.services.dataset_io.imports.source.file_tree import FileTree


@dataclass
class ListedEntries:
    """One image with what each document lists for it."""

    name: str
    parts: list[tuple[CocoDocument, ListedImage]] = field(default_factory=list)

    @property
    def again(self) -> int:
        """How many entries there are beside the first one of each document."""
        return len(self.parts) - len({document.name for document, _ in self.parts})

    @property
    def note(self) -> str:
        """What is to be said where a document lists the image more than once."""
        return listed_again([document.name for document, _ in self.parts])


class PlacedEntries:
    """The entries of documents by the file, or where there is none the name, of their image."""

    def __init__(self, tree: FileTree, masks: Collection[str]) -> None:
        """Put entries to the files of ``tree``, but for those that are ``masks``."""
        self._tree = tree
        self._masks = masks
        self._listed: dict[str, ListedEntries] = {}
        self._skipped: list[Skipped] = []

    def add(self, image: ListedImage, document: CocoDocument, *, near: str) -> None:
        """Put an entry to the file that it means; ``near`` is the document's name in the tree."""
        files = [name for name in self._tree.find(image.name, near=near) if name not in self._masks]
        if len(files) > 1:
            may_be = f"may be {' or '.join(files[:3])}"
            self._skip(image, f"{image.name} in {document.name} {may_be}", f"its image {may_be}")
        else:
            self._put(files[0] if files else image.name, document, image)

    def settled(self, reading: Reading) -> dict[str, ListedEntries]:
        """Return the entries by image; ``reading`` gets those of which nobody can tell the image."""
        for entry in [one for one in self._listed.values() if one.name in self._tree]:
            parts, entry.parts = entry.parts, []
            for document, images in _by_document(parts):
                self._settle(entry, document, images)
        reading.skipped += self._skipped
        return {name: one for name, one in self._listed.items() if one.parts}

    def _settle(self, entry: ListedEntries, document: CocoDocument, images: list[ListedImage]) -> None:
        names = list(dict.fromkeys(image.name for image in images))
        meant = those_meant(entry.name, names)
        for image in images:
            if image.name in meant:
                entry.parts.append((document, image))
            elif meant:
                self._put(image.name, document, image)
            else:
                self._skip(image, may_be_several(entry.name, names, document.name))

    def _put(self, name: str, document: CocoDocument, image: ListedImage) -> None:
        self._listed.setdefault(name, ListedEntries(name)).parts.append((document, image))

    def _skip(self, image: ListedImage, why: str, of_objects: str = "") -> None:
        self._skipped.append(Skipped(image.name, why, code="ambiguous_name", kind=EntryKind.IMAGE))
        self._skipped += [
            Skipped(f"{label_of(each, n)} of {image.name}", of_objects or why, code="ambiguous_name")
            for n, each in enumerate(image.annotations)
        ]


def _by_document(
    parts: list[tuple[CocoDocument, ListedImage]],
) -> Iterator[tuple[CocoDocument, list[ListedImage]]]:
    """Yield each document with its entries, in order."""
    found: dict[int, tuple[CocoDocument, list[ListedImage]]] = {}
    for document, image in parts:
        found.setdefault(id(document), (document, []))[1].append(image)
    yield from found.values()
