"""Several entries that one annotation file has for one image file: which of them can mean it.

A file is found by the last part of a name, so that ``val/a.png`` finds ``train/a.png`` where there is no
other. That is right for folders that were moved, and wrong where the annotation file means two images.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import combinations

from samstudio.services.dataset_io.imports.source.file_tree import agreement, parts_of


def those_meant(file: str, names: Sequence[str]) -> list[str]:
    """Return which of an annotation file's ``names`` mean a file of the tree; none where nobody can tell.

    Where the file's folders contradict some of them and not others, these are of images that are not there.
    Where they contradict each other, and the file could be either, none is taken.
    """
    if len(names) < 2:
        return list(names)
    fitting = [name for name in names if _agree(name, file)] or list(names)
    return fitting if all(_agree(one, other) for one, other in combinations(fitting, 2)) else []


def names_file(written: str, file: str) -> bool:
    """Tell whether a name in an annotation file has the last part of the file's."""
    return agreement(file, parts_of(written)) > 0


def may_be_several(file: str, names: Sequence[str], document: str) -> str:
    """Return the sentence on names of which nobody can tell which one means the file."""
    return f"{document} lists {' and '.join(names[:3])}, and {file} may be any of them"


def listed_again(documents: Sequence[str]) -> str:
    """Return what is to be said of an image that these files list; nothing where each lists it once."""
    document, times = max(Counter(documents).items(), key=lambda each: each[1])
    return f"{document} lists it {times} times; its annotations were put together" if times > 1 else ""


def _agree(one: str, other: str) -> bool:
    """Tell whether two paths can be of one file: the shorter one is the end of the longer one."""
    parts = parts_of(other)
    return agreement(one, parts) == min(len(parts_of(one)), len(parts))
