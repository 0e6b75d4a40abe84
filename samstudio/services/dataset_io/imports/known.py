"""The identity of an imported object, by which a second import finds what the first one brought."""

from __future__ import annotations

import hashlib
from collections.abc import Set

from samstudio.domain import Box
from samstudio.services.annotations import AnnotationService

PREFIX = "import-"


def object_key(image_id: str, category: str, counts: str) -> str:
    """Return the name of an object as it came in: its image, category and mask, in 39 characters.

    It is stored as the annotation's ``client_id``, so that the object is known again
    after a person changed its mask, its category or its status.
    """
    text = f"{image_id}\n{category}\n{counts}"
    return PREFIX + hashlib.sha256(text.encode()).hexdigest()[:32]


def box_key(image_id: str, category: str, box: Box) -> str:
    """Return the name of a box without a mask as it came in."""
    return object_key(image_id, category, "box " + " ".join(f"{side:.3f}" for side in box))


def known_keys(annotations: AnnotationService, image_id: str) -> Set[str]:
    """Return the keys of an image's annotations, of any status: those of their arrival and of the present."""
    keys: set[str] = set()
    for one in annotations.list(image_id):
        keys.add(object_key(image_id, one.category.name, str(one.rle["counts"])))
        if one.client_id and one.client_id.startswith(PREFIX):
            keys.add(one.client_id)
    return keys
