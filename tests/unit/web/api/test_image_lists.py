from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import pytest
from fastapi.testclient import TestClient

from samstudio.domain import AnnotationStatus, NewAnnotation
from samstudio.masks import encode_rle
from samstudio.services.image_queries.query import KINDS
from samstudio.web.api.models.image_lists import DESCRIPTIONS
from tests.unit.web.fakes import FakeProject

V1 = "/api/v1"
FIND = f"{V1}/find/images"


@pytest.fixture
def ids(project: FakeProject, png: Callable[..., bytes]) -> list[str]:
    """Five images, of which the first has an accepted and a proposed object."""
    found = [project.images.add(png(n), filename=f"{n}.png").image.id for n in range(5)]
    rle = encode_rle(np.ones((30, 40), bool))
    both = (AnnotationStatus.ACCEPTED, AnnotationStatus.PROPOSED)
    project.annotations.add_many(
        [NewAnnotation(found[0], "cup", rle, status=one, predicted_iou=0.9) for one in both]
    )
    return found


def found(client: TestClient, **params: object) -> list[str]:
    reply = client.get(FIND, params=params)
    assert reply.status_code == 200, reply.text
    return [one["image"]["id"] for one in reply.json()["items"]]


def ended(client: TestClient, run: dict) -> dict:
    while run["state"] == "running":
        time.sleep(0.02)
        run = client.get(f"{V1}/bulk/{run['id']}").json()
    return run


def test_every_parameter_is_described() -> None:
    assert DESCRIPTIONS.keys() == KINDS.keys()


def test_images_are_found_page_by_page_both_ways(client: TestClient, ids: list[str]) -> None:
    first = client.get(FIND, params={"sort": "name", "limit": 2}).json()
    assert [one["image"]["id"] for one in first["items"]] == ids[:2]
    assert (first["before"], first["total"]) == (None, 5)
    second = client.get(FIND, params={"sort": "name", "limit": 2, "after": first["after"]}).json()
    assert [one["image"]["id"] for one in second["items"]] == ids[2:4]
    assert found(client, sort="name", limit=2, before=second["before"]) == ids[:2]
    assert client.get(FIND, params={"most": 3}).json()["total"] == 4


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"category": "cup"}, [0]),
        ({"proposals": "true"}, [0]),
        ({"proposals": "false", "descending": "true"}, [4, 3, 2, 1]),
        ({"state": "in_progress"}, [0]),
        ({"text": "3.png"}, [3]),
        ({"score_from": "0.85", "score_to": "0.95"}, [0]),
        ({"objects_from": "2"}, [0]),
        ({"added_from": "2020-01-01", "added_to": "2020-01-02"}, []),
        ({"trashed": "true"}, []),
    ],
)
def test_filters(client: TestClient, ids: list[str], params: dict, expected: list[int]) -> None:
    assert found(client, **params) == [ids[n] for n in expected]


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"colour": "red"}, "colour"),
        ({"category": "mug"}, "there is no category 'mug'"),
        ({"score_from": "0.9", "score_to": "0.1"}, "score_from 0.9 is after score_to 0.1"),
        ({"added_from": "yesterday"}, "added_from: 'yesterday' is not a day"),
        ({"after": "nonsense"}, "'nonsense' is no cursor"),
        ({"after": "a", "before": "b"}, "not both at once"),
        ({"state": "finished"}, "state"),
    ],
)
def test_what_cannot_be_asked_is_said(client: TestClient, ids: list[str], params: dict, words: str) -> None:
    reply = client.get(FIND, params=params)
    assert (reply.status_code, words in reply.json()["detail"]) == (422, True), reply.text


def test_neighbours(client: TestClient, ids: list[str]) -> None:
    path = f"{V1}/images/{ids[1]}/neighbours"
    assert client.get(path).json() == {"previous": ids[0], "next": ids[2]}
    assert client.get(path, params={"category": "cup"}).json() == {"previous": ids[0], "next": None}
    assert client.get(f"{V1}/images/{'f' * 64}/neighbours").status_code == 404


