"""Whether a reading has one outcome for every file and every object."""

from __future__ import annotations

from collections import Counter

from samstudio.domain import Size
from samstudio.services.dataset_io.imports.reading import EntryKind, FoundObjects, Reading
from samstudio.services.dataset_io.imports.source.file_tree import FileTree


def check_files(tree: FileTree, reading: Reading) -> list[str]:
    """Check that no file of the tree has two outcomes, and return those that the reader said nothing of."""
    images = [name for name in tree if tree.path(name) in {image.file for image in reading.images}]
    kinds = (EntryKind.FILE, EntryKind.IMAGE)
    skipped = [entry.name for entry in reading.skipped if entry.kind in kinds and entry.name in tree]
    outcomes = Counter([*images, *reading.used, *skipped])
    assert not [name for name, count in outcomes.items() if count > 1]
    assert reading.used <= set(tree)
    return [name for name in tree if name not in outcomes]


def objects_of(reading: Reading, name: str, size: Size) -> FoundObjects:
    """The objects of an image; their number is that which the reader announced, if it did."""
    (image,) = [image for image in reading.images if image.name == name]
    found = image.objects(size)
    if image.entries is not None:
        assert image.entries == len(found.objects) + sum(entry.count for entry in found.skipped)
    return found
