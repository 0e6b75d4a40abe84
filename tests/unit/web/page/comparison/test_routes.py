from __future__ import annotations

import base64
import io
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from PIL import Image as Picture
from starlette.applications import Starlette
from starlette.testclient import TestClient

from samstudio.domain import NewAnnotation
from samstudio.masks import encode_rle
from samstudio.web.page.routes import page_routes
from tests.unit.web.fakes import FakeProject

Accept = Callable[..., int]
Ask = Callable[..., Any]


@pytest.fixture
def client(project: FakeProject) -> Iterator[TestClient]:
    with TestClient(Starlette(routes=page_routes(project=project))) as client:
        yield client


@pytest.fixture
def ask(client: TestClient) -> Ask:
    def get(path: str = "", **values: Any) -> Any:
        return client.get(f"/studio/compare{path}", params=values).json()

    return get


@pytest.fixture
def accept(project: FakeProject, png: Callable[..., bytes]) -> Accept:
    def add(width: int, seed: int = 0) -> int:
        """An object of that width on the picture of that seed; wide ones get better with tuning."""
        image = project.images.add(png(seed), filename=f"<b>{seed}.png").image
        mask = np.zeros((60, 80), dtype=bool)
        mask[10:40, 8 : 8 + width] = True
        return project.annotations.add(NewAnnotation(image.id, "cup", encode_rle(mask))).id

    return add


def _tuned(project: FakeProject, *learned: int, **scores: Any) -> int:
    """The next version."""
    return project.make_version(reason="kept aside", scores=scores, annotation_ids=learned)


def _scored(ask: Ask, project: FakeProject, path: str = "/objects", **values: Any) -> Any:
    ask(path, **values)
    assert project.comparison.wait(10)
    reply = ask(path, **values)
    assert project.comparison.wait(10)
    return reply


def test_where_nothing_can_be_compared_it_says_what_to_do(
    ask: Ask, project: FakeProject, accept: Accept
) -> None:
    assert ask()["nothing"]["title"] == "Nothing to compare on yet"
    assert _scored(ask, project, a=0, b=0)["rows"] == []
    accept(40)
    assert ask()["nothing"]["title"] == "Only the stock decoder so far"
    _tuned(project)
    setup = ask()
    assert setup["nothing"] is None
    assert (setup["a"], setup["b"]) == (0, 1)
    assert [one["label"] for one in setup["versions"]] == ["v1 · kept aside", "stock · live"]


def test_each_object_has_both_scores_and_what_flatters_is_said(
    ask: Ask, project: FakeProject, accept: Accept
) -> None:
    wide, narrow = accept(40), accept(16, 1)
    _tuned(project, wide, base_miou=0.681, candidate_miou=0.802)
    reply = _scored(ask, project, a=0, b=1)
    rows = {row["id"]: row for row in reply["rows"]}
    assert (rows[wide]["a"], rows[wide]["b"], rows[wide]["learned"]) == (0.5, 1.0, "B")
    assert (rows[narrow]["a"], rows[narrow]["b"], rows[narrow]["learned"]) == (0.5, 0.25, "")
    assert rows[narrow]["file"] == "<b>1.png"
    assert (reply["done"], reply["total"], reply["refused"]) == (2, 2, "")
    assert reply["mean"] == {"a": 0.5, "b": 0.625, "n": 2}
    assert reply["text"] == (
        "v1 learned from 1 of these 2 objects, so its scores there flatter it. "
        "On images it had not seen, the gate measured 0.681 → 0.802 (stock → v1)."
    )


def test_part_of_the_way_is_another_side(ask: Ask, project: FakeProject, accept: Accept) -> None:
    number = accept(40)
    _tuned(project, number)
    reply = _scored(ask, project, a=0, b=1, strength=0.5)
    assert reply["names"] == ["stock", "½ v1"]
    assert reply["rows"][0]["b"] == 0.75


