"""The report of an import, or of its plan: what scripts read."""

from __future__ import annotations

from dataclasses import dataclass, field

from samstudio.services.dataset_io.imports.outcomes import OutcomeGroup, Tally
from samstudio.services.dataset_io.imports.reading import EntryKind


@dataclass
class ImportReport:
    """The result of an import.

    ``images`` and ``annotations`` are newly added; ``known_…`` were there
    already. ``skipped``: (name, why) of everything left out, and of images that
    came in without what belongs to them. ``outcomes``: the counts by kind of entry, with
    ``beyond_limit`` where a limit was reached. ``groups``: ``skipped`` a sentence a reason, and what
    the limit leaves for later. ``waiting``: boxes that wait for their mask.
    ``first_image``: the id of the first image that is in the dataset now.
    """

    images: int = 0
    annotations: int = 0
    known_images: int = 0
    known_annotations: int = 0
    skipped: list[tuple[str, str]] = field(default_factory=list)
    format: str = ""
    waiting: int = 0
    outcomes: dict[str, dict[str, int]] = field(default_factory=dict)
    groups: list[OutcomeGroup] = field(default_factory=list)
    first_image: str | None = None


def report_of(tally: Tally, format_name: str) -> ImportReport:
    """Return the report of an import, or of its plan."""
    return ImportReport(
        images=tally.taken[EntryKind.IMAGE],
        annotations=tally.taken[EntryKind.OBJECT] - tally.waiting,
        known_images=tally.known[EntryKind.IMAGE],
        known_annotations=tally.known[EntryKind.OBJECT],
        skipped=[(entry.name, entry.why) for entry in [*tally.skipped, *tally.notes]],
        format=format_name,
        waiting=tally.waiting,
        outcomes={kind.value: tally.counts(kind) for kind in EntryKind},
        groups=tally.groups(),
        first_image=tally.first_image,
    )
