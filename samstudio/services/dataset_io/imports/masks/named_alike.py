"""Images that have the name of an annotation file: ``a.jpg`` of ``a.json``."""

from __future__ import annotations

from collections import defaultdict
from pathlib import PurePosixPath

from samstudio.services.dataset_io.imports.formats.images import image_files
from samstudio.services.dataset_io.imports.masks.roles import folded, folder_key
from samstudio.services.dataset_io.imports.source.file_tree import FileTree


class NamedAlike:
    """The images of a tree by folder and stem, without those that are masks of others."""

    def __init__(self, tree: FileTree) -> None:
        self._images: dict[tuple[str, str], list[str]] = defaultdict(list)
        for image in image_files(tree):
            if not image.doubt:
                self._images[_key(image.name)].append(image.name)

    def image_of(self, document: str) -> str:
        """Return the one image with an annotation file's stem and folder; empty where there is not one.

        Folders that differ in words such as ``images`` and ``annotations`` alone are one.
        """
        found = self._images.get(_key(document), [])
        return found[0] if len(found) == 1 else ""


def _key(name: str) -> tuple[str, str]:
    return folder_key(name), folded(PurePosixPath(name).stem)
