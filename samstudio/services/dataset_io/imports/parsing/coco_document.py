"""A COCO instances document, indexed: which annotations and which category belong to what.

Ids are matched across types where that is unambiguous: tools write them as numbers and as strings.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any, Generic, TypeAlias, TypeVar

from samstudio.domain import InvalidInput, Size
from samstudio.services.dataset_io.imports.names import AS_ONE, named_alike
from samstudio.services.dataset_io.imports.outcomes import readable
from samstudio.services.dataset_io.imports.parsing.panoptic import PanopticPictures, segments_of
from samstudio.services.dataset_io.imports.parsing.urls import path_of
from samstudio.services.dataset_io.imports.reading import CategoryOrigin, EntryKind, Skipped, code_of
from samstudio.services.dataset_io.imports.source.file_tree import FileTree

T = TypeVar("T")

Entry: TypeAlias = Mapping[str, Any]
Key: TypeAlias = tuple[str, str]
"""An id as (type, text)."""


@dataclass(frozen=True, eq=False)
class ListedImage:
    """An image entry: ``name`` is its ``file_name``, ``size`` (H, W) where the file gives a usable one."""

    name: str
    size: Size | None
    annotations: list[Entry] = field(default_factory=list)


class SeveralEntries(InvalidInput):
    """An error: an id is that of several entries."""

    code = "id_of_several"


class IdIndex(Generic[T]):
    """Values by an id whose type tools do not agree on."""

    def __init__(self) -> None:
        self._exact: dict[Key, list[T]] = defaultdict(list)
        self._loose: dict[str, set[Key]] = defaultdict(set)
        self._names: dict[str, list[T]] = defaultdict(list)

    def add(self, given: Any, value: T, *, same: Callable[[T], bool] = lambda _: False) -> None:
        """Add a value; one that is the ``same`` as what the id names already adds nothing."""
        key = _key(given)
        if key is None:
            self._exact[("", "")].append(value)  # never found by an id
        elif not any(same(one) for one in self._exact[key]):
            self._exact[key].append(value)
            self._loose[_loosely(key)].add(key)

    def add_name(self, name: str, value: T) -> None:
        """Add a name by which a value is found where no id fits; one that several have finds none."""
        if value not in self._names[name]:
            self._names[name].append(value)

    def get(self, given: Any, kind: str) -> T:
        """Return the value of an id: of the same type, or else the only one written alike, or of that name.

        Raises:
            InvalidInput: There is none, or there are several; ``kind`` is the noun of the sentence.
        """
        key = _key(given)
        if key is None:
            raise InvalidInput(f"its {kind}_id {given!r} is no id")
        keys = {key} if key in self._exact else self._loose.get(_loosely(key), set())
        found = [value for one in keys for value in self._exact[one]] or self._names.get(key[1], [])
        if not found:
            raise InvalidInput(f"the file has no {kind} {given!r}")
        if len(found) > 1:
            raise SeveralEntries(f"the file has {len(found)} entries with the {kind} id {given!r}")
        return found[0]

    def values(self) -> list[T]:
        """Return all values, in order."""
        return [value for values in self._exact.values() for value in values]


class CocoDocument:
    """The entries of one file. ``name``: what sentences call it."""

    def __init__(self, document: Any, *, name: str, pictures: PanopticPictures) -> None:
        """Index a parsed file.

        Args:
            document: The parsed file.
            name: What sentences call it.
            pictures: The pictures of panoptic masks.

        Raises:
            InvalidInput: It is no COCO instances file: it has no list of images or of annotations.
        """
        self.name = name
        self.skipped: list[Skipped] = []
        self.images: list[ListedImage] = []
        self._pictures = pictures
        self._by_id = IdIndex[ListedImage]()
        self._category_names = IdIndex[str]()
        self._origins: dict[str, CategoryOrigin] = {}
        self._numbered: list[tuple[object, str]] = []
        for entry in self._entries(document, "images", EntryKind.IMAGE):
            self._add_image(entry)
        categories = document.get("categories")
        if isinstance(categories, Mapping):  # by their ids
            categories = [*map(_category_entry, categories.items())]
        self.has_categories = isinstance(categories, list)
        for entry in (
            self._entries({"categories": categories}, "categories", None) if self.has_categories else ()
        ):
            self._add_category(entry)
        self._masks: list[str] = []
        for number, entry in enumerate(self._entries(document, "annotations", EntryKind.OBJECT)):
            self._add_annotation(entry, number)

    def mask_pictures(self, tree: FileTree) -> set[str]:
        """Return the names of those files of a tree that are its pictures of panoptic masks."""
        return set(self._pictures.names(self._masks)) if self._pictures.tree is tree else set()

    @property
    def categories(self) -> list[str]:
        """The categories' names in the file's order, those without objects too."""
        return list(dict.fromkeys(name for name in self._category_names.values() if name))

    @property
    def origins(self) -> dict[str, CategoryOrigin]:
        """What each category has in the file, by its name."""
        return dict(self._origins)

    @property
    def notes(self) -> list[Skipped]:
        """What is to be said of its categories."""
        if not self.has_categories and any(image.annotations for image in self.images):
            why = f"{self.name} has no list of categories: {AS_ONE}"
            return [Skipped(self.name, why, "no_categories", EntryKind.FILE)]
        return named_alike(self.name, self._numbered)

    def category(self, annotation: Entry) -> str:
        """Return the name of an annotation's category.

        Raises:
            InvalidInput: The file has none of that id, or several, or it has no name.
        """
        if "category_id" not in annotation:
            raise InvalidInput("it has no category_id")
        name = self._category_names.get(annotation["category_id"], "category")
        if not name:
            raise InvalidInput(f"its category {annotation['category_id']!r} has no name in the file")
        return name

    def _entries(self, document: Any, kind: str, counted: EntryKind | None) -> Iterable[Entry]:
        """Return the JSON objects of one of the lists; anything else in it is left out by itself."""
        entries = document.get(kind) if isinstance(document, Mapping) else None
        if not isinstance(entries, list):
            raise InvalidInput(f"{self.name} is not a COCO instances file: it has no list of {kind}")
        found = []
        for number, entry in enumerate(entries):
            if isinstance(entry, Mapping):
                found.append(entry)
            elif counted is not None:
                name = f"number {number} of {kind} in {self.name}"
                self.skipped.append(Skipped(name, "it is no JSON object", code="no_entry", kind=counted))
        return found

    def _add_image(self, entry: Entry) -> None:
        name = _file_name(entry)
        if not name:
            named = f"image {entry.get('id')!r} of {self.name}"
            why = "it has no file_name"
            self.skipped.append(Skipped(named, why, code="no_file_name", kind=EntryKind.IMAGE))
            # Its objects are counted all the same: they end with it.
            self._by_id.add(entry.get("id"), ListedImage("", None))
            return
        image = ListedImage(name, _size(entry))
        self.images.append(image)
        self._by_id.add(entry.get("id"), image, same=lambda one: one.name == name)
        last = PurePosixPath(name.replace("\\", "/"))
        for written in dict.fromkeys((name, last.name, last.stem)):
            self._by_id.add_name(written, image)

    def _add_category(self, entry: Entry) -> None:
        name = entry.get("name")
        if isinstance(name, int | float) and not isinstance(name, bool):
            name = str(name)
        if isinstance(name, str) and name.strip():
            self._category_names.add(entry.get("id"), name, same=lambda one: one == name)
            self._category_names.add_name(name, name)
            self._numbered.append((entry.get("id"), name))
            above, said = (_lines(entry.get(key)) for key in ("supercategory", "description"))
            origin = CategoryOrigin(whole(entry.get("id")), " ".join(above), "\n".join(said))
            self._origins.setdefault(name, origin)
        else:  # its objects are left out with this reason
            self._category_names.add(entry.get("id"), "", same=lambda one: not one)

    def _add_panoptic(self, annotation: Entry, image: ListedImage) -> None:
        """Add the segments of a panoptic annotation as the image's annotations."""
        if isinstance(annotation.get("file_name"), str):
            self._masks.append(annotation["file_name"])
        for number, one in enumerate(segments_of(annotation, self._pictures)):
            if isinstance(one, Mapping):
                image.annotations.append(one)
            else:
                name = f"segment number {number} of {label_of(annotation)} in {self.name}"
                self.skipped.append(Skipped(name, "it is no JSON object", code="no_entry"))

    def _add_annotation(self, annotation: Entry, number: int) -> None:
        label = label_of(annotation, number)
        segments = annotation.get("segments_info")
        try:
            if "image_id" not in annotation:
                raise InvalidInput("it has no image_id")
            image = self._by_id.get(annotation["image_id"], "image")
            if not image.name:
                raise InvalidInput("its image has no file_name")
        except InvalidInput as error:
            name = f"{label} of {self.name}"
            code = "no_image" if "image_id" in annotation else "no_image_id"
            count = max(1, len(segments)) if isinstance(segments, list) else 1
            self.skipped.append(Skipped(name, str(error), code_of(error) or code, count=count))
        else:
            if isinstance(segments, list):
                self._add_panoptic(annotation, image)
            else:
                image.annotations.append(annotation)


