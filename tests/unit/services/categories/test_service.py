import numpy as np
import pytest

from samstudio.db.image_facts import rebuild
from samstudio.domain import AnnotationStatus, Conflict, InvalidInput, NewAnnotation, NotFound
from samstudio.masks import encode_rle
from samstudio.services.annotations import queries
from samstudio.services.bulk import BulkService
from samstudio.services.categories import CategoryService
from samstudio.services.image_queries import ImageQuery, ImageQueryService
from samstudio.services.trash import TrashService
from tests.unit.db.test_image_facts import facts
from tests.unit.services.pictures import colours, encoded

MASK = encode_rle(np.ones((24, 36), bool))


@pytest.fixture
def bulk(database, monkeypatch):
    monkeypatch.setattr(queries, "CHUNK", 1)  # images of a transaction
    return BulkService(database=database, queries=ImageQueryService(database=database))


@pytest.fixture
def service(database, bulk):
    return CategoryService(database=database, bulk=bulk)


@pytest.fixture
def ids(images, annotations, service):
    """Two images with an object of each status and category: 1 cell, 2 nucleus, 3 debris (of no object)."""
    found = [images.add(encoded(colours(seed=s), "PNG"), filename=f"{s}.png").image.id for s in range(2)]
    new = [
        NewAnnotation(one, name, MASK, status=status)
        for one in found
        for status in AnnotationStatus
        for name in ("cell", "nucleus")
    ]
    annotations.add_many(new)
    annotations.ensure_category("debris")
    return found


def names(annotations):
    return [one.name for one in annotations.categories()]


def facts_are_right(database):
    kept = facts(database)
    with database.write() as session:
        rebuild(session)
    return kept == facts(database)


def test_a_category_is_renamed_recoloured_and_described(annotations, service, ids):
    changed = service.change(
        1, name=" round  cell ", color="#ABCDEF", description=" a round one ", supercategory="x"
    ).category
    assert (changed.name, changed.color, changed.description, changed.supercategory) == (
        "round cell",
        "#abcdef",
        "a round one",
        "x",
    )
    assert annotations.categories()[0] == changed
    assert annotations.get(1).category == changed
    assert service.change(1, supercategory="", description="").category.supercategory == ""


@pytest.mark.parametrize(
    ("error", "change", "said"),
    [
        (Conflict, {"name": "nucleus"}, "there is a category nucleus already: merge them instead"),
        (InvalidInput, {"name": " "}, "a category needs a name"),
        (InvalidInput, {"color": "red"}, "'red' is no colour such as #e6553f"),
        (InvalidInput, {"description": "x" * 2001}, "at most 2000 characters"),
    ],
)
def test_what_cannot_be_is_said(service, ids, error, change, said):
    with pytest.raises(error, match=said):
        service.change(1, **change)


def test_the_order_is_as_it_was_put(annotations, service, ids):
    service.reorder([3, 1])
    assert names(annotations) == ["debris", "cell", "nucleus"]
    annotations.ensure_category("late")
    assert set(names(annotations)[:3]) == {"debris", "cell", "nucleus"}
    with pytest.raises(InvalidInput, match="named twice"):
        service.reorder([1, 1])


def test_two_become_one(database, images, annotations, service, ids):
    TrashService(database=database, images=images).discard(ids[1:])
    before = annotations.list(ids[0])
    assert service.merge([2], into=1).category.name == "cell"
    assert names(annotations) == ["cell", "debris"]
    assert {one.category.name for one in annotations.list()} == {"cell"}
    assert [one.revision for one in annotations.list(ids[0])] == [
        one.revision + (one.category.id == 2) for one in before
    ]
    lists = ImageQueryService(database=database)
    assert lists.ids(ImageQuery(category="cell", trashed=True)) == ids[1:]
    assert facts_are_right(database)
    with pytest.raises(NotFound, match="there is no category 2"):
        service.merge([2], into=1)
    with pytest.raises(InvalidInput, match="into itself"):
        service.merge([1], into=1)


