"""Plans and applies what a session has collected, through the one import pipeline, as JSON for the API."""

from __future__ import annotations

import shutil
from pathlib import Path

from samstudio.records import Json
from samstudio.services.dataset_io.imports.folder_groups import count_folder_groups
from samstudio.services.dataset_io.imports.formats import IMPORT_FORMATS, AmbiguousFormat, Sureness
from samstudio.services.dataset_io.imports.options import ImportOptions
from samstudio.services.dataset_io.imports.outcomes import OutcomeGroup
from samstudio.services.dataset_io.imports.plan import ImportPlan
from samstudio.services.dataset_io.imports.report import ImportReport
from samstudio.services.dataset_io.imports.service import Importer
from samstudio.services.dataset_io.imports.source.file_tree import FileTree
from samstudio.services.dataset_io.staging.doubt_pictures import DoubtPictures
from samstudio.services.dataset_io.staging.interface import Watch, doubt_picture
from samstudio.services.dataset_io.staging.sessions import Asked
from samstudio.services.dataset_io.staging.tree import staged_tree
from samstudio.services.images import ImageService, ReadOptions

MOST_PICTURES = 60
"""Doubts of a plan that have a picture."""

MOST_DOUBTS = 500
"""Doubts of a plan that are listed; the groups count them all."""


class StagedImporter:
    """The importer of staged files."""

    def __init__(self, *, imports: Importer, images: ImageService) -> None:
        self._imports = imports
        self._pictures = DoubtPictures(images)

    def plan(self, folder: Path, asked: Asked, watch: Watch) -> Json:
        """Say what applying would do, and draw what is doubtful.

        Raises:
            InvalidInput: Nothing can be made of the files.
            Unavailable: The disk is full.
        """
        tree = staged_tree(folder, watch)
        self._imports.look_beside(tree)
        choices = _choices(tree)
        try:
            plan = self._imports.plan(tree, _options(asked), progress=watch, cancelled=lambda: watch.stopped)
        except AmbiguousFormat as several:
            wanted = [one for one in choices if one["name"] in several.formats]
            return {"format": None, "choices": wanted, "counts": None}
        shutil.rmtree(folder / "doubts", ignore_errors=True)
        return {
            "format": plan.format,
            "choices": [one for one in choices if one["offered"] or one["name"] == plan.format],
            "counts": _counts(plan.report),
            "groups": [_group(one) for one in plan.groups],
            "doubts": self._doubts(folder, plan, watch),
            "categories": plan.reading.categories,
            "folder_groups": count_folder_groups(plan.reading),
        }

    def apply(self, folder: Path, asked: Asked, watch: Watch) -> Json:
        """Bring the files in.

        Raises:
            InvalidInput: Nothing can be made of the files.
            Unavailable: The disk is full.
        """
        tree = staged_tree(folder, watch)
        done = self._imports.apply(tree, _options(asked), progress=watch, cancelled=lambda: watch.stopped)
        return {
            "counts": _counts(done),
            "groups": [_group(one) for one in done.groups],
            "first_image": done.first_image,
            "stopped": any(group.code == "cancelled" for group in done.groups),
        }

    def _doubts(self, folder: Path, plan: ImportPlan, watch: Watch) -> list[Json]:
        doubts = plan.doubts[:MOST_DOUBTS]
        drawn: set[int] = set()
        if not watch.stopped:
            folder = doubt_picture(folder, 0).parent
            drawn = self._pictures.draw(plan, doubts[:MOST_PICTURES], folder)
        return [
            {
                "image": doubt.image,
                "label": doubt.label,
                "text": doubt.why,
                "held": doubt.held,
                "picture": index in drawn,
            }
            for index, doubt in enumerate(doubts)
        ]


def _options(asked: Asked) -> ImportOptions:
    return ImportOptions(
        format=asked.format,
        category=asked.category,
        status=asked.status,
        doubtful=asked.doubtful,
        split_parts=bool(asked.options.get("split_parts")),
        group_by_folder=bool(asked.options.get("group_by_folder")),
        page=asked.options.get("page"),
        read=ReadOptions.parsed(asked.options.get("channels"), asked.options.get("contrast")),
    )


def _choices(tree: FileTree) -> list[Json]:
    """List the formats that claim the files, the surest first; ``offered`` where none is surer of them."""
    claims = [(claim, one) for one in IMPORT_FORMATS if (claim := one.recognise(tree)) is not None]
    certain = any(claim.sureness is Sureness.CERTAIN for claim, _ in claims)
    return [
        {
            "name": one.name,
            "label": one.label,
            "description": one.description,
            "why": claim.because,
            "offered": not certain or claim.sureness is Sureness.CERTAIN,
        }
        for claim, one in sorted(claims, key=lambda each: -each[0].sureness)
    ]


def _counts(report: ImportReport) -> Json:
    counts: Json = {
        f"{kind}s": {"new": found["taken"], "known": found["known"], "skipped": found["skipped"]}
        for kind, found in report.outcomes.items()
    }
    return {**counts, "boxes": report.waiting}


def _group(group: OutcomeGroup) -> Json:
    return {
        "kind": str(group.kind),
        "code": group.code,
        "count": group.count,
        "why": group.why,
        "text": group.text,
        "names": list(group.names),
        "skipped": group.left_out,
    }
