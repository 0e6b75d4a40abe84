"""COCO's panoptic masks: a picture for each image, whose colours are the ids of its segments."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from samstudio.domain import InvalidInput, Size
from samstudio.masks import RunLengths, encode_rle
from samstudio.services.dataset_io.imports.reading import FoundObject
from samstudio.services.dataset_io.imports.source.file_tree import FileTree
from samstudio.services.dataset_io.label_masks import open_mask
from samstudio.text import plural

COLOUR_WEIGHTS = np.array([1, 256, 65536], np.int64)
"""An id is R + 256 G + 65536 B."""


@dataclass
class PanopticPictures:
    """The pictures of masks that a document names, in a tree; the last one that was read is kept.

    ``near``: the document's name in the tree.
    """

    tree: FileTree
    near: str
    _last: tuple[str, Size, NDArray[np.int64]] | None = field(default=None, repr=False)

    def name_of(self, written: str) -> str:
        """Return the tree's name of a picture: of several of its name, the one in the document's own folder.

        Raises:
            InvalidInput: There is none, or there are several.
        """
        found = self.tree.find(written, near=self.near)
        if len(found) > 1:
            own = PurePosixPath(self.near).stem
            found = [name for name in found if own in PurePosixPath(name).parent.parts] or found
        if len(found) != 1:
            why = f"may be {' or '.join(found[:3])}" if found else "is not there"
            raise InvalidInput(f"the picture of its mask, {written}, {why}")
        return found[0]

    def names(self, written: Sequence[str]) -> Iterator[str]:
        """Yield the tree's names of those pictures that are there."""
        for one in written:
            try:
                yield self.name_of(one)
            except InvalidInput:
                continue  # it is said of each segment

    def ids(self, written: str, size: Size) -> NDArray[np.int64]:
        """Return the segment of each pixel of an image of ``size`` (H, W), int64 HxW.

        Raises:
            InvalidInput: The picture is not there, cannot be read, or has another size.
        """
        if self._last is None or self._last[:2] != (written, size):
            values = open_mask(self.tree.path(self.name_of(written)), size=size).values
            wide = values.astype(np.int64)
            self._last = (written, size, wide if wide.ndim == 2 else wide[..., :3] @ COLOUR_WEIGHTS)
        return self._last[2]


@dataclass(frozen=True)
class Segment:
    """The mask of one segment: the pixels of an id in a picture."""

    number: Any
    picture: str
    pictures: PanopticPictures

    def mask(self, size: Size) -> RunLengths:
        """Return the mask on an image of ``size`` (H, W).

        Raises:
            InvalidInput: The picture cannot be used, or no pixel of it has the id.
        """
        inside = self.pictures.ids(self.picture, size) == self.number
        if not np.any(inside):
            raise InvalidInput(f"no pixel of {self.picture} has its id, {self.number}")
        return RunLengths.parse(encode_rle(np.asarray(inside)))


def segments_of(annotation: Mapping[str, Any], pictures: PanopticPictures) -> list[Any]:
    """Return an entry for each segment of a panoptic annotation, as one of COCO's instances has it."""
    given = annotation.get("file_name")
    written = given if isinstance(given, str) else f"{given!r}"

    def entry(one: Any) -> Any:
        if not isinstance(one, Mapping):
            return one
        return {**one, "segmentation": Segment(one.get("id"), written, pictures)}

    return [entry(one) for one in annotation["segments_info"]]


def with_unlisted(objects: list[FoundObject], annotations: Sequence[Any], size: Size) -> list[FoundObject]:
    """Add a doubt to an image's last segment where its picture has ids that the file does not list."""
    segments = [one["segmentation"] for one in annotations if isinstance(one.get("segmentation"), Segment)]
    if not segments or not objects:
        return objects
    unlisted = _unlisted(segments, size)
    if not unlisted:
        return objects
    count = f"{plural(len(unlisted), 'id')} that the file does not list"
    listed = ", ".join(map(str, unlisted[:5]))
    doubt = f"{segments[0].picture} has {count} ({listed}): these pixels are of no object"
    return [*objects[:-1], replace(objects[-1], doubt=doubt, code="unlisted_segments")]


def _unlisted(segments: Collection[Segment], size: Size) -> list[int]:
    first = next(iter(segments))
    try:
        found = np.unique(first.pictures.ids(first.picture, size))
    except InvalidInput:
        return []
    return sorted(set(found.tolist()) - {0} - {one.number for one in segments if isinstance(one.number, int)})
