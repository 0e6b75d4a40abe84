from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from samstudio.domain import AnnotationStatus, NewAnnotation
from samstudio.masks import encode_rle
from samstudio.services.image_queries import ImageQuery
from samstudio.web.page.gallery.selecting import MOST_NAMES, SelectionServer
from tests.unit.web.fakes import FakeProject

Call = Callable[[str, dict[str, Any]], dict[str, Any]]


@pytest.fixture
def ids(project: FakeProject, png: Callable[..., bytes]) -> list[str]:
    """Five images, the first with a proposed object."""
    ids = [project.images.add(png(seed), filename=f"{seed}.png").image.id for seed in range(5)]
    mask = encode_rle(np.ones((60, 80), dtype=bool))
    project.annotations.add(NewAnnotation(ids[0], "cup", mask, status=AnnotationStatus.PROPOSED))
    return ids


@pytest.fixture
def numbers(project: FakeProject, ids: list[str]) -> list[int]:
    return [one.seq for one in project.image_queries.page(ImageQuery()).items]


@pytest.fixture
def ask(project: FakeProject) -> Call:
    functions = {one.__name__: one for one in SelectionServer(project=project).functions()}
    return lambda name, request: dict(functions[name](request))


def test_what_is_selected_is_counted(ask: Call, numbers: list[int]) -> None:
    some = {"selection": {"numbers": [*numbers[:2], 999]}}
    assert ask("selection_totals", some) == {"images": 2, "accepted": 0, "proposed": 1, "gone": (999,)}
    others = {"selection": {"query": {"text": "png"}, "numbers": numbers[:1], "others": True}}
    assert ask("selection_totals", others) == {"images": 4, "accepted": 0, "proposed": 0, "gone": ()}


@pytest.mark.parametrize(("start", "end"), [(1, 3), (3, 1)])
def test_a_range_is_given_by_ids_or_by_places(
    ask: Call, ids: list[str], numbers: list[int], start: int, end: int
) -> None:
    for ends in ((ids[start], ids[end]), (start, end), (ids[start], end)):
        reply = ask("selection_between", {"query": {}, "from": ends[0], "to": ends[1]})
        assert reply == {"numbers": numbers[1:4]}
    assert ask("selection_between", {"query": {"text": "none"}, "from": 0, "to": 1}) == {
        "error": "no image fits"
    }


def test_what_is_selected_is_changed_and_it_is_undone(
    ask: Call, project: FakeProject, numbers: list[int]
) -> None:
    request = {"action": "tag", "value": "hard", "selection": {"numbers": numbers[:1], "others": True}}
    run = ask("bulk_start", request)
    assert (run["state"], run["images"], run["left"]) == ("done", 4, ())
    assert project.image_queries.count(ImageQuery(tag="hard")) == 4
    assert ask("bulk_runs", {})["runs"] == [run] == [ask("bulk_look", {"id": run["id"]})]
    undone = ask("bulk_undo", {"id": run["id"]})
    assert (undone["state"], undone["kept"]) == ("undone", 0)
    assert project.image_queries.count(ImageQuery(tag="hard")) == 0


def test_changes_of_categories_are_among_what_was_done(ask: Call, project: FakeProject) -> None:
    cup = project.annotations.ensure_category("cup")
    mug = project.categories.add("mug").category
    assert mug is not None
    project.categories.merge([mug.id], into=cup.id)
    runs = ask("bulk_runs", {})["runs"]
    assert [(one["label"], one["value"]) for one in runs] == [
        ("Categories merged", "mug"),
        ("Category added", "mug"),
    ]
    assert ask("bulk_undo", {"id": runs[0]["id"]})["label"] == "Categories merged"


def test_names_are_looked_for_by_their_letters(ask: Call, project: FakeProject, ids: list[str]) -> None:
    for tag in ("hard", "Harbour", "soft"):
        project.bulk.apply("tag", tag, image_ids=ids[:1])
    assert ask("selection_names", {"of": "tag", "text": "HAR"}) == {
        "names": ["Harbour", "hard"],
        "more": False,
    }
    assert ask("selection_names", {"of": "category", "text": ""}) == {"names": ["cup"], "more": False}
    assert ask("selection_names", {"of": "group", "text": "x"}) == {"names": [], "more": False}
    assert ask("selection_names", {"of": "colour"})["error"]


def test_no_more_names_are_offered_than_one_can_look_through(
    ask: Call, project: FakeProject, ids: list[str]
) -> None:
    for number in range(MOST_NAMES + 1):
        project.bulk.apply("tag", f"tag {number}", image_ids=ids[:1])
    found = ask("selection_names", {"of": "tag"})
    assert (len(found["names"]), found["more"]) == (MOST_NAMES, True)


def test_numbers_become_ids(ask: Call, ids: list[str], numbers: list[int]) -> None:
    assert ask("selection_ids", {"numbers": [*numbers[1:3], 999]}) == {"ids": ids[1:3]}


@pytest.mark.parametrize("selection", [None, {}, {"numbers": ["1"]}, {"numbers": [True]}, {"numbers": 1}])
def test_what_is_no_selection_is_said(ask: Call, selection: Any) -> None:
    assert ask("selection_totals", {"selection": selection})["error"]
