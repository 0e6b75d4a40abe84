from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image as Picture
from starlette.testclient import TestClient

from samstudio.web.api.drawing import drawn_png
from tests.unit.web.fakes import FakeProject


def changed(png: bytes, original: bytes) -> np.ndarray:
    before, after = (np.asarray(Picture.open(io.BytesIO(data)).convert("RGB")) for data in (original, png))
    return (before != after).any(axis=2)


def test_the_mask_of_a_box_is_drawn(
    client: TestClient, project: FakeProject, png: Callable[..., bytes]
) -> None:
    reply = client.post("/mask/image", files={"file": ("a.png", png())}, data={"box": "20, 15, 4, 5"})
    assert reply.status_code == 200
    assert (reply.headers["content-type"], reply.headers["sam-studio-version"]) == ("image/png", "0")
    touched = changed(reply.content, png())
    assert touched[8:12, 7:17].mean() > 0.95
    assert not touched[:5].any()
    assert not touched[16:].any()
    assert project.images.count() == 0


def test_without_a_box_the_whole_frame_is_asked(
    client: TestClient, project: FakeProject, png: Callable[..., bytes]
) -> None:
    reply = client.post("/mask/image", files={"file": ("a.png", png())})
    assert changed(reply.content, png())[8:22, 10:30].mean() > 0.95
    assert project.predictor.asked[-1].box == (0, 0, 40, 30)


@pytest.mark.parametrize("box", ["1,2,3", "a,b,c,d", "1,2,3,nan", "1,2,3,4,5", "100,100,200,200", "3,3,3,9"])
def test_a_box_that_is_none_is_told(client: TestClient, png: Callable[..., bytes], box: str) -> None:
    reply = client.post("/mask/image", files={"file": png()}, data={"box": box})
    assert reply.status_code == 422
    assert reply.headers["content-type"] == "application/problem+json"


def test_a_file_that_is_no_image_is_told_by_name(client: TestClient) -> None:
    reply = client.post("/mask/image", files={"file": ("notes.txt", b"hello")})
    assert (reply.status_code, "notes.txt" in reply.json()["detail"]) == (422, True)
    assert client.post("/mask/image").status_code == 422


@pytest.mark.parametrize("path", ["/mask", "/api"])
def test_it_greets(client: TestClient, path: str) -> None:
    reply = client.get(path).json()
    assert "Welcome" in reply["message"]
    assert client.get(reply["openapi"]).json()["paths"]["/mask/image"]
    assert client.get(reply["docs"]).headers["content-type"].startswith("text/html")


def test_the_drawing_lets_the_picture_shine_through() -> None:
    pixels = np.full((10, 12, 3), 100, np.uint8)
    mask = np.zeros((10, 12), bool)
    mask[2:5, 3:9] = True
    drawn = np.asarray(Picture.open(io.BytesIO(drawn_png(pixels, mask, box=None))))
    assert drawn[3, 4].tolist() == [165, 92, 82]
    assert drawn[0, 0].tolist() == [100, 100, 100]
