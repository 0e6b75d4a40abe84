"""Names of categories as files have them, made such that the dataset can hold them."""

from __future__ import annotations

import hashlib
import re

from samstudio.domain import InvalidInput
from samstudio.services.annotations.categories import MAX_NAME, checked_name

_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")


def category_name(given: str) -> str:
    """Return a category's name without characters that cannot be stored, cut where it is too long.

    A cut name ends with a few digits of its hash, so that two long names stay two.

    Raises:
        InvalidInput: Nothing of it is left.
    """
    # YAML written by a JSON writer has half characters, two of which are one.
    whole = _PAIR.sub(lambda pair: pair[0].encode("utf-16", "surrogatepass").decode("utf-16"), given)
    printable = "".join(c if c.isprintable() else " " for c in whole)
    clean = " ".join(printable.split())
    if not clean:
        raise InvalidInput("its category has no usable name")
    if len(clean) > MAX_NAME:
        digits = hashlib.sha256(clean.encode()).hexdigest()[:8]
        clean = f"{clean[: MAX_NAME - 9]}~{digits}"
    return checked_name(clean)
