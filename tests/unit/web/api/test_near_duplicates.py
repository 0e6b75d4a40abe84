from __future__ import annotations

import time
from typing import Any

import pytest
from fastapi.testclient import TestClient

from samstudio.sam.embeddings import write_embedding
from tests.unit.services.near_duplicates.test_service import FakeEmbeddings, add
from tests.unit.web.api.test_image_lists import V1, ended
from tests.unit.web.fakes import FakeProject

URL = f"{V1}/near-duplicates"


@pytest.fixture
def pairs(project: FakeProject) -> list[str]:
    """14 images, of which 3 and 4, and 7 and 8, are near-duplicates."""
    scenes = FakeEmbeddings()
    ids = [add(project.images, seed) for seed in range(14)]
    folder = project.settings.storage / "embeddings" / project.embeddings.encoder_id
    for number, image_id in enumerate(ids):
        scenes.scenes[image_id] = {4: 3, 8: 7}.get(number, number)
        embedding = scenes.read(image_id)
        assert embedding is not None
        write_embedding(folder / image_id[:2] / f"{image_id}.safetensors", embedding)
    return ids


def looked(client: TestClient, **params: Any) -> dict[str, Any]:
    found: dict[str, Any] = client.get(URL, params=params).json()
    deadline = time.monotonic() + 60
    while found["state"] == "looking" and time.monotonic() < deadline:
        time.sleep(0.1)
        found = client.get(URL, params=params).json()
    return found


def test_near_duplicates_are_listed_accepted_dismissed_and_undone(
    client: TestClient, project: FakeProject, pairs: list[str]
) -> None:
    found = looked(client)
    assert (found["state"], found["images"], found["compared"], found["total"]) == ("ready", 14, 14, 2)
    first, second = found["items"]
    assert [image["id"] for image in first["images"]] == pairs[3:5]
    assert (first["name"], first["groups"], first["count"], first["similarity"] > 0.8) == (
        "3.png",
        [],
        2,
        True,
    )
    page = looked(client, limit=1)
    assert (page["items"], page["after"]) == ([first], first["id"])
    rest = looked(client, limit=1, after=first["id"])
    assert (rest["items"], rest["after"]) == ([second], None)
    run = ended(client, client.post(f"{URL}/accept", json={"ids": [first["id"]]}).json())
    assert (run["action"], run["images"]) == ("group", 2)
    assert [project.images.get(one).group for one in pairs[3:5]] == ["3.png"] * 2
    gone = client.post(f"{URL}/accept", json={"ids": [first["id"]]})
    assert (gone.status_code, "look again" in gone.json()["detail"]) == (409, True)
    client.post(f"{V1}/bulk/{run['id']}/undo")
    assert looked(client)["total"] == 2
    dismissed = client.post(f"{URL}/dismiss", json={}).json()
    assert (dismissed["can_undo"], looked(client)["total"], looked(client)["dismissed"]) == (True, 0, 2)
    assert client.post(f"{URL}/bring-back").json() == {"dismissed": 2}
    assert looked(client)["total"] == 2


def test_a_draw_says_what_it_would_part(client: TestClient, pairs: list[str]) -> None:
    assert looked(client)["total"] == 2
    plans = [
        client.get(f"{V1}/test-set/plan", params={"share": 0.5, "seed": seed}).json() for seed in range(8)
    ]
    assert {plan["parted"] for plan in plans} <= {0, 1, 2}
    assert max(plan["parted"] for plan in plans) > 0
    assert len(pairs) == 14


@pytest.mark.parametrize("body", [{"ids": ["x"]}, {"ids": "all"}, {"all": True}])
def test_what_is_no_suggestion_is_refused(client: TestClient, body: dict[str, Any]) -> None:
    assert client.post(f"{URL}/accept", json=body).status_code == 422
