"""CVAT XML for video: tracks of shapes, frame by frame.

A frame has no name in the file: CVAT exports it as ``frame_000012``, and so it is looked for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import PurePosixPath
from xml.etree.ElementTree import Element

from samstudio.domain import AnnotationStatus, InvalidInput, Size
from samstudio.services.dataset_io.imports.parsing.annotated_images import ImageEntry, ObjectEntry
from samstudio.services.dataset_io.imports.parsing.values import size_of, whole
from samstudio.services.dataset_io.imports.reading import FoundObject
from samstudio.services.dataset_io.imports.source.xml_files import text_of

SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".webp")
"""In which a frame's file is looked for."""

BETWEEN = "it was interpolated between two frames that a person drew"
MOST_FRAMES = 10**9

Entries = Callable[[list[Element]], list[ObjectEntry]]


def frames_of_tracks(root: Element, document: str, entries: Entries) -> Iterator[ImageEntry]:
    """Yield the frames on which tracks have shapes, in order; those of one video are one group.

    Args:
        root: The file's root.
        document: The file's name.
        entries: Reads the shapes of one frame.
    """
    size = size_of(*(text_of(root.find(".//original_size"), side) for side in ("width", "height")))
    video = text_of(root.find("meta/task"), "name") or PurePosixPath(document).stem
    shapes: dict[int | None, list[ObjectEntry]] = defaultdict(list)
    for track in root.iterfind("track"):
        for shape in track:
            if shape.get("outside") == "1":
                continue  # the object is not to be seen: no entry
            shape.set("label", shape.get("label", track.get("label", "")))
            shapes[_frame(shape)] += [_titled(track, shape, one) for one in entries([shape])]
    for frame in sorted(one for one in shapes if one is not None):
        name = f"frame_{frame:06d}"
        also = [name + suffix for suffix in SUFFIXES[1:]]
        yield ImageEntry(name + SUFFIXES[0], document, shapes[frame], size, also=also, group=video)
    if None in shapes:
        yield ImageEntry("a frame without number", document, shapes[None])


def _frame(shape: Element) -> int | None:
    try:
        frame = whole(shape.get("frame"), "frame")
    except InvalidInput:
        return None
    return frame if 0 <= frame < MOST_FRAMES else None


def _titled(track: Element, shape: Element, entry: ObjectEntry) -> ObjectEntry:
    label = f"{shape.tag} of track {track.get('id', 'without id')}"
    return ObjectEntry(label, partial(_object, entry, label, shape.get("keyframe") == "0"))


def _object(entry: ObjectEntry, label: str, between: bool, size: Size) -> FoundObject:
    found = replace(entry.read(size), label=label)
    if not between:
        return found
    doubt = "; ".join(filter(None, (found.doubt, BETWEEN)))
    return replace(found, doubt=doubt, status=AnnotationStatus.PROPOSED, code=found.code or "interpolated")
