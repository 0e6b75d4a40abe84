import numpy as np
import pytest

from samstudio.db.image_facts import rebuild
from samstudio.domain import AnnotationStatus, Conflict, InvalidInput, NewAnnotation, NotFound
from samstudio.masks import encode_rle
from samstudio.services.annotations import category_changes
from samstudio.services.annotations.category_changes import CategoryService
from samstudio.services.image_queries import ImageQuery, ImageQueryService
from samstudio.services.trash import TrashService
from tests.unit.db.test_image_facts import facts
from tests.unit.services.pictures import colours, encoded

MASK = encode_rle(np.ones((24, 36), bool))


@pytest.fixture
def service(database, monkeypatch):
    monkeypatch.setattr(category_changes, "IMAGES_AT_ONCE", 1)
    return CategoryService(database=database)


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
    )
    assert (changed.name, changed.color, changed.description, changed.supercategory) == (
        "round cell",
        "#abcdef",
        "a round one",
        "x",
    )
    assert annotations.categories()[0] == changed
    assert annotations.get(1).category == changed
    assert service.change(1, supercategory="", description="").supercategory == ""


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
    assert [one.name for one in service.reorder([3, 1])] == ["debris", "cell", "nucleus"]
    assert names(annotations) == ["debris", "cell", "nucleus"]
    annotations.ensure_category("late")
    assert set(names(annotations)[:3]) == {"debris", "cell", "nucleus"}
    with pytest.raises(InvalidInput, match="named twice"):
        service.reorder([1, 1])


def test_two_become_one(database, images, annotations, service, ids):
    TrashService(database=database, images=images).discard(ids[1:])
    before = annotations.list(ids[0])
    assert service.merge(2, into=1).name == "cell"
    assert names(annotations) == ["cell", "debris"]
    assert {one.category.name for one in annotations.list()} == {"cell"}
    assert [one.revision for one in annotations.list(ids[0])] == [
        one.revision + (one.category.id == 2) for one in before
    ]
    lists = ImageQueryService(database=database)
    assert lists.ids(ImageQuery(category="cell", trashed=True)) == ids[1:]
    assert facts_are_right(database)
    with pytest.raises(NotFound, match="there is no category 2"):
        service.merge(2, into=1)
    with pytest.raises(InvalidInput, match="into itself"):
        service.merge(1, into=1)


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


def test_the_name_of_a_deleted_one_is_free(annotations, service, ids):
    service.delete(2, reject_objects=True)
    assert service.change(1, name="nucleus").name == "nucleus"
    assert {one.category.name for one in annotations.list(status=AnnotationStatus.REJECTED)} == {
        "nucleus",
        "nucleus (2)",
    }
