"""How far the set is, as the header of every tab is told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from samstudio.domain import NewAnnotation
from samstudio.masks import encode_rle
from samstudio.web.encoding_queue import EncodingQueue
from samstudio.web.page.status import status_function
from tests.unit.services.pictures import colours, encoded
from tests.unit.web.fakes import FakeProject, open_fake

States = Callable[[], dict[str, int]]


@pytest.fixture
def project(tmp_path: Path) -> FakeProject:
    return open_fake(tmp_path / "storage")


@pytest.fixture
def states(project: FakeProject) -> States:
    status = status_function(project=project, encoding_queue=EncodingQueue(project))
    return lambda: status({})["states"]


def test_the_header_follows_where_images_stand(project: FakeProject, states: States) -> None:
    assert states() == {"todo": 0, "in_progress": 0, "done": 0, "nothing": 0}
    ids = [
        project.images.add(encoded(colours(seed=n), "PNG"), filename=f"{n}.png").image.id for n in range(4)
    ]
    project.annotations.add(NewAnnotation(ids[0], "cup", encode_rle(np.ones((24, 36), bool))))
    project.image_marks.change(ids[1], [("state", "done")])
    project.image_marks.change(ids[2], [("state", "nothing")])
    assert states() == {"todo": 1, "in_progress": 1, "done": 1, "nothing": 1}
    project.trash.discard([ids[1]])
    assert states() == {"todo": 1, "in_progress": 1, "done": 0, "nothing": 1}


def test_images_are_counted_once_for_each_change(
    project: FakeProject, states: States, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: list[None] = []
    count = project.image_queries.states
    monkeypatch.setattr(project.image_queries, "states", lambda: counted.append(None) or count())
    for _ in range(3):
        states()
    project.images.add(encoded(colours(seed=1), "PNG"), filename="a.png")
    for _ in range(3):
        states()
    assert len(counted) == 2
