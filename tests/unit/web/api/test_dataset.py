from __future__ import annotations

import io
import json
import tempfile
import zipfile
from pathlib import Path

import numpy as np
import pytest
from starlette.testclient import TestClient

from samstudio.domain import NewAnnotation
from samstudio.masks import encode_rle
from samstudio.web.api.zipping import notes_header
from tests.unit.services.pictures import colours, encoded
from tests.unit.web.api.conftest import V1
from tests.unit.web.fakes import FakeProject


def accept_one(project: FakeProject, image_id: str) -> None:
    project.annotations.add(NewAnnotation(image_id, "cup", encode_rle(np.ones((30, 40), bool))))


def test_what_there_is(client: TestClient, project: FakeProject, image_id: str) -> None:
    accept_one(project, image_id)
    reply = client.get(f"{V1}/dataset").json()
    assert (reply["images"], reply["accepted"], reply["rejected"]) == (1, 1, 0)
    assert reply["formats"] == list(project.datasets.formats)


def test_the_dataset_goes_home_as_a_zip_and_leaves_nothing(
    client: TestClient, project: FakeProject, image_id: str
) -> None:
    accept_one(project, image_id)
    before = set(Path(tempfile.gettempdir()).glob("samstudio-api-*"))
    for name in project.datasets.formats:
        reply = client.get(f"{V1}/dataset/export", params={"format": name})
        assert reply.headers["content-type"] == "application/zip"
        with zipfile.ZipFile(io.BytesIO(reply.content)) as archive:
            files = archive.namelist()
            assert any(file.endswith("one.png") for file in files) or name == "measurements"
            assert "samstudio-export.json" in files
    assert set(Path(tempfile.gettempdir()).glob("samstudio-api-*")) <= before


def test_an_export_that_cannot_be_is_told(client: TestClient, image_id: str) -> None:
    empty = client.get(f"{V1}/dataset/export", params={"format": "coco"})
    assert (empty.status_code, "nothing to export" in empty.json()["detail"]) == (422, True)
    unknown = client.get(f"{V1}/dataset/export", params={"format": "csv"})
    assert (unknown.status_code, "'csv'" in unknown.json()["detail"]) == (422, True)


def test_what_to_know_before_tuning(client: TestClient, project: FakeProject, image_id: str) -> None:
    findings = client.get(f"{V1}/preflight").json()["findings"]
    assert findings[0]["severity"] == "error"
    accept_one(project, image_id)
    codes = {one["code"] for one in client.get(f"{V1}/preflight").json()["findings"]}
    assert codes == {one.code for one in project.preflight.check()}


def test_who_answers(client: TestClient, project: FakeProject) -> None:
    reply = client.get(f"{V1}/server").json()
    assert (reply["name"], reply["model"], reply["live"]) == ("SAM Studio", "vit_t", 0)
    assert reply["limits"] == {
        "upload_mb": 1,
        "image_megapixels": 1.0,
        "prompts": 100,
        "points": 500,
        "page": 500,
    }


def test_what_was_left_out_is_told_with_the_zip(
    client: TestClient, project: FakeProject, image_id: str
) -> None:
    accept_one(project, image_id)
    project.images.add(encoded(colours(seed=9), "PNG"), filename="空.png")
    reply = client.get(f"{V1}/dataset/export", params={"format": "yolo", "images": False})
    note, val = json.loads(reply.headers["x-samstudio-notes"])
    assert note == "1 image has no accepted object and was left out: 空.png"
    with zipfile.ZipFile(io.BytesIO(reply.content)) as archive:
        assert archive.read("samstudio-notes-yolo.txt").decode() == f"{note}\n{val}\n"
        names = archive.namelist()
    assert not [name for name in names if name.endswith(".png")]
    assert "samstudio-export.json" in names
    whole = client.get(f"{V1}/dataset/export", params={"format": "yolo", "with_empty": True})
    assert whole.headers["x-samstudio-notes"] == "[]"
    with zipfile.ZipFile(io.BytesIO(whole.content)) as archive:
        assert {"images/空.png", "labels/空.txt"} <= set(archive.namelist())


