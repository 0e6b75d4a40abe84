"""The outcome of every entry of an import: taken, already there, or left out for a reason.

The sums are checked here: an entry that has no outcome is counted and said.
"""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from samstudio.services.dataset_io.imports.reading import EntryKind, Skipped
from samstudio.services.dataset_io.imports.tenses import in_future
from samstudio.text import plural

log = logging.getLogger(__name__)

SHOWN_NAMES = 5
"""How many names a grouped sentence gives."""

LISTED_NAMES = 200
"""How many names a group lists."""

LONGEST_NAME = 120

HEADINGS: dict[str, str] = {
    "beyond_limit": "beyond the limit, left for later",
    "box_only": "have a box and no mask: a decoder will draw the masks",
    "box_instead": "have an outline that cannot be used; their boxes were taken, and masks will be drawn",
    "crowd": "crowd regions, many objects in one mask; they came in as proposals to be looked at",
    "ambiguous_name": "may be any of several files",
    "image_missing": "listed in an annotation file but not there",
    "mask_alone": "masks without an image of their name",
    "stored_masks": "are in the dataset, and get the objects of masks that came alone",
    "masks_of_one": "masks of images that have masks in several folders",
    "mask_of_two": "masks that several images fit",
    "second_mask": "masks of images that have another mask already",
    "void": "values of masks that mark no object (the border of VOC, or negative)",
    "soft_edges": "of masks whose values shade into each other, which were cut in the middle",
    "one_category": "give several categories one name; their objects came in as one category",
    "unlisted_segments": "of pictures of masks that have more ids than the file lists",
    "parts": "of several separate parts, taken as one object each",
    "speck": "of 3 pixels or fewer; they came in as proposals to be looked at",
    "inverted": "cover the edge of the picture all around; they came in as proposals to be looked at",
    "undecided": "may be no object but a border; they came in as proposals to be looked at",
    "background_unsure": "of masks that do not say what is background; they came in as proposals",
    "mask_alone_held": "look like masks and lie in a folder of masks, but no images of their names came with "
    "them; they were held back (--doubtful takes them as pictures)",
    "mask_picture": "look like masks of other images and were held back (--doubtful takes them)",
    "no_entry": "entries that are no JSON objects",
    "no_file_name": "image entries without a file name",
    "id_of_several": "belong to an id that several entries have",
    "no_categories": "have no list of categories; their objects came in as one category",
    "no_image": "belong to an image that is not listed",
    "no_image_id": "have no image_id",
    "no_labels": "have no label file; they came in without objects",
    "label_of_two": "label files that several images fit",
    "second_label": "label files of images that have another one already",
    "class_unnamed": "of a class that the list of names does not have",
    "no_mask": "have no mask; they came in without objects",
    "not_listed": "not listed in any annotation file; they came in without objects",
    "other_file": "not named like an image, and not read",
    "other_size": "left out with their image, whose size is not the one in the annotation file",
    "part_left_out": "have a part that cannot be used; the rest was taken",
    "left_out": "left out by a person",
    "listed_again": "listed several times in an annotation file; their annotations were put together",
    "turned": "drawn on the picture before its EXIF orientation turned it, and were turned with it",
    "archive": "archives inside of what is imported, and were not unpacked: import them by themselves",
    "unused_annotations": "not used as annotations",
    "broken_annotations": "that cannot be read as what their names say",
    "cancelled": "not read: the import was cancelled",
    "same_picture": "are the same picture as another image of this import",
    "same_pixels": "have the pixels of another image of this import but other masks",
    "with_image": "left out with their image",
    "unaccounted": "not accounted for, which is a fault of this program; please report it",
}
"""What a sentence says of several entries of one code; others take the first entry's reason."""


