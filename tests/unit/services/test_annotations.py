import threading
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from samstudio.domain import AnnotationStatus, Conflict, InvalidInput, NewAnnotation, NotFound
from samstudio.masks import encode_rle
from samstudio.services.annotations import AnnotationService
from tests.unit.services.pictures import colours, encoded

SIZE = (24, 36)


def rle(x0=4, y0=5, x1=11, y1=9, size=SIZE):
    mask = np.zeros(size, bool)
    mask[y0 : y1 + 1, x0 : x1 + 1] = True
    return encode_rle(mask)


@pytest.fixture
def image(images):
    return images.add(encoded(colours(), "PNG"), filename="a.png", group="scene").image


@pytest.fixture
def other(images):
    return images.add(encoded(colours(seed=1), "PNG"), filename="b.png").image


def test_box_and_area_come_from_the_mask(annotations, image):
    made = annotations.add(
        NewAnnotation(
            image.id,
            "crack",
            rle(),
            AnnotationStatus.PROPOSED,
            prompts=({"box": [4, 5, 11, 9]},),
            proposed_by=3,
            proposed_rle=rle(x1=12),
            predicted_iou=0.75,
        )
    )
    assert made.box == (4.0, 5.0, 11.0, 9.0)
    assert made.area == 40
    assert made.rle == rle()
    assert (made.category.name, made.status, made.revision) == ("crack", AnnotationStatus.PROPOSED, 1)
    assert made.prompts == ({"box": [4, 5, 11, 9]},)
    assert (made.proposed_by, made.proposed_rle, made.predicted_iou) == (3, rle(x1=12), 0.75)
    assert annotations.get(made.id) == made


def test_other_spellings_of_a_mask_are_stored_as_one(annotations, image):
    runs = [4 * 24 + 5, 5, 0, 0, 19, *([5, 19] * 6), 5]  # uncompressed, with empty runs
    runs.append(24 * 36 - sum(runs))
    made = annotations.add(NewAnnotation(image.id, "crack", {"size": [24, 36], "counts": runs}))
    assert made.rle == rle()


@pytest.mark.parametrize(
    ("mask", "why"),
    [
        (encode_rle(np.zeros(SIZE, bool)), "the mask is empty"),
        (rle(size=(36, 24), x1=8, y1=8), "the mask is 24x36 pixels but its image is 36x24"),
        ({"size": [24, 36], "counts": "zzz"}, "not a COCO run-length mask"),
        ({}, "not a COCO run-length mask"),
    ],
)
def test_bad_masks_are_refused(annotations, image, mask, why):
    with pytest.raises(InvalidInput, match=why):
        annotations.add(NewAnnotation(image.id, "crack", mask))
    good = annotations.add(NewAnnotation(image.id, "crack", rle()))
    with pytest.raises(InvalidInput, match=why):
        annotations.update(good.id, revision=1, rle=mask)
    assert annotations.list() == [good]


def test_unknown_images_and_nameless_categories_are_refused(annotations, image):
    with pytest.raises(NotFound, match="there is no image 'nope'"):
        annotations.add(NewAnnotation("nope", "crack", rle()))
    with pytest.raises(InvalidInput, match="a category needs a name"):
        annotations.add(NewAnnotation(image.id, " ", rle()))
    assert annotations.list() == []
    assert annotations.categories() == []


def test_many_are_added_all_or_none(annotations, image):
    bad = NewAnnotation(image.id, "hole", encode_rle(np.zeros(SIZE, bool)))
    with pytest.raises(InvalidInput):
        annotations.add_many([NewAnnotation(image.id, "crack", rle()), bad])
    assert annotations.list() == []
    made = annotations.add_many([NewAnnotation(image.id, n, rle()) for n in ("crack", "hole", "crack")])
    assert [a.category.name for a in made] == ["crack", "hole", "crack"]
    assert annotations.list() == made
    assert annotations.add_many([]) == []


def test_listing(annotations, image, other):
    a, b, c = annotations.add_many(
        [
            NewAnnotation(image.id, "x", rle()),
            NewAnnotation(other.id, "x", rle(), AnnotationStatus.PROPOSED),
            NewAnnotation(image.id, "x", rle(), AnnotationStatus.PROPOSED),
        ]
    )
    assert annotations.list(image.id) == [a, c]
    assert annotations.list(status=AnnotationStatus.PROPOSED) == [b, c]
    assert annotations.list(image.id, AnnotationStatus.PROPOSED) == [c]
    assert annotations.list(offset=1, limit=1) == [b]
    assert annotations.list("nope") == []


def test_a_correction_keeps_the_proposal(sessions, annotations, image):
    made = annotations.add(NewAnnotation(image.id, "x", rle(), AnnotationStatus.PROPOSED, proposed_by=2))
    late = AnnotationService(sessions=sessions, clock=lambda: datetime.now(UTC) + timedelta(hours=1))
    corrected = late.update(made.id, revision=1, rle=rle(x1=20), status=AnnotationStatus.ACCEPTED)
    assert corrected.proposed_rle == made.rle
    assert corrected.box == (4.0, 5.0, 20.0, 9.0)
    assert corrected.area == 85
    assert (corrected.revision, corrected.status) == (2, AnnotationStatus.ACCEPTED)
    assert corrected.updated_at > made.updated_at
    assert corrected.created_at == made.created_at
    twice = annotations.update(made.id, revision=2, rle=rle(x1=22))
    assert twice.proposed_rle == made.rle