@pytest.mark.parametrize("bad", [{"status": "open"}, {"category": "nobody"}, {"negatives": "yes"}])
def test_a_choice_that_is_none_is_refused(
    client: TestClient, project: FakeProject, image_id: str, bad: dict[str, str]
) -> None:
    accept_one(project, image_id)
    reply = client.get(f"{V1}/dataset/export", params={"format": "coco", **bad})
    assert reply.status_code == 422
    assert next(iter(bad)) in reply.text


def test_a_long_list_of_notes_is_no_long_header() -> None:
    text = notes_header([f"{number} images were left out" for number in range(1000)])
    assert len(text) <= 4000
    assert json.loads(text)[0] == "0 images were left out"


def test_pixel_sizes_are_set_and_taken_away(client: TestClient, image_id: str) -> None:
    size = {"width": 0.25, "height": 0.25, "unit": "um"}
    told = client.patch(f"{V1}/dataset", json={"pixel_size": {"width": 0.25, "unit": "um"}}).json()
    assert (told["pixel_size"], told["images_with_pixel_size"]) == (size, 0)
    stretched = {"width": 1, "height": 2, "unit": "mm"}
    image = client.patch(f"{V1}/images/{image_id}", json={"pixel_size": stretched}).json()
    assert image["pixel_size"] == stretched == client.get(f"{V1}/images/{image_id}").json()["pixel_size"]
    assert client.get(f"{V1}/dataset").json()["images_with_pixel_size"] == 1
    for url in (f"{V1}/dataset", f"{V1}/images/{image_id}"):
        assert client.patch(url, json={"pixel_size": None}).json()["pixel_size"] is None
        for bad in ({"width": 0, "unit": "um"}, {"width": 1, "unit": "inch"}, {"unit": "um"}, "1um"):
            assert client.patch(url, json={"pixel_size": bad}).status_code == 422
    assert client.patch(f"{V1}/images/{'0' * 64}", json={"pixel_size": None}).status_code == 404


def test_the_groups_that_there_are(client: TestClient, project: FakeProject, image_id: str) -> None:
    assert client.get(f"{V1}/groups").json() == {"items": []}
    for seed, group in ((7, "b"), (8, "a"), (9, "b")):
        project.images.add(encoded(colours(seed=seed), "PNG"), filename=f"{seed}.png", group=group)
    assert client.get(f"{V1}/groups").json()["items"] == [
        {"name": "a", "images": 1},
        {"name": "b", "images": 2},
    ]


def test_chosen_images_alone_are_exported(client: TestClient, project: FakeProject) -> None:
    pictures = [encoded(colours(seed=seed), "PNG") for seed in range(3)]
    ids = [project.images.add(one, filename=f"{seed}.png").image.id for seed, one in enumerate(pictures)]
    for one in ids:
        project.annotations.add(NewAnnotation(one, "cup", encode_rle(np.ones((24, 36), bool))))

    def names(**chosen: object) -> list[str]:
        reply = client.post(f"{V1}/dataset/export", json={"export": {"format": "coco"}, **chosen})
        assert reply.status_code == 200, reply.text
        with zipfile.ZipFile(io.BytesIO(reply.content)) as archive:
            document = json.loads(archive.read("annotations.json"))
        return [one["file_name"] for one in document["images"]]

    assert names(images=ids[1:2]) == ["1.png"]
    assert names(query={"text": "png"}, without=ids[:1]) == ["1.png", "2.png"]


@pytest.mark.parametrize(
    "wrong", [{}, {"images": [], "query": {}}, {"images": [], "without": ["a"]}, {"query": {"none": "x"}}]
)
def test_an_export_of_chosen_images_says_which_one_way(client: TestClient, wrong: dict[str, object]) -> None:
    reply = client.post(f"{V1}/dataset/export", json={"export": {"format": "coco"}, **wrong})
    assert reply.status_code in (400, 422)
    assert reply.json()["detail"]
