from __future__ import annotations

from fastapi.testclient import TestClient

from tests.unit.web.api.test_image_lists import V1, ended, ids
from tests.unit.web.fakes import FakeProject

__all__ = ["ids"]  # the fixture


def test_a_test_set_is_planned_drawn_undone_and_emptied(
    client: TestClient, project: FakeProject, ids: list[str]
) -> None:
    free = client.get(f"{V1}/test-set").json()
    assert free["test"] == {"images": 0, "annotated": 0, "objects": 0}
    assert (free["learn"]["images"], free["learn"]["objects"]) == (5, 1)
    plan = client.get(f"{V1}/test-set/plan", params={"share": 0.4}).json()
    assert (plan["images"], plan["before"], plan["added"], plan["after"]) == (5, 0, 2, 2)
    run = ended(client, client.post(f"{V1}/test-set", json={"share": 0.4}).json())
    assert (run["state"], run["total"], run["can_undo"]) == ("done", 2, True)
    assert client.get(f"{V1}/test-set").json()["test"]["images"] == 2
    client.post(f"{V1}/bulk/{run['id']}/undo")
    assert client.get(f"{V1}/test-set").json()["test"]["images"] == 0
    ended(client, client.post(f"{V1}/test-set", json={"share": 0.4, "by_category": False}).json())
    run = ended(client, client.delete(f"{V1}/test-set").json())
    assert (run["total"], client.get(f"{V1}/test-set").json()["test"]["images"]) == (2, 0)


def test_every_version_has_a_score_and_nothing_is_scored_without_a_test_set(client: TestClient) -> None:
    found = client.get(f"{V1}/test-set/scores").json()
    assert (found["objects"], found["waiting"], found["versions"][0]["miou"]) == (0, 0, None)


def test_what_cannot_be_drawn_is_a_problem(client: TestClient, ids: list[str]) -> None:
    assert client.get(f"{V1}/test-set/plan", params={"share": 1}).status_code == 422
    assert client.get(f"{V1}/test-set/plan").status_code == 422
    refused = client.post(f"{V1}/test-set", json={"share": 0.01})
    assert (refused.status_code, "ask for a larger share" in refused.json()["detail"]) == (422, True)