def test_correcting_what_was_drawn_by_hand_keeps_no_proposal(annotations, image):
    made = annotations.add(NewAnnotation(image.id, "x", rle()))
    assert annotations.update(made.id, revision=1, rle=rle(x1=20)).proposed_rle is None


def test_what_is_not_named_stays(annotations, image):
    made = annotations.add(NewAnnotation(image.id, "x", rle()))
    changed = annotations.update(made.id, revision=1, category="y", prompts=[{"box": [1, 2, 3, 4]}])
    assert changed.category.name == "y"
    assert changed.prompts == ({"box": [1, 2, 3, 4]},)
    assert (changed.rle, changed.status) == (made.rle, made.status)


def test_a_stale_change_is_refused_and_changes_nothing(annotations, image):
    made = annotations.add(NewAnnotation(image.id, "crack", rle()))
    mine = annotations.update(made.id, revision=1, category="mine")
    with pytest.raises(
        Conflict, match=r"someone else changed this object \(mine\) meanwhile .*revision 2, you saw 1"
    ):
        annotations.update(made.id, revision=1, category="theirs")
    with pytest.raises(Conflict):
        annotations.delete(made.id, revision=1)
    assert annotations.get(made.id) == mine
    assert [c.name for c in annotations.categories()] == ["crack", "mine"]


def test_of_many_changes_on_one_revision_one_wins(annotations, image):
    made = annotations.add(NewAnnotation(image.id, "x", rle()))
    outcomes = []

    def change(name):
        try:
            outcomes.append(annotations.update(made.id, revision=1, category=name).category.name)
        except Conflict:
            outcomes.append(None)

    threads = [threading.Thread(target=change, args=(f"c{i}",)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    winners = [name for name in outcomes if name]
    assert winners == [annotations.get(made.id).category.name]


def test_deletions_are_rejections_that_can_be_undone(annotations, image):
    made = annotations.add(NewAnnotation(image.id, "x", rle()))
    gone = annotations.delete(made.id, revision=1)
    assert (gone.status, gone.revision, gone.rle) == (AnnotationStatus.REJECTED, 2, made.rle)
    assert annotations.delete(made.id).status is AnnotationStatus.REJECTED
    back = annotations.update(made.id, revision=3, status=AnnotationStatus.ACCEPTED)
    assert back.status is AnnotationStatus.ACCEPTED


def test_unknown_annotations(annotations):
    for call in (annotations.get, annotations.delete, lambda i: annotations.update(i, revision=1)):
        with pytest.raises(NotFound, match="there is no annotation 7"):
            call(7)


def test_counts(annotations, image, other):
    assert annotations.counts().accepted == 0
    annotations.add_many(
        [
            NewAnnotation(image.id, "crack", rle()),
            NewAnnotation(image.id, "hole", rle()),
            NewAnnotation(other.id, "hole", rle(), AnnotationStatus.PROPOSED),
            NewAnnotation(other.id, "hole", rle(), AnnotationStatus.REJECTED),
        ]
    )
    counts = annotations.counts()
    assert (counts.proposed, counts.accepted, counts.rejected, counts.images_with_accepted) == (1, 2, 1, 1)
    assert annotations.counts_by_image([image.id, other.id, "x"]) == {image.id: 2, other.id: 0, "x": 0}
    rejected = annotations.counts_by_image([other.id], status=AnnotationStatus.REJECTED)
    assert rejected == {other.id: 1}
    assert annotations.counts_by_image([str(i) for i in range(1200)]) == {str(i): 0 for i in range(1200)}
    assert [(c.name, n) for c, n in annotations.counts_by_category()] == [("crack", 1), ("hole", 1)]


def test_examples_are_the_accepted_objects(annotations, image, other):
    made = annotations.add_many(
        [
            NewAnnotation(image.id, "x", rle(), prompts=({"box": [1, 2, 3, 4]},)),
            NewAnnotation(other.id, "x", rle(), AnnotationStatus.PROPOSED),
            NewAnnotation(other.id, "x", rle(x1=20)),
        ]
    )
    examples = annotations.accepted_examples()
    assert [(e.image_id, e.annotation_id, e.group) for e in examples] == [
        (image.id, made[0].id, "scene"),
        (other.id, made[2].id, None),
    ]
    assert examples[0].prompts == ({"box": [1, 2, 3, 4]},)
    assert examples[1].rle == rle(x1=20)


def test_digests_know_the_data_and_not_its_order(annotations, image, other):
    a, b, c = annotations.add_many(
        [
            NewAnnotation(image.id, "x", rle()),
            NewAnnotation(other.id, "x", rle(x1=20)),
            NewAnnotation(image.id, "x", rle()),
        ]
    )
    assert annotations.digest([a.id, b.id]) == annotations.digest([b.id, a.id, a.id])
    assert annotations.digest([c.id, b.id]) == annotations.digest([a.id, b.id])
    assert annotations.digest([a.id]) != annotations.digest([b.id])
    before = annotations.digest([a.id])
    annotations.update(a.id, revision=1, rle=rle(x1=15))
    assert annotations.digest([a.id]) != before
    assert len(annotations.digest([])) == 64
