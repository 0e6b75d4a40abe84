from __future__ import annotations

import tempfile
import threading
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from samstudio.domain import LiveVersion
from samstudio.web.api.limits import BodyLimit
from tests.unit.web.api.conftest import V1
from tests.unit.web.fakes import FakeProject

VERSIONS = f"{V1}/versions"


@pytest.fixture
def two(project: FakeProject) -> FakeProject:
    project.make_version(promote=True)
    project.make_version()
    return project


def test_versions_are_listed_with_the_live_one(client: TestClient, two: FakeProject) -> None:
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


def test_live_moves_and_moves_back(client: TestClient, two: FakeProject) -> None:
    moved = client.post(f"{VERSIONS}/2/promote", json={"reason": "nicer edges"}).json()
    assert moved["number"] == 2
    assert moved["moved_at"] is not None
    assert two.versions.moves()[0].reason == "nicer edges"
    assert client.post(f"{VERSIONS}/live/rollback").json()["number"] == 1
    assert client.post(f"{VERSIONS}/live/rollback").json()["number"] == 0
    assert client.post(f"{VERSIONS}/live/rollback").status_code == 409
    assert client.post(f"{VERSIONS}/9/promote").status_code == 404


def test_the_watch_tells_how_the_live_version_does(client: TestClient, project: FakeProject) -> None:
    assert client.get(f"{VERSIONS}/live/watch").json() == {"watching": None, "taken_back": None}
    number = project.make_version(promote=True)
    seen = client.get(f"{VERSIONS}/live/watch").json()["watching"]
    assert (seen["version"], seen["former"], seen["objects"], seen["live_miou"]) == (number, 0, 0, None)
    assert (seen["evidence"], seen["limit"], seen["worse"], seen["action"]) == (1, 20, False, "rolls-back")
    project.versions.take_back(project.versions.live(), to=0, reason="worse", code="watch-rolled-back")
    reply = client.get(f"{VERSIONS}/live/watch").json()
    assert reply["watching"] is None
    assert (reply["taken_back"]["version"], reply["taken_back"]["to"]) == (number, 0)
    assert reply["taken_back"]["reason"] == "worse"


def test_a_version_is_exported_and_says_which_it_is(client: TestClient, two: FakeProject) -> None:
    reply = client.get(f"{VERSIONS}/live/file", params={"format": "onnx"})
    assert reply.content == b"decoder 1 as onnx"
    assert reply.headers["sam-studio-version"] == "1"
    assert 'filename="samstudio-vit_t-v1.onnx"' in reply.headers["content-disposition"]
    assert client.get(f"{VERSIONS}/2/file").content == b"decoder 2 as safetensors"
    assert client.get(f"{VERSIONS}/2/file", params={"format": "zip"}).status_code == 422
    assert client.get(f"{VERSIONS}/9/file").status_code == 404


def test_a_version_is_deleted_but_never_the_live_one(client: TestClient, two: FakeProject) -> None:
    assert client.delete(f"{VERSIONS}/1").status_code == 409
    assert client.delete(f"{VERSIONS}/0").status_code == 409
    assert client.delete(f"{VERSIONS}/2").status_code == 204
    assert client.get(f"{VERSIONS}/2").status_code == 404


OCTETS = {"content-type": "application/octet-stream"}


def left_behind() -> set[Path]:
    return set(Path(tempfile.gettempdir()).glob("samstudio-api-*"))


def test_an_uploaded_decoder_is_the_next_version(client: TestClient, project: FakeProject) -> None:
    before = left_behind()
    params = {"filename": "../mine.pth", "reason": "from home"}
    reply = client.post(VERSIONS, content=b"decoder of mine", headers=OCTETS, params=params)
    assert reply.status_code == 201
    assert reply.headers["location"] == f"{VERSIONS}/1"
    assert client.get(reply.headers["location"]).json() == reply.json()
    assert (reply.json()["number"], reply.json()["live"]) == (1, False)
    assert project.versions.get(1).reason == "imported from mine.pth: from home"
    assert project.versions.path(1).read_bytes() == b"decoder of mine"
    assert left_behind() <= before


@pytest.mark.parametrize("name", ["bad.pth", "..", "é" * 200, "a\0b.pth", ""])
def test_an_upload_that_is_no_decoder_is_told(client: TestClient, project: FakeProject, name: str) -> None:
    before = left_behind()
    reply = client.post(VERSIONS, content=b"hello", headers=OCTETS, params={"filename": name})
    assert reply.status_code == 422
    assert reply.json()["detail"]
    assert [one.number for one in project.versions.list()] == [0]
    assert left_behind() <= before


@pytest.mark.parametrize(
    "kind", ["multipart/form-data; boundary=x", "application/x-www-form-urlencoded", "text/plain", ""]
)
def test_no_form_can_send_a_decoder(client: TestClient, project: FakeProject, kind: str) -> None:
    reply = client.post(
        VERSIONS, content=b"decoder", headers={"content-type": kind}, params={"filename": "a.pth"}
    )
    assert reply.status_code == 415
    assert [one.number for one in project.versions.list()] == [0]


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("?filename=a.pth", {"content": b"decoder", "headers": OCTETS}),
        ("/2/blend", {"json": {"strength": 0.5}}),
    ],
)
def test_no_query_holds_up_the_event_loop(
    client: TestClient, two: FakeProject, monkeypatch: pytest.MonkeyPatch, path: str, sent: dict
) -> None:
    in_threads: list[threading.Thread] = []

    def live() -> LiveVersion:
        in_threads.append(threading.current_thread())
        return LiveVersion(number=1, moved_at=None)

    monkeypatch.setattr(two.versions, "live", live)
    assert client.post(VERSIONS + path, **sent).status_code == 201
    assert in_threads
    assert all("worker" in one.name for one in in_threads), in_threads


def test_a_decoder_may_be_larger_than_an_image_but_not_without_end(
    client: TestClient, project: FakeProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    large, params = b"decoder" + bytes(3 * 1024**2), {"filename": "a.pth"}
    assert client.post(VERSIONS, content=large, headers=OCTETS, params=params).status_code == 201
    monkeypatch.setattr(BodyLimit, "_limit", lambda *_: 1024**2)
    for content in (large, iter([large[: 2 * 1024**2], large])):
        reply = client.post(VERSIONS, content=content, headers=OCTETS, params=params)
        assert (reply.status_code, "1 MB" in reply.json()["detail"]) == (413, True)
    assert [one.number for one in project.versions.list()] == [1, 0]


def test_a_version_is_blended_with_stock_once(client: TestClient, two: FakeProject) -> None:
    reply = client.post(f"{VERSIONS}/2/blend", json={"strength": 0.5})
    assert reply.status_code == 201
    assert reply.headers["location"] == f"{VERSIONS}/3"
    assert (reply.json()["number"], reply.json()["parent"], reply.json()["live"]) == (3, 2, False)
    again = client.post(f"{VERSIONS}/2/blend", json={"strength": 0.5})
    assert (again.status_code, "is that already" in again.json()["detail"]) == (409, True)
    for number, strength, status in ((2, 1, 422), (2, 0, 422), (0, 0.5, 422), (2, 0.3, 422), (9, 0.5, 404)):
        assert client.post(f"{VERSIONS}/{number}/blend", json={"strength": strength}).status_code == status
    form = client.post(f"{VERSIONS}/2/blend", data={"strength": "0.25"})
    plain = client.post(
        f"{VERSIONS}/2/blend", content=b'{"strength": 0.25}', headers={"content-type": "text/plain"}
    )
    assert (form.status_code, plain.status_code) == (422, 422), "no form can ask for it"
