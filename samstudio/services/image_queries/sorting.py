"""Orders of images: each a column of `ImageFactsRow`, with the order of arrival where that is equal."""

from __future__ import annotations

from dataclasses import dataclass

from samstudio.registry import Registry


@dataclass(frozen=True)
class SortKey:
    """An order. ``name`` is for addresses and scripts, ``label`` for people.

    ``column`` is what rises in it, ``column_down`` what falls when it is turned round: another one where
    images without a value come last both ways. ``descending``: which way it is at first.
    """

    name: str
    label: str
    description: str
    column: str
    column_down: str
    descending: bool = False

    def column_of(self, descending: bool) -> str:
        """Return the column that orders in this direction."""
        return self.column_down if descending else self.column


def _key(name: str, label: str, description: str, column: str, *, descending: bool = False) -> SortKey:
    return SortKey(name, label, description, column, column, descending)


SORT_KEYS: Registry[SortKey] = Registry(
    "order",
    [
        _key("added", "Added", "the order in which the images came in", "seq"),
        _key("name", "Name", "the file name, numbers by their value", "name_key"),
        _key(
            "changed", "Changed", "when anything on the image was last changed", "changed_at", descending=True
        ),
        _key("group", "Group", "the group's name, numbers by their value", "group_key"),
        _key(
            "objects",
            "Number of objects",
            "how many objects are accepted or proposed",
            "objects",
            descending=True,
        ),
        _key("accepted", "Accepted objects", "how many objects are accepted", "accepted", descending=True),
        _key("proposed", "Proposed objects", "how many objects are proposed", "proposed", descending=True),
        SortKey("score", "Score", "the lowest predicted IoU of its objects", "score", "score_down"),
        SortKey(
            "held_out",
            "Held-out IoU",
            "the lowest IoU of its objects by models that did not see them",
            "held_out",
            "held_out_down",
        ),
        _key("size", "Image size", "how many pixels the image has", "pixels", descending=True),
    ],
)
"""The orders that lists of images can be in; a column here has an index in `ImageFactsRow`."""
