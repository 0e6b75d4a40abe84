"""Files that an import does not use: why not."""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType

import yaml

from samstudio.domain import InvalidInput
from samstudio.services.dataset_io.imports.reading import EntryKind, Skipped
from samstudio.services.dataset_io.imports.source.archives import is_archive
from samstudio.services.dataset_io.imports.source.file_tree import FileTree
from samstudio.services.dataset_io.imports.source.json_files import read_text
from samstudio.services.dataset_io.imports.source.xml_files import read_xml

ARCHIVE = "it is an archive inside of what is imported, and was not unpacked: import it by itself"

LARGEST_YAML = 4_000_000
"""Bytes; no larger file is parsed only to say what is wrong with it."""


def unused(name: str, tree: FileTree) -> Skipped:
    """Return a file of a tree that is no image and that the format did not use, with the reason."""
    if name in tree.images():
        return Skipped(name, "the format does not use it", code="unused_image", kind=EntryKind.FILE)
    if is_archive(name):
        return Skipped(name, ARCHIVE, "archive", EntryKind.FILE)
    suffix = "." + name.casefold().rsplit(".", 1)[-1]
    if suffix not in _CHECKS:
        return Skipped(name, f"{name} is not named like an image", "other_file", EntryKind.FILE)
    try:
        _CHECKS[suffix](name, tree)
    except InvalidInput as error:
        return Skipped(name, str(error), "broken_annotations", EntryKind.FILE)
    why = f"{name} is not used: it holds no annotations in the format that is imported"
    return Skipped(name, why, "unused_annotations", EntryKind.FILE)


def _check_json(name: str, tree: FileTree) -> None:
    tree.json(name)


def _check_xml(name: str, tree: FileTree) -> None:
    read_xml(tree.path(name), name=name)


def _check_yaml(name: str, tree: FileTree) -> None:
    path = tree.path(name)
    try:
        if path.stat().st_size > LARGEST_YAML:
            return
        yaml.safe_load(read_text(path.read_bytes(), name=name))
    except OSError as error:
        raise InvalidInput(f"{name} cannot be read: {error.strerror or error}") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise InvalidInput(f"{name} is not YAML: {' '.join(str(error).split())[:200]}") from error


_CHECKS: MappingProxyType[str, Callable[[str, FileTree], None]] = MappingProxyType(
    {".json": _check_json, ".xml": _check_xml, ".yaml": _check_yaml, ".yml": _check_yaml}
)
