"""What is drawn is encoded and read, within its share of the time; what is not is left alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from samstudio.domain import NewAnnotation
from samstudio.masks import encode_rle
from samstudio.records import Drawn
from samstudio.services.annotations import AnnotationService
from samstudio.services.images import ImageService
from samstudio.services.images.storing import png_bytes
from samstudio.services.tuning import learning_set
from samstudio.services.tuning.learning_set import LearningSet, LearningSets
from samstudio.tuning.progress import Cancelled

SIZE = (20, 30)


class SlowEncoder:
    """Embeddings that only note what was asked for; each image takes ``seconds`` of its own clock."""

    def __init__(self, *encoded: str, seconds: float = 1.0) -> None:
        self.encoded = list(encoded)
        self.made: list[str] = []
        self.seconds = seconds
        self.now = 100.0

    def has(self, image_id: str) -> bool:
        return image_id in self.encoded

    def get(self, image_id: str, pixels: Callable[[], Any]) -> None:
        assert pixels().shape == (*SIZE, 3)
        self.now += self.seconds
        self.made.append(image_id)

    def clock(self) -> float:
        return self.now


def fill(images: ImageService, annotations: AnnotationService, count: int, each: int = 1) -> list[str]:
    """``count`` images with ``each`` accepted objects; return the ids of the images."""
    found = []
    for seed in range(count):
        pixels = np.random.default_rng(seed).integers(0, 255, (*SIZE, 3), dtype=np.uint8)
        image_id = images.add(png_bytes(pixels), filename=f"{seed}.png").image.id
        found.append(image_id)
        for number in range(each):
            mask = np.zeros(SIZE, bool)
            mask[2 : 5 + number, 2:9] = True
            annotations.add(NewAnnotation(image_id, "thing", encode_rle(mask)))
    return found


@pytest.fixture
def make(images: ImageService, annotations: AnnotationService) -> Callable[..., LearningSet]:
    def call(
        encoder: SlowEncoder,
        max_seconds: float = 120.0,
        on_image: Callable[[int, int], None] = lambda _done, _total: None,
    ) -> LearningSet:
        sets = LearningSets(annotations, images, encoder, on_image, encoder.clock)  # type: ignore[arg-type]
        return sets.make(seed=0, max_seconds=max_seconds)

    return call


def test_a_small_set_is_taken_whole(
    images: ImageService, annotations: AnnotationService, make: Callable[..., LearningSet]
) -> None:
    ids = fill(images, annotations, 4, each=2)
    annotations.add(NewAnnotation(ids[0], "thing", annotations.list(ids[0])[0].rle, status="proposed"))
    learned = make(SlowEncoder(*ids))
    assert [one.annotation_id for one in learned.examples] == list(range(1, 9))
    assert {one.size for one in learned.examples} == {SIZE}
    assert (learned.drawn, learned.seconds) == (None, 120.0)


def test_encoding_counts_against_the_time(
    images: ImageService, annotations: AnnotationService, make: Callable[..., LearningSet]
) -> None:
    ids = fill(images, annotations, 12)
    encoder = SlowEncoder(ids[5], seconds=2.0)
    learned = make(encoder, max_seconds=120.0)
    assert sorted([*encoder.made, ids[5]]) == sorted(ids)
    assert (len(learned.examples), learned.seconds) == (12, 120.0 - 11 * 2.0)


def test_what_does_not_fit_its_share_is_left_for_the_next_press(
    images: ImageService, annotations: AnnotationService, make: Callable[..., LearningSet]
) -> None:
    ids = fill(images, annotations, 20, each=2)
    encoder = SlowEncoder(*ids[:4], seconds=2.0)
    told: list[tuple[int, int]] = []
    learned = make(encoder, max_seconds=96.0, on_image=lambda *now: told.append(now))
    assert len(encoder.made) == 12
    assert told[0] == (0, 16)
    assert told[1:] == [(done, 12) for done in range(1, 12)]
    assert {one.image_id for one in learned.examples} == {*ids[:4], *encoder.made}
    assert learned.drawn == Drawn(objects=32, of_objects=40, images=16, of_images=20)
    assert learned.seconds == 72.0


def test_the_fewest_images_are_encoded_whatever_it_takes(
    images: ImageService, annotations: AnnotationService, make: Callable[..., LearningSet]
) -> None:
    ids = fill(images, annotations, 14)
    encoder = SlowEncoder(*ids[:3], seconds=50.0)
    learned = make(encoder, max_seconds=100.0)
    assert len(encoder.made) == learning_set.FEWEST_IMAGES - 3
    assert len(learned.examples) == learning_set.FEWEST_IMAGES
    assert learned.seconds == 75.0


def test_no_mask_and_no_image_that_is_not_drawn_is_read(
    images: ImageService,
    annotations: AnnotationService,
    make: Callable[..., LearningSet],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ids = fill(images, annotations, 9, each=3)
    monkeypatch.setattr(learning_set, "draw_images", lambda *_args, **_given: ids[2:5])
    asked: list[int] = []
    monkeypatch.setattr(AnnotationService, "examples", lambda _self, wanted: asked.extend(wanted))
    encoder = SlowEncoder()
    make(encoder)
    assert encoder.made == ids[2:5]
    assert asked == list(range(7, 16))


def test_encoding_is_cancelled_between_two_images(
    images: ImageService, annotations: AnnotationService, make: Callable[..., LearningSet]
) -> None:
    fill(images, annotations, 5)
    encoder = SlowEncoder()

    def cancel(done: int, _total: int) -> None:
        if done == 2:
            raise Cancelled

    with pytest.raises(Cancelled):
        make(encoder, on_image=cancel)
    assert len(encoder.made) == 2
