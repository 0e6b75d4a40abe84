"""The server functions on objects, over the real services and a real database."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from samstudio.authors import acting_as
from samstudio.db.engine import open_database
from samstudio.domain import AnnotationStatus, NewAnnotation
from samstudio.masks import encode_rle
from samstudio.services.annotations import AnnotationService
from samstudio.services.bulk import BulkService
from samstudio.services.categories import CategoryService
from samstudio.services.image_queries import ImageQueryService
from samstudio.services.images import ImageService
from samstudio.web.page.canvas.objects import CanvasObjects
from samstudio.web.page.canvas.wire import to_wire
from samstudio.web.page.server_functions import errors_as_json
from tests.unit.web.conftest import BOX, Call

SIZE = (60, 80)
CLICK = {"box": None, "point_coords": [[40, 30]], "point_labels": [1]}


def mask(x: int = 10, width: int = 20) -> np.ndarray:
    drawn = np.zeros(SIZE, bool)
    drawn[10:30, x : x + width] = True
    return drawn


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Any]:
    database = open_database(f"sqlite:///{tmp_path / 'studio.db'}")
    folder = tmp_path / "images"
    yield SimpleNamespace(
        images=ImageService(database=database, folder=folder, max_bytes=10**6, max_pixels=10**6),
        annotations=AnnotationService(database=database),
        categories=CategoryService(
            database=database,
            bulk=BulkService(database=database, queries=ImageQueryService(database=database)),
        ),
    )
    database.close()


@pytest.fixture
def call(project: Any) -> Call:
    functions = CanvasObjects(project=project)
    return lambda name, **request: errors_as_json(getattr(functions, name))(request)


@pytest.fixture
def image_id(project: Any, png: Callable[..., bytes]) -> str:
    return str(project.images.add(png(), filename="one.png").image.id)


def new(client_id: str = "a", **changes: Any) -> dict[str, Any]:
    request = {"client_id": client_id, "category": "cup", "mask": to_wire(mask()), "prompts": [BOX]}
    return {**request, "version": 0, "iou": 0.9, "proposed": to_wire(mask()), **changes}


def add(call: Call, image_id: str, *items: dict[str, Any]) -> list[dict[str, Any]]:
    reply = call("change_objects", image_id=image_id, add=list(items) or [new()])
    assert "error" not in reply, reply
    return list(reply["added"])


def seen(one: dict[str, Any]) -> dict[str, Any]:
    return {"id": one["id"], "revision": one["revision"]}


def test_an_accepted_object_is_stored_with_how_it_came_to_be(call: Call, image_id: str, project: Any) -> None:
    reply = call("change_objects", image_id=image_id, add=[new()])
    (one,) = reply["added"]
    stored = project.annotations.get(one["id"])
    assert stored.status is AnnotationStatus.ACCEPTED
    assert (stored.category.name, stored.proposed_by, stored.predicted_iou) == ("cup", 0, 0.9)
    assert stored.proposed_rle == stored.rle == encode_rle(mask())
    assert stored.prompts[0]["box"] == [10.0, 10.0, 40.0, 40.0]
    category = stored.category
    assert reply["categories"] == [{"id": category.id, "name": "cup", "color": category.color}]
    assert (reply["removed"], reply["restored"]) == ([], [])
    assert one == {
        "id": stored.id,
        "image_id": image_id,
        "category": "cup",
        "category_id": category.id,
        "color": category.color,
        "status": "accepted",
        "version": 0,
        "iou": 0.9,
        "revision": 1,
        "rank": None,
        "client_id": "a",
        "corrected": False,
        "marks": {"note": "", "flagged": False},
    }, "and not the mask that was just sent"


def test_corrected_and_hand_drawn_objects_are_told_apart(call: Call, image_id: str, project: Any) -> None:
    corrected, drawn, as_proposed = add(
        call,
        image_id,
        new("a", proposed=to_wire(mask(width=30))),
        new("b", version=None, iou=None, prompts=[]),
        new("c", proposed=None),
    )
    assert [one["corrected"] for one in (corrected, drawn, as_proposed)] == [True, False, False]
    assert project.annotations.get(corrected["id"]).proposed_rle == encode_rle(mask(width=30))
    assert project.annotations.get(drawn["id"]).proposed_rle is None


def test_the_logged_prompts_say_what_they_built_on(call: Call, image_id: str, project: Any) -> None:
    steps = [{**CLICK, "candidate": 2}, BOX]
    by_click, by_hand = add(
        call,
        image_id,
        new("a", prompts=steps),
        new("b", prompts=[{**CLICK, "has_mask_input": True}]),
    )
    first, second = project.annotations.get(by_click["id"]).prompts
    assert (first["candidate"], first["has_mask_input"], second["has_mask_input"]) == (2, False, True)
    assert "candidate" not in second
    assert project.annotations.get(by_hand["id"]).prompts[0]["has_mask_input"] is True


def test_the_same_request_twice_stores_one_object(call: Call, image_id: str, project: Any) -> None:
    first, second = add(call, image_id), add(call, image_id)
    assert first == second
    assert len(project.annotations.list()) == 1


def test_the_mask_of_an_object_that_was_stored_otherwise_is_sent(call: Call, image_id: str) -> None:
    """Two pages had one draft; the first to accept it had changed it."""
    add(call, image_id, new("a", mask=to_wire(mask(width=25))))
    twin, other = add(call, image_id, new("a"), new("b"))
    assert twin["mask"] == to_wire(mask(width=25))
    assert "mask" not in other


def test_the_same_name_on_another_image_is_refused(
    call: Call, image_id: str, project: Any, png: Callable[..., bytes]
) -> None:
    other = project.images.add(png(1), filename="two.png").image.id
    add(call, image_id)
    assert "another image" in call("change_objects", image_id=other, add=[new()])["error"]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"mask": {"png": "", "x": 0, "y": 0, "w": 3, "h": 3}}, "whole"),
        ({"mask": None}, "whole"),
        ({"category": " "}, "category is missing"),
        ({"client_id": ""}, "client id is missing"),
        ({"client_id": "x" * 65}, "1 to 64 characters"),
        ({"prompts": [{"point_coords": [[1]]}]}, "point 1 is not two numbers"),
        ({"prompts": [7]}, "the prompt is empty"),
        ({"prompts": 7}, "Reload"),
    ],
)
def test_when_one_object_is_refused_nothing_is_stored(
    call: Call, image_id: str, project: Any, changes: Any, says: str
) -> None:
    reply = call("change_objects", image_id=image_id, add=[new("good"), {**new("bad"), **changes}])
    assert says in reply["error"]
    assert project.annotations.list() == []


def test_one_call_replaces_objects_and_one_call_undoes_it(call: Call, image_id: str) -> None:
    old = add(call, image_id)[0]
    halves = [new("left", mask=to_wire(mask(width=10))), new("right", mask=to_wire(mask(20, 10)))]
    done = call("change_objects", image_id=image_id, add=halves, remove=[seen(old)])
    assert done["removed"] == [{"id": old["id"], "revision": 2}]
    assert len(done["added"]) == 2
    undone = call(
        "change_objects",
        image_id=image_id,
        remove=[seen(one) for one in done["added"]],
        restore=done["removed"],
    )
    assert undone["restored"] == [{**old, "revision": 3, "mask": to_wire(mask())}]
    assert [one["revision"] for one in undone["removed"]] == [2, 2]


def test_a_change_whose_reply_got_lost_can_be_sent_again(call: Call, image_id: str) -> None:
    old = add(call, image_id)[0]
    request = {"image_id": image_id, "add": [new("b")], "remove": [seen(old)]}
    assert call("change_objects", **request) == call("change_objects", **request)


def test_a_stale_change_is_refused_whole_with_what_is_there_now(
    call: Call, image_id: str, project: Any
) -> None:
    mine, theirs = add(call, image_id, new("a"), new("b"))
    theirs_now = call("update_object", **seen(theirs), category="mug")["object"]
    reply = call("change_objects", image_id=image_id, add=[new("c")], remove=[seen(mine), seen(theirs)])
    assert "someone else" in reply["error"]
    assert reply["conflict"] == {**theirs_now, "mask": to_wire(mask())}
    assert [(one.id, one.revision) for one in project.annotations.list(image_id)] == [
        (mine["id"], 1),
        (theirs["id"], 2),
    ]


def test_a_stale_update_is_refused_with_what_is_there_now(call: Call, image_id: str) -> None:
    one = add(call, image_id)[0]
    now = call("update_object", **seen(one), category="mug")["object"]
    reply = call("update_object", **seen(one), category="jug")
    assert "someone else" in reply["error"]
    assert reply["conflict"] == {**now, "mask": to_wire(mask())}


def test_changing_what_someone_deleted_says_so(call: Call, image_id: str) -> None:
    one = add(call, image_id)[0]
    call("change_objects", image_id=image_id, remove=[seen(one)])
    reply = call("update_object", **seen(one), category="jug")
    assert "someone else" in reply["error"]
    assert reply["conflict"] == {"id": one["id"], "revision": 2, "deleted": True}


def test_an_update_whose_reply_got_lost_can_be_sent_again(call: Call, image_id: str) -> None:
    one = add(call, image_id)[0]
    request = {**seen(one), "category": "mug", "mask": to_wire(mask(width=9)), "rank": 0.5}
    request |= {"version": 3, "iou": 0.5, "proposed": to_wire(mask(width=8)), "prompts": [CLICK]}
    first = call("update_object", **request)
    assert first["object"]["revision"] == 2
    assert call("update_object", **request) == first


def test_a_correction_of_an_object_keeps_what_was_proposed(call: Call, image_id: str, project: Any) -> None:
    one = add(call, image_id)[0]
    by_hand = call("update_object", **seen(one), mask=to_wire(mask(width=25)))["object"]
    assert by_hand["corrected"]
    assert "mask" not in by_hand
    stored = project.annotations.get(one["id"])
    assert (stored.rle, stored.proposed_rle) == (encode_rle(mask(width=25)), encode_rle(mask()))
    wire = to_wire(mask(width=30))
    again = call(
        "update_object", **seen(by_hand), mask=wire, proposed=wire, version=4, iou=0.7, prompts=[CLICK]
    )["object"]
    assert (again["corrected"], again["version"], again["iou"]) == (False, 4, 0.7)


def test_objects_are_listed_from_the_lowest_to_the_topmost(call: Call, image_id: str, project: Any) -> None:
    a, b, c = add(call, image_id, new("a"), new("b"), new("c"))
    call("update_object", **seen(a), rank=c["id"] + 1)
    listed, _ = CanvasObjects(project=project).of_image(project.images.get(image_id))
    assert [one["client_id"] for one in listed] == ["b", "c", "a"]
    assert b["rank"] is None


def propose(project: Any, image_id: str) -> Any:
    return project.annotations.add(
        NewAnnotation(image_id, "cup", encode_rle(mask()), status=AnnotationStatus.PROPOSED)
    )


def test_proposed_objects_are_shown_and_rejected_ones_are_not(
    call: Call, image_id: str, project: Any
) -> None:
    accepted, rejected = add(call, image_id, new("a"), new("b"))
    call("change_objects", image_id=image_id, remove=[seen(rejected)])
    proposed = propose(project, image_id)
    listed, _ = CanvasObjects(project=project).of_image(project.images.get(image_id))
    assert [(one["id"], one["status"]) for one in listed] == [
        (accepted["id"], "accepted"),
        (proposed.id, "proposed"),
    ]
    fresh = call("changes", image_id=image_id, known={str(accepted["id"]): 1})
    assert [one["id"] for one in fresh["objects"]] == [proposed.id]


def test_a_proposal_is_accepted_and_proposed_again(call: Call, image_id: str, project: Any) -> None:
    one = propose(project, image_id)
    first = {"id": one.id, "revision": 1}
    (accepted,) = call("change_objects", image_id=image_id, restore=[first])["restored"]
    assert (accepted["status"], accepted["revision"]) == ("accepted", 2)
    (again,) = call("change_objects", image_id=image_id, propose=[seen(accepted)])["restored"]
    assert (again["status"], again["revision"]) == ("proposed", 3)
    assert project.annotations.get(one.id).status is AnnotationStatus.PROPOSED


def test_a_correction_says_what_becomes_of_the_proposal(call: Call, image_id: str, project: Any) -> None:
    one = propose(project, image_id)
    wire = to_wire(mask(width=25))
    request = {"id": one.id, "revision": 1, "mask": wire, "status": "accepted"}
    assert call("update_object", **request)["object"]["status"] == "accepted"
    reply = call("update_object", id=one.id, revision=2, status="perhaps")
    assert reply["error"] == "there is no status 'perhaps'; there are proposed, accepted, rejected"


def test_a_stale_view_of_a_proposal_meets_the_proposal(call: Call, image_id: str, project: Any) -> None:
    one = propose(project, image_id)
    project.annotations.update(one.id, revision=1, category="mug")
    reply = call("change_objects", image_id=image_id, restore=[{"id": one.id, "revision": 1}])
    assert reply["conflict"]["category"] == "mug"


def test_what_others_changed_is_told(call: Call, image_id: str) -> None:
    same, changed, gone = add(call, image_id, new("a"), new("b"), new("c"))
    known = {str(one["id"]): one["revision"] for one in (same, changed, gone)}
    assert call("changes", image_id=image_id, known=known) == {"objects": [], "gone": []}
    now = call("update_object", **seen(changed), category="mug")["object"]
    call("change_objects", image_id=image_id, remove=[seen(gone)])
    (fresh,) = add(call, image_id, new("d"))
    told = call("changes", image_id=image_id, known=known)
    assert told["gone"] == [gone["id"]]
    assert told["objects"] == [{**one, "mask": to_wire(mask())} for one in (now, fresh)]


@pytest.mark.parametrize(
    ("request_", "says"),
    [
        ({"remove": [{"id": 1}]}, "Reload"),
        ({"remove": {"id": 1, "revision": 1}}, "not a list"),
        ({"remove": [{"id": 99, "revision": 1}]}, "no annotation 99"),
        ({"add": ["a"]}, "not a list of objects"),
    ],
)
def test_what_is_no_change_is_told(call: Call, image_id: str, request_: Any, says: str) -> None:
    assert says in call("change_objects", image_id=image_id, **request_)["error"]
    assert "Reload" in call("changes", image_id=image_id, known={"a": 1})["error"]


@pytest.mark.parametrize(
    ("said", "author"),
    [
        ({}, "Bob"),
        ({"author": "Ann"}, "Ann"),
        ({"author": ""}, None),
        ({"author": "a" * 300}, "a" * 100),
        ({"author": 7}, "7"),
    ],
)
def test_an_object_is_its_deciders_whoever_sends_it(
    project: Any, call: Call, image_id: str, said: dict[str, Any], author: str | None
) -> None:
    with acting_as("Bob"):
        (one,) = add(call, image_id, new(**said))
    assert project.annotations.get(one["id"]).author == author
    with acting_as("ann-on-hub", verified=True):
        (other,) = add(call, image_id, new("b", **said))
    assert project.annotations.get(other["id"]).author == "ann-on-hub"


@pytest.mark.parametrize(
    ("decided_at", "kept"),
    [(None, False), (-10_000, False), (-3_600_000, True), (3_600_000, False), ("x", False), (1e300, False)],
)
def test_what_is_sent_late_says_when_it_was_decided(
    project: Any, call: Call, image_id: str, decided_at: Any, kept: bool
) -> None:
    now = time.time() * 1000
    near = isinstance(decided_at, int)
    (one,) = add(call, image_id, new(decided_at=now + decided_at if near else decided_at))
    (entry,) = project.annotations.history(one["id"])
    assert (entry.decided_at is not None) == kept
    if entry.decided_at is not None:
        assert entry.decided_at.timestamp() == pytest.approx((now + decided_at) / 1000, abs=1.5)


def test_a_page_that_has_not_heard_of_a_new_name_gets_through(
    call: Call, image_id: str, project: Any
) -> None:
    (one,) = call("change_objects", image_id=image_id, add=[new()])["added"]
    project.categories.change(one["category_id"], name="mug")
    again = call("change_objects", image_id=image_id, add=[new(client_id="second")])
    assert [each["category"] for each in again["added"]] == ["mug"]
    assert again["categories"][0]["formerly"] == ["cup"]
    changed = call("update_object", **seen(one), category="cup")
    assert changed["object"]["category"] == "mug"
    assert [each["name"] for each in changed["categories"]] == ["mug"]