def test_masks_are_pictures_in_each_side_s_colour(ask: Ask, project: FakeProject, accept: Accept) -> None:
    number = accept(40)
    _tuned(project)
    reply = ask("/masks", a=0, b=1, ids=str(number))
    (one,) = reply["objects"]
    assert (reply["image"]["width"], reply["image"]["height"]) == (80, 60)
    assert one["box"] == [8, 10, 47, 39]
    assert (one["a"]["iou"], one["b"]["iou"]) == (0.5, 1.0)
    assert (one["b"]["x"], one["b"]["y"], one["b"]["w"], one["b"]["h"]) == (8, 10, 40, 30)
    picture = _picture(one["a"]["src"])
    assert picture.getpixel((0, 0)) == (245, 158, 11, 255)
    assert picture.getpixel((30, 0))[3] == 0, "stock gives the left half only"  # type: ignore[index]
    assert _picture(one["b"]["src"]).getpixel((39, 29)) == (99, 102, 241, 255)
    corners = {"8.25,10.25", "8.25,39.75", "47.75,39.75", "47.75,10.25"}
    assert set(one["outline"].strip("MZ").split("L")) == corners


def _picture(address: str) -> Picture.Image:
    data = base64.b64decode(address.removeprefix("data:image/png;base64,"))
    return Picture.open(io.BytesIO(data)).convert("RGBA")


def test_a_damaged_mask_has_no_outline_and_says_its_problem(
    ask: Ask, project: FakeProject, accept: Accept
) -> None:
    number = accept(40)
    project.damage(number)
    (one,) = ask("/masks", a=0, b=0, ids=str(number))["objects"]
    assert one["outline"] == ""
    assert "not a COCO run-length mask" in one["b"]["problem"]
    assert "src" not in one["b"]
    (row,) = _scored(ask, project, a=0, b=0)["rows"]
    assert "not a COCO run-length mask" in row["problem"]


@pytest.mark.parametrize(
    ("path", "values", "code", "words"),
    [
        ("/objects", {"a": 0, "b": 9}, 404, "there is no version 9"),
        ("/objects", {"a": "x", "b": 0}, 422, "a is 'x': give a version's number"),
        ("/objects", {"a": 0}, 422, "b is ''"),
        ("/objects", {"a": 0, "b": 0, "strength": 0.3}, 422, "strength is 0.3: choose one of"),
        ("/objects", {"a": 0, "b": 0, "strength": "much"}, 422, "give a number from 0 to 1"),
        ("/masks", {"a": 0, "b": 0, "ids": "1,x"}, 422, "give objects' numbers"),
        ("/masks", {"a": 0, "b": 0, "ids": "77"}, 404, "there is no annotation 77"),
    ],
)
def test_what_cannot_be_answered_is_said(
    client: TestClient, path: str, values: dict[str, Any], code: int, words: str
) -> None:
    reply = client.get(f"/studio/compare{path}", params=values)
    assert reply.status_code == code
    assert words in reply.json()["detail"]


def test_a_version_whose_file_is_gone_is_a_sentence(
    ask: Ask, client: TestClient, project: FakeProject, accept: Accept
) -> None:
    number = accept(40)
    _tuned(project)
    project.decoders.lose(1)
    assert "version 1 is gone" in _scored(ask, project, a=0, b=1)["refused"]
    reply = client.get("/studio/compare/masks", params={"a": 0, "b": 1, "ids": number})
    assert (reply.status_code, "version 1 is gone" in reply.json()["detail"]) == (503, True)


def test_the_worst_objects_of_the_live_version_come_first(
    ask: Ask, project: FakeProject, accept: Accept
) -> None:
    wide, narrow = accept(40), accept(16, 1)
    _tuned(project, narrow)
    project.versions.promote(1)
    reply = _scored(ask, project, "/todo")
    assert [row["id"] for row in reply["rows"]] == [narrow, wide]
    assert [row["how"] for row in reply["rows"]] == ["learned from", ""]
    assert reply["rows"][0]["iou"] == 0.25
    assert reply["text"].startswith("What v1 gets most wrong.")
