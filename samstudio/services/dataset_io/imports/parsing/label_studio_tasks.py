"""The tasks of a Label Studio export: which image each is of, and the regions that it lists."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from samstudio.services.dataset_io.imports.parsing.annotation_files import JsonKind
from samstudio.services.dataset_io.imports.parsing.urls import path_of
from samstudio.services.images.file_types import IMAGE_SUFFIXES

UPLOAD_PREFIX = re.compile(r"[0-9a-f]{8}-")
"""What Label Studio puts before the name of a file that somebody uploaded."""

ANNOTATIONS = ("annotations", "completions")
KINDS = {
    "annotations": "annotation",
    "completions": "annotation",
    "predictions": "prediction",
    "drafts": "draft",
}
GEOMETRY = ("rle", "points", "radiusX", "height", "vertices", "imageDataURL", "keypointlabels")
"""Keys of a region's value, each of which only a region of the image has."""


@dataclass(frozen=True)
class Region:
    """One region. ``label``: what sentences call it. ``width``, ``height``: its image's, as the file says."""

    label: str
    value: Mapping[str, Any]
    labels: tuple[Any, ...] = ()
    width: Any = None
    height: Any = None
    item: int = 0


@dataclass
class Annotation:
    """The regions that one person or model made of a task.

    ``kind``: "annotation", "prediction" or "draft". ``others``: how many results are no
    regions, such as choices and relations.
    """

    title: str
    kind: str
    cancelled: bool = False
    regions: list[Region] = field(default_factory=list)
    others: int = 0


@dataclass(frozen=True)
class Task:
    """One task. ``images``: for each image of it the names that it may have, the likeliest first."""

    title: str
    images: Sequence[Sequence[str]]
    annotations: Sequence[Annotation]


def is_export(document: Any) -> bool:
    """Tell whether a parsed file is an export of Label Studio."""
    return any(_is_task(entry) or _is_minimal(entry) or _is_stored(entry) for entry in _entries(document))


FILES = JsonKind(
    "a Label Studio export",
    is_export,
    sign=re.compile(rb'"(annotations|completions|predictions|result|original_width|data)"'),
)


def tasks_of(document: Any) -> Iterator[Task | str]:
    """Yield the tasks of an export; a name instead for an entry that is no task."""
    for number, entry in enumerate(_entries(document), start=1):
        task = _task(entry, number)
        yield task or f"entry {number}"


def _entries(document: Any) -> list[Any]:
    return document if isinstance(document, list) else [document]


def _is_task(entry: Any) -> bool:
    return (
        isinstance(entry, Mapping)
        and isinstance(entry.get("data"), Mapping)
        and any(isinstance(entry.get(key), list) for key in KINDS)
    )


def _is_stored(entry: Any) -> bool:
    """Tell whether it is an annotation with its task, as the storage synchronisation writes them."""
    task = entry.get("task") if isinstance(entry, Mapping) else None
    return isinstance(task, Mapping) and isinstance(task.get("data"), Mapping) and "result" in entry


def _is_minimal(entry: Any) -> bool:
    """Tell whether it is an entry of JSON-MIN: regions by the name of the tag that made them."""
    return isinstance(entry, Mapping) and any(_is_minimal_list(value) for value in entry.values())


def _is_minimal_list(value: Any) -> bool:
    return isinstance(value, list) and any(
        isinstance(one, Mapping) and "original_width" in one for one in value
    )


def _task(entry: Any, number: int) -> Task | None:
    if _is_stored(entry):
        return Task(
            _title(entry["task"], number), image_names(entry["task"]), [_annotation(entry, "annotation")]
        )
    if _is_task(entry):
        made = [
            _annotation(one, kind)
            for key, kind in KINDS.items()
            for one in (entry.get(key) if isinstance(entry.get(key), list) else ())
        ]
        return Task(_title(entry, number), image_names(entry), made)
    if _is_minimal(entry):
        return Task(_title(entry, number), image_names({"data": entry}), [_minimal(entry)])
    return _unannotated(entry, number)


def _unannotated(entry: Any, number: int) -> Task | None:
    """Return a task without annotations, as JSON or as JSON-MIN has it; None where it is no task."""
    if not isinstance(entry, Mapping):
        return None
    task = entry if isinstance(entry.get("data"), Mapping) else {"data": entry}
    names = image_names(task)
    return Task(_title(entry, number), names, []) if names or task is entry else None


def _title(task: Mapping[str, Any], number: int) -> str:
    return f"task {task['id']}" if isinstance(task.get("id"), int) else f"task number {number}"


