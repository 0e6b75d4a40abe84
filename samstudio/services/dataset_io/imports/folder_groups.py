"""Groups of images from their folders, where a person asks for them: a folder a patient, a plot, a film.

Folders that say what files are for (``images``, ``train``, ``val2017``) or that all images share tell no
images apart, and are left out of a group's name. A group that the format names itself stays.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from itertools import takewhile
from pathlib import PurePosixPath

from samstudio.services.dataset_io.imports.masks.roles import is_role_folder
from samstudio.services.dataset_io.imports.reading import EntryKind, FoundImage, Reading, Skipped
from samstudio.services.notes import LONGEST_GROUP
from samstudio.text import plural

SHOWN = 8
"""How many groups a sentence names."""

_SPLIT = re.compile(r"(?:train(?:ing|val)?|val(?:id(?:ation)?)?|test(?:ing)?|dev|eval)[ ._-]*[0-9]{0,4}")

NO_GROUPS = "no folder tells them apart, so that folders make no groups"


def group_by_folder(reading: Reading) -> None:
    """Put the images of a reading into groups of their folders; note where there are no groups."""
    named = [one.name for one in reading.images if one.file is not None]
    groups = folder_groups(named)
    reading.images = [_grouped(one, groups) for one in reading.images]
    if named and not groups:
        reading.notes.append(Skipped("", NO_GROUPS, kind=EntryKind.IMAGE, count=len(named)))


def note_of_groups(sizes: Counter[str]) -> Skipped:
    """Say how many new images come into which groups, the largest first; those that are here keep theirs."""
    largest = sizes.most_common()
    listed = ", ".join(f"{group} ({count:,})" for group, count in largest[:SHOWN])
    more = f" and {len(largest) - SHOWN:,} more" if len(largest) > SHOWN else ""
    why = f"were put into {plural(len(largest), 'group')} by their folders: {listed}{more}"
    return Skipped("", why, kind=EntryKind.IMAGE, count=sizes.total())


def count_folder_groups(reading: Reading) -> int:
    """Return how many groups `group_by_folder` makes."""
    return len(set(folder_groups(one.name for one in reading.images if one.file is not None).values()))


def folder_groups(names: Iterable[str]) -> dict[str, str]:
    """Return the group of each image by its name, a relative path; without those that are in none."""
    folders = {name: _telling(PurePosixPath(name).parent.parts) for name in names}
    shared = _shared(list(folders.values()))
    found = {name: "/".join(parts[shared:]) for name, parts in folders.items()}
    groups = {name: _short(group) for name, group in found.items() if group}
    # One group of all images would never be split, and nothing could be judged.
    alone = len(set(groups.values())) < 2 and len(groups) == len(folders)
    return {} if alone else groups


def _telling(parts: tuple[str, ...]) -> tuple[str, ...]:
    """Return those folders of a path that may tell images apart."""
    return tuple(part for part in parts if not is_role_folder(part) and not _SPLIT.fullmatch(part.casefold()))


def _shared(paths: list[tuple[str, ...]]) -> int:
    """Count the folders that all paths begin with."""
    first = min(paths, default=())
    last = max(paths, default=())
    return len(list(takewhile(lambda pair: pair[0] == pair[1], zip(first, last, strict=False))))


def _short(group: str) -> str:
    """Return a group's name as it is stored: one line, the end of one that is too long."""
    line = " ".join(group.split())
    return line if len(line) <= LONGEST_GROUP else f"…{line[1 - LONGEST_GROUP :]}"


def _grouped(one: FoundImage, groups: dict[str, str]) -> FoundImage:
    group = one.group or groups.get(one.name)
    return one if group == one.group else replace(one, group=group)
