from __future__ import annotations

import numpy as np
import pytest
from starlette.testclient import TestClient

from samstudio.authors import acting_as
from samstudio.domain import Prompt
from samstudio.masks import encode_rle
from samstudio.web.api.mask_formats import to_wire
from samstudio.web.api.models.masks import AnyMask
from tests.unit.web.api.conftest import V1
from tests.unit.web.fakes import FakeProject, answer_to

MASK = np.zeros((30, 40), bool)
MASK[5:20, 8:33] = True


def wire(mask: np.ndarray = MASK, name: str = "rle") -> dict:
    made: AnyMask = to_wire(encode_rle(mask), name)
    return made.model_dump()


@pytest.fixture
def added(client: TestClient, image_id: str) -> dict:
    reply = client.post(f"{V1}/images/{image_id}/annotations", json={"category": "cup", "mask": wire()})
    assert reply.status_code == 201
    return reply.json()


@pytest.mark.parametrize("name", ["rle", "polygons", "png"])
def test_an_object_is_stored_from_each_spelling_and_given_in_each(
    client: TestClient, image_id: str, name: str
) -> None:
    body = {"category": "cup", "mask": wire(name=name)}
    one = client.post(f"{V1}/images/{image_id}/annotations", json=body).json()
    assert (one["status"], one["revision"], one["area"], one["box"]) == ("accepted", 1, 375, [8, 5, 32, 19])
    assert (one["proposed_by"], one["corrected"]) == (None, False)
    for asked in ("rle", "polygons", "png"):
        given = client.get(f"{V1}/annotations/{one['id']}", params={"mask_format": asked}).json()
        assert given["mask"] == wire(name=asked)
    assert client.get(f"{V1}/annotations/{one['id']}?mask_format=none").json()["mask"] is None


def test_an_object_is_proposed_by_a_decoder(client: TestClient, project: FakeProject, image_id: str) -> None:
    number = project.make_version(promote=True)
    body = {"category": "cup", "prompt": {"box": [4, 5, 20, 15]}}
    one = client.post(f"{V1}/images/{image_id}/annotations", json=body).json()
    assert (one["status"], one["proposed_by"], one["predicted_iou"]) == (
        "proposed",
        number,
        pytest.approx(0.93),
    )
    assert one["prompts"][0]["box"] == [4, 5, 20, 15]
    assert one["area"] == answer_to(Prompt(box=(4, 5, 20, 15)), (30, 40)).sum()
    stock = client.post(f"{V1}/images/{image_id}/annotations", json={**body, "version": 0}).json()
    assert stock["proposed_by"] == 0
    assert client.post(f"{V1}/images/{image_id}/annotations", json={**body, "version": 9}).status_code == 404


def test_sent_twice_it_is_stored_once(client: TestClient, project: FakeProject, image_id: str) -> None:
    body = {"category": "cup", "mask": wire(), "client_id": "mine-1"}
    first, second = (client.post(f"{V1}/images/{image_id}/annotations", json=body).json() for _ in range(2))
    assert first == second
    assert len(project.annotations.list()) == 1


def test_a_mask_or_a_prompt_not_both_not_neither(client: TestClient, image_id: str) -> None:
    for more in ({}, {"mask": wire(), "prompt": {"box": [1, 1, 5, 5]}}):
        reply = client.post(f"{V1}/images/{image_id}/annotations", json={"category": "cup", **more})
        assert reply.status_code == 422


@pytest.mark.parametrize(
    ("mask", "words"),
    [
        ({"rle": {"size": [3, 3], "counts": [9]}}, "needs the size of its image|empty"),
        ({"rle": {"size": [30, 40], "counts": [5]}}, "do not fill"),
        ({"polygons": [[100, 100, 120, 100, 120, 120]]}, "empty"),
        ({"png": "AAAA"}, "not a PNG"),
    ],
)
def test_a_mask_of_no_use_is_told(client: TestClient, image_id: str, mask: dict, words: str) -> None:
    reply = client.post(f"{V1}/images/{image_id}/annotations", json={"category": "cup", "mask": mask})
    assert reply.status_code == 422
    assert any(word in reply.json()["detail"] for word in words.split("|")), reply.text


