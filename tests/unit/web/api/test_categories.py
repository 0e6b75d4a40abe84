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
    }
    assert client.patch(f"{CATEGORIES}/{ids[0]}", json={"name": "mug"}).status_code == 409
    ordered = client.put("/api/v1/category-order", json={"ids": ids[::-1]}).json()
    assert _names(ordered) == ["glass", "mug", "beaker"]
    merged = client.post(f"{CATEGORIES}/{ids[0]}/merge", json={"into": ids[1]}).json()
    assert _names(merged) == ["glass", "mug"]
    assert _names(client.delete(f"{CATEGORIES}/{ids[2]}").json()) == ["mug"]
    assert client.delete(f"{CATEGORIES}/{ids[2]}").status_code == 404
