"""What names the classes of YOLO label files: ``data.yaml``, or a list of names in a text file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any, ClassVar

import yaml

from samstudio.domain import InvalidInput
from samstudio.services.dataset_io.imports.reading import EntryKind, Skipped
from samstudio.services.dataset_io.imports.source.file_tree import FileTree, shared_folders
from samstudio.services.dataset_io.imports.source.json_files import read_text

YAML_SUFFIXES = (".yaml", ".yml")
LARGEST_YAML = 4_000_000
"""Bytes; a real ``data.yaml`` of a thousand classes has a hundredth of it."""

MOST_DIGITS = 7
"""Of a class's number."""

NAME_LISTS = ("classes.txt", "class_names.txt", "predefined_classes.txt", "_darknet.labels")
"""Text files of one class name a line, in lower case; those that end with ``.names`` are too."""


@dataclass(frozen=True)
class YoloConfig:
    """The classes of label files: ``names`` by number; ``has_keypoints``: a box has points after it.

    ``notes``: what is to be said of classes that cannot be used.
    """

    source: str = ""
    names: Mapping[int, str] = field(default_factory=dict)
    has_keypoints: bool = False
    notes: Sequence[Skipped] = ()

    def category(self, number: int) -> str:
        """Return a class's name, or a name made of its number."""
        return self.names.get(number, f"class {number}")


@dataclass
class YoloConfigs:
    """The configurations of a tree: ``found`` in the tree's order, and what could not be read."""

    found: list[YoloConfig] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)

    def nearest(self, name: str) -> YoloConfig:
        """Return the configuration that shares most folders with a file; an empty one if there is none."""
        ranked = sorted(self.found, key=lambda one: -shared_folders(one.source, name))
        return ranked[0] if ranked else YoloConfig()


def read_configs(tree: FileTree) -> YoloConfigs:
    """Read each ``data.yaml`` of a tree, or where there is none each list of names."""
    configs = YoloConfigs()
    for name in tree.with_suffix(*YAML_SUFFIXES):
        _add(configs, tree, name, _of_yaml)
    if not configs.found:
        for name in (name for name in tree if is_name_list(name)):
            _add(configs, tree, name, _of_list)
    return configs


def is_name_list(name: str) -> bool:
    """Tell whether a file is called like a list of class names."""
    last = PurePosixPath(name).name.casefold()
    return last in NAME_LISTS or last.endswith(".names")


def _add(
    configs: YoloConfigs, tree: FileTree, name: str, read: Callable[[str, str], YoloConfig | None]
) -> None:
    try:
        path = tree.path(name)
        if path.stat().st_size > LARGEST_YAML:
            raise InvalidInput(f"{name} is too large to be a list of classes")
        config = read(name, read_text(path.read_bytes(), name=name))
    except InvalidInput as error:
        configs.skipped.append(Skipped(name, str(error), kind=EntryKind.FILE))
    except OSError as error:
        why = f"{name} cannot be read: {error.strerror or error}"
        configs.skipped.append(Skipped(name, why, kind=EntryKind.FILE))
    else:
        configs.found += [config] if config is not None else []


class _AsText(yaml.SafeLoader):  # type: ignore[misc] # PyYAML has no types
    """A loader of plain words as they are written: a class may be called yes, null or 1e3."""

    yaml_implicit_resolvers: ClassVar[dict[str, list[Any]]] = {}


def _of_yaml(name: str, text: str) -> YoloConfig | None:
    """Read a ``data.yaml``; None where the file is about something else.

    Raises:
        InvalidInput: It is not YAML, or its names cannot be used.
    """
    if "names" not in text:
        return None
    try:
        document = yaml.load(text, Loader=_AsText)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        where = " ".join(str(error).split())
        raise InvalidInput(f"{name} is not YAML: {where[:200]}") from error
    if not isinstance(document, dict) or "names" not in document:
        return None
    names = _names(name, document["names"])
    left = _left_out(name, document["names"])
    return YoloConfig(name, names, has_keypoints="kpt_shape" in document, notes=left)


def _names(name: str, given: Any) -> dict[int, str]:
    """Return the names of classes, given as a list or by number.

    Raises:
        InvalidInput: They are neither.
    """
    if isinstance(given, list):
        given = dict(enumerate(given))
    if not isinstance(given, dict):
        raise InvalidInput(f"{name} has names that are neither a list nor by number")
    if any(isinstance(value, list | dict) for value in given.values()):
        raise InvalidInput(f"{name} has a name that is a list")
    usable = {int(number): value for number, value in given.items() if _is_class(number, value)}
    if given and not usable:
        raise InvalidInput(f"{name} has names that are not by number")
    return dict(sorted(usable.items()))


def _is_class(number: Any, name: Any) -> bool:
    """Tell whether a class has a number and a name that can be used."""
    digits = str(number).strip()
    return isinstance(name, str) and digits.isascii() and digits.isdigit() and len(digits) < MOST_DIGITS


def _left_out(name: str, given: Any) -> list[Skipped]:
    """Say of classes whose number or name cannot be used that their objects have none."""
    items = enumerate(given) if isinstance(given, list) else given.items()
    left = [str(number) for number, value in items if not _is_class(number, value)]
    why = f"{name} has classes without a usable number or name: {', '.join(left)}"
    return [Skipped(name, why, kind=EntryKind.FILE)] if left else []


def _of_list(name: str, text: str) -> YoloConfig:
    lines = [line.strip() for line in text.splitlines()]
    while lines and not lines[-1]:
        lines.pop()
    return YoloConfig(name, dict(enumerate(lines)))
