"""Held-out IoUs reach the lists of images: only while true, and as no change of the object."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import numpy as np
import pytest

from samstudio.db.engine import Database
from samstudio.domain import Annotation, NewAnnotation
from samstudio.masks import encode_rle
from samstudio.services.annotations import AnnotationService
from samstudio.services.image_queries import ImageQuery, ImageQueryService
from samstudio.services.images import ImageService
from tests.unit.services.pictures import colours, encoded

Add = Callable[..., Annotation]


@pytest.fixture
def add(annotations: AnnotationService, images: ImageService) -> Add:
    def made(seed: int = 0, **known: object) -> Annotation:
        image = images.add(encoded(colours(20, 20, seed=seed), "PNG"), filename=f"{seed}.png").image
        mask = np.zeros((20, 20), bool)
        mask[2 : 8 + seed] = True
        return annotations.add(NewAnnotation(image.id, "cup", encode_rle(mask), **known))  # type: ignore[arg-type]

    return made


@pytest.fixture
def lists(database: Database) -> ImageQueryService:
    return ImageQueryService(database=database)


def test_images_are_ordered_and_found_by_them(
    add: Add, annotations: AnnotationService, lists: ImageQueryService
) -> None:
    good, bad, unknown = (add(seed) for seed in range(3))
    changed = lists.get(good.image_id).changed_at
    annotations.record_held_out({good.id: (0.9, good.updated_at), bad.id: (0.4, bad.updated_at)})
    order = [bad.image_id, good.image_id, unknown.image_id]
    assert lists.ids(ImageQuery(sort="held_out")) == order
    assert lists.ids(ImageQuery(held_out_to=0.5)) == [bad.image_id]
    assert lists.ids(ImageQuery(held_out_from=0.5)) == [good.image_id]
    assert lists.get(good.image_id).changed_at == changed
    assert annotations.get(good.id) == good
    annotations.record_held_out({bad.id: (0.95, bad.updated_at)})
    assert lists.ids(ImageQuery(sort="held_out")) == [good.image_id, bad.image_id, unknown.image_id]


def test_what_changed_since_keeps_none_of_its_former_mask(
    add: Add, annotations: AnnotationService, lists: ImageQueryService
) -> None:
    one = add()
    annotations.record_held_out({one.id: (0.9, one.updated_at), 99: (0.9, one.updated_at)})
    assert lists.get(one.image_id).held_out == 0.9
    annotations.update(one.id, revision=1, rle=encode_rle(np.ones((20, 20), bool)))
    assert lists.get(one.image_id).held_out is None
    annotations.record_held_out({one.id: (0.9, one.updated_at - timedelta(seconds=1))})
    annotations.record_held_out({})
    assert lists.get(one.image_id).held_out is None


def test_predicted_ious_are_there_at_once(
    add: Add, annotations: AnnotationService, lists: ImageQueryService
) -> None:
    one, other = add(0, predicted_iou=0.7), add(1, predicted_iou=0.6)
    assert lists.ids(ImageQuery(sort="score")) == [other.image_id, one.image_id]
    annotations.update(other.id, revision=1, predicted_iou=0.99)
    assert lists.ids(ImageQuery(score_from=0.65, sort="score", descending=True)) == [
        other.image_id,
        one.image_id,
    ]
