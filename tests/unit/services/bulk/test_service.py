import numpy as np
import pytest

from samstudio.db.image_facts import rebuild
from samstudio.domain import AnnotationStatus, Conflict, ImageState, InvalidInput, NewAnnotation, NotFound
from samstudio.masks import encode_rle
from samstudio.services.bulk import BULK_ACTIONS, BulkService
from samstudio.services.bulk import service as bulk_module
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


@pytest.mark.parametrize("action", BULK_ACTIONS.names())
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
    bulk.undo(run.id)
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
    real = bulk._do

    def step(run, action, chunk):
        real(run, action, chunk)
        steps.append(run.seen.done)
        if len(steps) == 2:
            bulk.cancel(run.seen.id)

    monkeypatch.setattr(bulk, "_do", step)
    run = bulk.wait(bulk.start("flag", image_ids=ids).id)
    assert (run.state, run.done, run.total, steps) == ("cancelled", 2, 4, [1, 2])
    assert lists.ids(ImageQuery(flagged=True)) == ids[:2]
    bulk.undo(run.id)
    assert lists.ids(ImageQuery(flagged=True)) == []


def test_a_failure_says_why_and_what_was_done_can_be_undone(monkeypatch, lists, bulk, ids):
    monkeypatch.setattr(bulk_module, "chunks", lambda items: ([one] for one in items))
    real = bulk._do
    monkeypatch.setattr(
        bulk, "_do", lambda run, action, chunk: real(run, action, chunk) if chunk != [ids[2]] else 1 / 0
    )
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
