"""The test set drawn, undone and emptied, over a real database."""

from __future__ import annotations

import pytest

from samstudio.db.engine import Database
from samstudio.domain import InvalidInput, Use
from samstudio.services.annotations import AnnotationService
from samstudio.services.bulk import BulkService
from samstudio.services.image_queries import ImageQuery, ImageQueryService
from samstudio.services.images import ImageService
from samstudio.services.splits.service import CategoryShare, SplitService
from tests.unit.services.splits.test_use import fix
from tests.unit.services.tuning.test_learning_set import fill


@pytest.fixture
def queries(database: Database) -> ImageQueryService:
    return ImageQueryService(database=database)


@pytest.fixture
def bulk(database: Database, queries: ImageQueryService) -> BulkService:
    return BulkService(database=database, queries=queries)


@pytest.fixture
def splits(database: Database, bulk: BulkService) -> SplitService:
    return SplitService(database=database, bulk=bulk)


@pytest.fixture
def ids(images: ImageService, annotations: AnnotationService) -> list[str]:
    return fill(images, annotations, 10)


def test_what_is_planned_is_drawn_and_undone(
    splits: SplitService, bulk: BulkService, queries: ImageQueryService, database: Database, ids: list[str]
) -> None:
    fix(database, ids[:4], group=["film"] * 4)
    plan = splits.plan(share=0.4, seed=1)
    assert (plan.images, plan.before, plan.after) == (10, 0, plan.added)
    assert plan.categories == (CategoryShare("thing", plan.added, 10),)
    run = bulk.wait(splits.draw(share=0.4, seed=1).id)
    assert (run.action, run.value, run.state, run.total) == ("split", "test", "done", plan.added)
    assert splits.uses().test.images == plan.added == 4
    test = set(queries.ids(ImageQuery(split="test")))
    assert set(ids[:4]) <= test or not set(ids[:4]) & test
    with pytest.raises(InvalidInput, match="has 4 of 10 images already: that is 40 % or more"):
        splits.draw(share=0.4)
    bulk.undo(run.id)
    assert splits.uses().test.images == 0


def test_more_is_added_to_what_is_there_and_all_is_taken_out(
    splits: SplitService, bulk: BulkService, ids: list[str]
) -> None:
    bulk.wait(splits.draw(share=0.2).id)
    plan = splits.plan(share=0.5)
    assert (plan.before, plan.added) == (2, 3)
    bulk.wait(splits.draw(share=0.5).id)
    assert splits.uses().of(Use.LEARN).images == 5
    run = bulk.wait(splits.clear().id)
    assert (run.total, splits.uses().test.images) == (5, 0)
    bulk.undo(run.id)
    assert splits.uses().test.images == 5


def test_what_cannot_be_drawn_is_said(
    splits: SplitService, database: Database, images: ImageService, annotations: AnnotationService
) -> None:
    with pytest.raises(InvalidInput, match="There are no images yet"):
        splits.plan(share=0.2)
    ids = fill(images, annotations, 4)
    for share in (0, 1, -0.2, 20, float("nan")):
        with pytest.raises(InvalidInput, match="between 0 and 1"):
            splits.plan(share=share)
    with pytest.raises(InvalidInput, match="10 % of 4 images is less than half of a group"):
        splits.plan(share=0.1)
    fix(database, ids, group=["film"] * 4)
    with pytest.raises(InvalidInput, match="4 images in a single group"):
        splits.plan(share=0.2)
    fix(database, ids, group=[None] * 4, split=["val", "val", "train", "train"])
    with pytest.raises(InvalidInput, match="fixed for training or validation"):
        splits.plan(share=0.5)
