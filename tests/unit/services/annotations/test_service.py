import threading
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from samstudio.db.engine import open_database
from samstudio.domain import (
    AnnotationChange,
    AnnotationStatus,
    Conflict,
    InvalidInput,
    NewAnnotation,
    NotFound,
    StaleAnnotation,
    Use,
)
from samstudio.masks import encode_rle
from samstudio.services.annotations import AnnotationService
from samstudio.services.annotations import changes as annotation_changes
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


def test_a_correction_keeps_the_proposal(database, annotations, image):
    made = annotations.add(NewAnnotation(image.id, "x", rle(), AnnotationStatus.PROPOSED, proposed_by=2))
    late = AnnotationService(database=database, clock=lambda: datetime.now(UTC) + timedelta(hours=1))
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
    assert annotations.accepted_objects() == [
        (made[0].id, image.id, "scene", Use.LEARN),
        (made[2].id, other.id, other.id, Use.LEARN),
    ]
    examples = annotations.examples([made[2].id, made[1].id, made[0].id, made[0].id])
    assert [(e.image_id, e.annotation_id, e.group, e.size) for e in examples] == [
        (image.id, made[0].id, "scene", (image.height, image.width)),
        (other.id, made[2].id, None, (other.height, other.width)),
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


def twin(tmp_path):
    """The same database, as another process opens it."""
    return open_database(f"sqlite:///{tmp_path / 'storage' / 'studio.db'}")


def test_a_client_id_is_stored_once_even_by_two_processes(annotations, image, tmp_path):
    new = NewAnnotation(image.id, "x", rle(), client_id="c1")
    first = annotations.add(new)
    assert first.client_id == "c1"
    database = twin(tmp_path)
    assert AnnotationService(database=database).add(new) == first
    database.close()
    changed = annotations.update(first.id, revision=1, category="y")
    assert annotations.add(new) == changed
    assert annotations.list() == [changed]


def test_a_client_id_named_twice_in_one_request_is_stored_once(annotations, image):
    new = NewAnnotation(image.id, "x", rle(), client_id="c1")
    plain = NewAnnotation(image.id, "x", rle())
    made = annotations.add_many([new, plain, new, plain])
    assert made[0] == made[2]
    assert len({one.id for one in made}) == 3


def test_a_client_id_of_another_image_is_refused(annotations, image, other):
    annotations.add(NewAnnotation(image.id, "x", rle(), client_id="c1"))
    with pytest.raises(InvalidInput, match="client id c1 belongs to an object of another image"):
        annotations.add_many(
            [NewAnnotation(other.id, "x", rle()), NewAnnotation(other.id, "x", rle(), client_id="c1")]
        )
    assert annotations.list(other.id) == []


@pytest.mark.parametrize("client_id", ["", "x" * 65])
def test_a_client_id_must_fit(annotations, image, client_id):
    with pytest.raises(InvalidInput, match="1 to 64 characters"):
        annotations.add(NewAnnotation(image.id, "x", rle(), client_id=client_id))


def test_whoever_loses_the_race_for_a_client_id_finds_the_winners(annotations, image, monkeypatch):
    """Writers run side by side on Postgres: both look, find nothing, and one insert hits the unique index."""
    first = annotations.add(NewAnnotation(image.id, "x", rle(), client_id="c1"))
    look = annotation_changes._stored
    blind = iter([True])
    monkeypatch.setattr(
        annotation_changes, "_stored", lambda *args: {} if next(blind, False) else look(*args)
    )
    second = NewAnnotation(image.id, "z", rle(), client_id="c2")
    assert annotations.add_many([NewAnnotation(image.id, "x", rle(), client_id="c1"), second])[0] == first
    assert [one.client_id for one in annotations.list()] == ["c1", "c2"]


def test_many_changes_are_one(annotations, image):
    a, b = annotations.add_many([NewAnnotation(image.id, "x", rle())] * 2)
    gone = annotations.delete(b.id, revision=1)
    done = annotations.change_many(
        add=[NewAnnotation(image.id, "y", rle(), client_id="c1")],
        remove=[(a.id, 1)],
        restore=[(b.id, gone.revision)],
    )
    assert [one.client_id for one in done.added] == ["c1"]
    assert [(one.id, one.revision, one.status) for one in done.removed] == [
        (a.id, 2, AnnotationStatus.REJECTED)
    ]
    assert [(one.id, one.revision, one.status) for one in done.restored] == [
        (b.id, 3, AnnotationStatus.ACCEPTED)
    ]
    assert annotations.change_many() == AnnotationChange()


def test_a_proposal_can_be_one_again_and_lists_can_leave_a_status_out(annotations, image):
    mine, theirs = annotations.add_many([NewAnnotation(image.id, "x", rle())] * 2)
    done = annotations.change_many(propose=[(mine.id, 1)])
    assert [(one.id, one.revision, one.status) for one in done.restored] == [
        (mine.id, 2, AnnotationStatus.PROPOSED)
    ]
    annotations.delete(theirs.id, revision=1)
    assert [one.id for one in annotations.list(without=AnnotationStatus.REJECTED)] == [mine.id]


@pytest.mark.parametrize("bad", ["stale", "unknown", "empty mask"])
def test_of_many_changes_all_happen_or_none(annotations, image, bad):
    a, b = annotations.add_many([NewAnnotation(image.id, "x", rle())] * 2)
    b = annotations.update(b.id, revision=1, category="theirs")
    remove = {"stale": [(a.id, 1), (b.id, 1)], "unknown": [(a.id, 1), (99, 1)]}.get(bad, [(a.id, 1)])
    mask = encode_rle(np.zeros(SIZE, bool)) if bad == "empty mask" else rle()
    with pytest.raises((StaleAnnotation, NotFound, InvalidInput)) as raised:
        annotations.change_many(add=[NewAnnotation(image.id, "new", mask)], remove=remove)
    if bad == "stale":
        assert raised.value.annotation_id == b.id
    assert annotations.list() == [a, b]
    assert "new" not in [one.name for one in annotations.categories()]


def test_many_changes_sent_again_succeed(annotations, image):
    a = annotations.add(NewAnnotation(image.id, "x", rle()))
    request = {"add": [NewAnnotation(image.id, "y", rle(), client_id="c1")], "remove": [(a.id, 1)]}
    assert annotations.change_many(**request) == annotations.change_many(**request)


def test_an_update_sent_again_succeeds_and_counts_once(annotations, image):
    made = annotations.add(NewAnnotation(image.id, "x", rle(), proposed_by=2))
    change = {"rle": rle(x1=20), "category": "y", "prompts": [{"box": [1, 2, 3, 4]}], "rank": 0.5}
    first = annotations.update(made.id, revision=1, **change)
    assert annotations.update(made.id, revision=1, **change) == first
    assert first.revision == 2
    with pytest.raises(StaleAnnotation):
        annotations.update(made.id, revision=1, **{**change, "rank": 0.6})
    with pytest.raises(StaleAnnotation):
        annotations.update(made.id, revision=1)
    later = annotations.update(made.id, revision=2, rank=7)
    with pytest.raises(StaleAnnotation):
        annotations.update(made.id, revision=1, **change)
    assert annotations.get(made.id) == later


def test_a_new_answer_of_a_decoder_replaces_the_old_proposal(annotations, image):
    made = annotations.add(NewAnnotation(image.id, "x", rle(), proposed_by=2, proposed_rle=rle()))
    assert not made.corrected
    by_hand = annotations.update(made.id, revision=1, rle=rle(x1=20))
    assert by_hand.corrected
    again = annotations.update(
        made.id, revision=2, rle=rle(x1=22), proposed_by=3, proposed_rle=rle(x1=22), predicted_iou=0.5
    )
    assert (again.proposed_by, again.proposed_rle, again.predicted_iou) == (3, rle(x1=22), 0.5)
    assert not again.corrected
    with pytest.raises(InvalidInput, match="24x36"):
        annotations.update(made.id, revision=3, proposed_rle=rle(size=(36, 24), x1=8, y1=8))


def test_what_was_drawn_by_hand_is_no_correction(annotations, image):
    made = annotations.add(NewAnnotation(image.id, "x", rle(), proposed_rle=rle(x1=20)))
    assert not made.corrected
    assert not annotations.update(made.id, revision=1, rle=rle(x1=15)).corrected


def test_a_rank_puts_an_object_between_others(annotations, image):
    a, b, c = annotations.add_many([NewAnnotation(image.id, "x", rle())] * 3)
    raised = annotations.update(a.id, revision=1, rank=(b.id + c.id) / 2)
    assert annotations.list(image.id) == [b, raised, c]
    level = annotations.update(a.id, revision=2, rank=c.id)
    assert annotations.list(image.id) == [b, level, c]
    assert annotations.list(image.id, offset=1, limit=1) == [level]
    with pytest.raises(InvalidInput, match="no place in an order"):
        annotations.update(a.id, revision=3, rank=float("nan"))


def test_any_change_raises_the_number_of_changes(annotations, image):
    before = annotations.changes()
    made = annotations.add(NewAnnotation(image.id, "x", rle()))
    added = annotations.changes()
    annotations.update(made.id, revision=1, rle=rle(x1=20))
    assert before < added < annotations.changes()
    assert annotations.counts().accepted == 1


def test_many_are_inserted_as_they_are_added(annotations, image, other):
    first = NewAnnotation(image.id, "x", rle(), client_id="c1", prompts=({"box": [1, 2, 3, 4]},))
    second = NewAnnotation(other.id, "y", rle(x1=12), AnnotationStatus.PROPOSED, proposed_by=3)
    annotations.insert_many([first, first, second])
    annotations.insert_many([first])
    annotations.insert_many([])
    (one,), (two,) = annotations.list(image.id), annotations.list(other.id)
    again = annotations.add(first)
    assert (again.id, again.client_id, again.prompts) == (one.id, "c1", ({"box": [1, 2, 3, 4]},))
    assert (two.category.name, two.status, two.box, two.revision) == (
        "y",
        AnnotationStatus.PROPOSED,
        (4, 5, 12, 9),
        1,
    )
    with pytest.raises(InvalidInput, match="belongs to an object of another image"):
        annotations.insert_many(
            [NewAnnotation(image.id, "z", rle()), NewAnnotation(other.id, "x", rle(), client_id="c1")]
        )
    with pytest.raises(NotFound):
        annotations.insert_many([NewAnnotation("0" * 64, "x", rle())])
    assert len(annotations.list()) == 2
