"""Imports over REST: sent file by file, planned, applied, and every count true."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import pytest
from PIL import Image
from starlette.testclient import TestClient

from tests.unit.web.api.conftest import V1
from tests.unit.web.fakes import FakeProject

OCTETS = {"Content-Type": "application/octet-stream"}


def png(seed: int, size: tuple[int, int] = (30, 40)) -> bytes:
    pixels = np.random.default_rng(seed).integers(0, 255, (*size, 3), np.uint8)
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG")
    return out.getvalue()


def label_picture(size: tuple[int, int] = (30, 40)) -> bytes:
    labels = np.zeros(size, np.uint8)
    labels[3:9, 4:12], labels[15:25, 20:35] = 1, 2
    out = io.BytesIO()
    Image.fromarray(labels).save(out, "PNG")
    return out.getvalue()


def coco(*names: str, crowd: bool = False) -> bytes:
    """A COCO file with one square on each image."""
    square = [[2, 2, 12, 2, 12, 12, 2, 12]]
    annotations = [
        {"id": n, "image_id": n, "category_id": 1, "segmentation": square, "iscrowd": int(crowd)}
        for n in range(len(names))
    ]
    images = [{"id": n, "file_name": name, "width": 40, "height": 30} for n, name in enumerate(names)]
    document = {"images": images, "annotations": annotations, "categories": [{"id": 1, "name": "crack"}]}
    return json.dumps(document).encode()


def zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


class Import:
    """One import, as a script does it."""

    def __init__(self, client: TestClient) -> None:
        self.client = client
        reply = client.post(f"{V1}/imports")
        assert reply.status_code == 201
        self.url = f"{V1}/imports/{reply.json()['id']}"
        assert reply.headers["location"] == self.url

    def put(self, name: str, data: bytes) -> Any:
        return self.client.put(f"{self.url}/files/{quote(name)}", content=data, headers=OCTETS)

    def ask(self, method: str, path: str = "", **body: Any) -> Any:
        reply = self.client.request(method, self.url + path, json=body or None)
        assert reply.status_code in (200, 202), reply.text
        return reply.json()

    def plan(self, **body: Any) -> Any:
        return self.ask("POST", "/plan", **body)

    def apply(self, project: FakeProject) -> Any:
        assert self.ask("POST", "/apply")["state"] == "applying"
        project.imports.wait(self.url.rpartition("/")[2])
        return self.ask("GET")


@pytest.fixture
def begun(client: TestClient) -> Import:
    return Import(client)


def test_masks_alone_are_for_the_images_that_are_there(
    begun: Import, project: FakeProject, client: TestClient
) -> None:
    for n in range(2):
        project.images.add(png(n), filename=f"{n}.png")
    values = np.zeros((30, 40), np.uint8)
    values[5:20, 5:20], values[0, 0] = 1, 2
    data = io.BytesIO()
    Image.fromarray(values).save(data, "PNG")
    begun.put("masks/1.png", data.getvalue())
    plan = begun.plan()["plan"]
    assert (plan["format"], plan["choices"][0]["name"]) == ("masks", "masks")
    assert plan["counts"]["images"] == {"new": 0, "known": 1, "skipped": 0}
    (shown,) = [group for group in plan["groups"] if group["code"] == "stored_masks"]
    assert shown["names"] == ["1.png (1.png)"]
    (speck,) = [group for group in plan["groups"] if group["code"] == "speck"]
    assert "slip of the brush" in speck["text"]
    assert any(doubt["picture"] for doubt in plan["doubts"])
    done = begun.apply(project)
    assert done["report"]["counts"]["objects"] == {"new": 2, "known": 0, "skipped": 0}
    assert project.images.count() == 2


def test_a_folder_comes_in_with_its_annotations(
    begun: Import, project: FakeProject, client: TestClient
) -> None:
    for n in range(3):
        assert begun.put(f"set/images/{n}.png", png(n)).json() == {
            "path": f"set/images/{n}.png",
            "size": len(png(n)),
        }
    begun.put("set/annotations.json", coco("0.png", "1.png"))
    begun.put("set/notes.md", b"by hand")
    assert len(begun.ask("GET", "/files")["items"]) == 5

    planned = begun.plan()
    assert (planned["state"], planned["problem"]) == ("planned", "")
    plan = planned["plan"]
    assert plan["format"] == "coco"
    assert [one["name"] for one in plan["choices"]] == ["coco"]
    assert plan["categories"] == ["crack"]
    assert plan["counts"]["images"] == {"new": 3, "known": 0, "skipped": 0}
    assert plan["counts"]["objects"] == {"new": 2, "known": 0, "skipped": 0}
    assert plan["counts"]["files"]["skipped"] == 1
    assert any("notes.md" in group["text"] and group["skipped"] for group in plan["groups"])
    assert any("2.png" in group["text"] and not group["skipped"] for group in plan["groups"])
    assert project.images.count() == 0  # nothing came in yet

    done = begun.apply(project)
    assert done["state"] == "done"
    assert done["report"]["counts"] == plan["counts"]
    assert done["report"]["first_image"] in [image.id for image in project.images.list()]
    assert (project.images.count(), project.annotations.counts().accepted) == (3, 2)

    again = begun.apply(project)
    assert again["report"]["counts"]["images"] == {"new": 0, "known": 3, "skipped": 0}
    assert again["report"]["counts"]["objects"]["known"] == 2
    assert (project.images.count(), project.annotations.counts().accepted) == (3, 2)

    assert client.delete(begun.url).status_code == 204
    assert client.get(begun.url).status_code == 404
    assert project.images.count() == 3


def test_an_archive_is_the_folder_in_it(begun: Import, project: FakeProject) -> None:
    files = {"set/images/a.png": png(1), "set/instances.json": coco("a.png"), "../evil.png": png(2)}
    begun.put("set.zip", zipped(files))
    plan = begun.plan()["plan"]
    assert plan["format"] == "coco"
    assert plan["counts"]["images"]["new"] == 1
    assert any("../evil.png" in group["text"] for group in plan["groups"])
    assert begun.apply(project)["report"]["counts"] == plan["counts"]
    assert [image.filename for image in project.images.list()] == ["a.png"]


def test_an_archive_beside_other_files_costs_only_itself(begun: Import) -> None:
    begun.put("a.png", png(1))
    begun.put("more.zip", b"no archive")
    plan = begun.plan()["plan"]
    assert plan["counts"]["images"]["new"] == 1
    assert any("more.zip cannot be unpacked" in group["text"] for group in plan["groups"])


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("broken.zip", b"no archive", "broken.zip cannot be unpacked"),
        ("notes.md", b"text", "holds no image"),
        (".hidden.png", png(1), "holds no image"),
    ],
)
def test_files_of_which_nothing_can_be_made_are_said_to_be(
    begun: Import, name: str, data: bytes, said: str
) -> None:
    begun.put(name, data)
    answer = begun.plan()
    assert answer["state"] == "collecting"
    assert answer["plan"] is None
    assert said in answer["problem"]


def test_annotations_alone_go_to_the_images_that_are_here(begun: Import, project: FakeProject) -> None:
    project.images.add(png(1), filename="a.png")
    begun.put("annotations.json", coco("a.png", "b.png"))
    plan = begun.plan()["plan"]
    assert plan["counts"]["images"] == {"new": 0, "known": 1, "skipped": 1}
    assert begun.apply(project)["report"]["counts"]["objects"] == {"new": 1, "known": 0, "skipped": 1}


def test_what_is_doubtful_is_shown(begun: Import, client: TestClient) -> None:
    begun.put("a.png", png(1))
    begun.put("a.json", coco("a.png", crowd=True))
    plan = begun.plan()["plan"]
    assert plan["counts"]["objects"] == {"new": 1, "known": 0, "skipped": 0}
    (doubt,) = plan["doubts"]
    assert (doubt["image"], doubt["held"], doubt["picture"]) == ("a.png", False, True)
    assert "crowd region" in doubt["text"]
    picture = client.get(f"{begun.url}/doubts/0")
    assert picture.headers["content-type"] == "image/jpeg"
    assert Image.open(io.BytesIO(picture.content)).size == (40, 30)
    assert client.get(f"{begun.url}/doubts/1").status_code == 404


def test_what_is_held_back_is_taken_when_asked_for(begun: Import) -> None:
    begun.put("a.png", png(1))
    begun.put("a_mask.png", label_picture())
    plan = begun.plan(format="images")["plan"]
    assert plan["counts"]["images"] == {"new": 1, "known": 0, "skipped": 1}
    (doubt,) = plan["doubts"]
    assert (doubt["image"], doubt["held"], doubt["picture"]) == ("a_mask.png", True, True)
    assert begun.plan(format="images", doubtful=True)["plan"]["counts"]["images"]["new"] == 2


def test_separate_parts_are_objects_when_asked_for(begun: Import, project: FakeProject) -> None:
    values = np.asarray(Image.open(io.BytesIO(label_picture()))) > 0
    out = io.BytesIO()
    Image.fromarray(values.astype(np.uint8) * 255).save(out, "PNG")
    begun.put("images/a.png", png(1))
    begun.put("masks/a.png", out.getvalue())
    assert begun.plan()["plan"]["counts"]["objects"]["new"] == 1
    assert begun.plan(split_parts=True)["plan"]["counts"]["objects"]["new"] == 2
    assert begun.apply(project)["report"]["counts"]["objects"]["new"] == 2


@pytest.mark.parametrize("status", ["accepted", "proposed"])
def test_the_choices_hold(begun: Import, project: FakeProject, status: str) -> None:
    begun.put("a.png", png(1))
    begun.put("a.json", coco("a.png"))
    begun.plan(status=status, format="coco")
    begun.apply(project)
    assert getattr(project.annotations.counts(), status) == 1


@pytest.mark.parametrize(
    "body", [{"format": "nonsense"}, {"format": "x" * 61}, {"status": "rejected"}, {"a": 1}]
)
def test_a_choice_that_cannot_be_is_refused(begun: Import, client: TestClient, body: dict[str, Any]) -> None:
    begun.put("a.png", png(1))
    reply = client.post(f"{begun.url}/plan", json=body)
    assert reply.status_code == 422


HOSTILE = ["..%2F..%2Fevil.png", "a%00b.png", "a%5C..%5Cb.png", "%2Fetc%2Fpasswd", "a//b.png", "x" * 300]


@pytest.mark.parametrize("path", HOSTILE)
def test_a_path_that_leaves_the_import_is_refused(begun: Import, client: TestClient, path: str) -> None:
    reply = client.put(f"{begun.url}/files/{path}", content=b"x", headers=OCTETS)
    assert reply.status_code == 422, reply.text
    assert "cannot be the path of a file" in reply.json()["detail"]


def test_only_bytes_alone_are_taken(begun: Import, client: TestClient) -> None:
    reply = client.put(f"{begun.url}/files/a.png", files={"file": b"x"})
    assert reply.status_code == 415
    assert begun.ask("GET", "/files") == {"items": []}


def test_a_file_larger_than_the_limit_is_refused(
    begun: Import, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    large = bytes(3 * 1024**2)  # more than one image may be: it may be an archive
    assert begun.put("a.zip", large).status_code == 200
    assert begun.put("b.zip", large + bytes(3 * 1024**2)).status_code == 413
    assert [one["path"] for one in begun.ask("GET", "/files")["items"]] == ["a.zip"]


def test_a_file_can_be_taken_out_again(begun: Import, client: TestClient) -> None:
    begun.put("a.png", png(1))
    assert client.delete(f"{begun.url}/files/a.png").status_code == 204
    reply = client.post(f"{begun.url}/plan")
    assert reply.status_code == 422
    assert "no file has arrived" in reply.json()["detail"]


def test_applying_needs_a_plan(begun: Import, client: TestClient) -> None:
    reply = client.post(f"{begun.url}/apply")
    assert reply.status_code == 409


def test_an_unknown_import_is_a_404(client: TestClient) -> None:
    for method, path in [
        ("GET", ""),
        ("GET", "/files"),
        ("POST", "/apply"),
        ("DELETE", ""),
        ("POST", "/cancel"),
    ]:
        reply = client.request(method, f"{V1}/imports/{'0' * 16}{path}")
        assert reply.status_code == 404, path
        assert "there is no import" in reply.json()["detail"]


def test_imports_are_listed_and_can_be_cancelled(begun: Import, client: TestClient) -> None:
    other = Import(client)
    begun.put("a.png", png(1))
    listed = client.get(f"{V1}/imports").json()["items"]
    assert {one["id"] for one in listed} == {begun.url.rpartition("/")[2], other.url.rpartition("/")[2]}
    assert begun.ask("POST", "/cancel")["state"] == "collecting"


@pytest.fixture
def project(tmp_path: Path) -> FakeProject:
    from tests.unit.web.fakes import open_fake

    return open_fake(tmp_path / "storage", max_upload_mb=1, max_import_mb=5, max_image_megapixels=1)
