"""The client against the real app, on a real port, with real weights; the documentation's Python too."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import requests
from PIL import Image as Picture
from safetensors import safe_open
from skimage.data import coffee

from samstudio.client import Client, StaleError, StudioError
from samstudio.masks import decode_rle, iou
from tests.code_blocks import blocks, run_python
from tests.processes import App

CUP = [75, 22, 482, 395]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    with App.of_storage(tmp_path_factory.mktemp("client") / "storage") as app:
        yield app


@pytest.fixture
def project(app: App) -> Iterator[Client]:
    with Client(app.url) as client:
        yield client


@pytest.fixture(scope="module")
def photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("photo") / "photo.jpg"
    Picture.fromarray(coffee()).save(path, quality=95)
    return path


def test_the_page_and_the_api_are_one_server(app: App) -> None:
    assert "SAM Studio" in requests.get(app.url, timeout=30).text
    assert requests.get(f"{app.url}api", timeout=30).json()["docs"] == "/api/docs"
    assert requests.get(f"{app.url}api/docs", timeout=30).status_code == 200
    missing = requests.get(f"{app.url}api/v1/nothing", timeout=30)
    assert (missing.status_code, missing.headers["content-type"]) == (404, "application/problem+json")
    assert requests.get(f"{app.url}config", timeout=30).json()["version"]


def test_a_stored_image_and_an_uploaded_one_get_the_same_mask(project: Client, photo: Path) -> None:
    image = project.add_image(photo)
    assert project.add_image(photo.read_bytes(), filename="again.jpg") == image
    stored = project.predict(image["id"], [{"box": CUP}])
    sent = project.predict(photo, [{"box": CUP}])
    assert stored == sent
    assert stored["version"] == 0
    mask = stored["answers"][0]["masks"][0]
    assert mask["predicted_iou"] > 0.8
    assert 40_000 < mask["area"] < 130_000
    assert Picture.open(io.BytesIO(project.pixels(image["id"]))).size == (image["width"], image["height"])


def test_each_spelling_is_the_same_mask_and_logits_correct_it(project: Client, photo: Path) -> None:
    image = project.add_image(photo)
    answers = {
        name: project.predict(image["id"], [{"box": CUP}], mask_format=name)["answers"][0]["masks"][0]["mask"]
        for name in ("rle", "polygons", "png")
    }
    stored = [project.add_annotation(image["id"], "cup", mask)["mask"] for mask in answers.values()]
    assert stored == [answers["rle"]] * 3
    first = project.predict(image["id"], [{"box": CUP}], with_logits=True)["answers"][0]["masks"][0]
    assert first["logits"] is not None
    again = project.predict(image["id"], [{"box": CUP, "mask_input": first["logits"]}])
    masks = [
        decode_rle(one) for one in (first["mask"]["rle"], again["answers"][0]["masks"][0]["mask"]["rle"])
    ]
    assert iou(*masks) > 0.9


def test_objects_live_through_everything(project: Client, photo: Path, tmp_path: Path) -> None:
    image = project.add_image(photo)
    proposed = project.propose_annotation(image["id"], "cup", {"box": CUP}, client_id="one")
    assert (proposed["status"], proposed["proposed_by"]) == ("proposed", 0)
    accepted = project.accept(proposed)
    with pytest.raises(StaleError) as failure:
        project.reject(proposed)
    assert failure.value.current == accepted
    gone = project.delete(accepted)
    assert gone["status"] == "rejected"
    back = project.restore(gone)
    listed = {one["id"]: one for one in project.annotations(image["id"])}
    assert listed[back["id"]] == back
    assert "cup" in [one["name"] for one in project.categories()]
    project.export(tmp_path / "out.zip")
    assert "annotations.json" in zipfile.ZipFile(tmp_path / "out.zip").namelist()
    assert [one["id"] for one in project.images()] == [image["id"]]
    with pytest.raises(StudioError, match="annotation") as refused:
        project.delete_image(image["id"])
    assert (refused.value.status, refused.value.type) == (409, "urn:samstudio:problem:conflict")


def test_the_picture_comes_back_with_its_mask(project: Client, photo: Path) -> None:
    drawn = np.asarray(Picture.open(io.BytesIO(project.draw(photo, box=CUP))).convert("RGB"), int)
    change = np.abs(drawn - np.asarray(Picture.open(photo), int)).sum(axis=2) > 20
    assert change[100:300, 200:350].mean() > 0.7
    assert not change[:15].any()
    assert Picture.open(io.BytesIO(project.draw(photo.read_bytes()))).format == "PNG"


def test_a_version_goes_home(project: Client, tmp_path: Path) -> None:
    assert project.download_version("live", tmp_path / "stock.safetensors") == 0
    with safe_open(tmp_path / "stock.safetensors", "np") as file:
        assert file.metadata()["version"] == "0"
    assert project.promote(0) == 0
    with pytest.raises(StudioError, match="stock decoder is live"):
        project.rollback()
    assert [one["number"] for one in project.versions()] == [0]


def test_a_version_comes_back_and_is_blended(project: Client, tmp_path: Path) -> None:
    project.download_version(0, tmp_path / "mine.pth", format="pth")
    made = project.import_version(tmp_path / "mine.pth", reason="from home")
    assert (made["live"], made["reason"]) == (False, "imported from mine.pth: from home")
    half = project.blend_version(made["number"], 0.5)
    assert (half["parent"], half["live"]) == (made["number"], False)
    with pytest.raises(StudioError, match="is that already"):
        project.blend_version(made["number"], 0.5)
    (tmp_path / "notes.pth").write_text("no decoder")
    with pytest.raises(StudioError, match="cannot be read as tensors") as refused:
        project.import_version(tmp_path / "notes.pth")
    assert refused.value.status == 422
    for one in (half, made):
        project.delete_version(one["number"])


def test_a_server_that_is_none_is_told(app: App) -> None:
    with Client(f"{app.url}gradio_api/nothing") as elsewhere, pytest.raises(StudioError) as failure:
        elsewhere.server()
    assert failure.value.status == 404
    with Client("http://127.0.0.1:1") as nobody, pytest.raises(requests.ConnectionError):
        nobody.server()


def test_the_python_of_the_documentation_runs(
    app: App, photo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "photo.jpg").write_bytes(photo.read_bytes())
    monkeypatch.chdir(tmp_path)
    found = [block.source for block in blocks("api.md") if block.language == "python"]
    assert len(found) > 7
    names: dict[str, object] = {}
    for source in found:
        run_python(source.replace("max_seconds=60", "max_seconds=5"), names, page="api.md", url=app.url)
    project = names["studio"]
    assert isinstance(project, Client)
    project.close()
    printed = capsys.readouterr().out
    assert "version 0: " in printed
    assert "404 urn:samstudio:problem:not-found" in printed
    assert next(iter(project.jobs()))["status"] in ("succeeded", "failed")
    for name in ("drawn.png", "decoder.safetensors", "dataset.zip"):
        assert (tmp_path / name).stat().st_size > 1000
