"""Several groups at once: each image is put into its own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from samstudio.services.bulk.action import BulkAction, Done, Undo
from samstudio.services.bulk.actions.columns import SET_GROUP


def put_into_groups(groups: Mapping[str, str]) -> BulkAction:
    """Return the action that puts images, by id, into groups."""
    set_group = SET_GROUP.apply
    assert set_group is not None

    def apply(session: Session, image_ids: Sequence[str], _value: str, now: datetime) -> Done:
        by_group: dict[str, list[str]] = defaultdict(list)
        for image_id in image_ids:
            by_group[groups[image_id]].append(image_id)
        done = [set_group(session, ids, group, now) for group, ids in by_group.items()]
        return Done(sum(one.images for one in done), undo=_all([one.undo for one in done if one.undo]))

    return BulkAction(SET_GROUP.name, SET_GROUP.label, SET_GROUP.description, apply)


def _all(undos: Sequence[Undo]) -> Undo | None:
    if not undos:
        return None
    return lambda session, now: sum(undo(session, now) for undo in reversed(undos))