def _lines(value: Any) -> list[str]:
    """Return the lines of a text, without what cannot be printed; none of anything else."""
    return [readable(line) for line in value.splitlines()] if isinstance(value, str) else []


def _category_entry(item: tuple[Any, Any]) -> Entry:
    """Return an entry of categories that are given by id, as names or as entries."""
    number, given = item
    return {"id": number, **given} if isinstance(given, Mapping) else {"id": number, "name": given}


def _file_name(entry: Entry) -> str:
    """Return what an image's file is called; LVIS names it by its URL alone. Empty where nothing names it."""
    for key in ("file_name", "coco_url", "flickr_url"):
        given = entry.get(key)
        if isinstance(given, str) and given.strip():
            return path_of(given).lstrip("/") if "://" in given else given
    return ""


def label_of(annotation: Entry, number: int | None = None) -> str:
    """Return what sentences call an annotation."""
    given = annotation.get("id")
    if isinstance(given, int | str):
        return f"annotation {given}"
    return "an annotation" if number is None else f"annotation number {number}"


def whole(value: Any) -> int | None:
    """Return a whole number given as a number or as text; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
        return int(value) if isinstance(value, int) else int(number) if number.is_integer() else None
    except (ValueError, OverflowError):
        return None


def _size(entry: Entry) -> Size | None:
    height, width = whole(entry.get("height")), whole(entry.get("width"))
    return (height, width) if height and width else None


def _loosely(key: Key) -> str:
    """Return an id without what tools add to it: the zeros before a number."""
    return key[1].lstrip("0") or "0" if key[1].isdecimal() else key[1]


def _key(given: Any) -> Key | None:
    if isinstance(given, str):
        return ("text", given.strip())
    if isinstance(given, bool) or not isinstance(given, int | float):
        return None
    if isinstance(given, float) and not (math.isfinite(given) and given.is_integer()):
        return None
    return ("number", str(int(given)))