def test_a_change_needs_the_revision_that_was_seen(client: TestClient, added: dict) -> None:
    path = f"{V1}/annotations/{added['id']}"
    assert client.patch(path, json={"category": "mug"}).status_code == 422
    assert "nothing to change" in client.patch(path, json={"revision": 1}).json()["detail"]
    body = {"revision": 1, "category": "mug", "rank": 2.5, "note": "chipped", "flagged": True}
    changed = client.patch(path, json=body).json()
    assert (changed["category"], changed["revision"], changed["rank"]) == ("mug", 2, 2.5)
    assert (changed["note"], changed["flagged"]) == ("chipped", True)
    stale = client.patch(path, json={"revision": 1, "status": "rejected"})
    assert (stale.status_code, stale.json()["type"]) == (409, "urn:samstudio:problem:stale-annotation")
    assert stale.json()["current"] == changed
    assert client.get(path).json() == changed


def test_a_correction_keeps_what_was_proposed(client: TestClient, image_id: str) -> None:
    body = {"category": "cup", "prompt": {"box": [4, 5, 20, 15]}}
    one = client.post(f"{V1}/images/{image_id}/annotations", json=body).json()
    fixed = {"revision": 1, "mask": wire(name="png"), "status": "accepted"}
    changed = client.patch(f"{V1}/annotations/{one['id']}", json=fixed).json()
    assert (changed["mask"], changed["status"], changed["corrected"]) == (wire(), "accepted", True)


def test_deleted_it_is_rejected_and_restored_it_is_accepted(client: TestClient, added: dict) -> None:
    path = f"{V1}/annotations/{added['id']}"
    gone = client.delete(path, params={"revision": 1}).json()
    assert (gone["status"], gone["revision"]) == ("rejected", 2)
    assert client.post(f"{path}/restore", params={"revision": 1}).status_code == 409
    back = client.post(f"{path}/restore").json()
    assert (back["status"], back["mask"]) == ("accepted", added["mask"])


def test_an_images_objects_are_listed(client: TestClient, image_id: str, added: dict) -> None:
    path = f"{V1}/images/{image_id}/annotations"
    client.post(path, json={"category": "lid", "mask": wire(), "status": "proposed"})
    page = client.get(path).json()
    assert ([one["category"] for one in page["items"]], page["total"]) == (["cup", "lid"], 2)
    proposed = client.get(path, params={"status": "proposed", "mask_format": "none"}).json()
    assert [(one["category"], one["mask"]) for one in proposed["items"]] == [("lid", None)]
    assert proposed["total"] == 1
    second = client.get(path, params={"offset": 1, "limit": 1}).json()
    assert ([one["category"] for one in second["items"]], second["total"]) == (["lid"], 2)
    assert client.get(f"{V1}/images/{'0' * 64}/annotations").status_code == 404


def test_categories_are_listed_with_what_they_hold(client: TestClient, added: dict) -> None:
    (one,) = client.get(f"{V1}/categories").json()["items"]
    assert (one["name"], one["accepted"]) == ("cup", 1)


@pytest.mark.parametrize("name", ["", "   ", "a\x00b", "x" * 101])
def test_a_category_needs_a_name(client: TestClient, image_id: str, name: str) -> None:
    reply = client.post(f"{V1}/images/{image_id}/annotations", json={"category": name, "mask": wire()})
    assert reply.status_code == 422


def test_a_history_says_who_did_what(client: TestClient, project: FakeProject, added: dict) -> None:
    with acting_as("Ann"):
        project.annotations.update(added["id"], revision=1, category="mug")
    with acting_as("Bob"):
        project.annotations.delete(added["id"])
    reply = client.get(f"{V1}/annotations/{added['id']}/history")
    seen = [(one["actions"], one["author"], one["category"]) for one in reply.json()["items"]]
    assert seen == [
        (["drawn", "accepted"], None, None),
        (["category"], "Ann", "mug"),
        (["deleted"], "Bob", None),
    ]
    assert client.get(f"{V1}/annotations/{added['id']}").json()["author"] == "Bob"
    assert client.get(f"{V1}/annotations/999/history").status_code == 404
