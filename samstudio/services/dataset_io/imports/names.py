"""Names of categories as files have them, made such that the dataset can hold them."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable

from samstudio.domain import InvalidInput
from samstudio.services.annotations.categories import MAX_NAME, checked_name
from samstudio.services.dataset_io.imports.reading import EntryKind, Skipped

_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")
AS_ONE = "their objects came in as one category"


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


def named_alike(source: str, categories: Iterable[tuple[object, str]]) -> list[Skipped]:
    """Say of a file's categories that have one name that their objects are of one category.

    Args:
        source: The file's name.
        categories: The number or id of each, and its name as the file has it.
    """
    numbers: dict[str, dict[str, None]] = defaultdict(dict)
    for number, name in categories:
        numbers[_clean(name)][str(number)] = None
    return [
        Skipped(
            source, f"{source} calls {' and '.join(each)} {name}: {AS_ONE}", "one_category", EntryKind.FILE
        )
        for name, each in numbers.items()
        if name and len(each) > 1
    ]


def _clean(name: str) -> str:
    try:
        return category_name(name)
    except InvalidInput:
        return ""  # its objects are left out