def test_an_image_is_marked(client: TestClient, ids: list[str]) -> None:
    path = f"{V1}/images/{ids[1]}/marks"
    marked = client.patch(
        path, json={"state": "nothing", "note": "blurred", "flagged": True, "add_tags": ["b", "a"]}
    )
    assert {name: marked.json()[name] for name in ("state", "note", "flagged", "tags", "split")} == {
        "state": "nothing",
        "note": "blurred",
        "flagged": True,
        "tags": ["a", "b"],
        "split": None,
    }
    again = client.patch(
        path, json={"state": "todo", "flagged": False, "remove_tags": ["a"], "split": "test"}
    ).json()
    assert (again["state"], again["flagged"], again["tags"], again["split"]) == ("todo", False, ["b"], "test")
    assert client.get(f"{V1}/tags").json() == {"items": [{"name": "b", "images": 1}]}
    assert client.patch(path, json={"state": "in_progress"}).status_code == 422
    image = client.get(f"{V1}/images/{ids[1]}").json()
    assert (image["mark"], image["note"], image["flagged"]) == (None, "blurred", False)
    stale = client.patch(path, json={"note": "mine", "seen": {"note": "what I saw"}})
    assert (stale.status_code, stale.json()["type"]) == (409, "urn:samstudio:problem:stale-image")
    assert "it is 'blurred', you saw 'what I saw'" in stale.json()["detail"]
    assert client.patch(path, json={"note": "mine", "seen": {"note": "blurred"}}).json()["note"] == "mine"
    states = client.get(f"{V1}/dataset").json()["states"]
    assert states == {"todo": 4, "in_progress": 1, "done": 0, "nothing": 0}
    assert client.patch(f"{V1}/images/{'f' * 64}/marks", json={}).status_code == 404


def test_many_are_changed_and_it_is_undone(client: TestClient, ids: list[str]) -> None:
    reply = client.post(f"{V1}/bulk", json={"action": "accept", "query": {"category": "cup"}})
    assert reply.status_code == 202
    run = ended(client, reply.json())
    assert (run["state"], run["done"], run["total"], run["can_undo"]) == ("done", 1, 1, True)
    assert found(client, proposals="true") == []
    assert (run["images"], run["objects"], run["left"]) == (1, 1, [])
    assert client.get(f"{V1}/bulk").json()["items"] == [run]
    assert client.post(f"{V1}/bulk/{run['id']}/undo").json()["state"] == "undone"
    assert found(client, proposals="true") == ids[:1]
    assert client.post(f"{V1}/bulk/{run['id']}/undo").status_code == 409
    assert client.post(f"{V1}/bulk/999/cancel").status_code == 404


def test_images_are_encoded_and_deleted_for_good(
    client: TestClient, project: FakeProject, ids: list[str]
) -> None:
    run = ended(client, client.post(f"{V1}/bulk", json={"action": "encode", "images": ids[:2]}).json())
    assert (run["images"], run["can_undo"]) == (2, False)
    body = {"action": "encode", "query": {}, "without": ids[3:]}
    run = ended(client, client.post(f"{V1}/bulk", json=body).json())
    assert (run["images"], run["left"]) == (1, [{"reason": "it was encoded already", "images": 2}])
    ended(client, client.post(f"{V1}/bulk", json={"action": "delete", "images": ids[:2]}).json())
    run = ended(client, client.post(f"{V1}/bulk", json={"action": "erase", "images": ids[:3]}).json())
    assert (run["images"], run["left"]) == (2, [{"reason": "not in the trash", "images": 1}])
    assert (found(client), found(client, trashed="true")) == (ids[2:], [])
    assert not project.embeddings.has(ids[0])


@pytest.mark.parametrize(
    "body",
    [
        {"action": "flag"},
        {"action": "flag", "images": [], "without": ["a"]},
        {"action": "flag", "images": [], "query": {}},
        {"action": "paint", "images": []},
    ],
)
def test_an_action_needs_images_and_a_name(client: TestClient, body: dict) -> None:
    assert client.post(f"{V1}/bulk", json=body).status_code == 422


def test_a_deleted_image_is_in_the_trash_until_it_is_emptied(
    client: TestClient, project: FakeProject, ids: list[str]
) -> None:
    assert client.delete(f"{V1}/images/{ids[0]}").status_code == 409
    assert client.delete(f"{V1}/images/{ids[0]}", params={"with_annotations": "true"}).status_code == 204
    assert client.delete(f"{V1}/images/{ids[1]}").status_code == 204
    assert (found(client), found(client, trashed="true")) == (ids[2:], ids[:2])
    assert client.post(f"{V1}/trash/restore", json={"images": ids[:1]}).json() == {"images": 1}
    assert len(project.annotations.list(ids[0])) == 2
    assert client.post(f"{V1}/trash/empty", json={}).json() == {"images": 1}
    assert (found(client), found(client, trashed="true")) == ([ids[0], *ids[2:]], [])
    assert client.delete(f"{V1}/images/{ids[2]}", params={"for_good": "true"}).status_code == 204
    assert found(client, trashed="true") == []
