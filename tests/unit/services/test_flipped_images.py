from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from samstudio.domain import AnnotationStatus, NewAnnotation
from samstudio.masks import encode_rle
from samstudio.sam.embeddings import EmbeddingMemory, EmbeddingStore
from samstudio.sam.orientations import ALL
from samstudio.services.annotations import AnnotationService
from samstudio.services.flipped_images import FlippedImages
from samstudio.services.images import ImageService
from tests.unit.sam.test_embeddings import FakeEncoder, memory_of
from tests.unit.services.pictures import colours, encoded


class Conditions:
    """A service over real images and annotations, whose surroundings a test sets."""

    def __init__(self, images: ImageService, annotations: AnnotationService, folder: Path) -> None:
        self.images, self.annotations = images, annotations
        self.encoder = FakeEncoder()
        self.memory: EmbeddingMemory = memory_of(self.encoder)
        self.store = EmbeddingStore(folder=folder, memory=self.memory)
        self.job = False
        self.quiet = 1000.0

    def service(self, **known: int) -> FlippedImages:
        return FlippedImages(
            images=self.images,
            annotations=self.annotations,
            embeddings=lambda: self.store,
            job_is_active=lambda: self.job,
            quiet_seconds=lambda: self.quiet,
            **known,
        )

    def add(self, number: int, status: AnnotationStatus = AnnotationStatus.ACCEPTED) -> str:
        """Store an image with one object, opened by someone; return its id."""
        picture = colours()
        picture[0, 0] = number
        image_id = self.images.add(encoded(picture, "PNG"), filename=f"{number}.png").image.id
        self.store.get(image_id, lambda: picture)
        self.annotate(image_id, status)
        return image_id

    def annotate(self, image_id: str, status: AnnotationStatus = AnnotationStatus.ACCEPTED) -> None:
        mask = np.ones(self.images.get(image_id).size, bool)
        self.annotations.add(NewAnnotation(image_id, "thing", encode_rle(mask), status=status))

    def banked(self, image_id: str) -> int:
        return len(self.store.orientations(image_id)) - 1


@pytest.fixture
def given(images: ImageService, annotations: AnnotationService, tmp_path: Path) -> Conditions:
    return Conditions(images, annotations, tmp_path / "embeddings")


def test_the_image_annotated_last_comes_first_and_each_once(given: Conditions) -> None:
    first, second = given.add(1), given.add(2)
    given.annotate(first)
    service = given.service()
    counts = []
    while service.encode_one():
        counts.append((given.banked(first), given.banked(second)))
    assert counts == [(1, 0), (1, 1), (2, 1), (2, 2), (3, 2), (3, 3)]
    assert given.encoder.encoded == 2 + 6
    assert given.store.orientations(first) == ALL


def test_what_was_never_opened_is_encoded_before_any_flip(given: Conditions) -> None:
    opened, imported = given.add(1), given.add(2)
    given.store.delete(imported)
    service = given.service()
    service.encode_one()
    assert given.store.has(imported)
    assert (given.banked(opened), given.banked(imported)) == (0, 0)


def test_only_images_with_an_accepted_object_are_flipped(given: Conditions) -> None:
    given.add(1, AnnotationStatus.PROPOSED)
    given.add(2, AnnotationStatus.REJECTED)
    assert not given.service().encode_one()


def test_the_number_of_images_is_bounded(given: Conditions) -> None:
    old, new = given.add(1), given.add(2)
    service = given.service(limit=1)
    while service.encode_one():
        pass
    assert (given.banked(old), given.banked(new)) == (0, 3)
    assert not given.service(limit=0).encode_one()


def busy_with_a_job(given: Conditions) -> None:
    given.job = True


def busy_with_a_person(given: Conditions) -> None:
    given.quiet = 0.1


@pytest.mark.parametrize("busy", [busy_with_a_job, busy_with_a_person])
def test_it_gives_way(given: Conditions, busy: Callable[[Conditions], None]) -> None:
    image_id = given.add(1)
    service = given.service()
    assert service.encode_one()
    busy(given)
    assert not service.encode_one()
    assert given.banked(image_id) == 1
    given.job, given.quiet = False, 1000.0
    assert service.encode_one()


def test_a_slow_encoder_waits_for_a_longer_quiet(given: Conditions, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr("samstudio.services.flipped_images.time.perf_counter", lambda: now[0])
    given.add(1)
    service = given.service()
    encode = given.encoder.encode

    def slowly(pixels: np.ndarray) -> object:
        now[0] += 10
        return encode(pixels)

    monkeypatch.setattr(given.encoder, "encode", slowly)
    given.quiet = 5
    assert service.encode_one()
    assert not service.encode_one()
    given.quiet = 25
    assert service.encode_one()


def test_nothing_that_is_in_memory_is_evicted(given: Conditions) -> None:
    opened = [given.add(number) for number in range(2)]
    service = given.service()
    while service.encode_one():
        pass
    assert all(image_id in given.memory for image_id in opened)
    assert [given.banked(image_id) for image_id in opened] == [3, 3]


def test_a_picture_that_is_gone_is_tried_once(given: Conditions, caplog: pytest.LogCaptureFixture) -> None:
    lost, good = given.add(1), given.add(2)
    given.images.path(lost).unlink()
    service = given.service()
    while service.encode_one():
        pass
    assert (given.banked(lost), given.banked(good)) == (0, 3)
    assert caplog.text.count("could not be encoded mirrored") == 1


def test_an_encoder_that_fails_ends_in_nothing(given: Conditions) -> None:
    given.add(1)
    given.encoder.error = RuntimeError("boom")
    service = given.service()
    assert service.encode_one()
    assert not service.encode_one()


def test_an_image_deleted_while_its_flip_is_encoded_leaves_no_file(given: Conditions, tmp_path: Path) -> None:
    image_id = given.add(1)
    encode = given.encoder.encode

    def delete_first(pixels: np.ndarray) -> object:
        given.images.delete(image_id, with_annotations=True)
        given.store.delete(image_id)
        return encode(pixels)

    given.encoder.encode = delete_first  # type: ignore[method-assign,assignment]
    service = given.service()
    assert service.encode_one()
    assert not service.encode_one()
    assert not list(tmp_path.rglob("*.safetensors"))


def test_the_newest_accepted_images(given: Conditions) -> None:
    first, second, third = (given.add(number) for number in range(3))
    given.annotate(first)
    given.annotate(second, AnnotationStatus.PROPOSED)
    assert given.annotations.newest_accepted_images(9) == [first, third, second]
    assert given.annotations.newest_accepted_images(2) == [first, third]
    assert given.annotations.newest_accepted_images(0) == []
