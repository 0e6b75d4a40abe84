"""Which mask or label file belongs to which image, by their names and folders.

An image and its mask have equal names but for words such as ``mask`` and ``img``, in
equal folders but for words such as ``masks`` and ``images``. Where several images
fit one mask, it belongs to none: nobody knows to which.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from samstudio.services.dataset_io.imports.masks.roles import folder_key, image_keys, is_numbered, mask_keys

Fits = Callable[[str, str], bool]
"""Told an image's and a mask's name: whether the mask can be of that image."""


@dataclass
class Pairs:
    """Files paired with images.

    ``of_image``: by the image's name, its files. ``alone``: files without an
    image. ``ambiguous``: files that several images fit, with those. ``doubled``: files of
    images that have another file already, with the image.
    """

    of_image: dict[str, list[str]] = field(default_factory=dict)
    alone: list[str] = field(default_factory=list)
    ambiguous: dict[str, list[str]] = field(default_factory=dict)
    doubled: dict[str, str] = field(default_factory=dict)


def pair(images: Sequence[str], files: Sequence[str], *, fits: Fits | None = None) -> Pairs:
    """Pair files with images.

    Args:
        images: The images' names, with folders.
        files: The names of masks or label files, with folders.
        fits: Asked where several images have the right name, to leave out those of another size.
    """
    index = _Index(images)
    pairs = Pairs()
    claims: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for name in files:
        tier, found = index.images_of(name)
        if len(found) > 1:
            found = [image for image in found if _same_letters(image, name)] or found
        if len(found) > 1 and fits is not None:
            found = [image for image in found if fits(image, name)] or found
        if not found:
            pairs.alone.append(name)
        elif len(found) > 1:
            pairs.ambiguous[name] = found
        else:
            claims[found[0]].append((tier, name))
    for image, claimed in claims.items():
        _settle(image, claimed, pairs)
    return pairs


def _same_letters(image: str, name: str) -> bool:
    """Tell whether a file's name has its image's, with its capital letters."""
    whole = rf"(?:.*[ ._-])?{re.escape(PurePosixPath(image).stem)}(?:[ ._-].*)?"
    return re.fullmatch(whole, PurePosixPath(name).stem, re.DOTALL) is not None


def _settle(image: str, claimed: list[tuple[int, str]], pairs: Pairs) -> None:
    """Give an image its files: those that are surest, and several only where they are numbered as parts."""
    first = min(tier for tier, _ in claimed)
    surest = [name for tier, name in claimed if tier == first and not is_numbered(name)]
    numbered = [name for _, name in claimed if is_numbered(name)]
    # Of ``a_mask.png`` and ``a_mask_1.png``, the first of several has no number.
    taken = [*(surest if first in _PART_TIERS else surest[:1]), *numbered]
    pairs.of_image[image] = taken
    pairs.doubled |= {name: image for _, name in claimed if name not in taken}


_PART_TIERS = (3, 4)
"""In these tiers, an image's files are in a folder of their own: each of them is a part."""


class _Index:
    """The images by all that a mask's name can tell of them."""

    def __init__(self, images: Sequence[str]) -> None:
        self._by_place: dict[tuple[str, str], list[str]] = defaultdict(list)
        self._by_short: dict[tuple[str, str], list[str]] = defaultdict(list)
        self._by_name: dict[str, list[str]] = defaultdict(list)
        for image in images:
            folder, keys = folder_key(image), image_keys(image)
            for number, key in enumerate(keys):
                (self._by_place if number < 2 else self._by_short)[folder, key].append(image)
                self._by_name[key].append(image)

    def images_of(self, name: str) -> tuple[int, list[str]]:
        """Return the images that a file may belong to, and how sure its name is of them, 0 the surest."""
        for tier, found in enumerate(self._tiers(name)):
            if found:
                return tier, list(dict.fromkeys(found))
        return 0, []

    def _tiers(self, name: str) -> Iterator[list[str]]:
        folder, keys = folder_key(name), mask_keys(name)
        yield self._by_place.get((folder, keys[0]), [])
        yield self._first(self._by_place, folder, keys[1:])
        yield self._first(self._by_short, folder, keys)
        yield self._of_own_folder(name)
        yield self._by_place.get((folder, folder.rsplit("/", 1)[-1]), []) if folder else []
        yield next((self._by_name[key] for key in keys if key in self._by_name), [])

    @staticmethod
    def _first(index: dict[tuple[str, str], list[str]], folder: str, keys: list[str]) -> list[str]:
        return next((index[folder, key] for key in keys if (folder, key) in index), [])

    def _of_own_folder(self, name: str) -> list[str]:
        """Return the image that the file's folder is named after."""
        folder = PurePosixPath(name).parent
        return self.images_of(str(folder))[1] if folder.name and self._is_deeper(folder) else []

    def _is_deeper(self, folder: PurePosixPath) -> bool:
        return any((folder_key(str(folder)), key) in self._by_place for key in mask_keys(str(folder)))
