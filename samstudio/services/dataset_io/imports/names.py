"""Names of categories as files have them, made such that the dataset can hold them."""

from __future__ import annotations

import hashlib

from samstudio.domain import InvalidInput
from samstudio.services.annotations.categories import MAX_NAME, checked_name


def category_name(given: str) -> str:
    """Return a category's name without characters that cannot be stored, cut where it is too long.

    A cut name ends with a few digits of its hash, so that two long names stay two.

    Raises:
        InvalidInput: Nothing of it is left.
    """
    printable = "".join(c if c.isprintable() else " " for c in given)
    clean = " ".join(printable.split())
    if not clean:
        raise InvalidInput("its category has no usable name")
    if len(clean) > MAX_NAME:
        digits = hashlib.sha256(clean.encode()).hexdigest()[:8]
        clean = f"{clean[: MAX_NAME - 9]}~{digits}"
    return checked_name(clean)
