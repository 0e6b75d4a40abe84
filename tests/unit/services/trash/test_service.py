from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from samstudio.domain import AnnotationStatus, NewAnnotation, NotFound
from samstudio.masks import encode_rle
from samstudio.services.dataset_io import DatasetService
from samstudio.services.image_queries import ImageQuery, ImageQueryService
from samstudio.services.proposals.boxes import PendingBox, PendingBoxes
from samstudio.services.trash import TrashService
from tests.unit.services.pictures import colours, encoded

NOW = datetime(2026, 5, 1, tzinfo=UTC)
MASK = encode_rle(np.ones((24, 36), bool))


class Clock:
    now = NOW

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def trash(database, images, clock):
    return TrashService(database=database, images=images, days=30, clock=clock)


@pytest.fixture
def ids(images, annotations):
    """Three images, each with an object of each status."""
    found = [images.add(encoded(colours(seed=s), "PNG"), filename=f"{s}.png").image.id for s in range(3)]
    annotations.add_many(
        [NewAnnotation(one, "cell", MASK, status=s) for one in found for s in AnnotationStatus]
    )
    return found


def test_what_is_in_the_trash_is_nowhere_else(database, images, annotations, trash, ids):
    boxes = PendingBoxes(database=database)
    boxes.add_many([PendingBox(ids[0], "cell", (1, 1, 4, 4), "k")])
    assert trash.discard([ids[0], ids[0], "no image"]) == [ids[0]]
    assert [one.id for one in images.list()] == ids[1:]
    assert images.count() == 2
    assert images.named("0.png") == []
    counts = annotations.counts()
    assert (counts.accepted, counts.proposed, counts.rejected, counts.images_with_accepted) == (2, 2, 2, 2)
    assert {one.image_id for one in annotations.accepted_objects()} == set(ids[1:])
    assert annotations.examples(range(1, 4)) == []
    assert annotations.list(ids[0]) == []
    assert len(annotations.list()) == 6
    assert (boxes.count(), boxes.images()) == (0, [])
    assert DatasetService(images=images, annotations=annotations, boxes=boxes).stats().images == 2
    lists = ImageQueryService(database=database)
    assert lists.ids(ImageQuery()) == ids[1:]
    (shown,) = lists.page(ImageQuery(trashed=True)).items
    assert (shown.id, shown.accepted, shown.proposed, shown.deleted_at) == (ids[0], 1, 1, NOW)


@pytest.mark.parametrize("call", ["get", "path", "pixels", "delete", "original"])
def test_an_image_in_the_trash_is_not_found(images, trash, ids, call):
    trash.discard(ids[:1])
    with pytest.raises(NotFound, match="there is no image"):
        getattr(images, call)(ids[0])
    assert images.path(ids[0], in_trash=True).is_file()


def test_nothing_can_be_done_to_its_annotations_meanwhile(annotations, trash, ids):
    trash.discard(ids[:1])
    with pytest.raises(NotFound, match="there is no annotation 1; its image may have been deleted"):
        annotations.update(1, revision=1, status=AnnotationStatus.REJECTED)
    with pytest.raises(NotFound, match="there is no image"):
        annotations.add(NewAnnotation(ids[0], "cell", MASK))


def test_what_is_restored_is_as_it_was(database, images, annotations, trash, ids):
    before = (images.list(), annotations.list(), annotations.counts())
    assert trash.discard(ids) == ids
    assert (images.list(), annotations.list()) == ([], [])
    assert trash.restore([*ids, "no image"]) == ids
    assert (images.list(), annotations.list(), annotations.counts()) == before
    assert trash.restore(ids) == []


def test_an_image_that_is_added_again_comes_back_with_its_annotations(images, annotations, trash, ids):
    before = annotations.list(ids[1])
    trash.discard(ids[1:2])
    assert images.identify(encoded(colours(seed=1), "PNG"), filename="again.png").known
    added = images.add(encoded(colours(seed=1), "PNG"), filename="again.png")
    assert (added.created, added.image.id) == (False, ids[1])
    assert added.notes == ("1.png was in the trash: it is back, with the annotations that it had",)
    assert annotations.list(ids[1]) == before


def test_emptied_it_is_gone_for_good(images, annotations, trash, ids):
    path = images.path(ids[0])
    trash.discard(ids[:2])
    steps = []
    assert trash.remove(progress=lambda *step: steps.append(step)) == 2
    assert steps == [(1, 2), (2, 2)]
    assert not path.exists()
    assert trash.ids() == []
    assert [one.id for one in images.list()] == ids[2:]


def test_only_what_is_in_it_is_deleted_for_good(images, trash, ids):
    trash.discard(ids[:1])
    assert trash.remove(ids) == 1
    assert [one.id for one in images.list()] == ids[1:]


def test_emptying_can_be_stopped(trash, ids):
    trash.discard(ids)
    assert trash.remove(cancelled=lambda: len(trash.ids()) == 1) == 2


def test_the_old_goes_by_itself_after_the_set_time(database, images, trash, clock, ids):
    trash.discard(ids[:1])
    clock.now = NOW + timedelta(days=30)
    assert trash.remove_old() == 0
    clock.now += timedelta(seconds=1)
    trash.discard(ids[1:2])  # whoever deletes another one sees to it
    assert trash.ids() == ids[1:2]
    never = TrashService(database=database, images=images, clock=lambda: NOW + timedelta(days=9999))
    assert never.remove_old() == 0
