from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from samstudio.domain import NewAnnotation
from samstudio.masks import encode_rle
from samstudio.services.image_queries import SORT_KEYS, choices
from samstudio.web.page.gallery.server import GalleryServer
from samstudio.web.page.thumbnails import Pictures
from tests.unit.web.fakes import FakeProject

Call = Callable[[str, dict[str, Any]], dict[str, Any]]


@pytest.fixture
def ids(project: FakeProject, png: Callable[..., bytes]) -> list[str]:
    """Seven images, the last two of which have a mask."""
    ids = [project.images.add(png(seed), filename=f"<b>{seed}.png").image.id for seed in range(7)]
    for one in ids[-2:]:
        project.annotations.add(NewAnnotation(one, "cup", encode_rle(np.ones((60, 80), dtype=bool))))
    return ids


@pytest.fixture
def ask(project: FakeProject) -> Call:
    functions = {one.__name__: one for one in GalleryServer(project=project).functions()}
    return lambda name, request: dict(functions[name](request))


def _listed(ask: Call, **request: Any) -> list[str]:
    return [one["id"] for one in ask("gallery_images", request)["items"]]


def test_the_browser_calls_functions_that_there_are(project: FakeProject) -> None:
    names = {one.__name__ for one in GalleryServer(project=project).functions()}
    assert names == {"gallery_images", "gallery_overview", "gallery_choices", "move_images"}
    assert all(inspect.isfunction(one) for one in GalleryServer(project=project).functions())


@pytest.mark.parametrize("sort", SORT_KEYS.names())
@pytest.mark.parametrize("descending", ["true", "false"])
def test_a_list_is_the_same_from_every_number_on_and_by_keys(
    ask: Call, ids: list[str], sort: str, descending: str
) -> None:
    query = {"sort": sort, "descending": descending}
    every = _listed(ask, query=query)
    assert sorted(every) == sorted(ids)
    for at in range(9):
        assert _listed(ask, query=query, at=at, limit=2) == every[at : at + 2]
    items = ask("gallery_images", {"query": query})["items"]
    assert _listed(ask, query=query, after=items[2]["cursor"], limit=3) == every[3:6]
    assert _listed(ask, query=query, before=items[5]["cursor"], limit=3) == every[2:5]


def test_what_cannot_be_read_is_said(ask: Call, ids: list[str]) -> None:
    for request in ({"at": -1}, {"at": "x"}, {"limit": 0}, {"limit": 501}, {"query": {"colour": "red"}}):
        assert ask("gallery_images", request)["error"]
    assert "ids is not a list" in ask("move_images", {"ids": ids[0], "to": "trash"})["error"]
    assert "not understood" in ask("move_images", {"ids": ids, "to": "nowhere"})["error"]


def test_the_overview_counts(ask: Call, ids: list[str]) -> None:
    assert ask("gallery_overview", {"query": {"text": "6.png"}}) == {
        "found": 1,
        "wider": {},
        "images": 7,
        "with_accepted": 2,
        "accepted": 2,
        "proposed": 0,
        "categories": ["cup"],
        "trash": 0,
    }


def test_deleted_images_come_back_with_their_masks(ask: Call, ids: list[str], project: FakeProject) -> None:
    assert ask("move_images", {"ids": ids[-1:], "to": "trash"}) == {"moved": ids[-1:]}
    assert ask("move_images", {"ids": ids[-1:], "to": "trash"}) == {"moved": []}
    assert _listed(ask) == ids[:-1]
    (deleted,) = ask("gallery_images", {"query": {"trashed": "true"}})["items"]
    assert deleted["trashed"]
    assert deleted["filename"] == "<b>6.png"
    assert ask("move_images", {"ids": ids[-1:], "to": "dataset"}) == {"moved": ids[-1:]}
    assert ask("gallery_images", {})["items"][-1]["accepted"] == 1


def test_a_far_part_of_a_long_list_is_found_by_its_number(ask: Call, ids: list[str]) -> None:
    assert _listed(ask, at=5, limit=1) == [ids[5]]
    assert _listed(ask, at=10**30) == []


def test_a_new_colour_is_another_picture(project: FakeProject, ask: Call, ids: list[str]) -> None:
    def shown() -> tuple[str, str]:
        card = next(one for one in ask("gallery_images", {})["items"] if one["id"] == ids[-1])
        return card["changed"], Pictures(project=project).overlay_tag(ids[-1])[0]

    (category,) = project.annotations.categories()
    changed, tag = shown()
    project.categories.change(category.id, color="#0a0b0c")
    assert changed != shown()[0]
    assert tag != shown()[1]


def test_filters_offer_what_the_dataset_has(
    project: FakeProject,
    ask: Call,
    ids: list[str],
    png: Callable[..., bytes],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for seed, group in ((20, "slide 10"), (21, "slide 2"), (22, "slide 2"), (23, "gone")):
        image = project.images.add(png(seed), filename=f"{seed}.png", group=group).image
        mask = encode_rle(np.ones((60, 80), dtype=bool))
        project.annotations.add(NewAnnotation(image.id, "saucer", mask, proposed_by=seed - 11))
    project.trash.discard([image.id])
    project.bulk.apply("tag", "hard", image_ids=ids[:2])
    names = {"category": ["cup", "saucer"], "tag": ["hard"], "group": ["slide 2", "slide 10"]}
    offered = ask("gallery_choices", {})
    assert {name: offered[name]["items"] for name in names} == names
    assert offered["version"] == {"items": ["9", "10", "11"], "more": False}
    assert offered["author"] == {"items": [], "more": False}
    monkeypatch.setattr(choices, "MOST", 1)
    few = ask("gallery_choices", {})["group"]
    assert (len(few["items"]), few["more"]) == (1, True)


def test_where_nothing_fits_it_says_what_would_fit_without_each_filter(
    project: FakeProject, ask: Call, ids: list[str]
) -> None:
    project.trash.discard(ids[:1])
    asked = {"text": "nowhere", "objects_to": "0", "sort": "name"}
    overview = ask("gallery_overview", {"query": asked})
    assert (overview["found"], overview["wider"]) == (0, {"text": len(ids) - 3, "objects": 0})
    assert ask("gallery_overview", {"query": {"sort": "name"}})["wider"] == {}
    trash = ask("gallery_overview", {"query": {"trashed": "true", "flagged": "true"}})
    assert trash["wider"] == {"flagged": 1, "trashed": 0}
