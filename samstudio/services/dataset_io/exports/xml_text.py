"""Texts in XML, which holds fewer characters than the name of a category may have."""

from __future__ import annotations

import re

from samstudio.domain import Category
from samstudio.services.dataset_io.exports.source import ExportSource

_REFUSED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
REPLACED = "{has} characters that XML cannot hold; they were replaced by _"


def xml_text(text: str) -> str:
    """Return a text with ``_`` for each character that XML 1.0 cannot hold, not even escaped."""
    return _REFUSED.sub("_", text)


class XmlNames:
    """The names of a dataset's categories as XML can hold them, unique as the names are."""

    def __init__(self, source: ExportSource) -> None:
        """Take the categories of ``source``; its notes say which names were changed."""
        self._names: dict[int, str] = {}
        taken: set[str] = set()
        for category in sorted(source.categories(), key=lambda one: xml_text(one.name) != one.name):
            name = xml_text(category.name)
            if name != category.name:
                source.notes.add(REPLACED, name, noun="name")
            self._names[category.id] = name if name not in taken else f"{name} ({category.id})"
            taken.add(self._names[category.id])

    def of(self, category: Category) -> str:
        """Return a category's name."""
        return self._names[category.id]
