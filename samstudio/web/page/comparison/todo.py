"""The objects that the live version does worst on, as the page's JavaScript reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from samstudio.records import Json
from samstudio.services.comparison.types import BlendedVersion, Row, Score
from samstudio.web.page.comparison import text as sentences
from samstudio.web.page.comparison.replies import progress_json
from samstudio.web.page.markup import version_name

if TYPE_CHECKING:
    from samstudio.project import Project

MOST = 200


def todo_json(project: Project) -> Json:
    """Return the objects that the live version does worst on, the worst first.

    An object that was trained on counts with the IoU that it got while it was held out, where known.
    """
    live = BlendedVersion.of(project.versions.live().number)
    comparison = project.comparison.compare(live, live)
    scored = [(_fair(row.b), row) for row in comparison.rows]
    known = sorted(((iou, row) for iou, row in scored if iou is not None), key=lambda pair: pair[0])
    return {
        "rows": [_todo(iou, row) for iou, row in known[:MOST]],
        **progress_json(comparison),
        "text": sentences.todo_text(version_name(live.version)),
    }


def _fair(score: Score) -> float | None:
    return score.iou if score.unseen is None else score.unseen


def _todo(iou: float, row: Row) -> Json:
    score = row.b
    how = "held out" if score.unseen is not None else "learned from" if score.learned else ""
    return {
        "id": row.annotation.id,
        "image": row.annotation.image_id,
        "file": row.filename,
        "category": row.annotation.category.name,
        "color": row.annotation.category.color,
        "iou": iou,
        "how": how,
    }
