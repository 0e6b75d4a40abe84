from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from tests.unit.web.api.conftest import V1
from tests.unit.web.api.studios import EdgelessStudio

VERSIONS = f"{V1}/versions"


@pytest.fixture
def two(project: EdgelessStudio) -> EdgelessStudio:
    project.make_version(promote=True)
    project.make_version()
    return project


def test_versions_are_listed_with_the_live_one(client: TestClient, two: EdgelessStudio) -> None:
    reply = client.get(VERSIONS).json()
    assert reply["live"] == 1
    assert [(one["number"], one["live"], one["promoted"]) for one in reply["items"]] == [
        (2, False, False),
        (1, True, True),
        (0, False, True),
    ]
    assert client.get(f"{VERSIONS}/live").json()["number"] == 1
    assert client.get(f"{VERSIONS}/2").json() == reply["items"][0]
    assert client.get(f"{VERSIONS}/9").status_code == 404
    assert client.get(f"{VERSIONS}/newest").status_code == 422


def test_live_moves_and_moves_back(client: TestClient, two: EdgelessStudio) -> None:
    moved = client.post(f"{VERSIONS}/2/promote", json={"reason": "nicer edges"}).json()
    assert moved["number"] == 2
    assert moved["moved_at"] is not None
    assert two.versions.moves()[0].reason == "nicer edges"
    assert client.post(f"{VERSIONS}/live/rollback").json()["number"] == 1
    assert client.post(f"{VERSIONS}/live/rollback").json()["number"] == 0
    assert client.post(f"{VERSIONS}/live/rollback").status_code == 409
    assert client.post(f"{VERSIONS}/9/promote").status_code == 404


def test_a_version_goes_home_and_says_which_it_is(client: TestClient, two: EdgelessStudio) -> None:
    reply = client.get(f"{VERSIONS}/live/file", params={"format": "onnx"})
    assert reply.content == b"onnx of 1"
    assert reply.headers["sam-studio-version"] == "1"
    assert 'filename="samstudio-vit_t-v1.onnx"' in reply.headers["content-disposition"]
    assert client.get(f"{VERSIONS}/2/file").content == b"safetensors of 2"
    assert client.get(f"{VERSIONS}/2/file", params={"format": "zip"}).status_code == 422
    assert client.get(f"{VERSIONS}/9/file").status_code == 404


def test_a_version_is_deleted_but_never_the_live_one(client: TestClient, two: EdgelessStudio) -> None:
    assert client.delete(f"{VERSIONS}/1").status_code == 409
    assert client.delete(f"{VERSIONS}/0").status_code == 409
    assert client.delete(f"{VERSIONS}/2").status_code == 204
    assert client.get(f"{VERSIONS}/2").status_code == 404
