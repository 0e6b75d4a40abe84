from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.unit.web.conftest import BOX, Call
from tests.unit.web.fakes import FakeProject


def test_images_are_listed_with_their_counts(
    call: Call, image_id: str, png: Callable[..., bytes], project: FakeProject
) -> None:
    project.images.add(png(1), filename="two.png")
    mask = call("predict", image_id=image_id, prompt=BOX)["mask"]
    call("change_objects", image_id=image_id, add=[{"client_id": "a", "category": "cup", "mask": mask}])
    reply = call("list_images", limit=1)
    assert reply["total"] == 2
    assert [(one["filename"], one["accepted"]) for one in reply["images"]] == [("one.png", 1)]


def test_an_object_with_a_damaged_mask_is_left_out_and_named(
    call: Call, image_id: str, project: FakeProject
) -> None:
    mask = call("predict", image_id=image_id, prompt=BOX)["mask"]
    new = [{"client_id": one, "category": "cup", "mask": mask} for one in "ab"]
    damaged, good = call("change_objects", image_id=image_id, add=new)["added"]
    project.damage(damaged["id"])
    reply = call("open_image", image_id=image_id)
    assert [one["id"] for one in reply["objects"]] == [good["id"]]
    (problem,) = reply["problems"]
    assert problem.startswith(f"object {damaged['id']} on one.png was left out: not a COCO run-length mask")
    changes = call("changes", image_id=image_id, known={str(good["id"]): good["revision"]})
    assert changes == {"objects": [], "gone": []}
    known = {str(one["id"]): 0 for one in (damaged, good)}
    changes = call("changes", image_id=image_id, known=known)
    assert [one["id"] for one in changes["objects"]] == [good["id"]]
    assert changes["gone"] == [damaged["id"]]


def test_preparing_answers_when_the_embedding_is_there(
    call: Call, image_id: str, project: FakeProject
) -> None:
    assert not project.predictions.prepared(image_id)
    assert call("prepare_image", image_id=image_id) == {"image_id": image_id}
    assert project.predictions.prepared(image_id)


def test_a_category_can_be_made_before_its_first_object(call: Call) -> None:
    assert [one["name"] for one in call("add_category", name=" crack ")["categories"]] == ["crack"]


def test_unknown_ids_and_surprises_are_told_not_raised(
    call: Call, image_id: str, project: FakeProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (
        call("open_image", image_id="nope")["error"] == "there is no image 'nope'; it may have been deleted"
    )
    assert "Reload" in call("change_objects", image_id=image_id, remove=[{"id": 1}])["error"]
    monkeypatch.setattr(project.image_queries, "count", lambda _query: 1 / 0)
    assert "server" in call("list_images")["error"]


def test_the_samples_are_added_once(call: Call, project: FakeProject) -> None:
    first = call("add_samples")
    count = project.images.count()
    assert count >= 5
    assert call("add_samples") == first
    assert project.images.count() == count
