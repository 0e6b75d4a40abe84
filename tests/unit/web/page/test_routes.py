from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Picture
from starlette.applications import Starlette
from starlette.testclient import TestClient

from samstudio.domain import NewAnnotation
from samstudio.masks import encode_rle
from samstudio.web.encoding_queue import EncodingQueue
from samstudio.web.page.routes import page_routes
from tests.unit.web.fakes import FakeProject, open_fake

UPLOAD = {"x-studio": "upload"}


@pytest.fixture
def client(project: FakeProject) -> Iterator[TestClient]:
    routes = page_routes(project=project, encoding_queue=EncodingQueue(project))
    with TestClient(Starlette(routes=routes)) as client:
        yield client


@pytest.fixture
def image_id(project: FakeProject, png: Callable[..., bytes]) -> str:
    return str(project.images.add(png(), filename="one.png").image.id)


def test_an_image_is_served_once_and_for_ever(client: TestClient, image_id: str) -> None:
    reply = client.get(f"/studio/images/{image_id}")
    assert reply.status_code == 200
    assert reply.headers["etag"] == f'"{image_id}"'
    assert "immutable" in reply.headers["cache-control"]
    again = client.get(f"/studio/images/{image_id}", headers={"if-none-match": reply.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_an_unknown_image_is_404_in_words(client: TestClient) -> None:
    for kind in ("images", "thumbs", "overlays"):
        reply = client.get(f"/studio/{kind}/nope")
        assert (reply.status_code, reply.json()) == (
            404,
            {"error": "there is no image 'nope'; it may have been deleted"},
        )


def test_a_thumbnail_is_a_small_jpeg(
    client: TestClient, project: FakeProject, png: Callable[..., bytes]
) -> None:
    big = project.images.add(png(1, width=1200, height=300), filename="big.png").image.id
    reply = client.get(f"/studio/thumbs/{big}")
    assert reply.headers["content-type"] == "image/jpeg"
    assert Picture.open(io.BytesIO(reply.content)).size == (380, 95)


def test_an_overlay_shows_the_mask_and_changes_with_it(
    client: TestClient, image_id: str, project: FakeProject
) -> None:
    before = client.get(f"/studio/overlays/{image_id}")
    mask = np.zeros((60, 80), dtype=bool)
    mask[10:40, 20:60] = True
    project.annotations.add(NewAnnotation(image_id, "cup", encode_rle(mask)))
    after = client.get(f"/studio/overlays/{image_id}", headers={"if-none-match": before.headers["etag"]})
    assert after.status_code == 200
    change = np.abs(
        np.asarray(Picture.open(io.BytesIO(after.content)), dtype=int)
        - np.asarray(Picture.open(io.BytesIO(before.content)), dtype=int)
    ).mean(axis=2)
    assert change[15:35, 25:55].mean() > 10 * change[45:, :].mean() + 1


def test_modules_and_styles_are_served_and_nothing_else(client: TestClient) -> None:
    reply = client.get("/studio/canvas/model/view.js")
    assert reply.headers["content-type"].startswith("text/javascript")
    assert reply.headers["cache-control"].endswith("no-cache")
    again = client.get("/studio/canvas/model/view.js", headers={"if-none-match": reply.headers["etag"]})
    assert again.status_code == 304
    for path in (
        "canvas/server.py",
        "canvas/../server.py",
        "canvas/%2E%2E/server.py",
        "canvas/canvas.html",
        "canvas/..%2Froutes.py",
        "other/view.js",
        "static/no.js",
        "canvas/types.d.ts",
    ):
        assert client.get(f"/studio/{path}").status_code == 404, path


def test_an_upload_is_added_and_known_the_second_time(
    client: TestClient, project: FakeProject, png: Callable[..., bytes]
) -> None:
    first = client.post("/studio/upload?filename=a%20b.png", content=png(3), headers=UPLOAD)
    assert first.json()["created"]
    assert first.json()["image"]["filename"] == "a b.png"
    assert not client.post("/studio/upload?filename=c.png", content=png(3), headers=UPLOAD).json()["created"]
    assert project.images.count() == 1


def test_a_bad_upload_is_named(client: TestClient, project: FakeProject) -> None:
    reply = client.post("/studio/upload?filename=..%2Fnotes.png", content=b"hello", headers=UPLOAD)
    assert reply.status_code == 422
    assert reply.json() == {
        "error": "notes.png is not an image that can be read: JPEG, PNG, WebP, BMP and TIFF are"
    }
    assert project.images.count() == 0


def test_an_upload_beyond_the_limit_stops_early(tmp_path: Path) -> None:
    project = open_fake(tmp_path / "small", max_upload_mb=1)
    client = TestClient(Starlette(routes=page_routes(project=project, encoding_queue=EncodingQueue(project))))
    reply = client.post("/studio/upload?filename=big.png", content=b"x" * (1024 * 1024 + 1), headers=UPLOAD)
    assert reply.status_code == 413
    assert "1 MB" in reply.json()["error"]


def test_another_sites_form_cannot_upload(
    client: TestClient, project: FakeProject, png: Callable[..., bytes]
) -> None:
    assert client.post("/studio/upload?filename=a.png", content=png()).status_code == 403
    assert project.images.count() == 0


def test_a_surprise_while_adding_is_told(
    client: TestClient, project: FakeProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(project.images, "add", fail)
    reply = client.post("/studio/upload?filename=a.png", content=b"x", headers=UPLOAD)
    assert reply.status_code == 500
    assert reply.json()["error"].startswith("a.png could not be added")


def test_the_dataset_is_downloaded_as_a_zip(client: TestClient, project: FakeProject, image_id: str) -> None:
    project.annotations.add(NewAnnotation(image_id, "cup", encode_rle(np.ones((60, 80), dtype=bool))))
    reply = client.get("/studio/export/coco")
    assert reply.headers["content-disposition"] == 'attachment; filename="samstudio-coco.zip"'
    with zipfile.ZipFile(io.BytesIO(reply.content)) as archive:
        assert {"annotations.json", "images/one.png"} <= set(archive.namelist())
    assert client.get("/studio/export/pascal").status_code == 422
