"""What names of files and folders say of their role: an image, or a mask or label of one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from enum import StrEnum
from pathlib import PurePosixPath

from samstudio.services.images.file_types import IMAGE_SUFFIXES

MASK_WORDS = (
    "cp_masks", "ground_truth", "groundtruth", "masks?", "labels?", "label_?maps?", "segs?", "segm",
    "segmentations?", "gts?", "instances?", "annotations?", "annots?", "trimaps?", "targets?",
    "segmentationobject", "segmentationclass", "semantic",
)  # fmt: skip
IMAGE_WORDS = (
    "jpegimages", "images?", "imgs?", "im", "raw", "orig", "originals?", "photos?", "pictures?", "inputs?",
    "sat", "rgb",
)  # fmt: skip

_SPLITS = re.compile(r"^(images|labels)(tr|ts|va)$")
"""The folders of nnU-Net: imagesTr, labelsTs."""

_NAMES_OF_TWO_WORDS = re.compile(r"(ground|label)[ ._-](truth|studio)")
"""Names whose words mean something else apart: Label Studio's own folders hold the images."""


class Role(StrEnum):
    """What a file is, as its folders and its name say."""

    IMAGE = "image"
    MASK = "mask"


def folder_role(name: str) -> Role | None:
    """Return what the deepest folder with such a word says of the files in it; None where none says it."""
    for part in reversed(PurePosixPath(name).parent.parts):
        words = _folder_words(part)
        if any(_MASK.fullmatch(word) for word in words):
            return Role.MASK
        if any(_IMAGE.fullmatch(word) for word in words):
            return Role.IMAGE
    return None


def folder_key(name: str) -> str:
    """Return a file's folders without what says the role: equal for an image and its mask."""
    parts = []
    for part in PurePosixPath(name).parent.parts:
        words = [word for word in _folder_words(part) if not _EITHER.fullmatch(word)]
        parts.append("_".join(words))
    return "/".join(part for part in parts if part)


def is_role_folder(part: str) -> bool:
    """Tell whether a folder's own name says nothing but a role: ``images``, ``imagesTr``, ``raw_images``."""
    words = _folder_words(part)
    return bool(_SPLITS.fullmatch(folded(part))) or all(_EITHER.fullmatch(word) for word in words)


def image_keys(name: str) -> list[str]:
    """Return what an image may be called by: its stem, its whole name, its stem without ``img`` or so."""
    path = PurePosixPath(name)
    return _unique([_joined(path.stem), _joined(path.name), *_without(path.stem, _IMAGE_FORMS)])


def mask_keys(name: str) -> list[str]:
    """Return, from the surest on, what the image of a mask or label may be called.

    Of ``a_mask.png``: a_mask, a; of ``a_mask_2.png``: a_mask_2, a_2, a.
    """
    path = PurePosixPath(name)
    return _unique([_joined(path.stem), *_without(path.stem, _MASK_FORMS)])


def says_mask(name: str) -> bool:
    """Tell whether a file's own name has a word such as ``mask``."""
    return len(mask_keys(name)) > 1


def is_numbered(name: str) -> bool:
    """Tell whether a file's name ends with a number after the word, as one of several masks of an image."""
    return _NUMBERED.fullmatch(PurePosixPath(name).stem) is not None


def folded(text: str) -> str:
    """Return one form of what systems write in several: capital letters, and Unicode's composed ones."""
    return unicodedata.normalize("NFC", text).casefold()


def is_named_as_image(name: str) -> bool:
    """Tell whether a file is named like an image that can be read."""
    return PurePosixPath(name).suffix.lower() in IMAGE_SUFFIXES


def _folder_words(part: str) -> list[str]:
    given = _NAMES_OF_TWO_WORDS.sub(r"\1\2", folded(part))
    split = _SPLITS.fullmatch(given)
    return [split[1], split[2]] if split else [word for word in re.split(r"[ ._-]+", given) if word]


def _joined(stem: str) -> str:
    return re.sub(r"[ ._-]+", "_", folded(stem))


def _without(stem: str, forms: tuple[re.Pattern[str], ...]) -> Iterator[str]:
    for form in forms:
        found = form.fullmatch(stem)
        if found:
            yield _joined("_".join(found.groups()))


def _unique(keys: list[str]) -> list[str]:
    return list(dict.fromkeys(key for key in keys if key.strip("_")))


def _words(*words: str) -> str:
    return f"(?:{'|'.join(words)})"


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE)


def _forms(words: str) -> tuple[re.Pattern[str], ...]:
    gap = "[ ._-]+"
    return (
        _pattern(f"(.+?){gap}{words}"),
        _pattern(f"(.*[0-9]){words}"),
        _pattern(f"{words}{gap}(.+)"),
        _pattern(f"{words}([0-9].*)"),
        _pattern(f"(.+?){gap}{words}{gap}(.+)"),
    )


_MASK, _IMAGE = _pattern(_words(*MASK_WORDS)), _pattern(_words(*IMAGE_WORDS))
_EITHER = _pattern(_words(*MASK_WORDS, *IMAGE_WORDS))
_NUMBERED = _pattern(f"(.+?)[ ._-]+{_words(*MASK_WORDS)}[ ._-]*[0-9]+")
_MASK_FORMS = (
    *_forms(_words(*MASK_WORDS)),
    _pattern(f"(.+?)[ ._-]+{_words(*MASK_WORDS)}[ ._-]*[0-9]+"),
)
_IMAGE_FORMS = _forms(_words(*IMAGE_WORDS))
