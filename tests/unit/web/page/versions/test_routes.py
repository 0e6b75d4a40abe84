from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from samstudio.web.encoding_queue import EncodingQueue
from samstudio.web.page.routes import page_routes
from samstudio.web.page.versions import routes as version_routes
from tests.unit.web.fakes import FakeProject

UPLOAD = {"x-studio": "upload"}


@pytest.fixture
def client(project: FakeProject) -> Iterator[TestClient]:
    with TestClient(
        Starlette(routes=page_routes(project=project, encoding_queue=EncodingQueue(project)))
    ) as client:
        yield client


@pytest.mark.parametrize("name", ["pth", "safetensors", "onnx"])
def test_a_version_is_downloaded_and_its_file_removed(
    client: TestClient, project: FakeProject, name: str
) -> None:
    reply = client.get(f"/studio/versions/0/{name}")
    assert reply.text == f"decoder 0 as {name}"
    assert reply.headers["content-disposition"] == f'attachment; filename="samstudio-vit_t-v0.{name}"'
    assert not project.transfer.folders[0].exists()


def test_what_cannot_be_downloaded_is_said(client: TestClient) -> None:
    missing, unknown = client.get("/studio/versions/9/pth"), client.get("/studio/versions/0/zip")
    assert (missing.status_code, missing.json()) == (404, {"error": "there is no version 9"})
    assert (unknown.status_code, unknown.json()["error"][:19]) == (422, "there is no format ")


def test_an_uploaded_decoder_is_the_next_version(client: TestClient, project: FakeProject) -> None:
    reply = client.post("/studio/versions?filename=..%2Fmine.pth", content=b"decoder", headers=UPLOAD)
    assert reply.json() == {"number": 1}
    assert project.versions.get(1).reason == "imported from mine.pth"
    assert project.versions.live().number == 0
    assert not project.transfer.folders[0].exists()


@pytest.mark.parametrize("name", ["bad.pth", "..", "", "a" * 300, "a%00b.pth"])
def test_an_upload_that_is_no_decoder_is_refused_in_words(
    client: TestClient, project: FakeProject, name: str
) -> None:
    reply = client.post(f"/studio/versions?filename={name}", content=b"hello", headers=UPLOAD)
    assert reply.status_code in (409, 422)
    assert reply.json()["error"]
    assert len(project.versions.list()) == 1


def test_an_upload_too_large_or_from_another_site_is_refused(
    client: TestClient, project: FakeProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert client.post("/studio/versions?filename=a.pth", content=b"decoder").status_code == 403
    monkeypatch.setattr(version_routes, "LARGEST", 4)
    reply = client.post("/studio/versions?filename=a.pth", content=b"decoder", headers=UPLOAD)
    assert reply.status_code == 413
    assert len(project.versions.list()) == 1


def test_a_surprise_while_importing_is_told(
    client: TestClient, project: FakeProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("surprise")

    monkeypatch.setattr(project.transfer, "import_version", fail)
    reply = client.post("/studio/versions?filename=a.pth", content=b"decoder", headers=UPLOAD)
    assert reply.status_code == 500
    assert reply.json()["error"].startswith("a.pth could not be imported")