@dataclass(frozen=True)
class OutcomeGroup:
    """Entries of one kind that ended alike, for one reason.

    ``names``: the first few. ``why``: the reason alone. ``text``: a sentence, with the names.
    ``left_out``: False where the entries were taken, and only something is to be said of them.
    """

    kind: EntryKind
    code: str
    count: int
    names: tuple[str, ...]
    why: str
    text: str
    left_out: bool = True


@dataclass(frozen=True)
class Doubt:
    """Something that a person should look at: an image, or where ``label`` is not empty one of its objects.

    ``held``: it is not taken unless it is asked for.
    """

    image: str
    label: str
    why: str
    code: str = ""
    held: bool = False


@dataclass
class Tally:
    """The outcomes of an import so far.

    ``expected`` and the counts are by `EntryKind`; ``skipped`` and ``notes`` are in the
    order of the source. ``beyond_limit``: what is left for later. ``notes``: what was taken although
    something is missing. ``doubts``: what a person should look at. Both are no outcomes. ``planned``:
    nothing has happened yet, and the sentences say so.
    """

    expected: Counter[EntryKind] = field(default_factory=Counter)
    taken: Counter[EntryKind] = field(default_factory=Counter)
    known: Counter[EntryKind] = field(default_factory=Counter)
    skipped: list[Skipped] = field(default_factory=list)
    beyond_limit: list[Skipped] = field(default_factory=list)
    notes: list[Skipped] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    first_image: str | None = None
    """The id of the first image that is, or will be, in the dataset."""
    waiting: int = 0
    """Those of the taken objects that have a box and wait for their mask."""
    planned: bool = False

    def expect(self, kind: EntryKind, count: int = 1) -> None:
        """Count entries that must end somewhere."""
        self.expected[kind] += count

    def take(self, kind: EntryKind, count: int = 1) -> None:
        """Count entries that are new in the dataset."""
        self.taken[kind] += count

    def know(self, kind: EntryKind, count: int = 1) -> None:
        """Count entries that were there already."""
        self.known[kind] += count

    def skip(self, *entries: Skipped) -> None:
        """Count entries that were left out."""
        self.skipped += [self._said(entry) for entry in entries]

    def leave_for_later(self, kind: EntryKind, name: str, count: int = 1) -> None:
        """Count entries of an image beyond the limit that a person gave: they are no problem."""
        if count:
            entry = Skipped(name, HEADINGS["beyond_limit"], "beyond_limit", kind, count)
            self.beyond_limit.append(_shown(entry))

    def note(self, *entries: Skipped) -> None:
        """Remember something to be said of entries that were taken."""
        self.notes += [self._said(entry) for entry in entries]

    def doubt(self, image: str, label: str, why: str, *, code: str = "", held: bool = False) -> None:
        """Remember something that a person should look at.

        Args:
            image: The image's name.
            label: What sentences call the object; empty where the image itself is doubtful.
            why: The reason, a sentence.
            code: What doubts of one reason share.
            held: It is not taken.
        """
        self.doubts.append(
            Doubt(readable(image), readable(label), self._in_time(readable(why, 600)), code, held)
        )

    def skipped_count(self, kind: EntryKind) -> int:
        """Count the entries of a kind that were left out."""
        return _count(self.skipped, kind)

    def counts(self, kind: EntryKind) -> dict[str, int]:
        """Return the entries of a kind by how they ended."""
        skipped = self.skipped_count(kind)
        counts = {"taken": self.taken[kind], "known": self.known[kind], "skipped": skipped}
        return {**counts, "beyond_limit": _count(self.beyond_limit, kind)} if self.beyond_limit else counts

    def missing(self, kind: EntryKind) -> int:
        """Return how many expected entries have no outcome; negative where there are more outcomes."""
        return self.expected[kind] - sum(self.counts(kind).values())

    def balance(self) -> None:
        """Say of entries without an outcome that they were lost, instead of losing them silently."""
        for kind in EntryKind:
            lost = self.missing(kind)
            if lost:
                log.error("%d entries of the kind %s have no outcome", lost, kind)
            if lost > 0:
                self.skip(Skipped("", "no outcome", code="unaccounted", kind=kind, count=lost))

    def groups(self) -> list[OutcomeGroup]:
        """Return what was left out, then what is to be said of what was taken, a sentence a reason."""
        doubts = (_to_be_said(doubt) for doubt in self.doubts if not doubt.held)
        said = [*grouped(self.beyond_limit), *grouped(self.notes), *grouped(doubts)]
        groups = [*grouped(self.skipped), *(replace(group, left_out=False) for group in said)]
        return [replace(one, why=self._in_time(one.why), text=self._in_time(one.text)) for one in groups]

    def _said(self, entry: Skipped) -> Skipped:
        """Return an entry as it can be printed, at the time at which it is said."""
        return _shown(replace(entry, why=self._in_time(entry.why)))

    def _in_time(self, text: str) -> str:
        return in_future(text) if self.planned else text


