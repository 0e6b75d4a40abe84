"""Every version on the test set: in the background, kept, and again only where something has changed."""

from __future__ import annotations

import os
import time

import pytest

from samstudio.db.engine import Database
from samstudio.domain import Annotation
from samstudio.services.annotations import AnnotationService
from samstudio.services.images import ImageService
from samstudio.services.splits import score_rows
from samstudio.services.splits import scoring as scoring_module
from samstudio.services.splits.scoring import TestSetScores, TestSetScoring
from samstudio.services.versions import VersionService
from tests.unit.services.comparison.fakes import ShareDecoders
from tests.unit.services.splits.test_use import fix
from tests.unit.services.watch.conftest import NARROW, WIDE, Accept, accept, decoders, make, mask, versions

__all__ = ["accept", "decoders", "versions"]  # the fixtures


@pytest.fixture
def banked() -> set[str]:
    """The images that are encoded already."""
    return set()


@pytest.fixture
def scoring(
    database: Database,
    versions: VersionService,
    annotations: AnnotationService,
    images: ImageService,
    decoders: ShareDecoders,
    banked: set[str],
) -> TestSetScoring:
    return TestSetScoring(
        database=database,
        versions=versions,
        annotations=annotations,
        images=images,
        decoders=lambda: decoders,
        banked=banked.__contains__,
        model="vit_t",
    )


@pytest.fixture
def objects(accept: Accept, database: Database, versions: VersionService) -> list[Annotation]:
    """Version 1, which learned from the first of three objects; the first two are of the test set."""
    found = [accept(WIDE, seed=0), accept(NARROW, seed=1), accept(WIDE, seed=2)]
    make(versions, annotation_ids=[found[0].id])
    fix(database, [one.image_id for one in found], split=["test", "test", None])
    return found


def known(scoring: TestSetScoring) -> dict[int, tuple[float | None, int, int, int]]:
    return {
        one.version: (one.miou, one.objects, one.waiting, one.learned) for one in all_of(scoring).versions
    }


def all_of(scoring: TestSetScoring) -> TestSetScores:
    scoring.ask()
    assert scoring.wait(20)
    return scoring.state()


def test_every_version_is_scored_on_the_test_set_alone(
    scoring: TestSetScoring, objects: list[Annotation]
) -> None:
    before = scoring.state()
    assert (before.images, before.objects, before.left_out, before.waiting) == (2, 2, 0, 4)
    assert before.of(1) is not None
    assert before.of(7) is None
    assert known(scoring) == {1: (pytest.approx(0.625), 2, 0, 1), 0: (pytest.approx(0.5), 2, 0, 0)}


def test_without_a_test_set_nothing_is_asked(scoring: TestSetScoring, accept: Accept) -> None:
    accept(seed=0)
    assert scoring.stamp() == ""
    found = all_of(scoring)
    assert (found.objects, found.waiting, found.versions[0].miou) == (0, 0, None)


def test_scores_are_kept_and_only_what_changed_is_scored_again(
    scoring: TestSetScoring,
    objects: list[Annotation],
    decoders: ShareDecoders,
    annotations: AnnotationService,
    database: Database,
    versions: VersionService,
    images: ImageService,
) -> None:
    known(scoring)
    decoders.asked.clear()
    later = TestSetScoring(
        database=database, versions=versions, annotations=annotations, images=images,
        decoders=lambda: decoders, banked=lambda _: True, model="vit_t",
    )  # fmt: skip
    assert known(later)[1][0] == pytest.approx(0.625)
    assert decoders.asked == []
    stamp = later.stamp()
    annotations.update(objects[1].id, revision=1, rle=mask(WIDE))
    assert later.stamp() != stamp
    assert known(later)[1] == (pytest.approx(1.0), 2, 0, 1)
    assert sorted((one.version, image) for one, image, _ in decoders.asked) == [
        (0, objects[1].image_id),
        (1, objects[1].image_id),
    ]
    fix(database, [objects[0].image_id], split=[None])
    assert known(later)[1] == (pytest.approx(1.0), 1, 0, 0)
    fix(database, [objects[2].image_id], split=["test"])
    assert known(later)[0] == (pytest.approx(0.5), 2, 0, 0)


def test_a_version_or_a_picture_that_fails_delays_no_other(
    scoring: TestSetScoring, objects: list[Annotation], decoders: ShareDecoders
) -> None:
    decoders.lose(1)
    decoders.unreadable[objects[1].image_id] = OSError("the disk is gone")
    found = all_of(scoring)
    stock, lost = found.of(0), found.of(1)
    assert stock is not None
    assert (stock.objects, stock.failed, stock.waiting) == (1, 1, 0)
    assert lost is not None
    assert "is gone" in lost.problem
    assert lost.waiting == 0


def test_of_many_objects_the_images_take_turns(
    scoring: TestSetScoring, accept: Accept, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(score_rows, "MOST_OBJECTS", 4)
    every = [accept(seed=seed, top=top) for seed in range(2) for top in (4, 12, 20, 28)]
    fix(database, [one.image_id for one in every], split=["test"] * 8)
    found = all_of(scoring)
    assert (found.images, found.objects, found.left_out) == (2, 4, 4)
    with database.read() as session:
        assert {len(keys) for keys in score_rows.read_objects(session).by_image.values()} == {2}


def test_what_is_encoded_is_scored_first_by_every_version(
    scoring: TestSetScoring, objects: list[Annotation], decoders: ShareDecoders, banked: set[str]
) -> None:
    banked.add(objects[1].image_id)
    all_of(scoring)
    asked = [(one.version, image_id) for one, image_id, _ in decoders.asked]
    assert {image_id for _, image_id in asked[:2]} == {objects[1].image_id}
    assert {version for version, _ in asked[:2]} == {0, 1}


def test_scoring_has_the_priority_of_all_work_here(
    scoring: TestSetScoring, objects: list[Annotation], monkeypatch: pytest.MonkeyPatch
) -> None:
    """At a low one it never ended where others used the processor, and made them wait for its embeddings."""
    assert objects
    lowered: list[object] = []
    monkeypatch.setattr(os, "setpriority", lambda *asked: lowered.append(asked))
    assert all_of(scoring).waiting == 0
    assert lowered == []


def test_where_scoring_stopped_whoever_looks_is_told_to_ask_again(
    scoring: TestSetScoring, objects: list[Annotation], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert objects
    monkeypatch.setattr(scoring_module, "AGAIN_SECONDS", 0.01)
    with monkeypatch.context() as broken:
        broken.setattr(scoring_module, "write_scores", lambda *_args, **_more: 1 / 0)
        assert all_of(scoring).waiting == 4
    stamp = scoring.stamp()
    time.sleep(0.02)
    assert scoring.stamp() != stamp
    assert all_of(scoring).waiting == 0
    scoring.ask()
    ended = scoring.stamp()
    time.sleep(0.02)
    assert scoring.stamp() == ended
