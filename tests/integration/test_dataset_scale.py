"""Ten thousand images and a hundred thousand annotations: what the pages ask stays quick."""

import time
from datetime import UTC, datetime

import pytest
from sqlalchemy import event, insert, text

from samstudio.db.engine import open_database
from samstudio.db.tables import AnnotationRow, CategoryRow, ImageRow
from samstudio.domain import AnnotationStatus
from samstudio.services.annotations import AnnotationService
from samstudio.services.datasets import DatasetService
from samstudio.services.images import ImageService
from samstudio.services.preflight import PreflightService

IMAGES, EACH = 10_000, 10


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("scale")
    sessions = open_database(f"sqlite:///{folder / 'studio.db'}")
    now = datetime.now(UTC)
    with sessions.write() as session:
        session.add(CategoryRow(name="object", color="#000000"))
        session.flush()
        session.execute(insert(ImageRow), [image(n, now) for n in range(IMAGES)])
        rows = (annotation(n, now) for n in range(IMAGES * EACH))
        session.execute(insert(AnnotationRow), list(rows))
    images = ImageService(sessions=sessions, folder=folder / "images", max_bytes=1, max_pixels=1)
    annotations = AnnotationService(sessions=sessions)
    yield sessions, images, annotations, DatasetService(images=images, annotations=annotations)
    sessions.close()


def image_id(n):
    return f"{n:064x}"


def image(n, now):
    return {
        "id": image_id(n),
        "filename": f"{n}.png",
        "width": 64,
        "height": 64,
        "source_format": "PNG",
        "file": f"00/{n}.png",
        "n_bytes": 100,
        "created_at": now,
    }


def annotation(n, now):
    return {
        "image_id": image_id(n // EACH),
        "category_id": 1,
        "rle": {"size": [64, 64], "counts": "0PPPP4"},
        "x0": 0.0,
        "y0": 0.0,
        "x1": 1.0,
        "y1": 1.0,
        "area": 1,
        "status": ("accepted", "proposed", "rejected")[n % 3],
        "prompts": [],
        "revision": 1,
        "created_at": now,
        "updated_at": now,
    }


def median_ms(call, times=5):
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        call()
        taken.append(time.perf_counter() - started)
    return sorted(taken)[times // 2] * 1000


def test_what_the_pages_ask_is_quick(place):
    _, images, annotations, datasets = place
    some = [i.id for i in images.list(4_000, 50)]
    queries = {
        "page of images": lambda: images.list(5_000, 50, newest_first=True),
        "count of images": images.count,
        "counts of a page": lambda: annotations.counts_by_image(some),
        "one image's annotations": lambda: annotations.list(image_id(7_777)),
        "one status of an image": lambda: annotations.list(image_id(7_777), AnnotationStatus.ACCEPTED),
        "counts of all": annotations.counts,
        "stats": datasets.stats,
    }
    took = {name: median_ms(call) for name, call in queries.items()}
    slow = {
        name: ms for name, ms in took.items() if ms > (500 if name in ("stats", "counts of all") else 100)
    }
    assert not slow, took
    assert annotations.counts().images_with_accepted == IMAGES
    assert sum(annotations.counts_by_image(some).values()) == pytest.approx(
        len(some) * EACH / 3, abs=len(some)
    )


def test_no_page_reads_the_whole_table(place):
    """SQLite's own plan: it searches by an index, or walks one; it never scans annotations for a page."""
    sessions, images, annotations, _ = place
    asked = []
    engine = sessions._engine

    def remember(_connection, _cursor, statement, parameters, *_rest):
        if statement.startswith("SELECT"):
            asked.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", remember)
    annotations.list(image_id(1))
    annotations.list(image_id(1), AnnotationStatus.ACCEPTED)
    annotations.counts()
    annotations.counts_by_image([image_id(1), image_id(2)])
    images.get(image_id(3))
    event.remove(engine, "before_cursor_execute", remember)
    assert len(asked) == 6
    with sessions.read() as session:
        for statement, parameters in asked:
            plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            for step in (row[-1] for row in plan):
                assert "SCAN annotations" not in step or "USING COVERING INDEX" in step, (statement, step)
                assert "SCAN images" not in step, (statement, step)


def test_examples_of_all_of_it_are_read_in_one_go(place):
    _, _, annotations, _ = place
    started = time.perf_counter()
    assert len(annotations.accepted_examples()) == pytest.approx(IMAGES * EACH / 3, abs=1)
    assert time.perf_counter() - started < 10


def test_preflight_of_all_of_it_takes_seconds_and_the_next_one_none(place):
    preflight = PreflightService(sessions=place[0])
    started = time.perf_counter()
    # No mask there is one: the worst case, in which all of them are read.
    assert preflight.check()[0].severity == "stops"
    assert time.perf_counter() - started < 15
    started = time.perf_counter()
    preflight.check()
    assert time.perf_counter() - started < 0.1


def test_the_database_is_whole(place):
    with place[0].read() as session:
        assert session.execute(text("PRAGMA integrity_check")).scalar_one() == "ok"
        assert session.execute(text("PRAGMA foreign_key_check")).all() == []
