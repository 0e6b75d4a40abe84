from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from tests.unit.web.fakes import FakeProject

CATEGORIES = "/api/v1/categories"


@pytest.fixture
def ids(project: FakeProject) -> list[int]:
    return [project.annotations.ensure_category(name).id for name in ("cup", "mug", "glass")]


def _names(reply: dict) -> list[str]:
    return [one["name"] for one in reply["items"]]


def test_categories_are_changed_ordered_merged_and_deleted(client: TestClient, ids: list[int]) -> None:
    changed = client.patch(
        f"{CATEGORIES}/{ids[0]}", json={"name": "beaker", "color": "#ABCDEF", "description": "d"}
    )
    assert changed.json()["items"][0] == {
        "id": ids[0],
        "name": "beaker",
        "color": "#abcdef",
        "accepted": 0,
        "supercategory": "",
        "description": "d",
        "proposed": 0,
        "images": 0,
        "number": None,
        "revision": 2,
        "former_names": ["cup"],
    }
    assert client.patch(f"{CATEGORIES}/{ids[0]}", json={"name": "mug"}).status_code == 409
    ordered = client.put("/api/v1/category-order", json={"ids": ids[::-1]}).json()
    assert _names(ordered) == ["glass", "mug", "beaker"]
    merged = client.post(f"{CATEGORIES}/{ids[0]}/merge", json={"into": ids[1]}).json()
    assert _names(merged) == ["glass", "mug"]
    assert _names(client.delete(f"{CATEGORIES}/{ids[2]}").json()) == ["mug"]
    assert client.delete(f"{CATEGORIES}/{ids[2]}").status_code == 404


def test_a_change_says_what_it_did_and_is_undone(client: TestClient, ids: list[int]) -> None:
    added = client.post(CATEGORIES, json={"name": "jar", "supercategory": "crockery"})
    assert added.status_code == 201
    assert client.post(CATEGORIES, json={"name": "jar"}).status_code == 409
    jar = added.json()["items"][-1]["id"]
    moved = client.post(f"{CATEGORIES}/{jar}/move", json={"before": ids[0]}).json()
    assert _names(moved) == ["jar", "cup", "mug", "glass"]
    merged = client.post(
        f"{CATEGORIES}/merge", params={"background": "true"}, json={"ids": ids[1:], "into": ids[0]}
    ).json()["change"]
    assert (merged["action"], merged["value"]) == ("merge_categories", "mug, glass")
    while merged["state"] == "running":
        merged = client.get(f"/api/v1/bulk/{merged['id']}").json()
    assert (merged["state"], merged["objects"]) == ("done", 0)
    assert _names(client.get(CATEGORIES).json()) == ["jar", "cup"]
    for change, names in [
        (merged, ["jar", "cup", "mug", "glass"]),
        (moved["change"], ["cup", "mug", "glass", "jar"]),
        (added.json()["change"], ["cup", "mug", "glass"]),
    ]:
        assert client.post(f"/api/v1/bulk/{change['id']}/undo").json()["state"] == "undone"
        assert _names(client.get(CATEGORIES).json()) == names
    seen = client.get(CATEGORIES).json()["items"][0]["revision"]
    stale = {"name": "x", "revision": seen + 1}
    assert client.patch(f"{CATEGORIES}/{ids[0]}", json=stale).status_code == 409
