from datetime import UTC, datetime

import pytest
from sqlalchemy.exc import IntegrityError

from samstudio.db.changes import QUIET, changes
from samstudio.db.image_facts import refresh
from samstudio.db.tables import Base, CategoryRow, JobRow
from samstudio.domain import AnnotationStatus, NewAnnotation, PixelSize
from samstudio.services.bulk import BulkService
from samstudio.services.categories import CategoryService
from samstudio.services.image_queries import ImageQueryService
from samstudio.services.trash import TrashService
from tests.unit.services.pictures import colours, encoded


@pytest.fixture
def number(database):
    def read():
        with database.read() as session:
            return changes(session)

    return read


def test_every_way_to_change_the_dataset_raises_the_number(database, images, annotations, number):
    bulk = BulkService(database=database, queries=ImageQueryService(database=database))
    trash = TrashService(database=database, images=images)
    categories = CategoryService(database=database, bulk=bulk)
    (image,) = (images.add(encoded(colours(seed=1), "PNG"), filename="a.png").image.id,)
    rle = {"size": [24, 36], "counts": [0, 24 * 36]}
    known = number()
    steps = [
        lambda: annotations.add(NewAnnotation(image, "cell", rle)),
        lambda: annotations.update(1, revision=1, status=AnnotationStatus.PROPOSED),
        *(
            lambda action=action, value=value: bulk.apply(action, value, image_ids=[image])
            for action, value in [
                ("note", "look"), ("tag", "hard"), ("untag", "hard"), ("flag", ""), ("state", "done"),
                ("split", "test"), ("group", "plate"), ("accept", ""), ("category", "nucleus"),
            ]
        ),
        lambda: categories.change(1, color="#112233"),
        lambda: categories.reorder([2, 1]),
        lambda: images.pixel_sizes.set_of_dataset(PixelSize(1.0, 1.0, "um")),
        lambda: trash.discard([image]),
        lambda: trash.remove([image]),
    ]  # fmt: skip
    for index, step in enumerate(steps):
        step()
        assert number() > known, index
        known = number()


def test_what_is_no_change_leaves_the_number(database, number):
    with pytest.raises(IntegrityError), database.write() as session:
        session.add_all([CategoryRow(name="a", color="#000000"), CategoryRow(name="a", color="#000000")])
    with database.write() as session:
        refresh(session, ["no image"])
    assert number() == 0


def test_a_job_s_progress_is_none(database, number):
    with database.write() as session:
        session.add(JobRow(status="queued", config={}, created_at=datetime.now(UTC)))
    assert number() == 0
    assert set(Base.metadata.tables) >= QUIET
