"""What is suggested to a person: sets of near-duplicates as the groups that they would become. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from samstudio.services.near_duplicates.finding import AlikeImages
from samstudio.services.near_duplicates.rows import Pictured
from samstudio.services.notes import LONGEST_GROUP


@dataclass(frozen=True)
class Suggestion:
    """A group that is suggested.

    ``id`` is of the images: when others come to it or go, it is another suggestion. ``images``: in the
    order of arrival. ``groups``: those that images of it are in now, whole ones of which would join.
    ``name``: of the group that it would be. ``similarity``: of the least similar of them to another.
    """

    id: str
    images: tuple[Pictured, ...]
    groups: tuple[str, ...]
    name: str
    similarity: float


def suggestions(
    sets: Iterable[AlikeImages],
    pictures: Mapping[int, Pictured],
    apart: Collection[frozenset[int]],
    taken: Collection[str],
) -> list[Suggestion]:
    """Return what is to be suggested, in the order of the first images.

    Args:
        sets: The images that hang together.
        pictures: The images that are there, by number.
        apart: Images that a person said are no near-duplicates: sets of these alone are left out.
        taken: The names of all groups.
    """
    there = [_there(one, pictures) for one in sets]
    open_ = [one for one in there if len(one.seqs) > 1 and not _is_said(one, apart)]
    joined = [one for one in _joined(open_, pictures) if not _is_group(one, pictures)]
    names = set(taken)
    return [_suggestion(one, pictures, names) for one in sorted(joined, key=lambda one: one.seqs)]


def _there(one: AlikeImages, pictures: Mapping[int, Pictured]) -> AlikeImages:
    return AlikeImages(tuple(seq for seq in one.seqs if seq in pictures), one.similarity)


def _is_said(one: AlikeImages, apart: Collection[frozenset[int]]) -> bool:
    return any(seqs.issuperset(one.seqs) for seqs in apart)


def _is_group(one: AlikeImages, pictures: Mapping[int, Pictured]) -> bool:
    """Tell whether the images are one group already."""
    groups = {pictures[seq].group for seq in one.seqs}
    return len(groups) == 1 and None not in groups


def _joined(sets: Sequence[AlikeImages], pictures: Mapping[int, Pictured]) -> list[AlikeImages]:
    """Return sets that share a group as one: a group is never split."""
    found: list[AlikeImages] = []
    by_group: dict[str, int] = {}
    for one in sets:
        groups = {group for seq in one.seqs if (group := pictures[seq].group) is not None}
        for at in sorted({by_group[group] for group in groups if group in by_group}):
            other = found[at]
            one = AlikeImages(tuple(sorted(one.seqs + other.seqs)), min(one.similarity, other.similarity))
            groups |= {group for seq in other.seqs if (group := pictures[seq].group) is not None}
            found[at] = AlikeImages((), 1.0)
        by_group.update(dict.fromkeys(groups, len(found)))
        found.append(one)
    return [one for one in found if one.seqs]


def _suggestion(one: AlikeImages, pictures: Mapping[int, Pictured], names: set[str]) -> Suggestion:
    images = tuple(pictures[seq] for seq in one.seqs)
    groups = Counter(image.group for image in images if image.group is not None)
    name = groups.most_common(1)[0][0] if groups else _unused(images[0].filename, names)
    names.add(name)
    ids = " ".join(sorted(image.id for image in images))
    key = blake2b(ids.encode(), digest_size=8).hexdigest()
    return Suggestion(key, images, tuple(groups), name, one.similarity)


def _unused(filename: str, names: Collection[str]) -> str:
    """Return a name for a group after its first image."""
    wanted = " ".join(filename.split())[: LONGEST_GROUP - 10]
    name, number = wanted, 1
    while name in names:
        number += 1
        name = f"{wanted} ({number})"
    return name
