"""Whether a reading has one outcome for every file and every object, and a plan says what a report does."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from samstudio.domain import Size
from samstudio.services.dataset_io.imports.reading import EntryKind, FoundObjects, Reading
from samstudio.services.dataset_io.imports.report import ImportReport
from samstudio.services.dataset_io.imports.source.file_tree import FileTree
from samstudio.services.dataset_io.imports.tenses import in_future


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


def planned(report: ImportReport) -> ImportReport:
    """A report as the plan of the same import says it."""
    groups = [replace(one, why=in_future(one.why), text=in_future(one.text)) for one in report.groups]
    skipped = [(name, in_future(why)) for name, why in report.skipped]
    return replace(report, groups=groups, skipped=skipped)