def test_a_category_goes_with_its_objects_only_when_told(database, annotations, service, ids):
    with pytest.raises(
        Conflict, match="the category nucleus has objects: merge it into another one, or delete"
    ):
        service.delete(2)
    service.delete(3)
    service.delete(2, reject_objects=True)
    assert names(annotations) == ["cell"]
    nuclei = [one for one in annotations.list() if one.category.name == "nucleus"]
    assert {one.status for one in nuclei} == {AnnotationStatus.REJECTED}
    assert len(nuclei) == 6
    assert facts_are_right(database)
    with pytest.raises(NotFound):
        service.change(2, name="x")


def test_it_comes_back_with_an_object_or_when_it_is_named_again(annotations, service, ids):
    service.delete(2, reject_objects=True)
    one = next(one for one in annotations.list() if one.category.name == "nucleus")
    restored = annotations.update(one.id, revision=one.revision, status=AnnotationStatus.ACCEPTED)
    assert "nucleus" in names(annotations)
    annotations.delete(restored.id)
    assert "nucleus" not in names(annotations)
    assert annotations.ensure_category("nucleus").id == 2
    assert "nucleus" in names(annotations)


def test_one_that_came_back_with_an_object_is_as_any_other(annotations, service, ids):
    service.delete(2, reject_objects=True)
    one = next(one for one in annotations.list() if one.category.name == "nucleus")
    annotations.update(one.id, revision=one.revision, status=AnnotationStatus.ACCEPTED)
    for taken in (lambda: service.add("nucleus"), lambda: service.change(1, name="nucleus")):
        with pytest.raises(Conflict, match="there is a category nucleus already"):
            taken()
    assert service.change(2, name="core").category.name == "core"
    service.merge([2], into=1)
    assert annotations.get(one.id).category.name == "cell"


def test_the_name_of_a_deleted_one_is_free(annotations, service, ids):
    service.delete(2, reject_objects=True)
    assert service.change(1, name="nucleus").category.name == "nucleus"
    assert {one.category.name for one in annotations.list(status=AnnotationStatus.REJECTED)} == {
        "nucleus",
        "nucleus (2)",
    }


def words(annotations):
    return [
        (one.id, one.name, one.color, one.supercategory, one.description) for one in annotations.categories()
    ]


