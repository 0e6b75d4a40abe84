import numpy as np
import pytest

from samstudio.db.image_facts import rebuild
from samstudio.domain import (
    AnnotationStatus,
    Conflict,
    ImageState,
    InvalidInput,
    NewAnnotation,
    NotFound,
    Unavailable,
)
from samstudio.masks import encode_rle
from samstudio.services.bulk import BULK_ACTIONS, BulkService
from samstudio.services.bulk import service as bulk_module
from samstudio.services.bulk.runs import Left
from samstudio.services.image_queries import ImageQuery, ImageQueryService
from tests.unit.db.test_image_facts import facts
from tests.unit.services.pictures import colours, encoded

MASK = encode_rle(np.ones((24, 36), bool))


@pytest.fixture
def lists(database):
    return ImageQueryService(database=database)


@pytest.fixture
def bulk(database, lists):
    return BulkService(database=database, queries=lists)


@pytest.fixture
def ids(images, annotations):
    """Four images, each with an object of each status."""
    found = [images.add(encoded(colours(seed=s), "PNG"), filename=f"{s}.png").image.id for s in range(4)]
    annotations.add_many(
        [NewAnnotation(one, "cell", MASK, status=s) for one in found for s in AnnotationStatus]
    )
    return found


VALUES = {
    "category": "nucleus",
    "state": "done",
    "note": "look at\nthe corner",
    "tag": "hard",
    "untag": "old",
    "group": "plate 7",
    "split": "test",
}


def seen(database, lists, annotations):
    """Everything that an action may change, but for moments and revisions."""
    rows = [
        {name: value for name, value in one.items() if name != "changed_at"}
        for one in map(dict, facts(database))
    ]
    notes = [(one.id, one.note, one.tags) for one in lists.page(ImageQuery()).items]
    objects = [(one.id, one.status, one.category.name) for one in annotations.list()]
    return rows, notes, objects


UNDOABLE = [one.name for one in BULK_ACTIONS if one.apply is not None]


@pytest.mark.parametrize("action", UNDOABLE)
def test_an_action_is_done_and_undone(database, lists, annotations, bulk, ids, action):
    bulk.apply("tag", "old", image_ids=ids[:2])
    bulk.apply("flag", image_ids=ids[:1])
    bulk.apply("delete", image_ids=ids[3:])
    before = seen(database, lists, annotations)
    run = bulk.wait(bulk.start(action, VALUES.get(action, ""), image_ids=[*ids[:2], ids[3]]).id)
    assert (run.state, run.done, run.total, run.can_undo) == ("done", 3, 3, True)
    changed = seen(database, lists, annotations)
    assert changed != before
    with database.write() as session:
        rebuild(session)
    assert seen(database, lists, annotations) == changed, "the facts are those of the rows"
    undone = bulk.undo(run.id)
    assert (undone.state, undone.can_undo) == ("undone", False)
    assert seen(database, lists, annotations) == before
    with pytest.raises(Conflict, match=f"the action {action} has nothing to undo now"):
        bulk.undo(run.id)


def test_what_somebody_changed_since_is_not_undone(annotations, bulk, ids):
    run = bulk.apply("accept", image_ids=ids)
    later = annotations.list(ids[0], AnnotationStatus.ACCEPTED)[0]
    annotations.update(later.id, revision=later.revision, status=AnnotationStatus.REJECTED)
    undone = bulk.undo(run.id)
    assert (undone.state, undone.undone, undone.kept, undone.counts) == ("undone", 4, 1, "objects")
    assert annotations.get(later.id).status is AnnotationStatus.REJECTED
    assert len(annotations.list(ids[1], AnnotationStatus.PROPOSED)) == 1


def test_all_images_of_a_query_are_changed(lists, bulk, ids):
    query = ImageQuery(text="2.png")
    run = bulk.wait(bulk.start("state", "nothing", query=query).id)
    assert (run.done, run.total) == (1, 1)
    assert lists.ids(ImageQuery(state=ImageState.IN_PROGRESS)) == ids, "something is accepted there"
    bulk.wait(bulk.start("state", "done", query=query).id)
    assert lists.ids(ImageQuery(state=ImageState.DONE)) == [ids[2]]


def test_a_run_shows_progress_and_can_be_cancelled(monkeypatch, lists, bulk, ids):
    monkeypatch.setattr(bulk_module, "chunks", lambda items: ([one] for one in items))
    steps = []
    real = bulk_module.change_some

    def step(database, run, *how):
        real(database, run, *how)
        steps.append(run.seen.done)
        if len(steps) == 2:
            bulk.cancel(run.seen.id)

    monkeypatch.setattr(bulk_module, "change_some", step)
    run = bulk.wait(bulk.start("flag", image_ids=ids).id)
    assert (run.state, run.done, run.total, steps) == ("cancelled", 2, 4, [1, 2])
    assert lists.ids(ImageQuery(flagged=True)) == ids[:2]
    bulk.undo(run.id)
    assert lists.ids(ImageQuery(flagged=True)) == []


