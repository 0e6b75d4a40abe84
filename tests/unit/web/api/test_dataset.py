from __future__ import annotations

import io
import tempfile
import zipfile
from pathlib import Path

import numpy as np
from starlette.testclient import TestClient

from samstudio.domain import NewAnnotation
from samstudio.masks import encode_rle
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
            assert any(file.endswith("one.png") for file in archive.namelist())
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
