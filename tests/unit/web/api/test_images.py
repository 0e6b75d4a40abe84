from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import numpy as np
import pytest
from PIL import Image as Picture
from starlette.testclient import TestClient

from samstudio.domain import NewAnnotation
from samstudio.masks import encode_rle
from samstudio.web.encoding_queue import EncodingQueue
from tests.unit.services.pictures import tiff
from tests.unit.web.api.conftest import V1
from tests.unit.web.fakes import FakeProject

IMAGES = f"{V1}/images"


def test_an_image_comes_in_as_a_form(
    client: TestClient, project: FakeProject, png: Callable[..., bytes]
) -> None:
    reply = client.post(IMAGES, files={"file": ("a/b/one.png", png())}, params={"group": "scene 1"})
    assert reply.status_code == 201
    image = reply.json()["image"]
    assert (image["filename"], image["width"], image["height"]) == ("one.png", 40, 30)
    assert (image["group"], image["source_format"]) == ("scene 1", "PNG")
    assert reply.headers["location"] == f"{IMAGES}/{image['id']}"
    assert client.get(reply.headers["location"]).json() == image
    assert project.images.count() == 1


def test_an_image_comes_in_as_the_body_and_only_once(client: TestClient, png: Callable[..., bytes]) -> None:
    headers = {"content-type": "image/png"}
    first = client.post(IMAGES, content=png(), headers=headers, params={"filename": "x.png"})
    again = client.post(IMAGES, content=png(), headers=headers, params={"filename": "y.png"})
    assert (first.status_code, again.status_code) == (201, 200)
    said = {"pages": 1, "notes": [], "others": [], "refused": []}
    assert again.json() == {"image": first.json()["image"], "created": False, **said}


def test_an_added_image_is_encoded_ahead(
    client: TestClient, encoding_queue: EncodingQueue, png: Callable[..., bytes]
) -> None:
    added = client.post(IMAGES, files={"file": ("one.png", png())}).json()["image"]["id"]
    assert encoding_queue.status().pending == [added]
    client.post(IMAGES, files={"file": ("notes.png", b"hello")})
    assert encoding_queue.status().pending == [added]


@pytest.mark.parametrize("form", [True, False])
def test_an_image_larger_than_the_limit_is_refused_by_name(
    client: TestClient, project: FakeProject, *, form: bool
) -> None:
    for extra in (1, 2**21):
        data = bytes(2**20 + extra)
        as_body = {
            "content": data,
            "params": {"filename": "big.png"},
            "headers": {"content-type": "image/png"},
        }
        how = {"files": {"file": ("big.png", data)}} if form else as_body
        reply = client.post(IMAGES, **how)
        assert reply.status_code == 413
        assert ("big.png is larger than 1 MB" if extra == 1 else "The request is larger") in reply.json()[
            "detail"
        ]
    assert project.images.count() == 0


