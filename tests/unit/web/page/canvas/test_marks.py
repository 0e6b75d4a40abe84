"""What the canvas says of images and objects; never over what somebody else said meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.unit.web.conftest import BOX, Call
from tests.unit.web.fakes import FakeProject

SAID = {"state": "todo", "note": "", "flagged": False}


@pytest.fixture
def object_id(call: Call, image_id: str) -> int:
    mask = call("predict", image_id=image_id, prompt=BOX)["mask"]
    new = {"client_id": "a", "category": "cup", "mask": mask}
    return int(call("change_objects", image_id=image_id, add=[new])["added"][0]["id"])


def test_an_image_is_listed_and_opened_with_what_is_said_of_it(
    call: Call, image_id: str, object_id: int
) -> None:
    opened = call("open_image", image_id=image_id)
    assert (opened["image"]["marks"], opened["image"]["flagged"]) == (SAID, False)
    values = {"state": "done", "note": " a\nb  ", "flagged": True}
    reply = call("mark_image", image_id=image_id, values=values, seen=SAID)
    assert reply == {"stored": True, "marks": {**values, "note": "a\nb"}, "left": 0}
    call("mark_image", image_id=image_id, values={"flagged": False}, seen={"flagged": True})
    assert call("mark_object", id=object_id, values={"flagged": True, "note": "x"}, seen={}) == {
        "stored": True,
        "marks": {"note": "x", "flagged": True},
        "revision": 2,
    }
    (listed,) = call("list_images")["images"]
    opened = call("open_image", image_id=image_id)
    for image in (listed, opened["image"]):
        assert image["marks"] == {"state": "done", "note": "a\nb", "flagged": False}
        assert image["flagged"], "an object of it is"
    assert opened["objects"][0]["marks"] == {"note": "x", "flagged": True}


@pytest.mark.parametrize(
    ("theirs", "mine", "seen", "stored"),
    [
        ({"state": "nothing"}, {"state": "done"}, {"state": "todo"}, False),
        ({"state": "nothing"}, {"state": "done"}, {"state": "nothing"}, True),
        ({"state": "done"}, {"state": "done"}, {"state": "todo"}, True),
        ({"note": "theirs"}, {"note": "mine"}, {"note": ""}, False),
        ({"note": "theirs"}, {"note": "theirs "}, {"note": ""}, True),
        ({"note": "theirs"}, {"note": "mine", "state": "done"}, {"note": "", "state": "todo"}, False),
        ({"note": "theirs"}, {"flagged": True}, {"flagged": False}, True),
        ({"flagged": True}, {"flagged": True, "note": "mine"}, {"flagged": False, "note": ""}, True),
    ],
)
def test_what_somebody_else_said_is_given_and_not_written_over(
    call: Call, image_id: str, object_id: int, theirs: Any, mine: Any, seen: Any, stored: bool
) -> None:
    call("mark_image", image_id=image_id, values=theirs, seen=SAID)
    before = {**SAID, **theirs}
    reply = call("mark_image", image_id=image_id, values=mine, seen=seen)
    after = {**before, **({k: v.strip() if k == "note" else v for k, v in mine.items()} if stored else {})}
    assert (reply["stored"], reply["marks"]) == (stored, after)
    if "state" in mine or "state" in theirs:
        return
    call("mark_object", id=object_id, values=theirs, seen={})
    revision = call("mark_object", id=object_id, values={}, seen={})["revision"]
    reply = call("mark_object", id=object_id, values=mine, seen=seen)
    assert reply["stored"] is stored
    assert reply["marks"] == {name: after[name] for name in ("note", "flagged")}
    assert reply["revision"] - revision == (reply["marks"] != {"note": "", "flagged": False, **theirs})


def test_a_note_on_an_object_does_not_mind_other_changes_of_it(call: Call, object_id: int) -> None:
    call("update_object", id=object_id, revision=1, category="saucer")
    reply = call("mark_object", id=object_id, values={"note": "x"}, seen={"note": ""})
    assert (reply["stored"], reply["revision"]) == (True, 3)


@pytest.mark.parametrize(
    "values",
    [
        {"state": "in_progress"},
        {"state": None},
        {"note": 3},
        {"flagged": 1},
        {"flagged": "no"},
        {"colour": "red"},
        ["note"],
        {"note": "x" * 2001},
        {"note": "\x07"},
    ],
)
def test_what_cannot_be_said_is_refused_with_a_sentence(call: Call, image_id: str, values: Any) -> None:
    assert call("mark_image", image_id=image_id, values=values)["error"]
    assert call("open_image", image_id=image_id)["image"]["marks"] == SAID
    assert "there is no image" in call("mark_image", image_id="nope", values={"flagged": True})["error"]
    assert "there is no annotation" in call("mark_object", id=99, values={"flagged": True})["error"]


@pytest.mark.parametrize(
    ("start", "finished", "query", "following", "beside"),
    [
        ("a", "", {}, "b", "b"),
        ("a", "b", {}, "c", "b"),
        ("c", "d", {}, "a", "d"),
        ("d", "d", {}, "a", None),
        ("a", "bcd", {}, None, "b"),
        ("a", "abcd", {}, None, "b"),
        ("a", "", {"sort": "name", "descending": "true"}, "d", None),
        ("a", "bd", {"state": "done"}, None, "b"),
        ("a", "bd", {"state": "todo"}, "c", "c"),
    ],
)
def test_the_next_image_to_do_follows_the_list_and_begins_again_after_its_end(
    call: Call,
    project: FakeProject,
    png: Callable[..., bytes],
    start: str,
    finished: str,
    query: Any,
    following: str | None,
    beside: str | None,
) -> None:
    ids = {name: project.images.add(png(seed), filename=name).image.id for seed, name in enumerate("abcd")}
    for name in finished:
        call("mark_image", image_id=ids[name], values={"state": "nothing" if name == "d" else "done"})
    reply = call("next_to_do", query=query, image_id=ids[start])
    assert reply == {"next": ids.get(following or ""), "beside": ids.get(beside or "")}


def test_what_is_said_of_an_image_may_move_it_in_the_list_and_the_next_is_that_of_its_former_place(
    call: Call, project: FakeProject, png: Callable[..., bytes]
) -> None:
    for seed, name in enumerate("abcd"):
        project.images.add(png(seed), filename=name)
    query = {"sort": "changed", "descending": "false"}
    listed = call("list_images", query=query)["images"]
    second = listed[1]
    call("mark_image", image_id=second["id"], values={"state": "done"})
    reply = call("next_to_do", query=query, image_id=second["id"], at=second["cursor"])
    assert reply == {"next": listed[2]["id"], "beside": listed[2]["id"]}
