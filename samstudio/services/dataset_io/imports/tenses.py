"""What an import's sentences say of itself, in the future where it has not happened yet.

Reasons and headings are written as a report has them: *it came in as a proposal*. A plan says them by
`in_future`: *it will come in as a proposal*.
"""

from __future__ import annotations

import re
from types import MappingProxyType

FUTURE = MappingProxyType(
    {
        "they came in as proposals": "they will come in as proposals",
        "their objects came in as one category": "their objects will come in as one category",
        "they came in without objects": "they will come in without objects",
        "the image came in without objects": "the image will come in without objects",
        "it came in as a proposal": "it will come in as a proposal",
        "their boxes were taken": "their boxes will be taken",
        "annotations were put together": "annotations will be put together",
        "its box was taken": "its box will be taken",
        "the rest was taken": "the rest will be taken",
        "the first was taken": "the first will be taken",
        "the first of them was taken": "the first of them will be taken",
        "was taken as one object": "will be taken as one object",
        "was taken for": "will be taken for",
        "and were turned with it": "and will be turned with it",
        "and was not unpacked": "and will not be unpacked",
        "and were not unpacked": "and will not be unpacked",
        "were put into": "will be put into",
        "were held back": "will be held back",
        "which were cut in the middle": "which will be cut in the middle",
        "it was cut at": "it will be cut at",
        "and was cut off there": "and will be cut off there",
        "its ends were joined": "its ends will be joined",
        "a part was left out": "a part will be left out",
        "an object was left out with its image": "an object will be left out with its image",
        "they got the nearest of": "they will get the nearest of",
    }
)
"""What a sentence says that the import did, and before it does: whole clauses, which no file is called."""

_DONE = re.compile("|".join(sorted(map(re.escape, FUTURE), key=len, reverse=True)))


def in_future(text: str) -> str:
    """Return a sentence on what an import did as one on what it will do."""
    return _DONE.sub(lambda found: FUTURE[found[0]], text)
