"""The comparison as the page's JavaScript reads it: plain objects and lists."""

from __future__ import annotations

from collections.abc import Iterable
from statistics import fmean
from typing import TYPE_CHECKING

from samstudio.domain import STOCK_VERSION, DecoderVersion, LiveVersion
from samstudio.records import Json
from samstudio.services.comparison.types import STRENGTHS, BlendedVersion, Comparison, Row, Shown
from samstudio.web.page.comparison import text as sentences
from samstudio.web.page.comparison.pictures import answer_json, outline
from samstudio.web.page.markup import version_name
from samstudio.web.page.versions.row import state_of

if TYPE_CHECKING:
    from samstudio.project import Project

COLOR_A = (245, 158, 11)
COLOR_B = (99, 102, 241)
"""The masks' colours; static/comparison/comparison.css has them too."""


def setup_json(project: Project) -> Json:
    """Return what can be compared: the versions, the initial pair, and a text where something is missing."""
    versions, live = project.versions.list(), project.versions.live()
    before, after = project.comparison.pair()
    title, text = "", ""
    if not project.annotations.counts().accepted:
        title, text = sentences.NO_OBJECTS
    elif len(versions) == 1:
        title, text = sentences.ONLY_STOCK
    return {
        "versions": [_version(one, live) for one in versions],
        "a": before,
        "b": after,
        "live": live.number,
        "nothing": {"title": title, "text": text} if title else None,
    }


def _version(version: DecoderVersion, live: LiveVersion) -> Json:
    state, _ = state_of(version, live)
    name = version_name(version.number)
    return {
        "number": version.number,
        "name": name,
        "label": f"{name} · {state}" if state else name,
        "strengths": [_at(version, one) for one in STRENGTHS] if version.number != STOCK_VERSION else [],
    }


def _at(version: DecoderVersion, strength: float) -> Json:
    miou, text = sentences.strength_text(version, strength)
    label = sentences.strength_name(version.number, strength)
    return {"strength": strength, "label": label, "miou": miou, "text": text}


def objects_json(project: Project, a: BlendedVersion, b: BlendedVersion) -> Json:
    """Return every object with both IoUs, as far as they are known, and the caveats about them as text."""
    comparison = project.comparison.compare(a, b)
    rows = comparison.rows
    name_a, name_b = (sentences.side_name(side.version, side.strength) for side in (a, b))
    notes = [sentences.learned_from(rows, name_a, name_b)]
    notes += [sentences.on_unseen(project.versions.get(b.version))] if notes[0] and b.strength == 1 else []
    notes += [sentences.beyond(comparison)]
    return {
        "rows": [_row(row) for row in rows],
        **progress_json(comparison),
        "names": [name_a, name_b],
        "mean": _means(rows),
        "text": " ".join(sentence for sentence in notes if sentence),
    }


def _row(row: Row) -> Json:
    one = row.annotation
    learned = ("A" if row.a.learned else "") + ("B" if row.b.learned else "")
    return {
        "id": one.id,
        "image": one.image_id,
        "file": row.filename,
        "category": one.category.name,
        "color": one.category.color,
        "box": list(one.box),
        "a": row.a.iou,
        "b": row.b.iou,
        "unseen": [row.a.unseen, row.b.unseen],
        "learned": learned,
        "problem": row.a.problem or row.b.problem,
    }


def progress_json(comparison: Comparison) -> Json:
    """Return how many objects are scored, of how many, and why scoring cannot go on."""
    return {"done": comparison.done, "total": len(comparison.rows), "refused": comparison.refused}


def _means(rows: Iterable[Row]) -> Json:
    both = [(row.a.iou, row.b.iou) for row in rows if row.a.iou is not None and row.b.iou is not None]
    if not both:
        return {"a": None, "b": None, "n": 0}
    return {"a": fmean(a for a, _ in both), "b": fmean(b for _, b in both), "n": len(both)}


def masks_json(project: Project, a: BlendedVersion, b: BlendedVersion, annotation_ids: list[int]) -> Json:
    """Return both sides' masks of some objects of one image, and the image's size.

    Args:
        project: the project that is served.
        a: one side's version.
        b: the other side's version, perhaps blended.
        annotation_ids: the objects; all of the same image.
    """
    shown = project.comparison.masks(a, b, annotation_ids)
    image = project.images.get(shown[0].annotation.image_id)
    return {
        "image": {"id": image.id, "width": image.width, "height": image.height},
        "objects": [_shown(one) for one in shown],
    }


def _shown(one: Shown) -> Json:
    return {
        "id": one.annotation.id,
        "box": list(one.annotation.box),
        "outline": outline(one.annotation),
        "a": answer_json(one.a, COLOR_A),
        "b": answer_json(one.b, COLOR_B),
    }
