from __future__ import annotations

import io
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from PIL import Image as Picture
from starlette.applications import Starlette
from starlette.testclient import TestClient

from samstudio.domain import NewAnnotation
from samstudio.masks import encode_rle
from samstudio.web.page.routes import page_routes
from tests.unit.web.fakes import FakeProject


@pytest.fixture
def client(project: FakeProject) -> Iterator[TestClient]:
    routes = page_routes(project=project)
    with TestClient(Starlette(routes=routes)) as client:
        yield client


def test_an_unknown_image_is_404_in_words(client: TestClient) -> None:
    for kind in ("thumbs", "overlays"):
        reply = client.get(f"/studio/{kind}/nope")
        assert reply.status_code == 404
        assert reply.headers["content-type"] == "application/problem+json"
        assert reply.json()["detail"] == "there is no image 'nope'; it may have been deleted"


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


def test_a_damaged_mask_is_left_out_of_an_overlay(
    client: TestClient, image_id: str, project: FakeProject
) -> None:
    mask = encode_rle(np.ones((60, 80), dtype=bool))
    project.damage(project.annotations.add(NewAnnotation(image_id, "cup", mask)).id)
    overlay = client.get(f"/studio/overlays/{image_id}")
    assert overlay.content == client.get(f"/studio/thumbs/{image_id}").content


def test_what_the_rest_api_has_is_not_here_too(client: TestClient, image_id: str) -> None:
    for path in (f"images/{image_id}", "export/coco", "versions/0/pth"):
        assert client.get(f"/studio/{path}").status_code == 404, path
    for path in ("upload", "versions", "compare/keep"):
        assert client.post(f"/studio/{path}", headers={"x-studio": "upload"}).status_code in (404, 405), path


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


def test_a_deleted_image_keeps_its_thumbnail_while_it_is_in_the_trash(
    client: TestClient, image_id: str, project: FakeProject
) -> None:
    project.trash.discard([image_id])
    assert client.get(f"/studio/thumbs/{image_id}").status_code == 200


def test_an_overlay_that_names_its_moment_is_kept_by_the_browser(client: TestClient, image_id: str) -> None:
    plain = client.get(f"/studio/overlays/{image_id}")
    named = client.get(f"/studio/overlays/{image_id}?changed=2026-01-01T00:00:00")
    assert plain.headers["cache-control"] == "private, no-cache"
    assert "immutable" in named.headers["cache-control"]
