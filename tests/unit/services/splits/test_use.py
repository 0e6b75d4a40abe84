"""No tuning ever looks at an image of the test set, nor at one of its group; validation only judges."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest
from sqlalchemy import select, update

from samstudio.db.engine import Database
from samstudio.db.image_facts import refresh
from samstudio.db.tables import ImageRow
from samstudio.domain import Use
from samstudio.services.annotations import AnnotationService
from samstudio.services.images import ImageService
from samstudio.services.preflight import PreflightService
from samstudio.services.splits.use import Counted
from samstudio.services.trash import TrashService
from samstudio.services.tuning.learning_set import LearningSets
from samstudio.services.watch import store
from samstudio.services.watch.types import Watched
from tests.unit.services.splits.fakes import live_since_ever, tuning_over
from tests.unit.services.tuning.test_learning_set import SlowEncoder, fill

IMAGES = 8


def fix(database: Database, ids: Sequence[str], **values: Sequence[str | None]) -> None:
    """Set columns of images: a value each."""
    with database.write() as session:
        for name, column in values.items():
            for image_id, value in zip(ids, column, strict=True):
                session.execute(update(ImageRow).where(ImageRow.id == image_id).values({name: value}))
        refresh(session, ids)


def expected(groups: Sequence[str | None], splits: Sequence[str | None]) -> list[Use]:
    """What may be done with each image, spelled out."""
    found = []
    for own, group in zip(splits, groups, strict=True):
        alike = {own}
        if group is not None:
            alike |= {split for split, other in zip(splits, groups, strict=True) if other == group}
        found.append(Use.TEST if "test" in alike else Use.JUDGE if "val" in alike else Use.LEARN)
    return found


@pytest.fixture
def ids(images: ImageService, annotations: AnnotationService) -> list[str]:
    return fill(images, annotations, IMAGES, each=2)


def test_no_tuned_object_is_ever_of_the_test_set(
    database: Database, images: ImageService, annotations: AnnotationService, ids: list[str]
) -> None:
    for seed in range(30):
        rng = random.Random(seed)
        groups = [rng.choice([None, None, "a", "b", "c"]) for _ in ids]
        splits = [rng.choice([None, None, "train", "val", "test"]) for _ in ids]
        fix(database, ids, group=groups, split=splits)
        use = dict(zip(ids, expected(groups, splits), strict=True))
        encoder = SlowEncoder()
        sets = LearningSets(annotations, images, encoder, lambda _done, _total: None)  # type: ignore[arg-type]
        learned = sets.make(seed=seed, max_seconds=1e6)
        assert {one.image_id for one in learned.examples} == {i for i in ids if use[i] is not Use.TEST}
        assert set(encoder.made) == {one.image_id for one in learned.examples}
        assert {one.image_id for one in learned.examples if one.judged_only} == {
            image_id for image_id in ids if use[image_id] is Use.JUDGE
        }
        assert learned.kept_aside == sum(one is Use.TEST for one in use.values())
        assert learned.drawn is None  # all there is to learn from, not a part of a large set
        with database.read() as session:
            watched = store.new_objects(session, Watched(live_since_ever(), 0, frozenset(), frozenset()))
        assert {one.image_id for one in watched} == {i for i in ids if use[i] is not Use.TEST}


def test_asked_for_by_its_id_an_object_of_the_test_set_is_not_given(
    database: Database, annotations: AnnotationService, ids: list[str]
) -> None:
    fix(database, ids[:1], split=["test"])
    assert ids[0] not in {one.image_id for one in annotations.examples(range(1, 99))}


def test_uses_are_counted_without_the_trash_which_still_decides_for_its_group(
    database: Database, images: ImageService, annotations: AnnotationService, ids: list[str]
) -> None:
    fix(database, ids[:4], group=["film", "film", None, None], split=["test", None, "test", "val"])
    uses = annotations.uses()
    assert (uses.test, uses.of(Use.JUDGE)) == (Counted(3, 3, 6), Counted(1, 1, 2))
    TrashService(database=database, images=images, days=30).discard([ids[0], ids[2]])
    uses = annotations.uses()
    assert (uses.test, uses.of(Use.LEARN)) == (Counted(1, 1, 2), Counted(4, 4, 8))
    with database.read() as session:
        assert session.scalar(select(ImageRow.split).where(ImageRow.id == ids[0])) == "test"


def test_preflight_says_what_is_kept_aside_and_counts_it_nowhere_else(
    database: Database, ids: list[str]
) -> None:
    preflight = PreflightService(database=database)
    assert "test_set" not in {one.code for one in preflight.check()}
    fix(database, ids, split=["test"] * 5 + ["val", None, None])
    found = {one.code: one.text for one in preflight.check()}
    assert found["test_set"] == "5 images are kept aside as your test set."
    assert found["validation"] == "For validation: 1 image."
    assert "few_images" not in found
    fix(database, ids[5:6], split=["test"])
    assert "Only 2 images" in {one.code: one.text for one in preflight.check()}["few_images"]


def test_where_all_is_kept_aside_preflight_and_the_start_say_so(
    database: Database, annotations: AnnotationService, ids: list[str]
) -> None:
    fix(database, ids, split=["test"] * 7 + ["val"])
    assert annotations.uses().all_aside
    (error,) = [one for one in PreflightService(database=database).check() if one.severity == "error"]
    assert "every accepted mask is on an image that is kept aside" in error.text
    with pytest.raises(Exception, match="kept aside"):
        tuning_over(annotations).start()
