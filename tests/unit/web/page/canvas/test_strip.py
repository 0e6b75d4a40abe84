from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from samstudio.domain import AnnotationStatus, NewAnnotation
from samstudio.masks import encode_rle
from tests.unit.web.conftest import Call
from tests.unit.web.fakes import FakeProject


@pytest.fixture
def ids(project: FakeProject, png: Callable[..., bytes]) -> list[str]:
    return [project.images.add(png(n), filename=f"{n}.png").image.id for n in range(7)]


def listed(reply: dict) -> list[str]:
    return [one["id"] for one in reply["images"]]


def test_the_first_images_are_listed_while_the_open_one_is_among_them(call: Call, ids: list[str]) -> None:
    for around in (None, ids[0], ids[2]):
        reply = call("list_images", limit=3, around=around)
        assert (listed(reply), reply["offset"], reply["total"]) == (ids[:3], 0, 7)
        assert reply["before"] is None
        assert reply["after"] is not None


def test_else_those_around_it_are(call: Call, ids: list[str]) -> None:
    reply = call("list_images", limit=2, around=ids[4])
    assert (listed(reply), reply["offset"], reply["total"]) == (ids[3:6], 3, 7)
    more = call("list_images", after=reply["after"])
    assert (listed(more), more["offset"], more["after"]) == (ids[6:], 6, None)
    earlier = call("list_images", before=reply["before"])
    assert (listed(earlier), earlier["offset"], earlier["before"]) == (ids[:3], 0, None)


def test_an_open_image_that_was_deleted_leads_back_to_the_first(call: Call, ids: list[str]) -> None:
    assert listed(call("list_images", limit=2, around="f" * 64)) == ids[:2]


def test_neighbours_are_found_whatever_is_listed(call: Call, ids: list[str]) -> None:
    padded = [None, *ids, None]
    for position, image_id in enumerate(ids):
        expected = {"previous": padded[position], "next": padded[position + 2]}
        assert call("neighbours", image_id=image_id) == expected
    turned = call("neighbours", image_id=ids[1], query={"descending": "true"})
    assert turned == {"previous": ids[2], "next": ids[0]}


def test_the_query_filters_the_list_and_the_neighbours(call: Call, ids: list[str]) -> None:
    query = {"text": "5.png"}
    assert listed(call("list_images", query=query)) == ids[5:6]
    assert call("neighbours", image_id=ids[0], query=query) == {"previous": None, "next": ids[5]}
    assert call("list_images", query={"colour": "red"})["error"].startswith("images cannot be looked for by")
    assert call("list_images", query=["text"])["error"] == "query is not an object of texts"


def test_the_images_after_the_open_one_are_prepared(
    call: Call, ids: list[str], project: FakeProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[str]] = []
    monkeypatch.setattr(
        "samstudio.web.encoding_queue.EncodingQueue.add", lambda _, some: asked.append([*some])
    )
    call("prepare_image", image_id=ids[4])
    call("prepare_image", image_id=ids[4], query={"descending": "true"})
    assert asked == [ids[5:7], [ids[3], ids[2]]]


@pytest.fixture
def proposed(project: FakeProject, ids: list[str]) -> list[str]:
    """The images 1, 3 and 5 have a proposal."""
    some = ids[1:6:2]
    for one in some:
        mask = encode_rle(np.ones((60, 80), dtype=bool))
        project.annotations.add(NewAnnotation(one, "cup", mask, status=AnnotationStatus.PROPOSED))
    return some


PROPOSED = {"status": "proposed"}


def cursor_of(call: Call, image_id: str, query: dict[str, str]) -> str:
    (found,) = (one for one in call("list_images", query=query)["images"] if one["id"] == image_id)
    return str(found["cursor"])


def accept(project: FakeProject, image_id: str) -> None:
    for one in project.annotations.list(image_id):
        project.annotations.update(one.id, revision=one.revision, status=AnnotationStatus.ACCEPTED)


def test_an_image_that_fits_no_more_stays_at_its_place_while_it_is_open(
    call: Call, project: FakeProject, proposed: list[str]
) -> None:
    first, open_one, last = proposed
    at = cursor_of(call, open_one, PROPOSED)
    accept(project, open_one)
    reply = call("list_images", query=PROPOSED, around=open_one, at=at, stay=True)
    assert (listed(reply), reply["stray"], reply["total"], reply["offset"]) == (proposed, open_one, 2, 0)
    assert call("neighbours", query=PROPOSED, image_id=open_one, at=at) == {"previous": first, "next": last}
    left = call("list_images", query=PROPOSED, around=open_one)
    assert (listed(left), left["stray"]) == ([first, last], None)


@pytest.mark.parametrize("descending", ["true", "false"])
@pytest.mark.parametrize("sort", ["changed", "accepted", "proposed", "objects"])
def test_an_image_stays_at_its_place_while_it_is_changed(
    call: Call, project: FakeProject, proposed: list[str], sort: str, descending: str
) -> None:
    query = {"sort": sort, "descending": descending}
    every = listed(call("list_images", query=query))
    middle = every.index(proposed[1])
    at = cursor_of(call, proposed[1], query)
    accept(project, proposed[1])
    assert listed(call("list_images", query=query)) != every or sort == "objects"
    for limit in (1, 3, 200):
        reply = call("list_images", query=query, around=proposed[1], at=at, stay=True, limit=limit)
        shown = listed(reply)
        assert shown == every[reply["offset"] : reply["offset"] + len(shown)]
        assert len(shown) >= min(limit, 3)
        assert (reply["stray"], reply["total"]) == (None, 7)
    beside = [None, *every, None]
    expected = {"previous": beside[middle], "next": beside[middle + 2]}
    assert call("neighbours", query=query, image_id=proposed[1], at=at) == expected


def test_an_image_in_the_trash_stays_in_no_list(call: Call, project: FakeProject, ids: list[str]) -> None:
    project.trash.discard(ids[2:3])
    reply = call("list_images", around=ids[2], stay=True)
    assert (listed(reply), reply["stray"]) == ([*ids[:2], *ids[3:]], None)