def _annotation(entry: Any, kind: str) -> Annotation:
    """Return an annotation's regions; results with one id are one region with its labels."""
    if not isinstance(entry, Mapping):
        return Annotation(kind, kind, others=1)
    title = f"{kind} {entry['id']}" if isinstance(entry.get("id"), int) else kind
    cancelled = any(entry.get(key) is True for key in ("was_cancelled", "skipped"))
    found = Annotation(title, kind, cancelled)
    results = entry.get("result")
    grouped: dict[str, list[Mapping[str, Any]]] = {}
    for number, result in enumerate(results if isinstance(results, list) else (), start=1):
        if not isinstance(result, Mapping):
            found.others += 1
            continue
        name = result.get("id")
        key = f"region {name}" if isinstance(name, str | int) else f"region number {number}"
        grouped.setdefault(key, []).append(result)
    for name, members in grouped.items():
        regions = _regions(f"{name} of {title}", members)
        found.regions += regions
        if not regions:
            found.others += len(members)
    return found


def _regions(label: str, results: Sequence[Mapping[str, Any]]) -> list[Region]:
    """Return the regions that results of one id describe; none where they have no place in the image.

    Results of one place are one region: one tag draws it, others label it. Results of several
    places only share their id, by a mistake of the file's writer.
    """
    places: list[tuple[Mapping[str, Any], Mapping[str, Any], list[str]]] = []
    elsewhere: list[str] = []
    for one in results:
        value = one.get("value")
        if not isinstance(value, Mapping):
            continue
        labels = _labels(value)
        if not any(key in value for key in GEOMETRY):
            elsewhere += labels
            continue
        place = {key: part for key, part in value.items() if not key.endswith("labels")}
        known = next((labels for _, other, labels in places if other == place), None)
        if known is None:
            places.append((one, place, labels))
        else:
            known += labels
    return [_region(label, one, [*labels, *elsewhere]) for one, _, labels in places]


def _region(label: str, result: Mapping[str, Any], labels: Sequence[str]) -> Region:
    item = result.get("item_index")
    return Region(
        label,
        result["value"],
        tuple(dict.fromkeys(labels)),
        result.get("original_width"),
        result.get("original_height"),
        item if isinstance(item, int) and not isinstance(item, bool) else 0,
    )


def _minimal(entry: Mapping[str, Any]) -> Annotation:
    given = entry.get("annotation_id")
    found = Annotation(f"annotation {given}" if isinstance(given, int) else "annotation", "annotation")
    for key, values in entry.items():
        if not _is_minimal_list(values):
            continue
        for number, value in enumerate(values, start=1):
            label = f"region {number} of {key}"
            if not isinstance(value, Mapping) or not any(part in value for part in GEOMETRY):
                found.others += 1
                continue
            sides = (value.get("original_width"), value.get("original_height"))
            found.regions.append(Region(label, value, tuple(_labels(value)), *sides))
    return found


def _labels(value: Mapping[str, Any]) -> list[str]:
    return [
        str(label)
        for key, labels in value.items()
        if key.endswith("labels") and isinstance(labels, list)
        for label in labels
        if isinstance(label, str | int | float) and not isinstance(label, bool) and str(label).strip()
    ]


def image_names(task: Mapping[str, Any]) -> list[list[str]]:
    """Return for each image of a task the names that it may have, the likeliest first.

    A task with several images has them in one list. Of several texts, one that
    is named like an image is its image.
    """
    data = task["data"]
    texts = {key: value for key, value in data.items() if isinstance(value, str) and value.strip()}
    lists = [value for value in data.values() if _is_list_of_images(value)]
    if lists:
        return [_names_of(value) for value in lists[0]]
    images = [value for value in texts.values() if _looks_like_image(value)]
    named = [texts[key] for key in ("image", "img", "url") if key in texts]
    for value in (*[one for one in named if one in images], *images, *named):
        return [_names_of(value, str(task.get("file_upload") or ""))]
    upload = task.get("file_upload")
    return [_names_of(upload)] if isinstance(upload, str) and upload.strip() else []


def _is_list_of_images(value: Any) -> bool:
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(one, str) and _looks_like_image(one) for one in value)
    )


def _looks_like_image(url: str) -> bool:
    return path_of(url).casefold().endswith(tuple(IMAGE_SUFFIXES))


def _names_of(url: str, upload: str = "") -> list[str]:
    names = [path_of(url), *([upload] if upload else [])]
    for path in tuple(names):
        head, slash, last = path.rpartition("/")
        if UPLOAD_PREFIX.match(last):
            names.append(f"{head}{slash}{UPLOAD_PREFIX.sub('', last, count=1)}")
    return list(dict.fromkeys(name for name in names if name.strip("/")))