def test_a_surprise_is_a_problem_detail_that_tells_no_secret(
    client: TestClient, project: FakeProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError("disk full at /home/jane")

    monkeypatch.setattr(project.images, "add", fail)
    reply = client.post(IMAGES, files={"file": ("a.png", b"x")})
    assert (reply.status_code, reply.json()["type"]) == (500, "urn:samstudio:problem:internal")
    assert "jane" not in reply.text


@pytest.mark.parametrize(
    ("sent", "status", "words"),
    [
        ({"files": {"file": ("a.pdf", b"%PDF-1.7")}}, 422, "a.pdf is a PDF"),
        ({"files": {"picture": ("a.png", b"x")}}, 422, "`file`"),
        ({"data": {"file": "text"}, "files": {"other": b""}}, 422, "`file`"),
        ({"content": b"x", "headers": {"content-type": "text/plain"}}, 415, "text/plain"),
        ({}, 415, "nothing"),
        ({"content": b"x", "headers": {"content-type": "multipart/form-data"}}, 400, "boundary"),
    ],
)
def test_what_is_no_image_is_told(client: TestClient, sent: dict, status: int, words: str) -> None:
    reply = client.post(IMAGES, **sent)
    assert (reply.status_code, words in reply.json()["detail"]) == (status, True), reply.text


def test_an_image_of_too_many_pixels_is_told(client: TestClient, png: Callable[..., bytes]) -> None:
    huge = Picture.new("1", (4000, 400))
    path = "huge.png"
    import io

    out = io.BytesIO()
    huge.save(out, "PNG")
    reply = client.post(IMAGES, files={"file": (path, out.getvalue())})
    assert reply.status_code == 422
    assert "4000x400" in reply.json()["detail"]


def test_images_are_listed_by_pages(
    client: TestClient, project: FakeProject, png: Callable[..., bytes]
) -> None:
    ids = [project.images.add(png(seed), filename=f"{seed}.png").image.id for seed in range(5)]
    page = client.get(IMAGES, params={"offset": 1, "limit": 2}).json()
    assert [one["id"] for one in page["items"]] == ids[1:3]
    assert (page["total"], page["offset"], page["limit"]) == (5, 1, 2)
    newest = client.get(IMAGES, params={"order": "newest", "limit": 1}).json()
    assert [one["id"] for one in newest["items"]] == ids[4:]
    assert client.get(IMAGES, params={"limit": 501}).status_code == 422


def test_the_pixels_come_once_and_for_ever(
    client: TestClient, image_id: str, png: Callable[..., bytes]
) -> None:
    reply = client.get(f"{IMAGES}/{image_id}/pixels")
    assert reply.content == png()
    assert reply.headers["content-type"] == "image/png"
    again = client.get(f"{IMAGES}/{image_id}/pixels", headers={"if-none-match": reply.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_an_image_goes_and_its_annotations_only_when_told(
    client: TestClient, project: FakeProject, image_id: str
) -> None:
    project.annotations.add(NewAnnotation(image_id, "cup", encode_rle(np.ones((30, 40), bool))))
    refused = client.delete(f"{IMAGES}/{image_id}")
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:samstudio:problem:conflict")
    gone = client.delete(f"{IMAGES}/{image_id}", params={"with_annotations": "true"})
    assert (gone.status_code, gone.content) == (204, b"")
    assert client.get(f"{IMAGES}/{image_id}").status_code == 404
    assert client.get(f"{IMAGES}/{image_id}/pixels").status_code == 404


def _stack(n: int = 3) -> bytes:
    values = np.random.default_rng(n).integers(0, 60_000, (n, 30, 40)).astype(np.uint16)
    return tiff(values, photometric="minisblack")


def test_the_first_page_of_a_stack_is_said(client: TestClient, project: FakeProject) -> None:
    reply = client.post(IMAGES, files={"file": ("stack.tif", _stack())}).json()
    assert (reply["image"]["filename"], reply["image"]["group"], reply["pages"]) == (
        "stack.tif#1",
        "stack.tif",
        3,
    )
    assert reply["notes"] == ["stack.tif has 3 pages: this is the first"]
    second = client.post(IMAGES, files={"file": ("stack.tif", _stack())}, params={"page": 2}).json()
    assert (second["image"]["filename"], second["notes"]) == ("stack.tif#2", [])
    assert project.images.count() == 2


def test_every_page_comes_in_when_asked(client: TestClient, encoding_queue: EncodingQueue) -> None:
    asked = {"all_pages": "true"}
    reply = client.post(IMAGES, files={"file": ("stack.tif", _stack())}, params=asked)
    assert reply.status_code == 201
    found = reply.json()
    assert [each["filename"] for each in (found["image"], *found["others"])] == [
        f"stack.tif#{n}" for n in (1, 2, 3)
    ]
    assert encoding_queue.status().pending == [each["id"] for each in (found["image"], *found["others"])]
    again = client.post(IMAGES, files={"file": ("stack.tif", _stack())}, params=asked)
    assert (again.status_code, again.json()["created"]) == (200, False)


def test_channels_and_contrast_are_chosen(client: TestClient) -> None:
    values = np.zeros((30, 40, 5), np.uint16)
    values[:, :20, 4] = 400
    data = tiff(values, photometric="minisblack", planarconfig="contig")
    params = {"channels": "5", "contrast": "0:1000"}
    image = client.post(IMAGES, files={"file": ("five.tif", data)}, params=params).json()["image"]
    shown = Picture.open(BytesIO(client.get(f"{IMAGES}/{image['id']}/pixels").content))
    assert shown.getpixel((3, 3)) == (102, 102, 102)
    for wrong in (
        {"channels": "0"},
        {"channels": "9"},
        {"channels": "a"},
        {"contrast": "5:5"},
        {"contrast": "e:e"},
    ):
        reply = client.post(IMAGES, files={"file": ("five.tif", data)}, params=wrong)
        assert reply.status_code == 422, wrong