def test_a_failure_says_why_and_what_was_done_can_be_undone(monkeypatch, lists, bulk, ids):
    monkeypatch.setattr(bulk_module, "chunks", lambda items: ([one] for one in items))
    real = bulk_module.change_some

    def step(database, run, apply, chunk, now):
        return real(database, run, apply, chunk, now) if chunk != [ids[2]] else 1 / 0

    monkeypatch.setattr(bulk_module, "change_some", step)
    run = bulk.wait(bulk.start("flag", image_ids=ids).id)
    assert (run.state, run.done) == ("failed", 2)
    assert run.problem == "it failed in a way that was not foreseen; the log of the app says more"
    bulk.undo(run.id)
    assert lists.ids(ImageQuery(flagged=True)) == []


@pytest.mark.parametrize(
    ("action", "value", "said"),
    [
        ("colour", "red", "there is no action 'colour': choose one of accept, reject"),
        ("accept", "all", "this action takes no value, not 'all'"),
        ("state", "finished", "'finished' is not one of todo, done, nothing"),
        ("split", "training", "'training' is not one of train, val, test, nothing"),
        ("tag", "  ", "'' is no tag: it has 1 to 100 printable characters"),
        ("tag", "x" * 101, "is no tag"),
        ("tag", "a\x00", "is no tag"),
        ("category", "", "a category needs a name"),
        ("note", "x" * 2001, "is not text of at most 2000 characters"),
        ("group", "a\x00b", "is not text of at most 200 characters"),
    ],
)
def test_what_cannot_be_done_is_said_before_anything_is(bulk, ids, action, value, said):
    with pytest.raises(InvalidInput, match=said):
        bulk.start(action, value, image_ids=ids)


def test_images_are_given_one_way(bulk, ids):
    for both in ({}, {"image_ids": ids, "query": ImageQuery()}):
        with pytest.raises(InvalidInput, match="a list of ids or of a query, one of both"):
            bulk.start("flag", **both)


def test_old_runs_are_forgotten(bulk, ids):
    first = bulk.apply("flag", image_ids=ids)
    for _ in range(bulk_module.KEPT):
        bulk.apply("unflag", image_ids=["no image"])
    with pytest.raises(NotFound, match="there is no action 1; the last 20 are remembered"):
        bulk.get(first.id)


LEFT = {
    "accept": "nothing is proposed on it",
    "reject": "nothing is proposed on it",
    "category": "no object of another category is on it",
    "untag": "it has no such tag",
}


@pytest.mark.parametrize("action", UNDOABLE)
def test_what_was_left_is_counted_by_reason(bulk, ids, action):
    """One is in the trash, one is nowhere; the second time, nothing is to be changed."""
    value = VALUES.get(action, "")
    bulk.apply("tag", "old", image_ids=ids)
    bulk.apply("flag", image_ids=ids if action == "unflag" else [])
    bulk.apply("delete", image_ids=ids[:1] if action != "restore" else ids[1:])
    inside, elsewhere = (ids[1:], "in the trash") if action != "restore" else (ids[1:], "not in the trash")
    first = bulk.apply(action, value, image_ids=[*ids, "f" * 64])
    assert (first.done, first.images) == (5, 3)
    assert set(first.left) == {Left(elsewhere, 1), Left("no longer in the dataset", 1)}
    assert first.objects == (0 if first.counts == "images" else 6 if action == "category" else 3)
    again = bulk.apply(action, value, image_ids=inside)
    moved = {"delete": "in the trash", "restore": "not in the trash"}
    expected = moved.get(action) or LEFT.get(action, "it was so already")
    assert (again.images, again.left) == (0, (Left(expected, 3),))
    assert not again.can_undo


def test_all_of_a_query_without_some(lists, bulk, ids):
    run = bulk.wait(bulk.start("flag", query=ImageQuery(), without=ids[1:3]).id)
    assert (run.total, run.images) == (2, 2)
    assert lists.ids(ImageQuery(flagged=True)) == [ids[0], ids[3]]


def test_undoing_is_watched_stopped_and_gone_on_with(monkeypatch, lists, bulk, ids):
    monkeypatch.setattr(bulk_module, "chunks", lambda items: ([one] for one in items))
    run = bulk.apply("flag", image_ids=ids)
    real, steps = bulk_module.refresh, []

    def step(session, chunk):
        real(session, chunk)
        steps.append(bulk.get(run.id).state)
        if len(steps) == 1:
            bulk.cancel(run.id)

    monkeypatch.setattr(bulk_module, "refresh", step)
    begun = bulk.start_undo(run.id)
    stopped = bulk.wait(begun.id)
    assert (stopped.state, stopped.undone, stopped.can_undo) == ("done", 1, True)
    assert lists.ids(ImageQuery(flagged=True)) == ids[:3]
    undone = bulk.wait(bulk.start_undo(run.id).id)
    assert (undone.state, undone.undone, undone.can_undo, set(steps)) == ("undone", 4, False, {"undoing"})
    assert [one.id for one in bulk.runs()] == [run.id]


def test_work_is_done_image_by_image(database, lists, ids):
    asked = []

    def work(image_id):
        asked.append(image_id)
        return "it was encoded already" if image_id == ids[1] else ""

    bulk = BulkService(database=database, queries=lists, workers={"encode": work})
    bulk.apply("delete", image_ids=ids[2:3])
    run = bulk.apply("encode", image_ids=ids)
    assert asked == [ids[0], ids[1], ids[3]]
    assert (run.done, run.images, run.can_undo) == (4, 2, False)
    assert set(run.left) == {Left("it was encoded already", 1), Left("in the trash", 1)}
    with pytest.raises(Unavailable, match="the action erase cannot be done here"):
        bulk.start("erase", image_ids=ids)
