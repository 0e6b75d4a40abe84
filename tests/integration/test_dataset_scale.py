"""Ten thousand images and a hundred thousand annotations: nothing that a page asks reads them all."""

from contextlib import contextmanager

import pytest
from sqlalchemy import event, text

from benchmarks.dataset import EACH, fill, image_id
from samstudio.db.engine import open_database
from samstudio.domain import AnnotationStatus
from samstudio.services.annotations import AnnotationService
from samstudio.services.dataset_io import DatasetService
from samstudio.services.images import ImageService
from samstudio.services.preflight import PreflightService

IMAGES = 10_000


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("scale")
    database = open_database(f"sqlite:///{folder / 'studio.db'}")
    fill(database, IMAGES)
    images = ImageService(database=database, folder=folder / "images", max_bytes=1, max_pixels=1)
    annotations = AnnotationService(database=database)
    yield database, images, annotations, DatasetService(images=images, annotations=annotations)
    database.close()


@contextmanager
def asking(database):
    """The SELECTs that are asked meanwhile, each with its parameters."""
    asked = []

    def remember(_connection, _cursor, statement, parameters, *_rest):
        if statement.startswith("SELECT"):
            asked.append((statement, parameters))

    event.listen(database._engine, "before_cursor_execute", remember)
    yield asked
    event.remove(database._engine, "before_cursor_execute", remember)


def test_the_counts_are_right(place):
    _, images, annotations, datasets = place
    some = [i.id for i in images.list(4_000, 50)]
    assert annotations.counts().images_with_accepted == IMAGES
    assert sum(annotations.counts_by_image(some).values()) == pytest.approx(
        len(some) * EACH / 3, abs=len(some)
    )
    assert datasets.stats().images == IMAGES


def test_no_page_reads_the_whole_table(place):
    """SQLite's own plan: it searches by an index, or walks one; it never scans annotations for a page."""
    database, images, annotations, _ = place
    with asking(database) as asked:
        annotations.list(image_id(1))
        annotations.list(image_id(1), AnnotationStatus.ACCEPTED)
        annotations.list(image_id(1), without=AnnotationStatus.REJECTED)
        annotations.counts()
        annotations.counts_by_image([image_id(1), image_id(2)])
        images.get(image_id(3))
    assert len(asked) == 6
    with database.read() as session:
        for statement, parameters in asked:
            plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            for step in (row[-1] for row in plan):
                assert "SCAN annotations" not in step or "USING COVERING INDEX" in step, (statement, step)
                assert "SCAN images" not in step, (statement, step)


def test_a_page_of_images_asks_once(place):
    database, images, _, _ = place
    with asking(database) as asked:
        assert len(images.list(5_000, 50, newest_first=True)) == 50
    assert len(asked) == 1


def test_the_accepted_objects_are_listed_in_one_go_and_no_mask_is_read(place):
    database, _, annotations, _ = place
    with asking(database) as asked:
        assert len(annotations.accepted_objects()) == pytest.approx(IMAGES * EACH / 3, abs=1)
    ((statement, parameters),) = asked
    with database.read() as session:
        plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        assert any("annotations USING COVERING INDEX" in row[-1] for row in plan)


def test_only_the_masks_that_are_asked_for_are_read(place):
    database, _, annotations, _ = place
    wanted = [one.annotation_id for one in annotations.accepted_objects()[::20]]
    with asking(database) as asked:
        assert [one.annotation_id for one in annotations.examples(wanted)] == wanted
    ids = [one for _, parameters in asked for one in parameters if isinstance(one, int)]
    assert ids == wanted


def test_preflight_of_all_of_it_is_not_looked_at_twice(place):
    preflight = PreflightService(database=place[0])
    # No mask there is one: the worst case, in which all of them are read.
    first = preflight.check()
    assert first[0].severity == "error"
    with asking(place[0]) as asked:
        assert preflight.check() == first
    assert not any("rle" in statement for statement, _ in asked), asked


def test_the_database_is_whole(place):
    with place[0].read() as session:
        assert session.execute(text("PRAGMA integrity_check")).scalar_one() == "ok"
        assert session.execute(text("PRAGMA foreign_key_check")).all() == []