CHANGES = {
    "rename": lambda s: s.change(1, name="round cell"),
    "rename to a deleted name": lambda s: (s.delete(2, reject_objects=True), s.change(1, name="nucleus"))[1],
    "recolour": lambda s: s.change(1, color="#ABCDEF"),
    "describe": lambda s: s.change(1, description="d", supercategory="x"),
    "nothing": lambda s: s.change(1, name="cell"),
    "reorder": lambda s: s.reorder([3, 1]),
    "move": lambda s: s.move(1, before=None),
    "move before": lambda s: s.move(3, before=1),
    "add": lambda s: s.add("new", color="#000000", description="d"),
    "merge": lambda s: s.merge([2], into=1),
    "merge several": lambda s: s.merge([1, 2], into=3),
    "merge one without objects": lambda s: s.merge([3], into=1),
    "delete": lambda s: s.delete(3),
    "delete with objects": lambda s: s.delete(2, reject_objects=True),
    "delete without objects": lambda s: s.delete(2, leave_objects=True),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_every_change_is_undone(database, images, annotations, service, bulk, ids, change):
    TrashService(database=database, images=images).discard(ids[1:])
    if change is CHANGES["rename to a deleted name"]:
        service.delete(2, reject_objects=True)
        service.add("nucleus")
        before = None
    else:
        before = words(annotations), [(one.category.id, one.status) for one in annotations.list()]
    run = change(service).run
    assert (run.state, run.can_undo) == ("done", True)
    assert facts_are_right(database)
    assert bulk.undo(run.id).state == "undone"
    assert facts_are_right(database)
    after = words(annotations), [(one.category.id, one.status) for one in annotations.list()]
    assert before is None or after == before
    TrashService(database=database, images=images).restore(ids[1:])
    assert facts_are_right(database)


def test_what_is_left_without_a_category_is_an_object(annotations, service, bulk, ids):
    run = service.delete(2, leave_objects=True).run
    assert (run.action, run.value, run.objects) == ("delete_category", "nucleus", 4)
    assert names(annotations) == ["cell", "debris", "object"]
    assert service.present_name("nucleus") == "object"
    service.change(4, name="thing")
    again = service.delete(3, leave_objects=True).run
    assert service.former_names()[4] == ["nucleus"]
    bulk.undo(again.id)
    assert service.former_names()[4] == ["nucleus", "object"]
    service.change(4, name="object")
    service.delete(1, leave_objects=True)
    assert [(one.category.name, one.objects) for one in service.usage()] == [("debris", 0), ("object", 8)]
    annotations.add(NewAnnotation(ids[0], "object", MASK))
    bulk.undo(run.id)
    assert [(one.category.name, one.objects) for one in service.usage()] == [
        ("nucleus", 4), ("debris", 0), ("object", 5),
    ]  # fmt: skip
    plain = service.usage()[2].category
    with pytest.raises(InvalidInput, match="object is the category of what has none"):
        service.delete(plain.id, leave_objects=True)
    with pytest.raises(InvalidInput, match="not both"):
        service.delete(3, leave_objects=True, reject_objects=True)


def test_what_others_did_since_is_not_undone(annotations, service, bulk, ids):
    merged = service.merge([2], into=1).run
    assert merged.objects == 4
    _, mine, *_ = [one for one in annotations.list(ids[0]) if one.status is not AnnotationStatus.REJECTED]
    annotations.update(mine.id, revision=mine.revision, category="debris")
    assert bulk.undo(merged.id).kept == 1
    assert annotations.get(mine.id).category.name == "debris"
    assert names(annotations) == ["cell", "nucleus", "debris"]
    renamed = service.change(1, name="a").run
    service.change(1, name="b")
    assert "someone has changed the category b since" in bulk.undo(renamed.id).problem
    added = service.add("new").run
    annotations.add(NewAnnotation(ids[0], "new", MASK))
    refused = bulk.undo(added.id)
    assert "the category new has objects by now" in refused.problem
    assert refused.can_undo


def test_a_change_of_what_is_outdated_asks(service, ids):
    seen = service.usage()[0].revision
    service.change(1, revision=seen, name="round")
    service.change(1, revision=seen, name="round")
    with pytest.raises(Conflict, match=r"someone else changed this category \(round\) meanwhile"):
        service.change(1, revision=seen, name="square")
    with pytest.raises(Conflict, match="there is a category nucleus already"):
        service.add(" nucleus ")


def test_a_former_name_leads_to_the_category_until_it_is_another(database, annotations, service, ids):
    service.change(1, name="round")
    service.change(1, name="round cell")
    service.merge([2], into=1)
    lists = ImageQueryService(database=database)
    assert service.former_names() == {1: ["nucleus", "cell", "round"]}
    for former in ("cell", "round", "nucleus"):
        assert service.present_name(former) == "round cell"
        assert lists.count(ImageQuery(category=former)) == 2
    annotations.ensure_category("cell")
    assert service.present_name("cell") == "cell"
    assert service.former_names() == {1: ["nucleus", "round"]}
    service.change(1, name="nucleus")
    assert service.former_names() == {1: ["round cell", "round"]}


def test_a_name_goes_there_and_back_without_leaving_more_rows(database, service, bulk, ids):
    merged = service.merge([2], into=1).run
    for name in ("a", "b", "a", "b", "nucleus", "cell"):
        service.change(1, name=name)
    assert sorted(service.former_names()[1]) == ["a", "b", "nucleus"]
    assert bulk.undo(merged.id).state == "undone"
    assert [one.category.name for one in service.usage()] == ["cell", "nucleus", "debris"]


def test_objects_and_images_are_counted(images, annotations, service, ids):
    annotations.add(NewAnnotation(ids[0], "cell", MASK))
    counted = [(one.category.name, one.accepted, one.proposed, one.images) for one in service.usage()]
    assert counted == [("cell", 3, 2, 2), ("nucleus", 2, 2, 2), ("debris", 0, 0, 0)]
    annotations.delete(1)
    assert service.usage()[0].objects == 4


def test_a_number_of_a_deleted_category_can_be_given_again(annotations, service, ids):
    annotations.ensure_category("cup", number=7)
    service.delete(4)
    assert annotations.ensure_category("plate", number=7).number == 7