def grouped(entries: Iterable[Skipped]) -> list[OutcomeGroup]:
    """Put entries with one reason together, in the order of the first of each."""
    groups: dict[tuple[EntryKind, str], list[Skipped]] = {}
    for entry in entries:
        alike = entry.code if entry.code in HEADINGS else _reason(entry)
        groups.setdefault((entry.kind, alike), []).append(entry)
    return [_group(kind, members) for (kind, _), members in groups.items()]


def _count(entries: Iterable[Skipped], kind: EntryKind) -> int:
    return sum(entry.count for entry in entries if entry.kind is kind)


def _reason(entry: Skipped) -> str:
    """Return why an entry was left out, without its name, so that equal reasons are one."""
    for name in (entry.name, PurePosixPath(entry.name).name):
        if name and _says(entry.why, name):
            return re.sub(_as_word(name), "\0", entry.why)
    return entry.why


def _says(text: str, name: str) -> bool:
    """Tell whether a text has a name, and not only as a part of a word."""
    return re.search(_as_word(name), text) is not None


def _as_word(name: str) -> str:
    return rf"(?<!\w){re.escape(name)}(?!\w)"


def readable(text: str, limit: int = LONGEST_NAME) -> str:
    """Return a text of unknown origin as it can be printed: no control characters, not too long."""
    clean = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
    return clean if len(clean) <= limit else f"{clean[: limit - 1]}…"


def _to_be_said(doubt: Doubt) -> Skipped:
    kind = EntryKind.OBJECT if doubt.label else EntryKind.IMAGE
    name = f"{doubt.label} of {doubt.image}" if doubt.label else doubt.image
    return Skipped(name, doubt.why, doubt.code, kind)


def _shown(entry: Skipped) -> Skipped:
    return Skipped(readable(entry.name), readable(entry.why, 600), entry.code, entry.kind, entry.count)


def _group(kind: EntryKind, members: list[Skipped]) -> OutcomeGroup:
    count = sum(member.count for member in members)
    names = tuple(dict.fromkeys(member.name for member in members if member.name))
    first = members[0]
    if len(members) == 1 and first.count == 1 and first.name:
        why = first.why
        text = why if _reason(first) != why else f"{first.name}: {why}"
    elif first.code not in HEADINGS and _reason(first) != first.why:
        why = first.why  # with the name of the first: the others are told after it
        likewise = f"; likewise {_listed(names[1:], SHOWN_NAMES - 1)}" if len(names) > 1 else ""
        text = f"{plural(count, kind.value)}: {why}{likewise}"
    else:
        why = HEADINGS.get(first.code, first.why)
        text = f"{plural(count, kind.value)}: {why}"
        text += f": {_listed(names, SHOWN_NAMES)}" if names else ""
    return OutcomeGroup(kind, first.code, count, names[:LISTED_NAMES], why, text)


def _listed(names: Sequence[str], shown: int) -> str:
    more = f" and {len(names) - shown:,} more" if len(names) > shown else ""
    return f"{', '.join(names[:shown])}{more}"
