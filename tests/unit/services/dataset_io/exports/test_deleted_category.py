"""Rejected objects keep their category when it is deleted; no format lists it any more."""

import pytest

from samstudio.db.tables import CategoryRow
from samstudio.domain import AnnotationStatus


@pytest.mark.parametrize("name", ["coco", "yolo", "voc", "masks", "label-studio", "measurements"])
def test_rejected_objects_of_a_deleted_category_are_left_out_and_named(dataset, database, export, name):
    gone, _ = dataset.add("a.png", "gone", "kept", status=AnnotationStatus.REJECTED)
    with database.write() as session:
        session.get_one(CategoryRow, gone.category.id).deleted = True
    notes = export(name, statuses=(AnnotationStatus.REJECTED,))
    assert f"1 object was left out: the category was deleted: {gone.id} on a.png" in notes
